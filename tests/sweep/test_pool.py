"""Worker processes: all chunks are computed, and what a dead worker had is tried again once and no more."""

import multiprocessing
import os
import signal
import time
from typing import Any

import pytest

from infecon_core.sweep.compute import computed
from infecon_core.sweep.dataset import DataSet, Encoded
from infecon_core.sweep.jobs import Chunk, Jobs
from infecon_core.sweep.pool import Lost, on_this_machine
from tests.support.sweeps import SMALL, jobs_of

pytestmark = pytest.mark.slow


class _Watcher:
    """Kills so many workers, one each time that it is asked while there is one; asks for the end after some chunks."""

    def __init__(self, kills: int = 0, stop_after: int | None = None) -> None:
        self.kills, self.stop_after, self.finished = kills, stop_after, 0
        self.told: list[str] = []
        self.killed: set[int | None] = set()

    def stopping(self) -> bool:
        for worker in multiprocessing.active_children():
            if len(self.killed) < self.kills and worker.pid not in self.killed:
                self.killed.add(worker.pid)
                os.kill(worker.pid, signal.SIGKILL)
        return self.stop_after is not None and self.finished >= self.stop_after

    def tell(self, sentence: str) -> None:
        self.told.append(sentence)


def _results(jobs: Jobs, watcher: _Watcher, workers: int) -> dict[Chunk, Encoded | Lost]:
    found: dict[Chunk, Encoded | Lost] = {}
    for chunk, result in on_this_machine(jobs.specification, list(jobs.chunks()), workers, watcher):
        assert chunk not in found
        found[chunk] = result
        watcher.finished += 1
    return found


def _expected(jobs: Jobs) -> dict[Chunk, Any]:
    data = DataSet(jobs)
    return {chunk: computed(data, chunk) for chunk in jobs.chunks()}


@pytest.mark.parametrize("workers", [1, 2])
def test_every_chunk_is_computed_once(workers: int) -> None:
    jobs, watcher = jobs_of(**SMALL), _Watcher()
    assert _results(jobs, watcher, workers) == _expected(jobs)
    assert watcher.told == []
    assert multiprocessing.active_children() == []


def test_the_chunk_of_a_killed_worker_is_tried_again() -> None:
    jobs, watcher = jobs_of(**SMALL), _Watcher(kills=1)
    assert _results(jobs, watcher, 1) == _expected(jobs)
    assert watcher.told == ["A worker process was killed (SIGKILL); its 6 frontiers are tried once more."]


def test_a_chunk_that_kills_two_workers_is_given_up() -> None:
    # One worker takes the first chunk, dies, and is followed by one that takes it again before all others.
    jobs, watcher = jobs_of(**SMALL), _Watcher(kills=2)
    found, expected = _results(jobs, watcher, 1), _expected(jobs)
    first = next(jobs.chunks())
    assert found.pop(first) == Lost("The process that computed it was killed (SIGKILL), twice.")
    del expected[first]
    assert found == expected
    assert len(watcher.told) == 2


def test_workers_that_all_die_end_it_in_one_sentence() -> None:
    jobs, watcher = jobs_of(**SMALL), _Watcher(kills=1000)
    with pytest.raises(ValueError, match=r"^4 worker processes ended one after another .*SIGKILL.*__main__.*goes on"):
        _results(jobs, watcher, 1)
    assert watcher.finished == 2
    assert multiprocessing.active_children() == []


def test_it_ends_at_once_when_it_is_asked_to() -> None:
    jobs, watcher = jobs_of(**SMALL), _Watcher(stop_after=1)
    assert len(_results(jobs, watcher, 1)) == 1
    deadline = time.monotonic() + 10
    while multiprocessing.active_children() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert multiprocessing.active_children() == []
