"""Where scenarios stand at a target, by how much they differ, and whether their order can be told."""

import math

import pandas as pd
import pytest

from infecon_core import Scenario, frontier
from infecon_core.analysis import compare
from infecon_core.analysis.compare import Entrant, Target, asked, entrant, ranked, ratio, standings
from infecon_core.validation import differences, uncertainty
from infecon_core.validation.differences import Difference, difference
from infecon_core.validation.uncertainty import Spread
from tests.support.comparisons import BASE, OTHER, OUTPUT, PER_GPU, made, standing

CHEAP = made("cheap", [(80, 4.0), (50, 2.0), (10, 1.0)])
DEAR = made("dear", [(90, 9.0), (60, 6.0), (20, 1.5)], OTHER)
SLOW = made("slow", [(40, 3.0)])
SLOWER = made("slower", [(30, 1.0)])
GAP = Entrant("gap", None, None, "It has no price.")


@pytest.fixture
def double_or_half(monkeypatch: pytest.MonkeyPatch) -> None:
    """Comparable measurements take half or twice as long."""
    monkeypatch.setattr(uncertainty, "spread", lambda scenario: Spread(0.5, 2.0, 99, "made up"))


def differing(monkeypatch: pytest.MonkeyPatch, factor: float) -> None:
    monkeypatch.setattr(differences, "difference", lambda one, other: Difference(factor, 40, "made up"))


def test_the_cheapest_point_that_is_fast_enough_counts() -> None:
    found = standing(CHEAP, DEAR, SLOW, GAP)
    assert [one.value for one in found[:2]] == [2.0, 6.0]
    assert [one.reached for one in found] == [True, True, False, False]
    assert found[2].note == "cannot reach 50 tokens/s; its fastest is 40"
    assert found[3].note == "It has no price."
    assert [one.fastest for one in found[:3]] == [80, 90, 40]


def test_the_range_by_hand(double_or_half: None) -> None:
    # Half as long: the point at a predicted 25 tokens/s runs at 50 and costs half of 2. Twice as long: it would need
    # 100 tokens/s, which nothing reaches.
    one, other = standing(CHEAP, made("fast", [(200, 7.0), (100, 5.0), (60, 3.0), (20, 1.0)]))
    assert (one.low, one.high) == (1.0, math.inf)
    assert (other.low, other.high) == (1.5, 10.0)


def test_throughputs_have_the_range_of_their_prices_turned_over(double_or_half: None) -> None:
    price = made("fast", [(200, 7.0), (100, 5.0), (60, 3.0), (20, 1.0)])
    (found,) = standing(price, column=PER_GPU)
    assert found.value == pytest.approx(1000 / 3)
    assert (found.low, found.high) == pytest.approx((1000 / 10, 1000 / 1.5))
    assert standing(CHEAP, column=PER_GPU)[0].low == 0  # out of reach


def test_ranked_has_the_best_first_then_the_fastest_of_the_slow_then_the_gaps() -> None:
    mixed = [GAP, SLOWER, DEAR, SLOW, CHEAP]
    assert [one.name for one in ranked(standing(*mixed))] == ["cheap", "dear", "slow", "slower", "gap"]
    # More tokens of a GPU are better, and cost less.
    assert [one.name for one in ranked(standing(*mixed, column=PER_GPU))] == ["cheap", "dear", "slow", "slower", "gap"]


def test_a_column_that_is_not_known_is_no_value() -> None:
    unknown = Entrant("unknown", BASE, CHEAP.frontier.assign(**{PER_GPU: math.nan}))  # type: ignore[union-attr]
    (found,) = standing(unknown, column=PER_GPU)
    assert not found.reached
    assert found.note.endswith("is not known.")


def test_measured_points_have_no_range(double_or_half: None) -> None:
    (found,) = standing(made("measured", [(60, 3.0), (20, 1.0)], measured=True))
    assert found.value == pytest.approx(2.5)
    assert math.isnan(found.low)
    assert math.isnan(found.high)


@pytest.mark.parametrize(
    ("factor", "told"),
    [
        # √1 = 1: 2 against 6 stays 2 against 6.
        (1.0, True),
        # √1.21 = 1.1: the cheaper one needs a predicted 55 tokens/s, 4 · 1.1 = 4.4; the dearer one 45.5, 6/1.1 = 5.45.
        (1.21, True),
        # √1.44 = 1.2: 60 tokens/s, 4 · 1.2 = 4.8, against 41.7 tokens/s, 6/1.2 = 5.
        (1.44, True),
        # √1.69 = 1.3: 65 tokens/s, 4 · 1.3 = 5.2, against 38.5 tokens/s, 6/1.3 = 4.6.
        (1.69, False),
        # √4 = 2: 100 tokens/s is out of reach.
        (4.0, False),
    ],
)
def test_an_order_is_told_where_it_outlives_what_the_two_do_not_share(
    monkeypatch: pytest.MonkeyPatch, factor: float, told: bool
) -> None:
    differing(monkeypatch, factor)
    for column in (OUTPUT, PER_GPU):
        one, other = standing(CHEAP, DEAR, column=column)
        assert ratio(one, other).told_apart is told
        assert ratio(other, one).told_apart is told


