"""Why a point is where it is: its neighbours, and what a little better hardware would give."""

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from infecon_core import engines
from infecon_core.economics import serving
from infecon_core.economics.decomposition import engine_at
from infecon_core.economics.layouts import expert_groups, has_copies
from infecon_core.economics.pareto import at_speed
from infecon_core.economics.setups import SECONDS_PER_HOUR, Engine, constants_of
from infecon_core.scenario import Scenario
from infecon_core.spec import Accelerator, Layout, NothingFits, ServingConstants

# How much better each part of the hardware is made in turn.
STEP = 0.1
OVERHEADS = ("layer_s", "expert_layer_s", "block_scale_layer_s", "latent_layer_s", "sequence_s")


class Point(NamedTuple):
    """Time per output token [s] and price of a million tokens [USD]."""

    tpot_s: float
    usd_per_million_tokens: float


class Change(NamedTuple):
    """A scenario with one part of the hardware made better.

    Attributes
    ----------
    name, change : str
        What, and by how much in words.
    scenario : Scenario
        With the change, where it is one of the accelerator's or the engine's numbers.
    factor, latency_factor : float
        How many times better; factor on the latency of the network. [1]
    """

    name: str
    change: str
    scenario: Scenario
    factor: float
    latency_factor: float = 1.0


def neighbours(scenario: Scenario, layout: Layout, batch: float) -> pd.DataFrame:
    """The points around one point, each with one number of its setup changed.

    Parameters
    ----------
    scenario : Scenario
        What is served on what.
    layout : Layout
        The point's layout.
    batch : float
        Sequences of its instance. [1]

    Returns
    -------
    DataFrame
        One row a neighbour: `neighbour` (what is changed), the layout, `batch`, `reason` (why it does not run; empty
        where it does), `tokens_per_s_user`, `usd_per_million_tokens`, and both over those of the point,
        `speed_ratio` and `price_ratio`; NaN where it does not run.

    Raises
    ------
    ValueError, NothingFits
        Where the point itself does not run.
    """
    here = _point(scenario, layout, batch)
    rows = []
    around = _published_changes if scenario.engine == "published" else _serving_changes
    for name, changed, sequences in around(scenario, layout, batch):
        row: dict[str, Any] = {"neighbour": name, **changed.model_dump(), "batch": sequences, "reason": ""}
        try:
            there = _point(scenario, changed, sequences)
        except ValueError as error:  # NothingFits is one of them
            there = Point(math.nan, math.nan)
            row["reason"] = str(error)
        row |= {
            "tokens_per_s_user": 1 / there.tpot_s,
            "usd_per_million_tokens": there.usd_per_million_tokens,
            "speed_ratio": here.tpot_s / there.tpot_s,
            "price_ratio": there.usd_per_million_tokens / here.usd_per_million_tokens,
        }
        rows.append(row)
    return pd.DataFrame(rows)


