"""The fastest token of the published model on each number of GPUs: one sequence, whatever it costs.

Source: Erdil 2025, arXiv:2506.04645.
"""

import numpy as np
import pandas as pd

from infecon_core.paper.breakdown import sum_times, take_apart
from infecon_core.paper.frontier import gpu_counts
from infecon_core.paper.system import Points
from infecon_core.paper.variants import best_layouts, published_system
from infecon_core.scenario import Scenario


def top_speed_by_gpus(scenario: Scenario) -> pd.DataFrame:
    """The fastest layout of each number of GPUs of the published grid with one sequence.

    Args:
        scenario (Scenario): What is served on what; drafts, price and target do not count.

    Returns:
        DataFrame: As from `engines.top_speed_by_gpus`.

    Raises:
        NothingFits: Where the accelerator lists no rate for the weights.
    """
    system = published_system(
        model=scenario.architecture,
        accelerator=scenario.accelerator,
        precision=scenario.precision,
        **scenario.published.model_dump(),
    )
    n_gpu = gpu_counts(system, min(scenario.max_gpus, system.accelerator.linked_gpus))
    points = Points(n_gpu, np.ones(n_gpu.size), np.full(n_gpu.size, scenario.context_tokens), 1.0)
    best = best_layouts(system, points)
    rows = np.flatnonzero(np.isfinite(best.latency_s))
    points, best = points.at(rows), best.at(rows)
    times = sum_times(take_apart(system, points, best).operators)
    return pd.DataFrame({"n_gpu": points.n_gpu, "batch": points.batch, "tpot_s": best.latency_s, **times})
