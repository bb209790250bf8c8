"""Worker processes of this machine: each computes one chunk at a time; one that dies costs at most its own chunk.

Where they die one after another and none answers, the sweep ends: that is no fault of what they compute.
"""

import multiprocessing
import signal
import threading
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import NamedTuple, Protocol

from infecon_core.sweep.compute import computed
from infecon_core.sweep.dataset import DataSet, Encoded
from infecon_core.sweep.jobs import Chunk, Jobs
from infecon_core.sweep.specification import Specification

# A worker that died may have been in the way of another program; one that dies of a chunk twice dies of the chunk.
ATTEMPTS = 2
# Often enough that a signal is answered at once. [s]
LOOK_S = 0.2
_NONE_ANSWERS = (
    "{} worker processes ended one after another before any answered (the last one {}): there is too little memory for "
    'them, or `sweep` is called by a script outside of `if __name__ == "__main__"`; what was written before is whole, '
    "and the same command goes on, with fewer --workers too."
)


class Lost(NamedTuple):
    """A chunk that no worker finished.

    Attributes:
        reason (str): What became of the last one, in a sentence.
    """

    reason: str


class Watcher(Protocol):
    """Who is told what happens, and asked whether to go on."""

    def stopping(self) -> bool:
        """Whether somebody wants it to end."""
        ...

    def tell(self, sentence: str) -> None:
        """Say something that happened."""
        ...


class _Worker:
    """One process and the way to it."""

    def __init__(self, specification: Specification, chunk: Chunk) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self.process: BaseProcess = context.Process(target=_work, args=(theirs, specification), daemon=True)
        with _ignoring_interrupts():
            self.process.start()
        theirs.close()  # so that the end of either process is the end of the connection
        self.give(chunk)

    def give(self, chunk: Chunk) -> None:
        self.chunk = chunk
        with suppress(OSError):  # it may be dead already: that is found where answers are read
            self.connection.send(chunk)

    def end(self) -> None:
        self.process.terminate()
        self.process.join()
        self.connection.close()


@contextmanager
def _ignoring_interrupts() -> Iterator[None]:
    """Processes started in it ignore Ctrl-C, which reaches all of them: the parent ends its workers."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _work(connection: Connection, specification: Specification) -> None:
    """What a worker does until the connection ends, which is also how it learns that its parent was killed."""
    data = DataSet(Jobs(specification))
    with suppress(EOFError, OSError):
        while True:
            connection.send(_answer(data, connection.recv()))


def _answer(data: DataSet, chunk: Chunk) -> Encoded | Lost:
    try:
        return computed(data, chunk)
    except Exception as error:  # such as too little memory for a whole chunk: the other chunks are computed
        return Lost(f"{type(error).__name__}: {error}")


def on_this_machine(
    specification: Specification, chunks: Iterable[Chunk], workers: int, watcher: Watcher
) -> Generator[tuple[Chunk, Encoded | Lost]]:
    """The chunks as they are finished, in any order; ends early where the watcher stops it.

    Args:
        specification (Specification): What is swept.
        chunks (iterable of Chunk): What is to be computed.
        workers (int): Processes. [1]
        watcher (Watcher): Who is told of dead workers.

    Raises:
        ValueError: One sentence where every worker could have lost its chunk, another one as well, and none answered.
    """
    waiting, again = iter(chunks), deque[Chunk]()
    attempts: dict[Chunk, int] = {}
    deaths = 0  # since the last answer
    pool: list[_Worker] = []

    def next_chunk() -> Chunk | None:
        return again.popleft() if again else next(waiting, None)

    try:
        while not watcher.stopping():
            while len(pool) < workers and (chunk := next_chunk()) is not None:
                pool.append(_Worker(specification, chunk))
            if not pool:
                return
            ready = set(wait([one.connection for one in pool], LOOK_S))
            for worker in [one for one in pool if one.connection in ready]:
                done = worker.chunk
                try:
                    found: Encoded | Lost = worker.connection.recv()
                except (EOFError, OSError):
                    pool.remove(worker)
                    worker.process.join()
                    how = _how(worker.process.exitcode)
                    worker.end()
                    attempts[done] = attempts.get(done, 0) + 1
                    deaths += 1
                    if attempts[done] < ATTEMPTS:
                        watcher.tell(f"A worker process {how}; its {done.frontiers} frontiers are tried once more.")
                        again.append(done)
                    else:
                        watcher.tell(f"A worker process {how} again; its {done.frontiers} frontiers are given up.")
                        yield done, Lost(f"The process that computed it {how}, twice.")
                    if deaths >= ATTEMPTS * (workers + 1):
                        raise ValueError(_NONE_ANSWERS.format(deaths, how)) from None
                    continue
                deaths = 0
                if (chunk := next_chunk()) is None:
                    pool.remove(worker)
                    worker.end()
                else:
                    worker.give(chunk)
                yield done, found
    finally:
        for worker in pool:
            worker.end()


def _how(exit_code: int | None) -> str:
    if exit_code is not None and exit_code < 0:
        return f"was killed ({signal.Signals(-exit_code).name})"
    return f"ended with exit code {exit_code}"
