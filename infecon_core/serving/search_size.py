"""How long a search takes, told before it starts, and the refusal of one that would hold up everybody else.

What a refusal tries belongs to the search that it refuses: together they take no more than the largest search.
"""

import numpy as np
import numpy.typing as npt

from infecon_core.scenario import Scenario, infeasible
from infecon_core.serving.evaluate import LayoutEvaluator, Sweep, largest_batch, searched
from infecon_core.serving.layouts import batches

# A choice: about a second of one core, and twice what the largest search of a model of the catalog takes. [1]
MOST_WORK = 2e7
# What a setup takes besides its draft lengths, and what a collective or a routing of experts takes of one length, both
# in parts of what one length takes without any: as timed. [1]
ONCE, PER_TERM = 5.0, 0.1


def work(engine: LayoutEvaluator) -> float:
    """Layouts · batches · (5 + draft lengths · (1 + 0.1 · (collectives + routings))), in units of some 60 ns. [1]"""
    return work_of(engine, engine.layouts.n_gpu.size, largest_batch(engine))


def work_of(engine: LayoutEvaluator, layouts: int, largest: float) -> float:
    """As `work`, on so many of the layouts up to a batch. [1]"""
    speculation = engine.scenario.speculation
    lengths = 1 + (0 if speculation is None else speculation.longest)
    terms = len(engine.target.collectives) + len(engine.target.routings)
    return layouts * batches(largest).size * (ONCE + lengths * (1 + PER_TERM * terms))


def check_size(scenario: Scenario, engine: LayoutEvaluator) -> None:
    """Refuse a search that takes too long, with the largest instance up to which one does not.

    Args:
        scenario (Scenario): What is searched.
        engine (LayoutEvaluator): The same on all its layouts.

    Raises:
        NothingFits: Where the work is more than `MOST_WORK`.
    """
    if work(engine) <= MOST_WORK:
        return
    smaller = (2**i for i in reversed(range(int(np.log2(scenario.max_gpus)) + 1)) if 2**i < scenario.max_gpus)
    gpus = next(n for n in smaller if work(searched(scenario.changed(max_gpus=n))) <= MOST_WORK)
    raise infeasible(
        scenario,
        f"A search over {engine.layouts.n_gpu.size:,} layouts of {scenario.architecture.name} on up to "
        f"{scenario.max_gpus:,} GPUs takes too long; allow {gpus:,}.",
        {"max_gpus": gpus},
    )


class TakesTooLongError(Exception):
    """What a refusal would try takes longer than is left."""


class Budget:
    """The work that is left for a refusal once its search is done.

    Args:
        engine (LayoutEvaluator): What was searched.
    """

    def __init__(self, engine: LayoutEvaluator) -> None:
        self.left = MOST_WORK - work(engine)

    def spend(self, spent: float) -> None:
        """Take some of it; TakesTooLongError where there is less."""
        if spent > self.left:
            raise TakesTooLongError
        self.left -= spent

    def swept(self, engine: LayoutEvaluator) -> tuple[npt.NDArray[np.float64], Sweep]:
        """The batches that a search tries, and what comes of them; TakesTooLongError where less is left."""
        self.spend(work(engine))
        batch = batches(largest_batch(engine))
        return batch, engine.sweep(batch)
