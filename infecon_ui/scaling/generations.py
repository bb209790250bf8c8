"""Generations of accelerators: the frontier on each, and what each gives over the one before it."""

import math
from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import pandas as pd

from infecon_core import Scenario, catalog
from infecon_core.analysis.scaling.generations import (
    SPEED,
    USD,
    OnGeneration,
    Step,
    mean_ratio,
    on_generations,
    printed_steps,
    steps,
)
from infecon_core.pareto import preferred_row
from infecon_core.schema import OWN, NothingFits
from infecon_ui.charts import axes
from infecon_ui.charts.drawings import Bars, Line, Lines, Row, Scale, Span
from infecon_ui.charts.palette import MUTED, VARIANTS
from infecon_ui.frontier import cache as frontiers
from infecon_ui.frontier.words import on_basis
from infecon_ui.page_controls import PageControls
from infecon_ui.plots.plot import Plot
from infecon_ui.scaling import words
from infecon_ui.scaling.section import Section
from infecon_ui.state.chosen import Chosen
from infecon_ui.text import formats

# Ratios that differ by less are about the same. A choice. [1]
NEAR = 0.05
PRICED = {"At its own price": False, "All at one price": True}


class Generation(NamedTuple):
    """A generation with its frontier.

    Attributes:
        on (OnGeneration): The accelerator, and the scenario on it.
        frontier (DataFrame or None): Its frontier; None where nothing runs or no price is known.
        problem (str): Why there is none; empty where there is one.
    """

    on: OnGeneration
    frontier: pd.DataFrame | None
    problem: str


def section(choice: Chosen, scenario: Scenario, controls: PageControls) -> Section:
    """The question, with what a GPU-hour costs."""
    same = controls.pick(
        "A GPU-hour",
        PRICED,
        "hour",
        help="At one price the hardware alone differs; at its own, what it is rented for too.",
    )
    return Section(
        {
            "generations": partial(curves, scenario, choice.model_name, same_price=same),
            "generations_steps": partial(gains, scenario, choice.model_name, same_price=same),
        }
    )


def found(scenario: Scenario, *, same_price: bool) -> tuple[Generation, ...]:
    """The generations with their frontiers, oldest first; arguments as for `on_generations`."""
    result = []
    for one in on_generations(scenario, same_price=same_price):
        if one.scenario is None:
            result.append(Generation(one, None, one.problem))
            continue
        answer = frontiers.frontier(one.scenario)
        frame = None if answer.points is None else answer.points.frame
        result.append(Generation(one, frame, answer.problem or ""))
    return tuple(result)


def _shown(scenario: Scenario, *, same_price: bool) -> list[tuple[OnGeneration, pd.DataFrame]]:
    """Those with a frontier; NothingFits where none has one."""
    every = found(scenario, same_price=same_price)
    shown = [(one.on, one.frontier) for one in every if one.frontier is not None]
    if not shown:
        raise NothingFits(f"On none of the generations does this scenario run. {every[-1].problem}")
    return shown


def _without(scenario: Scenario, *, same_price: bool) -> str:
    """Which generations are left out, and why; empty for none."""
    missing = [one for one in found(scenario, same_price=same_price) if one.frontier is None]
    return " ".join(f"Without {one.on.name}: {one.problem}" for one in missing)


def _price(scenario: Scenario, *, same_price: bool) -> str:
    if same_price or scenario.price_basis == OWN:
        return f"every GPU-hour at {formats.money(scenario.accelerator.price_usd_per_gpu_hour)}"
    return f"prices of a GPU-hour {on_basis(scenario.price_basis)}"


def _prices(shown: Sequence[tuple[OnGeneration, pd.DataFrame]]) -> str:
    """What a GPU-hour of each costs, with the day of the price; empty where all have one of the reader's own."""
    told = []
    for on, _ in shown:
        if on.scenario is None or on.scenario.price_basis == OWN:
            return ""
        price = catalog.accelerator(on.id).price(on.scenario.price_basis)
        told.append(f"{on.name} {formats.money(price.usd_per_gpu_hour)} ({price.provenance.date})")
    return f"A GPU-hour: {', '.join(told)}."


def _support(scenario: Scenario, model_name: str, *, same_price: bool) -> str:
    weights, cache = (formats.number_format(name) for name in (scenario.precision.weights, scenario.precision.kv))
    return (
        f"{model_name} in {weights}, {cache} KV cache, up to {formats.gpus(scenario.max_gpus)}, "
        f"{formats.number(scenario.prompt_tokens)} tokens in and {formats.number(scenario.output_tokens)} out; "
        f"{_price(scenario, same_price=same_price)}"
    )


def curves(scenario: Scenario, model_name: str, *, same_price: bool) -> Plot:
    """The frontiers of the generations, each with its preferred point.

    Args:
        scenario (Scenario): Everything but the accelerator.
        model_name (str): What its model is called.
        same_price (bool): Whether all cost what the scenario's own accelerator does.
    """
    shown = _shown(scenario, same_price=same_price)
    lines = []
    for (on, frame), colour in zip(shown, VARIANTS, strict=False):
        point = frame.iloc[preferred_row(frame)]
        lines.append(
            Line(on.name, frame[SPEED].to_numpy(), frame[USD].to_numpy(), colour, point=(point[SPEED], point[USD]))
        )
    return Plot(
        "generations",
        _claim([(on.name, frame) for on, frame in shown]),
        f"$ per million output tokens over tokens per second of one user; points: most speed³ a dollar. "
        f"{_support(scenario, model_name, same_price=same_price)}.",
        Lines(
            Scale("Tokens per second per user", True),
            Scale("$ per million output tokens", True, axes.dollars),
            tuple(lines),
        ),
        f"{_without(scenario, same_price=same_price)} {_prices(shown)} Formats that a chip does not compute in are "
        "stored, and computed "
        f"in wider ones. {words.source(scenario)}".strip(),
        lambda: _curve_table(shown),
        tuple(on.scenario for on, _ in shown if on.scenario is not None),
    )


