"""What is said of drafts beside the verdict."""

import pytest

from infecon_core import Scenario
from infecon_core.analysis.speculation import SpeculationGain, speculation_gain
from infecon_core.catalog.acceptance import curves
from infecon_core.schema import SelfDraft
from infecon_ui.frontier import cache, speculation, support
from tests.support.app import html_of, open_app, texts
from tests.support.shown import shown_with

DRAFTED = Scenario.preset("deepseek-v3", "b200-hgx", speculation=SelfDraft())
FOREIGN = curves()["kimi-k2.5-eagle3-direct"]


@pytest.mark.parametrize(
    ("with_usd", "without_usd", "on", "off"),
    [
        (0.69, 1.0, "MTP makes it about 30% cheaper than without", "would make this about 30% cheaper"),
        (0.93, 1.0, "MTP makes it a few percent cheaper than without", "would make this a few percent cheaper"),
        (3.0, None, "MTP brings it within reach", "would bring this within reach"),
    ],
)
def test_gains_claim_no_more_than_is_known(with_usd: float, without_usd: float | None, on: str, off: str) -> None:
    found = SpeculationGain(DRAFTED, {}, with_usd, without_usd)
    assert speculation.gain(found, "MTP") == on
    assert speculation.offer(found) == f"Its own MTP {off}, at an acceptance of 0.70 (assumed): turn it on"


@pytest.mark.parametrize(
    ("with_usd", "on"),
    [
        (0.99, "MTP makes it no cheaper"),
        (1.05, "MTP makes it a few percent dearer than without"),
        (1.16, "MTP makes it about 15% dearer than without"),
    ],
)
def test_drafts_that_gain_next_to_nothing_are_not_offered(with_usd: float, on: str) -> None:
    found = SpeculationGain(DRAFTED, {}, with_usd, 1.0)
    assert speculation.gain(found, "MTP") == on
    assert speculation.offer(found) == ""


def test_drafts_that_give_no_setup_are_not_offered() -> None:
    assert speculation.offer(SpeculationGain(DRAFTED, {}, None, 1.0)) == ""


def test_the_support_names_the_gain_and_whose_acceptance_it_is() -> None:
    assert speculation.sentence(shown_with()) == ""
    own = shown_with(spec="self")
    assert speculation.sentence(own).startswith("MTP makes it ")
    assert speculation.sentence(own).endswith(", at an acceptance of 0.70 (assumed)")
    measured = shown_with(model="qwen3.5-397b-a17b", gpu="b200-hgx", spec="self", curve="qwen3.5-397b-mtp-direct")
    assert speculation.sentence(measured).endswith(", with the acceptance measured on this model")
    assert speculation.sentence(own) in [one.text for one in support.sentences(own)]
    foreign = speculation.sentence(shown_with(spec="self", curve=FOREIGN.id))
    assert foreign.endswith(f"tokens a round measured on another model ({FOREIGN.name})")
    qwen = {"model": "qwen3.5-397b-a17b", "gpu": "b200-hgx", "curve": "qwen3.5-397b-mtp-direct"}
    by_another = speculation.sentence(shown_with(spec="draft", draft="llama-3.2-1b", **qwen))
    assert by_another.endswith(f"measured with another kind of draft ({curves()[qwen['curve']].name})")
    assert "another model" not in by_another
    head = shown_with(model="llama-3.1-70b", gpu="h100-sxm", spec="self")
    assert speculation.sentence(head).startswith("self-drafting makes it ")


def test_the_gain_searches_no_frontier_that_is_known() -> None:
    for changes in ({}, {"speculation": SelfDraft()}):
        scenario = Scenario.preset("deepseek-v3", "b200-hgx", prompt_tokens=4321, **changes)
        cache.frontier.cache_clear()
        cache.speculation_gain.cache_clear()
        cache.frontier(scenario)
        found = cache.speculation_gain(scenario)
        assert found == speculation_gain(scenario)
        assert cache.frontier.cache_info().misses == 2
    # A draft that takes the memory that is left has no price.
    tight = Scenario.preset("deepseek-v3", "h100-sxm", max_gpus=8)
    assert cache.speculation_gain(tight) == speculation_gain(tight)


def test_a_click_turns_the_models_own_layers_on() -> None:
    app = open_app({"model": "deepseek-v3", "gpu": "b200-hgx"})
    button = app.button(key="turn_on_drafts")
    assert button.label.startswith("Its own MTP would make this about ")
    button.click().run()
    assert not app.exception
    assert app.session_state["choice"].scenario.speculation == SelfDraft()
    assert "MTP makes it about " in html_of(app)
    assert "part of DeepSeek V3 as released" in texts(app)
    assert not [button for button in app.button if button.key == "turn_on_drafts"]


def test_models_without_such_layers_are_offered_none() -> None:
    app = open_app({"model": "llama-3.1-70b", "spec": "self"})
    assert not app.exception
    assert "has no layers for drafting" in texts(app)
    app = open_app({"model": "llama-3.1-70b"})
    assert not [button for button in app.button if button.key == "turn_on_drafts"]


def test_the_sidebar_says_where_a_curve_was_measured() -> None:
    app = open_app(
        {"model": "qwen3.5-397b-a17b", "gpu": "b200-hgx", "spec": "self", "curve": "qwen3.5-397b-mtp-direct"}
    )
    assert "accept more or fewer" not in texts(app)
    app = open_app({"model": "qwen3.5-397b-a17b", "gpu": "b200-hgx", "spec": "self", "curve": FOREIGN.id})
    assert f"Measured on another model ({FOREIGN.name}); others accept more or fewer." in texts(app)
