"""Sets of measured points made by hand."""

import pandas as pd

from infecon_core.schema import Precision
from infecon_core.validation.frontier_scores import ScoredSet
from infecon_core.validation.measured_frontiers import Curve, MeasuredSet


def measured_set(
    speed: list[float], throughput: list[float], software: list[str] | None = None, model_id: str = "qwen3-32b"
) -> MeasuredSet:
    """A set with these points; all of vLLM where nothing else is said."""
    points = pd.DataFrame({"tokens_per_s_user": speed, "tokens_per_s_per_gpu": throughput})
    points["software"] = software or ["vLLM"] * len(speed)
    return MeasuredSet(model_id, "h100-sxm", Precision(weights="fp8", kv="fp8"), 1024.0, 1024.0, 922, 922, 8, points)


def scored_set(measured: MeasuredSet, speed: list[float], throughput: list[float]) -> ScoredSet:
    """A set beside a frontier of ours."""
    return ScoredSet(measured, Curve.of(speed, throughput))
