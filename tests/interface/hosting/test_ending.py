"""A graceful stop: how long it may take, what is said meanwhile, and who does not want to wait."""

import asyncio
import os
import signal
from collections.abc import Iterator
from typing import Any

import pytest

from infecon_ui.hosting.ending import PATIENCE, Ending, HealthWhileEnding, patience_s


@pytest.mark.parametrize(("text", "expected"), [("0", 0.0), ("2.5", 2.5), ("300", 300.0)])
def test_times_within_the_bounds(monkeypatch: pytest.MonkeyPatch, text: str, expected: float) -> None:
    monkeypatch.setenv(PATIENCE, text)
    assert patience_s() == expected


def test_without_a_time_it_stops_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(PATIENCE, raising=False)
    assert patience_s() == 0.0


@pytest.mark.parametrize("text", ["-1", "300.1", "inf", "nan", "soon", ""])
def test_other_times_are_refused_in_a_sentence(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv(PATIENCE, text)
    with pytest.raises(ValueError, match=rf"^{PATIENCE} is a time from 0 to 300 seconds; it cannot be '"):
        patience_s()


@pytest.fixture
def stopped() -> Iterator[list[int]]:
    """Signals that reach what stood there before, which is put back at the end."""
    found: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _frame: found.append(number))
    yield found
    signal.signal(signal.SIGTERM, before)


async def _until(condition: Any) -> None:
    for _ in range(1000):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not come to be within 10 s")


def test_it_stops_when_the_time_is_over(stopped: list[int]) -> None:
    ending = Ending(0.3)

    async def run() -> None:
        ending.watch()
        assert not ending.asked
        os.kill(os.getpid(), signal.SIGTERM)
        await _until(lambda: ending.asked)
        assert stopped == []
        await _until(lambda: stopped)

    asyncio.run(run())
    assert stopped == [signal.SIGTERM]


def test_whoever_asks_twice_does_not_wait(stopped: list[int]) -> None:
    ending = Ending(300.0)

    async def run() -> None:
        ending.watch()
        os.kill(os.getpid(), signal.SIGTERM)
        await _until(lambda: ending.asked)
        assert stopped == []
        os.kill(os.getpid(), signal.SIGTERM)
        await _until(lambda: stopped)

    asyncio.run(run())
    assert stopped == [signal.SIGTERM]


def test_without_patience_the_signal_stays_with_its_owner(stopped: list[int]) -> None:
    owner = signal.getsignal(signal.SIGTERM)

    async def run() -> None:
        Ending(0.0).watch()

    asyncio.run(run())
    assert signal.getsignal(signal.SIGTERM) is owner


@pytest.mark.parametrize(
    ("path", "asked", "status"),
    [
        ("/tools/_stcore/health", False, 200),
        ("/tools/_stcore/health", True, 503),
        ("/tools/", True, 200),
        ("/_stcore/health", True, 200),
    ],
)
def test_only_the_health_check_says_so(path: str, asked: bool, status: int) -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def rest(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    ending = Ending(1.0)
    ending.asked = asked
    app = HealthWhileEnding(rest, ending, "/tools/")
    asyncio.run(app({"type": "http", "path": path}, None, send))  # type: ignore[arg-type]
    assert sent[0]["status"] == status
