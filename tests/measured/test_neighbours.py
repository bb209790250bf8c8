"""Correction by neighbours: worked by hand, whose points count, and no build in its own correction."""

import numpy as np
import pandas as pd
import pytest

from infecon_core import Layout, Scenario, catalog, frontier, step
from infecon_core.catalog.constants import shipped
from infecon_core.engines import engine_of
from infecon_core.measured import neighbours
from infecon_core.measured.builds import Release
from infecon_core.measured.neighbours import Builds, Correction, builds_by_setup, correction, log_corrections

ROW = {"model_id": "m", "accelerator_id": "a", "weight_precision": "fp8", "date": "2026-01-01", "source_id": "s"}


def _points(*rows: tuple[str, float]) -> pd.DataFrame:
    """Points of builds, each with measured over predicted time; predictions are 10 ms."""
    return pd.DataFrame([{**ROW, "serving_software": build, "tpot_ms": 10 * ratio} for build, ratio in rows])


def _logs(points: pd.DataFrame, **more: bool) -> np.ndarray:
    return log_corrections(points, builds_by_setup(points, np.full(len(points), 10.0)), **more)


def _builds(*rows: tuple[str, str, float, float, float]) -> Builds:
    name, weights, log, n, day = zip(*rows, strict=True)
    build = np.array([frozenset({Release(*text.split(), None)}) for text in name], dtype=object)
    return Builds(build, np.array(weights), np.array(log), np.array(n), np.array(day))


def test_a_correction_by_hand() -> None:
    """Weights 3/4, 1/2·3/4 (a half-life apart) and 0.3·1/2 (other format), in all 1.275, beside 2 of shrinkage."""
    builds = _builds(("x 1", "fp8", 0.2, 3, 0), ("x 2", "fp8", 0.1, 3, 90), ("y 1", "fp4", -0.4, 1, 0))
    expected = (0.75 * 0.2 + 0.375 * 0.1 - 0.15 * 0.4) / (1.275 + 2)
    assert builds.log_correction("fp8", 0.0) == pytest.approx(expected)
    undated = builds._replace(day=np.array([0, np.nan, 0]))
    assert undated.log_correction("fp8", 0.0) == pytest.approx(expected)


def test_few_points_and_single_builds_correct_nothing() -> None:
    assert np.isnan(_builds(("x 1", "fp8", 0.2, 2, 0), ("x 2", "fp8", 0.1, 1, 0)).log_correction("fp8", 0.0))
    assert np.isnan(_builds(("x 1", "fp8", 0.2, 50, 0), ("x 1", "fp4", 0.1, 50, 0)).log_correction("fp8", 0.0))
    enough = _builds(("x 1", "fp8", 0.2, 3, 0), ("x 2", "fp8", 0.1, 1, 0))
    assert enough.log_correction("fp8", 0.0) > 0
    # Two half-lives later they weigh 5/16 together, three later less than a quarter.
    assert enough.log_correction("fp8", 180.0) > 0
    assert np.isnan(enough.log_correction("fp8", 270.0))


def test_no_point_of_a_build_enters_its_own_correction() -> None:
    points = _points(("x 1", 1.3), ("x 1", 1.4), ("y 1", 1.1), ("y 1", 1.1), ("z 1", 1.2), ("z 1", 1.2))
    before = _logs(points)
    moved = points.assign(tpot_ms=np.where(points["serving_software"] == "x 1", 500.0, points["tpot_ms"]))
    after = _logs(moved)
    assert np.isfinite(before).all()
    assert after[:2] == pytest.approx(before[:2])
    assert (after[2:] > before[2:]).all()


def test_versions_are_builds_and_dates_are_where_there_is_none() -> None:
    # Without a version only more than two weeks tell two builds apart, and without a day nothing does.
    points = _points(("vllm", 1.3), ("vllm", 1.3), ("x 1", 1.0), ("x 1", 1.0), ("y 1", 1.0), ("y 1", 1.0))
    points.loc[1, "date"] = "2026-01-16"
    assert (_logs(points)[:2] > 0).all()
    points.loc[1, "date"] = "2026-01-15"
    assert _logs(points)[:2] == pytest.approx([0, 0])
    undated = _logs(points.assign(date=None))
    assert undated[:2] == pytest.approx([0, 0])


