"""Turns: how many pages are computed at once.

Python computes on one core at a time. Fifty pages that share it all come late; one after the other, most come early,
and what a visitor no longer wants is dropped before it has cost anything.
"""

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from streamlit.runtime.scriptrunner import RerunException

# Two: one goes on where the other waits for what is no computing. By measurement, see benchmarks/visitors.py.
MOST = 2
# A page that takes longer than all but a few do is long enough to be no reason for others to wait.
LONG_S = 0.5


class Turns:
    """So many pages at once, those who wait in the order in which they came.

    A page that computes for long keeps nobody waiting: after `long_s` it no longer counts.

    Args:
        most (int): How many at once.
        long_s (float): How long a page counts. [s]
    """

    def __init__(self, most: int = MOST, long_s: float = LONG_S) -> None:
        self._most, self._long_s = most, long_s
        self._lock = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._since: dict[threading.Event, float] = {}
        self._thread = threading.local()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a turn, and end it however the page ends."""
        place = self._wait(first=getattr(self._thread, "again", False))
        self._thread.again, self._thread.place = False, place
        try:
            yield
        except RerunException:
            # The visitor has changed something: the page of that has waited long enough already.
            self._thread.again = True
            raise
        finally:
            self._end(self._thread.place)
            self._thread.place = None

    def pause(self, pause_s: float) -> None:
        """Let others go on while the page of this turn waits for no computing. [s]"""
        place = getattr(self._thread, "place", None)
        if place is not None:
            self._end(place)
        time.sleep(pause_s)
        if place is not None:
            self._thread.place = self._wait(first=False)

    def _wait(self, *, first: bool) -> threading.Event:
        place = threading.Event()
        with self._lock:
            if first:
                self._waiting.appendleft(place)
            else:
                self._waiting.append(place)
            self._pass_on()
        while not place.wait(self._long_s):
            with self._lock:
                self._pass_on()
        return place

    def _end(self, place: threading.Event) -> None:
        with self._lock:
            del self._since[place]
            self._pass_on()

    def _pass_on(self) -> None:
        """Give every free turn to who has waited longest."""
        now = time.monotonic()
        n_busy = sum(now - since < self._long_s for since in self._since.values())
        for _ in range(min(self._most - n_busy, len(self._waiting))):
            place = self._waiting.popleft()
            self._since[place] = now
            place.set()


TURNS = Turns()
