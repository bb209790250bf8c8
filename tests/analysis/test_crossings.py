"""Where curves cross, and which leads where."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from infecon_core.analysis.crossings import Curve, crossings, leaders

TIES = st.sampled_from([0.0, 0.02, 0.1])
POINTS = st.lists(st.tuples(st.floats(1, 1000), st.floats(0.01, 100)), min_size=1, max_size=8)


def curve(name: str, *points: tuple[float, float]) -> Curve:
    speed, cost = (np.array(values, float) for values in zip(*points, strict=True))
    return Curve.of(name, speed, cost)


def cost(one: Curve, speed: float) -> float:
    return float(np.exp(one.log_cost(np.array([math.log(speed)])))[0])


# Straight lines where both axes are logarithmic: 0.1·speed, and 1 at every speed.
RISING = curve("rising", (1, 0.1), (100, 10))
FLAT = curve("flat", (1, 1.0), (100, 1.0))


def test_a_curve_is_the_cheapest_at_every_speed_or_above() -> None:
    found = curve("a", (10, 3.0), (20, 2.0), (30, 5.0), (20, 4.0))
    assert found.speed.tolist() == [10, 20, 30]
    assert found.cost.tolist() == [2, 2, 5]
    assert [cost(found, speed) for speed in (1, 20, 30, 31)] == pytest.approx([2, 2, 5, math.inf])


def test_a_crossing_by_hand() -> None:
    (found,) = crossings(RISING, FLAT)
    assert found.tokens_per_s_user == pytest.approx(10)
    assert (found.below, found.above) == ("rising", "flat")
    assert crossings(FLAT, RISING) == (found,)


def test_curves_that_touch_do_not_cross() -> None:
    touching = curve("touching", (1, 1.1), (10, 0.99), (100, 1.1))
    assert len(crossings(touching, FLAT)) == 1
    assert crossings(touching, FLAT, tie=0.02) == ()
    assert crossings(RISING, RISING) == ()


def test_beyond_the_end_of_one_nothing_crosses() -> None:
    short = curve("short", (1, 0.1), (8, 0.8))
    assert crossings(short, FLAT) == ()
    assert [(one.name, one.start, one.end) for one in leaders([short, FLAT])] == [
        ("short", 0.0, pytest.approx(8)),
        ("flat", pytest.approx(8), pytest.approx(100)),
    ]


def test_leaders_by_hand() -> None:
    third = curve("third", (1, 0.5), (200, 4.0))
    # third = 0.5 · speed^0.392 costs more than rising below 14.1 and more than flat above 5.9.
    found = leaders([RISING, FLAT, third])
    assert [one.name for one in found] == ["rising", "flat", "third"]
    assert [one.start for one in found] == pytest.approx([0, 10, 100])
    assert [one.end for one in found] == pytest.approx([10, 100, 200])


@given(POINTS, POINTS, TIES)
def test_both_cost_the_same_at_a_crossing(
    a: list[tuple[float, float]], b: list[tuple[float, float]], tie: float
) -> None:
    one, other = curve("a", *a), curve("b", *b)
    last = ""
    for cross in crossings(one, other, tie):
        assert cost(one, cross.tokens_per_s_user) == pytest.approx(cost(other, cross.tokens_per_s_user), rel=1e-6)
        assert {cross.below, cross.above} == {"a", "b"}
        assert last in ("", cross.below)
        last = cross.above


@given(st.lists(POINTS, min_size=1, max_size=5), TIES, st.floats(0.5, 1000))
@example([[(1.0, 1.0), (680.0, 3.0)], [(679.0, 1.0), (679.25, 6.0)]], 0.0, 1.0)
def test_nobody_is_cheaper_than_the_leader_by_more_than_the_tie(
    given_points: list[list[tuple[float, float]]], tie: float, speed: float
) -> None:
    curves = {str(i): curve(str(i), *points) for i, points in enumerate(given_points)}
    found = leaders(list(curves.values()), tie)
    assert found[0].start == 0
    assert found[-1].end == pytest.approx(max(one.speed[-1] for one in curves.values()))
    for one, following in itertools.pairwise(found):
        assert one.end == following.start
        assert one.name != following.name
    for one in found:
        if one.start * (1 + 1e-9) < speed < one.end * (1 - 1e-9):
            best = min(cost(other, speed) for other in curves.values())
            assert cost(curves[one.name], speed) <= best * (1 + tie) * (1 + 1e-6)
