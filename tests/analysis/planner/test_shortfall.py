"""Why nothing keeps the limits: which one limit is in the way, and what lets go of it."""

from infecon_core import Scenario, engines
from infecon_core.analysis.planner.plan import plan, within
from infecon_core.analysis.planner.shortfall import shortfalls
from infecon_core.schema.requirements import Requirements
from infecon_core.schema.traffic import Length, Traffic
from tests.support.setups import setups

TRAFFIC = Traffic(lengths=(Length(prompt_tokens=1000, output_tokens=101),))
SCENARIO = Scenario.preset("llama-3.1-70b", "h100-sxm")


def test_the_limit_that_is_cheapest_to_let_go_comes_first() -> None:
    # The one layout is fast and late, the other in time and slow, and answers twice as much.
    pair = setups(layout=[0, 1], tpot_s=[0.01, 0.04], first_s=[[3.0, 0.5]], requests_per_s=[1.0, 2.0])
    asked = Requirements(first_token_s=1.0, demand=10.0)
    assert plan(SCENARIO, asked, TRAFFIC, pair) is None
    speed, first = shortfalls(SCENARIO, asked, TRAFFIC, pair)
    assert (speed.limit, first.limit) == ("speed", "first_token")
    assert (speed.best, speed.allowed) == (25, 22)
    assert (round(first.best, 6), first.allowed) == (3.0, 3.3)
    assert first.plan.gpus == 2 * speed.plan.gpus - 4  # 10 and 19 instances of 4
    assert speed.plan.setup.layout[0] == 1


def test_limits_that_are_broken_together_have_no_shortfall() -> None:
    late_and_slow = setups(tpot_s=0.04, first_s=3.0)
    assert shortfalls(SCENARIO, Requirements(first_token_s=1.0), TRAFFIC, late_and_slow) == ()


def test_a_late_last_token_and_the_mean_of_the_scenario() -> None:
    row = setups(tpot_s=0.015, first_s=0.5)
    (last,) = shortfalls(SCENARIO, Requirements(end_to_end_s=1.0), TRAFFIC, row)
    assert (last.limit, last.allowed) == ("end_to_end", 2.2)  # 0.5 s and 100 tokens of 15 ms, and a tenth
    strict = SCENARIO.changed(target_ttft_s=0.2)
    (mean,) = shortfalls(strict, Requirements(first_token_s=None), TRAFFIC, row)
    assert (mean.limit, mean.allowed) == ("first_token", 0.55)


def test_what_is_allowed_is_kept_by_the_plan_that_goes_with_it() -> None:
    scenario = Scenario.preset("llama-3.1-405b", "h100-sxm", target_tokens_per_s_user=100.0, weights="fp8")
    traffic = Traffic(lengths=(Length(prompt_tokens=1000, output_tokens=1000),))
    found = engines.setups(scenario, traffic)
    assert plan(scenario, Requirements(), traffic, found) is None
    (speed,) = shortfalls(scenario, Requirements(), traffic, found)
    assert speed.best < 100
    assert 1 / speed.plan.setup.tpot_s[0] >= speed.allowed
    assert within(scenario, Requirements(), traffic, speed.plan.setup, without="speed").all()
