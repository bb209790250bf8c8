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


def test_a_logarithmic_axis_has_equal_space_at_both_ends() -> None:
    # Two decades of speed and as much of price, 7% of their length free at either end.
    assert axes.ranges_of(SPEED, PRICE, preferred_price=2, log_axes=True) == pytest.approx(
        (1 / 10**0.14, 100 * 10**0.14, 0.4 / 10**0.14, 40 * 10**0.14)
    )


def test_a_linear_axis_begins_at_zero_and_leaves_out_the_dearest() -> None:
    # Eight times $2 is less than $40 and the space over it, eight times $6 is more.
    assert axes.ranges_of(SPEED, PRICE, preferred_price=2, log_axes=False) == pytest.approx((0, 107, 0, 16))
    assert axes.ranges_of(SPEED, PRICE, preferred_price=6, log_axes=False) == pytest.approx((0, 107, 0, 42.8))


def test_a_single_point_stands_in_the_middle() -> None:
    ranges = axes.ranges_of(SPEED[[1]], PRICE[[1]], preferred_price=2, log_axes=True)
    assert math.sqrt(ranges.slowest * ranges.fastest) == pytest.approx(50)
    assert ranges.fastest / ranges.slowest > 2


def test_shares_of_an_axis() -> None:
    np.testing.assert_allclose(axes.fraction(np.array([1.0, 10, 100]), 1, 100, log_axis=True), [0, 0.5, 1])
    np.testing.assert_allclose(axes.fraction(np.array([1.0, 25, 100]), 0, 100, log_axis=False), [0.01, 0.25, 1])


def test_tick_labels() -> None:
    assert axes.dollars([0.05, 0.5, 1, 2.5, 1000]) == ["$0.050", "$0.50", "$1", "$2.50", "$1,000"]
    assert axes.plain([0.5, 10, 1500]) == ["0.5", "10", "1,500"]
