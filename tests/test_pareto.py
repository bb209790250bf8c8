"""The sorted running minimum against a comparison of all pairs, and the points people ask for."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from infecon_core import at_speed, cheapest, fastest, preferred
from infecon_core.pareto import cheapest_within, non_dominated, steady

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


@st.composite
def setups_with_layouts(draw):
    """Latencies, costs and layouts with many ties, some of which do not run; at least one does."""
    count = draw(st.integers(1, 30))
    near = st.floats(1, 1.3).map(lambda x: round(x, 2))
    latency, cost = (np.array(draw(st.lists(near, min_size=count, max_size=count))) for _ in range(2))
    for i in draw(st.sets(st.integers(1, 30))):
        if i < count:
            latency[i] = np.inf if i % 2 else np.nan
            cost[i] = latency[i]
    return latency, cost, np.array(draw(st.lists(st.integers(0, 4), min_size=count, max_size=count)))


@given(setups=setups_with_layouts(), where=st.floats(0, 1), tolerance=st.sampled_from([0.0, 0.03, 0.1]))
def test_held_layouts_are_those_of_a_plain_loop(setups, where, tolerance):
    latency, cost, layout = setups
    front = non_dominated(latency, cost)
    anchor = round(where * (front.setup.size - 1))
    found = steady(latency, cost, layout, front, anchor, tolerance)
    expected = held_by_a_loop(latency, cost, layout, front, anchor, 1 + tolerance)
    assert [(latency[i], cost[i]) for i in found] == expected


def held_by_a_loop(latency, cost, layout, front, anchor, factor):
    """Latency and cost of the setups that `steady` promises, setup by setup and position by position."""
    limits = [(latency[i], cost[i]) for i in front.setup]
    last = len(limits) - 1

    def serves(i, k):
        slowest = limits[k][0] * (factor if k > 0 else 1)
        dearest = limits[k][1] * (factor if k < last else 1)
        return latency[i] <= slowest and cost[i] <= dearest and cost[i] <= factor * price_at(latency[i])

    def price_at(seconds):
        return min(usd for limit, usd in limits if limit <= seconds)

    at = [[i for i in range(latency.size) if np.isfinite(cost[i]) and serves(i, k)] for k in range(last + 1)]
    held = {anchor: layout[front.setup[anchor]]}
    for way, end in ((1, last + 1), (-1, -1)):
        for k in range(anchor + way, end, way):
            held[k] = held[k - way]
            if not any(layout[i] == held[k] for i in at[k]):
                runs = {}
                for one in {layout[i] for i in at[k]}:
                    runs[one] = k
                    while runs[one] != end and any(layout[i] == one for i in at[runs[one]]):
                        runs[one] += way
                furthest = max(runs.values(), key=lambda stop: abs(stop - k))
                ties = [i for i in at[furthest - way] if runs.get(layout[i]) == furthest]
                held[k] = layout[min(ties, key=lambda i: cost[i])]
    kept = {(latency[i], cost[i]) for k, one in held.items() for i in at[k] if layout[i] == one}
    return sorted(p for p in kept if not any(q != p and q[0] <= p[0] and q[1] <= p[1] for q in kept))


@given(setups=setups_with_layouts(), where=st.floats(0, 1), tolerance=st.sampled_from([0.0, 0.03, 0.1]))
def test_held_layouts_stay_near_the_frontier(setups, where, tolerance):
    latency, cost, layout = setups
    front = non_dominated(latency, cost)
    anchor = round(where * (front.setup.size - 1))
    found = steady(latency, cost, layout, front, anchor, tolerance)
    own = front.setup[anchor]
    assert (latency[own], cost[own]) in set(zip(latency[found], cost[found], strict=True))
    # The ends are as fast and as cheap as the frontier's.
    assert latency[found[0]] == front.latency_s[0]
    assert cost[found[-1]] == cost[front.setup[-1]]
    assert np.all(np.diff(latency[found]) > 0)
    assert np.all(np.diff(cost[found]) < 0)
    factor = (1 + tolerance) * (1 + 1e-12)
    for i in found:
        assert cost[i] <= factor * cost[front.setup[front.latency_s <= latency[i]]].min()
    for i in front.setup:
        assert np.any((latency[found] <= factor * latency[i]) & (cost[found] <= factor * cost[i]))
    if tolerance == 0:
        assert list(zip(latency[found], cost[found], strict=True)) == list(
            zip(latency[front.setup], cost[front.setup], strict=True)
        )


def test_a_layout_is_held_as_far_as_it_goes():
    # Layout 1 is best at 2 s, layout 2 at 4 s; layout 0 is 2% dearer at 2 s and 4% at 4 s, layout 3 2% at 4 s.
    latency = np.array([1.0, 2.0, 2.0, 3.0, 4.0, 4.0, 4.0, 5.0])
    cost = np.array([9.0, 8.0, 8.16, 7.0, 6.0, 6.24, 6.12, 5.0])
    layout = np.array([0, 1, 0, 0, 2, 0, 3, 3])
    front = non_dominated(latency, cost)
    assert front.setup.tolist() == [0, 1, 3, 4, 7]
    # From the fast end 0 lasts to 3 s, then 3 to the end, though 2 is cheaper at 4 s.
    assert steady(latency, cost, layout, front, 0, 0.03).tolist() == [0, 2, 3, 6, 7]
    # The setup of an anchor stays.
    assert steady(latency, cost, layout, front, 1, 0.03).tolist() == [0, 1, 3, 6, 7]
    assert steady(latency, cost, layout, front, 3, 0.03).tolist() == [0, 2, 3, 4, 7]
    # At 5% layout 0 lasts one position longer.
    assert steady(latency, cost, layout, front, 0, 0.05).tolist() == [0, 2, 3, 5, 7]


def test_a_layout_a_little_slower_serves_too():
    # Layout 1 is 2% faster than layout 0 at half of its gain; as the fastest or the cheapest it would stay.
    latency, cost = np.array([1.0, 1.96, 2.0, 3.0]), np.array([9.0, 5.0, 4.9, 1.0])
    front = non_dominated(latency, cost)
    assert steady(latency, cost, np.array([0, 1, 0, 0]), front, 0, 0.03).tolist() == [0, 2, 3]
    assert steady(latency, cost, np.array([0, 1, 0, 0]), front, 0, 0.01).tolist() == [0, 1, 2, 3]
    # Layout 1 is the fastest where the first setup is missing.
    front = non_dominated(latency[1:], cost[1:])
    assert steady(latency[1:], cost[1:], np.array([1, 0, 0]), front, 1, 0.03).tolist() == [0, 1, 2]


def test_a_setup_much_dearer_than_one_of_its_speed_does_not_serve():
    # 1.05 s for 1.01 serves 1.02 s for 1; 1.025 s for 1.2 is near 1 s for 1.3, but 20% dearer than 1.02 s.
    latency, cost = np.array([0.5, 1.0, 1.02, 5.0, 1.05, 1.025]), np.array([9.0, 1.3, 1.0, 0.1, 1.01, 1.2])
    front = non_dominated(latency, cost)
    assert steady(latency, cost, np.array([0, 1, 2, 3, 3, 3]), front, 3, 0.03).tolist() == [0, 2, 3]


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
    # Of the two that are fast enough only the dearer one starts in time; what is not known is not in time.
    timed = frame.assign(ttft_s=[0.2, 0.5, np.nan])
    assert at_speed(timed, 50, 0.5)["usd_per_million_tokens"] == 1
    assert at_speed(timed, 50, 0.4)["usd_per_million_tokens"] == at_speed(timed, 5, 0.4)["usd_per_million_tokens"] == 9
    assert at_speed(timed, 5, 10)["usd_per_million_tokens"] == 1
    assert at_speed(timed, 50, 0.1) is None
    for point in (fastest, cheapest, preferred):
        with pytest.raises(KeyError):
            point(frame.drop(columns=["tokens_per_s_user", "usd_per_million_tokens"]))
