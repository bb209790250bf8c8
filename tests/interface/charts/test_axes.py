"""Ranges and ticks of axes that people read."""

import math

import numpy as np
import pytest

from infecon_ui.charts import axes

SPEED, PRICE = np.array([100.0, 50.0, 1.0]), np.array([40.0, 2.0, 0.4])


@pytest.mark.parametrize(
    ("low", "high", "log_axis", "expected"),
    [
        (0.8, 120, True, [1, 2, 5, 10, 20, 50, 100]),
        (0.1, 1e5, True, [0.1, 1, 10, 100, 1e3, 1e4, 1e5]),
        (0, 100, False, [0, 20, 40, 60, 80, 100]),
    ],
)
def test_ticks_are_round(low: float, high: float, log_axis: bool, expected: list[float]) -> None:
    assert axes.ticks(low, high, log_axis=log_axis, most=7) == pytest.approx(expected)


def _ranges(speed: np.ndarray, value: np.ndarray, *, log_axes: bool = True, **more: float) -> axes.Ranges:
    extent = axes.extent_of(speed, value, **{"target": 50.0, **more}, log_axes=log_axes)  # type: ignore[arg-type]
    return axes.rounded(extent, log_axes=log_axes)


def test_a_logarithmic_axis_ends_at_round_values_around_the_curve() -> None:
    assert _ranges(SPEED, PRICE) == (0.7, 150, 0.3, 50)
    assert _ranges(SPEED * 1.3, PRICE * 1.1) == (1, 150, 0.4, 50)


def test_a_linear_axis_begins_at_zero_and_leaves_out_the_dearest() -> None:
    assert _ranges(SPEED, PRICE, log_axes=False) == (0, 150, 0, 50)
    assert _ranges(SPEED, PRICE, log_axes=False, most_linear=16.0) == (0, 150, 0, 20)


def test_a_target_beside_the_curve_is_shown_and_one_far_away_is_not() -> None:
    assert _ranges(SPEED, PRICE, target=250.0).fastest == 300
    assert _ranges(SPEED, PRICE, target=1e4).fastest == 150
    assert _ranges(SPEED, PRICE, target=0.4).slowest == 0.3
    assert _ranges(SPEED, PRICE, target=0.01).slowest == 0.7


def test_a_single_point_has_a_place_to_stand() -> None:
    ranges = _ranges(SPEED[[1]], PRICE[[1]])
    assert 0.2 < (math.log(50) - math.log(ranges.slowest)) / math.log(ranges.fastest / ranges.slowest) < 0.8
    assert ranges.fastest / ranges.slowest >= 2


@pytest.mark.parametrize("value", [*np.geomspace(0.0012, 97_000, 61), 1.0, 7.0, 10.0])
def test_ends_are_round_and_enclose(value: float) -> None:
    low, high, *_ = _ranges(np.array([value, 3 * value]), PRICE, target=value)
    assert low <= value <= 3 * value <= high
    assert low > value / 2.2
    assert high < 3 * value * 2.2
    for end in (low, high):
        assert f"{end:e}".split("e")[0].rstrip("0").rstrip(".") in ("1", "1.5", "2", "3", "4", "5", "7")


BEFORE = axes.Ranges(1, 100, 0.1, 100)


@pytest.mark.parametrize(
    ("extent", "expected"),
    [
        ((1.2, 90, 0.2, 99), BEFORE),  # fits
        ((1.2, 110, 0.2, 90), (1, 150, 0.1, 100)),  # too fast for the one axis
        ((1.2, 90, 1, 9), (1, 100, 0.7, 10)),  # takes a third of the other
        ((20, 90, 0.2, 90), (15, 100, 0.1, 100)),
    ],
)
def test_axes_hold_each_for_itself(extent: tuple[float, ...], expected: tuple[float, ...]) -> None:
    assert axes.held(BEFORE, axes.Ranges(*extent), log_axes=True) == expected


def test_values_stand_where_their_shares_say() -> None:
    for low, log_axis in ((1.0, True), (0.0, False)):
        values = np.array([1.0, 3.0, 77.0])
        parts = axes.fraction(values, low, 100, log_axis=log_axis)
        assert axes.values_at(parts, low, 100, log_axis=log_axis) == pytest.approx(values)


def test_shares_of_an_axis() -> None:
    np.testing.assert_allclose(axes.fraction(np.array([1.0, 10, 100]), 1, 100, log_axis=True), [0, 0.5, 1])
    np.testing.assert_allclose(axes.fraction(np.array([1.0, 25, 100]), 0, 100, log_axis=False), [0.01, 0.25, 1])


def test_tick_labels() -> None:
    assert axes.dollars([0.05, 0.5, 1, 2.5, 1000]) == ["$0.050", "$0.50", "$1", "$2.50", "$1,000"]
    assert axes.plain([0.5, 10, 1500]) == ["0.5", "10", "1,500"]
