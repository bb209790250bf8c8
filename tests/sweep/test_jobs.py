"""The scenarios of a specification, one by one: all of them, each once, in chunks of one partition."""

import itertools
import time

import pytest

from infecon_core.choices import Choices
from infecon_core.sweep import jobs as module
from tests.support.sweeps import SMALL, all_jobs, jobs_of


def test_a_grid_is_all_its_combinations_by_model_and_accelerator() -> None:
    jobs = jobs_of(**SMALL)
    by_hand = [
        Choices().with_values(model=model, gpu=gpu, w=w, prompt=prompt, max=4, output=500)
        for model, gpu, w, prompt in itertools.product(
            ("llama-3.1-8b", "llama-3.1-70b"), ("h100-sxm", "rtx-4090"), ("bf16", "fp8"), (1000, 2000, 4000)
        )
    ]
    found = all_jobs(jobs)
    assert [job.choices for job in found] == by_hand
    assert [job.number for job in found] == list(range(24))
    assert len(jobs) == 24


def test_a_list_is_combined_with_the_grid() -> None:
    jobs = jobs_of(
        fixed={"output": 7},
        grid={"prompt": [1, 2]},
        list=[{"model": "kimi-k2", "w": "fp4"}, {"gpu": "b200-hgx"}, {"model": "kimi-k2", "w": "fp8"}],
    )
    assert [job.choices.text() for job in all_jobs(jobs)] == [
        Choices().with_values(**values, output=7).text()
        for values in (
            {"model": "kimi-k2", "w": "fp4", "prompt": 1},
            {"model": "kimi-k2", "w": "fp4", "prompt": 2},
            {"model": "kimi-k2", "w": "fp8", "prompt": 1},
            {"model": "kimi-k2", "w": "fp8", "prompt": 2},
            {"gpu": "b200-hgx", "prompt": 1},
            {"gpu": "b200-hgx", "prompt": 2},
        )
    ]


def test_presets_are_followed_as_in_links() -> None:
    (job,) = all_jobs(jobs_of(fixed={"model": "gpt-oss-120b", "gpu": "b200-hgx", "basis": "rent_3y"}))
    assert job.choices.scenario() == Choices.parse("model=gpt-oss-120b&gpu=b200-hgx&basis=rent_3y")[0].scenario()


def test_chunks_hold_every_job_once_and_one_partition_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "IN_A_CHUNK", 4)
    jobs = jobs_of(**SMALL)
    chunks = list(jobs.chunks())
    assert [chunk.frontiers for chunk in chunks] == [4, 2] * 4
    assert [number for chunk in chunks for number in range(chunk.start, chunk.stop)] == list(range(24))
    assert len({chunk.name for chunk in chunks}) == len(chunks)
    for chunk in chunks:
        assert chunk.name.startswith(f"model={chunk.model_id}/accelerator={chunk.accelerator_id}/")
        assert {(job.choices.model_id, job.choices.accelerator_id) for job in jobs.jobs(chunk)} == {
            (chunk.model_id, chunk.accelerator_id)
        }


def test_names_of_files_follow_from_their_content(monkeypatch: pytest.MonkeyPatch) -> None:
    def names(**changed: object) -> set[str]:
        return {chunk.name for chunk in jobs_of(**{**SMALL, **changed}).chunks()}

    ours = names()
    assert names() == ours
    assert not names(fixed={"max": 4, "output": 501}) & ours
    monkeypatch.setattr(module.catalog, "data_version", lambda: "00000000")
    assert not names() & ours


def test_a_choice_that_an_engine_does_not_know_is_a_problem_of_its_scenario() -> None:
    jobs = jobs_of(grid={"engine": ["serving", "published"], "spec": ["off", "self"]})
    assert [job.problem for job in all_jobs(jobs)] == ["", "", "", "spec is off or draft with the published engine."]


def test_a_million_scenarios_are_not_worked_out_before_they_are_asked_for() -> None:
    start = time.process_time()
    jobs = jobs_of(grid={key: {"from": 1, "to": 1000, "step": 1} for key in ("prompt", "output")})
    last = list(jobs.chunks())[-1]
    (*_, job) = jobs.jobs(last)
    assert (job.choices.value("prompt"), job.choices.value("output")) == (1000, 1000)
    assert time.process_time() - start < 5
