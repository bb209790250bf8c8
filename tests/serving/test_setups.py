"""Setups: one length is the frontier's own, several are their mean work, and cached prompts are less of it."""

import numpy as np
import pytest

from infecon_core import Layout, NothingFits, Scenario, engines
from infecon_core.physics.deployment import Deployment, Shards
from infecon_core.physics.prefill import prompt_time
from infecon_core.physics.queueing import variation
from infecon_core.schema.traffic import Length, Traffic
from infecon_core.serving.setups import mean_prompt
from infecon_core.serving.times import constants_of
from infecon_core.setups import Setups

SCENARIOS = {
    "dense": Scenario.preset("llama-3.1-70b", "h100-sxm", prompt_tokens=2000, output_tokens=500),
    "experts": Scenario.preset("gpt-oss-120b", "b200-hgx", max_gpus=16),
    "draft": Scenario.preset("llama-3.1-70b", "h100-sxm", draft="llama-3.2-1b", max_gpus=8),
    "disaggregated": Scenario.preset("llama-3.1-70b", "h200-sxm", disaggregated=True),
}


def _traffic(*lengths: tuple[int, int, float], cached: float = 0.0) -> Traffic:
    records = [Length(prompt_tokens=p, output_tokens=o, share=share) for p, o, share in lengths]
    return Traffic(lengths=tuple(records), cached_share=cached)


def _of(scenario: Scenario, traffic: Traffic | None = None) -> Setups:
    own = _traffic((scenario.prompt_tokens, scenario.output_tokens, 1.0))
    return engines.setups(scenario, traffic or own)


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_one_length_costs_what_the_frontier_says(scenario: Scenario) -> None:
    found, frontier = _of(scenario), engines.frontier(scenario)
    price = scenario.accelerator.price_usd_per_gpu_hour
    usd = found.paid_gpus * (1 / found.requests_per_s + found.prompt_instances_s) * price / 3600
    usd = usd / scenario.output_tokens * 1e6
    for _, row in frontier.iterrows():
        same = (found.n_gpu == row["n_gpu"]) & (found.tp == row["tp"]) & (found.dp_attn == row["dp_attn"])
        at = np.flatnonzero(same & (found.batch == row["batch"]) & (found.pp == row["pp"]))
        assert at.size == 1
        assert found.tpot_s[at[0]] == pytest.approx(row["tpot_s"], rel=1e-12)
        assert usd[at[0]] == pytest.approx(row["usd_per_million_tokens"], rel=1e-9)
        assert found.power_share[at[0]] == pytest.approx(row["power_share"], rel=1e-9)
        assert found.draft_tokens[at[0]] == row["draft_tokens"]


def test_the_first_token_without_a_wait_is_that_of_the_load_curve_less_its_wait() -> None:
    scenario = SCENARIOS["dense"]
    found = _of(scenario)
    curve = engines.load_curve(scenario, Layout(n_gpu=8, tp=8, pp=1, dp_attn=1, ep=1), 64)
    here = curve[curve["batch"] == 64].iloc[0]
    at = int(np.flatnonzero((found.n_gpu == 8) & (found.batch == 64))[0])
    # Of an open queue, in which 64 users are no fewer by the one who asks.
    wait_s = found.prompt_load[at] * found.prompt_s[0, at] / (2 * (1 - found.prompt_load[at]))
    assert found.first_s[0, at] + wait_s * 63 / 64 == pytest.approx(here["ttft_s"], rel=1e-9)
    assert found.prompt_load[at] == pytest.approx(here["prompt_load"], rel=1e-12)
    assert found.requests_per_s[at] == pytest.approx(here["requests_per_s"], rel=1e-12)


def test_the_same_length_twice_is_one_length() -> None:
    scenario = SCENARIOS["dense"]
    once, twice = _of(scenario), _of(scenario, _traffic((2000, 500, 3.0), (2000, 500, 1.0)))
    for name in ("batch", "tpot_s", "requests_per_s", "prompt_load", "places"):
        np.testing.assert_allclose(getattr(once, name), getattr(twice, name), rtol=1e-12)
    np.testing.assert_allclose(once.first_s, twice.first_s[:1], rtol=1e-12)
    np.testing.assert_allclose(variation(twice.held_s, (0.75, 0.25)), 0, atol=1e-12)


