"""Streamlit's own files, compressed once and kept: Streamlit sends them as they are, 9 MB to a first visitor.

Compressing at each request would cost the process that draws the charts 0.3 s of its core for each new visitor.
"""

import asyncio
import gzip
import hashlib
import mimetypes
from collections.abc import Iterable
from email.utils import formatdate
from pathlib import Path
from typing import NamedTuple

from starlette.datastructures import Headers

from infecon_ui.hosting.asgi import Application, Message, Receive, Scope, Send, below

# What is text; fonts and pictures are compressed by themselves.
SUFFIXES = (".js", ".css", ".json", ".svg")
_BELOW = "static/"
# Their names carry a hash of what is in them: another content has another name.
_FOR_A_YEAR = "public, immutable, max-age=31536000"
_LEVEL = 9


class Compressed(NamedTuple):
    """A file as it is sent.

    Attributes:
        body (bytes): Its content, compressed with gzip.
        headers (list of pairs of bytes): Of the answer.
    """

    body: bytes
    headers: list[tuple[bytes, bytes]]


class CompressedFiles:
    """Middleware that answers requests for Streamlit's own files.

    Args:
        app (ASGI application): What answers everything else.
        folder (Path): Where the files lie that are asked for below `/static/`.
        base (str): `server.baseUrlPath` of Streamlit.
    """

    def __init__(self, app: Application, folder: Path, base: str = "") -> None:
        self._app = app
        self._start = below(base, _BELOW)
        self._folder = folder.resolve()
        # Only these are ever answered, so no path can lead elsewhere, and what is kept is bounded.
        self._paths = {
            path.relative_to(self._folder).as_posix(): path
            for path in sorted(self._folder.rglob("*"))
            if path.suffix in SUFFIXES and path.is_file()
        }
        self._kept: dict[str, asyncio.Future[Compressed]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        path = str(scope.get("path", ""))
        name = path.removeprefix(self._start)
        if scope["type"] != "http" or name == path or name not in self._paths or scope["method"] not in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        asked = Headers(scope=scope)
        if "range" in asked or not takes_gzip(asked.getlist("accept-encoding")):
            # What comes after this may look for the mere word.
            plain = [(key, value) for key, value in scope["headers"] if key != b"accept-encoding"]
            await self._app({**scope, "headers": plain}, receive, _varying(send))
            return
        found = await self.compressed(name)
        etag = dict(found.headers)[b"etag"].decode()
        known = {one.strip().removeprefix("W/") for one in asked.get("if-none-match", "").split(",")}
        if etag in known or "*" in known:
            headers = [(key, value) for key, value in found.headers if key not in (b"content-length", b"content-type")]
            await send({"type": "http.response.start", "status": 304, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
            return
        await send({"type": "http.response.start", "status": 200, "headers": found.headers})
        await send({"type": "http.response.body", "body": found.body if scope["method"] == "GET" else b""})

    async def compressed(self, name: str) -> Compressed:
        """A file as it is sent; whoever asks for it while it is being compressed waits for the same."""
        work = self._kept.get(name)
        if work is None:
            work = asyncio.get_running_loop().run_in_executor(None, compress, self._paths[name])
            self._kept[name] = work
        try:
            return await asyncio.shield(work)
        except OSError:
            self._kept.pop(name, None)  # another request may have done so
            raise


def compress(path: Path) -> Compressed:
    """A file as it is sent, with its headers."""
    content = path.read_bytes()
    # Without a time inside, so that all replicas send the same bytes under the same tag.
    body = gzip.compress(content, _LEVEL, mtime=0)
    kind = mimetypes.types_map.get(path.suffix, "application/octet-stream")
    headers = {
        "content-type": f"{kind}; charset=utf-8",
        "content-encoding": "gzip",
        "content-length": str(len(body)),
        "vary": "Accept-Encoding",
        "cache-control": _FOR_A_YEAR,
        "etag": f'"{hashlib.sha256(body).hexdigest()[:32]}"',
        "last-modified": formatdate(path.stat().st_mtime, usegmt=True),
    }
    return Compressed(body, [(name.encode(), value.encode()) for name, value in headers.items()])


def takes_gzip(accepted: Iterable[str]) -> bool:
    """Whether who asks takes content that is compressed with gzip.

    Args:
        accepted (iterable of str): Values of his `Accept-Encoding` headers.

    Source: RFC 9110, 12.5.3.
    """
    weights: dict[str, float] = {}
    for one in ",".join(accepted).split(","):
        name, _, parameter = one.partition(";")
        key, _, text = parameter.strip().partition("=")
        try:
            weights[name.strip().lower()] = float(text) if key.strip().lower() == "q" else 1.0
        except ValueError:
            weights[name.strip().lower()] = 0.0
    return weights.get("gzip", weights.get("*", 0.0)) > 0


def _varying(send: Send) -> Send:
    """Say that with another header of the request the answer would be another one."""

    async def told(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [(name, value) for name, value in message.get("headers", []) if name.lower() != b"vary"]
            message = {**message, "headers": [*kept, (b"vary", b"Accept-Encoding")]}
        await send(message)

    return told
