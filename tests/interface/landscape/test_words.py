"""Claims and notes against what was counted by hand from the same market."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from infecon_core import catalog
from infecon_ui.landscape import words
from infecon_ui.landscape.curves import NONE, details
from infecon_ui.landscape.dataset import DataSet
from infecon_ui.landscape.grid import ALONE, MAKER, OPEN
from infecon_ui.landscape.market import Market, market
from infecon_ui.landscape.question import Question


def _market(found: Market, costs: list[list[float]], apart: list[tuple[int, int, int]]) -> Market:
    """A market of one column with costs by model and accelerator, and who is told apart: model, one, other."""
    told = np.zeros((3, 1, 3, 3), dtype=bool)
    for i, one, other in apart:
        told[i, 0, one, other] = True
    column = ((found.question.target_tokens_per_s_user, found.question.length),)
    return replace(found, columns=column, cost=np.array(costs)[:, None], apart=told)


def test_the_claim_counts_models(data: DataSet, question: Question) -> None:
    out = np.inf
    costs = [[1.0, 2.0, 3.0], [1.0, 2.0, out], [out, out, 0.4]]
    found = _market(market(data, question), costs, [(0, 0, 1), (0, 0, 2), (1, 0, 1)])
    assert words.claim(found) == (
        "At 50 tokens/s per user, B200 comes out cheapest for 2 of 3 models, "
        "for all of them by more than the model's error"
    )
    # Of the third there is no other: it is told apart from all that there are.
    assert words.support(found) == (
        "Then MI300X for 1. For all 3 models the lead is larger than the error of such comparisons."
    )
    assert found.winner[:, 0].tolist() == [0, 0, 2]


def test_makers_are_told_apart_where_one_makers_chips_are_not(data: DataSet, question: Question) -> None:
    # The accelerators: B200 and H100 of one maker, MI300X of another.
    costs = [[1.0, 2.0, 3.0]] * 3
    found = _market(market(data, question), costs, [(0, 0, 1), (0, 0, 2), (1, 0, 2), (2, 0, 1)])
    assert [words.sure(found, i, 0) for i in range(3)] == [ALONE, MAKER, OPEN]
    assert found.rivals(1, 0) == (1,)
    assert found.rivals(2, 0) == (2,)
    assert words.support(found) == (
        "For 1 of 3 models the lead is larger than the error of such comparisons, over other makers' accelerators "
        "for 2 of 3."
    )
    assert words.claim(found).endswith("for 3 of 3 models, for 1 of them by more than the model's error")


def test_a_lead_within_the_error_is_said_in_the_claim(data: DataSet, question: Question) -> None:
    found = _market(market(data, question), [[1.0, 2.0, 3.0]] * 3, [])
    assert words.claim(found).endswith("cheapest for 3 of 3 models, for none by more than the model's error")
    assert words.support(found).startswith("For no model is the lead larger than the error of such comparisons.")
    split = _market(market(data, question), [[1.0, 2.0, 3.0], [np.inf] * 3, [np.inf] * 3], [])
    assert words.claim(split).endswith("cheapest for 1 of 3 models, not by more than the model's error")


def test_one_accelerator_has_nothing_to_be_cheaper_than(data: DataSet, question: Question) -> None:
    own = replace(question, accelerators=("h100-sxm",))
    found = market(data, own)
    n = int((found.winner[:, found.asked] != NONE).sum())
    assert 0 < n < 3
    assert words.claim(found) == f"H100 SXM reaches 50 tokens/s per user for {n} of 3 models"
    assert "lead" not in words.support(found)
    assert words.told_apart(data, own) == ""
    assert words.chosen(own).endswith("price on three-year rent, 1 accelerator")


def test_chips_of_one_maker_have_no_other_makers(data: DataSet, question: Question) -> None:
    own = replace(question, accelerators=("b200-hgx", "h100-sxm"))
    found = replace(market(data, own), apart=np.zeros_like(market(data, own).apart))
    i = data.models.index("llama-3.1-8b")
    assert found.rivals(i, found.asked)
    assert words.sure(found, i, found.asked) == OPEN


def test_winners_beyond_what_was_measured_are_counted(shipped: DataSet, far: Question) -> None:
    found = market(shipped, far)
    points = details(shipped, found.point)
    winners = [int(found.point[i, found.asked, one]) for i, one in enumerate(found.winner[:, found.asked])]
    n = sum(bool(points[point]["beyond_measured"]) for point in winners)
    assert 0 < n < len(winners) == 22
    assert f"The setup lies beyond what was measured for {n} of 22." in words.support(found)


def test_a_target_that_nobody_reaches_is_said(data: DataSet, question: Question) -> None:
    found = _market(market(data, question), [[np.inf] * 3] * 3, [])
    assert words.claim(found) == "None of these 3 accelerators serves any of 3 models at 50 tokens/s per user"
    assert words.support(found) == "Lower the target, or let other accelerators take part."
    assert (found.winner == NONE).all()


def test_the_claim_is_that_of_the_market(data: DataSet, question: Question) -> None:
    found = market(data, question)
    counts = Counter(data.accelerators[one] for one in found.winner[:, found.asked] if one != NONE)
    best, n = counts.most_common(1)[0]
    assert f"{words.accelerator(best)} comes out cheapest" in words.claim(found)
    assert f"for {n} of 3 models, " in words.claim(found)
    more = market(data, replace(question, y="gpu"))
    assert "comes out with the most output tokens per second and GPU for " in words.claim(more)


def test_what_all_have_in_common(question: Question) -> None:
    assert words.chosen(question) == "Weights FP8, 8k in / 1k out, price on three-year rent, 3 accelerators"
    assert words.chosen(replace(question, y="gpu", across="length")) == "Weights FP8, 8k in / 1k out, 3 accelerators"


def test_those_without_a_price_take_no_part(data: DataSet, question: Question) -> None:
    wanted = ("b200-hgx", "h100-sxm", "mi300x")
    assert words.priced(data, question, wanted) == wanted
    assert words.without(data, question, wanted) == ""
    fewer = replace(question, accelerators=("b200-hgx",))
    assert words.without(data, fewer, wanted) == (
        "H100 SXM and MI300X take no part: no price on three-year rent is known."
    )
    power = replace(fewer, y="mw")
    assert words.without(data, power, wanted[:2]) == "H100 SXM takes no part: no board power is known."


def test_a_stale_data_set_says_so(data: DataSet) -> None:
    assert words.stale(data) == ""
    old = replace(data, data_version="00000000")
    assert "computed with data version 00000000; now it is " + catalog.data_version() in words.stale(old)
    assert "The same sweep into another folder" in words.stale(old)
    assert "make landscape" in words.stale(replace(old, shipped=True))


def test_the_source_names_dates_and_the_data_set(data: DataSet, question: Question) -> None:
    said = words.source(data, question)
    assert said.startswith("Model, not measurement. Prices of a GPU-hour on three-year rent, read 2026-07-31.")
    assert f"data version {data.data_version}: 34 frontiers, {data.points:,} points" in said
    assert "Prices" not in words.source(data, replace(question, y="gpu"))


def test_what_told_apart_means_has_the_factors_of_measured_pairs(data: DataSet, question: Question) -> None:
    assert "within 12% where one maker's software runs both, within 32% where two makers' do." in words.told_apart(
        data, question
    )


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("weights", "fp8", "Weights FP8"),
        ("max_gpus", 8, "Largest instance 8"),
        ("max_gpus", None, "Largest instance none"),
        ("disaggregated", True, "Prompts apart on"),
        ("of_somebody", "x", "of_somebody x"),
    ],
)
def test_dimensions_in_words(name: str, value: object, said: str) -> None:
    assert words.dimension(name, value).split()[-1] == said.rsplit(maxsplit=1)[-1]  # type: ignore[arg-type]
    if name != "disaggregated":
        assert words.dimension(name, value) == said  # type: ignore[arg-type]


def test_sizes_and_lengths() -> None:
    assert words.size("deepseek-v3") == "37.6 B of 671 B"
    assert words.size("llama-3.3-70b") == "70.6 B"
    assert words.length((128000, 1000)) == "128k in / 1k out"
    assert words.length((1024, 0)) == "1,024 in / 0 out"
