"""Fewer points of the same curve."""

import numpy as np
import pandas as pd
import pytest

from infecon_ui.charts.curves import thin


def _curve(speed: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame({"tokens_per_s_user": speed, "usd_per_million_tokens": speed**2})


def test_thinning_keeps_ends_and_spreads_evenly() -> None:
    speed = np.geomspace(1000, 1, 5000)
    rows = thin(_curve(speed), 100, keep=(1234,))
    assert {0, 1234, 4999} <= set(rows)
    assert len(rows) <= 102
    gaps = np.diff(np.log(speed[np.setdiff1d(rows, [1234])]))
    assert gaps.min() / gaps.max() == pytest.approx(1, abs=0.05)


def test_a_short_curve_stays_whole() -> None:
    assert thin(_curve(np.array([3.0, 2.0, 1.0])), 3).tolist() == [0, 1, 2]
