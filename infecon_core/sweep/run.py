"""A sweep from its specification to its data set: what is missing is computed and written, chunk by chunk."""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NamedTuple, TextIO

from infecon_core.machine import cores
from infecon_core.sweep.compute import lost
from infecon_core.sweep.dataset import DataSet
from infecon_core.sweep.folder import Folder
from infecon_core.sweep.jobs import Jobs
from infecon_core.sweep.pool import Lost, on_this_machine
from infecon_core.sweep.progress import Progress
from infecon_core.sweep.specification import Specification


class Swept(NamedTuple):
    """What a sweep did.

    Attributes:
        frontiers (int): Scenarios of the specification.
        before, now (int): How many were there before, and how many were computed, or lost.
        points (int): Points of the frontiers that were computed now.
        failures (int): Scenarios without a frontier, of all that the data set holds; those that were lost among them.
        lost (int): Those that have none because no process lived to compute them; the next time they are tried again.
        size_bytes (int): Of what was written now. [B]
        seconds (float): [s]
        signal (int): What stopped it; 0 where nothing did.
    """

    frontiers: int
    before: int
    now: int
    points: int
    failures: int
    lost: int
    size_bytes: int
    seconds: float
    signal: int

    @property
    def finished(self) -> bool:
        """Whether the data set is whole."""
        return self.before + self.now == self.frontiers and not self.lost


class _Watch:
    """Tells what happens, and remembers the signal that asks for the end."""

    def __init__(self, progress: Progress) -> None:
        self.progress, self.signal = progress, 0

    def stopping(self) -> bool:
        return bool(self.signal)

    def tell(self, sentence: str) -> None:
        self.progress.tell(sentence)

    @contextmanager
    def catching(self) -> Iterator[None]:
        """Remember SIGINT and SIGTERM instead of dying of them in the middle of a file."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {one: signal.signal(one, self._remember) for one in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for one, handler in before.items():
                signal.signal(one, handler)

    def _remember(self, number: int, _: FrameType | None) -> None:
        self.signal = number


def sweep(
    specification: Specification,
    folder: Path,
    *,
    workers: int | None = None,
    scheduler: str | None = None,
    stream: TextIO | None = None,
) -> Swept:
    """Compute the data set of a specification, or what is missing of it.

    Args:
        specification (Specification): What is swept.
        folder (Path): Where it is written; one that holds a part of the same data set is filled up.
        workers (int, optional): Processes of this machine; one for each core that this process may use where None. [1]
        scheduler (str, optional): Address of a Dask scheduler whose workers compute instead.
        stream (TextIO, optional): Where progress is said; stderr where None.

    Returns:
        Swept: What was done; SIGINT and SIGTERM end it early, with all that was written whole.

    Raises:
        ValueError: One sentence for a specification that is wrong, a folder that holds something else or cannot be
            written, a scheduler that does not answer, workers that end one after another.
    """
    jobs = Jobs(specification)
    data, place = DataSet(jobs), Folder(folder, jobs)
    with place.opened():
        there = place.there()
        missing = [chunk for chunk in jobs.chunks() if there.get(chunk.name) is None]
        # Those that no process lived to compute come last, lest they keep all others from being tried.
        missing.sort(key=lambda chunk: chunk.name in there)
        before = len(jobs) - sum(chunk.frontiers for chunk in missing)
        progress = Progress(len(jobs), before, stream or sys.stderr)
        watch = _Watch(progress)
        now = points = size = no_process = 0
        failures = sum(one.failures for one in there.values() if one is not None)
        with watch.catching():
            if scheduler is None:
                found = on_this_machine(specification, missing, min(workers or cores(), len(missing)), watch)
            else:
                from infecon_core.sweep.schedule import on_a_cluster  # noqa: PLC0415 - Dask need not be installed

                found = on_a_cluster(specification, missing, scheduler, watch)
            try:
                for chunk, answer in found:
                    if isinstance(answer, Lost):
                        no_process += chunk.frontiers
                    file = lost(data, chunk, answer.reason) if isinstance(answer, Lost) else answer
                    place.write(chunk.name, file.payload)
                    now, points = now + file.frontiers, points + file.points
                    failures, size = failures + file.failures, size + len(file.payload)
                    progress.add(file.frontiers)
            finally:
                found.close()
                progress.end()
    return Swept(len(jobs), before, now, points, failures, no_process, size, progress.seconds, watch.signal)
