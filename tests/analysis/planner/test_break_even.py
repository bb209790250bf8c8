"""Own GPUs against an API: steps of instances, and the load from which on own ones are cheaper."""

import numpy as np
import pytest

from infecon_core import Scenario
from infecon_core.analysis.planner.break_even import OwnCost, cheaper_from, cheaper_somewhere, loads, own_cost
from infecon_core.schema.requirements import Requirements
from infecon_core.schema.traffic import Length, Traffic
from tests.support.setups import setups

TRAFFIC = Traffic(lengths=(Length(prompt_tokens=0, output_tokens=1000),))
SCENARIO = Scenario.preset("llama-3.1-70b", "h100-sxm", price_usd_per_gpu_hour=9.0)
ALONE = Requirements(peak_over_mean=1.0, utilisation=1.0)


def _cost(**needs: object) -> OwnCost:
    # An instance of 4 GPUs, 36 dollars an hour, answers 2 requests/s: 7.2 million tokens an hour, 5 dollars a million.
    found = own_cost(SCENARIO, ALONE.model_copy(update=needs), TRAFFIC, setups(requests_per_s=2.0))
    assert found is not None
    return found


def test_tokens_get_cheaper_until_one_more_instance_is_needed() -> None:
    cost = _cost()
    assert cost.usd_per_hour(np.array([0.5, 2.0, 2.01, 4.0, 7.0])).tolist() == [36, 36, 72, 72, 144]
    assert cost.usd_per_million_tokens(np.array([0.5, 2.0, 4.0])).tolist() == pytest.approx([20, 5, 5])
    # A spare instance, and peaks twice as high.
    both = _cost(spares=1, peak_over_mean=2.0)
    assert both.usd_per_hour(np.array([1.0, 1.5])).tolist() == [72, 108]


def test_the_break_even_is_where_own_gpus_stay_cheaper() -> None:
    x = loads(2.0)
    assert x.size == 401
    assert (x[0], x[-1]) == (pytest.approx(2 / 300), pytest.approx(60))
    # At 8 dollars the first instance pays from 1.25 requests/s on and the second not before 2.5.
    assert cheaper_from(_cost(), 8.0, x) == pytest.approx(2.5, rel=1e-6)
    # At 20 dollars the second one pays at once: half a request a second is all it takes.
    assert cheaper_from(_cost(), 20.0, x) == pytest.approx(0.5, rel=1e-6)
    assert cheaper_from(_cost(), 4.9, x) is None
    assert cheaper_from(_cost(), 1e6, x) == x[0]


@pytest.mark.parametrize("price", [5.05, 5.3, 5.9, 7.0, 11.0])
def test_from_there_on_no_load_is_dearer_however_close_one_looks(price: float) -> None:
    cost, x = _cost(spares=1), loads(200.0)
    found = cheaper_from(cost, price, x)
    close = np.linspace(x[0], x[-1], 400_001)
    dearer = close[cost.usd_per_million_tokens(close) > price * (1 + 1e-6)]
    assert dearer.size
    if found is None:
        # Just after the last step below the highest load.
        assert dearer[-1] > x[-1] - 2.0
    else:
        assert dearer[-1] < found < dearer[-1] + 0.03


def test_sparse_loads_do_not_hide_a_step() -> None:
    # Two loads that both fill their instances: between them 8 dollars are paid up to 2.5 requests/s.
    assert cheaper_from(_cost(), 8.0, np.array([2.0, 4.0])) == pytest.approx(2.5, rel=1e-6)
    assert cheaper_from(_cost(), 5.01, np.array([2.0, 4.0])) is None
    assert cheaper_somewhere(_cost(), 5.01, np.array([1.5, 3.5]))
    assert not cheaper_somewhere(_cost(), 4.99, np.array([1.5, 3.5]))


def test_of_layouts_the_one_that_costs_least_at_each_load() -> None:
    pair = setups(layout=[0, 1], n_gpu=[1.0, 8.0], paid_gpus=[1.0, 8.0], requests_per_s=[0.1, 2.0])
    found = own_cost(SCENARIO, ALONE, TRAFFIC, pair)
    assert found is not None
    assert found.usd_per_hour(np.array([0.1, 0.7, 0.9])).tolist() == [9, 63, 72]


def test_users_are_no_requests_and_nothing_within_the_limits_is_no_cost() -> None:
    users = _cost(demand_unit="users")
    assert users.usd_per_hour(np.array([2.0])).tolist() == [36]
    assert own_cost(SCENARIO, ALONE, TRAFFIC, setups(tpot_s=1.0)) is None
