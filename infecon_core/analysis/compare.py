"""Scenarios side by side at one target: where each stands, by how much they differ, and whether that can be told."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from infecon_core import engines
from infecon_core.engines import engine_of
from infecon_core.pareto import at_speed, fastest
from infecon_core.scenario import Scenario
from infecon_core.schema import NothingFits
from infecon_core.schema.frontier import COLUMNS
from infecon_core.validation import differences, uncertainty
from infecon_core.validation.differences import Difference
from infecon_core.validation.uncertainty import Spread

Array = npt.NDArray[np.float64]
SPEED, PRICE = "tokens_per_s_user", "usd_per_million_tokens"
# Costs that differ by less are the same in two digits.
TIE = 0.02


@dataclass(frozen=True, eq=False)
class Entrant:
    """One of the scenarios that are compared, with its frontier.

    Args:
        name (str): What tells it from the others.
        scenario (Scenario or None): None where its numbers make none.
        frontier (DataFrame or None): Columns as in `schema.frontier`, indexed from 0; None where there is none.
        problem (str): One sentence on why there is no frontier; empty where there is one.
        measured (bool): Whether its points were measured, so that nothing is computed and nothing lies between them.
    """

    name: str
    scenario: Scenario | None
    frontier: pd.DataFrame | None
    problem: str = ""
    measured: bool = False


class Target(NamedTuple):
    """What is asked of every scenario.

    Attributes:
        tokens_per_s_user (float): The least speed of every user. [tokens/s]
        ttft_s (float or None): The longest time to the first token; None for no limit. [s]
    """

    tokens_per_s_user: float
    ttft_s: float | None = None

    @classmethod
    def of(cls, scenario: Scenario) -> "Target":
        """The target of a scenario."""
        return cls(scenario.target_tokens_per_s_user, scenario.target_ttft_s)


@dataclass(frozen=True, eq=False)
class Standing:
    """Where a scenario stands at the target.

    Args:
        entrant (Entrant): Whose standing it is.
        column (str): The column of the frontier that is compared.
        target (Target): What is asked.
        point (Series or None): The row of the cheapest point that meets the target; None where none does.
        value (float): Its value in the column; NaN where there is none. [unit of the column]
        low, high (float): Where the value would lie if comparable measurements are right: their 10th and 90th
            percentile; NaN where unknown; infinite (a cost) or 0 where out of reach. [unit of the column]
        note (str): Why there is no value; empty where there is one.
        slowest, quickest (float): Between which speeds the value would be had, as `low` and `high`; 0 where it is out
            of reach, NaN where unknown. [tokens/s]
        slower (Series or None): The measured point below the target, where the value lies between it and `point`; None
            where the value is that of `point`.
    """

    entrant: Entrant
    column: str
    target: Target
    point: pd.Series | None
    value: float
    low: float
    high: float
    note: str
    slower: pd.Series | None = None
    slowest: float = math.nan
    quickest: float = math.nan

    @property
    def name(self) -> str:
        """What tells it from the others."""
        return self.entrant.name

    @property
    def reached(self) -> bool:
        """Whether it has a value at the target."""
        return self.point is not None and math.isfinite(self.value)

    @property
    def speed(self) -> float:
        """The speed that its value holds at; NaN where it has none. [tokens/s]"""
        if self.point is None:
            return math.nan
        return self.target.tokens_per_s_user if self.slower is not None else float(self.point[SPEED])

    @property
    def fastest(self) -> float:
        """The highest speed of its frontier; NaN where it has none. [tokens/s]"""
        frame = self.entrant.frontier
        return math.nan if frame is None else float(frame[SPEED].max())

    @property
    def cost(self) -> float:
        """The value where less is better, one over it where more is; NaN where there is none."""
        return self.value if is_cost(self.column) else 1 / self.value


class Ratio(NamedTuple):
    """Two scenarios at the target.

    Attributes:
        one, other (Standing): The two; both have a value.
        ratio (float): Value of one over that of the other. [1]
        difference (Difference or None): How well the two are predicted relative to each other; None where measurements
            cannot tell.
        told_apart (bool or None): Whether their order is certain; None where measurements cannot tell.
        cost_factor (float): By what the ratio of their costs changes at most within that difference: they are told
            apart where they differ by more. NaN where unknown; infinite where one gets out of reach. [1]
    """

    one: Standing
    other: Standing
    ratio: float
    difference: Difference | None
    told_apart: bool | None
    cost_factor: float = math.nan


def is_cost(column: str) -> bool:
    """Whether less of a column is better: dollars and energy, not throughput."""
    return COLUMNS[column].unit in ("USD", "kWh")


def entrant(
    name: str,
    scenario: Scenario | None,
    problem: str = "",
    *,
    target: Target | None = None,
    search: Callable[[Scenario], pd.DataFrame] = engines.frontier,
) -> Entrant:
    """A scenario with its frontier, or with the reason why it has none.

    Args:
        name (str): What tells it from the others.
        scenario (Scenario or None): None where its numbers make none.
        problem (str): One sentence on why, then.
        target (Target or None): What is asked of it, in place of its own target: all are compared at one.
        search (callable): What computes a frontier; one that keeps its answers, for example.
    """
    if scenario is None:
        return Entrant(name, None, None, problem)
    scenario = scenario if target is None else asked(scenario, target)
    try:
        return Entrant(name, scenario, search(scenario).reset_index(drop=True))
    except NothingFits as reason:
        return Entrant(name, scenario, None, str(reason))


def asked(scenario: Scenario, target: Target) -> Scenario:
    """A scenario with another target."""
    own = {"target_tokens_per_s_user": target.tokens_per_s_user, "target_ttft_s": target.ttft_s}
    return scenario.model_copy(update=own)


def standings(entrants: Sequence[Entrant], column: str, target: Target) -> tuple[Standing, ...]:
    """Where every scenario stands at the target, in the order given.

    Computed points lie so close that the next faster one stands for the target. Measured ones lie far apart, so the
    value at the target is that of the straight line between the two around it, both axes logarithmic; where all are
    faster, it is that of the cheapest one.

    Args:
        entrants (sequence of Entrant): What is compared.
        column (str): The column of the frontier that is compared.
        target (Target): What is asked of all.
    """
    return tuple(_standing(entrant, column, target) for entrant in entrants)


def ranked(found: Sequence[Standing]) -> tuple[Standing, ...]:
    """The best first; then those that are too slow, the fastest first; then those without a frontier."""

    def place(standing: Standing) -> tuple[int, float]:
        if standing.reached:
            return 0, standing.cost
        return (2, 0.0) if math.isnan(standing.fastest) else (1, -standing.fastest)

    return tuple(sorted(found, key=place))


def ratio(one: Standing, other: Standing) -> Ratio:
    """Two standings that both have a value: their ratio, and whether their order can be told.

    Ranges of comparable measurements overlap far more often than two setups change places, because most of the error is
    common to both. So the order is told where it holds although the steps of the cheaper one take √d times as long as
    predicted and those of the other 1/√d times, with d the factor within which four of five pairs of measured setups
    that differ in the same respect are predicted relative to each other (`validation.differences`):

        √d · P_1(v·√d) < P_2(v/√d) / √d

    where P(v) is the cheapest price at speed v or above.
    """
    found = None
    if one.entrant.scenario is not None and other.entrant.scenario is not None:
        found = differences.difference(one.entrant.scenario, other.entrant.scenario)
    if one.entrant.measured or other.entrant.measured:
        found = None
    told, factor = None, math.nan
    if found is not None:
        better, worse = sorted((one, other), key=lambda standing: standing.cost)
        root = math.sqrt(found.factor)
        around = Spread(1 / root, root, found.n_pairs, found.which)
        dearer, cheaper = _scale(better, around)[1], _scale(worse, around)[0]
        factor = dearer / cheaper
        told = better.cost * dearer < worse.cost * cheaper
    return Ratio(one, other, one.value / other.value, found, told, factor)


def _standing(entrant: Entrant, column: str, target: Target) -> Standing:
    unknown: dict[str, Any] = {"point": None, "value": math.nan, "low": math.nan, "high": math.nan}
    if entrant.frontier is None:
        return Standing(entrant, column, target, **unknown, note=entrant.problem)
    point = at_speed(entrant.frontier, target.tokens_per_s_user, target.ttft_s)
    if point is None:
        return Standing(entrant, column, target, **unknown, note=_too_slow(entrant.frontier, target))
    value = float(point[column])
    if not math.isfinite(value):
        note = f"The {COLUMNS[column].label} of {entrant.name} is not known."
        return Standing(entrant, column, target, **{**unknown, "point": point}, note=note)
    if entrant.measured:
        slower = _slower(entrant.frontier, target)
        if slower is not None:
            value = _between(slower, point, column, target.tokens_per_s_user)
        return Standing(entrant, column, target, point, value, math.nan, math.nan, "", slower)
    found = Standing(entrant, column, target, point, value, math.nan, math.nan, "")
    scenario = entrant.scenario
    if scenario is None or not engine_of(scenario).capabilities.uncertainty:
        return found
    spread = uncertainty.spread(scenario)
    cheaper, dearer = _scale(found, spread)
    ends = (value * cheaper, value * dearer) if is_cost(column) else (value / dearer, value / cheaper)
    speed, price = (entrant.frontier[name].to_numpy(float) for name in (SPEED, PRICE))
    slowest, quickest = map(float, uncertainty.speed_range(speed, price, spread, float(point[PRICE])))
    return Standing(entrant, column, target, point, value, *ends, "", slowest=slowest, quickest=quickest)


def _slower(frame: pd.DataFrame, target: Target) -> pd.Series | None:
    """The fastest point below the target that keeps its limit on the first token; None where there is none."""
    kept = frame[SPEED] < target.tokens_per_s_user
    if target.ttft_s is not None:
        kept &= frame["ttft_s"] <= target.ttft_s
    return fastest(frame[kept]) if kept.any() else None


def _between(slower: pd.Series, faster: pd.Series, column: str, speed: float) -> float:
    ends = np.log([[float(point[name]) for point in (slower, faster)] for name in (SPEED, column)])
    return float(np.exp(np.interp(np.log(speed), *ends)))


def _scale(standing: Standing, spread: Spread) -> tuple[float, float]:
    """By what the cost at the target is multiplied at both ends of a spread of times; infinite where out of reach."""
    frame = standing.entrant.frontier
    assert frame is not None
    speed, price = frame[SPEED].to_numpy(), frame[PRICE].to_numpy()
    now, at = float(standing.point[PRICE]), standing.target.tokens_per_s_user  # type: ignore[index]
    low, high = uncertainty.price_range(speed, price, spread, at)
    return float(low) / now, float(high) / now


def _too_slow(frame: pd.DataFrame, target: Target) -> str:
    fastest = float(frame[SPEED].max())
    if fastest < target.tokens_per_s_user:
        return f"cannot reach {target.tokens_per_s_user:g} tokens/s; its fastest is {fastest:,.3g}"
    return f"cannot answer within {target.ttft_s:g} s at {target.tokens_per_s_user:g} tokens/s"
