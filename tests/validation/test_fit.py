"""The fit finds the constants that it should find."""

import numpy as np
import pandas as pd
import pytest

from infecon_core.catalog.constants import FITTED, priors
from infecon_core.catalog.measurements import shipped_points
from infecon_core.measured.predict import predict
from infecon_core.validation.fit import Fitter
from infecon_core.validation.ttft_fit import TtftFitter
from tests.support.fitting import fitter


def test_a_fit_recovers_the_constants_that_made_the_points() -> None:
    truth = priors().model_copy(
        update={"layer_overhead_s": 3e-5, "prompt_arithmetic_efficiency": 0.6, "expert_layer_overhead_s": 2.5e-5}
    )
    points = shipped_points()
    points["tpot_ms"] = predict(points, truth)["predicted_tpot_ms"]
    found = Fitter(points).fit()
    for name in (
        "layer_overhead_s",
        "prompt_arithmetic_efficiency",
        "expert_layer_overhead_s",
        "weight_read_efficiency",
    ):
        assert getattr(found, name) == pytest.approx(getattr(truth, name), rel=0.05), name  # the priors pull a little


def test_without_points_the_priors_stay() -> None:
    nothing = np.zeros(len(fitter().points), dtype=bool)
    for name in FITTED:
        assert getattr(fitter().fit(nothing), name) == pytest.approx(getattr(priors(), name), rel=1e-6)


def test_one_point_moves_the_constants_little_and_many_move_them_far() -> None:
    """A prior weighs as much as a point: one that takes twice as long is not met, thirty of them are."""
    setup = {"model_id": "llama-3.1-8b", "accelerator_id": "h100-sxm", "weight_precision": "bf16"}
    one = pd.DataFrame([{**setup, "gpus_per_instance": 1, "batch_per_instance": 8, "context_len": 1000}])
    expected_s = predict(one, priors())["predicted_tpot_ms"].iloc[0] * 1e-3
    one = one.assign(tpot_ms=2e3 * expected_s)
    few, many = Fitter(one), Fitter(pd.concat([one] * 30))
    ratio = few.predicted_s(few.fit())[0] / expected_s
    assert 1 < ratio < 1.1
    assert many.predicted_s(many.fit())[0] / expected_s == pytest.approx(2, rel=0.02)


def test_a_group_of_two_is_not_predicted_without_itself() -> None:
    points = shipped_points()
    points = points[points["model_id"] == "qwen3-32b"].head(8)
    few = Fitter(points).leave_out(pd.Series(["a", "a", "b", "b", "b", "c", "c", "c"]))
    assert np.isnan(few).tolist() == [True, True, *[False] * 6]


def test_a_fit_without_some_points_is_kept() -> None:
    points = shipped_points()
    part = Fitter(points[points["model_id"].isin(["qwen3-32b", "gpt-j-6b"])].groupby("model_id").head(12))
    held = (part.points["model_id"] == "gpt-j-6b").to_numpy()
    assert part.without(held) == part.fit(~held)
    assert part.without(held) is part.without(held.copy())
    assert part.without(~held) != part.without(held)


def test_rows_that_memory_cannot_hold_are_neither_fitted_nor_scored() -> None:
    """70 billion weights of two bytes on one GPU of 80 GB; the row before fits."""
    setup = {"accelerator_id": "h100-sxm", "weight_precision": "bf16", "gpus_per_instance": 1, "batch_per_instance": 8}
    setup |= {"context_len": 1100, "isl": 1000, "osl": 200, "batch_kind": "client_concurrency"}
    rows = [
        {**setup, "model_id": name, "tpot_ms": 20.0, "ttft_ms": 200.0} for name in ("llama-3.1-8b", "llama-3.1-70b")
    ]
    found = Fitter(pd.DataFrame(rows))
    assert found.usable.tolist() == TtftFitter(found).usable.tolist() == [True, False]
    assert found.faults[0] == ""
    assert "more than its 80 GB" in found.faults[1]
    kept = Fitter(pd.DataFrame(rows), keep=True)
    assert kept.usable.tolist() == TtftFitter(kept).usable.tolist() == [True, True]
    with pytest.raises(ValueError, match="the first fault: weights and KV cache need"):
        Fitter(pd.DataFrame(rows[1:]))
