"""Which value of one number meets a goal: a price at a speed."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from infecon_core.analysis.design import Number, designed, numbers, price_at_target, top_speed
from infecon_core.bisection import last_inside
from infecon_core.engines import engine_of
from infecon_core.scenario import Scenario
from infecon_core.schema.feasibility import rounded_down, rounded_up
from infecon_core.schema.step import FIVE_TIMES

# How far a number is tried on either side of what it is, and how finely before an end is closed in on. Choices. [1]
LEAST, MOST = 1 / 16, 64.0
PER_DOUBLING = 4
# Ends are closed in on to this, in proportion, and told in so many digits. [1]
_CLOSE = 2e-4
_DIGITS = 3
# A price that is no more than this above the lowest one is as low: where it no longer falls, the number has done what
# it can. [1]
_AS_LOW = 0.005


class Span(NamedTuple):
    """Values of a number that meet a goal, and all between them that were tried.

    Attributes:
        low, high (float): The least and the greatest. [unit of the number]
        open_low, open_high (bool): Whether that is only where trying ended.
    """

    low: float
    high: float
    open_low: bool
    open_high: bool


class Binding(NamedTuple):
    """What holds a point back.

    Attributes:
        limit (str): The largest of the five times.
        share (float): Its share of a step. [1]
        memory_share (float): The share of a GPU's memory that is taken; NaN where the engine does not count it. [1]
        point (mapping): The columns of the point.
    """

    limit: str
    share: float
    memory_share: float
    point: Mapping[str, Any]


@dataclass(frozen=True)
class Sought:
    """What was found of a number.

    Args:
        key (str): The number.
        usd_limit (float or None): The most that a million output tokens may cost; None for any price. [USD]
        today (float): The number as it is. [unit]
        usd_today (float): What the target costs today; infinite where it is out of reach. [USD]
        values, prices (tuple of float): What was tried in ascending order, and the least price at the target with it;
            infinite where that is out of reach. [unit], [USD]
        speeds (tuple of float): Where the target is out of reach with all of them, the top speed of each; else empty.
            [tokens/s]
        spans (tuple of Span): The values that meet the goal, ascending; several where it is lost and met again.
        nearest (float): Where none does, the value that comes nearest; else the answer. [unit]
        nearest_usd (float): What the target costs there; infinite where it is out of reach. [USD]
        nearest_speed (float): The top speed there; NaN where the target is met. [tokens/s]
        binding (Binding or None): What holds back the point there; None where nothing runs.
    """

    key: str
    usd_limit: float | None
    today: float
    usd_today: float
    values: tuple[float, ...]
    prices: tuple[float, ...]
    speeds: tuple[float, ...]
    spans: tuple[Span, ...]
    nearest: float
    nearest_usd: float
    nearest_speed: float
    binding: Binding | None

    @property
    def found(self) -> bool:
        """Whether any value meets the goal."""
        return bool(self.spans)

    @property
    def met_today(self) -> bool:
        """Whether the present value does."""
        return any(span.low <= self.today <= span.high for span in self.spans)


def seek(scenario: Scenario, key: str, usd_limit: float | None = None) -> Sought:
    """The values of one number with which a scenario meets its target of speed at a price.

    The number is tried from a sixteenth to 64 times of what it is, within its bounds, four times a doubling; between
    two neighbours of which one meets the goal and the other does not, the end is found by bisection, to 0.02% or the
    next whole value. So a goal that is met only within less than a quarter of a doubling can be missed. Every value is
    searched again; the price of a GPU-hour and the correction by measurements stay.

    Args:
        scenario (Scenario): With the target of speed. [tokens/s]
        key (str): The number, one of `design.numbers`.
        usd_limit (float, optional): The most that a million output tokens may cost. [USD]

    Raises:
        ValueError: For a number that the scenario does not have.
    """
    held = engine_of(scenario).with_held_correction(scenario)
    known = numbers(held)
    if key not in known:
        raise ValueError(f"There is no number '{key}' here; possible are {', '.join(known)}.")
    number, limit = known[key], math.inf if usd_limit is None else usd_limit

    @cache
    def price(value: float) -> float:
        try:
            return price_at_target(designed(held, {key: value}))[0]
        except ValueError:  # what does not go together
            return math.inf

    def met(value: float) -> bool:
        return price(value) <= limit * (1 + 1e-9) and price(value) < math.inf

    # What does not go together, such as more active experts than there are, is no value to try.
    grid = tuple(value for value in _grid(number) if _goes_together(held, key, value))
    tried = set(grid)
    spans = tuple(_spans(number, grid, met, tried))
    values = tuple(sorted(tried))
    speeds: tuple[float, ...] = ()
    if spans:
        nearest = _answer(number, spans)
    elif any(map(math.isfinite, map(price, values))):
        nearest = _nearest(number, values, [price(value) for value in values])
    else:
        speeds = tuple(_top_speed(held, key, value) for value in values)
        nearest = _nearest(number, values, [-speed for speed in speeds])
    return Sought(
        key,
        usd_limit,
        number.value,
        price(number.value),
        values,
        tuple(map(price, values)),
        speeds,
        spans,
        nearest,
        price(nearest),
        speeds[values.index(nearest)] if speeds else math.nan,
        _binding(held, key, nearest),
    )


def _goes_together(scenario: Scenario, key: str, value: float) -> bool:
    """Whether a value of a number is possible beside all others."""
    try:
        designed(scenario, {key: value})
    except ValueError:
        return False
    return True


def _grid(number: Number) -> Iterator[float]:
    """The values that are tried first, ascending, today's among them."""
    steps = range(round(math.log2(LEAST) * PER_DOUBLING), round(math.log2(MOST) * PER_DOUBLING) + 1)
    yield from sorted({number.near(number.value * 2 ** (step / PER_DOUBLING)) for step in steps} | {number.value})


