"""A graceful stop: who is asked to end says so first, serves on for a while, and closes then."""

import asyncio
import os
import signal
from collections.abc import Callable
from types import FrameType
from typing import Any

from infecon_ui.hosting.asgi import Application, Receive, Scope, Send, below

# How long a server goes on after it was asked to end, so that whoever looks at its health sends nobody any more. [s]
PATIENCE = "INFECON_DRAIN_S"
HEALTH = "_stcore/health"


class Ending:
    """Whether this process was asked to end, and what it does then.

    Args:
        patience_s (float): Time from being asked to closing. [s]
    """

    def __init__(self, patience_s: float) -> None:
        self.patience_s = patience_s
        self.asked = False

    def watch(self) -> None:
        """Take over the signal; what was there before gets it when the time is over. In the event loop's thread."""
        before = signal.getsignal(signal.SIGTERM)
        if self.patience_s <= 0 or not callable(before):
            return
        loop, close = asyncio.get_running_loop(), before

        def ask(number: int, frame: FrameType | None) -> None:
            if self.asked:  # whoever asks twice does not want to wait
                close(number, frame)
                return
            self.asked = True
            loop.call_soon_threadsafe(self._close_later, loop, close)

        signal.signal(signal.SIGTERM, ask)

    def _close_later(self, loop: asyncio.AbstractEventLoop, close: Callable[[int, FrameType | None], Any]) -> None:
        loop.call_later(self.patience_s, close, signal.SIGTERM, None)


def patience_s() -> float:
    """The time that the environment gives. [s]

    Raises:
        ValueError: One sentence where it is none.
    """
    text = os.environ.get(PATIENCE, "0")
    try:
        found = float(text)
    except ValueError:
        found = -1.0
    if not 0 <= found <= 300:
        raise ValueError(f"{PATIENCE} is a time from 0 to 300 seconds; it cannot be {text!r}.")
    return found


class HealthWhileEnding:
    """Middleware that says "not ready" where the process was asked to end.

    Args:
        app (ASGI application): What answers everything else.
        ending (Ending): Whether it was asked.
        base (str): `server.baseUrlPath` of Streamlit.
    """

    def __init__(self, app: Application, ending: Ending, base: str = "") -> None:
        self._app = app
        self._ending = ending
        self._path = below(base, HEALTH)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http" and self._ending.asked and scope.get("path") == self._path:
            headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-cache")]
            await send({"type": "http.response.start", "status": 503, "headers": headers})
            await send({"type": "http.response.body", "body": b"ending"})
            return
        await self._app(scope, receive, send)
