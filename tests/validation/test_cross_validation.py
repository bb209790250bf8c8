"""What is left out has no say in its own prediction."""

import numpy as np

from infecon_core.catalog.measurements import shipped_points
from infecon_core.validation import cross_validation
from infecon_core.validation.fit import Fitter


def test_a_model_left_out_has_no_say_in_its_prediction() -> None:
    points = shipped_points()
    points = points[points["model_id"].isin(["qwen3-32b", "llama-3.1-8b", "gpt-j-6b"])].reset_index(drop=True)
    before = cross_validation.predictions_of(Fitter(points))["without_model_ms"]
    own = points["model_id"] == "qwen3-32b"
    points.loc[own, "tpot_ms"] *= 3
    after = cross_validation.predictions_of(Fitter(points))["without_model_ms"]
    np.testing.assert_array_equal(before[own], after[own])
    assert (before[~own] != after[~own]).any()


def test_groups_are_scored_without_what_they_are_of() -> None:
    assert cross_validation.left_out_column("accelerator_id") == "without_accelerator_ms"
    for grouped_by in ("model_id", "software", "weights", "kind"):
        assert cross_validation.left_out_column(grouped_by) == "without_model_ms"
