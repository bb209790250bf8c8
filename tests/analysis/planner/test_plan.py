"""The plan: its arithmetic by hand, and its choice against every setup and every number of instances."""

import math

import numpy as np
import pytest

from infecon_core import Scenario, engines
from infecon_core.analysis.planner.plan import Plan, between, plan, taken, units, within
from infecon_core.analysis.planner.waits import mean_request_s, percentile_s
from infecon_core.schema.requirements import Requirements
from infecon_core.schema.traffic import Length, Traffic
from infecon_core.setups import Setups
from tests.support.setups import setups

TRAFFIC = Traffic(lengths=(Length(prompt_tokens=1000, output_tokens=500),))
# 4 dollars a GPU-hour, boards of 1,000 W.
SCENARIO = Scenario.preset("llama-3.1-70b", "h100-sxm", price_usd_per_gpu_hour=4.0, board_power_w=1000.0)
# One layout of 4 GPUs on servers of 8: 1, 2 and 4 requests/s at 10, 16 and 25 ms a token; the last is too slow.
LAYOUT = {"batch": [5.0, 16.0, 50.0], "requests_per_s": [1.0, 2.0, 4.0], "tpot_s": [0.010, 0.016, 0.025]}


def _planned(found: Setups, **needs: object) -> Plan:
    asked = Requirements(**{"demand": 10.0, "peak_over_mean": 2.0, "utilisation": 0.8, **needs})
    made = plan(SCENARIO, asked, TRAFFIC, found)
    assert made is not None
    return made


def test_the_arithmetic_of_a_plan() -> None:
    made = _planned(setups(**LAYOUT, first_s=[[0.1, 0.1, 0.1]]), spares=1, pue=1.2, usd_per_kwh=0.1)
    # A peak of 20 requests/s on instances that take 0.8 · 2 each: 12.5, so 13, and a spare one.
    assert (made.instances, made.all_instances, made.gpus) == (13, 14, 56)
    assert (made.servers, made.domains) == (7, 7)
    assert made.usd_per_hour == 56 * 4
    assert made.usd_per_month == 56 * 4 * 730
    # 10 requests/s of 500 tokens are 18 million tokens an hour.
    assert made.usd_per_million_tokens == pytest.approx(224 / 18)
    # Full instances: 2 requests/s of 500 tokens on 4 GPUs at 16 dollars an hour.
    assert made.usd_per_million_tokens_at_capacity == pytest.approx(16 / 3.6)
    # 20/13 = 1.538 requests/s lie 54% of the way from 1 to 2: 13.23 ms a token.
    assert made.peak.requests_per_s == pytest.approx(20 / 13)
    assert made.peak.tpot_s == pytest.approx(0.010 + 0.006 * (20 / 13 - 1))
    assert made.mean.tpot_s == 0.010  # below the least load
    assert made.requests_per_s == pytest.approx(10)
    # 10/13 requests/s are less than the least load: boards draw half for 10/13 of the time and wait with 32% of their
    # power for the rest, and those of the spare instance always.
    share = 10 / 13 * 0.5 + 3 / 13 * 0.32
    assert made.mean.power_share == pytest.approx(share)
    assert made.power_w == pytest.approx(1.2e3 * 4 * (13 * share + 0.32))
    assert made.energy_usd_per_month == pytest.approx(made.power_w / 1e3 * 730 * 0.1)
    unknown = _planned(setups(**LAYOUT, power_share=np.nan), pue=1.0)
    assert unknown.power_w == unknown.gpus * 1000


def test_below_the_least_load_everything_is_less_in_proportion() -> None:
    rows = setups(**LAYOUT, prompt_load=[0.2, 0.4, 0.8])
    low = between(rows, rows.requests_per_s, 0.25, 0.3)
    assert (low.prompt_load[0], low.batch[0], low.requests_per_s[0]) == pytest.approx((0.05, 1.25, 0.25))
    assert low.power_share[0] == pytest.approx(0.25 * 0.5 + 0.75 * 0.3)
    assert low.tpot_s[0] == 0.010
    high = between(rows, rows.requests_per_s, 3.0, 0.3)
    assert (high.prompt_load[0], high.power_share[0]) == pytest.approx((0.6, 0.5))


