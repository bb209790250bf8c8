"""Non-dominated points by a sorted running minimum, and the points of a frontier that people ask for."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

# One percent of speed is worth three of price: arXiv:2506.04645 prefers the point that maximises speed**3 / price.
PREFERENCE_EXPONENT = 3.0
# A layout is kept along a curve while it is at most this much slower or dearer than the best one. A choice: engines
# differ by more, and nobody changes a layout for less. [1]
STEADY_TOLERANCE = 0.03


class NonDominated(NamedTuple):
    """The lowest cost within every latency limit, a step function.

    Attributes:
        latency_s (array): Latencies at which a cheaper setup appears, ascending. [s]
        setup (array of int): Which setup that is.
    """

    latency_s: Array
    setup: Indices


def non_dominated(latency_s: Array, cost: Array) -> NonDominated:
    """Setups that no other beats in both latency and cost; among equals in cost the fastest.

    Args:
        latency_s, cost (array): One of each a setup; infinite or NaN ones are left out. [s], any unit of cost

    Returns:
        NonDominated: Latency ascending, cost strictly descending.

    Examples:
        The setup of 2 s for 7 is beaten by that of 1 s for 5.

        >>> non_dominated(np.array([3.0, 1.0, 2.0]), np.array([1.0, 5.0, 7.0])).setup
        array([1, 0])
    """
    usable = np.flatnonzero(np.isfinite(latency_s) & np.isfinite(cost))
    order = usable[np.lexsort((cost[usable], latency_s[usable]))]
    lowest = np.minimum.accumulate(cost[order])
    first = np.ones(order.size, dtype=np.bool_)
    first[1:] = lowest[1:] < lowest[:-1]
    kept = order[first]
    return NonDominated(latency_s[kept], kept)


def cheapest_within(front: NonDominated, limits_s: Array) -> Indices:
    """The cheapest setup within each latency limit, duplicates dropped, fastest first.

    Args:
        front (NonDominated): From `non_dominated`.
        limits_s (array): Latency limits; nothing is found within one below the fastest setup. [s]

    Returns:
        array of int: Indices of setups.

    Examples:
        >>> front = non_dominated(np.array([3.0, 1.0, 2.0]), np.array([1.0, 5.0, 7.0]))
        >>> cheapest_within(front, np.array([0.5, 1.0, 2.5, 3.0]))
        array([1, 0])
    """
    steps = np.searchsorted(front.latency_s, limits_s, side="right") - 1
    return front.setup[np.unique(steps[steps >= 0])]


def steady(
    latency_s: Array, cost: Array, layout: Indices, front: NonDominated, anchor: int, tolerance: float
) -> Indices:
    """Setups along a frontier that keep their layout as long as they lie near it in both latency and cost.

    Setups count that cost at most (1 + tolerance) times as much as the frontier at their own latency. Such a setup of
    latency t and cost c serves position k of the frontier, of latency L_k and cost C_k, where t ≤ (1 + tolerance)·L_k
    and c ≤ (1 + tolerance)·C_k; the two ends are served by what is as fast, or as cheap, as they are. So each setup
    serves an interval of positions. A layout is held from the anchor in both directions while a setup of it serves the
    next position; after it comes the one that serves the most positions on end, of several the one that is cheapest
    at the last of them.

    Args:
        latency_s, cost (array): As for `non_dominated`, one of each a setup. [s], any unit of cost
        layout (array of int): Layout of each setup, counted from 0.
        front (NonDominated): Of the same setups; at least one.
        anchor (int): Position of the frontier from which layouts are held; its setup is kept.
        tolerance (float): How much slower or dearer a setup may be than the frontier. [1]

    Returns:
        array of int: Indices of setups, fastest first, none of which beats another in both: that of the anchor, one as
            fast as the frontier's fastest and one as cheap as its cheapest among them. None costs more than
            1 + tolerance times the frontier's cost at its own latency, and every setup of the frontier has one among
            them that is at most that much slower and dearer.

    Examples:
        Layout 1 is cheapest at 2 s, by one percent; layout 0 serves that position as well.

        >>> latency, cost = np.array([1.0, 2.0, 3.0, 2.0]), np.array([9.0, 4.04, 1.0, 4.0])
        >>> steady(latency, cost, np.array([0, 0, 0, 1]), non_dominated(latency, cost), 0, 0.03)
        array([0, 1, 2])
    """
    found = near(latency_s, cost, layout, front, tolerance)
    return found.setup[found.steady(anchor)]


class NearFrontier:
    """The setups of which some are held along a frontier, whatever its anchor, as `steady` says.

    Attributes:
        setup (array of int): Which setups they are; all of the frontier are among them.
        front (array of int): Places of the frontier's setups in `setup`, fastest first.
    """

    def __init__(self, setup: Indices, front: Indices, latency_s: Array, service: "_Service") -> None:
        self.setup, self.front, self._latency_s, self._service = setup, front, latency_s, service

    def steady(self, anchor: int) -> Indices:
        """Places in `setup` of those that are held from a position of the frontier, fastest first."""
        service = self._service
        kept = np.flatnonzero(service.serve(service.held(int(service.layout[self.front[anchor]]), anchor)))
        return kept[non_dominated(self._latency_s[kept], service.cost[kept]).setup]


def near(latency_s: Array, cost: Array, layout: Indices, front: NonDominated, tolerance: float) -> NearFrontier:
    """Setups that lie near a frontier in both latency and cost; arguments as for `steady`, which holds some of them."""
    limits_s, limits = front.latency_s, cost[front.setup]
    own = np.searchsorted(limits_s, latency_s, side="right") - 1
    allowed_s, allowed = (1 + tolerance) * limits_s, (1 + tolerance) * limits
    cheap = cost <= allowed[own]
    allowed_s[0], allowed[-1] = limits_s[0], limits[-1]
    first = np.searchsorted(allowed_s, latency_s)
    stop = np.searchsorted(-allowed, -cost, side="right")
    setup = np.flatnonzero(cheap & (first < stop))
    service = _Service(first[setup], stop[setup], layout[setup], cost[setup], limits.size)
    return NearFrontier(setup, np.searchsorted(setup, front.setup), latency_s[setup], service)


class _Service:
    """Setups that serve an interval [first, stop) of positions each, and so the layouts that they belong to."""

    def __init__(self, first: Indices, stop: Indices, layout: Indices, cost: Array, positions: int) -> None:
        self.first, self.stop, self.layout, self.cost = first, stop, layout, cost
        change = np.zeros((int(layout.max()) + 1, positions + 1), dtype=np.intp)
        np.add.at(change, (layout, first), 1)
        np.subtract.at(change, (layout, stop), 1)
        self.served = change.cumsum(axis=1)[:, :-1] > 0

    def held(self, layout: int, anchor: int) -> Indices:
        """The layout that is held at each position, where a given one is held at the anchor."""
        held = np.full(self.served.shape[1], layout)
        for positions in (range(anchor + 1, held.size), range(anchor - 1, -1, -1)):
            for k in positions:
                before = held[k - positions.step]
                held[k] = before if self.served[before, k] else self._longest(k, positions.step)
        return held

    def _longest(self, position: int, way: int) -> int:
        """The layout that serves the most positions on end from one on, cheapest at the last of them."""
        ahead = self.served[:, position::way]
        lasts = np.where(ahead.all(axis=1), ahead.shape[1], ahead.argmin(axis=1))
        end = position + way * (int(lasts.max()) - 1)
        best = (lasts == lasts.max())[self.layout] & (self.first <= end) & (end < self.stop)
        return int(self.layout[best][self.cost[best].argmin()])

    def serve(self, held: Indices) -> npt.NDArray[np.bool_]:
        """Which setups serve a position at which their layout is held."""
        ours = np.zeros((self.served.shape[0], held.size + 1), dtype=np.intp)
        ours[held, np.arange(held.size) + 1] = 1
        until = ours.cumsum(axis=1)
        return np.asarray(until[self.layout, self.stop] > until[self.layout, self.first])


def fastest(frontier: pd.DataFrame) -> pd.Series:
    """The fastest point of a frontier, by `tokens_per_s_user`."""
    return frontier.iloc[fastest_row(frontier)]


def cheapest(frontier: pd.DataFrame) -> pd.Series:
    """The cheapest point of a frontier, by `usd_per_million_tokens`."""
    return frontier.iloc[cheapest_row(frontier)]


def preferred(frontier: pd.DataFrame, exponent: float = PREFERENCE_EXPONENT) -> pd.Series:
    """The point that maximises speed**exponent / price.

    Args:
        frontier (DataFrame): With `tokens_per_s_user` and `usd_per_million_tokens`.
        exponent (float): Percent of price that one percent of speed is worth; the paper takes 3. [1]

    Examples:
        100³/9 = 111,111 is less than 80³/1 = 512,000 and more than 10³/0.5 = 2,000.

        >>> points = pd.DataFrame({"tokens_per_s_user": [100.0, 80.0, 10.0], "usd_per_million_tokens": [9.0, 1.0, 0.5]})
        >>> float(preferred(points)["tokens_per_s_user"])
        80.0
    """
    return frontier.iloc[preferred_row(frontier, exponent)]


def fastest_row(frontier: pd.DataFrame) -> int:
    """Which row `fastest` takes, counted from 0. A whole row takes ten times as long."""
    return int(frontier["tokens_per_s_user"].to_numpy().argmax())


def cheapest_row(frontier: pd.DataFrame) -> int:
    """Which row `cheapest` takes, counted from 0."""
    return int(frontier["usd_per_million_tokens"].to_numpy().argmin())


def preferred_row(frontier: pd.DataFrame, exponent: float = PREFERENCE_EXPONENT) -> int:
    """Which row `preferred` takes, counted from 0; arguments as there."""
    speed, price = (frontier[name].to_numpy() for name in ("tokens_per_s_user", "usd_per_million_tokens"))
    return int((speed**exponent / price).argmax())


def at_speed(frontier: pd.DataFrame, tokens_per_s: float, ttft_s: float | None = None) -> pd.Series | None:
    """The cheapest point at least as fast as asked whose first token comes in time, or None where there is none.

    Args:
        frontier (DataFrame): With `tokens_per_s_user`, `usd_per_million_tokens` and, for a limit, `ttft_s`. The points
            that meet a limit on TTFT are cheapest in a frontier of the setups that do: give the limit to the scenario,
            whose search looks at no others.
        tokens_per_s (float): Least speed of one user. [tokens/s]
        ttft_s (float, optional): Longest time to first token; a point whose own is not known meets no limit. [s]

    Examples:
        >>> points = pd.DataFrame(
        ...     {"tokens_per_s_user": [90.0, 60.0], "usd_per_million_tokens": [9.0, 4.0], "ttft_s": [0.2, 0.5]}
        ... )
        >>> [float(at_speed(points, 50, limit)["usd_per_million_tokens"]) for limit in (None, 0.3)]
        [4.0, 9.0]
    """
    row = row_at_speed(frontier, tokens_per_s, ttft_s)
    return None if row is None else frontier.iloc[row]


def row_at_speed(frontier: pd.DataFrame, tokens_per_s: float, ttft_s: float | None = None) -> int | None:
    """Which row `at_speed` takes, counted from 0; arguments as there. A whole row takes a hundred times as long."""
    enough = frontier["tokens_per_s_user"].to_numpy() >= tokens_per_s
    if ttft_s is not None:
        enough &= frontier["ttft_s"].to_numpy() <= ttft_s
    rows = np.flatnonzero(enough)
    return int(rows[frontier["usd_per_million_tokens"].to_numpy()[rows].argmin()]) if rows.size else None