def gains(scenario: Scenario, model_name: str, *, same_price: bool) -> Plot:
    """What each generation gives at the price of the one before it; arguments as for `curves`."""
    shown = _shown(scenario, same_price=same_price)
    told = steps([(on.name, frame) for on, frame in shown])
    if not told:
        raise NothingFits("One generation alone has nothing to be compared with.")
    rows = [_row(one) for one in told]
    rows += [
        Row(
            f"Published model, {one.label}",
            (Span(0.0, one.computed, MUTED, "published model"),),
            f"{formats.digits(one.computed)}×; printed {formats.digits(one.printed)}×",
        )
        for one in printed_steps()
    ]
    return Plot(
        "generations_steps",
        _step_claim(told),
        "Speed of one user at the price of the generation before, over its speed there (1 is no gain), taken where the "
        f"older one has most speed³ a dollar; beside it the price at that speed, over its. "
        f"{_support(scenario, model_name, same_price=same_price)}.",
        Bars(Scale("Speed at equal price, relative"), tuple(rows)),
        "The published model's rows are of Llama 3 70B in 8 bits, beside what the paper prints (arXiv:2506.04645). "
        f"{words.source(scenario)}",
        lambda: pd.DataFrame(told),
        tuple(on.scenario for on, _ in shown if on.scenario is not None),
    )


def _row(one: Step) -> Row:
    name = f"{one.new} over {one.old}"
    if math.isnan(one.speed_ratio):
        return Row(name, (), f"not at {formats.about(one.usd)}")
    price = "" if math.isnan(one.price_ratio) else f"; price {formats.digits(one.price_ratio, 2)}×"
    return Row(name, (Span(0.0, one.speed_ratio, VARIANTS[0], "speed"),), f"{formats.digits(one.speed_ratio)}×{price}")


def _claim(frames: Sequence[tuple[str, pd.DataFrame]]) -> str:
    told = steps(frames)
    known = [one for one in told if math.isfinite(one.price_ratio)]
    if not known:
        name, frame = frames[-1]
        return f"{name} reaches {formats.number(float(frame[SPEED].max()))} tokens/s; no other generation compares"
    mean = mean_ratio([one.price_ratio for one in known])
    best = min(known, key=lambda one: one.price_ratio)
    if len(known) == 1:
        return f"On {best.new} a token is {_times(best.price_ratio)} than on {best.old} at the speed preferred there"
    worst = max(known, key=lambda one: one.price_ratio)
    return (
        f"From {frames[0][0]} to {frames[-1][0]}, a token at the speed of the generation before is {_times(mean)} on "
        f"average: from {_times(best.price_ratio)} on {best.new} to {_times(worst.price_ratio)} on {worst.new}"
    )


def _times(ratio: float) -> str:
    """A ratio of prices in words.

    >>> _times(0.62), _times(1.004), _times(1.14), _times(2.72)
    ('38% cheaper', 'no cheaper', '14% dearer', '2.7 times as dear')
    """
    if abs(ratio - 1) < 0.01:
        return "no cheaper"
    if ratio >= 2:
        return f"{formats.digits(ratio, 2)} times as dear"
    return f"{abs(ratio - 1):.0%} {'cheaper' if ratio < 1 else 'dearer'}"


def _fast(ratio: float) -> str:
    """A ratio of speeds in words.

    >>> _fast(1.004), _fast(1.85), _fast(0.75)
    ('as fast', '1.85 times as fast', '25% slower')
    """
    if abs(ratio - 1) < 0.01:
        return "as fast"
    return f"{formats.digits(ratio)} times as fast" if ratio > 1 else f"{1 - ratio:.0%} slower"


def _step_claim(told: Sequence[Step]) -> str:
    mean = mean_ratio([one.speed_ratio for one in told])
    if math.isnan(mean):
        return "No generation reaches the price at which the one before it is preferred"
    printed = mean_ratio([one.printed for one in printed_steps()])
    how = "more than" if mean > printed + NEAR else "less than" if mean < printed - NEAR else "about"
    if len(told) == 1:
        return (
            f"At equal price {told[0].new} is {_fast(mean)} beside {told[0].old}, {how} the paper's "
            f"{formats.digits(printed)}"
        )
    known = [one for one in told if math.isfinite(one.speed_ratio)]
    best, worst = (pick(known, key=lambda one: one.speed_ratio) for pick in (max, min))
    return (
        f"At equal price a generation is {_fast(mean)} on average, {how} the paper's {formats.digits(printed)}: from "
        f"{best.new}, {_fast(best.speed_ratio)}, to {worst.new}, {_fast(worst.speed_ratio)}"
    )


def _curve_table(shown: Sequence[tuple[OnGeneration, pd.DataFrame]]) -> pd.DataFrame:
    return pd.concat(
        [frame.assign(accelerator=on.name, year=on.year, price_usd_per_gpu_hour=_usd(on)) for on, frame in shown],
        ignore_index=True,
    )


def _usd(on: OnGeneration) -> float:
    return math.nan if on.scenario is None else on.scenario.accelerator.price_usd_per_gpu_hour
