"""What drafts give at the target, against searches made one by one."""

import pytest

from infecon_core import Scenario, frontier
from infecon_core.analysis.speculation import own_layers, speculation_gain
from infecon_core.catalog.acceptance import curves
from infecon_core.choices import Choices
from infecon_core.pareto import at_speed
from infecon_core.schema import SelfDraft
from infecon_core.serving.engine import ServingEngine


def price(scenario: Scenario) -> float | None:
    point = at_speed(frontier(scenario), scenario.target_tokens_per_s_user)
    return None if point is None else float(point["usd_per_million_tokens"])


def deepseek(**changes: object) -> Scenario:
    return Scenario.preset("deepseek-v3", "b200-hgx", prompt_tokens=8000, output_tokens=1000, max_gpus=16, **changes)


def test_what_the_models_own_layers_would_give() -> None:
    scenario = deepseek()
    found = speculation_gain(scenario)
    assert found is not None
    assert found.drafted == scenario.changed(speculation=SelfDraft(layers=1, acceptance=0.7))
    assert (found.with_usd, found.without_usd) == (price(found.drafted), price(scenario))
    assert found.relative == pytest.approx(price(found.drafted) / price(scenario) - 1)
    # The button leads to the very scenario whose price it names.
    chosen = Choices().with_values(model="deepseek-v3", gpu="b200-hgx", prompt=8000, max=16).apply(found.changes)
    assert chosen.scenario().speculation == found.drafted.speculation


def test_what_the_draft_that_is_on_gives() -> None:
    scenario = deepseek(speculation=SelfDraft(acceptance=0.5))
    found = speculation_gain(scenario)
    assert found is not None
    assert (found.drafted, dict(found.changes)) == (scenario, {})
    assert (found.with_usd, found.without_usd) == (price(scenario), price(deepseek()))


def test_prices_are_asked_for_once_and_nothing_else_is_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ServingEngine, "frontier", None)
    asked = list[Scenario]()

    def told(scenario: Scenario) -> float:
        asked.append(scenario)
        return 2.0 if scenario.speculation is None else 1.5

    for scenario in (deepseek(), deepseek(speculation=SelfDraft())):
        asked.clear()
        found = speculation_gain(scenario, told)
        assert found is not None
        assert (found.with_usd, found.without_usd, found.relative) == (1.5, 2.0, -0.25)
        assert sorted(one.speculation is None for one in asked) == [False, True]
        assert scenario in asked


def test_drafts_that_are_always_wrong_cost_their_prompts_and_memory() -> None:
    found = speculation_gain(deepseek(speculation=SelfDraft(acceptance=0.0)))
    assert found is not None
    assert found.relative is not None
    assert 0 <= found.relative < 0.1


def test_a_target_that_only_drafts_reach() -> None:
    fastest = float(frontier(deepseek())["tokens_per_s_user"].max())
    found = speculation_gain(deepseek(target_tokens_per_s_user=1.2 * fastest))
    assert found is not None
    assert found.without_usd is None
    assert found.relative is None
    assert found.with_usd == price(found.drafted)


def test_nothing_is_offered_where_nothing_drafts() -> None:
    assert speculation_gain(Scenario.preset("llama-3.1-70b", "h100-sxm")) is None
    assert speculation_gain(deepseek(engine="published")) is None


def test_a_model_with_measured_drafts_is_offered_the_fewest_of_them() -> None:
    found = own_layers(Scenario.preset("qwen3.5-397b-a17b", "b200-hgx"))
    assert found is not None
    draft, changes = found
    curve = curves()["qwen3.5-397b-mtp-direct"]
    assert (draft.accepted_lengths, draft.measured_on) == (curve.accepted_lengths, curve.name)
    assert dict(changes) == {"speculation": "self", "accepted_lengths": curve.id}
    chosen = Choices().with_values(model="qwen3.5-397b-a17b", gpu="b200-hgx").apply(changes)
    turned_on = chosen.scenario().speculation
    assert isinstance(turned_on, SelfDraft)
    assert (turned_on.accepted_lengths, turned_on.measured_on) == (draft.accepted_lengths, draft.measured_on)
