"""Time to first token against load: what a layout answers how fast while more and more requests reach it.

Source: Little's law, concurrency = requests a second · time of a request.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd

from infecon_core.frontier_table import end_to_end_s
from infecon_core.physics.queueing import LARGEST_LOAD
from infecon_core.scenario import Scenario
from infecon_core.schema import Layout
from infecon_core.schema.load import LOAD_COLUMNS
from infecon_core.serving.breakdown import evaluator_at

Array = npt.NDArray[np.float64]

# Points an octave of batches: closer than a reader can tell apart on a chart. A choice.
AN_OCTAVE = 4


def load_curve(scenario: Scenario, layout: Layout, batch: float | None = None) -> pd.DataFrame:
    """Time to first token, per token and of a whole request while more and more requests reach one layout.

    A batch of B answers B/(output·held) requests a second, as in its price. Each takes TTFT + (output - 1)·TPOT, so
    that as many as the product are under way at once.

    Args:
        scenario (Scenario): What is served on what. Of its limits only that on sequences is kept.
        layout (Layout): That of one instance.
        batch (float, optional): A batch that the curve holds besides those that it has anyway. [1]

    Returns:
        DataFrame: One row a batch, smallest first, columns as in `schema.load`. It ends where memory or the limit on
            sequences holds no more, or where prompts take 95% of the time and the estimate ends. Without rows where
            nobody queues for the layout because prompts have GPUs of their own.

    Raises:
        ValueError: For a layout that cannot be launched.
    """
    engine = evaluator_at(scenario, layout)
    if scenario.serving.disaggregated:
        return pd.DataFrame(columns=LOAD_COLUMNS, dtype=np.float64)
    tried = _batches(float(engine.least_batch[0]), float(engine.most_sequences[0]), batch)[:, np.newaxis]
    drafting = engine.drafting(tried)
    tpot_s, drafted = engine.fastest(tried, drafting)
    load = engine.prompt_load(tried, tpot_s)
    runs = engine.fits(tried, drafting) & np.isfinite(tpot_s) & (load < LARGEST_LOAD)
    ttft_s = engine.ttft_s(tried, tpot_s, drafted)
    whole_s = end_to_end_s(scenario.output_tokens, ttft_s, tpot_s)
    requests_per_s = engine.requests_per_s(tried, tpot_s)
    columns = (tried, requests_per_s * whole_s, requests_per_s, ttft_s, tpot_s, whole_s, load)
    kept = np.logical_and.accumulate(runs.ravel())
    return pd.DataFrame({name: values.ravel()[kept] for name, values in zip(LOAD_COLUMNS, columns, strict=True)})


def _batches(fewest: float, most: float, also: float | None) -> Array:
    """Batches from the smallest that keeps every copy and stage busy, in even steps of a ratio. [1]"""
    steps = np.arange(max(np.log2(most / fewest), 0) * AN_OCTAVE + 1)
    found = np.unique([*np.round(fewest * 2 ** (steps / AN_OCTAVE)), most, most if also is None else also])
    return found[(found >= fewest) & (found <= most)]
