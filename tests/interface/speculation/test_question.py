"""What is held where one setup is, and the batches that run on it."""

from dataclasses import replace
from itertools import pairwise

import pytest

from infecon_core import engines
from infecon_core.analysis.draft_candidates import with_draft
from infecon_core.choices.kinds import Value
from infecon_core.pareto import at_speed, cheapest, fastest
from infecon_ui.speculation.question import NothingToShow, question
from tests.support.shown import chosen_with
from tests.support.speculation import asked_of


def test_the_setup_is_that_of_the_drafted_frontier() -> None:
    asked = asked_of()
    frame = engines.frontier(asked.scenario)
    for setup, row in (("target", at_speed(frame, 50)), ("fastest", fastest(frame)), ("cheapest", cheapest(frame))):
        held = replace(asked, setup=setup)
        assert row is not None
        assert (held.layout.n_gpu, held.layout.tp, held.batch) == (row["n_gpu"], row["tp"], row["batch"])
    out_of_reach = asked_of(at=5000.0)
    assert out_of_reach.batch == fastest(engines.frontier(out_of_reach.scenario))["batch"]


def test_batches_run_with_drafts() -> None:
    asked = asked_of(model="llama-3.1-70b", gpu="h100-sxm")
    found = engines.engine_of(asked.scenario).rounds(asked.scenario, asked.layout, asked.batches, 1)
    assert found.runs.all()
    some = asked.some_batches(6)
    assert len(some) == 6
    assert (some[0], some[-1]) == (asked.batches[0], asked.batches[-1])
    assert all(one < other for one, other in pairwise(some))


def test_a_measured_curve_bounds_the_lengths_that_are_shown() -> None:
    assert asked_of().longest == 8
    short = asked_of(spec="self", curve="kimi-k3-dspark-thinking")
    assert short.longest == 8
    measured = with_draft(short.scenario, accepted_lengths=(1.9, 2.4))
    assert replace(short, draft=short.draft._replace(scenario=measured)).longest == 2


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"model": "llama-3.1-405b", "max": 1}, "Nothing runs, with drafts or without. Llama 3.1 405B in FP8"),
        ({"model": "phi-4", "engine": "published"}, "The catalog has no smaller model with the tokens of Phi-4 14B"),
        ({"model": "llama-3.1-70b", "gpu": "v100-sxm-32gb", "basis": "rent_3y"}, ""),
    ],
)
def test_where_there_is_nothing_to_show_the_reason_is_told(values: dict[str, Value], reason: str) -> None:
    found = question(chosen_with(**{"gpu": "h100-sxm", **values}))
    assert isinstance(found, NothingToShow)
    assert found.reason.startswith(reason)
    assert found.reason.endswith(".")


@pytest.mark.parametrize("spec", ["off", "self"])
def test_the_page_says_whether_it_assumed_the_draft(spec: str) -> None:
    assert asked_of(spec=spec).assumed == (spec == "off")
