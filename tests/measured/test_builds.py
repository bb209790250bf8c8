"""Builds of serving software: what no version tells apart is one."""

import numpy as np
import pandas as pd

from infecon_core.measured.builds import builds_of, days


def _points(*software: str) -> pd.DataFrame:
    """Points of one model on one accelerator."""
    return pd.DataFrame(
        {"model_id": "m", "accelerator_id": "a", "serving_software": software, "date": ["2026-01-01"] * len(software)}
    )


def test_what_no_version_tells_apart_is_one_build() -> None:
    points = _points("vllm 1", "vllm", "vllm", "vllm 2", "sglang", "dynamo-sglang", "vllm 1")
    points["date"] = ["2026-01-01", "2026-01-15", "2026-01-29", "2026-02-12", "2026-01-01", "2026-01-02", "2026-06-01"]
    builds = builds_of(points)
    # A chain of fortnights joins two versions, and a version stays one build whenever it was measured.
    assert builds[0] == builds[1] == builds[2] == builds[3] == builds[6]
    assert builds[4] == builds[5] != builds[0]
    apart = points.assign(date=points["date"].replace("2026-01-29", "2026-01-30"))
    builds = builds_of(apart)
    assert builds[0] == builds[1] == builds[6] != builds[2] == builds[3]
    # Another accelerator's rows join nothing.
    builds = builds_of(points.assign(accelerator_id=["a", "b", "a", "a", "a", "a", "a"]))
    assert len(set(builds)) == 4


def test_what_follows_a_version_is_no_other_version() -> None:
    points = _points("TensorRT-LLM 0.5", "trtllm 0.5 (launch)", "trtllm 0.6")
    first, second, third = builds_of(points)
    assert first == second != third


def test_dates_of_months_and_nonsense() -> None:
    found = days(pd.DataFrame({"date": ["1970-01-02", "1970-02", "soon", None]}))
    assert found[:2].tolist() == [1, 31]
    assert np.isnan(found[2:]).all()
