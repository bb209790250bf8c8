"""Entries of one's own among the choices: links, price bases, comparisons, drafts."""

import pytest

from infecon_core import Scenario, catalog, frontier
from infecon_core.choices import Choices, Comparison, Option, choices, comparison
from infecon_core.choices.registry import names
from tests.support.own_entries import CHIP_ID, MODEL_ID, SHAPE


def test_a_link_holds_both_and_computes_what_the_library_does() -> None:
    query = {"model": MODEL_ID, "gpu": CHIP_ID, "prompt": "2000"}
    chosen, faults = Choices().read(query)
    assert faults == ()
    assert chosen.query() == query
    assert Choices.parse(chosen.text()) == (chosen, ())
    scenario = chosen.scenario()
    assert scenario.architecture == SHAPE
    assert scenario.price_basis == "own"
    assert scenario.accelerator.price_usd_per_gpu_hour == 7.0
    # Released in 16 bits, served in 8 as all others are.
    served = Scenario.preset(MODEL_ID, CHIP_ID, prompt_tokens=2000, weights="fp8")
    assert scenario == served
    assert frontier(scenario).equals(frontier(served))


def test_the_same_shape_gives_the_same_frontier_under_its_own_id() -> None:
    known = Scenario.preset("qwen3-30b-a3b", "h100-sxm")
    own = Scenario.preset(MODEL_ID, "h100-sxm")
    assert own.architecture.layer_groups == known.architecture.layer_groups
    columns = ["tokens_per_s_user", "n_gpu", "batch"]
    assert frontier(own)[columns].equals(frontier(known)[columns])


@pytest.mark.parametrize(
    ("key", "text"), [("model", CHIP_ID), ("model", MODEL_ID[:-3]), ("gpu", MODEL_ID), ("draft", "own~x")]
)
def test_what_cannot_be_read_is_a_fault_and_the_default_stands(key: str, text: str) -> None:
    chosen, faults = Choices().read({key: text})
    assert len(faults) == 1
    assert faults[0].given == f"{key}={text}"
    assert faults[0].right.startswith(f"{key} cannot be read: an entry of one's own")
    assert chosen == Choices()


def test_an_accelerator_of_one_s_own_has_its_own_price_alone() -> None:
    chosen = Choices().with_values(basis="rent_3y").with_values(gpu=CHIP_ID)
    assert (chosen.basis, chosen.value("price")) == ("own", 7.0)
    assert chosen.scenario().accelerator.price_usd_per_gpu_hour == 7.0
    assert chosen.with_values(basis="on_demand").basis == "own"
    dearer = chosen.with_values(price=9.0)
    assert (dearer.basis, dearer.scenario().accelerator.price_usd_per_gpu_hour) == ("own", 9.0)
    assert dearer.with_values(price=None) == chosen
    assert dearer.query()["price"] == "9"
    # Back on one of the catalog, on that one's own basis.
    back = dearer.with_values(gpu="h100-sxm")
    assert (back.basis, back.value("price")) == ("on_demand", 2.95)
    with pytest.raises(ValueError, match="No prices of Our chip are known; give a price of your own"):
        Scenario.preset("llama-3.1-8b", CHIP_ID).changed(price_basis="on_demand")


def test_a_comparison_may_hold_entries_of_one_s_own() -> None:
    found, faults = comparison.read({"gpu": f"h100-sxm,{CHIP_ID}", "model": MODEL_ID}, Choices())
    assert faults == ()
    assert [member.name for member in found.members] == ["H100 SXM", "Our chip"]
    assert [member.problem for member in found.members] == ["", ""]
    assert comparison.query(found)["gpu"] == f"h100-sxm,{CHIP_ID}"
    models = Comparison(Choices()).with_values("model", (MODEL_ID, "gpt-oss-120b"))
    assert [member.name for member in models.members] == ["Our 30B", "gpt-oss-120b"]
    assert [member.scenario is not None for member in models.members] == [True, True]


def test_one_s_own_model_may_draft() -> None:
    chosen, faults = Choices().read({"spec": "draft", "draft": MODEL_ID})
    assert faults == ()
    speculation = chosen.scenario().speculation
    assert speculation is not None
    assert speculation.kind == "draft_model"
    assert speculation.architecture == SHAPE


def test_names_know_entries_of_one_s_own_and_list_none() -> None:
    known = names("models")
    assert known[MODEL_ID] == "Our 30B"
    assert MODEL_ID in known
    assert MODEL_ID not in set(known)
    assert len(known) == len(catalog.models())
    assert CHIP_ID not in known
    assert "own~m" not in known
    choice = choices()["model"]
    assert isinstance(choice, Option)
    assert choice.knows(MODEL_ID, "serving")
    assert not choice.knows(CHIP_ID, "serving")
