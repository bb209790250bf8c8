"""Non-dominated points by a sorted running minimum, and the points that people ask for."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

Array = npt.NDArray[np.float64]

# The paper prefers the point that maximises speed**3 / price.
PREFERENCE_EXPONENT = 3.0


class Staircase(NamedTuple):
    """The best price within every latency limit.

    Attributes
    ----------
    latency_s : array
        Latencies at which a cheaper setup appears, ascending. [s]
    setup : array of int
        Which setup that is.
    """

    latency_s: Array
    setup: npt.NDArray[np.intp]


def staircase(latency_s: Array, cost: Array) -> Staircase:
    """Setups that no other beats in both latency and cost; among equals in cost the fastest.

    Parameters
    ----------
    latency_s, cost : array
        One of each a setup; infinite or NaN ones are left out. [s], any unit of cost

    Returns
    -------
    Staircase
        Latency ascending, cost strictly descending.

    Examples
    --------
    >>> staircase(np.array([3.0, 1.0, 2.0]), np.array([1.0, 5.0, 7.0])).setup
    array([1, 0])
    """
    usable = np.flatnonzero(np.isfinite(latency_s) & np.isfinite(cost))
    order = usable[np.lexsort((cost[usable], latency_s[usable]))]
    lowest = np.minimum.accumulate(cost[order])
    first = np.ones(order.size, dtype=np.bool_)
    first[1:] = lowest[1:] < lowest[:-1]
    kept = order[first]
    return Staircase(latency_s[kept], kept)


def cheapest_within(stairs: Staircase, limits_s: Array) -> npt.NDArray[np.intp]:
    """The cheapest setup within each latency limit, duplicates dropped, fastest first.

    Parameters
    ----------
    stairs : Staircase
        From `staircase`.
    limits_s : array
        Latency limits. [s]

    Returns
    -------
    array of int
        Indices of setups.
    """
    steps = np.searchsorted(stairs.latency_s, limits_s, side="right") - 1
    return stairs.setup[np.unique(steps[steps >= 0])]


def fastest(frontier: pd.DataFrame) -> pd.Series:
    """The fastest point of a frontier."""
    return frontier.iloc[int(frontier["tokens_per_s_user"].to_numpy().argmax())]


def cheapest(frontier: pd.DataFrame) -> pd.Series:
    """The cheapest point of a frontier."""
    return frontier.iloc[int(frontier["usd_per_million_tokens"].to_numpy().argmin())]


def preferred(frontier: pd.DataFrame, exponent: float = PREFERENCE_EXPONENT) -> pd.Series:
    """The point that maximises speed**exponent / price.

    Parameters
    ----------
    frontier : DataFrame
        With `tokens_per_s_user` and `usd_per_million_tokens`.
    exponent : float
        Percent of price that one percent of speed is worth; the paper takes 3. [1]
    """
    worth = frontier["tokens_per_s_user"].to_numpy() ** exponent / frontier["usd_per_million_tokens"].to_numpy()
    return frontier.iloc[int(worth.argmax())]


def at_speed(frontier: pd.DataFrame, tokens_per_s: float) -> pd.Series | None:
    """The cheapest point at least as fast as asked, or None. [tokens/s]"""
    fast_enough = frontier[frontier["tokens_per_s_user"] >= tokens_per_s]
    return None if fast_enough.empty else cheapest(fast_enough)
