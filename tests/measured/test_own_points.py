"""Rows corrected by the others of their table: worked by hand, and never by themselves."""

import numpy as np
import pandas as pd
import pytest

from infecon_core import predict
from infecon_core.catalog.measurements import shipped_points
from infecon_core.measured.neighbours import correction, log_corrections, shipped_builds
from infecon_core.measured.own_points import corrected, own_factors
from infecon_core.scenario import Scenario

SETUP = {"model_id": "qwen3-32b", "accelerator_id": "mi300x", "weight_precision": "fp8"}  # nobody measured it


def _predicted(*measured: float, **changes: str) -> pd.DataFrame:
    rows = [{**SETUP, "predicted_tpot_ms": 10.0, "tpot_ms": time, **changes} for time in measured]
    return pd.DataFrame(rows)


def test_corrections_by_hand() -> None:
    """Others of ×1.2 and ×1.4, and so on: the geometric mean of two is their median, to the power of 2/3."""
    found = corrected(_predicted(12, 14, 10))
    expected = [(1.4 * 1.0) ** (1 / 3), (1.2 * 1.0) ** (1 / 3), (1.2 * 1.4) ** (1 / 3)]
    assert found["correction"].tolist() == pytest.approx(expected)
    assert found["corrected_tpot_ms"].tolist() == pytest.approx([10 * factor for factor in expected])
    assert found["correction_points"].tolist() == [2, 2, 2]


def test_a_row_does_not_correct_itself() -> None:
    before, after = corrected(_predicted(12, 14, 10)), corrected(_predicted(12, 14, 99))
    assert after["correction"].iloc[2] == before["correction"].iloc[2]
    assert after["correction"].iloc[0] > before["correction"].iloc[0]


def test_other_setups_and_rows_without_a_time_correct_nothing() -> None:
    table = pd.concat([_predicted(12), _predicted(30, accelerator_id="mi325x")], ignore_index=True)
    assert corrected(table)["correction"].tolist() == [1, 1]
    unmeasured = corrected(_predicted(12, np.nan))
    assert unmeasured["correction"].tolist() == pytest.approx([1, 1.2**0.5])
    assert corrected(_predicted(12, 13).drop(columns="tpot_ms"))["correction"].tolist() == [1, 1]


def test_rows_that_cannot_be_predicted_have_no_correction() -> None:
    table = _predicted(12, 13, 14).assign(predicted_tpot_ms=[10.0, np.nan, 10.0])
    found = corrected(table)
    assert np.isnan(found["correction"].iloc[1])
    assert found["correction_points"].tolist()[::2] == [1, 1]


def test_the_factor_of_a_pair_takes_all_of_its_rows() -> None:
    found = own_factors(pd.concat([_predicted(30, accelerator_id="mi325x"), _predicted(12, 14, 10)]))
    assert found["n_points"].tolist() == [3, 1]
    assert found["factor"].tolist() == pytest.approx([1.2 ** (3 / 4), 3**0.5])
    assert found["accelerator_id"].tolist() == ["mi300x", "mi325x"]


def test_shipped_builds_correct_first_and_own_rows_what_is_left() -> None:
    row = shipped_points().query("model_id == 'deepseek-r1' and accelerator_id == 'h200-sxm'").head(1)
    mine = row.assign(serving_software="ours 1", date="")
    base = float(np.exp(log_corrections(mine, shipped_builds())[0]))
    known = correction(Scenario.preset("deepseek-r1", "h200-sxm", weights="fp8"))
    assert known is not None
    assert base == pytest.approx(known.factor)
    predicted = predict(pd.concat([mine] * 2)).assign(tpot_ms=lambda table: 2 * base * table["predicted_tpot_ms"])
    found = corrected(predicted)
    assert found["correction"].tolist() == pytest.approx([base * 2**0.5] * 2)


def test_shipped_builds_correct_a_model_of_the_same_shape_as_they_correct_scenarios() -> None:
    """Nobody measured DeepSeek V3 here; R1 has its shape."""
    row = shipped_points().query("model_id == 'deepseek-r1' and accelerator_id == 'h200-sxm'").head(1)
    mine = predict(row.assign(model_id="deepseek-v3", serving_software="ours 1", date="", tpot_ms=np.nan))
    known = correction(Scenario.preset("deepseek-v3", "h200-sxm", weights="fp8"))
    assert known is not None
    found = corrected(mine)
    assert found["correction"].tolist() == pytest.approx([known.factor])
    assert found["correction_points"].tolist() == [0]
    assert found["correction_measurements"].tolist() == [known.n_points]
    unknown = corrected(mine.assign(accelerator_id="mi325x", model_id="qwen3-32b"))
    assert unknown["correction_measurements"].tolist() == [0]


def test_measurements_behind_a_correction_are_those_of_other_builds() -> None:
    points = shipped_points().query("model_id == 'deepseek-r1' and accelerator_id == 'h200-sxm'")
    found = corrected(predict(points))
    assert 0 < found["correction_measurements"].max() < len(points)
