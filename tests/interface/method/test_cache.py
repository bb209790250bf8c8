"""What is kept for the page: the point at the target with its numbers, and what is said where there is none."""

import pytest

from infecon_core import Scenario
from infecon_ui.method import plots
from infecon_ui.method.cache import Worked, worked


def test_the_point_is_the_one_of_the_frontier_at_the_target() -> None:
    found = worked(Scenario.preset("llama-3.1-70b", "h100-sxm"))
    assert isinstance(found, Worked)
    assert found.point["tokens_per_s_user"] >= 50
    assert found.step.usd_per_million_tokens == pytest.approx(found.point["usd_per_million_tokens"], rel=1e-9)
    assert found.numbers["pricing.usd_per_million_tokens"][0].result[0] == pytest.approx(
        found.step.usd_per_million_tokens, rel=1e-12
    )
    assert worked(Scenario.preset("llama-3.1-70b", "h100-sxm")) is found


def test_nothing_that_runs_is_a_sentence_and_a_far_target_is_lowered() -> None:
    said = worked(Scenario.preset("llama-3.1-405b", "h100-sxm", max_gpus=1))
    assert isinstance(said, str)
    assert said.endswith(".")
    found = worked(Scenario.preset("llama-3.1-70b", "h100-sxm", target_tokens_per_s_user=1e5))
    assert isinstance(found, Worked)
    assert found.scenario.target_tokens_per_s_user < 1000


def test_bars_of_operators_sum_to_the_time_of_a_token() -> None:
    found = worked(Scenario.preset("llama-3.1-70b", "h100-sxm"))
    assert isinstance(found, Worked)
    plot = plots.operators(found)
    ends = [row.spans[-1].end for row in plot.drawing.rows]  # type: ignore[union-attr]
    assert ends == sorted(ends, reverse=True)
    assert sum(ends) == pytest.approx(1e3 * found.step.tpot_s, rel=1e-9)
    assert plot.claim.startswith(plot.drawing.rows[0].name)  # type: ignore[union-attr]
