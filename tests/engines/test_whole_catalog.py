"""Every model on every accelerator gives a frontier whose numbers hold together, or one sentence on why it has none."""

import itertools
from typing import get_args

import numpy as np
import pandas as pd
import pytest

from infecon_core import NothingFits, Scenario, catalog, frontier
from infecon_core.schema import FIVE_TIMES, Format
from infecon_core.schema.frontier import COLUMNS

MODELS, ACCELERATORS = tuple(catalog.models()), tuple(catalog.accelerators())
# With its own formats every model is asked on every accelerator; of the others one each in turn, so that each meets
# every model and every accelerator. So do lengths.
FORMATS = tuple(itertools.product(get_args(Format), ("bf16", "fp8", "fp4")))
LENGTHS = ((1000, 1000), (100, 8000), (32_000, 1000), (200_000, 4000))
# What an engine may not know: NaN in all rows.
UNKNOWN = {
    "serving": {
        "kwh_per_million_tokens",
        "kwh_per_million_tokens_drawn",
        "power_share",
        "tokens_per_s_per_mw",
        "tokens_per_s_per_mw_drawn",
    }
}
UNKNOWN["published"] = UNKNOWN["serving"] | {
    "ttft_s",
    "end_to_end_s",
    "usd_per_million_tokens_blended",
    "workspace_bytes_per_gpu",
    "idle_gpus",
    "beyond_measured",
}


def faults(frame: pd.DataFrame, engine: str) -> list[str]:
    """What does not hold together in a frontier."""
    numbers = frame.select_dtypes("number")
    unknown = {str(name) for name in frame if frame[name].isna().any()}
    shares = numbers[["mfu", "mbu", "power_share"]].fillna(0)
    held = frame["weight_bytes_per_gpu"] + frame["kv_bytes_per_gpu"] + frame["workspace_bytes_per_gpu"].fillna(0)
    checks = {
        "columns": tuple(frame.columns) == tuple(COLUMNS) and len(frame) > 0,
        "unknown": unknown <= UNKNOWN[engine] and all(frame[name].isna().all() for name in unknown),
        "finite": not np.isinf(numbers.to_numpy(dtype=float)).any(),
        "not negative": bool((numbers.fillna(0) >= 0).all(axis=None)),
        "slower": bool((np.diff(frame["tokens_per_s_user"]) < 0).all()),
        "cheaper": bool((np.diff(frame["usd_per_million_tokens"]) < 0).all()),
        "shares": bool((shares <= 1).all(axis=None)),
        "sum": np.allclose(frame[list(FIVE_TIMES)].sum(axis=1), frame["tpot_s"], rtol=1e-9, atol=0),
        "memory": bool((held <= frame["hbm_bytes_per_gpu"] * (1 + 1e-9)).all()),
    }
    return [name for name, holds in checks.items() if not holds]


def told(scenario: Scenario) -> list[str]:
    """What is wrong with the answer to a scenario: faults of its frontier, or of the sentence in its place."""
    try:
        frame = frontier(scenario)
    except NothingFits as reason:
        text = str(reason)
        return [] if text.endswith(".") and "\n" not in text and len(text) < 400 else [text]
    return faults(frame, scenario.engine)


@pytest.mark.slow
@pytest.mark.parametrize("accelerator_id", ACCELERATORS)
def test_every_model_in_its_own_formats_and_in_others(accelerator_id: str) -> None:
    found = {}
    start = ACCELERATORS.index(accelerator_id)
    for i, model_id in enumerate(MODELS):
        weights, kv = FORMATS[(start + i) % len(FORMATS)]
        prompt, output = LENGTHS[(start + i // len(FORMATS)) % len(LENGTHS)]
        other = {"weights": weights, "kv": kv, "prompt_tokens": prompt, "output_tokens": output}
        for changes in ({}, other):
            if wrong := told(Scenario.preset(model_id, accelerator_id, **changes)):
                found[model_id, *changes.values()] = wrong
    assert found == {}


@pytest.mark.slow
@pytest.mark.parametrize("accelerator_id", ACCELERATORS)
def test_the_published_model_of_some(accelerator_id: str) -> None:
    start = ACCELERATORS.index(accelerator_id)
    variants = ("toy", "printed", "reference_2d", "reference_pipeline", "reference")
    found = {}
    for i, variant in enumerate(variants):
        model_id, (weights, kv) = MODELS[(7 * start + i) % len(MODELS)], FORMATS[(start + i) % len(FORMATS)]
        draft = {"draft": "llama-3.2-1b", "acceptance": 0.8} if i % 2 else {}
        scenario = Scenario.preset(
            model_id,
            accelerator_id,
            engine="published",
            variant=variant,
            weights=weights,
            kv=kv,
            prompt_tokens=LENGTHS[start % len(LENGTHS)][0],
            pipeline=bool(start % 2),
            **draft,
        )
        if wrong := told(scenario):
            found[model_id, variant, weights, kv] = wrong
    assert found == {}


def test_a_frontier_that_does_not_hold_together_is_found() -> None:
    frame = frontier(Scenario.preset("llama-3.1-8b", "h100-sxm"))
    assert faults(frame, "serving") == []
    assert faults(frame.assign(mfu=1.01), "serving") == ["shares"]
    assert faults(frame.iloc[::-1], "serving") == ["slower", "cheaper"]
    assert faults(frame.assign(memory_s=0.0), "serving") == ["sum"]
    assert faults(frame.assign(ttft_s=np.nan), "serving") == ["unknown"]
    assert faults(frame.assign(ttft_s=np.inf), "serving") == ["finite"]
    assert faults(frame.assign(kv_bytes_per_gpu=1e12), "serving") == ["memory"]