def elasticities(scenario: Scenario, layout: Layout, batch: float) -> pd.DataFrame:
    """What 10% more of each part of the hardware, or 10% less delay, gives.

    Parameters
    ----------
    scenario, layout, batch
        The point, as for `neighbours`.

    Returns
    -------
    DataFrame
        One row a part: `hardware`, `change`, `tokens_per_s_user` and `usd_per_million_tokens` with this layout and
        batch; `speed_change` and `price_change`, relative to the point; `speed_elasticity`, percent of speed for one
        percent of the part, which all parts together share; `best_usd_per_million_tokens`, the best price at no less
        than the point's speed with the search run again, and `best_price_change` from the best price of today. Prices
        of hardware stay as they are. NaN where the published model has no such number.

    Raises
    ------
    ValueError, NothingFits
        Where the point itself does not run.
    """
    here = _point(scenario, layout, batch)
    speed = 1 / here.tpot_s
    today = _best_price(scenario, speed)
    rows = []
    for name, change, changed, factor, latency_factor in _better(scenario):
        there = _point(changed, layout, batch, latency_factor)
        best = _best_price(changed, speed, latency_factor)
        rows.append(
            {
                "hardware": name,
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


def _point(scenario: Scenario, layout: Layout, batch: float, latency_factor: float = 1.0) -> Point:
    step = engines.step(scenario, layout, batch)
    hourly = scenario.accelerator.price_usd_per_gpu_hour
    if scenario.engine == "published":
        tpot = step.tpot_s - (1 - latency_factor) * step.network_latency_s
        gpu_seconds = layout.n_gpu * tpot / batch
    else:
        tpot = step.tpot_s
        engine, sequences = engine_at(scenario, layout), np.array([float(batch)])
        if latency_factor != 1:
            engine = Engine(scenario, engine.layouts, latency_factor)
            tpot = float(engine.fastest(sequences[np.newaxis]).tpot_s[0, 0])
        gpu_seconds = float(engine.gpu_seconds(sequences, np.array([tpot]))[0])
    return Point(tpot, 1e6 * gpu_seconds * hourly / SECONDS_PER_HOUR)


def _best_price(scenario: Scenario, speed: float, latency_factor: float = 1.0) -> float:
    if scenario.engine == "published" and latency_factor != 1:
        return math.nan
    try:
        if scenario.engine == "published":
            frame = engines.frontier(scenario)
        else:
            frame = serving.frontier(scenario, latency_factor)
    except NothingFits:
        return math.nan
    # The point itself is as fast as itself, whatever its last digit.
    best = at_speed(frame, speed * (1 - 1e-9))
    return math.nan if best is None else float(best["usd_per_million_tokens"])


def _serving_changes(scenario: Scenario, layout: Layout, batch: float) -> Iterator[tuple[str, Layout, float]]:
    tp, pp, copies = layout.tp, layout.pp, layout.dp_attn

    def laid_out(tp: float, pp: float, copies: float) -> Layout:
        groups = expert_groups(scenario.architecture, round(tp * copies), round(copies))
        return Layout(n_gpu=tp * pp * copies, tp=tp, pp=pp, dp_attn=copies, ep=groups, scheme=layout.scheme)

    yield "TP doubled", laid_out(2 * tp, pp, copies), batch
    if tp > 1:
        yield "TP halved", laid_out(tp // 2, pp, copies), batch
    yield "One more stage", laid_out(tp, pp + 1, copies), batch
    if pp > 1:
        yield "Half the stages", laid_out(tp, pp // 2, copies), batch
    if has_copies(scenario.architecture):
        yield "Attention copies doubled", laid_out(tp, pp, 2 * copies), batch
    if copies > 1:
        yield "Attention copies halved", laid_out(tp, pp, copies // 2), batch
    yield "Batch doubled", layout, 2 * batch
    if batch > 1:
        yield "Batch halved", layout, float(batch // 2)


def _published_changes(scenario: Scenario, layout: Layout, batch: float) -> Iterator[tuple[str, Layout, float]]:
    def changed(**degrees: float) -> Layout:
        return layout.model_copy(update=degrees)

    yield "GPUs doubled", changed(n_gpu=2 * layout.n_gpu, tp=2 * layout.tp), batch
    yield "GPUs halved", changed(n_gpu=layout.n_gpu / 2, tp=layout.tp / 2), batch
    if scenario.published.pipeline:
        yield "Stages doubled", changed(pp=2 * layout.pp, tp=layout.tp / 2), batch
    if layout.pp > 1:
        fewer = max(1.0, layout.pp / 2)
        yield "Half the stages", changed(pp=fewer, tp=layout.tp * layout.pp / fewer), batch
    if scenario.published.attention_scaledown:
        yield "Attention copies doubled", changed(dp_attn=2 * layout.dp_attn), batch
    if layout.dp_attn > 1:
        yield "Attention copies halved", changed(dp_attn=max(1.0, layout.dp_attn / 2)), batch
    yield "Batch doubled", layout, 2 * batch
    yield "Batch halved", layout, batch / 2


def _better(scenario: Scenario) -> Iterator[Change]:
    accelerator, more, less = scenario.accelerator, 1 + STEP, 1 - STEP
    up, down = f"+{STEP:.0%}", f"−{STEP:.0%}"

    def on(**numbers: Any) -> Scenario:
        chip = Accelerator.model_validate({**accelerator.model_dump(), **numbers})
        return scenario.model_copy(update={"accelerator": chip})

    peaks = {name: peak and peak * more for name, peak in accelerator.peaks.model_dump().items()}
    yield Change("HBM bandwidth", up, on(hbm_bytes_per_s=accelerator.hbm_bytes_per_s * more), more)
    yield Change("Arithmetic", up, on(peaks=peaks), more)
    for name, field in (("Scale-up link", "scale_up_bytes_per_s"), ("Scale-out link", "scale_out_bytes_per_s")):
        rate = getattr(accelerator, field)
        if rate is not None:
            yield Change(name, up, on(**{field: rate * more}), more)
    yield Change("HBM size", up, on(hbm_bytes=accelerator.hbm_bytes * more), more)
    yield Change("Network latency", down, scenario, 1 / less, less)
    if scenario.engine == "published":
        quicker = on(kernel_launch_s=accelerator.kernel_launch_s * less)
    else:
        constants = constants_of(scenario)
        scaled = {name: getattr(constants, name) * less for name in OVERHEADS}
        constants = ServingConstants.model_validate({**constants.model_dump(), **scaled})
        quicker = scenario.model_copy(update={"serving": scenario.serving.model_copy(update={"constants": constants})})
    yield Change("Kernel overhead", down, quicker, 1 / less)
