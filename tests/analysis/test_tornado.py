"""Which number matters most, against scenarios that are changed and searched one by one, and by hand."""

import math

import pytest

from infecon_core import NothingFits, Scenario, at_speed, frontier
from infecon_core.analysis.design import designed, numbers
from infecon_core.analysis.tornado import Tornado, tornado, varied
from infecon_core.choices.registry import preset
from infecon_core.engines import engine_of
from tests.support.round_numbers import DENSE, MIXTURE, scenario


def searched(start: Scenario, **changes: object) -> float:
    """The price at the target after one change, infinite where it is out of reach. [USD]"""
    try:
        best = at_speed(frontier(start.changed(**changes)), start.target_tokens_per_s_user)
    except NothingFits:
        return math.inf
    return math.inf if best is None else float(best["usd_per_million_tokens"])


def figure(found: Tornado, key: str, *, more: bool) -> float:
    """The figure of one effect."""
    return next(effect.figure for effect in found.of(key) if effect.more == more)


@pytest.mark.parametrize(("size", "less", "more"), [("double", 0.5, 2.0), ("tenth", 0.9, 1.1)])
def test_every_effect_is_a_search(size, less, more):
    start = preset("llama-3.1-70b", "h100-sxm").changed(target_tokens_per_s_user=40)
    found, held = tornado(start, "price", size), engine_of(start).with_held_correction(start)
    chip = start.accelerator
    assert found.today == pytest.approx(searched(start), rel=1e-9)
    for key, name in (
        ("a_bandwidth", "hbm_bytes_per_s"),
        ("a_hbm", "hbm_bytes"),
        ("a_scaleup", "scale_up_bytes_per_s"),
    ):
        for factor in (less, more):
            expected = searched(held, **{name: getattr(chip, name) * factor})
            assert figure(found, key, more=factor > 1) == pytest.approx(expected, rel=1e-9)
    for effect in found.effects:
        assert effect.change == pytest.approx(effect.figure / found.today - 1)
        assert effect.value != numbers(start)[effect.key].value


def test_top_speeds_by_hand():
    # One sequence on one GPU: 309 MB at 5 TB/s are 61.8 µs, kernels 410 µs, arithmetic 0.252 µs.
    start = scenario(DENSE, max_gpus=1, prompt_tokens=0)
    found = tornado(start, "speed")
    assert found.today == pytest.approx(1e6 / (61.8 + 410 + 0.252), rel=1e-9)
    assert figure(found, "a_bandwidth", more=True) == pytest.approx(1e6 / (30.9 + 410 + 0.252), rel=1e-9)
    assert figure(found, "overhead", more=False) == pytest.approx(1e6 / (61.8 + 205 + 0.252), rel=1e-9)
    assert figure(found, "arithmetic", more=False) == pytest.approx(1e6 / (61.8 + 410 + 0.504), rel=1e-9)
    # 10 layers: 10 µs of sequence overhead, 400 of kernels, 36.8 µs of memory and 0.152 of arithmetic are theirs.
    halved = 61.8 - 18.4 + 205 + 0.252 - 0.076
    assert figure(found, "m_num_layers", more=False) == pytest.approx(1e6 / halved, rel=1e-9)
    assert found.ranked[0] == "m_num_layers"
    assert found.best([key for key in found.ranked if not key.startswith("m_")]).key == "overhead"
    assert {"latency", "a_scaleup", "a_scaleout", "a_domain"} <= set(found.idle)


def test_prices_of_gpu_hours_and_parts_of_what_is_scaled_together_are_not_varied():
    keys = {number.key for number in varied(preset("llama-3.1-70b", "h100-sxm"))}
    assert {"arithmetic", "latency", "overhead", "a_bandwidth", "a_hbm", "m_num_layers"} <= keys
    assert not keys & {"price", "a_fp8", "a_bf16", "a_latency", "a_power"}


def test_the_correction_by_measurements_is_held():
    start = preset("deepseek-r1", "mi355x")
    engine = engine_of(start)
    changed = designed(start, {"a_bandwidth": 16.0})
    # Measurements correct what was measured, and nothing else.
    assert engine.correction(start).factor < 0.99
    assert engine.correction(changed) is None
    expected = designed(engine.with_held_correction(start), {"a_bandwidth": 16.0})
    top = float(frontier(expected)["tokens_per_s_user"].max())
    assert top > 1.01 * float(frontier(changed)["tokens_per_s_user"].max())
    assert figure(tornado(start, "speed"), "a_bandwidth", more=True) == pytest.approx(top)


def test_counts_without_a_near_value_are_left_out():
    found = tornado(preset("llama-3.1-70b", "h100-sxm"), "speed", "tenth")
    keys = {effect.key for effect in found.effects}
    assert not keys & {"m_num_key_value_heads", "a_domain"}
    assert {effect.value for effect in found.of("m_num_layers")} == {72, 88}
    # Twice the active experts of 16 are 4; half of two experts is one, less than the active ones.
    few = MIXTURE.model_copy(
        update={
            "layer_groups": tuple(
                group
                if group.feed_forward.kind == "dense"
                else group.model_copy(update={"feed_forward": group.feed_forward.model_copy(update={"num_experts": 2})})
                for group in MIXTURE.layer_groups
            )
        }
    )
    assert [effect.more for effect in tornado(scenario(few), "speed").of("m_num_experts")] == [True]


def test_what_leaves_the_reach_of_the_target_is_infinitely_dear():
    start = preset("llama-3.1-70b", "h100-sxm").changed(target_tokens_per_s_user=120)
    found = tornado(start)
    less = next(effect for effect in found.of("a_bandwidth") if not effect.more)
    assert (less.figure, less.change) == (math.inf, math.inf)
    assert found.gain(less) == -math.inf
    # What helps comes first, and then what only harms.
    gains = [max(map(found.gain, found.of(key))) for key in found.ranked]
    helping = [gain for gain in gains if gain > 0]
    assert helping == sorted(helping, reverse=True) == gains[: len(helping)]
    assert found.best(found.ranked).key == found.ranked[0]


def test_without_a_figure_today_there_is_nothing_to_rank():
    start = preset("llama-3.1-405b", "h100-sxm").changed(target_tokens_per_s_user=5000)
    with pytest.raises(ValueError, match=r"^5000 tokens/s per user are out of reach, .* rank the numbers by speed\.$"):
        tornado(start)
    assert tornado(start, "speed").ranked
    with pytest.raises(ValueError, match="Nothing runs as chosen"):
        tornado(start.changed(max_gpus=1), "speed")


def test_counts_that_are_too_far_from_what_was_asked_are_left_out():
    # Half of three layers is one or two: both are a third away. Twice of them are six.
    group = DENSE.layer_groups[0].model_copy(update={"num_layers": 3})
    start = scenario(DENSE.model_copy(update={"layer_groups": (group,)}), max_gpus=1)
    assert [(effect.more, effect.value) for effect in tornado(start, "speed").of("m_num_layers")] == [(True, 6)]
