"""Measured points of a model on an accelerator, as points of a frontier at a scenario's price."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from infecon_core.catalog.measurements import format_name, shipped_points
from infecon_core.frontier_table import frontier_columns
from infecon_core.pareto import non_dominated
from infecon_core.scenario import Scenario
from infecon_core.schema.measurement import CLIENT_CONCURRENCY, DISAGGREGATED
from infecon_core.schema.step import FIVE_TIMES

# Lengths are near where none is more than this many times longer than the other.
NEAR = 1.5


class MeasuredPoints(NamedTuple):
    """What was measured near a scenario.

    Attributes:
        frontier (DataFrame or None): The points that no other beats in both speed and price, fastest first, columns as
            in `schema.frontier`, NaN for what nobody measured; None where there is none.
        n_points (int): Measured points near the scenario, the beaten ones included. [1]
        lengths (tuple of (int, int)): Their prompts and outputs. [tokens]
        problem (str): One sentence on why there is none; empty where there is one.
    """

    frontier: pd.DataFrame | None
    n_points: int
    lengths: tuple[tuple[int, int], ...]
    problem: str


def measured_points(scenario: Scenario, model_id: str, accelerator_id: str) -> MeasuredPoints:
    """Measured points of one model on one accelerator near a scenario.

    Taken are shipped points in the scenario's format of weights, on no more GPUs than it allows, with prompt and output
    within a factor of 1.5, of servers whose prompts run on the GPUs that decode: the records of others do not count all
    GPUs. With TPOT t measured while b sequences decode on n GPUs, by Little's law b / t tokens leave them in a second,
    so one costs n·t / b GPU-seconds, prompts included.

    Args:
        scenario (Scenario): Format, lengths, price, power and largest instance.
        model_id, accelerator_id (str): Ids of the catalog.
    """
    points = shipped_points()
    alike = (points["model_id"] == model_id) & (points["accelerator_id"] == accelerator_id)
    chosen = points[alike & (points["batch_kind"] == CLIENT_CONCURRENCY) & (points["disagg"] != DISAGGREGATED)]
    of = f"{scenario.architecture.name} on {scenario.accelerator.name}"
    if chosen.empty:
        return MeasuredPoints(None, 0, (), f"There are no measured points of {of} with every GPU counted.")
    weights = scenario.precision.weights
    chosen = chosen[[format_name(name) == weights for name in chosen["weight_precision"]]]
    if chosen.empty:
        return MeasuredPoints(None, 0, (), f"There are no measured points of {of} with {weights.upper()} weights.")
    chosen = chosen[_near(chosen["isl"], scenario.prompt_tokens) & _near(chosen["osl"], scenario.output_tokens)]
    chosen = chosen[chosen["gpus_per_instance"] <= scenario.max_gpus]
    if chosen.empty:
        lengths = f"{scenario.prompt_tokens:,} tokens in and {scenario.output_tokens:,} out"
        gpus = f"at most {scenario.max_gpus:,} GPUs"
        return MeasuredPoints(None, 0, (), f"There are no measured points of {of} near {lengths} on {gpus}.")
    frame = _frame(scenario, chosen)
    best = non_dominated(frame["tpot_s"].to_numpy(), frame["usd_per_million_tokens"].to_numpy()).setup
    lengths_found = {(int(isl), int(osl)) for isl, osl in zip(chosen["isl"], chosen["osl"], strict=True)}
    return MeasuredPoints(frame.iloc[best].reset_index(drop=True), len(chosen), tuple(sorted(lengths_found)), "")


def _near(lengths: pd.Series, tokens: int) -> pd.Series:
    return (lengths <= NEAR * tokens) & (lengths * NEAR >= tokens)


def _frame(scenario: Scenario, chosen: pd.DataFrame) -> pd.DataFrame:
    """Points of a frontier from measurements."""
    tpot_s = chosen["tpot_ms"].to_numpy(float) * 1e-3
    n_gpu, batch = (chosen[name].to_numpy(float) for name in ("gpus_per_instance", "batch_per_instance"))
    unknown = np.full(len(chosen), np.nan)
    points = {
        "n_gpu": n_gpu,
        "pp": chosen["pp"].fillna(1).to_numpy(float),
        "ep": chosen["ep_in_instance"].fillna(1).to_numpy(float),
        "dp_attn": chosen["attention_dp"].fillna(1).to_numpy(float),
        "batch": batch,
        "tpot_s": tpot_s,
        "ttft_s": chosen["ttft_ms"].to_numpy(float) * 1e-3,
        **dict.fromkeys(FIVE_TIMES, unknown),
        "limit": "",
        "scheme": "1-D",
        "beyond_measured": "",
        "draft_tokens": 0,
    }
    return pd.DataFrame(frontier_columns(scenario, points, n_gpu * tpot_s / batch))