def test_several_lengths_lie_between_each_alone() -> None:
    scenario = SCENARIOS["dense"]
    short, mixed, long = (
        _of(scenario, one)
        for one in (_traffic((1000, 500, 1)), _traffic((1000, 500, 1), (9000, 500, 1)), _traffic((9000, 500, 1)))
    )
    rows = [np.flatnonzero((one.n_gpu == 8) & (one.batch == 32))[0] for one in (short, mixed, long)]
    rates = [one.requests_per_s[row] for one, row in zip((short, mixed, long), rows, strict=True)]
    assert rates[0] > rates[1] > rates[2]
    places = [one.places[row] for one, row in zip((short, mixed, long), rows, strict=True)]
    assert places[0] >= places[1] >= places[2]
    # The long prompt's own way to the first token, under a step of the mix.
    one_way = [one.first_s[i, row] - 1.5 * one.tpot_s[row] for one, row, i in zip(
        (mixed, mixed, long), (rows[1], rows[1], rows[2]), (0, 1, 0), strict=True
    )]  # fmt: skip
    assert one_way[0] < one_way[1] == pytest.approx(one_way[2], rel=1e-9)


def test_a_mean_prompt_is_the_sum_of_parts() -> None:
    scenario = SCENARIOS["experts"]
    deployment = Deployment(
        scenario.architecture, scenario.accelerator, scenario.precision, constants_of(scenario)
    )  # fmt: skip
    shards = Shards(*(np.array([float(x)]) for x in (1, 8, 8, 1)))
    short, long = (prompt_time(deployment, shards, n) for n in (500, 4000))
    mean = mean_prompt([short, long], (0.25, 0.75))
    for name in ("arithmetic_s", "network_bandwidth_s", "memory_s", "passes", "pooled_memory_s"):
        each = getattr(short, name), getattr(long, name)
        np.testing.assert_allclose(getattr(mean, name), 0.25 * each[0] + 0.75 * each[1])
    np.testing.assert_allclose(mean.all_experts_s[0], short.all_experts_s[0])
    np.testing.assert_array_equal(mean.copies, short.copies)


def test_cached_prompts_take_no_work_and_all_their_room() -> None:
    scenario = SCENARIOS["dense"]
    none, most = _of(scenario, _traffic((8000, 500, 1))), _of(scenario, _traffic((8000, 500, 1), cached=0.9))
    rows = [np.flatnonzero((one.n_gpu == 8) & (one.batch == 32))[0] for one in (none, most)]
    assert none.places[rows[0]] == most.places[rows[1]]
    assert most.requests_per_s[rows[1]] > 1.5 * none.requests_per_s[rows[0]]
    # A tenth of the products, and more of the attention: a new token attends to all 8,000 and not to half of them.
    part = most.prompt_s[0, rows[1]] / none.prompt_s[0, rows[0]]
    assert 0.10 < part < 0.13


def test_places_are_those_of_the_memory_and_full_ones_answer_most() -> None:
    found = _of(SCENARIOS["dense"])
    for layout in np.unique(found.layout):
        own = found.of_layout(int(layout))
        assert (np.diff(own.batch) > 0).all()
        assert (own.places == own.places[0]).all()
        assert own.batch[-1] <= own.places[0]
        assert (own.full_requests_per_s >= own.requests_per_s * (1 - 1e-12)).all()
        assert (own.elasticity > 0).all()


def test_lengths_that_do_not_fit_are_named_though_those_of_the_scenario_fit() -> None:
    scenario = Scenario.preset("llama-3.1-70b", "h100-sxm", max_gpus=4, weights="fp8")
    _of(scenario)
    with pytest.raises(NothingFits, match="requests of 2,000,100 tokens"):
        _of(scenario, _traffic((2_000_000, 100, 1)))
    limited = scenario.changed(demand_tokens_per_s=0.01)
    with pytest.raises(NothingFits, match="demand"):
        _of(limited)


def test_limits_on_what_an_instance_sells_hold() -> None:
    scenario = SCENARIOS["dense"].changed(demand_tokens_per_s=500.0)
    found = _of(scenario)
    assert (found.requests_per_s * scenario.output_tokens <= 500).all()
    assert found.size < _of(SCENARIOS["dense"]).size
