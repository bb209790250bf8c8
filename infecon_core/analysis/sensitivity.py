"""Why a point is where it is: its neighbours, and what a little better hardware would give."""

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import pandas as pd

from infecon_core.engines import engine_of
from infecon_core.pareto import at_speed
from infecon_core.scenario import Scenario
from infecon_core.schema import Layout, NothingFits

# How much better each part of the hardware is made in turn.
STEP = 0.1


class Improvement(NamedTuple):
    """A scenario with one part of the hardware made better.

    Attributes:
        hardware, change (str): What, and by how much in words.
        scenario (Scenario): With the change, where it is one of the accelerator's or the engine's numbers.
        factor, latency_factor (float): How many times better; factor on the latency of the network. [1]
    """

    hardware: str
    change: str
    scenario: Scenario
    factor: float
    latency_factor: float = 1.0


def neighbours(scenario: Scenario, layout: Layout, batch: float) -> pd.DataFrame:
    """The points around one point, each with one number of its setup changed.

    Args:
        scenario (Scenario): What is served on what.
        layout (Layout): The point's layout.
        batch (float): Sequences of its instance. [1]

    Returns:
        DataFrame: One row a neighbour: `neighbour` (what is changed), the layout, `batch`, `reason` (why it does not
            run; empty where it does), `tokens_per_s_user`, `usd_per_million_tokens`, and both over those of the point,
            `speed_ratio` and `price_ratio`; NaN where it does not run.

    Raises:
        ValueError, NothingFits: Where the point itself does not run.
    """
    engine = engine_of(scenario)
    here = engine.step(scenario, layout, batch)
    rows = []
    for name, changed, sequences in engine.neighbours(scenario, layout, batch):
        row: dict[str, Any] = {"neighbour": name, **changed.model_dump(), "batch": sequences, "reason": ""}
        tpot, usd = math.nan, math.nan
        try:
            there = engine.step(scenario, changed, sequences)
            tpot, usd = there.tpot_s, there.usd_per_million_tokens
        except ValueError as error:  # NothingFits is one of them
            row["reason"] = str(error)
        row |= {
            "tokens_per_s_user": 1 / tpot,
            "usd_per_million_tokens": usd,
            "speed_ratio": here.tpot_s / tpot,
            "price_ratio": usd / here.usd_per_million_tokens,
        }
        rows.append(row)
    return pd.DataFrame(rows)


def elasticities(scenario: Scenario, layout: Layout, batch: float) -> pd.DataFrame:
    """What 10% more of each part of the hardware, or 10% less delay, gives.

    Speed elasticity: log(TPOT / TPOT') / log(factor).

    Args:
        scenario, layout, batch: The point, as for `neighbours`.

    Returns:
        DataFrame: One row a part: `hardware`, `change`, `tokens_per_s_user` and `usd_per_million_tokens` with this
            layout and batch; `speed_change` and `price_change`, relative to the point; `speed_elasticity`, percent of
            speed for one percent of the part, which all parts together share; `best_usd_per_million_tokens`, the best
            price at no less than the point's speed with the search run again, and `best_price_change` from the best
            price of today. Prices of hardware stay as they are. NaN where the engine cannot search with such a number.

    Raises:
        ValueError, NothingFits: Where the point itself does not run.
    """
    engine = engine_of(scenario)
    # Better hardware was measured by nobody; it is corrected as today's is.
    scenario = engine.with_held_correction(scenario)
    here = engine.step(scenario, layout, batch)
    today = _best_usd(scenario, 1 / here.tpot_s)
    rows = []
    for hardware, change, changed, factor, latency_factor in _improvements(scenario):
        there = engine.step(changed, layout, batch, latency_factor)
        best = _best_usd(changed, 1 / here.tpot_s, latency_factor)
        rows.append(
            {
                "hardware": hardware,
                "change": change,
                "tokens_per_s_user": 1 / there.tpot_s,
                "usd_per_million_tokens": there.usd_per_million_tokens,
                "speed_change": here.tpot_s / there.tpot_s - 1,
                "price_change": there.usd_per_million_tokens / here.usd_per_million_tokens - 1,
                "speed_elasticity": math.log(here.tpot_s / there.tpot_s) / math.log(factor),
                "best_usd_per_million_tokens": best,
                "best_price_change": best / today - 1,
            }
        )
    return pd.DataFrame(rows)


def _best_usd(scenario: Scenario, speed: float, latency_factor: float = 1.0) -> float:
    """The best price of a million tokens at no less than a speed; NaN where none is found. [USD]"""
    engine = engine_of(scenario)
    if latency_factor != 1 and not engine.capabilities.searches_again:
        return math.nan
    try:
        frame = engine.frontier(scenario, latency_factor)
    except NothingFits:
        return math.nan
    # The point itself is as fast as itself, whatever its last digit.
    best = at_speed(frame, speed * (1 - 1e-9))
    return math.nan if best is None else float(best["usd_per_million_tokens"])


def _improvements(scenario: Scenario) -> Iterator[Improvement]:
    accelerator, more, less = scenario.accelerator, 1 + STEP, 1 - STEP
    up, down = f"+{STEP:.0%}", f"−{STEP:.0%}"

    def on(**numbers: Any) -> Scenario:
        # Not checked again: what is better by a step may lie a step beyond what can be entered.
        return scenario.model_copy(update={"accelerator": accelerator.model_copy(update=numbers)})

    rates = {name: peak * more for name, peak in accelerator.peaks if peak is not None}
    peaks = accelerator.peaks.model_copy(update=rates)
    yield Improvement("HBM bandwidth", up, on(hbm_bytes_per_s=accelerator.hbm_bytes_per_s * more), more)
    yield Improvement("Arithmetic", up, on(peaks=peaks), more)
    for name, field in (("Scale-up link", "scale_up_bytes_per_s"), ("Scale-out link", "scale_out_bytes_per_s")):
        rate = getattr(accelerator, field)
        if rate is not None:
            yield Improvement(name, up, on(**{field: rate * more}), more)
    yield Improvement("HBM size", up, on(hbm_bytes=accelerator.hbm_bytes * more), more)
    yield Improvement("Network latency", down, scenario, 1 / less, less)
    yield Improvement("Kernel overhead", down, engine_of(scenario).with_overhead(scenario, less), 1 / less)
