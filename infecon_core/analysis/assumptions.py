"""How far each constant and each assumption of an engine moves its verdict: the price at the target, searched again."""

import math
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from infecon_core import catalog
from infecon_core.analysis.speculation import price_at_target
from infecon_core.catalog import constants as serving_constants
from infecon_core.catalog.assumptions import Alternative, assumptions
from infecon_core.engines import engine_of
from infecon_core.pareto import row_at_speed
from infecon_core.physics.formats import has_experts
from infecon_core.scenario import Scenario, keywords
from infecon_core.schema import Layout, Provenance
from infecon_core.schema.field import FieldFacts, walk

# By how much each constant is made smaller and larger. [1]
STEP = 0.1
# A change of the price below this is none. [1]
LEAST = 0.0005
# Where a target is out of reach, so much of the highest speed is asked for instead. [1]
WITHIN_REACH = 0.8
LATENCY = "Network latency"
# Keywords that enter for mixtures of experts alone.
_OF_EXPERTS = frozenset({"routing_exponent", "expert_read_efficiency"})
Price = Callable[[Scenario], float | None]


class Constant(NamedTuple):
    """A number of an engine that is fitted, measured or estimated, and no choice.

    Attributes:
        name (str): Its keyword in a scenario; empty for the latency of all collectives, which is none.
        facts (FieldFacts): Label, meaning, unit, bounds.
        value (float): In the scenario. [unit of the facts]
        provenance (Provenance): Its evidence.
    """

    name: str
    facts: FieldFacts
    value: float
    provenance: Provenance


class Effect(NamedTuple):
    """What a scenario costs when one thing is otherwise.

    Attributes:
        name, words (str): The constant or the assumption, and what is otherwise.
        usd (float or None): Price of a million output tokens at the target: today's times 1 + change; None where no
            setup is fast enough or where nothing could be computed. [USD]
        change (float): `price_along` over that of today, less 1; NaN without a price. [1]
        engine (str): Which engine computed it; another one than the scenario's is no assumption of its own.
        reason (str): Why there is no price; empty where there is one.
    """

    name: str
    words: str
    usd: float | None
    change: float
    engine: str
    reason: str = ""

    @property
    def size(self) -> float:
        """|ln of the price over today's|, 0 without a price: twice and half are as far. [1]"""
        return abs(math.log1p(self.change)) if math.isfinite(self.change) else 0.0


class Effects(NamedTuple):
    """What moves the price of a scenario at its target.

    Attributes:
        scenario (Scenario): At its target, or at a lower one that it reaches.
        usd (float): Price of a million output tokens, of the cheapest setup searched that is fast enough. [USD]
        constants, assumptions (tuple of Effect): As from `constant_effects` and `assumption_effects`.
    """

    scenario: Scenario
    usd: float
    constants: tuple[Effect, ...]
    assumptions: tuple[Effect, ...]

    @property
    def largest(self) -> tuple[Effect, ...]:
        """Those of the scenario's own engine that move the price at all, the most first."""
        own = [effect for effect in (*self.assumptions, *self.constants) if effect.engine == self.scenario.engine]
        return tuple(sorted((effect for effect in own if effect.size > LEAST), key=lambda effect: -effect.size))


OUT_OF_REACH = "the target is out of reach"
DEFAULT_VALUE = Provenance(
    kind="estimate", source="No source is known for this accelerator; the default stands.", date="undated"
)
OWN_VALUE = Provenance(kind="estimate", source="A number of your own.", date="undated")


def effects(scenario: Scenario) -> Effects:
    """What 10% of each constant and the alternatives of each assumption make of the price at the target.

    Args:
        scenario (Scenario): What is served on what. Where its target is out of reach, `reachable` takes its place.

    Raises:
        NothingFits: Where no setup runs.
    """
    scenario = reachable(scenario)
    price = cache(price_between)
    usd = price_at_target(engine_of(scenario).with_held_correction(scenario))
    assert usd is not None  # it is within reach
    return Effects(scenario, usd, constant_effects(scenario, price), assumption_effects(scenario, price))


