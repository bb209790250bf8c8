"""Scenarios of one shape in one sweep: their frontiers are those that each has alone."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infecon_core import NothingFits, Scenario, frontier
from infecon_core.serving import search_size, together
from infecon_core.serving.evaluate import searched
from infecon_core.serving.search_size import work
from infecon_core.serving.together import frontiers_together
from tests.support.serving_pairs import PAIRS

LENGTHS = st.tuples(
    st.sampled_from([0, 1, 300, 1000, 8000, 131_072, 3_000_000]), st.sampled_from([0, 1, 7, 1000, 20_000])
)
ONE = st.tuples(LENGTHS, st.sampled_from([0.5, 3.0, 11.7]), st.sampled_from([12.0, 50.0, 300.0]))


def _same(scenario: Scenario, found: dict[str, Any] | NothingFits) -> None:
    """The answer is what `frontier` gives for the scenario alone."""
    if isinstance(found, NothingFits):
        with pytest.raises(NothingFits) as caught:
            frontier(scenario)
        assert str(found) == str(caught.value)
        assert found.changes == caught.value.changes
        return
    alone = frontier(scenario)
    assert list(found) == list(alone)
    for name in alone:
        values = np.broadcast_to(found[name], len(alone))
        if alone[name].dtype.kind in "fi":
            np.testing.assert_allclose(values, alone[name].to_numpy(), rtol=1e-12, atol=0, err_msg=name)
        else:
            assert list(values) == list(alone[name])


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(PAIRS), st.lists(ONE, min_size=1, max_size=12), st.sampled_from([1, 2_000, 100_000]))
def test_frontiers_of_random_groups_are_those_of_each_alone(
    pair: tuple[str, str, dict[str, Any]], group: list[tuple[tuple[int, int], float, float]], setups: int
) -> None:
    model, accelerator, changes = pair
    scenarios = [
        Scenario.preset(model, accelerator, **changes).changed(
            prompt_tokens=prompt, output_tokens=output, price_usd_per_gpu_hour=price, target_tokens_per_s_user=target
        )
        for (prompt, output), price, target in group
    ]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(together, "SETUPS", setups)
        answers = frontiers_together(scenarios)
    assert len(answers) == len(scenarios)
    for scenario, found in zip(scenarios, answers, strict=True):
        _same(scenario, found)


@pytest.mark.parametrize(
    "changes",
    [
        {"pipelines": True, "max_gpus": 8},
        {"target_ttft_s": 0.5},
        {"demand_tokens_per_s": 2000.0},
        {"correction": "own", "time_factor": 1.3},
        {"min_tokens_per_s_user": 0.0, "board_power_w": None},
    ],
)
def test_limits_hold_for_each(changes: dict[str, Any]) -> None:
    start = Scenario.preset("llama-3.1-70b", "h100-sxm", weights="fp8", **changes)
    scenarios = [start.changed(prompt_tokens=prompt) for prompt in (100, 1000, 30_000, 120_000)]
    for scenario, found in zip(scenarios, frontiers_together(scenarios), strict=True):
        _same(scenario, found)


@pytest.mark.parametrize("most_work", [0.2, 0.6, 1.1])
def test_searches_that_take_too_long_alone_are_refused_together(
    monkeypatch: pytest.MonkeyPatch, most_work: float
) -> None:
    start = Scenario.preset("llama-3.1-70b", "h100-sxm", weights="fp8", max_gpus=8)
    scenarios = [start.changed(prompt_tokens=prompt) for prompt in (100, 1000, 30_000, 120_000)]
    bound = most_work * work(searched(scenarios[0]))
    for module in (together, search_size):
        monkeypatch.setattr(module, "MOST_WORK", bound)
    answers = frontiers_together(scenarios)
    refused = [isinstance(found, NothingFits) and "takes too long" in str(found) for found in answers]
    assert refused == [work(searched(one)) > bound for one in scenarios]
    assert any(refused) == (most_work < 1)
    for scenario, found in zip(scenarios, answers, strict=True):
        _same(scenario, found)
