"""The one table in which every engine returns its frontier.

Source: definitions, as `schema.frontier` says them of each column.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from infecon_core.power import power_share
from infecon_core.pricing import (
    blended_usd_per_million_tokens,
    kwh_per_million_tokens,
    tokens_per_s_per_gpu,
    tokens_per_s_per_mw,
    usd_per_million_tokens,
)
from infecon_core.scenario import Scenario
from infecon_core.schema.frontier import FRONTIER_COLUMNS
from infecon_core.schema.step import FIVE_TIMES, Step

Array = npt.NDArray[np.float64]


class Frontiers(NamedTuple):
    """The frontier of a scenario, and the same curve with few changes of layout; columns as in `schema.frontier`.

    Attributes:
        exact (DataFrame): The cheapest setup for every speed, fastest first.
        steady (DataFrame): Setups whose layout is held while it is nearly as fast and as cheap, fastest first; the
            cheapest of them that meets the target is that of the frontier.
    """

    exact: pd.DataFrame
    steady: pd.DataFrame


_LIMITS = np.array(list(FIVE_TIMES.values()))


def frontier_columns(scenario: Scenario, points: Mapping[str, Any], gpu_seconds_per_token: Any) -> dict[str, Any]:
    """Points of a frontier: the given columns, those that follow from them, and NaN where an engine knows nothing.

    Args:
        scenario (Scenario): Prices, power and lengths.
        points (mapping): Columns by name, arrays of one length or one value for all: at least the degrees `n_gpu`,
            `pp`, `ep` and `dp_attn`, `batch` and the five times; `ttft_s` by an engine that computes prompts.
        gpu_seconds_per_token (array): GPU-seconds of one output token. [s]

    Returns:
        dict: Columns as in `schema.frontier.FRONTIER_COLUMNS`, in their order; arrays as given, or one value for all
            points.
    """
    times = np.stack([np.asarray(points[name]) for name in FIVE_TIMES])
    tpot = points["tpot_s"] if "tpot_s" in points else sum(times)
    usd = usd_per_million_tokens(gpu_seconds_per_token, scenario.accelerator.price_usd_per_gpu_hour)
    power = scenario.accelerator.board_power_w or np.nan
    share = power_share(points, tpot, scenario.accelerator.stack) if power > 0 else np.nan
    kwh = kwh_per_million_tokens(gpu_seconds_per_token, power)
    per_mw = tokens_per_s_per_mw(gpu_seconds_per_token, power)
    stage = points["n_gpu"] / points["pp"]
    derived = {
        "tokens_per_s_user": 1 / tpot,
        "usd_per_million_tokens": usd,
        "kwh_per_million_tokens": kwh,
        "kwh_per_million_tokens_drawn": kwh * share,
        "power_share": share,
        "tokens_per_s_per_gpu": tokens_per_s_per_gpu(gpu_seconds_per_token),
        "tokens_per_s_per_mw": per_mw,
        "tokens_per_s_per_mw_drawn": per_mw / share,
        "tp": stage / points["dp_attn"],
        "tp_ff": stage / points["ep"],
        "tpot_s": tpot,
        "limit": _LIMITS[np.argmax(times, axis=0)],
    }
    if "ttft_s" in points:
        derived["end_to_end_s"] = end_to_end_s(scenario.output_tokens, points["ttft_s"], tpot)
        derived["usd_per_million_tokens_blended"] = blended_usd_per_million_tokens(
            usd, scenario.prompt_tokens, scenario.output_tokens
        )
    known = {**derived, **points}
    return {column.name: known.get(column.name, np.nan) for column in FRONTIER_COLUMNS}


def end_to_end_s(output_tokens: float, ttft_s: Array, tpot_s: Array) -> Array:
    """Time from a request to its last token. [s]

    Equation:
        T_e = TTFT + max(o - 1, 0)·TPOT, for the first token ends the wait

    Where:
        o (output_tokens): Output. [tokens]
        TTFT (ttft_s): Time to first token. [s]
        TPOT (tpot_s): Time per output token. [s]
    """
    return np.asarray(ttft_s + max(output_tokens - 1, 0) * tpot_s)


def numbers_of_a_step(columns: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a `Step` that the columns of its only point hold."""
    return {name: np.ravel(columns[name])[0].item() for name in Step.model_fields if name in columns}
