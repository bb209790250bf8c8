"""Work for workers: what answers, refuses, fails, dies, takes too long or too much."""

import os
import resource
import signal
import sys
import time


def process_id(_: object = None) -> int:
    """The process that does the work."""
    return os.getpid()


def bounds() -> tuple[int, int]:
    """How far the process gives way to others, and how much data it may take."""
    return os.nice(0), resource.getrlimit(resource.RLIMIT_DATA)[0]


def server_modules() -> list[str]:
    """What of the server is loaded where the work is done."""
    return sorted({"streamlit", "starlette", "plotly"} & sys.modules.keys())


def refuse(sentence: str) -> None:
    """Refuse."""
    raise ValueError(sentence)


def fail() -> None:
    """Fail as code with a fault does."""
    raise KeyError("a fault of ours")


def die(_: object = None) -> None:
    """Die as a process does that the system kills."""
    os.kill(os.getpid(), signal.SIGKILL)


def sleep(seconds: float, note: str = "") -> str:
    """Take so long, and leave a note of the process in a file."""
    if note:
        with open(note, "w", encoding="ascii") as file:
            file.write(str(os.getpid()))
    time.sleep(seconds)
    return "done"


def compute(seconds: float) -> None:
    """Compute for so long."""
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def take_memory(n_bytes: int) -> int:
    """Take so much memory."""
    return len(bytearray(n_bytes))


def letters(n: int, which: str) -> str:
    """An answer of so many letters."""
    return which * n


def unreadable() -> object:
    """An answer that cannot be sent."""
    return lambda: None