def test_users_and_requests_follow_from_each_other() -> None:
    # Each takes 0.1 s to the first token and 499 tokens more.
    row = setups(**LAYOUT)
    request_s = 0.1 + 499 * row.tpot_s
    np.testing.assert_allclose(mean_request_s(row, TRAFFIC), request_s)
    asked = Requirements(demand_unit="users", demand=100.0, peak_over_mean=1.0, utilisation=1.0)
    np.testing.assert_allclose(taken(row, asked, TRAFFIC), row.requests_per_s * request_s)
    made = _planned(row, demand_unit="users", demand=100.0, peak_over_mean=1.0, utilisation=1.0)
    # 2 requests/s of 8.084 s are 16.168 users: 100 need 7 instances of 14.29 each.
    assert made.instances == 7
    assert made.peak.users == pytest.approx(100 / 7)
    assert made.requests_per_s * 100 / 7 / made.peak.requests_per_s == pytest.approx(100)


def test_prompts_with_gpus_of_their_own_get_instances_of_their_own() -> None:
    made = _planned(setups(**LAYOUT, prompt_instances_s=0.3))
    # 20 requests/s of 0.3 s at 80%: 7.5, so 8.
    assert (made.instances, made.prompt_instances, made.all_instances) == (13, 8, 21)
    assert made.usd_per_million_tokens_at_capacity == pytest.approx(4 * 4 / 3.6e3 * (1 / 2 + 0.3) * 1e3 / 0.5)
    # 10 requests/s of 0.3 s are three instances' work; the other five wait.
    assert made.power_w == pytest.approx(4e3 * (13 * made.mean.power_share + 3 + 5 * 0.32) * made.requirements.pue)


def test_of_layouts_instances_for_prompts_count_in_what_they_cost() -> None:
    # The second layout answers more, and takes as many instances again for its prompts.
    pair = setups(layout=[0, 1], requests_per_s=[1.0, 1.2], prompt_instances_s=[0.1, 1.0])
    assert _planned(pair).setup.layout[0] == 0


def test_so_many_instances_for_prompts_that_their_queue_keeps_the_limit() -> None:
    # One is enough for 1.6 requests/s of half a second at 80%, but then the first token is late.
    row = {"requests_per_s": 1.0, "prompt_instances_s": 0.5, "prompt_s": 0.5, "first_s": 0.6}
    needs = {"demand": 1.6, "peak_over_mean": 1.0}
    free = _planned(setups(**row), first_token_s=None, **needs)
    assert free.prompt_instances == 1
    # 80% wait, of those the mean is 0.5/(2 · 0.2) s.
    assert free.peak.first_token_s == pytest.approx(0.6 + 1.25 * math.log(0.8 / 0.05))
    strict = _planned(setups(**row), first_token_s=1.0, **needs)
    assert strict.prompt_instances == 2
    assert strict.peak.first_token_s <= 1.0


def test_of_layouts_that_cost_the_same_the_fastest_is_taken() -> None:
    pair = setups(layout=[0, 1], tpot_s=[0.012, 0.011], requests_per_s=[4.0, 4.0], batch=[8.0, 8.0])
    assert _planned(pair).setup.layout[0] == 1


def test_a_small_demand_takes_the_smaller_instance_though_its_tokens_cost_more() -> None:
    # Eight GPUs answer 3 times as much as four.
    pair = setups(layout=[0, 1], n_gpu=[4.0, 8.0], paid_gpus=[4.0, 8.0], requests_per_s=[1.0, 3.0])
    small = _planned(pair, demand=0.4, peak_over_mean=1.0)
    assert (small.setup.n_gpu[0], small.gpus) == (4, 4)
    large = _planned(pair, demand=40.0, peak_over_mean=1.0)
    assert (large.setup.n_gpu[0], large.gpus) == (8, 17 * 8)