def test_ratios() -> None:
    one, other = standing(CHEAP, DEAR)
    assert ratio(one, other).ratio == pytest.approx(1 / 3)
    assert ratio(other, one).ratio == pytest.approx(3)
    measured = standing(CHEAP, made("measured", [(60, 3.0)], measured=True))
    assert ratio(*measured).told_apart is None


def test_scenarios_that_differ_in_price_alone_are_told_apart_whatever_their_ranges() -> None:
    cheaper = BASE.changed(price_usd_per_gpu_hour=BASE.accelerator.price_usd_per_gpu_hour * 0.9)
    found = standings([entrant("now", BASE), entrant("cheaper", cheaper)], OUTPUT, Target.of(BASE))
    both = ratio(found[1], found[0])
    assert both.ratio == pytest.approx(0.9)
    assert found[0].low < found[1].high  # the ranges of the two overlap almost wholly
    assert both.told_apart is True


def test_engines_are_told_apart_by_nobody() -> None:
    found = standings([entrant("a", BASE), entrant("b", BASE.changed(engine="published"))], OUTPUT, Target.of(BASE))
    assert difference(BASE, BASE.changed(engine="published")) is None
    assert ratio(*found).told_apart is None


def test_a_real_comparison_is_that_of_the_frontiers() -> None:
    target = Target.of(BASE)
    found = standings([entrant("one", BASE), entrant("other", OTHER)], OUTPUT, target)
    for one, scenario in zip(found, (BASE, OTHER), strict=True):
        points = frontier(scenario)
        assert one.value == points.loc[points["tokens_per_s_user"] >= 50, OUTPUT].min()
        assert one.low < one.value < one.high


def test_all_are_asked_for_the_same() -> None:
    own = BASE.changed(target_tokens_per_s_user=20.0, target_ttft_s=9.0)
    assert Target.of(asked(own, Target(50.0))) == Target(50.0, None)
    seen: list[Scenario] = []

    def search(scenario: Scenario) -> pd.DataFrame:
        seen.append(scenario)
        return frontier(scenario)

    entrant("pinned", own, target=Target(50.0, 2.0), search=search)
    assert Target.of(seen[0]) == Target(50.0, 2.0)


def test_what_does_not_fit_is_an_entrant_with_a_reason() -> None:
    found = entrant("large", Scenario.preset("llama-3.1-405b", "h100-sxm", max_gpus=1))
    assert found.frontier is None
    assert found.problem.endswith(".")
    assert entrant("none", None, "No price.").problem == "No price."


def test_less_of_a_cost_is_better() -> None:
    assert compare.is_cost("usd_per_million_tokens")
    assert compare.is_cost("usd_per_million_tokens_blended")
    assert not compare.is_cost("tokens_per_s_per_gpu")
    assert not compare.is_cost("tokens_per_s_per_mw")


def test_a_measured_value_lies_on_the_line_between_its_neighbours() -> None:
    # √(25 · 100) = 50, so √(1 · 4) = 2.
    (found,) = standing(made("measured", [(100, 4.0), (25, 1.0)], measured=True))
    assert found.value == pytest.approx(2.0)
    assert (found.speed, found.point["tokens_per_s_user"]) == (50.0, 100)  # type: ignore[index]
    # Where all are faster the cheapest counts, at its own speed; so does a computed point.
    (faster,) = standing(made("measured", [(100, 4.0), (60, 3.0)], measured=True))
    assert (faster.value, faster.speed, faster.slower) == (3.0, 60.0, None)
    (computed,) = standing(made("computed", [(100, 4.0), (25, 1.0)]))
    assert (computed.value, computed.speed) == (4.0, 100.0)


def test_a_measured_neighbour_keeps_the_limit_on_the_first_token() -> None:
    late = made("measured", [(100, 4.0), (40, 2.0), (25, 1.0)], measured=True)
    late.frontier["ttft_s"] = [1.0, 9.0, 1.0]  # type: ignore[index]
    (found,) = standings([late], OUTPUT, Target(50.0, 2.0))
    assert found.value == pytest.approx(2.0)
