"""The proof: shipped constants are what the fit gives, and the errors on what was not fitted stay in their bounds."""

import json
import tomllib
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT

from infecon_core import calibrate
from infecon_core.calibration import acceptance, agreement, baselines, exchange_tables, left_out
from infecon_core.calibration.constants import FITTED, priors, records, shipped, with_values
from infecon_core.calibration.fit import Fitter, errors
from infecon_core.calibration.measurements import all_points, all_reduces, expert_exchanges, shipped_points, sources
from infecon_core.calibration.predict import predict
from infecon_core.calibration.report import Report
from infecon_core.calibration.sensitivity import LINEAR
from infecon_core.cli import main
from infecon_core.spec import ServingConstants


@cache
def _report() -> Report:
    return calibrate(shipped_points())


@cache
def _fitter() -> Fitter:
    return Fitter(shipped_points())


# The proof


@pytest.mark.slow
def test_the_shipped_constants_are_what_the_fit_gives() -> None:
    for name in ServingConstants.model_fields:
        assert getattr(shipped(), name) == pytest.approx(getattr(_report().constants, name), rel=1e-3), name


# Bounds on whole models left out: median and, for all models, bias, the 90% factor and rank correlation.
@pytest.mark.slow
@pytest.mark.parametrize(("kind", "most"), [("all", 0.095), ("dense", 0.085), ("mixture of experts", 0.105)])
def test_the_error_on_models_never_fitted(kind: str, most: float) -> None:
    for predictions in ("whole models left out", "random fifths left out"):
        assert _report().scores[predictions, kind].median <= most


@pytest.mark.slow
def test_bias_spread_and_order_on_models_never_fitted() -> None:
    found = _report().scores["whole models left out", "all"]
    assert found.n > 1800
    assert abs(found.bias - 1) <= 0.04
    assert found.factor_90 <= 1.36
    assert found.rank_correlation >= 0.95


@pytest.mark.slow
def test_the_engine_is_closer_than_what_it_is_compared_with() -> None:
    scores = _report().scores
    ours = scores["whole models left out", "all"]
    for other in ("published model", "bare roofline"):
        assert scores[other, "all"].n > 1800
        assert ours.median < scores[other, "all"].median / 2
    # Software on the same setup disagrees by 6% to 12%; a figure outside would mean that setups are matched wrongly.
    assert 0.06 < scores["other software, same setup", "all"].median < 0.12


