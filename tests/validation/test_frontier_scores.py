"""Our frontiers over measured ones: scores of sets made by hand, and where those of the shipped points lie."""

from dataclasses import replace

import numpy as np
import pytest

from infecon_core import engines
from infecon_core.catalog import engine_levels
from infecon_core.validation import frontier_scores
from infecon_core.validation.cross_validation import shipped_fitter
from infecon_core.validation.fit import Fitter
from infecon_core.validation.frontier_scores import best_over_one_engine, by_model, by_speed, scored_sets, shipped_sets
from infecon_core.validation.measured_frontiers import measured_sets
from tests.support.fitting import fitter
from tests.support.measured_sets import measured_set, scored_set

# Measured: 100 tokens/s at 10, 50 at 40 and 20 at 160 tokens/s of a GPU; 15 tokens/s at 5 is beaten.
MEASURED = measured_set([100.0, 50.0, 20.0, 15.0], [10.0, 40.0, 160.0, 5.0])
# Ours is the same curve, moved to 0.8 of the speed.
SLOWER = scored_set(MEASURED, [80.0, 40.0, 16.0], [10.0, 40.0, 160.0])


def test_a_frontier_at_four_fifths_of_the_speed() -> None:
    assert SLOWER.speed_ratios == pytest.approx([0.8, 0.8, 0.8])
    assert SLOWER.speed_ratio == pytest.approx(0.8)
    # It does not reach 100. At 50, between (80, 10) and (40, 40): 10·(80/50)^2 = 25.6 of 40. At 20: 40·(40/20)^γ with
    # γ = ln 4 / ln 2.5.
    assert SLOWER.point_ratios == pytest.approx([0.0, 0.64, 40 * 2 ** (np.log(4) / np.log(2.5)) / 160])
    assert SLOWER.throughput_ratios([100.0, 50.0]) == pytest.approx([0.0, 0.64])


def test_nothing_is_said_outside_of_what_was_measured() -> None:
    assert np.isnan(SLOWER.throughput_ratios([19.0, 101.0])).all()
    assert np.isfinite(SLOWER.throughput_ratios([20.0, 100.0])).all()


def test_a_throughput_out_of_reach_counts_as_no_speed() -> None:
    short = scored_set(MEASURED, [100.0, 50.0], [10.0, 40.0])
    assert short.speed_ratios == pytest.approx([1.0, 1.0, 0.0])


def test_ratios_by_model_are_medians_over_sets() -> None:
    same = scored_set(MEASURED, [100.0, 50.0, 20.0], [10.0, 40.0, 160.0])
    other = measured_set([100.0, 50.0, 20.0], [10.0, 40.0, 160.0], model_id="gpt-j-6b")
    table = by_model([SLOWER, same, scored_set(other, [120.0, 60.0, 24.0], [10.0, 40.0, 160.0])]).set_index("label")
    assert list(table.index) == ["all", "qwen3-32b", "gpt-j-6b"]
    assert table["sets"].tolist() == [3, 2, 1]
    assert table["middle"].tolist() == pytest.approx([1.0, 0.9, 1.2])
    assert table["error"].tolist() == pytest.approx([0.2, 0.1, 0.2])
    assert table["low"]["all"] == pytest.approx(0.84)
    assert table["at_50"]["qwen3-32b"] == pytest.approx((0.64 + 1) / 2)
    assert table["sets_50"].tolist() == [3, 2, 1]


def test_ratios_by_speed_count_the_points_near_it() -> None:
    table = by_speed([SLOWER]).set_index("tokens_per_s_user")
    assert table["sets"].tolist() == table["points"].tolist() == [1, 1, 1]
    assert table["at_points"].tolist() == pytest.approx(SLOWER.point_ratios[::-1].tolist())
    assert table["middle"].tolist() == pytest.approx(SLOWER.throughput_ratios([20.0, 50.0, 100.0]).tolist())


def test_without_sets_there_is_nothing_to_tell() -> None:
    assert by_model([]).empty
    assert by_speed([])["sets"].tolist() == [0, 0, 0]
    assert np.isnan(best_over_one_engine([MEASURED]))


def test_the_best_of_two_engines_is_as_much_faster_as_the_other_is_slower() -> None:
    speeds, throughputs = [100.0, 50.0, 25.0], [10.0, 40.0, 160.0]
    both = measured_set(
        [*speeds, *(0.9 * v for v in speeds)], [*throughputs, *throughputs], ["vLLM"] * 3 + ["SGLang"] * 3
    )
    # 1 for the faster one, 1/0.9 for the other: the geometric mean.
    assert best_over_one_engine([both, MEASURED]) == pytest.approx(0.9**-0.5)


@pytest.mark.slow
def test_a_set_is_scored_by_constants_fitted_without_its_model() -> None:
    one = next(found for found in shipped_sets() if found.found.model_id == "qwen3-32b")
    held = (fitter().points["model_id"] == "qwen3-32b").to_numpy()
    points = engines.frontier(one.found.scenario(fitter().fit(~held)))
    assert one.ours.speed[0] == pytest.approx(points["tokens_per_s_user"].max())
    assert one.ours.throughput[-1] == pytest.approx(points["tokens_per_s_per_gpu"].max())


@pytest.mark.slow
def test_frontiers_of_models_never_fitted_lie_where_they_did() -> None:
    row = by_model(shipped_sets()).set_index("label").loc["all"]
    assert row["sets"] >= 60
    assert 0.95 <= row["middle"] <= 1.05
    assert row["error"] <= 0.14
    assert 1.02 < best_over_one_engine([one.found for one in shipped_sets()]) < 1.10


def test_a_setup_that_nothing_fits_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    large = replace(measured_set([30.0], [1.0], model_id="llama-3.1-405b"), max_gpus=1)
    monkeypatch.setattr(frontier_scores, "measured_sets", lambda _: (large, measured_set([30.0], [1.0])))
    monkeypatch.setattr(Fitter, "without", lambda *_: None)
    assert [one.found.model_id for one in scored_sets(fitter())] == ["qwen3-32b"]


def test_what_the_front_page_says_of_the_best_engine_is_what_was_measured() -> None:
    measured = best_over_one_engine(measured_sets(shipped_fitter()))
    assert engine_levels.best_over_one_engine() == pytest.approx(measured, abs=0.005)