def test_rows_without_a_version_are_corrected_by_no_build_that_they_may_be_of() -> None:
    """Twice two points of ×1.3 from builds that weigh 2/3 each: 4/3 of ln 1.3 beside 2 of shrinkage."""
    builds = _points(("vllm 1", 9.0), ("x 1", 1.3), ("x 1", 1.3), ("y 1", 1.3), ("y 1", 1.3))
    found = builds_by_setup(builds, np.full(len(builds), 10.0))
    mine = builds.head(1).assign(serving_software="vllm")
    expected = np.log(1.3) * (4 / 3) / (4 / 3 + 2)
    assert log_corrections(mine, found)[0] == pytest.approx(expected)
    # Another day later it is another build, and the one of a single point and ninefold times counts.
    assert log_corrections(mine.assign(date="2026-01-16"), found)[0] > 0.2


def test_two_releases_that_may_be_one_build_correct_nothing() -> None:
    points = _points(*[("x 1", 1.3)] * 4, *[("x", 1.3)] * 4)
    builds = builds_by_setup(points, np.full(len(points), 10.0))
    others = points.assign(serving_software="z 1")
    assert np.isnan(log_corrections(others, builds)).all()
    points.loc[4:, "date"] = "2026-01-16"
    assert np.isfinite(log_corrections(others, builds_by_setup(points, np.full(len(points), 10.0)))).all()


def test_only_the_same_software_counts_where_it_is_asked_for() -> None:
    slow = [("vllm 1", 1.3)] * 2 + [("vllm 2", 1.3)] * 2 + [("vllm 3", 1.3)] * 2
    points = _points(*slow, *[("trtllm 1", 1.0)] * 4, *[("dynamo-trt 2", 1.0)] * 4)
    any_software, same = _logs(points), _logs(points, same_software=True)
    assert same[0] > any_software[0] > 0
    # One other build of its own software is too few.
    assert np.isnan(same[-8:]).all()


def test_another_model_or_accelerator_is_no_neighbour() -> None:
    points = _points(*[("x 1", 1.3)] * 3, *[("x 2", 1.3)] * 3)
    builds = builds_by_setup(points, np.full(len(points), 10.0))
    assert np.isnan(log_corrections(points.assign(model_id="n"), builds)).all()
    assert np.isnan(log_corrections(points.assign(accelerator_id="b"), builds)).all()
    assert np.isfinite(log_corrections(points.assign(serving_software="z 1"), builds)).all()


def test_what_is_kept_cannot_be_changed() -> None:
    for values in (neighbours.shipped_corrections(), *next(iter(neighbours.shipped_builds().values()))):
        with pytest.raises(ValueError, match="read-only"):
            values[0] = 0
    table = neighbours.predicted(shipped())
    before = table["tpot_ms"].iloc[0]
    table.loc[0, "tpot_ms"] = -1.0
    assert neighbours.predicted(shipped())["tpot_ms"].iloc[0] == before


# Scenarios

MEASURED = Scenario.preset("deepseek-r1", "h200-sxm")


def test_a_scenario_is_corrected_by_the_points_of_its_model_and_accelerator() -> None:
    found = correction(MEASURED)
    points = neighbours.predicted(shipped())
    alike = (points["model_id"] == "deepseek-r1") & (points["accelerator_id"] == "h200-sxm")
    assert found is not None
    assert found.n_points == alike.sum() > 50
    assert found.which == "this model on this accelerator"
    assert 0.8 < found.factor < 1.25
    assert found.sentence == f"C{found.phrase.removeprefix('c')}."
    assert found.sentence.endswith(f" from {found.n_points} measurements of this model on this accelerator.")


