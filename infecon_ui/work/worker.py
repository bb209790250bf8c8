"""The process that does the work: it is asked over its standard input, one request after the other, until that ends.

It imports nothing of the server, gives way to it on shared cores, and is ended by the system where it takes too long or
too much memory, whatever has become of the server meanwhile.
"""

import os
import resource
import signal
import traceback
from collections.abc import Callable
from importlib import import_module
from multiprocessing.connection import Connection
from typing import Any, Literal, NamedTuple

# Of data, where the machine has as much; four times what the longest file that is taken needs.
MEMORY_BYTES = 1 << 30
NICE = 5
# What the work itself may write, by mistake or not, must not stand among the answers.
_CHANNEL = 0


class Request(NamedTuple):
    """What is to be done.

    Attributes:
        module, name (str): The function.
        args (tuple): What it is called with.
        limit_s (int): After this processor time the process is ended by the system (SIGPROF). [s]
    """

    module: str
    name: str
    args: tuple[Any, ...]
    limit_s: int


class Reply(NamedTuple):
    """What came of it: the value, or the sentence of a ValueError, or nothing where the work failed otherwise."""

    kind: Literal["value", "refusal", "failure"]
    value: Any = None


def reply_to(request: Request) -> Reply:
    """Do what is asked; a failure goes to the server's log with its traceback."""
    try:
        function: Callable[..., Any] = getattr(import_module(request.module), request.name)
        return Reply("value", function(*request.args))
    except ValueError as error:
        return Reply("refusal", str(error))
    except Exception:
        traceback.print_exc()
        return Reply("failure")


def main(memory_bytes: int) -> None:
    """Answer requests until there are no more.

    Args:
        memory_bytes (int): Of data, that the work may take. [B]
    """
    os.nice(NICE)
    resource.setrlimit(resource.RLIMIT_DATA, (memory_bytes, memory_bytes))
    # Whoever interrupts the server in a terminal interrupts its whole group; the server ends this process.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with Connection(_CHANNEL) as channel:
        while True:
            try:
                request: Request = channel.recv()
            except EOFError:
                return
            signal.setitimer(signal.ITIMER_PROF, request.limit_s)
            reply = reply_to(request)
            signal.setitimer(signal.ITIMER_PROF, 0)
            channel.send(reply)
