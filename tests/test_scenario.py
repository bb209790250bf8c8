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


@pytest.mark.parametrize(
    ("accelerator", "changes", "price", "basis"),
    [
        ("h100-sxm", {}, 2.95, "on_demand"),
        ("h100-sxm", {"price_basis": "rent_3y"}, 1.78, "rent_3y"),
        ("h100-sxm", {"price_basis": "owner_hyperscaler"}, 1.17, "owner_hyperscaler"),
        ("h100-sxm", {"price_basis": "own"}, 2.95, "own"),
        ("h100-sxm", {"price_usd_per_gpu_hour": 2.1}, 2.1, "own"),
        ("h100-sxm", {"price_usd_per_gpu_hour": 2.1, "price_basis": "rent_3y"}, 2.1, "own"),
        ("mi355x", {}, 2.1, "rent_3y"),
        ("erdil-H100", {}, 2.1, "on_demand"),
    ],
)
def test_a_basis_brings_its_price_and_a_price_is_on_its_own(accelerator, changes, price, basis) -> None:
    made = Scenario.preset("llama-3.1-70b", accelerator, **changes)
    assert (made.accelerator.price_usd_per_gpu_hour, made.price_basis) == (price, basis)
    again = Scenario.preset("llama-3.1-70b", accelerator).changed(**changes)
    assert again == made


def test_a_change_of_basis_keeps_the_other_numbers() -> None:
    made = SCENARIO.changed(hbm_bytes=96e9).changed(price_basis="rent_3y")
    assert (made.accelerator.hbm_bytes, made.accelerator.price_usd_per_gpu_hour) == (96e9, 1.78)
    assert made.changed(price_usd_per_gpu_hour=3).changed(prompt_tokens=5).price_basis == "own"
    assert made.changed(price_usd_per_gpu_hour=3).changed(price_basis="own").accelerator.price_usd_per_gpu_hour == 3
    dearer = SCENARIO.accelerator.model_copy(update={"price_usd_per_gpu_hour": 9.0})
    assert SCENARIO.changed(accelerator=dearer).price_basis == "own"
    assert SCENARIO.changed(accelerator=dearer, price_basis="rent_3y").accelerator == dearer  # both are given


@pytest.mark.parametrize("accelerator", ["mi355x", "l40s"])
def test_a_basis_without_a_price_is_refused_with_what_is_known(accelerator) -> None:
    basis = "on_demand" if accelerator == "mi355x" else "rent_3y"
    for build in (
        lambda: Scenario.preset("llama-3.1-70b", accelerator, price_basis=basis),
        lambda: Scenario.preset("llama-3.1-70b", accelerator).changed(price_basis=basis),
    ):
        with pytest.raises(ValueError, match=r"has no price for .*: choose .* USD/h, or give a price of your own\.$"):
            build()
    nameless = SCENARIO.changed(accelerator=SCENARIO.accelerator.model_copy(update={"name": "Mine"}))
    with pytest.raises(ValueError, match=r"^No prices of Mine are known"):
        nameless.changed(price_basis="rent_3y")
    for wrong in ("rent", None, []):
        with pytest.raises(ValueError, match=r"'price_basis' cannot be"):
            SCENARIO.changed(price_basis=wrong)


def test_scenarios_without_a_basis_are_still_read() -> None:
    record = SCENARIO.model_dump()
    del record["price_basis"]
    assert Scenario.model_validate(record) == SCENARIO
