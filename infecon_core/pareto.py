"""Non-dominated points by a sorted running minimum, and the points of a frontier that people ask for."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

Array = npt.NDArray[np.float64]

# One percent of speed is worth three of price: arXiv:2506.04645 prefers the point that maximises speed**3 / price.
PREFERENCE_EXPONENT = 3.0


class NonDominated(NamedTuple):
    """The lowest cost within every latency limit, a step function.

    Attributes:
        latency_s (array): Latencies at which a cheaper setup appears, ascending. [s]
        setup (array of int): Which setup that is.
    """

    latency_s: Array
    setup: npt.NDArray[np.intp]


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


def cheapest_within(front: NonDominated, limits_s: Array) -> npt.NDArray[np.intp]:
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


def fastest(frontier: pd.DataFrame) -> pd.Series:
    """The fastest point of a frontier, by `tokens_per_s_user`."""
    return frontier.iloc[int(frontier["tokens_per_s_user"].to_numpy().argmax())]


def cheapest(frontier: pd.DataFrame) -> pd.Series:
    """The cheapest point of a frontier, by `usd_per_million_tokens`."""
    return frontier.iloc[int(frontier["usd_per_million_tokens"].to_numpy().argmin())]


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
    preference = frontier["tokens_per_s_user"].to_numpy() ** exponent / frontier["usd_per_million_tokens"].to_numpy()
    return frontier.iloc[int(preference.argmax())]


def at_speed(frontier: pd.DataFrame, tokens_per_s: float) -> pd.Series | None:
    """The cheapest point at least as fast as asked, or None. [tokens/s]"""
    fast_enough = frontier[frontier["tokens_per_s_user"] >= tokens_per_s]
    return None if fast_enough.empty else cheapest(fast_enough)
