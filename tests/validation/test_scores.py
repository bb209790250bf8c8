"""Errors scored as by hand."""

import math

import numpy as np
import pandas as pd
import pytest

from infecon_core.validation.scores import band, bands_by, errors, errors_by, groups_of


def test_errors_by_hand() -> None:
    found = errors([1.0, 2.0, 4.0, np.nan], [1.0, 1.0, 5.0, 1.0])
    assert found.n == 3
    assert found.median == pytest.approx(0.2)
    assert found.bias == pytest.approx((2 * 0.8) ** (1 / 3))
    assert found.within_25 == pytest.approx(2 / 3)
    assert found.rank_correlation == pytest.approx(np.sqrt(3) / 2)
    assert errors([], []).n == 0


# Five points: predicted over measured is 1.1, 0.8, 1.5, 1.0, 0.4.
MEASURED = [10.0, 20.0, 30.0, 40.0, 50.0]


PREDICTED = [11.0, 16.0, 45.0, 40.0, 20.0]


def test_five_points_by_hand() -> None:
    found = errors(PREDICTED, MEASURED)
    assert found.n == 5
    # Deviations 0.1, 0.2, 0.5, 0, 0.6.
    assert found.median == pytest.approx(0.2)
    assert found.bias == pytest.approx((1.1 * 0.8 * 1.5 * 1.0 * 0.4) ** (1 / 5))
    # Factors in order: 1, 1.1, 1.25, 1.5, 2.5; nine tenths of the way from the first to the fifth is three fifths
    # of the way from the fourth to the fifth, in logarithms.
    assert found.factor_90 == pytest.approx(math.exp(0.4 * math.log(1.5) + 0.6 * math.log(2.5)))
    assert found.within_25 == pytest.approx(3 / 5)
    # Ranks 1, 2, 5, 4, 3 beside 1 to 5: 1 - 6·(0 + 0 + 4 + 0 + 4)/(5·24).
    assert found.rank_correlation == pytest.approx(0.6)


def test_exactly_a_quarter_off_is_within_a_quarter() -> None:
    assert errors([12.5, 7.5, 12.6], [10.0, 10.0, 10.0]).within_25 == pytest.approx(2 / 3)


def test_pairs_without_a_number_are_left_out() -> None:
    found = errors([1.0, 2.0, 4.0, np.nan, 1.0, 0.0, np.inf], [1.0, 1.0, 5.0, 1.0, -1.0, 1.0, 1.0])
    assert found.n == 3
    assert found.median == pytest.approx(0.2)
    assert found.bias == pytest.approx((2 * 0.8) ** (1 / 3))
    # Ties of the measured share the mean of their ranks: 1.5, 1.5, 3 beside 1, 2, 3.
    assert found.rank_correlation == pytest.approx(math.sqrt(3) / 2)


def test_values_that_differ_by_rounding_alone_tie() -> None:
    measured = [1.0, 2.0, 3.0, 4.0]
    tied = errors([0.3, 0.3, 0.5, 0.9], measured).rank_correlation
    assert tied == pytest.approx(np.sqrt(0.9))
    for predicted in ([0.1 + 0.2, 0.3, 0.5, 0.9], [0.3, 0.1 + 0.2, 0.5, 0.9]):
        assert errors(predicted, measured).rank_correlation == tied


def test_what_cannot_be_told_is_not_a_number() -> None:
    nothing = errors([], [])
    assert nothing.n == 0
    assert all(math.isnan(value) for value in nothing[1:])
    assert math.isnan(errors([1.0, 2.0], [1.0, 3.0]).rank_correlation)
    assert math.isnan(errors([1.0, 2.0, 3.0], [1.0, 1.0, 1.0]).rank_correlation)


def test_groups_are_scored_one_by_one() -> None:
    groups = groups_of(pd.Series(["a", "b", "b", "c", "c"]))
    assert list(groups) == ["b", "c", "a"]
    found = errors_by(groups, {"ours": PREDICTED, "half": [m / 2 for m in MEASURED]}, MEASURED)
    assert list(found)[:2] == [("ours", "b"), ("ours", "c")]
    assert found["ours", "b"].n == 2
    # 0.8 and 1.5; 1.0 and 0.4.
    assert found["ours", "b"].median == pytest.approx(0.35)
    assert found["ours", "c"].median == pytest.approx(0.3)
    assert [found["half", name].bias for name in groups] == pytest.approx([0.5] * 3)


def test_groups_of_what_can_be_used() -> None:
    usable = np.array([True, True, True, False, False])
    groups = groups_of(pd.Series(["a", "b", "b", "a", "c"]), usable)
    assert {name: mask.tolist() for name, mask in groups.items()} == {
        "b": [False, True, True, False, False],
        "a": [True, False, False, False, False],
    }


def test_the_band_holds_four_of_five() -> None:
    values = [n / 100 for n in range(50, 151)]
    found = band(values)
    assert (found.low, found.middle, found.high) == pytest.approx((0.6, 1.0, 1.4))
    assert sum(found.low - 1e-12 <= value <= found.high + 1e-12 for value in values) == 81


def test_bands_by_bin_by_hand() -> None:
    values = [0.0, 3.9, 4.0, 100.0, np.nan, 5.0]
    ratios = [1.0, 2.0, 3.0, 5.0, 7.0, np.nan]
    found = bands_by(values, ratios, (0, 4, 16, 64))
    assert found.index.tolist() == [0, 1, 3]
    assert found["n"].tolist() == [2, 1, 1]
    # Between 1 and 2: a tenth, half and nine tenths of the way.
    assert found.loc[0, ["low", "middle", "high"]].tolist() == pytest.approx([1.1, 1.5, 1.9])
    assert found.loc[1, ["low", "middle", "high"]].tolist() == [3.0, 3.0, 3.0]
