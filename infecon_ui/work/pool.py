"""A few worker processes, started when they are first needed, and what waits for them.

A worker is a process without the server in it, not one of `multiprocessing`: that would run the page that is open once
more, for it is what Streamlit calls the main module. It needs nothing but a socket, so it works where nothing may be
written.
"""

import atexit
import contextlib
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from typing import Any

import infecon_ui
from infecon_ui.work.worker import MEMORY_BYTES, Reply, Request

_FOLDER = Path(infecon_ui.__file__).resolve().parent.parent
_FAILED = "The computation failed; the server's log says why."
_ABANDONED = "Nobody waited for this any more."
_ENDING = "The server is being stopped; try again in a minute."
_log = logging.getLogger(__name__)
# Time by the clock for each second of processor time: the server and other workers may take most of the cores. [1]
_CLOCK_PER_PROCESSOR_TIME = 10
_LOOK_S = 0.1  # between two looks at what a worker does


class WorkError(ValueError):
    """One sentence on why there is no answer."""


class Job:
    """One piece of work, whoever waits for it."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.done = threading.Event()
        self.reply = Reply("failure")
        self.fault = ""
        self.n_bytes = 0
        self.wanted_at = time.monotonic()

    def wait(self, timeout_s: float) -> bool:
        """Wait so long at most; whether it is done. A job that nobody waits for any more is given up."""
        self.wanted_at = time.monotonic()
        return self.done.wait(timeout_s)

    def result(self) -> Any:
        """The value; WorkError where there is none."""
        if self.reply.kind == "value":
            return self.reply.value
        raise WorkError(self.reply.value or self.fault)

    def finish(self, reply: Reply, fault: str = "", n_bytes: int = 0) -> None:
        """Hand over what came of it, and how much of memory it and the question take."""
        asked = sum(len(arg) for arg in self.request.args if isinstance(arg, bytes))
        self.reply, self.fault, self.n_bytes = reply, fault, asked + n_bytes
        self.done.set()


class Pool:
    """Workers and what waits for them.

    Args:
        workers (int): Processes at most. [1]
        waiting (int): Jobs that may wait besides those that run. [1]
        limit_s (int): Processor time that one job may take; by the clock ten times as long, where the cores are shared
            by many. [s]
        given_up_s (float): A job that nobody has waited for so long is ended. [s]
        idle_s (float): A worker without work for so long is ended. [s]
        kept_bytes (int): Answers that are kept for whoever asks the same again. [B]
        memory_bytes (int): Of data, that each worker may take. [B]
    """

    def __init__(
        self,
        workers: int,
        *,
        waiting: int = 8,
        limit_s: int = 60,
        given_up_s: float = 5.0,
        idle_s: float = 300.0,
        kept_bytes: int = 64_000_000,
        memory_bytes: int = MEMORY_BYTES,
    ) -> None:
        self._workers, self._waiting, self._limit_s = workers, waiting, limit_s
        self._given_up_s, self._idle_s, self._kept_bytes = given_up_s, idle_s, kept_bytes
        self._memory_bytes = memory_bytes
        self._jobs: OrderedDict[object, Job] = OrderedDict()
        self._queue: list[Job] = []
        self._changed = threading.Condition()
        self._threads = 0
        self._free = 0
        self._closed = False

    def ask(self, function: Callable[..., Any], *args: Any) -> Job:
        """This work: that which runs or is done already, else a new job.

        Args:
            function (callable): Of a module that imports nothing of the server; not of a class.
            *args (hashable): What it is called with.

        Raises:
            WorkError: Where too many jobs wait, or the server is being stopped.
        """
        key = (function.__module__, function.__qualname__, args)
        with self._changed:
            if self._closed:
                raise WorkError(_ENDING)
            job = self._jobs.get(key)
            # Of what failed, a new attempt is made; a refusal stays one.
            if job is not None and not (job.done.is_set() and job.reply.kind == "failure"):
                self._jobs.move_to_end(key)
                job.wanted_at = time.monotonic()
                return job
            # What nobody waits for any more takes no place from others.
            self._queue = [waiting for waiting in self._queue if not self._ended(waiting)]
            if len(self._queue) >= self._waiting:
                raise WorkError("The server is busy with the work of others; try again in a minute.")
            job = Job(Request(*key, self._limit_s))
            self._jobs[key] = job
            self._drop_old()
            self._queue.append(job)
            if len(self._queue) > self._free and self._threads < self._workers:
                self._threads += 1
                threading.Thread(target=self._serve, name="work", daemon=True).start()
            self._changed.notify()
        return job

    def waiting(self) -> int:
        """How many jobs wait for a worker. [1]"""
        return len(self._queue)

    def close(self) -> None:
        """End all workers, whatever they do, and tell who waits; no job can be asked for any more."""
        with self._changed:
            self._closed = True
            for job in self._queue:
                self._ended(job)
            self._queue.clear()
            self._changed.notify_all()

    def _drop_old(self) -> None:
        done = [(key, job) for key, job in self._jobs.items() if job.done.is_set()]
        held = sum(job.n_bytes for _, job in done)
        for key, job in done:
            if held <= self._kept_bytes:
                break
            del self._jobs[key]
            held -= job.n_bytes

    def _serve(self) -> None:
        """Do one job after the other in one process, until there has been none for a while."""
        with _Process(self._memory_bytes) as process:
            while (job := self._next()) is not None:
                try:
                    self._do(job, process)
                except Exception:  # whoever waits must hear of it, and the next job needs this thread
                    _log.exception("A reply of a worker could not be read")
                    process.kill()
                    job.finish(Reply("failure"), _FAILED)

    def _next(self) -> Job | None:
        with self._changed:
            self._free += 1
            self._changed.wait_for(lambda: self._queue or self._closed, self._idle_s)
            self._free -= 1
            if self._queue:
                return self._queue.pop(0)
            self._threads -= 1
            return None

    def _do(self, job: Job, process: "_Process") -> None:
        end = time.monotonic() + _CLOCK_PER_PROCESSOR_TIME * self._limit_s
        if self._ended(job):
            return
        try:
            process.send(job.request)
            while not process.poll(_LOOK_S):
                if time.monotonic() > end:
                    process.kill()
                    job.finish(Reply("failure"), self._too_long())
                    return
                if self._ended(job):
                    process.kill()
                    return
            reply, n_bytes = process.receive()
            job.finish(reply, _FAILED, n_bytes)
        except (EOFError, OSError):
            ended = "The computation was ended before its time; try again, or give fewer rows."
            job.finish(Reply("failure"), self._too_long() if process.kill() == -signal.SIGPROF else ended)

    def _too_long(self) -> str:
        return f"This takes longer than the {self._limit_s} s that one computation may; give fewer rows."

    def _ended(self, job: Job) -> bool:
        """Whether a job is not to be done any more; whoever waits for it nevertheless is told why."""
        with self._changed:  # nobody can ask for it between the look and the end
            if not self._closed and time.monotonic() - job.wanted_at <= self._given_up_s:
                return False
            job.finish(Reply("failure"), _ENDING if self._closed else _ABANDONED)
            return True


class _Process:
    """One worker, started at its first request and again after it has ended."""

    def __init__(self, memory_bytes: int) -> None:
        self._memory_bytes = memory_bytes
        self._process: subprocess.Popen[bytes] | None = None
        self._channel: Connection[Any, Any] | None = None

    def __enter__(self) -> "_Process":
        atexit.register(self.kill)
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        atexit.unregister(self.kill)

    def send(self, request: Request) -> None:
        if self._channel is None:
            self._start()
        self.channel.send(request)

    @property
    def channel(self) -> "Connection[Any, Any]":
        """What is written to and read from; OSError where the worker has ended."""
        if self._channel is None:
            raise OSError
        return self._channel

    def poll(self, timeout_s: float) -> bool:
        """Whether there is a reply, or an end, within a time."""
        return self.channel.poll(timeout_s)

    def receive(self) -> tuple[Reply, int]:
        """The reply and its length in bytes; EOFError where the worker has ended."""
        data = self.channel.recv_bytes()
        return ForkingPickler.loads(data), len(data)

    def kill(self) -> int:
        """End the worker, whatever it does; its exit status where it had ended by itself."""
        status = 0
        if self._process is not None:
            # One that has closed its end is about to end, if it has not yet.
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_LOOK_S)
            self._process.kill()
            status = self._process.wait()
        if self._channel is not None:
            self._channel.close()
        self._process = self._channel = None
        return status

    def _start(self) -> None:
        here, there = socket.socketpair()
        path = os.pathsep.join([str(_FOLDER), *filter(None, [os.environ.get("PYTHONPATH")])])
        with there:
            self._process = subprocess.Popen(  # noqa: S603 - our own module, and a number
                [sys.executable, "-P", "-m", "infecon_ui.work", str(self._memory_bytes)],
                stdin=there.fileno(),
                stdout=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1"},
            )
        self._channel = Connection(here.detach())
