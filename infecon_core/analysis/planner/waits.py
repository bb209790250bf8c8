"""How long the first and the last token of a request take on setups: percentiles, means, and what share is later.

The first token of a request of length i comes after aᵢ + W: aᵢ is the time of one that waits for nobody, W the wait for
a place and for prompts before it. The last one follows after (output - 1)·TPOT, which is longer where more others are
decoded than on average: by a normal distribution of their number, which TPOT follows to the part 1 - ε. Those who wait
longest are taken to meet most others, as a rush of requests is behind both.

Percentiles are those of all requests together: Σ sᵢ·P(Tᵢ > x). Where lengths differ much and a share is near that of
those who may be late, they jump from one length to the next: see `jump`.

Source: `physics.queueing`, `physics.ttft`.
"""

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from infecon_core.physics.queueing import (
    later_than,
    place_wait_of_waiting_s,
    place_waiting_share,
    prompt_wait_of_waiting_s,
    slowed_spread,
    variation,
    waiting_share,
)
from infecon_core.schema.traffic import Traffic
from infecon_core.setups import Setups

Array = npt.NDArray[np.float64]

_HALVINGS, _INNER_HALVINGS = 30, 20
_SPREADS = 6.0
# What is a jump of a percentile: so much of those who may be late moves it by such a factor. Choices. [1]
BESIDE, FAR = 0.2, 1.5


def in_time(
    setups: Setups, traffic: Traffic, percentile: float, limit_s: float, *, whole: bool = False
) -> npt.NDArray[np.bool_]:
    """Whether so many of a hundred requests have their first token, or their last, within a limit.

    Args:
        setups (Setups): At their loads.
        traffic (Traffic): The requests.
        percentile (float): Above 0 and below 100. [1]
        limit_s (float): The longest that so many may take. [s]
        whole (bool): Whether the last token counts.
    """
    later = 1 - percentile / 100
    alone, spread = _alone_s(setups, traffic, whole)
    return _kept(_waits(setups, traffic), traffic, limit_s, alone, spread, later * (1 + 1e-9))


def percentile_s(setups: Setups, traffic: Traffic, percentile: float, *, whole: bool = False) -> Array:
    """Within what time so many of a hundred requests have their first token, or their last. [s]

    Infinite where so many never do, NaN where the engine computes no first token. Arguments as for `in_time`.
    """
    later = 1 - percentile / 100
    alone, spread = _alone_s(setups, traffic, whole)
    means = [
        np.where(np.isinf(one), 0.0, one) for one in (place_wait_s(setups, traffic), prompt_wait_s(setups, traffic))
    ]
    # Either wait is longer than ln(2/later) of its means for less than half of the share.
    longest = np.log(2 / later) * (means[0] + means[1])
    # Of several lengths the percentile is that of one of them at some other share: hardly any beyond six spreads.
    aside = (np.zeros(1) if len(traffic.lengths) == 1 else _SPREADS) * spread.max(axis=0)
    more = max(-float(ndtri(later)), 0.0) * spread.max(axis=0)
    low, high = alone.min(axis=0) - aside, alone.max(axis=0) + longest + np.maximum(aside, more)
    waits = _waits(setups, traffic)
    reached = _kept(waits, traffic, high, alone, spread, later * (1 + 1e-9))
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        early = _kept(waits, traffic, middle, alone, spread, later)
        low, high = np.where(early, low, middle), np.where(early, middle, high)
    return np.where(np.isnan(high), np.nan, np.where(reached, high, np.inf))


def jump(setups: Setups, traffic: Traffic, percentile: float, *, whole: bool = False) -> tuple[float, float] | None:
    """The percentiles beside one, where a request in a hundred more or fewer of some length moves it far. [s]

    Args:
        setups (Setups): One row.
        traffic, percentile, whole: As for `percentile_s`.

    Returns:
        (float, float) or None: With so much less and more: `BESIDE` of those who may be late; None where they differ
            by less than `FAR`.
    """
    late = 100 - percentile
    low, high = (
        float(percentile_s(setups, traffic, 100 - late * part, whole=whole)[0]) for part in (1 + BESIDE, 1 - BESIDE)
    )
    return (low, high) if high > FAR * low and len(traffic.lengths) > 1 else None