def test_what_does_not_change_times_does_not_change_neighbours() -> None:
    found = correction(MEASURED)
    assert found == correction(MEASURED.changed(price_usd_per_gpu_hour=1.0, prompt_tokens=10, board_power_w=500))
    other_name = MEASURED.architecture.model_copy(update={"name": "Ours"})
    renamed = correction(MEASURED.changed(architecture=other_name))
    assert renamed is not None
    assert renamed.factor == found.factor
    assert renamed.which == "DeepSeek R1, of the same shape, on this accelerator"


@pytest.mark.parametrize(
    "changes",
    [
        {"correction": "off"},
        {"hbm_bytes_per_s": 5e12},
        {"architecture": catalog.model("deepseek-r1").architecture.model_copy(update={"vocab_size": 1000})},
    ],
    ids=["off", "accelerator", "model"],
)
def test_scenarios_without_a_correction(changes: dict) -> None:
    assert correction(MEASURED.changed(**changes)) is None


def test_a_factor_of_one_s_own_enters_where_it_is_asked_for() -> None:
    assert correction(MEASURED.changed(time_factor=1.5)) == correction(MEASURED)
    own = MEASURED.changed(correction="own", time_factor=1.5)
    assert correction(own) == Correction(1.5, 0, "")
    assert engine_of(own.changed(engine="published")).correction(own) is None


def test_constants_have_their_full_effect() -> None:
    # Were residuals those of the scenario's constants, a correction would take back what a constant changes.
    slow = MEASURED.changed(layer_overhead_s=2 * shipped().layer_overhead_s)
    assert correction(slow) == correction(MEASURED)


@pytest.mark.parametrize("drafts", [{}, {"speculation": {"kind": "self_draft", "layers": 1}}], ids=["plain", "drafts"])
def test_a_factor_multiplies_all_times_and_with_them_the_price(drafts: dict) -> None:
    layout = Layout(n_gpu=8, tp=8)
    plain = MEASURED.changed(correction="off", **drafts)
    slow = plain.changed(correction="own", time_factor=1.25)
    before, after = (step(scenario, layout, 32) for scenario in (plain, slow))
    assert after.tpot_s == pytest.approx(1.25 * before.tpot_s)
    # What servers add before any step is none of the build's.
    added = shipped().ttft_overhead_s
    assert after.ttft_s - added == pytest.approx(1.25 * (before.ttft_s - added))
    assert after.usd_per_million_tokens == pytest.approx(1.25 * before.usd_per_million_tokens)
    for one, other in zip(before.operators, after.operators, strict=True):
        assert other.total_s == pytest.approx(1.25 * one.total_s)
    assert sum(operator.total_s for operator in after.operators) == pytest.approx(after.tpot_s)


@pytest.mark.parametrize(
    "drafts", [{}, {"speculation": {"kind": "self_draft", "layers": 1}}, {"disaggregated": True}], ids=str
)
def test_a_frontier_is_slower_and_dearer_by_the_factor(drafts: dict) -> None:
    # Whatever its speed, so that both curves end at the same setup.
    any_speed = MEASURED.changed(min_tokens_per_s_user=0, correction="own", **drafts)
    plain, slow = (frontier(any_speed.changed(time_factor=factor)) for factor in (1.0, 1.25))
    assert len(plain) == len(slow)
    np.testing.assert_allclose(plain["tokens_per_s_user"], 1.25 * slow["tokens_per_s_user"])
    np.testing.assert_allclose(1.25 * plain["usd_per_million_tokens"], slow["usd_per_million_tokens"])


def test_a_held_correction_stays_with_other_hardware() -> None:
    engine = engine_of(MEASURED)
    found = correction(MEASURED)
    held = engine.with_held_correction(MEASURED)
    assert found is not None
    assert neighbours.time_factor(held.changed(hbm_bytes_per_s=5e12)) == found.factor
    assert frontier(held)["tpot_s"].tolist() == frontier(MEASURED)["tpot_s"].tolist()
    unknown = Scenario.preset("qwen3-32b", "mi300x")
    assert neighbours.time_factor(engine.with_held_correction(unknown)) == 1
