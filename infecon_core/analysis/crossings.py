"""Where curves of cost over speed cross, and which is the cheapest where."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Curve:
    """Cost over speed, straight between its points where both axes are logarithmic.

    Slower than its slowest point it costs as much as there, because setups may be faster than asked; faster than its
    fastest one it ends.

    Args:
        name (str): What tells it from the others.
        speed (array): Rising, above zero. [tokens/s]
        cost (array): Never falling, above zero; in any unit that all curves share.
    """

    name: str
    speed: Array
    cost: Array

    @classmethod
    def of(cls, name: str, speed: Array, cost: Array) -> "Curve":
        """A curve through points in any order, the cheapest at every speed or above."""
        order = np.lexsort((cost, -speed))
        best = np.minimum.accumulate(cost[order])
        speed, best = speed[order][::-1], best[::-1]
        last = np.concatenate([speed[1:] > speed[:-1], [True]])  # of equal speeds the cheapest
        return cls(name, speed[last], best[last])

    def log_cost(self, log_speed: Array) -> Array:
        """Logarithm of the cost at logarithms of speeds; infinite beyond its end."""
        ends = np.log(self.speed)
        # A speed that went through a logarithm is the same speed but for its last digit.
        beyond = log_speed > ends[-1] + 1e-12
        return np.where(beyond, np.inf, np.interp(log_speed, ends, np.log(self.cost)))


class Crossing(NamedTuple):
    """Where two curves change places.

    Attributes:
        tokens_per_s_user (float): Where both cost the same. [tokens/s]
        below, above (str): The cheaper one at lower and at higher speeds.
    """

    tokens_per_s_user: float
    below: str
    above: str


class Leader(NamedTuple):
    """The cheapest curve over a stretch of speeds.

    Attributes:
        name (str): Which curve.
        start, end (float): The stretch; 0 for every lower speed. [tokens/s]
    """

    name: str
    start: float
    end: float


def crossings(one: Curve, other: Curve, tie: float = 0.0) -> tuple[Crossing, ...]:
    """Where two curves change places, from slow to fast, as far as both reach.

    Args:
        one, other (Curve): Two curves.
        tie (float): Leads of no more than this part of the cost are none: curves that touch do not cross. [1]
    """
    grid = _grid((one, other))
    grid = grid[grid <= math.log(min(one.speed[-1], other.speed[-1])) + 1e-12]
    lead = one.log_cost(grid) - other.log_cost(grid)
    least = math.log1p(tie)
    found = []
    before, last_zero = 0.0, math.nan
    for i, now in enumerate(lead):
        if i and (now == 0 or (lead[i - 1] < 0) != (now < 0)):
            last_zero = _zero(grid[i - 1], grid[i], lead[i - 1], now)
        if abs(now) <= least:
            continue
        if before and (now > 0) != (before > 0):
            names = (one.name, other.name) if now > 0 else (other.name, one.name)
            found.append(Crossing(math.exp(last_zero), *names))
        before = float(now)
    return tuple(found)


def leaders(curves: Sequence[Curve], tie: float = 0.0) -> tuple[Leader, ...]:
    """Which curve is the cheapest where, from slow to fast, up to the end of the one that reaches farthest.

    Args:
        curves (sequence of Curve): At least one.
        tie (float): Who leads stays named where nobody is cheaper by more than this part of the cost. [1]
    """
    met = [cross for pair in itertools.combinations(curves, 2) for cross in crossings(*pair)]
    grid = np.unique(np.concatenate([_grid(curves), np.log([cross.tokens_per_s_user for cross in met])]))
    # Between two places of the grid no curve bends, ends or crosses another: their ends say all of a stretch.
    left, right = np.concatenate([grid[:1] - 1, grid[:-1]]), grid
    middle = _log_costs(curves, (left + right) / 2)
    runs = np.isfinite(middle)
    ends = [np.where(runs, _log_costs(curves, places), np.inf) for places in (left, right)]
    behind = np.max([costs - costs.min(axis=0) for costs in ends], axis=0, initial=0, where=runs)
    kept = runs & (behind <= math.log1p(tie) + 1e-12)
    leading = int(middle[:, 0].argmin())
    found, start = [], 0.0
    for i in range(grid.size):
        if kept[leading, i]:
            continue
        following = int(middle[:, i].argmin())
        if following == leading:  # behind by a rounding at one end alone
            continue
        stop = math.exp(left[i])
        if runs[leading, i]:  # it does not end here, so the two cross, at the latest here
            pair = {curves[leading].name, curves[following].name}
            at = [cross.tokens_per_s_user for cross in met if {cross.below, cross.above} == pair]
            stop = max((speed for speed in at if start < speed <= math.exp(right[i])), default=stop)
        found.append(Leader(curves[leading].name, start, stop))
        leading, start = following, stop
    return (*found, Leader(curves[leading].name, start, math.exp(grid[-1])))


def _log_costs(curves: Sequence[Curve], log_speed: Array) -> Array:
    return np.array([curve.log_cost(log_speed) for curve in curves])


def _grid(curves: Sequence[Curve]) -> Array:
    return np.unique(np.concatenate([np.log(curve.speed) for curve in curves]))


def _zero(left: float, right: float, at_left: float, at_right: float) -> float:
    """Where a straight line between two points is zero."""
    if at_left == at_right:
        return right
    return left + (right - left) * at_left / (at_left - at_right)
