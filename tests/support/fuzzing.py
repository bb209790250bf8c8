"""Hostile input by the thousand: how many cases a test draws, and the limits that every case is held to.

`make test` draws a few hundred cases of each kind, always the same ones; `make fuzz` says how many in FUZZ_CASES, and
draws new ones.
"""

import contextlib
import io
import math
import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, settings

from infecon_core.cli import main
from infecon_core.schema.frontier import FRONTIER_COLUMNS

Test = TypeVar("Test", bound=Callable[..., Any])

CASES = int(os.environ.get("FUZZ_CASES", "0"))
FEW = 100  # cases of one kind where none are asked for
PART = 500  # cases in one test, so that all cores have work to the end
CPU_S = 2.0
HANG_S = 120.0  # by the clock, for what waits and does not compute
MEMORY_BYTES = 500_000_000


def fuzzed(share: float, few: int = FEW) -> Callable[[Test], Test]:
    """Mark a test of a property, which takes `part`, and say how many cases it draws.

    Args:
        share (float): Of all cases that `make fuzz` draws. [1]
        few (int): Cases where FUZZ_CASES is not given. [1]
    """
    cases = math.ceil(CASES * share) or few
    parts = math.ceil(cases / PART)

    def decorate(test: Test) -> Test:
        drawn = settings(
            max_examples=math.ceil(cases / parts),
            deadline=None,  # the limits below count CPU time
            derandomize=CASES == 0,
            database=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        )(test)
        marked: Test = pytest.mark.parametrize("part", range(parts))(pytest.mark.fuzz(pytest.mark.slow(drawn)))
        return marked

    return decorate


class HangError(AssertionError):
    """A case took more than it may."""


@contextlib.contextmanager
def limits(cpu_s: float = CPU_S) -> Iterator[None]:
    """Fail where what is inside computes or waits too long, or takes too much memory."""

    def stop(number: int, _: object) -> None:
        raise HangError(f"more than {cpu_s:g} s of computing" if number == signal.SIGPROF else "no end")

    before = {number: signal.signal(number, stop) for number in (signal.SIGPROF, signal.SIGALRM)}
    held = _memory("VmRSS")
    with contextlib.suppress(OSError):  # where the peak cannot be set back, it is that of all cases so far
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    start = time.process_time()
    signal.setitimer(signal.ITIMER_PROF, cpu_s + 0.5)
    signal.setitimer(signal.ITIMER_REAL, HANG_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in before.items():
            signal.signal(number, handler)
    taken, used = time.process_time() - start, _memory("VmHWM") - held
    if taken > cpu_s:
        raise HangError(f"{taken:.2f} s of computing")
    if used > MEMORY_BYTES:
        raise HangError(f"{used / 1e6:,.0f} MB of memory")


def _memory(which: str) -> int:
    """Memory of this process, held now (VmRSS) or at most so far (VmHWM). [B]"""
    found = re.search(rf"{which}:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    assert found is not None
    return int(found[1]) * 1024


def assert_sentence(text: str, longest: int = 600) -> None:
    """Words for a person: one line, not endless, nothing of the program's inside."""
    assert text
    assert len(text.splitlines()) == 1, text
    assert len(text) <= longest, text
    assert not any(word in text for word in ("Traceback", "validation error", "pydantic", "object at 0x")), text
    text.encode("utf-8")


def assert_frontier(frame: object) -> None:
    """A table of a frontier: its columns, finite numbers, faster and dearer from point to point."""
    assert isinstance(frame, pd.DataFrame)
    assert {column.name for column in FRONTIER_COLUMNS} <= set(frame.columns)
    assert len(frame) > 0
    for name in ("tokens_per_s_user", "usd_per_million_tokens", "tpot_s", "batch", "n_gpu"):
        values = frame[name].to_numpy(dtype=np.float64)
        assert np.isfinite(values).all(), name
        assert (values > 0).all(), name
    order = frame["tokens_per_s_user"].to_numpy().argsort()
    assert (np.diff(frame["usd_per_million_tokens"].to_numpy()[order]) >= 0).all()


def command(*arguments: str, cpu_s: float = CPU_S) -> tuple[int, str]:
    """Run a command line; its status, and what it printed. It must refuse in one line, or succeed."""
    out, err = io.StringIO(), io.StringIO()
    with limits(cpu_s), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            status = main(list(arguments))
        except SystemExit as end:  # argparse, after --help
            status = int(end.code or 0)
    assert status in (0, 2)
    if status == 2:
        assert out.getvalue() == ""
        assert err.getvalue().endswith("\n")
        assert_sentence(err.getvalue()[:-1])
    return status, out.getvalue()
