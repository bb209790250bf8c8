"""How far a sweep is: a bar that is drawn over itself on a terminal, a line now and then elsewhere."""

import time
from typing import TextIO

BAR = 24
# Between two drawings on a terminal, and between two lines elsewhere. [s]
DRAWN_S, LINE_S = 0.2, 10.0


def duration(seconds: float) -> str:
    """A time as people say it.

    Examples:
        >>> duration(8.2), duration(75), duration(3700), duration(200_000)
        ('8 s', '1 min 15 s', '1 h 1 min', '2 d 7 h')
    """
    whole = round(seconds)
    for unit, one, smaller, part in (("d", 86_400, "h", 3600), ("h", 3600, "min", 60), ("min", 60, "s", 1)):
        if whole >= one:
            return f"{whole // one} {unit} {whole % one // part} {smaller}"
    return f"{whole} s"


class Progress:
    """Counts frontiers and says so.

    Args:
        total (int): Frontiers of the sweep.
        done (int): Those that were there before.
        stream (TextIO): Where it is said.
    """

    def __init__(self, total: int, done: int, stream: TextIO) -> None:
        self.total, self.before, self.done, self.stream = total, done, done, stream
        self.drawn = stream.isatty()
        self.started = time.monotonic()
        self.last, self.width = self.started, 0

    @property
    def seconds(self) -> float:
        """Time since the start. [s]"""
        return time.monotonic() - self.started

    def add(self, frontiers: int) -> None:
        """Count some more."""
        self.done += frontiers
        now = time.monotonic()
        if now - self.last >= (DRAWN_S if self.drawn else LINE_S):
            self.last = now
            self._show()

    def tell(self, sentence: str) -> None:
        """Say something that happened, above the bar."""
        self._clear()
        print(f"infecon: {sentence}", file=self.stream, flush=True)

    def end(self) -> None:
        """Leave nothing on the terminal."""
        self._clear()

    def text(self) -> str:
        """How far it is, how fast, and how long it still takes."""
        rate = (self.done - self.before) / max(self.seconds, 1e-9)
        left = f", {duration((self.total - self.done) / rate)} left" if rate > 0 else ""
        return f"{self.done:,} of {self.total:,} frontiers, {rate:,.0f}/s{left}"

    def _show(self) -> None:
        if not self.drawn:
            print(self.text(), file=self.stream, flush=True)
            return
        full = round(BAR * self.done / max(self.total, 1))
        line = f"[{'#' * full}{'.' * (BAR - full)}] {self.text()}"
        print("\r" + line.ljust(self.width), end="", file=self.stream, flush=True)
        self.width = len(line)

    def _clear(self) -> None:
        if self.drawn and self.width:
            print("\r" + " " * self.width + "\r", end="", file=self.stream, flush=True)
            self.width = 0
