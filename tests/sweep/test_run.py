"""A sweep from its specification to its data set, filled up where a part of it is there."""

import errno
import io
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from infecon_core.sweep import folder, run
from infecon_core.sweep.compute import computed
from infecon_core.sweep.dataset import DataSet
from infecon_core.sweep.pool import Lost
from infecon_core.sweep.specification import Specification
from tests.support.sweeps import SMALL, jobs_of, rows

SWEPT = Specification.model_validate(SMALL)


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Chunks are computed here, so that nothing has to be started; their names, as they are asked for."""
    asked: list[str] = []

    def here(specification: Specification, chunks: Any, workers: int, watcher: Any) -> Any:
        data = DataSet(jobs_of(**specification.normal()))
        for chunk in chunks:
            if watcher.stopping():
                return
            asked.append(chunk.name)
            yield chunk, computed(data, chunk)

    monkeypatch.setattr(run, "on_this_machine", here)
    return asked


def _content(path: Path) -> dict[str, bytes]:
    return {one.relative_to(path).as_posix(): one.read_bytes() for one in path.rglob("*.parquet")}


def test_a_sweep_is_all_its_chunks(tmp_path: Path) -> None:
    found = run.sweep(SWEPT, tmp_path, stream=io.StringIO())
    data = DataSet(jobs_of(**SMALL))
    expected = {chunk.name: computed(data, chunk) for chunk in data.jobs.chunks()}
    assert _content(tmp_path) == {name: file.payload for name, file in expected.items()}
    assert (found.frontiers, found.before, found.now) == (24, 0, 24)
    assert found.points == sum(file.points for file in expected.values())
    assert found.failures == sum(file.failures for file in expected.values()) > 0
    assert found.finished
    assert len(pd.read_parquet(tmp_path)) == found.points + found.failures
    table = rows(tmp_path)
    assert set(table["model"]) == {"llama-3.1-8b", "llama-3.1-70b"}
    assert set(table["job"]) == set(range(24))
    assert len(table) == found.points + found.failures


def test_what_is_there_is_not_computed_again(tmp_path: Path, in_this_process: list[str]) -> None:
    run.sweep(SWEPT, tmp_path, stream=io.StringIO())
    whole = _content(tmp_path)
    lost = sorted(whole)[1]
    (tmp_path / lost).unlink()
    in_this_process.clear()
    found = run.sweep(SWEPT, tmp_path, stream=io.StringIO())
    assert in_this_process == [lost]
    assert (found.before, found.now, found.finished) == (18, 6, True)
    assert _content(tmp_path) == whole


def test_a_full_disk_ends_it_with_what_was_written_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replace, calls = folder.os.replace, []

    def full(*places: Any) -> None:
        calls.append(places)
        if len(calls) > 3:  # the specification and two files
            raise OSError(errno.ENOSPC, "No space left on device")
        replace(*places)

    monkeypatch.setattr(folder.os, "replace", full)
    with pytest.raises(ValueError, match="No space left on device"):
        run.sweep(SWEPT, tmp_path, stream=io.StringIO())
    monkeypatch.undo()
    assert len(_content(tmp_path)) == 2
    data = DataSet(jobs_of(**SMALL))
    for chunk in list(data.jobs.chunks())[:2]:
        assert (tmp_path / chunk.name).read_bytes() == computed(data, chunk).payload


KILLED = "The process that computed it was killed (SIGKILL), twice."


def test_a_chunk_that_nobody_finished_is_recorded_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_this_process: list[str]
) -> None:
    here = run.on_this_machine

    def dies_of_the_first(specification: Specification, chunks: Any, workers: int, watcher: Any) -> Any:
        yield chunks[0], Lost(KILLED)
        yield from here(specification, chunks[1:2], workers, watcher)

    data = DataSet(jobs_of(**SMALL))
    expected = {chunk.name: computed(data, chunk) for chunk in data.jobs.chunks()}
    names = list(expected)
    monkeypatch.setattr(run, "on_this_machine", dies_of_the_first)
    found = run.sweep(SWEPT, tmp_path, stream=io.StringIO())
    assert (found.lost, found.failures) == (6, 6 + expected[names[1]].failures)
    assert not found.finished
    table = rows(tmp_path)
    assert set(table.loc[table["job"] < 6, "reason"]) == {KILLED}
    monkeypatch.setattr(run, "on_this_machine", here)
    in_this_process.clear()
    found = run.sweep(SWEPT, tmp_path, stream=io.StringIO())
    # What killed a process comes last.
    assert in_this_process == [*names[2:], names[0]]
    assert (found.before, found.now, found.lost, found.finished) == (6, 18, 0, True)
    assert found.failures == sum(file.failures for file in expected.values())
    assert _content(tmp_path) == {name: file.payload for name, file in expected.items()}
