"""What a page gets from the workers of this server, and what its visitor sees while it waits."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from infecon_core.machine import cores, memory_bytes
from infecon_ui.work.pool import Pool
from infecon_ui.work.worker import MEMORY_BYTES

Answer = TypeVar("Answer")

# The server itself needs one core; more processes than this would only take memory.
MOST_PROCESSES = 4
# What the server itself takes, with hundreds of sessions and its temporary files; the processes share what is left.
SERVER_BYTES = 512 << 20
# Of a process, where memory is scarce: what the longest file that is taken needs.
LEAST_BYTES = MEMORY_BYTES // 4
_LOOK_S = 0.2  # within this time a visitor's next change is noticed


@cache
def pool() -> Pool:
    """The workers of this server, shared by all visitors."""
    processes, n_bytes = shares(cores(), memory_bytes())
    return Pool(processes, memory_bytes=n_bytes)


def answers(doing: str, function: Callable[..., Answer], parts: Sequence[tuple[object, ...]]) -> list[Answer]:
    """The same of several pieces of work in their order, with a bar that says how many of them are done.

    Args:
        doing (str): What the bar says, before how many of how many.
        function (callable): As for `answer`.
        parts (sequence of tuple): What it is called with, for each piece.

    Raises:
        WorkError: As for `answer`, of the first piece without an answer.
    """
    found: list[Answer] = []
    bar: DeltaGenerator | None = None
    for i, args in enumerate(parts):
        job = pool().ask(function, *args)
        if not job.done.is_set():
            told = f"{doing} {i} of {len(parts)} parts are done."
            bar = st.progress(i / len(parts), told) if bar is None else bar.progress(i / len(parts), told)
            if i + 1 < len(parts):
                pool().ask(function, *parts[i + 1])  # no process waits for this one
            place = st.empty()
            while not job.wait(_LOOK_S):
                place.empty()
        found.append(job.result())
    if bar is not None:
        bar.empty()
    return found


def shares(cores: int, memory_bytes: int | None) -> tuple[int, int]:
    """How many processes work at once, and how much memory each of them may take.

    Args:
        cores (int): That this server may use. [1]
        memory_bytes (int, optional): That it and its processes may use together; None without a bound. [B]

    Returns:
        tuple of int: Processes [1] and bytes of data of each [B]; together they fit beside the server, down to one
            process of `LEAST_BYTES`.
    """
    processes = min(max(cores - 1, 1), MOST_PROCESSES)
    if memory_bytes is None:
        return processes, MEMORY_BYTES
    left = max(memory_bytes - SERVER_BYTES, LEAST_BYTES)
    return min(processes, max(left // MEMORY_BYTES, 1)), min(left, MEMORY_BYTES)


def answer(doing: str, function: Callable[..., Answer], *args: object) -> Answer:
    """What a function answers in a process of its own, with a spinner for the visitor who waits.

    Where the visitor changes something or leaves, the run of the page ends here; the next one finds the same work still
    going on, and work that nobody asks for again is ended.

    Args:
        doing (str): What the spinner says.
        function (callable): Of a module that imports nothing of the server.
        *args (hashable): What it is called with.

    Raises:
        WorkError: With the sentence of the function's ValueError, or one on what became of the work.
    """
    job = pool().ask(function, *args)
    if not job.done.is_set():
        with st.spinner(doing, show_time=True):
            place = st.empty()
            while not job.wait(_LOOK_S):
                place.empty()  # here Streamlit ends this run where another one is wanted
    found: Answer = job.result()
    return found
