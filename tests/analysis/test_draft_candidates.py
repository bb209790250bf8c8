"""Who could draft for a model."""

import pytest

from infecon_core import Scenario, catalog
from infecon_core.analysis.draft_candidates import (
    LARGEST_CANDIDATE,
    LARGEST_DRAFT,
    assumed,
    at_acceptance,
    candidates,
    small_relatives,
    with_draft,
)
from infecon_core.choices import Choices
from infecon_core.schema import DraftModel, SelfDraft

STATED = {"model_acceptance": 0.8, "own_acceptance": 0.7, "longest": 5}


def test_relatives_share_family_and_vocabulary_and_are_small() -> None:
    model = catalog.model("llama-3.1-70b")
    ids = [entry.id for entry in small_relatives(model.architecture)]
    assert ids == ["llama-3.2-1b", "llama-3.2-3b"]
    assert "llama-3.1-8b" in [entry.id for entry in small_relatives(model.architecture, LARGEST_CANDIDATE)]
    for entry in small_relatives(model.architecture, LARGEST_CANDIDATE):
        assert entry.family == model.family
        assert entry.architecture.vocab_size == model.architecture.vocab_size
        assert entry.architecture.total_params <= LARGEST_CANDIDATE * model.architecture.total_params
    # Of Qwen's 0.6B to 14B none has the vocabulary of Qwen3.5.
    assert small_relatives(catalog.model("qwen3.5-27b").architecture) == ()
    assert LARGEST_DRAFT < LARGEST_CANDIDATE


@pytest.mark.parametrize(
    ("model", "engine", "who", "name"),
    [
        ("deepseek-v3", "serving", "own", "1 layer of its own (MTP)"),
        ("llama-3.1-70b", "serving", "model", "Llama 3.2 1B"),
        ("llama-3.1-70b", "published", "model", "Llama 3.2 1B"),
        ("gpt-oss-120b", "serving", "head", "a trained head of 1 layer (EAGLE)"),
    ],
)
def test_who_is_assumed_to_draft(model: str, engine: str, who: str, name: str) -> None:
    scenario = Scenario.preset(model, "h100-sxm", engine=engine)
    found = assumed(scenario)
    assert found is not None
    assert (found.who, found.name) == (who, name)
    assert found.scenario.changed(speculation=None) == scenario


def test_nobody_drafts_where_the_engine_takes_models_alone() -> None:
    assert assumed(Scenario.preset("gpt-oss-120b", "h100-sxm", engine="published")) is None


def test_what_the_scenario_says_stands() -> None:
    scenario = Scenario.preset("deepseek-v3", "h200-sxm", speculation=SelfDraft(acceptance=0.55))
    found = assumed(scenario)
    assert found is not None
    assert (found.who, found.scenario, dict(found.changes)) == ("chosen", scenario, {})
    first, *_ = candidates(scenario, **STATED)
    assert first == found


def test_measured_drafts_of_the_models_own_are_candidates_too() -> None:
    first, second, *_ = candidates(Scenario.preset("qwen3.5-397b-a17b", "b200-hgx"), **STATED)
    assert first.scenario.speculation is not None
    assert first.scenario.speculation.accepted_lengths
    assert second.scenario.speculation == SelfDraft(acceptance=0.7, max_draft_tokens=5)


@pytest.mark.parametrize("model", ["llama-3.1-70b", "deepseek-v3", "gpt-oss-120b", "qwen3-235b-a22b"])
@pytest.mark.parametrize("before", ["off", "self", "draft"])
def test_what_turns_a_candidate_on_leads_to_its_draft(model: str, before: str) -> None:
    choices = Choices().with_values(model=model, gpu="h200-sxm", spec=before)
    if before != "off":
        choices = choices.with_values(curve="kimi-k2.5-eagle3-direct")
    found = candidates(choices.scenario(), **STATED)
    assert found
    for candidate in found:
        if candidate.who != "chosen":
            assert choices.apply(candidate.changes).scenario() == candidate.scenario


def test_candidates_have_what_was_stated() -> None:
    found = candidates(Scenario.preset("llama-3.1-70b", "h100-sxm"), **STATED)
    assert [one.name for one in found] == [
        "a trained head of 1 layer (EAGLE)",
        "Llama 3.2 1B",
        "Llama 3.2 3B",
        "Llama 3.1 8B",
    ]
    drafts = [one.scenario.speculation for one in found]
    assert [draft.acceptance for draft in drafts if draft] == [0.7, 0.8, 0.8, 0.8]
    assert {draft.longest for draft in drafts if draft} == {5}
    assert all(isinstance(draft, DraftModel) for draft in drafts[1:])


def test_an_acceptance_takes_the_place_of_what_was_measured() -> None:
    scenario = Scenario.preset("deepseek-v3", "h200-sxm", speculation=SelfDraft(accepted_lengths=(1.9, 2.5)))
    found = at_acceptance(scenario, 0.6)
    assert found.speculation == SelfDraft(acceptance=0.6)
    with pytest.raises(ValueError, match="no draft"):
        at_acceptance(scenario.changed(speculation=None), 0.6)
    assert with_draft(scenario, max_draft_tokens=7).speculation == SelfDraft(
        accepted_lengths=(1.9, 2.5), max_draft_tokens=7
    )
