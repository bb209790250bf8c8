"""Work in a process of its own: answers and refusals arrive, and no fault of one job is one of the next."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from infecon_ui.work.pool import Pool, WorkError
from infecon_ui.work.worker import MEMORY_BYTES, NICE
from tests.support import work
from tests.support.repository import ROOT

PATIENCE_S = 60.0
SOON_S = 20.0  # for what a worker that has begun needs no other process for


@pytest.fixture
def pool() -> Iterator[Pool]:
    """One worker, gone at the end."""
    made = Pool(1)
    yield made
    made.close()


def result(pool: Pool, function: Callable[..., Any], *args: Any) -> Any:
    """What comes of a job that is waited for."""
    job = pool.ask(function, *args)
    end = time.monotonic() + PATIENCE_S
    while not job.wait(0.2):
        assert time.monotonic() < end
    return job.result()


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def waited_for(condition: Callable[[], object]) -> bool:
    end = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def test_work_is_done_in_one_other_process_without_the_server_in_it(pool: Pool) -> None:
    first = result(pool, work.process_id, 1)
    assert first != os.getpid()
    assert result(pool, work.process_id, 2) == first
    assert result(pool, work.server_modules) == []


def test_the_same_work_is_done_once(pool: Pool) -> None:
    job = pool.ask(work.process_id)
    assert pool.ask(work.process_id) is job
    assert waited_for(lambda: job.wait(0.1))
    assert pool.ask(work.process_id) is job


def test_a_refusal_arrives_as_its_sentence_and_stays(pool: Pool) -> None:
    with pytest.raises(WorkError, match=r"^The table is upside down\.$"):
        result(pool, work.refuse, "The table is upside down.")
    with pytest.raises(WorkError, match="upside down"):
        pool.ask(work.refuse, "The table is upside down.").result()


def test_a_fault_gets_a_sentence_and_its_traceback_goes_to_the_log(
    pool: Pool, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(WorkError, match="the server's log says why"):
        result(pool, work.fail)
    assert "a fault of ours" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("function", "sentence"), [(work.die, "ended before its time"), (work.unreadable, "ended before its time")]
)
def test_after_a_death_comes_another_worker(pool: Pool, function: Callable[[], object], sentence: str) -> None:
    first = result(pool, work.process_id, 1)
    with pytest.raises(WorkError, match=sentence):
        result(pool, function)
    second = result(pool, work.process_id, 2)
    assert second not in (first, os.getpid())


def test_work_that_takes_too_much_memory_gets_a_sentence(pool: Pool) -> None:
    assert result(pool, work.take_memory, 10_000_000) == 10_000_000
    with pytest.raises(WorkError):
        result(pool, work.take_memory, 2 * MEMORY_BYTES)
    assert result(pool, work.take_memory, 10_000_001) == 10_000_001


@pytest.mark.parametrize(("function", "seconds"), [(work.compute, 60), (work.sleep, 600)])
def test_work_that_computes_or_waits_too_long_is_ended(function: Callable[[float], object], seconds: float) -> None:
    with (
        closing(Pool(1, limit_s=1)) as pool,
        pytest.raises(WorkError, match=r"longer than the 1 s that one computation"),
    ):
        result(pool, function, seconds)


def test_work_that_nobody_waits_for_is_ended(tmp_path: Path) -> None:
    with closing(Pool(1, given_up_s=0.5)) as pool:
        note = tmp_path / "pid"
        job = pool.ask(work.sleep, 600, str(note))
        assert waited_for(lambda: job.wait(0.1) or (note.exists() and note.read_text(encoding="ascii")))
        pid = int(note.read_text(encoding="ascii"))
        assert alive(pid)
        assert job.done.wait(SOON_S)
        assert waited_for(lambda: not alive(pid))
        assert result(pool, work.process_id) != pid


def test_more_than_may_wait_are_refused_with_a_sentence() -> None:
    pool = Pool(1, waiting=1)
    running = pool.ask(work.sleep, 600)
    assert waited_for(lambda: not pool.waiting())
    pool.ask(work.process_id, 1)
    with pytest.raises(WorkError, match="try again in a minute"):
        pool.ask(work.process_id, 2)
    assert not running.done.is_set()
    pool.close()


def test_what_nobody_waits_for_any_more_takes_no_place_from_others() -> None:
    pool = Pool(1, waiting=1, given_up_s=0.5)
    running = pool.ask(work.sleep, 600)
    assert waited_for(lambda: not pool.waiting())
    abandoned = pool.ask(work.process_id, 1)
    begin = time.monotonic()
    while time.monotonic() < begin + 0.6:
        running.wait(0.05)
    later = pool.ask(work.process_id, 2)
    assert abandoned.done.is_set()
    with pytest.raises(WorkError, match="Nobody waited"):
        abandoned.result()
    assert not later.done.is_set()
    assert pool.waiting() == 1
    pool.close()


def test_asking_again_is_waiting() -> None:
    pool = Pool(1, waiting=1, given_up_s=0.5)
    running = pool.ask(work.sleep, 600)
    assert waited_for(lambda: not pool.waiting())
    asked = pool.ask(work.process_id, 1)
    begin = time.monotonic()
    while time.monotonic() < begin + 0.6:
        running.wait(0.05)
    assert pool.ask(work.process_id, 1) is asked
    with pytest.raises(WorkError, match="try again in a minute"):
        pool.ask(work.process_id, 2)
    assert not asked.done.is_set()
    pool.close()


def test_whoever_waits_is_told_of_the_end() -> None:
    pool = Pool(1)
    running = pool.ask(work.sleep, 600)
    assert waited_for(lambda: not pool.waiting())
    waiting = pool.ask(work.process_id, 1)
    pool.close()
    for job in (running, waiting):
        assert job.done.wait(PATIENCE_S)
        with pytest.raises(WorkError, match="The server is being stopped"):
            job.result()
    with pytest.raises(WorkError, match="The server is being stopped"):
        pool.ask(work.process_id, 2)


def test_a_worker_gives_way_and_has_its_share_of_memory() -> None:
    pool = Pool(1, memory_bytes=300_000_000)
    assert result(pool, work.bounds) == (min(os.nice(0) + NICE, 19), 300_000_000)
    pool.close()


def test_two_workers_work_at_once() -> None:
    pool = Pool(2)
    long, short = pool.ask(work.sleep, 600), pool.ask(work.process_id)
    assert waited_for(lambda: long.wait(0.05) or short.wait(0.05))
    assert short.done.is_set()
    pool.close()


def test_answers_are_kept_up_to_so_many_bytes() -> None:
    pool = Pool(1, kept_bytes=25_000)
    jobs = [pool.ask(work.letters, 10_000, letter) for letter in "abc"]
    assert waited_for(lambda: sum(job.wait(0.05) for job in jobs) == len(jobs))
    result(pool, work.process_id)
    assert pool.ask(work.letters, 10_000, "c") is jobs[2]
    assert pool.ask(work.letters, 10_000, "a") is not jobs[0]
    pool.close()


def test_an_idle_worker_ends_and_another_one_comes() -> None:
    pool = Pool(1, idle_s=0.2)
    pid = result(pool, work.process_id, 1)
    assert waited_for(lambda: not alive(pid))
    assert result(pool, work.process_id, 2) != pid
    pool.close()


@pytest.mark.slow
def test_no_worker_outlives_its_server() -> None:
    script = (
        "import os\nfrom infecon_ui.work.pool import Pool\nfrom tests.support import work\n"
        "job = Pool(1).ask(work.process_id)\n"
        "while not job.wait(0.2):\n    pass\n"
        "print(job.result(), flush=True)\nos.kill(os.getpid(), 9)\n"
    )
    ended = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == -9
    assert waited_for(lambda: not alive(int(ended.stdout)))
