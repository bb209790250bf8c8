"""The numbers of a scenario, the values that they may take, and scenarios made with other ones."""

import math

import pytest

from infecon_core import Scenario, at_speed, catalog, frontier
from infecon_core.analysis.design import designed, numbers, paths_of, price_at_target, top_speed
from infecon_core.choices import Quantity
from infecon_core.choices.registry import choices, preset
from infecon_core.engines import engine_of
from infecon_core.schema.constants import STEP_OVERHEADS
from tests.support.round_numbers import DENSE, MIXTURE, scenario

ENGINES = ("serving", "published")


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("accelerator", ["h100-sxm", "gb200-nvl72", "tpu-v5e"])
def test_every_choice_of_hardware_and_shape_that_has_a_value_is_a_number(engine, accelerator):
    for model in catalog.models():
        known = numbers(preset(model, accelerator).changed(engine=engine))
        paths = {place.path for number in known.values() for place in number.places}
        expected = {
            choice.path
            for choice in choices(model, accelerator).values()
            if isinstance(choice, Quantity)
            and choice.path[0] in ("accelerator", "architecture")
            and choice.default
            and choice.facts.only in ("", engine)
            and choice.key != "a_power"
        }
        constants = {path for path in paths if path[0] == "serving"}
        assert paths - constants == expected
        assert {path[-1] for path in constants} == (
            {*STEP_OVERHEADS, "all_to_all_latency_s"} if engine == "serving" else set()
        )
        assert len({number.label for number in known.values()}) == len(known)
        for number in known.values():
            assert number.low <= number.value <= number.high
            assert number.near(number.value) == pytest.approx(number.value, rel=1e-12)
            assert number.help


def test_whole_numbers_take_values_that_can_be_cut():
    known = numbers(preset("llama-3.1-70b", "h100-sxm"))
    # 64 query heads share 8 KV heads, so that KV heads divide 64 and query heads are multiples of 8.
    assert [known["m_num_key_value_heads"].near(8 * f) for f in (0.4, 0.5, 0.9, 1.1, 2, 100)] == [4, 4, 8, 8, 16, 64]
    assert [known["m_num_attention_heads"].near(64 * f) for f in (0.5, 0.9, 1.1, 2)] == [32, 56, 72, 128]
    # 28,672 = 2**12 · 7; a 64th of it is 448, below which 256 is the largest power of two.
    assert [known["m_intermediate_size"].near(28_672 * f) for f in (0.9, 1.1)] == [101 * 256, 123 * 256]
    assert [known["a_domain"].near(8 * f) for f in (0.1, 0.9, 1.1, 2, 5)] == [1, 8, 8, 16, 32]
    assert known["m_num_layers"].near(87.6) == 88
    assert known["a_bandwidth"].near(1e9) == 1000.0
    assert known["a_bandwidth"].near(3.14159) == pytest.approx(3.14159)


def test_layers_of_several_shapes_are_counted_together():
    known = numbers(preset("deepseek-v3", "h100-sxm"))
    layers = known["m_num_layers"]
    assert layers.value == 61
    assert dict(layers.stored(122)) == {
        ("architecture", "layer_groups", 0, "num_layers"): 6,
        ("architecture", "layer_groups", 1, "num_layers"): 116,
    }
    for total in (21, 40, 60, 62, 100):
        changed = designed(preset("deepseek-v3", "h100-sxm"), {"m_num_layers": total})
        assert changed.architecture.num_hidden_layers == layers.near(total) == total
    # Both shapes have the same attention, and only one has experts.
    assert len(known["m_num_attention_heads"].places) == 2
    assert len(known["m_num_experts"].places) == 1


