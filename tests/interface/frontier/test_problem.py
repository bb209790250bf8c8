"""Why a choice has no frontier, in words, and buttons that lead to one."""

import re
from typing import Any

import pytest

from infecon_core import Scenario
from infecon_ui.charts.measures import MEASURES
from infecon_ui.frontier import cache
from infecon_ui.frontier.problem import Problem, help_for, problem_of
from infecon_ui.state.chosen import Chosen
from tests.support.shown import chosen_with

OUTPUT = MEASURES["output"]
LATE: dict[str, Any] = {"model": "llama-3.1-70b", "gpu": "h100-sxm", "ttft": 0.1}


def _problem(choice: Chosen) -> Problem:
    found = problem_of(choice, OUTPUT)
    assert found is not None
    return found


def test_what_runs_is_no_problem() -> None:
    assert problem_of(chosen_with(), OUTPUT) is None


def test_a_first_token_that_comes_too_late_is_said_to() -> None:
    found = _problem(chosen_with(**LATE))
    said = re.fullmatch(
        r"Llama 3\.1 70B on H100 SXM cannot give the first token within 0\.1 s: the quickest is (0\.\d+) s",
        found.heading,
    )
    assert said is not None
    assert any(offer.label.startswith("With B200: ") for offer in found.help.offers)
    assert {"target_ttft_s": float(said[1])} in [offer.changes for offer in found.help.offers]
    assert found.help.lead == "What would help, with $ per million output tokens:"


def test_a_limit_that_is_not_what_stands_in_the_way_is_not_named() -> None:
    found = _problem(chosen_with(model="llama-3.1-405b", gpu="h100-sxm", max=4, ttft=0.05))
    assert found.heading == "Llama 3.1 405B does not run on H100 SXM as chosen"


def test_a_basis_without_a_price_offers_those_with_one() -> None:
    choice = chosen_with(gpu="tpu-v7x", basis="rent_3y")
    found = _problem(choice)
    assert found.heading == "TPU v7x has no price on three-year rent"
    assert found.help.offers[0].label.startswith("On demand: $")
    for offer in found.help.offers:
        assert choice.choices.apply(offer.changes).scenario().accelerator.price_usd_per_gpu_hour > 0


@pytest.mark.parametrize(
    "values",
    [LATE, {"gpu": "rtx-4090", "max": 1}, {"model": "llama-3.1-405b", "gpu": "h100-sxm", "max": 4}],
    ids=str,
)
def test_every_offer_makes_it_run(values: dict[str, Any]) -> None:
    choice = chosen_with(**values)
    offers = _problem(choice).help.offers
    assert offers
    assert len({offer.label for offer in offers}) == len(offers)
    for offer in offers:
        assert cache.frontier(choice.choices.apply(offer.changes).scenario()).points is not None


@pytest.mark.parametrize("y", ["output", "total", "gpu"])
def test_offers_are_in_the_unit_of_the_axis(y: str) -> None:
    choice = chosen_with(prompt=8000, at=150.0)
    assert choice.scenario is not None
    found = help_for(choice.scenario, MEASURES[y])
    assert MEASURES[y].title[1:] in found.lead
    remedy, offer = cache.remedies(choice.scenario)[0], found.offers[0]
    written = offer.label.rpartition(" tok/s, ")[2]
    assert written.startswith("$") == MEASURES[y].money
    number = float(written.removeprefix("$").replace(",", ""))
    assert number == pytest.approx(remedy.point[MEASURES[y].column], rel=0.05)


def test_what_is_not_known_is_told_in_the_price_of_the_output() -> None:
    scenario = Scenario.preset(
        "llama-3.1-70b", "h100-sxm", engine="published", published={"variant": "toy"}, target_tokens_per_s_user=170
    )
    found = help_for(scenario, MEASURES["total"])
    assert found.offers
    assert found.lead == "What would help, with $ per million output tokens:"


def test_where_nothing_helps_that_is_said() -> None:
    choice = chosen_with(gpu="gb200-nvl72", at=100_000.0)
    assert choice.scenario is not None
    found = help_for(choice.scenario, OUTPUT)
    assert (found.lead, found.offers) == ("No change that was tried brings the target within reach.", ())