def mean_request_s(setups: Setups, traffic: Traffic) -> Array:
    """Mean time from a request to its last token; waits for a place aside, which have no bound at capacity. [s]

    Where the engine knows of no first token, the time for which a request holds its place.
    """
    known = mean_first_s(setups, traffic) + (traffic.answer_tokens - 1) * setups.tpot_s
    return np.where(np.isnan(known), mean(setups.held_s, traffic), known)


def mean_first_s(setups: Setups, traffic: Traffic) -> Array:
    """Mean time to the first token, waits for a place aside. [s]"""
    return mean(setups.first_s, traffic) + _prompt_share(setups) * prompt_wait_s(setups, traffic)


def prompt_wait_s(setups: Setups, traffic: Traffic) -> Array:
    """Mean wait for prompts of those who wait for some. [s]"""
    each = setups.prompt_s
    return prompt_wait_of_waiting_s(
        setups.prompt_load, mean(each, traffic), variation(each, traffic.shares), setups.prompt_servers
    )


def _prompt_share(setups: Setups) -> Array:
    """Share of those who wait for prompts. [1]"""
    several = waiting_share(setups.prompt_servers, setups.prompt_servers * setups.prompt_load)
    return np.where(setups.prompt_servers > 1, several, setups.prompt_load)


def place_wait_s(setups: Setups, traffic: Traffic) -> Array:
    """Mean wait for a place of those who wait for one; infinite where all are held on average. [s]"""
    varied = variation(setups.held_s, traffic.shares)
    return place_wait_of_waiting_s(setups.full_requests_per_s, setups.requests_per_s, varied)


def mean(values: Array, traffic: Traffic) -> Array:
    """Mean over requests of values that are known by length."""
    return np.asarray(np.tensordot(np.array(traffic.shares), values, axes=1))


def _alone_s(setups: Setups, traffic: Traffic, whole: bool) -> tuple[Array, Array]:
    """aᵢ and what it spreads by, with the time until the last token where the whole request counts; by length. [s]"""
    if not whole:
        return setups.first_s, 0 * setups.first_s
    # What of TPOT grows with the number of sequences: R·(output·TPOT + prompt) is that number.
    grows = np.clip(1 - setups.elasticity, 0.0, 1.0)
    tokens = np.array([[one.answer_tokens - 1.0] for one in traffic.lengths])
    decoded = tokens * setups.tpot_s
    return setups.first_s + decoded, decoded * grows * slowed_spread(setups.batch, setups.elasticity)


def _waits(setups: Setups, traffic: Traffic) -> tuple[Array, Array, Array, Array]:
    """Share of those who wait for a place, their mean wait, and the same for prompts. [1], [s]"""
    return (
        place_waiting_share(setups.places, setups.batch, setups.full_requests_per_s, setups.requests_per_s),
        place_wait_s(setups, traffic),
        _prompt_share(setups),
        prompt_wait_s(setups, traffic),
    )


def _kept(
    waits: tuple[Array, Array, Array, Array],
    traffic: Traffic,
    limit_s: float | Array,
    alone_s: Array,
    spread_s: Array,
    share: float,
) -> npt.NDArray[np.bool_]:
    """Whether no more than a share of all requests take longer than a limit."""
    shares = np.array(traffic.shares)
    if shares.size == 1 or not spread_s.any():
        later = later_than(limit_s - alone_s + spread_s * ndtri(share), *waits)
        return np.asarray(np.tensordot(shares, later, axes=1) <= share)
    # Of each length a share uᵢ is late, whose luckiest meets as many others as a part 1 - uᵢ does at most:
    # P(W > x - aᵢ - z(1 - uᵢ)·σᵢ) = uᵢ.
    low, high = np.zeros(alone_s.shape), np.ones(alone_s.shape)
    for _ in range(_INNER_HALVINGS):
        middle = (low + high) / 2
        more = later_than(limit_s - alone_s + spread_s * ndtri(middle), *waits) > middle
        low, high = np.where(more, middle, low), np.where(more, high, middle)
    return np.asarray(np.tensordot(shares, (low + high) / 2, axes=1) <= share)
