"""PaLM as measured, beside the square-root law."""

import numpy as np
import pytest

from infecon_core.analysis.scaling.palm import measured, predicted
from infecon_core.paper.exhibits.compare import latency_exponent, square_root_law


def test_the_times_are_those_of_the_figure() -> None:
    found = measured()
    assert found.names == ("PaLM 8B", "PaLM 62B", "PaLM 540B")
    np.testing.assert_allclose(found.token_s, [4e-3, 13e-3, 32e-3])
    np.testing.assert_allclose(found.params, [8e9, 62e9, 540e9])
    assert "Pope et al." in found.source


def test_both_laws_by_hand() -> None:
    # ln P = 22.803, 24.850, 27.015; ln T = -5.5215, -4.3428, -3.4420.
    found = measured()
    u, v = np.log(found.params), np.log(found.token_s)
    slope = ((u - u.mean()) * (v - v.mean())).sum() / ((u - u.mean()) ** 2).sum()
    residuals = v - v.mean() - slope * (u - u.mean())
    error = np.sqrt((residuals**2).sum() / 1 / ((u - u.mean()) ** 2).sum())
    assert found.fit.exponent == pytest.approx(slope) == pytest.approx(0.493, abs=5e-4)
    assert found.fit.standard_error == pytest.approx(error) == pytest.approx(0.046, abs=5e-4)
    assert found.fit.exponent == pytest.approx(latency_exponent(found.params, found.token_s))
    assert found.law.constant == pytest.approx(square_root_law(found.params, found.token_s))
    np.testing.assert_allclose(found.off, [-0.042, 0.119, -0.067], atol=5e-4)


def test_the_serving_engine_knows_two_of_them() -> None:
    small, large = predicted()
    assert (small.name, large.name) == ("PaLM 8B", "PaLM 540B")
    assert small.token_s < large.token_s
    # 32 chips, or half the context, give other times.
    assert (small.n_gpu, large.n_gpu) == (16, 48)
    assert small.token_s == pytest.approx(2.744e-3, rel=2e-3)
    assert large.token_s == pytest.approx(21.63e-3, rel=2e-3)