@pytest.mark.slow
def test_the_command_prints_the_report_and_writes_the_constants(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    out = tmp_path / "constants.json"
    assert main(["calibrate", "--out", str(out)]) == 0
    text = capsys.readouterr().out
    assert max(map(len, text.splitlines())) <= 100
    for words in (*FITTED, "whole accelerators left out", "bare roofline", "deepseek-r1", "h200-sxm", "dispatch"):
        assert words in text
    assert ServingConstants.model_validate_json(out.read_text(encoding="utf-8")) == _report().constants


def test_few_constants_are_fitted_and_none_is_a_model_s_or_a_chip_s() -> None:
    assert len(FITTED) <= 15
    assert set(FITTED) < set(ServingConstants.model_fields) == set(records())
    for name, record in records().items():
        assert {"value", "unit", "kind", "meaning", "evidence", "date"} <= set(record), name
        assert ("prior" in record) == (name in FITTED)


def test_new_values_go_into_the_file_and_nothing_else_changes() -> None:
    text = (ROOT / "data" / "calibration" / "serving.toml").read_text(encoding="utf-8")
    moved = shipped().model_copy(update={"layer_s": 1.25e-5, "link_share": 0.5})
    before, after = tomllib.loads(text), tomllib.loads(with_values(text, moved))
    assert after["layer_s"].pop("value") == 1.25e-5
    assert after["link_share"].pop("value") == 0.5
    del before["layer_s"]["value"], before["link_share"]["value"]
    assert after == before
    with pytest.raises(ValueError, match="no value of weight_read_share"):
        with_values("", moved)


# The fit


@pytest.mark.parametrize("factor", [0.5, 1.7])
@pytest.mark.parametrize("name", [*FITTED, "all"])
def test_the_fast_form_is_the_engine(name: str, factor: float) -> None:
    moved = priors().model_copy(
        update={key: getattr(priors(), key) * factor for key in (FITTED if name == "all" else (name,))}
    )
    slow = np.full(len(_fitter().points), np.nan)
    for rows in _fitter().groups:
        slow[rows.index] = rows.five_times(moved).total_s
    np.testing.assert_allclose(_fitter().predicted_s(moved), slow, rtol=1e-9)


def test_every_fitted_constant_has_a_place_in_the_fast_form() -> None:
    assert set(FITTED) - set(LINEAR) == {"rocm_memory_factor", "rocm_overhead_factor"}


def test_a_fit_recovers_the_constants_that_made_the_points() -> None:
    truth = priors().model_copy(update={"layer_s": 3e-5, "prompt_arithmetic_share": 0.6, "expert_layer_s": 2.5e-5})
    points = shipped_points()
    points["tpot_ms"] = predict(points, truth)["predicted_tpot_ms"]
    found = Fitter(points).fit()
    for name in ("layer_s", "prompt_arithmetic_share", "expert_layer_s", "weight_read_share"):
        assert getattr(found, name) == pytest.approx(getattr(truth, name), rel=0.05), name  # the priors pull a little


def test_without_points_the_priors_stay() -> None:
    nothing = np.zeros(len(_fitter().points), dtype=bool)
    for name in FITTED:
        assert getattr(_fitter().fit(nothing), name) == pytest.approx(getattr(priors(), name), rel=1e-6)


def test_a_model_left_out_has_no_say_in_its_prediction() -> None:
    points = shipped_points()
    points = points[points["model_id"].isin(["qwen3-32b", "llama-3.1-8b", "gpt-j-6b"])].reset_index(drop=True)
    before = left_out.predictions_of(Fitter(points))["without_model_ms"]
    own = points["model_id"] == "qwen3-32b"
    points.loc[own, "tpot_ms"] *= 3
    after = left_out.predictions_of(Fitter(points))["without_model_ms"]
    np.testing.assert_array_equal(before[own], after[own])
    assert (before[~own] != after[~own]).any()


def test_errors_by_hand() -> None:
    found = errors([1.0, 2.0, 4.0, np.nan], [1.0, 1.0, 5.0, 1.0])
    assert found.n == 3
    assert found.median == pytest.approx(0.2)
    assert found.bias == pytest.approx((2 * 0.8) ** (1 / 3))
    assert found.within_25 == pytest.approx(2 / 3)
    assert found.rank_correlation == pytest.approx(np.sqrt(3) / 2)
    assert errors([], []).n == 0


def test_own_points_are_fitted_from_the_shipped_constants(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    points = shipped_points()
    points = points[points["model_id"] == "qwen3-32b"]
    path = tmp_path / "own.csv"
    points.to_csv(path, index=False)
    assert main(["calibrate", "--in", str(path), "--format", "json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    layer = next(row for row in answer["constants"] if row["name"] == "layer_s")
    assert layer["prior"] == shipped().layer_s != layer["value"]
    assert answer["by_model"][0]["n"] == len(points)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"tpot_ms": ""}, "tpot_ms is empty"),
        ({"model_id": "nobody"}, "There is no model 'nobody'"),
        (None, "lacks the column tpot_ms"),
    ],
)
def test_points_that_cannot_be_fitted_get_one_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, change: dict[str, str] | None, expected: str
) -> None:
    points = shipped_points().head(5)
    points = points.drop(columns="tpot_ms") if change is None else points.assign(**change)
    path = tmp_path / "own.csv"
    points.to_csv(path, index=False)
    assert main(["calibrate", "--in", str(path)]) == 2
    error = capsys.readouterr().err
    assert expected in error
    assert error.count("\n") == 1


