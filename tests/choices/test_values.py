"""What was chosen, as a value: defaults, differences, presets that are followed, text, scenarios."""

from typing import Any

import pytest

from infecon_core import catalog
from infecon_core.catalog.acceptance import curves
from infecon_core.catalog.constants import shipped
from infecon_core.choices import Choices, choices
from infecon_core.scenario import Scenario
from infecon_core.schema import DraftModel, SelfDraft
from infecon_core.schema.options import PublishedOptions, ServingOptions

START = Choices()


def test_nothing_chosen_is_a_real_scenario() -> None:
    assert START.scenario() == Scenario.preset("llama-3.1-70b", "h100-sxm", weights="fp8")
    assert START.changed() == {}
    assert START.text() == ""


@pytest.mark.parametrize("model_id", catalog.models())
def test_every_model_is_itself_until_customised(model_id: str) -> None:
    assert START.with_values(model=model_id).scenario().architecture == catalog.model(model_id).architecture


@pytest.mark.parametrize("accelerator_id", catalog.accelerators())
def test_every_accelerator_is_itself_until_customised(accelerator_id: str) -> None:
    chip = START.with_values(gpu=accelerator_id).scenario().accelerator
    assert chip == catalog.accelerator(accelerator_id).accelerator


@pytest.mark.parametrize("model_id", ["deepseek-v3", "gemma-3-27b", "jamba-v0.1", "gpt-oss-120b", "erdil-GPT_4"])
def test_every_number_of_a_model_reaches_its_shape(model_id: str) -> None:
    preset = Choices(model_id)
    for choice in preset.all.values():
        if not choice.key.startswith("m_"):
            continue
        value: Any = not choice.default if isinstance(choice.default, bool) else (choice.default or 0) + 1  # type: ignore[operator]
        if choice.key.startswith(("m_num_experts_per_tok", "m_num_key_value_heads")):
            value = (choice.default or 2) - 1 or choice.default  # type: ignore[operator]
        if value != choice.default:
            assert preset.with_values(**{choice.key: value}).scenario().architecture != preset.scenario().architecture


def test_values_are_equal_and_hashable_where_all_is_equal() -> None:
    one = START.with_values(prompt=2000, price=3)
    other = START.with_values(price=3.0).with_values(prompt=2000.0, output=1000)
    assert one == other
    assert hash(one) == hash(other)
    assert one != START
    assert one.with_values(prompt=1000, price=2.95) == START


def test_what_differs() -> None:
    chosen = START.with_values(model="deepseek-v3", m_kv_lora_rank_2=256, prompt=2000)
    assert chosen.changed() == {"model": "deepseek-v3", "m_kv_lora_rank_2": 256, "prompt": 2000}
    assert chosen.text() == "model=deepseek-v3&m_kv_lora_rank_2=256&prompt=2000"
    assert Choices.parse(chosen.text()) == (chosen, ())


def test_what_differs_from_other_choices() -> None:
    first = START.with_values(model="deepseek-v3", prompt=2000, a_hbm=96)
    assert first.with_values(gpu="b200-hgx").changed(first) == {"gpu": "b200-hgx"}
    # What is back at its default differs too.
    assert first.with_values(prompt=1000).query(first) == {"prompt": "1000"}
    assert first.with_values(a_hbm=80).query(first) == {"a_hbm": "80"}
    for other in (first.with_values(prompt=1000, gpu="mi300x", a_hbm=100), START, first):
        assert first.read(other.query(first)) == (other, ())


def test_a_self_draft_starts_at_its_own_acceptance() -> None:
    own, model = START.with_values(spec="self"), START.with_values(spec="draft")
    assert own.scenario().speculation == SelfDraft()
    assert (own.value("acceptance"), model.value("acceptance"), START.value("acceptance")) == (0.7, 0.8, 0.8)
    # The default of the kind is no change, that of the other one is, and what was chosen stays.
    assert own.with_values(acceptance=0.7) == own
    assert own.query() == {"spec": "self"}
    assert own.with_values(acceptance=0.8).query() == {"acceptance": "0.8", "spec": "self"}
    assert own.with_values(spec="draft") == model
    assert own.with_values(acceptance=0.65, spec="draft").value("acceptance") == 0.65
    for first in (START, own, model, own.with_values(acceptance=0.8), model.with_values(acceptance=0.7)):
        for other in (START, own, model, own.with_values(acceptance=0.8), model.with_values(acceptance=0.7)):
            assert first.read(other.query(first)) == (other, ())
        assert START.read(first.query(whole=True)) == (first, ())
    # An engine that does not know the draft leaves nothing of it.
    assert own.with_values(engine="published", acceptance=0.8) == START.with_values(engine="published")


