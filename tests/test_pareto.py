"""The sorted running minimum against a comparison of all pairs, and the points people ask for."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from infecon_core import at_speed, cheapest, fastest, preferred
from infecon_core.economics.pareto import cheapest_within, staircase

VALUES = st.one_of(st.floats(0.1, 10).map(lambda x: round(x, 1)), st.just(np.inf), st.just(np.nan))


@given(setups=arrays.arrays(np.float64, st.tuples(st.integers(0, 40), st.just(2)), elements=VALUES))
def test_staircase_is_what_no_pair_beats(setups):
    latency, cost = setups[:, 0], setups[:, 1]
    stairs = staircase(latency, cost)
    usable = np.isfinite(latency) & np.isfinite(cost)
    brute = {
        (latency[i], cost[i])
        for i in np.flatnonzero(usable)
        if not any(
            (latency[j] <= latency[i] and cost[j] < cost[i]) or (latency[j] < latency[i] and cost[j] <= cost[i])
            for j in np.flatnonzero(usable)
        )
    }
    assert set(zip(latency[stairs.setup], cost[stairs.setup], strict=True)) == brute
    assert np.all(np.diff(stairs.latency_s) > 0)


@given(limit=st.floats(0.5, 5))
def test_cheapest_within_a_limit_is_the_minimum(limit):
    random = np.random.default_rng(7)
    latency, cost = random.uniform(1, 4, 200), random.uniform(1, 4, 200)
    found = cheapest_within(staircase(latency, cost), np.array([limit]))
    if np.any(latency <= limit):
        assert cost[found[0]] == cost[latency <= limit].min()
    else:
        assert not found.size


def test_named_points():
    frame = pd.DataFrame({"tokens_per_s_user": [100.0, 80.0, 10.0], "usd_per_million_tokens": [9.0, 1.0, 0.5]})
    assert fastest(frame)["usd_per_million_tokens"] == 9
    assert cheapest(frame)["tokens_per_s_user"] == 10
    assert preferred(frame)["tokens_per_s_user"] == 80
    assert preferred(frame, exponent=20)["tokens_per_s_user"] == 100
    assert at_speed(frame, 50)["usd_per_million_tokens"] == 1
    assert at_speed(frame, 101) is None
    with pytest.raises(KeyError):
        fastest(frame.drop(columns="tokens_per_s_user"))
