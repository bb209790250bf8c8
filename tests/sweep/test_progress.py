"""How far a sweep is, on a terminal and in a file."""

import io

import pytest

from infecon_core.sweep import progress
from infecon_core.sweep.progress import Progress


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    return now


def test_a_file_gets_a_line_now_and_then(clock: list[float]) -> None:
    stream = io.StringIO()
    shown = Progress(10_000, 2_000, stream)
    for clock[0] in range(1, 21):
        shown.add(100)
    # 100 a second of those that were missing: 7,000 are left after ten seconds.
    assert stream.getvalue().splitlines() == [
        "3,000 of 10,000 frontiers, 100/s, 1 min 10 s left",
        "4,000 of 10,000 frontiers, 100/s, 1 min 0 s left",
    ]


def test_a_terminal_gets_a_bar_that_is_drawn_over_itself(clock: list[float]) -> None:
    stream = _Terminal()
    shown = Progress(1000, 0, stream)
    clock[0] = 1.0
    shown.add(500)
    shown.tell("Something happened.")
    shown.end()
    bar = "[############............] 500 of 1,000 frontiers, 500/s, 1 s left"
    assert stream.getvalue() == f"\r{bar}\r{' ' * len(bar)}\rinfecon: Something happened.\n"
