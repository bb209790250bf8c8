"""Power laws through points."""

import math

import numpy as np
import pytest
from scipy.stats import linregress

from infecon_core.analysis.scaling.power_law import fitted, through_middle


@pytest.mark.parametrize("exponent", [-0.5, 1 / 3, 1.0, 2.5])
def test_an_exact_power_law_gives_its_exponent_and_constant_back(exponent: float) -> None:
    x = np.array([0.6, 3.0, 70.0, 405.0, 1800.0])
    law = fitted(x, 7.5 * x**exponent)
    assert law.exponent == pytest.approx(exponent, abs=1e-12)
    assert law.constant == pytest.approx(7.5, rel=1e-12)
    assert law.standard_error == pytest.approx(0, abs=1e-7)
    assert law.n_points == 5
    np.testing.assert_allclose(law.at(x), 7.5 * x**exponent, rtol=1e-9)


def test_three_points_by_hand() -> None:
    # u = 0, 1, 2 and v = 0, 1, 3: slope 3/2, height -1/6, residuals 1/6, -1/3, 1/6, so Σr² = 1/6 and Σ(u - 1)² = 2.
    law = fitted(np.exp([0.0, 1.0, 2.0]), np.exp([0.0, 1.0, 3.0]))
    assert law.exponent == pytest.approx(1.5)
    assert law.constant == pytest.approx(math.exp(-1 / 6))
    assert law.standard_error == pytest.approx(math.sqrt(1 / 6 / 1 / 2))


def test_scattered_points_as_another_library_fits_them() -> None:
    random = np.random.default_rng(5)
    x = np.exp(random.uniform(0, 5, 40))
    y = 3 * x**-0.4 * np.exp(random.normal(0, 0.2, 40))
    law, other = fitted(x, y), linregress(np.log(x), np.log(y))
    assert law.exponent == pytest.approx(other.slope, rel=1e-10)
    assert law.standard_error == pytest.approx(other.stderr, rel=1e-10)
    # Drawn anew many times, exponents spread by the standard error.
    spread = np.std([fitted(x, 3 * x**-0.4 * np.exp(random.normal(0, 0.2, 40))).exponent for _ in range(400)])
    assert law.standard_error == pytest.approx(spread, rel=0.35)


def test_two_points_have_no_standard_error() -> None:
    law = fitted([1.0, 4.0], [1.0, 2.0])
    assert law.exponent == pytest.approx(0.5)
    assert math.isnan(law.standard_error)


@pytest.mark.parametrize(("x", "y"), [([2.0, 2.0, 2.0], [1.0, 2.0, 3.0]), ([1.0], [1.0])])
def test_one_place_has_no_exponent(x: list[float], y: list[float]) -> None:
    with pytest.raises(ValueError, match="two different places"):
        fitted(x, y)


@pytest.mark.parametrize("y", [[1.0, 0.0], [1.0, -1.0], [1.0, math.inf], [1.0, math.nan]])
def test_what_has_no_logarithm_is_refused(y: list[float]) -> None:
    with pytest.raises(ValueError, match="positive numbers"):
        fitted([1.0, 2.0], y)


def test_a_given_exponent_is_laid_through_the_middle() -> None:
    x, y = np.array([1.0, 10.0, 30.0]), np.array([3.0, 1.0, 2.0])
    law = through_middle(x, y, -0.5)
    # No other constant is nearer in logarithms.
    constants = law.constant * np.exp(np.linspace(-1, 1, 2001))
    off = [(np.log(y / (constant * x**-0.5)) ** 2).sum() for constant in constants]
    assert int(np.argmin(off)) == 1000
