"""The choices that the schema gives, and a field that is new to it."""

from typing import Annotated, get_args

import pytest

from infecon_core import catalog
from infecon_core.catalog.acceptance import curves
from infecon_core.catalog.constants import records, shipped
from infecon_core.choices import CONSTANT_RATE, Choices, Option, Quantity, choices, layer_headings
from infecon_core.choices.registry import names
from infecon_core.scenario import Scenario
from infecon_core.schema import DraftModel, SelfDraft
from infecon_core.schema.field import Section, about

TOP = [
    *("model", "prompt", "output", "at", "ttft", "gpu", "price", "basis", "max", "demand", "disagg", "w", "kv", "act"),
    *("spec", "draft", "curve", "acceptance", "gamma", "selflayers", "selfgamma", "engine"),
    *("overlap", "cp", "variant", "pp", "scaledown", "traffic", "acap", "bcap", "launch"),
]


def test_keys_of_links_stay() -> None:
    keys = [key for key in choices() if not key.startswith(("m_", "a_", "s_"))]
    assert [key for key in keys if key in TOP] == TOP
    deepseek = choices("deepseek-v3")
    assert {"m_hidden_size", "m_kv_lora_rank", "m_kv_lora_rank_2", "m_num_experts_per_tok_2", "a_hbm"} <= set(deepseek)
    assert [key for key in deepseek if key.startswith("s_")] == [f"s_{name}" for name in records()]


def test_choices_stand_in_the_order_of_the_sidebar() -> None:
    sections = [choice.facts.section for choice in choices("deepseek-v3", "mi300x").values()]
    assert sections == sorted(sections, key=get_args(Section).index)
    assert set(sections) == set(get_args(Section))


@pytest.mark.parametrize("model_id", catalog.models())
def test_groups_of_layers_have_headings_of_their_own(model_id: str) -> None:
    shape = catalog.model(model_id).architecture
    headings = layer_headings(shape)
    assert len(set(headings)) == len(headings) == len(shape.layer_groups)
    shown = dict.fromkeys(c.heading for c in choices(model_id).values() if c.facts.section == "model" and c.heading)
    assert tuple(shown) == headings


def test_formats_are_the_released_ones_or_for_16_bits_the_usual_ones() -> None:
    formats = {
        model_id: tuple(choices(model_id)[key].default for key in ("w", "kv", "act"))
        for model_id in ("llama-3.1-70b", "gpt-oss-120b", "erdil-Llama_3_70B")
    }
    assert formats["llama-3.1-70b"] == ("fp8", "bf16", "bf16")
    assert formats["gpt-oss-120b"] == ("fp4", "bf16", "bf16")
    assert formats["erdil-Llama_3_70B"] == ("bf16", "bf16", "bf16")


def test_every_constant_is_a_choice_with_its_unit_meaning_and_evidence() -> None:
    for name, record in records().items():
        choice = choices()[f"s_{name}"]
        assert isinstance(choice, Quantity)
        assert choice.default is not None
        assert choice.stored(choice.default) == pytest.approx(getattr(shipped(), name), rel=1e-12)
        assert choice.minimum <= choice.default <= choice.maximum
        assert choice.help.startswith(record["meaning"])
        assert record["evidence"] in choice.help


def test_measured_acceptances_have_names_of_their_own() -> None:
    curve = choices()["curve"]
    assert isinstance(curve, Option)
    assert curve.options.keys() == {CONSTANT_RATE, *curves()}
    assert len(set(curve.options.values())) == len(curve.options)


def test_curves_of_the_model_come_first_and_others_say_so() -> None:
    own = ["qwen3.5-397b-mtp-direct", "qwen3.5-397b-mtp-thinking"]
    curve = choices("qwen3.5-397b-a17b")["curve"]
    assert isinstance(curve, Option)
    assert list(curve.options)[:3] == [CONSTANT_RATE, *own]
    foreign = {key for key, label in curve.options.items() if label.endswith("(another model)")}
    assert foreign == curves().keys() - set(own)
    elsewhere = choices("deepseek-v3")["curve"]
    assert isinstance(elsewhere, Option)
    assert all(label.endswith("(another model)") for key, label in elsewhere.options.items() if key != CONSTANT_RATE)


@pytest.mark.parametrize("kind", ["models", "accelerators", "curves"])
def test_names_differ(kind: str) -> None:
    assert len(set(names(kind).values())) == len(names(kind))


def test_what_drafts_have_in_common_is_at_the_default_of_the_one_that_drafts() -> None:
    for word, draft in (("off", DraftModel), ("draft", DraftModel), ("self", SelfDraft)):
        assert choices(drafts=word)["acceptance"].default == draft.model_fields["acceptance"].default
    # Nothing else depends on it.
    differ = {key for key, choice in choices(basis="rent_3y", drafts="self").items() if choice != choices()[key]}
    assert differ == {"acceptance", "price"}


class WithQueue(Scenario):
    queue_s: Annotated[float, about("Queue", "Time that a request waits.", unit="s", ge=0, le=60)] = 1


def test_a_new_field_is_a_choice() -> None:
    choice = choices(schema=WithQueue)["queue_s"]
    assert (choice.label, choice.help, choice.default) == ("Queue (s)", "Time that a request waits.", 1.0)
    assert "queue_s" not in choices()
    chosen, faults = Choices.parse("queue_s=5", WithQueue)
    assert (faults, chosen.text()) == ((), "queue_s=5")
    scenario = chosen.scenario()
    assert isinstance(scenario, WithQueue)
    assert scenario.queue_s == 5
