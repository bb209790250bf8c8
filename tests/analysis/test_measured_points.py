"""Measured points as points of a frontier."""

import numpy as np
import pandas as pd
import pytest

from infecon_core import Scenario
from infecon_core.analysis import measured_points as module
from infecon_core.analysis.measured_points import NEAR, measured_points
from infecon_core.catalog.measurements import format_name, shipped_points
from infecon_core.schema.frontier import FRONTIER_COLUMNS

SCENARIO = Scenario.preset("deepseek-r1", "b200-hgx", prompt_tokens=8000, price_usd_per_gpu_hour=3.6)
ROW = {
    **{"model_id": "deepseek-r1", "accelerator_id": "b200-hgx", "weight_precision": "fp8", "gpus_per_instance": 8},
    **{"pp": np.nan, "ep_in_instance": 4, "attention_dp": 2, "batch_per_instance": 100.0, "isl": 8192, "osl": 1024},
    **{"batch_kind": "client_concurrency", "disagg": "N", "tpot_ms": 20.0, "ttft_ms": 900.0},
}


def given(monkeypatch: pytest.MonkeyPatch, *rows: dict[str, object]) -> None:
    monkeypatch.setattr(module, "shipped_points", lambda: pd.DataFrame([ROW | row for row in rows]))


def test_a_point_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, {})
    found = measured_points(SCENARIO, "deepseek-r1", "b200-hgx")
    assert found.frontier is not None
    (point,) = found.frontier.to_dict("records")
    # 8 GPUs for 20 ms give a token to each of 100 users: 1.6 ms of a GPU, at 0.1 cents a second.
    assert point["usd_per_million_tokens"] == pytest.approx(1.6)
    assert point["tokens_per_s_per_gpu"] == pytest.approx(625)
    assert point["tokens_per_s_user"] == pytest.approx(50)
    assert (point["n_gpu"], point["pp"], point["tp"], point["ep"], point["dp_attn"]) == (8, 1, 4, 4, 2)
    assert (point["ttft_s"], point["limit"], point["draft_tokens"]) == (0.9, "", 0)
    assert np.isnan(point["memory_s"])
    assert list(found.frontier.columns) == [column.name for column in FRONTIER_COLUMNS]
    assert (found.n_points, found.lengths, found.problem) == (1, ((8192, 1024),), "")


@pytest.mark.parametrize(
    "far",
    [
        {"model_id": "deepseek-v3"},
        {"accelerator_id": "h200-sxm"},
        {"weight_precision": "fp4"},
        {"isl": 8000 * NEAR + 1},
        {"isl": 8000 / NEAR - 1},
        {"osl": 1000 * NEAR + 1},
        {"osl": 1000 / NEAR - 1},
        {"gpus_per_instance": 128},
        {"disagg": "Y"},
        {"batch_kind": "static_batch"},
    ],
)
def test_what_is_not_near_or_lacks_something_is_left_out(
    monkeypatch: pytest.MonkeyPatch, far: dict[str, object]
) -> None:
    given(monkeypatch, far)
    found = measured_points(SCENARIO, "deepseek-r1", "b200-hgx")
    assert found.frontier is None
    assert found.n_points == 0
    assert found.problem.startswith("There are no measured points of DeepSeek R1 on B200")
    given(monkeypatch, far, {"tpot_ms": 30.0})
    assert measured_points(SCENARIO, "deepseek-r1", "b200-hgx").n_points == 1


def test_beaten_points_are_counted_and_not_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, {}, {"tpot_ms": 25.0}, {"tpot_ms": 10.0, "batch_per_instance": 20.0})
    found = measured_points(SCENARIO, "deepseek-r1", "b200-hgx")
    assert found.frontier is not None
    assert found.n_points == 3
    assert found.frontier["tokens_per_s_user"].tolist() == pytest.approx([100, 50])


def test_shipped_points_of_a_model() -> None:
    points = shipped_points()
    own = points[(points["model_id"] == "deepseek-r1") & (points["accelerator_id"] == "b200-hgx")]
    own = own[(own["isl"] == 8192) & (own["osl"] == 1024) & (own["disagg"] == "N")]
    own = own[[format_name(name) == "fp8" for name in own["weight_precision"]]]
    found = measured_points(SCENARIO, "deepseek-r1", "b200-hgx")
    assert found.frontier is not None
    assert found.n_points == len(own)
    assert found.frontier["tokens_per_s_user"].max() == pytest.approx(1000 / own["tpot_ms"].min())