def price_along(frame: pd.DataFrame, tokens_per_s: float) -> float | None:
    """Price of a speed on a frontier, read between neighbouring points of one layout. [USD]

    Batches are searched in steps of 9% or so, and the cheapest setup that is fast enough jumps from one to the next: a
    change of 1% may look like one of 6%, or like none. With (s₁, c₁) the cheapest point that is fast enough, (s₀, c₀)
    the fastest that is not, and both of one layout:
    ln c = ln c₀ + (ln c₁ - ln c₀)·(ln s - ln s₀)/(ln s₁ - ln s₀).

    Args:
        frame (DataFrame): A frontier, as engines give it.
        tokens_per_s (float): Speed of one user, s. [tokens/s]

    Returns:
        float or None: c. Where the two are of different layouts, or no point is slower, c₁; None where none is fast
            enough.

    Source: own work; a layout's price is near a power of its speed between two steps of the batch.
    """
    enough = row_at_speed(frame, tokens_per_s)
    if enough is None:
        return None
    speed, usd = (frame[name].to_numpy(np.float64) for name in ("tokens_per_s_user", "usd_per_million_tokens"))
    slower = np.flatnonzero(speed < tokens_per_s)
    if slower.size:
        below = int(slower[speed[slower].argmax()])
        if all(frame[name].iloc[below] == frame[name].iloc[enough] for name in Layout.model_fields):
            u, v = np.log(speed[[below, enough]]), np.log(usd[[below, enough]])
            return math.exp(float(np.interp(math.log(tokens_per_s), u, v)))
    return float(usd[enough])


def price_between(scenario: Scenario) -> float | None:
    """Price of a million output tokens at the target, as `price_along`; None where no setup is fast enough. [USD]"""
    try:
        frame = engine_of(scenario).frontier(scenario)
    except ValueError:  # NothingFits is one of them
        return None
    return price_along(frame, scenario.target_tokens_per_s_user)


def reachable(scenario: Scenario) -> Scenario:
    """A scenario whose target is within reach: itself, or with a target of 80% of its highest speed.

    Raises:
        NothingFits: Where no setup runs.
    """
    fastest = float(engine_of(scenario).frontier(scenario)["tokens_per_s_user"].max())
    if scenario.target_tokens_per_s_user <= fastest:
        return scenario
    return scenario.changed(target_tokens_per_s_user=float(f"{WITHIN_REACH * fastest:.2g}"))


def constants(scenario: Scenario) -> tuple[Constant, ...]:
    """The constants that the scenario's engine reads, with their values in it and their evidence."""
    found = []
    for name, facts in _facts(scenario).items():
        value = _value(scenario, name)
        if isinstance(value, int | float):
            found.append(Constant(name, facts, float(value), _evidence(scenario, name, float(value))))
    return tuple(found)


def _facts(scenario: Scenario) -> dict[str, FieldFacts]:
    """Numbers of the schema that stand among the constants and that this engine reads, by keyword."""
    return {
        str(place.path[-1]): place.facts
        for place in walk(Scenario)
        if place.facts.section == "constants" and place.facts.kind == "number" and place.facts.only == scenario.engine
    }


def _evidence(scenario: Scenario, name: str, value: float) -> Provenance:
    record = serving_constants.records().get(name)
    if record is not None:
        shipped = Provenance(kind=record["kind"], source=record["evidence"], date=record["date"])
        return shipped if value == record["value"] else OWN_VALUE
    for entry in catalog.accelerators().values():
        if entry.accelerator.name == scenario.accelerator.name and getattr(entry.accelerator, name, None) == value:
            return entry.provenance.get(name) or _default(name)
    return OWN_VALUE


def _default(name: str) -> Provenance:
    """Of a number that no file of the accelerator states: the published model has it of its own accelerators."""
    return catalog.accelerator("erdil-H100").provenance.get(name, DEFAULT_VALUE)


def constant_effects(scenario: Scenario, price: Price = price_between) -> tuple[Effect, ...]:
    """What 10% less and 10% more of each constant make of the price at the target, by a search each.

    Args:
        scenario (Scenario): What is served on what; its correction stays as it is now.
        price (callable): As `price_between`, which searches; for callers who keep answers. [USD]

    Returns:
        tuple of Effect: Two of each constant, within its bounds; none where the target is out of reach. Last the
            latency of all collectives, where the engine searches with a factor on it.
    """
    held = engine_of(scenario).with_held_correction(scenario)
    today = _today(held, price)
    if today is None:
        return ()
    found = []
    for constant in constants(scenario):
        for factor in (1 - STEP, 1 + STEP):
            value = min(max(constant.value * factor, constant.facts.ge), constant.facts.le)
            if value != constant.value:
                changed = _changed(held, {constant.name: value})
                words = f"{abs(value / constant.value - 1):.0%} {'more' if factor > 1 else 'less'}"
                found.append(_effect(constant.facts.label, words, changed, today, price))
    return (*found, *_latency_effects(held, today))