def test_a_whole_query_names_everything_and_reads_back() -> None:
    chosen = START.with_values(gpu="b200-hgx", prompt=2000)
    query = chosen.query(whole=True)
    assert query.keys() == choices("llama-3.1-70b", "b200-hgx").keys()
    assert (query["gpu"], query["prompt"], query["m_num_layers"], query["a_hbm"]) == ("b200-hgx", "2000", "80", "180")
    assert START.read(query) == (chosen, ())


def test_another_model_drops_the_numbers_of_the_last_one_only() -> None:
    chosen = START.with_values(m_num_layers=40, a_hbm=96, prompt=500).with_values(model="deepseek-v3")
    assert chosen.changed() == {"model": "deepseek-v3", "a_hbm": 96.0, "prompt": 500}


def test_another_accelerator_drops_the_numbers_of_the_last_one_only() -> None:
    chosen = START.with_values(m_num_layers=40, a_hbm=96, price=1, launch=9).with_values(gpu="b200-hgx")
    assert chosen.changed() == {"gpu": "b200-hgx", "m_num_layers": 40}


def test_a_model_and_its_numbers_can_be_chosen_together() -> None:
    chosen = START.with_values(m_num_layers=40, model="deepseek-v3", m_num_layers_2=10)
    assert chosen.scenario().architecture.num_hidden_layers == 50


def test_formats_follow_the_model_unless_chosen() -> None:
    precision = START.with_values(kv="fp8").with_values(model="gpt-oss-120b").scenario().precision
    assert (precision.weights, precision.kv) == ("fp4", "fp8")


def test_numbers_arrive_in_si_units() -> None:
    numbers = {"a_hbm": 96, "a_bandwidth": 4.2, "a_fp4": None, "a_bf16": 1200, "launch": 4.2, "price": 1.5}
    chip = START.with_values(**numbers).scenario().accelerator
    assert (chip.hbm_bytes, chip.hbm_bytes_per_s, chip.peaks.fp4) == (96e9, 4.2e12, None)
    assert (chip.peaks.bf16, chip.kernel_launch_s, chip.price_usd_per_gpu_hour) == (1.2e15, 4.2e-6, 1.5)
    constants = START.with_values(s_layer_overhead_s=20, s_link_efficiency=0.5).scenario().serving.constants
    assert constants == shipped().model_copy(update={"layer_overhead_s": 20e-6, "link_efficiency": 0.5})


def test_options_of_the_engines() -> None:
    serving = START.with_values(disagg=True, overlap=0.3, cp=True).scenario().serving
    assert serving == ServingOptions(disaggregated=True, overlap=0.3, context_parallel=True)
    options = {"variant": "printed", "pp": False, "scaledown": False, "traffic": "early"}
    scenario = START.with_values(engine="published", **options).scenario()
    assert scenario.engine == "published"
    assert scenario.published == PublishedOptions(
        variant="printed", pipeline=False, attention_scaledown=False, traffic="early"
    )


def test_drafts_enter_only_when_they_are_on() -> None:
    chosen = START.with_values(draft="llama-3.2-3b", acceptance=0.6, gamma=7, selflayers=2.5, selfgamma=1)
    assert chosen.scenario().speculation is None
    small = catalog.model("llama-3.2-3b")
    assert chosen.with_values(spec="draft").scenario().speculation == DraftModel(
        architecture=small.architecture, precision=small.precision, acceptance=0.6, max_draft_tokens=7
    )
    own = chosen.with_values(spec="self")
    assert own.scenario().speculation == SelfDraft(layers=2.5, acceptance=0.6, max_draft_tokens=1)
    assert (own.enters("selfgamma"), own.enters("gamma"), own.enters("acceptance")) == (True, False, True)


def test_a_draft_that_the_engine_does_not_know_is_none() -> None:
    chosen = START.with_values(spec="self").with_values(engine="published")
    assert (chosen.value("spec"), chosen.scenario().speculation) == ("off", None)


@pytest.mark.parametrize("kind", ["draft", "self"])
def test_a_measured_acceptance_takes_the_place_of_the_rate(kind: str) -> None:
    key, curve = next(iter(curves().items()))
    chosen = START.with_values(spec=kind, curve=key)
    speculation = chosen.scenario().speculation
    assert chosen.curve == curve
    assert speculation is not None
    assert speculation.accepted_lengths == curve.accepted_lengths
    published = chosen.with_values(engine="published").scenario().speculation
    assert published is None or published.accepted_lengths == ()


