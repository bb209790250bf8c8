"""The bare roofline by hand, and that no prediction beats it."""

import pandas as pd
import pytest

from infecon_core.catalog.engine_levels import published_error
from infecon_core.catalog.measurements import shipped_points
from infecon_core.measured.predict import predict
from infecon_core.paper import token_latency
from infecon_core.validation import baselines
from infecon_core.validation.scores import errors


def test_the_bare_roofline_by_hand() -> None:
    row = {"model_id": "llama-3.1-8b", "accelerator_id": "h100-sxm", "weight_precision": "bf16"}
    points = pd.DataFrame([{**row, "gpus_per_instance": 2, "batch_per_instance": 4, "context_len": 1000}])
    weights = 32 * (4096 * 128 * (2 * 32 + 2 * 8) + 3 * 4096 * 14336) + 128256 * 4096
    n_bytes = 2 * weights + 4 * 2 * 32 * 2 * 8 * 128 * 1000
    assert baselines.roofline_s(points)[0] == pytest.approx(n_bytes / (2 * 3.35e12), rel=1e-9)
    crowd = points.assign(batch_per_instance=4096, context_len=0)
    assert baselines.roofline_s(crowd)[0] == pytest.approx(4096 * 2 * weights / (2 * 989.5e12), rel=1e-9)


def test_the_bare_roofline_of_experts_by_hand() -> None:
    """Mixtral 8x7B on two H100s: 32 layers of 4096, 32 heads of 128 over 8, two of eight experts 14336 wide."""
    row = {"model_id": "mixtral-8x7b", "accelerator_id": "h100-sxm", "weight_precision": "fp8", "kv_format": "fp8"}
    points = pd.DataFrame([{**row, "gpus_per_instance": 2, "batch_per_instance": 3, "context_len": 1000}])
    attention, router, expert = 4096 * 128 * (2 * 32 + 2 * 8), 4096 * 8, 3 * 4096 * 14336
    # Three tokens leave (6/8)³ of the experts alone; weights and cache of a byte, the unembedding of two.
    touched = 8 * (1 - (6 / 8) ** 3)
    weights = 32 * (attention + router + touched * expert) + 2 * 32000 * 4096
    cache = 3 * 32 * 2 * 8 * 128 * 1000
    assert baselines.roofline_s(points)[0] == pytest.approx((weights + cache) / (2 * 3.35e12), rel=1e-9)
    crowd = points.assign(batch_per_instance=4096, context_len=0)
    narrow, wide = 32 * (attention + router + 2 * expert), 32000 * 4096
    flop_s = 4096 * 2 * (narrow / 1979e12 + wide / 989.5e12)
    assert baselines.roofline_s(crowd)[0] == pytest.approx(flop_s / 2, rel=1e-9)


def test_the_published_model_takes_the_fastest_layout_of_the_same_gpus() -> None:
    row = {"model_id": "llama-3.1-8b", "accelerator_id": "h100-sxm", "weight_precision": "bf16"}
    setup = {**row, "gpus_per_instance": 4, "context_len": 1000}
    below_one, one, eight = baselines.published_s(
        pd.DataFrame([{**setup, "batch_per_instance": b} for b in (0.5, 1, 8)])
    )
    assert below_one == one < eight
    expected = token_latency("reference", "llama-3.1-8b", "h100-sxm", 4.0, 8.0, context_tokens=1000)
    assert eight == pytest.approx(float(expected), rel=1e-12)


def test_no_prediction_beats_the_bare_roofline() -> None:
    points = shipped_points()
    ratio = predict(points)["predicted_tpot_ms"] / (baselines.roofline_s(points) * 1e3)
    assert ratio.min() > 1


def test_what_the_front_page_says_of_the_published_model_is_what_was_measured() -> None:
    points = shipped_points()
    found = errors(baselines.published_s(points) * 1e3, points["tpot_ms"])
    told = published_error()
    assert told.median == pytest.approx(found.median, abs=0.005)
    assert told.bias == pytest.approx(found.bias, abs=0.005)
