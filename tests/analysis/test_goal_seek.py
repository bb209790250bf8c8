"""Goal seek against values found by hand, and by trying all of them."""

import math
from itertools import pairwise

import numpy as np
import pytest

from infecon_core import Scenario
from infecon_core.analysis.design import designed, numbers, price_at_target
from infecon_core.analysis.goal_seek import LEAST, MOST, seek
from infecon_core.choices.registry import preset
from infecon_core.engines import engine_of
from tests.support.round_numbers import DENSE, scenario


def price(start: Scenario, key: str, value: float) -> float:
    """What the target costs with one value of a number. [USD]"""
    return price_at_target(designed(engine_of(start).with_held_correction(start), {key: value}))[0]


# One sequence on one GPU: 244 MB of weights at 80% and 2 MB of cache at 50% of the bandwidth are 309 MB at all of it;
# kernels take 410 µs and arithmetic 0.252 µs. So the bandwidth is 309 MB / (1 / speed - 410.252 µs).
@pytest.mark.parametrize(("speed", "tb_per_s"), [(1500, 1.21), (2000, 3.45), (2200, 6.98)])
def test_a_bandwidth_by_hand(speed, tb_per_s):
    exact = 309e6 / (1 / speed - 410.252e-6) / 1e12
    assert tb_per_s - 0.01 < exact <= tb_per_s
    found = seek(scenario(DENSE, max_gpus=1, prompt_tokens=0, target_tokens_per_s_user=speed), "a_bandwidth")
    (span,) = found.spans
    assert (span.low, span.open_low, span.open_high) == (tb_per_s, False, True)
    assert span.high == pytest.approx(5 * MOST)
    assert found.nearest == tb_per_s
    assert found.met_today == (tb_per_s <= 5)
    assert found.speeds == ()


def test_no_bandwidth_removes_what_kernels_take():
    found = seek(scenario(DENSE, max_gpus=1, prompt_tokens=0, target_tokens_per_s_user=2500), "a_bandwidth")
    assert not found.found
    assert math.isinf(found.nearest_usd)
    # 309 MB at 320 TB/s are 0.965625 µs; a twentieth of that is as fast, to half a percent.
    fastest = 1e6 / (410.252 + 0.965625)
    assert fastest * 0.995 <= found.nearest_speed <= fastest * (1 + 1e-9)
    assert max(found.speeds) == pytest.approx(fastest, rel=1e-9)
    assert found.binding.limit == "kernel overhead"
    assert found.binding.share > 0.95


def test_a_price_of_a_gpu_hour_is_in_proportion():
    start = preset("llama-3.1-70b", "h100-sxm")
    found = seek(start, "price", 1.0)
    exact = start.accelerator.price_usd_per_gpu_hour / price_at_target(start)[0]
    (span,) = found.spans
    assert exact * 0.99 < span.high <= exact
    assert (span.open_low, span.open_high) == (True, False)
    assert found.nearest == span.high


@pytest.mark.parametrize(
    ("model", "accelerator", "key", "speed", "part"),
    [
        ("llama-3.1-70b", "h100-sxm", "a_bandwidth", 50, 0.7),
        ("llama-3.1-70b", "h100-sxm", "overhead", 90, 0.8),
        pytest.param("deepseek-v3", "gb200-nvl72", "a_bandwidth", 50, 1.3, marks=pytest.mark.slow),
        ("llama-3.1-8b", "h100-sxm", "a_scaleup", 300, 1.1),
    ],
)
def test_an_end_is_where_trying_all_values_finds_it(model, accelerator, key, speed, part):
    start = preset(model, accelerator).changed(target_tokens_per_s_user=speed)
    limit = part * price_at_target(start)[0]
    found, today = seek(start, key, limit), numbers(start)[key].value
    scan = np.geomspace(today * LEAST, today * MOST, 241)
    met = np.array([price(start, key, float(value)) <= limit for value in scan])
    (span,) = found.spans
    # Two tries lie 3% apart; ends are told in three digits.
    assert met.any()
    assert span.low <= scan[met].min() * (1 + 1e-9)
    assert span.high >= scan[met].max() * (1 - 1e-9)
    assert not any(met[(scan < span.low * 0.995) | (scan > span.high * 1.005)])
    assert met[(scan >= span.low) & (scan <= span.high)].all()
    for end, open_end in ((span.low, span.open_low), (span.high, span.open_high)):
        assert price(start, key, end) <= limit * (1 + 1e-9)
        if not open_end:
            beyond = end * (0.994 if end == span.low else 1.006)
            assert price(start, key, beyond) > limit


@pytest.mark.parametrize("model", ["llama-3.1-70b", "deepseek-v3"])
def test_counts_are_whole_and_the_last_that_does(model):
    start = preset(model, "b200-hgx").changed(target_tokens_per_s_user=40)
    limit = 0.75 * price_at_target(start)[0]
    found = seek(start, "m_num_layers", limit)
    span = found.spans[-1]
    layers = round(numbers(start)["m_num_layers"].value)
    met = [n for n in range(max(round(span.low), 4), layers + 1) if price(start, "m_num_layers", n) <= limit]
    assert met
    assert span.high == max(met)
    assert price(start, "m_num_layers", span.high + 1) > limit
    assert all(value == int(value) for value in found.values)


def test_what_no_value_meets_says_how_near_it_comes():
    start = preset("llama-3.1-70b", "h100-sxm")
    found = seek(start, "a_hbm", 0.5)
    assert not found.found
    assert found.nearest_usd == min(found.prices)
    assert found.nearest_usd == price(start, "a_hbm", found.nearest)
    # More memory changes nothing where the speed leaves no room for a larger batch, so today's is as near as any.
    assert found.nearest == found.today
    assert 0 < found.binding.memory_share < 1
    assert found.binding.limit == found.binding.point["limit"]


def test_a_goal_that_is_met_already_tells_what_would_do():
    start = preset("llama-3.1-70b", "h100-sxm")
    found = seek(start, "a_bandwidth", 2 * price_at_target(start)[0])
    assert found.met_today
    assert found.nearest == found.spans[0].low < found.today
    assert seek(start, "a_hbm").spans[0].open_high


def test_every_tried_value_is_in_the_curve_in_order():
    found = seek(preset("llama-3.1-70b", "h100-sxm"), "a_bandwidth", 1.0)
    assert list(found.values) == sorted(set(found.values))
    assert {found.today, found.nearest} <= set(found.values)
    assert len(found.prices) == len(found.values) > 41
    finite = [usd for usd in found.prices if math.isfinite(usd)]
    assert all(one >= other * (1 - 1e-9) for one, other in pairwise(finite))


def test_a_number_that_there_is_not():
    with pytest.raises(ValueError, match="There is no number 'a_wings' here; possible are arithmetic, latency"):
        seek(preset("llama-3.1-70b", "h100-sxm"), "a_wings")


def test_only_values_that_go_together_with_the_rest_are_tried() -> None:
    scenario = Scenario.preset("gpt-oss-120b", "h100-sxm")
    found = seek(scenario, "m_num_experts_per_tok", 100.0)
    # It has 128 experts, of which no more can be active.
    assert max(found.values) <= 128
    assert min(seek(scenario, "m_num_experts", 100.0).values) >= 4