def test_numbers_that_make_no_scenario_are_said_in_one_sentence() -> None:
    with pytest.raises(ValueError, match=r"^100 KV heads are more than 64 query heads; give at most as many KV heads"):
        START.with_values(m_num_key_value_heads=100).scenario()
    with pytest.raises(ValueError, match=r"^A scale-up domain of 8 needs a scale-up bandwidth.*\.$"):
        START.with_values(a_scaleup=None).scenario()


def test_a_key_that_there_is_not() -> None:
    with pytest.raises(ValueError, match="no choice 'colour'"):
        START.with_values(colour="red")


def test_changes_that_an_engine_offers() -> None:
    offered = {
        "engine": "published",
        "max_gpus": 3000,
        "weights": "fp4",
        "output_tokens": 0,
        "demand_tokens_per_s": 500,
    }
    chosen = START.apply(offered)
    assert chosen.text() == "output=0&max=4096&demand=500&w=fp4&engine=published"
    assert chosen.apply({"demand_tokens_per_s": None}).value("demand") is None


@pytest.mark.parametrize(
    ("changes", "query"),
    [
        ({"model": "deepseek-v3", "accelerator": "mi300x"}, "model=deepseek-v3&gpu=mi300x"),
        ({"draft": "llama-3.2-3b", "acceptance": 0.5}, "spec=draft&draft=llama-3.2-3b&acceptance=0.5"),
        ({"kernel_launch_s": 5e-6, "hbm_bytes": 96e9}, "a_hbm=96&launch=5"),
        ({"serving": {"overlap": 0.3, "disaggregated": True}}, "disagg=true&overlap=0.3"),
        ({"published": PublishedOptions(variant="toy")}, "variant=toy"),
        ({"layer_overhead_s": 2e-5}, "s_layer_overhead_s=20"),
        ({"max_gpus": 1}, "max=1"),
        ({"max_gpus": 8}, "max=8"),
    ],
)
def test_changes_are_keywords_of_the_preset(changes: dict[str, Any], query: str) -> None:
    assert START.apply(changes).text() == query


def test_speculation_can_be_switched_off() -> None:
    for off in ({"speculation": None}, {"draft": None}):
        assert START.with_values(spec="self").apply(off) == START


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"weight": "fp8"}, "'weight' is no keyword"),
        ({"topology": "torus"}, "'accelerator.topology' cannot be chosen"),
        ({"architecture": catalog.model("deepseek-v3").architecture}, "cannot be chosen"),
    ],
)
def test_changes_that_cannot_be_made_are_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        START.apply(changes)


def test_faults_say_what_would_be_right() -> None:
    chosen, faults = Choices.parse("model=lama-3.1-70b&price=0&a_hbn=80&promt=5&m_x=1&a_hbm=96&utm_source=mail")
    assert chosen == START.with_values(a_hbm=96)
    assert [fault.given for fault in faults] == ["model=lama-3.1-70b", "price=0", "a_hbn", "promt"]
    right = [fault.right for fault in faults]
    assert "llama-3.1-70b" in right[0]
    assert right[1] == "price is a number from 0.001 to 10,000"
    assert right[2:] == ["perhaps a_hbm", "perhaps prompt"]


def test_a_draft_that_the_engine_of_a_link_does_not_know_is_a_fault() -> None:
    chosen, faults = Choices.parse("engine=published&spec=self")
    assert chosen.text() == "engine=published"
    assert faults == (("spec=self", "spec is off or draft with the published engine"),)


# Price and basis


def priced(chosen: Choices) -> tuple[object, object]:
    """Price and basis of the scenario, which must be what the choices show."""
    scenario = chosen.scenario()
    shown = chosen.value("price"), chosen.value("basis")
    assert shown == (scenario.accelerator.price_usd_per_gpu_hour, scenario.price_basis)
    return shown


def test_the_price_follows_accelerator_and_basis() -> None:
    assert priced(START) == (2.95, "on_demand")
    assert priced(START.with_values(basis="rent_3y")) == (1.78, "rent_3y")
    assert priced(START.with_values(gpu="mi355x")) == (2.1, "rent_3y")
    assert START.with_values(gpu="mi355x").changed() == {"gpu": "mi355x"}
    assert START.with_values(gpu="mi355x").all["basis"].default == "rent_3y"
    assert START.with_values(basis="rent_3y").all["price"].default == 1.78
    assert START.with_values(basis="rent_3y").with_values(basis="on_demand") == START


