"""The types of ASGI, as starlette and uvicorn have them, and paths below the base of the server."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


def below(base: str, path: str) -> str:
    """A path as the server is asked for it.

    Args:
        base (str): `server.baseUrlPath` of Streamlit, with or without slashes around it.
        path (str): Below that.

    Examples:
        >>> below("/tools/infecon/", "_stcore/health"), below("", "static/")
        ('/tools/infecon/_stcore/health', '/static/')
    """
    return "/" + "/".join(part for part in (base.strip("/"), path) if part)
