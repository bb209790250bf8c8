"""How the interpreter runs where it serves visitors."""

import atexit
import gc
from functools import cache

# A page makes some 20,000 objects and leaves next to no cycles behind. With Python's own thresholds a sixth of its time
# goes into looking for them, most of it among the objects of imported modules, which nothing ever frees.
THRESHOLDS = (50_000, 20, 100)


@cache
def prepare() -> None:
    """Look for unreachable objects seldom, and never among those that are there now; once in a process."""
    set_apart()
    gc.set_threshold(*THRESHOLDS)
    # What is apart is not taken to pieces at the end either, and DuckDB's binding then tells the log of every part.
    atexit.register(gc.unfreeze)


def set_apart() -> None:
    """Never look for unreachable objects among those that are there now."""
    gc.collect()
    gc.freeze()