def test_a_typed_price_is_on_its_own_basis() -> None:
    for start in (START, START.with_values(basis="rent_3y")):
        typed = start.with_values(price=4)
        assert priced(typed) == (4.0, "own")
        assert typed.text() == "price=4"
        assert typed.with_values(prompt=5, price=4).changed() == {"prompt": 5, "price": 4.0}
        assert priced(typed.with_values(basis="rent_3y")) == (1.78, "rent_3y")  # drops what was typed
        assert typed.with_values(price=2.95) == typed.with_values(price=None) == START
    assert START.with_values(price=2.95) == START
    assert START.with_values(basis="rent_3y", price=1.78) == START.with_values(basis="rent_3y")
    # The price of another basis, typed on this one, is a number by hand.
    assert priced(START.with_values(basis="rent_3y").with_values(price=2.95)) == (2.95, "own")


def test_an_own_basis_without_a_number_keeps_the_number() -> None:
    assert priced(START.with_values(basis="own")) == (2.95, "own")
    assert priced(START.with_values(basis="rent_3y").with_values(basis="own")) == (1.78, "own")
    assert priced(START.with_values(price=4).with_values(basis="own")) == (4.0, "own")
    assert priced(START.with_values(basis="own").with_values(prompt=5)) == (2.95, "own")


def test_another_accelerator_keeps_the_basis_but_no_price_by_hand() -> None:
    rented = START.with_values(basis="rent_3y")
    assert priced(rented.with_values(gpu="b200-hgx")) == (2.6, "rent_3y")
    assert priced(rented.with_values(gpu="mi355x").with_values(gpu="b200-hgx")) == (2.6, "rent_3y")
    assert priced(START.with_values(price=4).with_values(gpu="b200-hgx")) == (5.5, "on_demand")
    assert priced(START.with_values(basis="own").with_values(gpu="b200-hgx")) == (5.5, "on_demand")
    # What nobody chose does not outlive the accelerator that has no other price.
    assert START.with_values(gpu="mi355x").with_values(gpu="h100-sxm") == START
    assert priced(START.with_values(gpu="mi355x").with_values(gpu="tpu-v7x")) == (9.47, "on_demand")
    assert priced(START.with_values(gpu="mi355x").with_values(gpu="l40s")) == (1.5484, "on_demand")


def test_a_chosen_basis_without_a_price_is_said() -> None:
    gap = START.with_values(basis="rent_3y").with_values(gpu="l40s")
    assert (gap.value("basis"), gap.value("price")) == ("rent_3y", None)
    with pytest.raises(ValueError, match=r"^L40S has no price for 'three-year rent': choose on demand at 1.55 USD/h"):
        gap.scenario()
    assert gap.text() == "gpu=l40s&basis=rent_3y"
    assert Choices.parse(gap.text()) == (gap, ())
    assert START.read(gap.query(whole=True)) == (gap, ())
    assert priced(gap.with_values(basis="on_demand")) == (1.5484, "on_demand")
    assert priced(gap.with_values(price=1.5484)) == (1.5484, "own")
    assert priced(gap.with_values(price=1)) == (1.0, "own")


PRICED = [
    START.with_values(gpu=gpu, **values)
    for gpu in ("h100-sxm", "mi355x", "l40s")
    for values in (
        {},
        {"basis": "rent_3y"},
        {"basis": "on_demand"},
        {"basis": "own"},
        {"price": 4},
        {"price": 1.78},
        {"price": 2.1, "basis": "own"},
        {"price": 2.95, "basis": "owner_neocloud"},
    )
]


@pytest.mark.parametrize("chosen", PRICED, ids=Choices.text)
def test_links_keep_price_and_basis(chosen: Choices) -> None:
    assert Choices.parse(chosen.text()) == (chosen, ())
    assert START.read(chosen.query(whole=True)) == (chosen, ())
    for base in PRICED:
        assert base.read(chosen.query(base)) == (chosen, ())
    assert chosen.with_values() == chosen


def test_a_basis_that_there_is_not() -> None:
    chosen, faults = Choices.parse("basis=rent")
    assert chosen == START
    assert [fault.right for fault in faults] == ["basis is, for example, rent_3y"]
    assert START.apply({"price_basis": "rent_3y"}).text() == "basis=rent_3y"
    assert START.apply({"price_usd_per_gpu_hour": 4}).text() == "price=4"


def test_a_factor_of_one_s_own_is_idle_without_its_correction() -> None:
    chosen = Choices().with_values(factor=1.5)
    assert chosen.idle("factor")
    assert not chosen.with_values(correction="own").idle("factor")
    assert not chosen.idle("overlap")
