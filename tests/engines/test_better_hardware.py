"""Better hardware is neither dearer nor slower, but for the rounding of the grids that are searched.

The bounds are what the grids explain. The serving engine tries eight batches an octave, and the largest that is held
besides: more memory can lose that one. The published search keeps one setup for each of 1000 latency limits that start
at the fastest setup, and tries GPUs from the fewest that hold the weights: faster hardware moves the limits, more
memory the GPUs. One difference is no grid's: where all of the network may run under arithmetic and memory,
a faster step leaves less room under which a request's own prompt is hidden.
"""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from infecon_core import NothingFits, Scenario, at_speed, catalog, fastest, frontier
from infecon_core.paper.frontier import GRID, LIMITS, SLOWEST
from infecon_core.scenario import MAX_GPUS
from infecon_core.schema import Accelerator

pytestmark = pytest.mark.slow

ROUNDING = 1 + 1e-9
# Two neighbours among the batches of the serving engine.
BATCH_STEP = 2 ** (1 / 8)
# Faster hardware under a full overlap came out dearer by 0.06% at the most in a thousand cases.
OVERLAPPED = 1.002
# Two neighbours among the latency limits of the published search.
LIMIT_STEP = SLOWEST ** (1 / (LIMITS - 1))
# Two neighbours among its GPUs at the widest: no model here is held by less than a hundredth of a GPU.
GPU_STEP = (MAX_GPUS / 0.01) ** (1 / (GRID - 1))
MODELS = ("llama-3.1-8b", "qwen3-8b", "gemma-3-27b", "llama-3.1-70b", "mixtral-8x7b", "deepseek-v3")
PARTS = ("memory", "bandwidth", "arithmetic", "links", "latency")
FACTORS = (1.01, 1.1, 1.5, 2.0)


def cases(count: int) -> settings:
    return settings(max_examples=count, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def better(chip: Accelerator, part: str, factor: float) -> Accelerator:
    """An accelerator with one part of it better by a factor."""
    fields = {
        "memory": ["hbm_bytes"],
        "bandwidth": ["hbm_bytes_per_s"],
        "arithmetic": [],
        "links": ["scale_up_bytes_per_s", "scale_out_bytes_per_s"],
        "latency": ["allreduce_latency_s", "allreduce_latency_s_per_rank"],
    }[part]
    power = -1 if part == "latency" else 1
    changes: dict[str, Any] = {
        name: value * factor**power for name in fields if (value := getattr(chip, name)) is not None
    }
    if part == "arithmetic":
        peaks = {name: peak * factor for name, peak in chip.peaks if peak is not None}
        changes["peaks"] = chip.peaks.model_copy(update=peaks)
    return chip.model_copy(update=changes)


SHARED = {
    "max_gpus": st.sampled_from((1, 8, 16, 64)),
    "prompt_tokens": st.sampled_from((0, 500, 3000, 20_000)),
    "output_tokens": st.sampled_from((100, 1000, 4000)),
}
DRAFTS = st.sampled_from(
    (
        {},
        {"draft": "llama-3.2-1b", "acceptance": 0.3},
        {"draft": "llama-3.2-1b", "acceptance": 0.8},
    )
)
SELF_DRAFTS = st.sampled_from([{"speculation": {"kind": "self_draft", "acceptance": rate}} for rate in (0.3, 0.8)])
SERVING = st.fixed_dictionaries(
    {
        **SHARED,
        "weights": st.sampled_from(("bf16", "fp8", "fp4", "int4")),
        "pipelines": st.booleans(),
        "disaggregated": st.booleans(),
        "context_parallel": st.booleans(),
        "overlap": st.sampled_from((None, 0.0, 0.5, 1.0)),
        # Measurements of the accelerator as it is say nothing of a better one.
        "correction": st.just("off"),
    }
)
PUBLISHED = st.fixed_dictionaries(
    {
        **SHARED,
        "engine": st.just("published"),
        "variant": st.sampled_from(("toy", "printed", "reference_2d", "reference_pipeline", "reference")),
    }
)


def both(
    model_id: str, chip_id: str, changes: dict[str, Any], part: str, factor: float
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A frontier where there is one, and that on better hardware, which is never nothing."""
    try:
        scenario = Scenario.preset(model_id, chip_id, **changes)
        before = frontier(scenario)
    except (NothingFits, ValueError):
        reject()
    improved = better(scenario.accelerator, part, factor)
    return before, frontier(scenario.model_copy(update={"accelerator": improved}))


def price(frame: pd.DataFrame, speed: float) -> float:
    found = at_speed(frame, speed)
    return np.inf if found is None else float(found["usd_per_million_tokens"])


def speeds(frame: pd.DataFrame) -> list[float]:
    """Every point of a frontier, or about twenty of many."""
    rows = frame["tokens_per_s_user"].to_numpy()[:: max(1, len(frame) // 20)]
    return list(rows * (1 - 1e-12))


@given(
    st.sampled_from(MODELS),
    st.sampled_from(tuple(catalog.accelerators())),
    SERVING,
    st.one_of(DRAFTS, SELF_DRAFTS),
    st.sampled_from(PARTS),
    st.sampled_from(FACTORS),
)
@cases(150)
def test_the_serving_engine(
    model_id: str, chip_id: str, changes: dict[str, Any], draft: dict[str, Any], part: str, factor: float
) -> None:
    before, after = both(model_id, chip_id, {**changes, **draft}, part, factor)
    most = ROUNDING
    if part == "memory":
        most = BATCH_STEP
    elif changes["overlap"] == 1:
        most = OVERLAPPED
    assert fastest(after)["tokens_per_s_user"] * ROUNDING >= fastest(before)["tokens_per_s_user"]
    for speed in speeds(before):
        assert price(after, speed / ROUNDING) <= most * price(before, speed)


@given(
    st.sampled_from(MODELS),
    st.sampled_from(tuple(catalog.accelerators())),
    PUBLISHED,
    DRAFTS,
    st.sampled_from(PARTS),
    st.sampled_from(FACTORS),
)
@cases(100)
def test_the_published_engine(
    model_id: str, chip_id: str, changes: dict[str, Any], draft: dict[str, Any], part: str, factor: float
) -> None:
    before, after = both(model_id, chip_id, {**changes, **draft}, part, factor)
    slower = LIMIT_STEP * ROUNDING
    most = ROUNDING
    if part == "memory":
        most = GPU_STEP
        slower *= GPU_STEP
    assert fastest(after)["tokens_per_s_user"] * most * ROUNDING >= fastest(before)["tokens_per_s_user"]
    # Limits end at a hundred times the fastest: what is slower falls away as that gets faster.
    slowest = slower * fastest(after)["tokens_per_s_user"] / SLOWEST
    for speed in speeds(before):
        if speed >= slowest:
            assert price(after, speed / slower) <= most * price(before, speed)
