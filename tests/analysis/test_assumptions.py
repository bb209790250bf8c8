"""What moves a price: every effect is the price of a search by hand with that one thing otherwise."""

import math
from functools import cache
from typing import Any

import pandas as pd
import pytest

from infecon_core import Scenario, engines
from infecon_core.analysis.assumptions import (
    LATENCY,
    OUT_OF_REACH,
    Effect,
    alternative_of,
    assumption_effects,
    constant_effects,
    constants,
    effects,
    price_along,
    price_between,
    reachable,
)
from infecon_core.analysis.speculation import price_at_target
from infecon_core.catalog.assumptions import Alternative, assumptions
from infecon_core.catalog.constants import records, shipped
from infecon_core.schema import NothingFits


@cache
def _scenario(**changes: Any) -> Scenario:
    return Scenario.preset("llama-3.1-70b", "h100-sxm", max_gpus=16, **changes)


def _by_words(found: tuple[Effect, ...]) -> dict[tuple[str, str], Effect]:
    return {(effect.name, effect.words): effect for effect in found}


def test_constants_are_those_of_the_engine_with_their_evidence() -> None:
    found = {constant.name: constant for constant in constants(_scenario())}
    assert set(found) - set(records()) == {"allreduce_latency_s", "allreduce_latency_s_per_rank"}
    assert set(records()) < set(found)
    assert found["allreduce_latency_s"].provenance.source != found["allreduce_latency_s_per_rank"].provenance.source
    one = found["link_efficiency"]
    assert (one.value, one.facts.unit, one.provenance.kind) == (shipped().link_efficiency, "1", "measured")
    assert one.provenance.source == records()["link_efficiency"]["evidence"]
    published = {constant.name: constant.value for constant in constants(_scenario(engine="published"))}
    assert published == {"arithmetic_cap": 0.7, "bandwidth_cap": 0.75, "kernel_launch_s": 4e-6}


def test_an_own_constant_has_no_evidence_but_the_visitor() -> None:
    found = {constant.name: constant for constant in constants(_scenario(link_efficiency=0.5))}
    assert (found["link_efficiency"].value, found["link_efficiency"].provenance.date) == (0.5, "undated")
    assert found["cache_read_efficiency"].provenance.kind == "measured"


def test_effects_of_constants_are_those_of_searches_by_hand() -> None:
    scenario = _scenario()
    held = engines.engine_of(scenario).with_held_correction(scenario)
    today, between = price_at_target(held), price_between(held)
    assert today is not None
    assert between is not None
    found = _by_words(constant_effects(scenario))
    value = shipped().weight_read_efficiency
    for factor, words in ((0.9, "10% less"), (1.1, "10% more")):
        expected = price_between(held.changed(weight_read_efficiency=value * factor))
        effect = found["Weight read efficiency", words]
        assert expected is not None
        assert effect.usd == pytest.approx(expected * today / between, rel=1e-12)
        assert effect.change == pytest.approx(expected / between - 1, rel=1e-9)
    slower = price_along(engines.engine_of(held).frontier(held, 1.1), held.target_tokens_per_s_user)
    assert slower is not None
    assert found[LATENCY, "10% more"].change == pytest.approx(slower / between - 1, rel=1e-9)
    unchanged = sum(constant.value == 0 for constant in constants(scenario))
    assert len(found) == 2 * (len(constants(scenario)) - unchanged) + 2


def test_constants_stay_within_their_bounds() -> None:
    found = _by_words(constant_effects(_scenario(overlap_across_domains=1.0)))
    assert ("Overlap across domains", "10% more") not in found
    assert ("Overlap across domains", "10% less") in found


def test_effects_of_assumptions_are_those_of_searches_by_hand() -> None:
    scenario = _scenario()
    held = engines.engine_of(scenario).with_held_correction(scenario)
    found = _by_words(assumption_effects(scenario))
    today, between = price_at_target(held), price_between(held)
    assert today is not None
    assert between is not None
    by_hand = {
        ("overlap", "all communication overlapped"): held.changed(overlap=1.0),
        ("shared_gpus", "prompts on GPUs of their own"): held.changed(disaggregated=True),
        ("corrected", "no correction by measurements"): held.changed(correction="off"),
        ("memory_reserve", "10% of the memory left alone"): held.changed(
            hbm_bytes=held.accelerator.hbm_bytes * 0.9 / 0.92
        ),
        ("one_engine", "the published model"): held.changed(engine="published"),
    }
    for key, changed in by_hand.items():
        expected = price_between(changed)
        assert expected is not None
        assert found[key].usd == pytest.approx(expected * today / between, rel=1e-9), key
    assert found["one_engine", "the published model"].engine == "published"
    # What the scenario has already is no alternative, and neither is what it has nothing of.
    assert ("shared_gpus", "prompts on the GPUs that decode") not in found
    assert not {"independent_acceptance", "correlated_routing", "balanced_experts"} & {name for name, _ in found}
    mixture = Scenario.preset("deepseek-v3", "b200-hgx", max_gpus=16)
    routed = {effect.name: effect.change for effect in assumption_effects(mixture)}
    assert routed["balanced_experts"] > 0
    assert "correlated_routing" in routed


