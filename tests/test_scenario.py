"""A scenario: presets of the catalog, changes by keyword, and changes that an engine proposes."""

import pytest

from infecon_core import NothingFits, Scenario, frontier
from infecon_core.scenario import infeasible

SCENARIO = Scenario.preset("llama-3.1-70b", "h100-sxm")


def test_changes_take_the_keywords_of_presets() -> None:
    changed = SCENARIO.changed(weights="fp8", price_usd_per_gpu_hour=2.1, prompt_tokens=8000, overlap=0.5)
    assert changed == Scenario.preset(
        "llama-3.1-70b", "h100-sxm", weights="fp8", price_usd_per_gpu_hour=2.1, prompt_tokens=8000, overlap=0.5
    )
    assert changed.changed() == changed
    assert SCENARIO.precision.weights == "bf16"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"weights": "fp12"}, "'weights' cannot be 'fp12'"),
        ({"engine": "third"}, "'engine' cannot be 'third'"),
        ({"gpus": 8}, "'gpus' is not a field that is known here"),
        ({"acceptance": 0.5}, "'acceptance' needs a draft model"),
    ],
)
def test_changes_that_a_scenario_does_not_take_are_refused_where_they_are_proposed(changes, sentence) -> None:
    with pytest.raises(ValueError, match=sentence):
        SCENARIO.changed(**changes)
    with pytest.raises(ValueError, match=sentence) as refused:
        infeasible(SCENARIO, "It does not fit.", changes)
    assert not isinstance(refused.value, NothingFits)


@pytest.mark.parametrize(
    ("model", "accelerator", "changes"),
    [
        ("llama-3.1-405b", "h100-sxm", {"max_gpus": 8}),
        ("llama-3.1-405b", "h100-sxm", {"max_gpus": 8, "engine": "published"}),
        ("llama-3.1-8b", "h100-sxm", {"demand_tokens_per_s": 1.0}),
        ("llama-3.1-8b", "h100-sxm", {"demand_tokens_per_s": 0.1, "engine": "published"}),
        ("deepseek-v3", "h200-sxm", {"engine": "published", "speculation": {"kind": "self_draft"}}),
    ],
)
def test_what_an_engine_proposes_gives_a_frontier(model, accelerator, changes) -> None:
    scenario = Scenario.preset(model, accelerator, **changes)
    with pytest.raises(NothingFits) as found:
        frontier(scenario)
    assert found.value.changes
    assert len(frontier(scenario.changed(**found.value.changes))) > 1