class _Today(NamedTuple):
    """Today's price: of the cheapest setup that is fast enough, and read between two of them. [USD]"""

    usd: float
    between: float


def _today(held: Scenario, price: Price) -> _Today | None:
    usd, between = price_at_target(held), price(held)
    return None if usd is None or between is None else _Today(usd, between)


def _latency_effects(held: Scenario, today: _Today) -> Iterator[Effect]:
    engine = engine_of(held)
    if not engine.capabilities.searches_again:
        return
    for factor, word in ((1 - STEP, "less"), (1 + STEP, "more")):
        between = price_along(engine.frontier(held, factor), held.target_tokens_per_s_user)
        yield _told(LATENCY, f"{STEP:.0%} {word}", between, today, held.engine)


def assumption_effects(scenario: Scenario, price: Price = price_between) -> tuple[Effect, ...]:
    """What the alternatives of each assumption make of the price at the target, by a search each.

    Args:
        scenario, price: As for `constant_effects`.

    Returns:
        tuple of Effect: One of each alternative that is not what the scenario has already and that it has something to
            change for; none where the target is out of reach.
    """
    held = engine_of(scenario).with_held_correction(scenario)
    today = _today(held, price)
    if today is None:
        return ()
    return tuple(
        _effect(name, alternative.words, changed, today, price)
        for name, assumption in assumptions()[scenario.engine].items()
        for alternative in assumption.alternatives
        if (changed := alternative_of(scenario, held, alternative)) is not None
    )


def alternative_of(scenario: Scenario, held: Scenario, alternative: Alternative) -> Scenario | str | None:
    """A scenario under an alternative, what keeps it from being one, or None where it would be the same.

    Args:
        scenario (Scenario): As chosen.
        held (Scenario): The same with its correction held, which is changed.
        alternative (Alternative): The change.
    """
    known = keywords(Scenario)
    if {*alternative.set, *alternative.times} <= _OF_EXPERTS and not has_experts(scenario.architecture):
        return None
    changes: dict[str, Any] = {name: None if value == "" else value for name, value in alternative.set.items()}
    for name, factor in alternative.times.items():
        value = _value(scenario, name)
        if not isinstance(value, int | float):
            return None
        facts = _facts_at(name)
        wanted = min(max(value * factor, facts.ge), facts.le)
        changes[name] = round(wanted) if isinstance(value, int) else wanted
    if all(_value(scenario, name) == value for name, value in changes.items() if name in known):
        return None
    return _changed(held, changes)


def _changed(scenario: Scenario, changes: dict[str, Any]) -> Scenario | str:
    try:
        return scenario.changed(**changes)
    except ValueError as error:
        return str(error)


def _effect(name: str, words: str, changed: Scenario | str, today: _Today, price: Price) -> Effect:
    if isinstance(changed, str):
        return Effect(name, words, None, math.nan, "", changed)
    return _told(name, words, price(changed), today, changed.engine)


def _told(name: str, words: str, between: float | None, today: _Today, engine: str) -> Effect:
    if between is None:
        return Effect(name, words, None, math.nan, engine, OUT_OF_REACH)
    change = between / today.between - 1
    return Effect(name, words, today.usd * (1 + change), change, engine)


def _facts_at(name: str) -> FieldFacts:
    return next(place.facts for place in walk(Scenario) if place.path == keywords(Scenario)[name])


def _value(scenario: Scenario, name: str) -> Any:
    """What a scenario has at a keyword; None where the record around it is not there, the shipped one of constants."""
    found: Any = scenario
    for part in keywords(Scenario)[name]:
        if found is None:
            return None
        found = getattr(found, str(part), None)
        if found is None and part == "constants":
            found = serving_constants.shipped()
    return found
