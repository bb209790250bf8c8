"""The garbage collector where visitors are served: seldom, once set, and cycles still go."""

import gc
import subprocess
import sys
import weakref

from infecon_ui import interpreter
from tests.support.repository import ROOT


def test_it_is_set_once_and_keeps_what_is_there() -> None:
    script = (
        "import gc; from infecon_ui import interpreter; interpreter.prepare(); frozen = gc.get_freeze_count();"
        "kept = [[] for _ in range(1000)]; interpreter.prepare();"
        "print(gc.get_threshold() == interpreter.THRESHOLDS, frozen > 1000, gc.get_freeze_count() == frozen)"
    )
    run = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["True", "True", "True"]


def test_what_is_kept_apart_is_taken_to_pieces_at_the_end() -> None:
    script = "import duckdb; from infecon_ui import interpreter; interpreter.prepare(); kept = duckdb.connect()"
    run = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    # DuckDB's binding writes a line of every part that is still there after the interpreter.
    assert run.stderr == ""


def test_cycles_are_still_collected() -> None:
    class Node:
        """Something that holds itself."""

    before = gc.get_threshold()
    gc.set_threshold(*interpreter.THRESHOLDS)
    try:
        node = Node()
        node.itself = node  # type: ignore[attr-defined]
        found = weakref.ref(node)
        del node
        kept: list[list[int]] = []
        while found() is not None and len(kept) < 10_000_000:
            kept.append([])
        assert found() is None
    finally:
        gc.set_threshold(*before)