@pytest.mark.parametrize("needs", [{"demand": 0.5}, {"demand": 7.0, "spares": 2}, {"demand": 3000.0}])
@pytest.mark.parametrize("unit", ["requests_per_s", "users"])
@pytest.mark.parametrize(("model", "gpu"), [("llama-3.1-70b", "h100-sxm"), ("gpt-oss-120b", "gb200-nvl72")])
def test_no_setup_and_no_number_of_instances_costs_less(
    model: str, gpu: str, unit: str, needs: dict[str, float]
) -> None:
    scenario = Scenario.preset(model, gpu, target_tokens_per_s_user=40.0, max_gpus=16)
    found = engines.setups(scenario, TRAFFIC)
    asked = Requirements(demand_unit=unit, first_token_s=0.6, end_to_end_s=14.0, percentile=90, **needs)
    made = plan(scenario, asked, TRAFFIC, found)
    assert made is not None
    # Every setup for itself, with instances counted up until they are enough.
    first, last = (percentile_s(found, TRAFFIC, 90, whole=whole) for whole in (False, True))
    least = math.inf
    for i in range(found.size):
        if 1 / found.tpot_s[i] < 40 or first[i] > 0.6 or last[i] > 14:
            continue
        each = found.requests_per_s[i]
        if unit == "users":
            each *= mean_request_s(found.take(np.array([i])), TRAFFIC)[0]
        n = 1
        while n * asked.utilisation * each < asked.demand * asked.peak_over_mean * (1 - 1e-9):
            n += 1
        least = min(least, (n + asked.spares) * found.paid_gpus[i])
    assert made.gpus == pytest.approx(least)


def test_each_limit_leaves_out_what_breaks_it() -> None:
    rows = setups(
        tpot_s=[0.01, 0.03, 0.01, 0.01],
        first_s=[[0.1, 0.1, 2.0, 0.1]],
        requests_per_s=1.0,
        batch=1.0,
        elasticity=1.0,
        layout=[0, 1, 2, 3],
    )
    asked = Requirements(first_token_s=1.0, end_to_end_s=6.0)
    assert within(SCENARIO, asked, TRAFFIC, rows).tolist() == [True, False, False, True]
    assert within(SCENARIO, asked, TRAFFIC, rows, without="first_token").tolist() == [True, False, False, True]
    slower = asked.model_copy(update={"end_to_end_s": None})
    assert within(SCENARIO, slower, TRAFFIC, rows, without="speed").tolist() == [True, True, False, True]
    assert within(SCENARIO, slower, TRAFFIC, rows, without="first_token").tolist() == [True, False, True, True]
    mean = SCENARIO.changed(target_ttft_s=0.05)
    assert not within(mean, slower, TRAFFIC, rows).any()
    assert plan(mean, slower, TRAFFIC, rows) is None


def test_limits_on_time_do_not_hold_where_no_time_is_known() -> None:
    published = SCENARIO.changed(engine="published", published={"variant": "toy", "pipeline": False})
    found = engines.setups(published, TRAFFIC)
    made = plan(published, Requirements(first_token_s=0.001), TRAFFIC, found)
    assert made is not None
    assert math.isnan(made.peak.first_token_s)
    assert 1 / made.peak.tpot_s >= 50
    # Whole instances of fractions of GPUs.
    assert made.gpus == made.instances * made.setup.n_gpu[0]


def test_servers_and_domains_hold_whole_instances() -> None:
    assert [units(n, gpus, 8) for n, gpus in ((1, 2), (4, 2), (5, 2), (3, 3), (2, 8), (2, 16), (1, 12))] == [
        *(1, 1, 2, 2),  # two of 3 in a server of 8
        *(2, 4, 2),
    ]
    assert units(5, 48, 72) == 5