def test_write_is_for_the_repository_s_points(capsys: pytest.CaptureFixture[str]) -> None:
    path = ROOT / "data" / "calibration" / "serving.toml"
    before = path.read_bytes()
    assert main(["calibrate", "--write", "--in", "points.csv"]) == 2
    assert "--write" in capsys.readouterr().err
    assert path.read_bytes() == before


# What it is compared with


def test_the_bare_roofline_by_hand() -> None:
    row = {"model_id": "llama-3.1-8b", "accelerator_id": "h100-sxm", "weight_precision": "bf16"}
    points = pd.DataFrame([{**row, "gpus_per_instance": 2, "batch_per_instance": 4, "context_len": 1000}])
    weights = 32 * (4096 * 128 * (2 * 32 + 2 * 8) + 3 * 4096 * 14336) + 128256 * 4096
    n_bytes = 2 * weights + 4 * 2 * 32 * 2 * 8 * 128 * 1000
    assert baselines.roofline_s(points)[0] == pytest.approx(n_bytes / (2 * 3.35e12), rel=1e-9)
    crowd = points.assign(batch_per_instance=4096, context_len=0)
    assert baselines.roofline_s(crowd)[0] == pytest.approx(4096 * 2 * weights / (2 * 989.5e12), rel=1e-9)


def test_no_prediction_beats_the_bare_roofline() -> None:
    points = shipped_points()
    ratio = predict(points)["predicted_tpot_ms"] / (baselines.roofline_s(points) * 1e3)
    assert ratio.min() > 1


def test_other_software_by_hand() -> None:
    points = shipped_points().head(1)
    points = pd.concat([points] * 4, ignore_index=True).assign(
        engine=["a", "b", "c", "a"], tpot_ms=[10.0, 12.0, 16.0, 11.0]
    )
    np.testing.assert_allclose(agreement.from_other_software_s(points) * 1e3, [14.0, 11.0, 11.0, 14.0])
    assert np.isnan(agreement.from_other_software_s(points.assign(engine="a"))).all()
    assert np.isnan(agreement.from_other_software_s(points.assign(concurrency=[1, 2, 3, 4]))).all()


# Sources, collectives, drafts


def test_every_measurement_has_a_source() -> None:
    named = {*all_points()["source_id"], *all_reduces()["source_id"]}
    named |= set(expert_exchanges()["source_id"])
    assert named == set(sources())
    for name, source in sources().items():
        assert set(source) == {"what", "origin", "date"}, name
        assert all(source.values()), name


def test_small_all_reduces_are_near_the_tables() -> None:
    table = exchange_tables.all_reduces_compared()
    small = table[(table["bytes"] <= exchange_tables.SMALL_BYTES) & (table["implementation"] != "nccl")]
    for name, part in small.groupby("accelerator_id"):
        found = errors(part["predicted_us"], part["latency_us"])
        assert found.median < 0.15, name
        assert abs(found.bias - 1) < 0.15, name


def test_expert_exchanges_are_near_the_tables() -> None:
    table = exchange_tables.expert_exchanges_compared()
    for name, part in table.groupby("accelerator_id"):
        found = errors(part["predicted_us"], part["latency_us"])
        assert found.median < 0.25, name
        assert abs(found.bias - 1) < 0.25, name


def test_acceptance_curves_are_lengths_of_rounds() -> None:
    curves = acceptance.curves()
    assert len(curves) == 14
    for curve in curves.values():
        for drafts, length in enumerate(curve.accepted_lengths, start=1):
            assert 1 < length <= drafts + 1
    assert curves["qwen3.5-397b-mtp-thinking"].accepted_lengths[:2] == (1.93, 2.73)


def test_the_formula_exceeds_curves_that_saturate() -> None:
    table = acceptance.against_formula()
    first = table[table["draft_tokens"] == 1]
    np.testing.assert_allclose(first["from_first"], first["measured"])
    last = table[table["draft_tokens"] == 8]
    assert (last["from_first"] > last["measured"]).all()
    # One rate for a whole curve misses less than the first draft's.
    miss = {name: errors(last[name], last["measured"]).median for name in ("from_first", "from_constant")}
    assert miss["from_constant"] < miss["from_first"]
