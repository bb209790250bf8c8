"""The values of a specification are those of links: the same keys, bounds and defaults."""

from typing import Any

import pytest

from infecon_core.sweep.values import MOST_FRONTIERS
from tests.support.sweeps import jobs_of


def _refused(**plain: Any) -> str:
    with pytest.raises(ValueError, match=r"\.$|\?$") as caught:
        jobs_of(**plain)
    return str(caught.value)


@pytest.mark.parametrize(
    ("plain", "words"),
    [
        ({"grid": {"promt": [1]}}, "'promt' of llama-3.1-70b (under grid): did you mean prompt?"),
        ({"fixed": {"accelerator": "h100-sxm"}}, "'accelerator' of llama-3.1-70b (under fixed): did you mean gpu?"),
        ({"fixed": {"max-gpus": 8}}, "did you mean max?"),
        ({"list": [{"prompt": 1}, {"weights": "fp8"}]}, "(under list, scenario 2): did you mean w?"),
        ({"grid": {"model": ["llama-3.1-70b", "deepseek-v4"]}}, "model under grid cannot be 'deepseek-v4': it is, for"),
        ({"fixed": {"w": "fp7"}}, "w under fixed cannot be 'fp7': it is, for example, fp"),
        ({"fixed": {"prompt": -1}}, "prompt under fixed cannot be -1: it is a whole number from 0 to 10,000,000"),
        ({"fixed": {"prompt": 1.5}}, "it is a whole number"),
        ({"fixed": {"prompt": True}}, "prompt under fixed cannot be True"),
        ({"fixed": {"disagg": 1}}, "disagg under fixed cannot be 1: it is true or false"),
        ({"fixed": {"at": None}}, "at under fixed cannot be None"),
        ({"grid": {"w": {"from": 1, "to": 2, "step": 1}}}, "w under grid takes words"),
        ({"fixed": {"variant": "toy"}}, "variant under fixed is for the published engine"),
        ({"fixed": {"acceptance": 0.5}}, 'acceptance under fixed needs a draft: give spec = "draft" or "self"'),
        ({"fixed": {"m_num_experts": 8}}, "'m_num_experts' of llama-3.1-70b"),
        ({"fixed": {"price": 2}, "grid": {"basis": ["on_demand"]}}, "Give price or basis"),
    ],
)
def test_a_wrong_value_is_refused_by_its_key(plain: dict[str, Any], words: str) -> None:
    assert words in _refused(**plain)


def test_too_many_frontiers_are_refused_before_any_is_worked_out() -> None:
    many = {"from": 1, "to": 9999, "step": 1}
    assert f"at most {MOST_FRONTIERS:,}" in _refused(grid={"prompt": many, "output": many})


def test_numbers_of_a_model_are_known_where_all_models_have_them() -> None:
    mixtures = {"model": ["deepseek-v3", "kimi-k2"], "m_num_experts_2": [128, 256]}
    assert len(jobs_of(grid=mixtures)) == 4
    assert "of llama-3.1-8b" in _refused(grid={**mixtures, "model": ["deepseek-v3", "llama-3.1-8b"]})


def test_whole_numbers_of_a_range_are_rounded_and_each_taken_once() -> None:
    values = jobs_of(grid={"prompt": {"from": 1, "to": 4, "factor": 1.3}}).values
    # 1, 1.3, 1.69, 2.197, 2.8561, 3.71293
    assert values.axes["prompt"] == (1, 2, 3, 4)


def test_what_some_scenarios_leave_open_appears_at_its_default() -> None:
    values = jobs_of(list=[{"engine": "published"}, {"prompt": 5}]).values
    assert values.appearing("engine") == ("published", "serving")
    assert values.appearing("prompt") == (5, 1000)
    assert jobs_of(grid={"engine": ["published"]}).values.appearing("engine") == ("published",)


def test_none_is_the_number_that_is_not_there() -> None:
    values = jobs_of(grid={"demand": ["none", 1000]}, fixed={"ttft": None}).values
    assert values.axes["demand"] == (None, 1000.0)
    assert values.fixed["ttft"] is None
