"""What is known of drafts."""

import pytest
from pydantic import ValidationError

from infecon_core import Scenario, catalog
from infecon_core.catalog import drafts
from infecon_core.catalog.acceptance import curves
from infecon_core.schema import DraftModel, SelfDraft, sentence

QWEN = catalog.model("qwen3.5-397b-a17b")
LLAMA = catalog.model("llama-3.1-70b")
SMALL = catalog.model("llama-3.2-1b")
OWN = curves()["qwen3.5-397b-mtp-direct"]
FOREIGN = curves()["kimi-k2.5-eagle3-direct"]


def test_models_with_layers_for_drafting_name_their_source() -> None:
    own = {entry.id: entry.mtp for entry in catalog.models().values() if entry.mtp is not None}
    assert {"deepseek-v3", "deepseek-r1", "deepseek-v3.2", "glm-5", "qwen3.5-397b-a17b", "minimax-m2"} <= own.keys()
    # Released without: the configuration of Kimi K2 says 0 layers.
    assert not {"kimi-k2", "llama-3.1-70b", "gpt-oss-120b"} & own.keys()
    for mtp in own.values():
        assert (mtp.layers, mtp.kind) == (1, "published")
        assert mtp.source
        assert mtp.date


def test_where_the_layers_come_from() -> None:
    assert drafts.own_draft(QWEN.architecture) == QWEN.mtp
    assert drafts.own_draft(QWEN.architecture.model_copy(update={"hidden_size": 1000})) == QWEN.mtp
    assert drafts.origin(QWEN.architecture).startswith("One layer for multi-token prediction (MTP): part of Qwen3.5")
    assert drafts.own_draft(LLAMA.architecture) is None
    assert "must be trained or obtained" in drafts.origin(LLAMA.architecture)


def test_curves_name_models_of_the_catalog() -> None:
    for curve in curves().values():
        assert all(model_id in catalog.models() for model_id in curve.model_ids)
    assert [key for key, curve in curves().items() if curve.model_ids] == [
        "qwen3.5-397b-mtp-direct",
        "qwen3.5-397b-mtp-thinking",
    ]


def measured(curve, draft=SelfDraft, **fields):
    return draft(accepted_lengths=curve.accepted_lengths, measured_on=curve.name, **fields)


def test_a_curve_of_another_model_is_said_to_be_of_another() -> None:
    assert drafts.measured_elsewhere(None, QWEN.architecture) == ""
    assert drafts.measured_elsewhere(SelfDraft(), QWEN.architecture) == ""
    assert drafts.measured_elsewhere(SelfDraft(accepted_lengths=(1.5,)), QWEN.architecture) == ""
    assert drafts.measured_elsewhere(measured(OWN), QWEN.architecture) == ""
    assert drafts.measured_elsewhere(measured(FOREIGN), QWEN.architecture) == f"on another model ({FOREIGN.name})"
    assert drafts.measured_elsewhere(measured(OWN), LLAMA.architecture) == f"on another model ({OWN.name})"


def test_a_curve_of_another_kind_of_draft_is_said_to_be_of_this_model() -> None:
    by_another = measured(OWN, DraftModel, architecture=SMALL.architecture)
    told = f"with another kind of draft ({OWN.name})"
    assert drafts.measured_elsewhere(by_another, QWEN.architecture) == told
    assert drafts.elsewhere(OWN, QWEN.architecture, "draft_model") == told
    assert drafts.elsewhere(OWN, QWEN.architecture, "self_draft") == ""
    # Another model is the greater difference.
    assert drafts.elsewhere(OWN, LLAMA.architecture, "draft_model") == f"on another model ({OWN.name})"


def test_words_of_ones_own_stand_for_themselves() -> None:
    logs = SelfDraft(accepted_lengths=(1.8,), measured_on="Our logs of Llama 3.1 70B, May")
    assert drafts.measured_elsewhere(logs, LLAMA.architecture) == ""
    assert drafts.measured_elsewhere(logs, QWEN.architecture) == f"on {logs.measured_on}"


def test_what_stands_behind_an_acceptance() -> None:
    assert drafts.evidence(SelfDraft(acceptance=0.65), QWEN.architecture) == (
        "An acceptance of 0.65 is assumed for every drafted token."
    )
    assert drafts.evidence(measured(OWN), QWEN.architecture) == (
        "The tokens a round were measured on Qwen3.5-397B-A17B, MTP, direct answers; other prompts give others."
    )
    assert drafts.evidence(measured(FOREIGN), QWEN.architecture) == (
        f"The tokens a round were measured on another model ({FOREIGN.name}); others accept more or fewer."
    )
    by_another = measured(OWN, DraftModel, architecture=SMALL.architecture)
    assert drafts.evidence(by_another, QWEN.architecture) == (
        f"The tokens a round were measured with another kind of draft ({OWN.name}); others accept more or fewer."
    )
    given = SelfDraft(accepted_lengths=(1.5,))
    assert "given with the scenario" in drafts.evidence(given, QWEN.architecture)


@pytest.mark.parametrize(
    ("lengths", "right"),
    [
        ([5, 1], "at most one token more than it drafts, 2 for 1; got 5"),
        ([1.8, 60], "cannot be 60: input should be less than or equal to 17"),
        ([1.8, 2.6, 1.9], "a longer draft gives no fewer tokens a round, but 1.9 for 3 follow 2.6"),
    ],
)
def test_impossible_curves_are_refused_in_one_sentence(lengths: list[float], right: str) -> None:
    with pytest.raises(ValidationError) as caught:
        SelfDraft(accepted_lengths=lengths)
    said = sentence(caught.value)
    assert right in said
    assert "\n" not in said
    assert said.endswith(".")
    with pytest.raises(ValueError, match="accepted_lengths"):
        Scenario.preset("deepseek-v3", "h200-sxm", speculation={"kind": "self_draft", "accepted_lengths": lengths})


def test_what_was_measured_on_travels_with_the_lengths() -> None:
    scenario = Scenario.preset("deepseek-v3", "h200-sxm", speculation=measured(FOREIGN))
    assert Scenario.model_validate_json(scenario.model_dump_json()) == scenario
