"""Who wins and which order can be told: against the comparison of the first page on the same scenarios."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest

from infecon_core import catalog
from infecon_core.analysis.compare import Target, entrant, ratio, standings
from infecon_core.choices import Choices
from infecon_ui.charts.measures import MEASURES
from infecon_ui.landscape.curves import NONE
from infecon_ui.landscape.dataset import DataSet
from infecon_ui.landscape.market import Market, choices_of, colour_order, lasting, market, prices, told_within
from infecon_ui.landscape.question import SPEEDS, Question


def _standings(found: Market, i: int, j: int) -> tuple[object, ...]:
    """The same model and accelerators as the first page compares them."""
    (speed, (prompt, output)), question = found.columns[j], found.question
    values = {"prompt": prompt, "output": output, "max": 8, "basis": question.basis, "at": speed}
    values["w"] = dict(question.where)["weights"]
    chosen = [Choices(found.data.models[i], name).with_values(**values) for name in question.accelerators]
    target = Target(speed)
    return standings(
        [entrant(one.accelerator_id, one.scenario(), target=target) for one in chosen], question.measure.column, target
    )


@pytest.mark.parametrize("y", MEASURES)
@pytest.mark.parametrize("weights", ["fp8", "fp4"])
def test_costs_and_orders_are_those_of_the_comparison(data: DataSet, question: Question, y: str, weights: str) -> None:
    found = market(data, replace(question, y=y, where=(("weights", weights),)))
    checked, told = 0, set[bool]()
    for i, j in itertools.product(range(len(data.models)), (1, 3, 6)):
        standing = _standings(found, i, j)
        for k, one in enumerate(standing):
            assert math.isfinite(found.cost[i, j, k]) == one.reached  # type: ignore[attr-defined]
            if one.reached:  # type: ignore[attr-defined]
                assert found.worth(found.cost[i, j, k]) == pytest.approx(one.value, rel=1e-12)  # type: ignore[attr-defined]
        reached = [(k, one) for k, one in enumerate(standing) if one.reached]  # type: ignore[attr-defined]
        for (k, one), (m, other) in itertools.permutations(reached, 2):
            if one.cost < other.cost:  # type: ignore[attr-defined]
                assert found.apart[i, j, k, m] == ratio(one, other).told_apart  # type: ignore[arg-type]
                told.add(bool(found.apart[i, j, k, m]))
                checked += 1
        if reached:
            best = min(reached, key=lambda pair: pair[1].cost)  # type: ignore[attr-defined]
            assert found.winner[i, j] == best[0]
            rivals = {k for k, one in reached if one is not best[1] and not ratio(best[1], one).told_apart}  # type: ignore[arg-type]
            assert set(found.rivals(i, j)) == rivals
        else:
            assert found.winner[i, j] == NONE
            assert found.rivals(i, j) == ()
    assert checked >= 9
    assert told == {True, False}


def test_without_a_price_on_the_basis_nobody_wins_by_price(data: DataSet, question: Question) -> None:
    none = catalog.accelerator("mi300x").prices["rent_3y"].usd_per_gpu_hour
    assert prices(data, "rent_3y")[data.accelerators.index("mi300x")] == none
    assert math.isnan(prices(data, "owner_hyperscaler")[0]) == (
        "owner_hyperscaler" not in catalog.accelerator(data.accelerators[0]).prices
    )


def test_columns_are_speeds_with_the_target_or_all_lengths(data: DataSet, question: Question) -> None:
    assert question.speeds == SPEEDS
    odd = replace(question, target_tokens_per_s_user=60.0)
    assert market(data, odd).columns[market(data, odd).asked] == (60.0, (8000, 1000))
    assert len(odd.speeds) == len(SPEEDS) + 1
    across = market(data, replace(odd, across="length"))
    assert across.columns == ((60.0, (1000, 1000)), (60.0, (8000, 1000)))
    assert across.asked == 1
    np.testing.assert_array_equal(across.cost[:, 1], market(data, odd).cost[:, market(data, odd).asked])


def test_only_those_that_take_part_can_win(data: DataSet, question: Question) -> None:
    every = market(data, question)
    best = data.accelerators[int(every.winner[2, 3])]
    others = tuple(name for name in data.accelerators if name != best)
    fewer = market(data, replace(question, accelerators=others))
    assert others[int(fewer.winner[2, 3])] != best
    assert fewer.cost[2, 3].min() > every.cost[2, 3].min()


def test_colours_stay_while_the_target_moves(data: DataSet, question: Question) -> None:
    order = colour_order(data, lasting(data, question))
    moved = replace(question, target_tokens_per_s_user=20.0, length=(1000, 1000), by="all", across="length")
    assert lasting(data, moved) == lasting(data, question)
    winners = [data.accelerators[one] for one in market(data, question).winner.ravel() if one != NONE]
    assert set(winners) <= set(order)


def test_makers_are_told_within_more_than_one_makers_chips(data: DataSet, question: Question) -> None:
    factors = told_within(data, data.accelerators, question.where)
    b200, h100, mi300x = (data.accelerators.index(name) for name in ("b200-hgx", "h100-sxm", "mi300x"))
    assert 1 < factors[b200, h100] < factors[b200, mi300x]
    assert factors[h100, mi300x] == factors[b200, mi300x]
    assert np.isnan(np.diag(factors)).all()


def test_a_scenario_of_the_data_set_is_put_on_a_basis() -> None:
    link = Choices("llama-3.1-8b", "h100-sxm").with_values(prompt=8000, price=1.5).text()
    assert choices_of(link, "own").scenario().accelerator.price_usd_per_gpu_hour == 1.5
    assert choices_of(link, "rent_3y").scenario().accelerator.price_usd_per_gpu_hour == 1.78
    assert choices_of(link, "rent_3y").value("prompt") == 8000
