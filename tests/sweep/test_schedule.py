"""A Dask cluster: the same files as on one machine, also where a worker is killed in the middle."""

import io
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from infecon_core import __version__
from infecon_core.sweep import run, schedule
from infecon_core.sweep.compute import computed
from infecon_core.sweep.dataset import DataSet, Encoded
from infecon_core.sweep.jobs import Chunk, Jobs
from infecon_core.sweep.pool import Lost
from infecon_core.sweep.progress import Progress
from infecon_core.sweep.run import Swept, sweep
from infecon_core.sweep.specification import Specification
from tests.support.repository import ROOT
from tests.support.sweeps import jobs_of, rows

pytest.importorskip("distributed")

# Chunks that take a while, so that there is a middle in which a worker can be killed.
PLAIN: dict[str, Any] = {
    "grid": {
        "model": ["llama-3.1-8b", "llama-3.1-70b", "gpt-oss-120b", "deepseek-v3"],
        "gpu": ["h100-sxm", "h200-sxm", "b200-hgx"],
        "max_sequences_per_rank": [64, 128, 256, 512, 1024],
        "w": ["fp8", "fp4"],
    },
}


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def _started(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", *arguments]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


class _Cluster(NamedTuple):
    """A scheduler and two worker processes on this machine, each on its own."""

    address: str
    scheduler: subprocess.Popen[bytes]
    workers: tuple[subprocess.Popen[bytes], ...]


@contextmanager
def _cluster() -> Iterator[_Cluster]:
    port = _free_port()
    address = f"tcp://127.0.0.1:{port}"
    local = ("--host", "127.0.0.1", "--no-dashboard")
    with _started("distributed.cli.dask_scheduler", "--port", str(port), *local) as scheduler:
        worker = ("distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny", *local)
        with _started(*worker) as one, _started(*worker) as other:
            from distributed import Client  # noqa: PLC0415 - only where it is installed

            with Client(address, timeout=120, set_as_default=False) as client:
                client.wait_for_workers(2, timeout=120)
            yield _Cluster(address, scheduler, (one, other))


def _swept(jobs: Jobs, folder: Path, address: str, before_each: Callable[[Chunk, Encoded | Lost], None]) -> Swept:
    """A sweep on a cluster that does something before each file is written."""
    on_a_cluster = schedule.on_a_cluster

    def watched(*arguments: Any) -> Any:
        for chunk, file in on_a_cluster(*arguments):
            before_each(chunk, file)
            yield chunk, file

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(schedule, "on_a_cluster", watched)
        return sweep(jobs.specification, folder, scheduler=address, stream=io.StringIO())


@pytest.mark.slow
def test_a_worker_killed_in_the_middle_costs_nothing(tmp_path: Path) -> None:
    jobs = jobs_of(**PLAIN)
    with _cluster() as cluster:

        def kill_one_after_two(chunk: Chunk, file: Encoded | Lost) -> None:
            if len(list(tmp_path.rglob("*.parquet"))) == 2:
                cluster.workers[0].kill()

        found = _swept(jobs, tmp_path, cluster.address, kill_one_after_two)
        assert cluster.workers[0].wait(60) == -signal.SIGKILL
        assert cluster.workers[1].poll() is None
    assert found.finished
    data = DataSet(jobs)
    files = {one.relative_to(tmp_path).as_posix(): one.read_bytes() for one in tmp_path.rglob("*.parquet")}
    assert files == {chunk.name: computed(data, chunk).payload for chunk in jobs.chunks()}
    table = rows(tmp_path, ["job", "tpot_s", "n_gpu", "tp", "ep", "batch"])
    assert set(table["job"]) == set(range(len(jobs)))
    assert not table.duplicated().any()


@pytest.mark.slow
def test_a_scheduler_killed_in_the_middle_is_one_sentence_and_a_good_data_set(tmp_path: Path) -> None:
    jobs = jobs_of(**PLAIN)
    data = DataSet(jobs)
    with _cluster() as cluster:

        def kill_after_two(chunk: Chunk, file: Encoded | Lost) -> None:
            if len(list(tmp_path.rglob("*.parquet"))) == 2:
                cluster.scheduler.kill()

        with pytest.raises(ValueError, match=r"The Dask scheduler is lost; .* the same command goes on"):
            _swept(jobs, tmp_path, cluster.address, kill_after_two)
    files = {one.relative_to(tmp_path).as_posix(): one.read_bytes() for one in tmp_path.rglob("*.parquet")}
    expected = {chunk.name: computed(data, chunk).payload for chunk in jobs.chunks()}
    assert 2 <= len(files) < len(expected)
    assert files.items() <= expected.items()


@pytest.mark.slow
def test_a_scheduler_that_is_not_there_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule, "CONNECT_S", 1)
    with pytest.raises(ValueError, match=r"No Dask scheduler answers at tcp://127\.0\.0\.1:"):
        sweep(Specification(), tmp_path, scheduler=f"tcp://127.0.0.1:{_free_port()}", stream=io.StringIO())


def test_without_dask_it_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ValueError, match=r"needs Dask, which is not installed; .* brings it"):
        sweep(Specification(), tmp_path, scheduler="tcp://127.0.0.1:1", stream=io.StringIO())


def test_a_cluster_that_answers_nothing_ends_it_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed:
        """What Dask gives for a chunk of which several workers ended."""

        status = "error"

        def exception(self) -> Exception:
            return RuntimeError("all workers that ran it ended")

    class Client:
        status = "running"

        def nthreads(self) -> dict[str, int]:
            return {"one": 1}

        def submit(self, *_: object, **__: object) -> Killed:
            return Killed()

    monkeypatch.setattr(schedule, "_finished", lambda futures: futures[:1])
    jobs, answers, told = jobs_of(**PLAIN), [], Progress(1, 0, io.StringIO())
    chunks = schedule._computed(Client(), jobs.specification, iter(jobs.chunks()), run._Watch(told))
    with pytest.raises(ValueError, match=r"failed 3 times in a row, .* RuntimeError: all workers that ran it ended"):
        answers.extend(chunks)
    assert len(answers) == 3
    assert all(isinstance(answer, Lost) for _, answer in answers)


def test_a_worker_with_other_data_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    jobs = jobs_of(**PLAIN)
    chunk = next(jobs.chunks())
    monkeypatch.setattr(schedule.catalog, "data_version", lambda: "00000000")
    found = schedule._on_a_worker("{}", "infecon 0 with data 11111111", chunk)
    assert found == schedule.OtherVersion(f"infecon {__version__} with data 00000000")