def test_a_number_that_differs_between_shapes_is_given_in_multiples():
    gemma = preset("gemma-3-27b", "h100-sxm")
    group = gemma.architecture.layer_groups[0]
    attention = group.attention.model_copy(update={"num_key_value_heads": 8, "num_attention_heads": 32})
    mixed = gemma.architecture.model_copy(
        update={"layer_groups": (group.model_copy(update={"attention": attention}), gemma.architecture.layer_groups[1])}
    )
    number = numbers(gemma.changed(architecture=mixed))["m_num_key_value_heads"]
    others = gemma.architecture.layer_groups[1].attention.num_key_value_heads
    assert (number.unit, number.value) == ("×", 1.0)
    assert [value for _, value in number.stored(0.5)] == [4, others // 2]


def test_a_changed_number_is_what_a_scenario_with_it_is():
    start = preset("llama-3.1-70b", "h100-sxm")
    assert designed(start, {"a_bandwidth": 6.7}) == start.changed(hbm_bytes_per_s=6.7e12)
    assert designed(start, {"a_hbm": 160.0, "a_scaleup": 900.0, "m_vocab_size": 64_000}) == start.changed(
        hbm_bytes=160e9, scale_up_bytes_per_s=900e9, vocab_size=64_000
    )
    assert designed(start, {"overhead": 0.5}) == engine_of(start).with_overhead(start, 0.5)
    assert designed(start, {"price": 2.0}) == start.changed(price_usd_per_gpu_hour=2.0)
    assert designed(start, {"price": 2.0}).price_basis == "own"
    twice = designed(start, {"arithmetic": 2.0}).accelerator.peaks
    assert (twice.bf16, twice.fp8, twice.fp4) == (2 * 989.5e12, 2 * 1979e12, None)
    # What is said of one format wins over what is said of all.
    assert designed(start, {"a_fp8": 3000.0, "arithmetic": 2.0}).accelerator.peaks.fp8 == 3000e12
    published = start.changed(engine="published")
    assert designed(published, {"launch": 2.0}) == engine_of(published).with_overhead(published, 0.5)


def test_what_does_not_go_together_is_said():
    start = scenario(MIXTURE)
    with pytest.raises(ValueError, match="4 active experts are more than the 2 there are"):
        designed(start, {"m_num_experts": 2, "m_num_experts_per_tok": 4})


def test_what_stands_where_after_a_change():
    start = preset("llama-3.1-70b", "h100-sxm")
    assert paths_of(start, {"a_latency": 9.0, "latency": 0.5}) == {
        ("accelerator", "allreduce_latency_s"): 9e-6,
        ("serving", "constants", "all_to_all_latency_s"): 0.5 * start_latency(start),
    }


def start_latency(start: Scenario) -> float:
    """The shipped latency of an exchange among experts. [s]"""
    place = next(place for place in numbers(start)["latency"].places if place.path[0] == "serving")
    return float(place.value)


@pytest.mark.parametrize("engine", ENGINES)
def test_prices_and_speeds_are_those_of_the_frontier(engine):
    for model, accelerator, target in (("llama-3.1-70b", "h100-sxm", 50), ("gpt-oss-120b", "b200-hgx", 120)):
        start = preset(model, accelerator).changed(engine=engine, target_tokens_per_s_user=target)
        frame = frontier(start)
        usd, point = price_at_target(start)
        best = at_speed(frame, target)
        assert usd == pytest.approx(best["usd_per_million_tokens"], rel=1e-9)
        assert (point["n_gpu"], point["batch"]) == (best["n_gpu"], best["batch"])
        assert top_speed(start)[0] == pytest.approx(frame["tokens_per_s_user"].max(), rel=1e-9)


def test_what_is_out_of_reach_has_no_price_and_what_does_not_run_no_speed():
    start = scenario(DENSE, target_tokens_per_s_user=1e6)
    assert price_at_target(start) == (math.inf, None)
    assert top_speed(start)[0] > 1000
    assert top_speed(scenario(DENSE, accelerator=start.accelerator.model_copy(update={"hbm_bytes": 1e8}))) == (0, None)
