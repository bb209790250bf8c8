"""The sorted running minimum against a comparison of all pairs, and the points people ask for."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from infecon_core import at_speed, cheapest, fastest, preferred
from infecon_core.pareto import cheapest_within, non_dominated

VALUES = st.one_of(st.floats(0.1, 10).map(lambda x: round(x, 1)), st.just(np.inf), st.just(np.nan))


@given(setups=arrays.arrays(np.float64, st.tuples(st.integers(0, 40), st.just(2)), elements=VALUES))
def test_non_dominated_is_what_no_pair_beats(setups):
    latency, cost = setups[:, 0], setups[:, 1]
    front = non_dominated(latency, cost)
    usable = np.isfinite(latency) & np.isfinite(cost)
    brute = {
        (latency[i], cost[i])
        for i in np.flatnonzero(usable)
        if not any(
            (latency[j] <= latency[i] and cost[j] < cost[i]) or (latency[j] < latency[i] and cost[j] <= cost[i])
            for j in np.flatnonzero(usable)
        )
    }
    assert set(zip(latency[front.setup], cost[front.setup], strict=True)) == brute
    assert np.all(np.diff(front.latency_s) > 0)


@given(limit=st.floats(0.5, 5))
def test_cheapest_within_a_limit_is_the_minimum(limit):
    random = np.random.default_rng(7)
    latency, cost = random.uniform(1, 4, 200), random.uniform(1, 4, 200)
    found = cheapest_within(non_dominated(latency, cost), np.array([limit]))
    if np.any(latency <= limit):
        assert cost[found[0]] == cost[latency <= limit].min()
    else:
        assert not found.size


def test_non_dominated_by_hand():
    latency = np.array([3.0, 1.0, 2.0, 3.0, 1.0, np.nan, 4.0, 5.0, np.inf])
    cost = np.array([1.0, 5.0, 7.0, 1.0, 6.0, 0.1, 1.0, 0.5, 0.1])
    # 2 s for 7 is beaten by 1 s for 5, 4 s for 1 by 3 s; of equals the first counts.
    front = non_dominated(latency, cost)
    assert front.latency_s.tolist() == [1, 3, 5]
    assert front.setup.tolist() == [1, 0, 7]
    found = cheapest_within(front, np.array([0.9, 1.0, 2.9, 3.0, 100.0]))
    assert found.tolist() == [1, 0, 7]
    assert cheapest_within(front, np.array([0.9])).size == 0
    assert non_dominated(np.array([np.inf]), np.array([1.0])).setup.size == 0


def test_named_points():
    frame = pd.DataFrame({"tokens_per_s_user": [100.0, 80.0, 10.0], "usd_per_million_tokens": [9.0, 1.0, 0.5]})
    assert fastest(frame)["usd_per_million_tokens"] == 9
    assert cheapest(frame)["tokens_per_s_user"] == 10
    # 100³/9, 80³/1, 10³/0.5; the first with an exponent of 20, the last with one of 0.
    assert preferred(frame)["tokens_per_s_user"] == 80
    assert preferred(frame, exponent=20)["tokens_per_s_user"] == 100
    assert preferred(frame, exponent=0)["tokens_per_s_user"] == 10
    # A cube: 4³/7 is more than 3³/3, 4²/7 would be less.
    near = pd.DataFrame({"tokens_per_s_user": [4.0, 3.0], "usd_per_million_tokens": [7.0, 3.0]})
    assert preferred(near)["tokens_per_s_user"] == 4
    assert at_speed(frame, 50)["usd_per_million_tokens"] == at_speed(frame, 80)["usd_per_million_tokens"] == 1
    assert at_speed(frame, 101) is None
    for point in (fastest, cheapest, preferred):
        with pytest.raises(KeyError):
            point(frame.drop(columns=["tokens_per_s_user", "usd_per_million_tokens"]))