def test_alternatives_of_drafts_enter_with_a_draft() -> None:
    scenario = _scenario(draft="llama-3.2-1b")
    found = _by_words(assumption_effects(scenario))
    fewer = found["independent_acceptance", "a tenth fewer drafts accepted"]
    assert fewer.usd is not None
    assert fewer.change > 0
    without = found["independent_acceptance", "no speculation"]
    plain, drafted = price_between(scenario.changed(speculation=None)), price_between(scenario)
    assert plain is not None
    assert drafted is not None
    assert without.change == pytest.approx(plain / drafted - 1, rel=1e-9)


def test_a_price_is_read_between_two_points_of_one_layout() -> None:
    frame = pd.DataFrame(
        {
            "tokens_per_s_user": [100.0, 50.0, 25.0, 10.0],
            "usd_per_million_tokens": [8.0, 4.0, 1.0, 0.5],
            "n_gpu": [8.0, 8.0, 8.0, 4.0],
            "tp": [8.0, 8.0, 8.0, 4.0],
            "pp": 1.0,
            "ep": 1.0,
            "dp_attn": 1.0,
            "scheme": "1-D",
        }
    )
    # From 50 to 100 the price doubles with the speed, from 25 to 50 it grows with its square.
    assert price_along(frame, 70.0) == pytest.approx(4 * 1.4)
    assert price_along(frame, 30.0) == pytest.approx(1.2**2)
    # On a point it is that of the point; towards another layout that of the one that is fast enough.
    found = [price_along(frame, speed) for speed in (100.0, 50.0, 20.0, 5.0)]
    assert found == pytest.approx([8.0, 4.0, 1.0, 0.5])
    assert price_along(frame, 101.0) is None


@pytest.mark.parametrize("target", [40.0, 50.0, 55.0, 60.0, 70.0, 80.0])
def test_effects_are_slopes_and_no_steps_of_the_batch(target: float) -> None:
    found = _by_words(constant_effects(_scenario(target_tokens_per_s_user=target)))
    less, more = found[LATENCY, "10% less"].change, found[LATENCY, "10% more"].change
    assert less < 0 < more
    assert -less == pytest.approx(more, rel=0.2)


@pytest.mark.parametrize("engine", ["serving", "published"])
def test_every_shipped_alternative_is_a_scenario(engine: str) -> None:
    scenario = _scenario(draft="llama-3.2-1b", engine=engine)
    for known in assumptions()[engine].values():
        for alternative in known.alternatives:
            found = alternative_of(scenario, scenario, alternative)
            assert found is None or isinstance(found, Scenario), found
            assert found != scenario


def test_what_cannot_be_computed_says_why() -> None:
    scenario = _scenario()
    wrong = Alternative(words="nonsense", set={"weights": "fp7"})
    found = alternative_of(scenario, scenario, wrong)
    assert isinstance(found, str)
    assert "weights" in found
    fastest = float(engines.frontier(scenario)["tokens_per_s_user"].max())
    at_the_end = scenario.changed(target_tokens_per_s_user=fastest * (1 - 1e-9))
    lost = [effect for effect in constant_effects(at_the_end) if effect.usd is None]
    assert lost
    assert all(effect.reason == OUT_OF_REACH and math.isnan(effect.change) and effect.size == 0 for effect in lost)


def test_the_largest_come_first_whatever_their_sign() -> None:
    found = effects(_scenario())
    sizes = [effect.size for effect in found.largest]
    assert sizes == sorted(sizes, reverse=True)
    assert all(effect.engine == "serving" for effect in found.largest)
    assert found.usd == price_at_target(_scenario())
    twice, half = (Effect("", "", 1.0, change, "serving") for change in (1.0, -0.5))
    assert twice.size == pytest.approx(half.size)


def test_a_target_out_of_reach_is_lowered() -> None:
    scenario = _scenario(target_tokens_per_s_user=100_000)
    lower = reachable(scenario)
    fastest = float(engines.frontier(scenario)["tokens_per_s_user"].max())
    assert 0.7 * fastest < lower.target_tokens_per_s_user < 0.9 * fastest
    assert effects(scenario).scenario == lower
    assert constant_effects(scenario) == ()
    assert assumption_effects(scenario) == ()
    with pytest.raises(NothingFits):
        effects(Scenario.preset("llama-3.1-405b", "h100-sxm", max_gpus=1))


def test_every_effect_of_the_published_model_is_told() -> None:
    found = effects(Scenario.preset("llama-3.1-70b", "h100-sxm", engine="published", max_gpus=16))
    words = {effect.words for effect in found.assumptions}
    assert {"the printed equations", "no pipeline stages", "the serving engine"} <= words
    assert {effect.name for effect in found.constants} == {"Arithmetic cap", "Bandwidth cap", "Kernel launch"}