def _spans(number: Number, grid: tuple[float, ...], met: Callable[[float], bool], tried: set[float]) -> Iterator[Span]:
    """The values that meet a goal; what is tried on the way is added."""
    low: float | None = grid[0] if met(grid[0]) else None
    for one, other in pairwise(grid):
        if met(one) == met(other):
            continue
        if met(other):
            low = _end(number, other, one, met, tried)
        elif low is not None:
            yield Span(low, _end(number, one, other, met, tried), low == grid[0], False)
            low = None
    if low is not None:
        yield Span(low, grid[-1], low == grid[0], True)


def _end(number: Number, inside: float, outside: float, met: Callable[[float], bool], tried: set[float]) -> float:
    """The last value that meets a goal, between one that does and one that does not."""
    from_above = inside > outside

    def middle(one: float, other: float) -> float:
        return number.near(math.sqrt(one * other)) if abs(math.log(one / other)) > _CLOSE else one

    def holds(value: float) -> bool:
        tried.add(value)
        return met(value)

    inside, _ = last_inside(inside, outside, holds, middle)
    if number.whole:
        return inside
    # In few digits, away from the end: what is said has to hold.
    told = rounded_up(inside, _DIGITS) if from_above else rounded_down(inside, _DIGITS)
    if number.low <= told <= number.high and met(told):
        tried.add(told)
        return told
    return inside


def _answer(number: Number, spans: tuple[Span, ...]) -> float:
    """The value that meets the goal and is the nearest to today's, in proportion; where today's does, the furthest."""
    for span in spans:
        if span.low <= number.value <= span.high:
            return span.high if number.better_when_less else span.low
    return min((end for span in spans for end in span[:2]), key=lambda value: abs(math.log(value / number.value)))


def _nearest(number: Number, values: tuple[float, ...], costs: list[float]) -> float:
    """The value with the least cost, of about equal ones the nearest to today's; a cost may be a negative gain."""
    lowest = min(costs)
    as_low = [value for value, cost in zip(values, costs, strict=True) if cost <= lowest + _AS_LOW * abs(lowest)]
    return min(as_low, key=lambda value: abs(math.log(value / number.value)))


def _top_speed(scenario: Scenario, key: str, value: float) -> float:
    """The top speed with one value of a number, 0 where nothing runs. [tokens/s]"""
    try:
        return top_speed(designed(scenario, {key: value}))[0]
    except ValueError:
        return 0.0


def _binding(scenario: Scenario, key: str, value: float) -> Binding | None:
    """What holds back the cheapest point at the target, or the fastest where that is out of reach."""
    try:
        there = designed(scenario, {key: value})
    except ValueError:
        return None
    point = price_at_target(there)[1] or top_speed(there)[1]
    if point is None:
        return None
    column = next(name for name, limit in FIVE_TIMES.items() if limit == point["limit"])
    memory = ("weight_bytes_per_gpu", "kv_bytes_per_gpu", "workspace_bytes_per_gpu")
    taken = float(np.sum([point[name] for name in memory])) / float(point["hbm_bytes_per_gpu"])
    return Binding(str(point["limit"]), float(point[column]) / float(point["tpot_s"]), taken, point)
