"""Sets of measured points and their frontiers, by hand."""

import numpy as np
import pandas as pd
import pytest

from infecon_core.validation.fit import Fitter
from infecon_core.validation.measured_frontiers import FEWEST_POINTS, Curve, MeasuredSet, measured_sets
from tests.support.fitting import fitter
from tests.support.measured_sets import measured_set

POINT = {
    "model_id": "llama-3.1-8b",
    "accelerator_id": "h100-sxm",
    "weight_precision": "fp8",
    "kv_format": "fp8",
    "gpus_per_instance": 2,
    "batch_per_instance": 16.0,
    "context_len": 0.9 * 1536,
    "isl": 1024,
    "osl": 1024,
    "batch_kind": "client_concurrency",
    "disagg": "N",
    "tpot_ms": 10.0,
    "serving_software": "vllm 0.19.0",
}


def _sets(*changes: dict[str, object]) -> tuple[MeasuredSet, ...]:
    return measured_sets(Fitter(pd.DataFrame([{**POINT, **change} for change in changes])))


def test_a_point_is_speed_and_throughput_of_a_gpu() -> None:
    (found,) = _sets(*[{"batch_per_instance": batch} for batch in (4, 8, 16, 32, 64)])
    # 1 / 10 ms; 4 sequences of 100 tokens/s on 2 GPUs.
    assert found.points["tokens_per_s_user"].tolist() == pytest.approx([100] * 5)
    assert found.points["tokens_per_s_per_gpu"].tolist() == pytest.approx([200, 400, 800, 1600, 3200])
    assert found.measured == (pytest.approx([100]), pytest.approx([3200]))
    assert set(found.points["software"]) == {"vLLM"}


def test_lengths_are_those_that_were_drawn() -> None:
    (found,) = _sets(*[{}] * 5)
    assert (found.isl, found.osl) == (1024, 1024)
    assert (found.prompt_tokens, found.output_tokens) == (922, 922)  # nine tenths of the nominal ones
    scenario = found.scenario()
    assert (scenario.prompt_tokens, scenario.output_tokens, scenario.speculation) == (922, 922, None)
    assert (scenario.precision.weights, scenario.precision.kv) == ("fp8", "fp8")


def test_instances_are_as_large_as_the_largest_that_was_measured() -> None:
    (found,) = _sets({"gpus_per_instance": 8}, *[{}] * 4)
    assert found.max_gpus == found.scenario().max_gpus == 8


@pytest.mark.parametrize("change", [{"disagg": "Y"}, {"batch_kind": "static_batch"}, {"tpot_ms": np.nan}])
def test_points_that_are_no_shared_serving_do_not_count(change: dict[str, object]) -> None:
    assert len(_sets(*[{}] * FEWEST_POINTS)) == 1
    assert not _sets(*[{}] * (FEWEST_POINTS - 1), change)


def test_other_lengths_and_formats_are_other_sets() -> None:
    other: dict[str, object] = {"isl": 2048, "context_len": 2560}
    sixteen: dict[str, object] = {"weight_precision": "bf16", "kv_format": "bf16"}
    sets = _sets(*[{}] * 6, *[other] * 5, *[sixteen] * 7)
    assert [len(found.points) for found in sets] == [7, 6, 5]
    assert [found.precision.weights for found in sets] == ["bf16", "fp8", "fp8"]
    assert [found.isl for found in sets] == [1024, 1024, 2048]


def test_a_table_without_lengths_has_no_sets() -> None:
    points = pd.DataFrame([POINT] * 5).drop(columns=["isl", "osl"])
    assert measured_sets(Fitter(points)) == ()


def test_engines_have_frontiers_of_their_own_where_they_have_points() -> None:
    found = measured_set([40, 20, 10, 30], [1, 2, 4, 1.5], ["vLLM", "vLLM", "vLLM", "SGLang"])
    own = found.of_software()
    assert list(own) == ["vLLM"]
    assert own["vLLM"].speed.tolist() == [40, 20, 10]


def test_a_curve_read_back_and_forth_is_itself() -> None:
    curve = Curve.of([90.0, 60.0, 30.0, 50.0], [100.0, 300.0, 700.0, 200.0])
    assert curve.speed.tolist() == [90, 60, 30]
    speeds = np.array([31.0, 45.0, 60.0, 80.0])
    assert curve.speed_at(curve.throughput_at(speeds)) == pytest.approx(speeds)


def test_the_shipped_points_hold_enough_sets_of_several_models() -> None:
    sets = measured_sets(fitter())
    assert len(sets) >= 60
    assert len({found.model_id for found in sets}) >= 6
    assert sum(len(found.of_software()) > 1 for found in sets) >= 15
    assert all(len(found.points) >= FEWEST_POINTS for found in sets)
