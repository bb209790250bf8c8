"""What each generation gives over the one before it."""

import math

import pandas as pd
import pytest

from infecon_core import Scenario, catalog
from infecon_core.analysis.scaling.generations import (
    GENERATIONS,
    mean_ratio,
    on_generations,
    printed_steps,
    steps,
)
from infecon_core.schema import OWN

SCENARIO = Scenario.preset("llama-3.1-70b", "h100-sxm", weights="fp8", price_basis="on_demand")


def _frontier(*points: tuple[float, float]) -> pd.DataFrame:
    return pd.DataFrame(points, columns=["tokens_per_s_user", "usd_per_million_tokens"])


def test_steps_by_hand() -> None:
    # Of the old one 80³/1 is the most; at 1 USD the new one reaches 120, and 80 tokens/s cost it 0.5 USD.
    old = _frontier((100.0, 9.0), (80.0, 1.0), (10.0, 0.5))
    new = _frontier((200.0, 5.0), (120.0, 0.9), (90.0, 0.5), (20.0, 0.1))
    (found,) = steps([("old", old), ("new", new)])
    assert (found.old, found.new) == ("old", "new")
    assert (found.tokens_per_s, found.usd) == (80.0, 1.0)
    assert found.speed_ratio == pytest.approx(1.5)
    assert found.price_ratio == pytest.approx(0.5)


def test_what_is_out_of_reach_is_not_known() -> None:
    (found,) = steps([("old", _frontier((80.0, 1.0))), ("new", _frontier((60.0, 2.0)))])
    assert math.isnan(found.speed_ratio)
    assert math.isnan(found.price_ratio)
    assert steps([("alone", _frontier((1.0, 1.0)))]) == ()


def test_one_of_both_may_be_out_of_reach() -> None:
    # At 80 tokens/s the new one is dearer than the old one, and so at every speed: it reaches no such price.
    old = _frontier((80.0, 1.0))
    (dear,) = steps([("old", old), ("new", _frontier((100.0, 3.0), (60.0, 2.0)))])
    assert math.isnan(dear.speed_ratio)
    assert dear.price_ratio == pytest.approx(3)
    # Cheap, and never as fast: at 1 USD it reaches 60 tokens/s.
    (slow,) = steps([("old", old), ("new", _frontier((60.0, 0.8), (30.0, 0.4)))])
    assert slow.speed_ratio == pytest.approx(60 / 80)
    assert math.isnan(slow.price_ratio)


def test_ratios_have_a_geometric_mean() -> None:
    assert mean_ratio([0.5, 2.0]) == pytest.approx(1)
    assert math.isnan(mean_ratio([math.nan]))


def test_generations_are_priced_on_the_scenarios_basis() -> None:
    found = on_generations(SCENARIO)
    assert [one.id for one in found] == list(GENERATIONS)
    years = [one.year or 0 for one in found]
    assert years == sorted(years)
    for one in found:
        assert one.scenario is not None
        assert one.scenario.price_basis == "on_demand"
        assert one.scenario.architecture == SCENARIO.architecture
        expected = catalog.accelerator(one.id).price("on_demand").usd_per_gpu_hour
        assert one.scenario.accelerator.price_usd_per_gpu_hour == expected


def test_no_basis_is_mixed() -> None:
    found = on_generations(SCENARIO.changed(price_basis="rent_3y"))
    missing = [one for one in found if one.scenario is None]
    assert {one.id for one in missing} == {
        one for one in GENERATIONS if "rent_3y" not in catalog.accelerator(one).prices
    }
    assert missing
    assert all("has no price for" in one.problem for one in missing)


def test_one_price_for_all() -> None:
    for scenario in (SCENARIO.changed(price_usd_per_gpu_hour=1.25), SCENARIO):
        usd = scenario.accelerator.price_usd_per_gpu_hour
        for one in on_generations(scenario, same_price=True):
            assert one.scenario is not None
            assert one.scenario.accelerator.price_usd_per_gpu_hour == usd
            assert one.scenario.price_basis == OWN
            assert one.scenario.accelerator.hbm_bytes_per_s == catalog.accelerator(one.id).accelerator.hbm_bytes_per_s


def test_the_paper_prints_a_quarter_more() -> None:
    found = printed_steps()
    assert [one.label for one in found] == ["A100 over V100", "H100 over A100"]
    assert [one.printed for one in found] == [1.25, 1.25]
    assert all(1.2 < one.computed < 1.4 for one in found)
