"""What an error in time is in price."""

import numpy as np
import pandas as pd
import pytest

from infecon_core import Scenario, engines
from infecon_core.catalog.constants import shipped
from infecon_core.catalog.measurements import shipped_points
from infecon_core.validation.price_error import SLOWER, SPEEDS, dearer, price_errors


def test_by_hand() -> None:
    # price = speed² / 100: a tenth slower needs 1.1 times the speed, at 1.1² times the price, for 1.1 times as long.
    speed = np.linspace(1, 100, 9901)
    found = dearer(speed, speed**2 / 100, [10.0, 50.0, 95.0, 200.0], 0.1)
    assert found[:2] == pytest.approx(1.1**3 - 1, abs=1e-3)
    assert found[2] == np.inf  # 95 tokens/s would take a predicted 104.5
    assert np.isnan(found[3])  # nobody is as fast, late or not


def test_a_flat_curve_costs_the_longer_rent_and_no_more() -> None:
    assert dearer([10.0, 100.0], [1.0, 1.0], [10.0, 50.0], 0.25) == pytest.approx(0.25)


def test_no_error_is_no_price() -> None:
    assert dearer([10.0, 20.0], [1.0, 3.0], [10.0, 15.0], 0.0).tolist() == [0.0, 0.0]


def test_every_measured_pair_is_asked() -> None:
    found = price_errors()
    assert list(found["tokens_per_s_user"]) == list(SPEEDS)
    pairs = shipped_points().groupby(["model_id", "accelerator_id"]).ngroups
    assert (found["n"] <= pairs).all()
    assert found["n"].iloc[0] > 0.8 * pairs
    # The longer rent is paid whatever the curve.
    assert (found["low"] > SLOWER - 1e-9).all()
    assert (found["low"] < found["middle"]).all()
    assert (found["middle"] < found["high"]).all()


def test_one_pair_is_its_own_curve() -> None:
    points = shipped_points()
    one = points[(points["model_id"] == "qwen3-32b") & (points["accelerator_id"] == "h100-sxm")]
    assert set(one["weight_precision"].str.lower()) == {"fp8"}
    frontier = engines.frontier(Scenario.preset("qwen3-32b", "h100-sxm", weights="fp8"))
    expected = dearer(frontier["tokens_per_s_user"], frontier["usd_per_million_tokens"], SPEEDS, 0.2)
    found = price_errors(one, slower=0.2)
    assert found["middle"].to_numpy() == pytest.approx(expected)
    assert found["n"].tolist() == [1, 1, 1]


def test_other_constants_make_other_curves() -> None:
    slow = shipped().model_copy(update={"layer_overhead_s": 10 * shipped().layer_overhead_s})
    points = shipped_points().head(1)
    assert not np.allclose(price_errors(points, slow)["middle"], price_errors(points)["middle"], equal_nan=True)


def test_points_that_cannot_be_served_leave_nothing_to_say() -> None:
    points = pd.DataFrame({"model_id": ["kimi-k2"], "accelerator_id": ["l4"], "weight_precision": ["bf16"]})
    found = price_errors(points)
    assert found["n"].tolist() == [0, 0, 0]
    assert found["middle"].isna().all()
