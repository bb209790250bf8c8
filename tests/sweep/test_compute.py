"""What comes of scenarios together is what comes of each alone; one that fails stops nothing."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infecon_core.schema.frontier import COLUMNS
from infecon_core.sweep import compute
from infecon_core.sweep.compute import answers, computed, lost
from infecon_core.sweep.dataset import Answer, DataSet
from tests.support.sweeps import SMALL, all_jobs, jobs_of

AXES: dict[str, list[Any]] = {
    "w": ["bf16", "fp8"],
    "prompt": [0, 800, 30_000],
    "output": [1, 500],
    "basis": ["on_demand", "rent_3y"],
    "at": [5, 40],
    "ttft": ["none", 0.2],
    "spec": ["off", "self"],
    "a_power": [300, 700],
    "max": [2, 8],
}
SETUP = st.sampled_from(
    [
        {"model": "llama-3.1-8b", "gpu": "h100-sxm"},
        {"model": "gpt-oss-20b", "gpu": "mi300x"},
        {"model": "llama-3.1-70b", "gpu": "l4"},
    ]
)


def _same(one: Answer, other: Answer) -> None:
    assert (one.number, one.choices, one.reason) == (other.number, other.choices, other.reason)
    assert (one.frontier is None) == (other.frontier is None)
    if one.frontier is None or other.frontier is None:
        return
    for name, column in COLUMNS.items():
        values, expected = np.broadcast_arrays(one.frontier[name], other.frontier[name])
        if column.unit:
            np.testing.assert_allclose(values.astype(float), expected.astype(float), rtol=1e-12, atol=0, err_msg=name)
        else:
            assert list(map(str, values)) == list(map(str, expected))


@settings(max_examples=25, deadline=None)
@given(SETUP, st.sets(st.sampled_from(sorted(AXES)), min_size=1, max_size=5))
def test_together_is_each_alone(fixed: dict[str, Any], keys: set[str]) -> None:
    jobs = all_jobs(jobs_of(fixed=fixed, grid={key: AXES[key] for key in sorted(keys)}))
    for one, other in zip(answers(jobs), answers(jobs, together=False), strict=True):
        _same(one, other)


def test_published_frontiers_of_several_prices_are_searched_once(monkeypatch: pytest.MonkeyPatch) -> None:
    fixed = {"engine": "published", "variant": "toy", "pp": False, "model": "llama-3.1-8b"}
    jobs = all_jobs(jobs_of(fixed=fixed, grid={"price": [1, 2.5, 9], "at": [50, 500], "prompt": [10, 20]}))
    alone = answers(jobs, together=False)
    count = []
    searched = compute.frontier
    monkeypatch.setattr(compute, "frontier", lambda scenario: count.append(1) or searched(scenario))
    for one, other in zip(answers(jobs), alone, strict=True):
        _same(one, other)
    assert len(count) == 2


def test_what_makes_no_scenario_is_a_row_with_its_reason() -> None:
    found = answers(all_jobs(jobs_of(fixed={"gpu": "l4"}, grid={"spec": ["self", "off"], "selflayers": [1, 99]})))
    reasons = [one.reason for one in found]
    assert "cannot draft for itself with 99" in reasons[1]
    assert "99" not in reasons[0] + reasons[2] + reasons[3]


def test_a_price_that_is_not_known_is_a_row_with_its_reason() -> None:
    found = answers(
        all_jobs(jobs_of(fixed={"model": "llama-3.1-8b"}, grid={"gpu": ["rtx-4090"], "basis": ["rent_3y"]}))
    )
    assert found[0].frontier is None
    assert "price" in found[0].reason


@pytest.mark.parametrize("error", [ZeroDivisionError("by nothing"), RecursionError("too deep")])
def test_a_scenario_that_breaks_stops_no_other(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    data = DataSet(jobs_of(**SMALL))
    jobs = all_jobs(data.jobs)[:6]
    alone, together = compute.frontier, compute.frontiers_together

    def breaks(scenario: Any) -> Any:
        if scenario.prompt_tokens == 2000:
            raise error
        return alone(scenario)

    def breaks_together(scenarios: Any) -> Any:
        if any(one.prompt_tokens == 2000 for one in scenarios):
            raise error
        return together(scenarios)

    expected = answers(jobs)
    monkeypatch.setattr(compute, "frontier", breaks)
    monkeypatch.setattr(compute, "frontiers_together", breaks_together)
    for one, other in zip(answers(jobs), expected, strict=True):
        if one.choices.value("prompt") == 2000:
            assert one.reason == f"{type(error).__name__}: {error}"
            assert one.frontier is None
        else:
            _same(one, other)


def test_too_little_memory_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> Any:
        raise MemoryError

    monkeypatch.setattr(compute, "frontier", full)
    monkeypatch.setattr(compute, "frontiers_together", full)
    with pytest.raises(MemoryError):
        answers(all_jobs(jobs_of(**SMALL))[:6])


def test_a_lost_chunk_is_a_row_for_each_of_its_scenarios() -> None:
    data = DataSet(jobs_of(**SMALL))
    chunk = next(data.jobs.chunks())
    whole, given_up = computed(data, chunk), lost(data, chunk, "The machine caught fire.")
    assert (given_up.frontiers, given_up.points, given_up.failures) == (whole.frontiers, 0, whole.frontiers)
