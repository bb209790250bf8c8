"""Words that the charts share."""

import math

import pytest

from infecon_core import Scenario
from infecon_ui.scaling import words

SCENARIO = Scenario.preset("llama-3.1-70b", "h100-sxm", weights="fp8", kv="fp8", max_gpus=8)


def test_conditions_name_the_cache_where_its_format_differs() -> None:
    assert words.conditions(SCENARIO) == ("Llama 3.1 70B in FP8 on H100 SXM, up to 8 GPUs, context of 1,500 tokens")
    assert "in FP8, BF16 KV cache on" in words.conditions(SCENARIO.changed(kv="bf16"))
    assert words.conditions(SCENARIO, model=False).startswith("Weights in FP8 on")


@pytest.mark.parametrize("engine", ["serving", "published"])
def test_sources_say_that_it_is_a_model(engine: str) -> None:
    text = words.source(SCENARIO.changed(engine=engine))
    assert text.endswith(". Model, not measurement.")
    assert ".." not in text


def test_an_exponent_is_the_laws_within_two_errors_or_nearly() -> None:
    assert words.is_law(0.559, 0.03, 0.5)
    assert not words.is_law(0.57, 0.03, 0.5)
    assert words.is_law(0.52, math.nan, 0.5)
    assert not words.is_law(0.54, math.nan, 0.5)


def test_a_large_error_tells_nothing() -> None:
    assert words.against(0.5, 0.2, 0.5, "square root") == "too uncertain to be held against the paper's square root"
    assert words.is_known(math.nan, 0.5)
