"""The simulation: against queues whose percentiles are known, and the formulas against it on cases."""

from math import exp, factorial, floor

import numpy as np
import pytest

from infecon_core.analysis.planner.checked import CASES, Case, simulated
from infecon_core.analysis.planner.simulation import simulate, simulated_plan
from infecon_core.catalog.waits import simulated_waits
from infecon_core.scenario import Scenario
from infecon_core.schema.requirements import Requirements
from infecon_core.schema.traffic import Length, Traffic
from tests.support.setups import setups

ONE = Traffic(lengths=(Length(prompt_tokens=1000, output_tokens=100),))


def test_prompts_of_one_length_wait_as_in_an_md1_queue() -> None:
    # Two loads, between which lies 2.5/s: half busy with prompts of 0.2 s; places and speed are no matter.
    rows = setups(
        batch=[1.0, 9.0], requests_per_s=[1.0, 4.0], prompt_load=[0.2, 0.8], prompt_s=0.2, first_s=0.0, places=1000.0
    )
    found = simulate(rows, ONE, Requirements(percentile=95), 2.5)
    # The wait of M/D/1 at half load: 1 - P(W <= x) = 5% at x = 2.05 services (Erlang's formula, solved numerically).
    assert found.first_token_s == pytest.approx(_md1_percentile(0.5, 0.95) * 0.2, rel=0.06)
    assert found.formula_first_token_s == pytest.approx(0.2 * np.log(0.5 / 0.05), rel=0.1)


def _md1_percentile(load: float, share: float) -> float:
    """Wait of M/D/1 in services: P(W <= x) = (1 - ρ) Σ (ρ(k - x))^k/k! · exp(-ρ(k - x)), k up to x (Erlang 1909)."""

    def waits_at_most(x: float) -> float:
        terms = ((load * (k - x)) ** k / factorial(k) * exp(-load * (k - x)) for k in range(floor(x) + 1))
        return (1 - load) * sum(terms)

    grid = np.linspace(0, 10, 4001)
    return float(grid[np.searchsorted([waits_at_most(x) for x in grid], share)])


def test_places_that_are_taken_are_waited_for_as_in_an_mdc_queue() -> None:
    # 8 places, each held for a second, at 7.2 requests/s: prompts take no time.
    rows = setups(
        batch=[1.0, 8.0], requests_per_s=[1.0, 8.0], tpot_s=0.01, first_s=0.0, places=8.0, full_requests_per_s=8.0
    )
    found = simulate(rows, ONE, Requirements(percentile=95), 7.2)
    assert found.held == pytest.approx(7.2, rel=0.02)
    # Erlang's C of 8 places and 7.2 is 0.70; with equal times the wait of those is about half of 1/(8 - 7.2) s.
    assert found.formula_first_token_s == pytest.approx(0.625 * np.log(0.70 / 0.05), rel=0.02)
    assert found.first_token_s == pytest.approx(found.formula_first_token_s, rel=0.15)


@pytest.mark.parametrize(("load", "prompts"), [(0.8, 1), (0.8, 3), (0.7, 6), (0.9, 12)])
def test_prompts_with_instances_of_their_own_wait_as_in_an_mdc_queue(load: float, prompts: int) -> None:
    rows = setups(batch=[1.0, 9.0], requests_per_s=[1.0, 4.0], first_s=0.5, prompt_s=0.4, prompt_instances_s=0.4)
    each = load * prompts / 0.4 / 10
    found = simulate(rows, ONE, Requirements(percentile=95), each, instances=10, prompt_instances=prompts)
    assert found.first_token_s > 0.5 + 0.05
    assert abs(found.first_token_error) < 0.12


def test_the_plan_of_prompts_on_their_own_gpus_is_what_is_simulated() -> None:
    scenario = Scenario.preset(
        "llama-3.3-70b", "h100-sxm", weights="fp8", disaggregated=True, prompt_tokens=8000, output_tokens=500
    )
    traffic = Traffic(lengths=(Length(prompt_tokens=8000, output_tokens=500),))
    found = simulated_plan(scenario, Requirements(demand=20.0), traffic)
    # 0.54 s for those who wait for nobody.
    assert found.first_token_s > 0.57
    assert abs(found.first_token_error) < 0.05


def test_the_same_seed_gives_the_same_answer_and_another_one_another() -> None:
    rows = setups(batch=[1.0, 9.0], requests_per_s=[1.0, 4.0], prompt_load=[0.2, 0.8], prompt_s=0.2, places=1000.0)
    first, again, other = (simulate(rows, ONE, Requirements(), 2.5, seed=seed) for seed in (1, 1, 2))
    assert first == again != other


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.model_id} {case.lengths}")
def test_the_formulas_agree_with_the_simulation(case: Case) -> None:
    found = simulated(case)
    assert abs(found.first_token_error) < 0.2
    # Where it jumps, the percentile of a simulation is a matter of chance.
    assert abs(found.formula_end_to_end_s / found.end_to_end_s - 1) < (0.5 if ":95," in case.lengths else 0.25)
    assert found.held == pytest.approx(found.formula_held, rel=0.25)


def test_what_is_said_of_the_formulas_is_what_the_cases_give() -> None:
    kept = simulated_waits()
    found = [simulated(case) for case in CASES]
    first = np.array([one.first_token_error for one in found])
    last = np.array([one.formula_end_to_end_s / one.end_to_end_s - 1 for one in found])
    assert kept.cases == len(CASES)
    for error, errors in ((kept.first_token, first), (kept.last_token, last)):
        assert error.median == pytest.approx(float(np.median(np.abs(errors))), abs=5e-4)
        assert error.least == pytest.approx(float(errors.min()), abs=5e-4)
        assert error.most == pytest.approx(float(errors.max()), abs=5e-4)


def test_a_plan_is_simulated_at_its_peak_and_none_is_refused() -> None:
    scenario = Scenario.preset("llama-3.1-70b", "h100-sxm")
    found = simulated_plan(scenario, Requirements(), ONE)
    assert found.first_token_s == pytest.approx(found.formula_first_token_s, rel=0.2)
    with pytest.raises(ValueError, match="No setup keeps the limits"):
        simulated_plan(scenario.changed(target_tokens_per_s_user=1e5), Requirements(), ONE)
