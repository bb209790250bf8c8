"""Link previews: title, sentence and picture of a link, for programs that show links without opening them.

They read the first answer of the server and run no script, and Streamlit's first answer is the same for every link. So
this stands in front of Streamlit: it fills the head of that page, and draws the picture that the head names. `asgi.py`
puts it there; without it the site works as well, and its links have no previews.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from html import escape
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlencode

from infecon_ui.bounded_cache import BoundedCache
from infecon_ui.hosting.asgi import Application, Message, Receive, Scope, Send
from infecon_ui.slide.content import Slide
from infecon_ui.slide.png import CARD, card
from infecon_ui.slide.svg import svg

Query = tuple[tuple[str, str], ...]
Computed = TypeVar("Computed")

PICTURE = "preview.png"
LONGEST_QUERY = 2000

_SITE = "infecon"
_TITLE = "What serving a large language model costs at which speed"
_SENTENCE = "Speed against price of large language models on accelerators, with where the time goes, as a chart."
# Answered by Streamlit, and no page.
_NOT_PAGES = ("_stcore", "media", "static", "component")
_PATIENCE_S = 1.0  # then the head stays general: no reader waits for a preview
_PATIENCE_FOR_PICTURE_S = 10.0
_MOST_WAITING = 8
_KEPT_BYTES = 16_000_000  # some two hundred slides and pictures

_log = logging.getLogger(__name__)


class LinkPreviews:
    """Middleware that gives every link its title, sentence and picture.

    Args:
        app (ASGI application): What answers.
        describe (callable): The slide of a link from its parameters and its address; a ValueError where it has none.
        known (callable): The parameters that matter, always in the same order and writing: two links that show the
            same are computed once.
        pages (collection of str): Paths whose links have scenarios; others have the general preview.
        base (str): `server.baseUrlPath` of Streamlit.
        modules (collection of str): Scripts that every page needs later, by their paths: the browser fetches them now.
    """

    def __init__(
        self,
        app: Application,
        describe: Callable[[Mapping[str, str], str], Slide],
        known: Callable[[Mapping[str, str]], Mapping[str, str]],
        pages: Iterable[str] = ("",),
        base: str = "",
        modules: Iterable[str] = (),
    ) -> None:
        self._app = app
        self._modules = tuple(modules)
        self._known = known
        self._pages = frozenset(pages)
        self._base = base.strip("/")
        # One at a time: visitors share the cores, and programs that ask for previews come in flocks.
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="previews")
        self._waiting = 0

        kept = BoundedCache(_KEPT_BYTES)

        @kept.keep
        def slide(query: Query, address: str) -> Slide:
            return describe(dict(query), address)

        @kept.keep
        def picture(query: Query, address: str) -> bytes:
            return card(svg(slide(query, address)))

        self._slide, self._picture = slide, picture

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        path = self._path(scope)
        if scope["type"] != "http" or path is None or scope["method"] not in ("GET", "HEAD"):
            await self._app(scope, receive, send)
        elif path == PICTURE:
            await self._send_picture(scope, send)
        elif scope["method"] == "GET" and path.partition("/")[0] not in _NOT_PAGES and "." not in path:
            await self._send_page(path, scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _path(self, scope: Scope) -> str | None:
        """The path below the base, without slashes at its ends; None for one outside."""
        path = str(scope.get("path", "")).strip("/")
        if not self._base:
            return path
        inside = path == self._base or path.startswith(self._base + "/")
        return path.removeprefix(self._base).strip("/") if inside else None

    async def _send_picture(self, scope: Scope, send: Send) -> None:
        query = self._query(scope)
        drawn = await self._computed(self._picture, query, self._root(scope), _PATIENCE_FOR_PICTURE_S)
        if drawn is None and query:
            drawn = await self._computed(self._picture, (), self._root(scope), _PATIENCE_FOR_PICTURE_S)
        if drawn is None:
            await _answer(send, 503, b"", "text/plain", [(b"retry-after", b"5")], body=True)
            return
        await _answer(
            send, 200, drawn, "image/png", [(b"cache-control", b"public, max-age=3600")], body=scope["method"] == "GET"
        )

    async def _send_page(self, path: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a page on with its head filled."""
        query = self._query(scope) if path in self._pages else ()
        slide: Slide | None = None
        if path in self._pages:
            slide = await self._computed(self._slide, query, self._root(scope), _PATIENCE_S)
        tags = head(slide, f"{self._root(scope)}{PICTURE}{'?' + urlencode(query, safe=',') if query else ''}")
        top = f"/{self._base}/" if self._base else "/"
        for module in self._modules:
            tags += f'\n<link rel="modulepreload" crossorigin href="{escape(top + module)}">'
        # A page that has not changed is not sent again, and a compressed one cannot be filled.
        plain = (b"accept-encoding", b"if-none-match", b"if-modified-since", b"range")
        inner = {**scope, "headers": [header for header in scope["headers"] if header[0] not in plain]}
        start: Message = {}
        body = bytearray()

        async def fill(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                return
            if message["type"] != "http.response.body":
                await send(message)
                return
            body.extend(message.get("body", b""))
            if not message.get("more_body", False):
                filled, headers = _filled(bytes(body), start, tags)
                await send({**start, "headers": headers})
                await send({"type": "http.response.body", "body": filled})

        await self._app(inner, receive, fill)

    def _query(self, scope: Scope) -> Query:
        """The parameters that matter; none where they are too long to be ours."""
        text = scope.get("query_string", b"")
        if len(text) > LONGEST_QUERY:
            return ()
        given = dict(parse_qsl(text.decode("latin-1")))
        try:
            return tuple(self._known(given).items())
        except ValueError:
            return ()

    def _root(self, scope: Scope) -> str:
        """Address of the first page, with a slash at the end."""
        headers = dict(scope["headers"])
        forwarded = headers.get(b"x-forwarded-proto", b"").decode("latin-1").split(",")[0].strip()
        scheme = forwarded if forwarded in ("http", "https") else scope.get("scheme", "http")
        host = headers.get(b"host", b"localhost").decode("latin-1")
        return f"{scheme}://{host}/{self._base + '/' if self._base else ''}"

    async def _computed(
        self, compute: Callable[[Query, str], Computed], query: Query, address: str, patience_s: float
    ) -> Computed | None:
        """What a function gives; None where it takes too long, too many wait, or the link shows nothing."""
        if self._waiting >= _MOST_WAITING:
            return None
        self._waiting += 1
        work = asyncio.get_running_loop().run_in_executor(self._worker, compute, query, address)
        work.add_done_callback(self._done)
        try:
            # What is begun is finished: the next one who asks gets it at once.
            return await asyncio.wait_for(asyncio.shield(work), patience_s)
        except (TimeoutError, ValueError):
            return None
        except Exception:
            # A preview is never worth a page.
            _log.exception("No preview for %s", urlencode(query))
            return None

    def _done(self, work: asyncio.Future[Any]) -> None:
        self._waiting -= 1
        if not work.cancelled():
            work.exception()  # told, or nobody waits for it any more


def head(slide: Slide | None, picture: str) -> str:
    """Title and tags of a page.

    Args:
        slide (Slide or None): What the link shows; None for the general preview.
        picture (str): Address of the picture.

    Source: The Open Graph protocol, ogp.me; summary cards with large image, developer.x.com.
    """
    title = slide.headline if slide else _TITLE
    sentence = f"{slide.subtitle}. Model, not measurement." if slide else _SENTENCE
    tags = {
        "og:type": "website",
        "og:site_name": _SITE,
        "og:title": title,
        "og:description": sentence,
        "og:image": picture,
        "og:image:width": str(CARD[0]),
        "og:image:height": str(CARD[1]),
        "og:image:alt": title,
    }
    cards = {
        "twitter:card": "summary_large_image",
        "twitter:title": title,
        "twitter:description": sentence,
        "twitter:image": picture,
        "description": sentence,
    }
    return "\n".join(
        [
            f"<title>{escape(title)} · {_SITE}</title>",
            *(f'<meta property="{name}" content="{escape(text)}" />' for name, text in tags.items()),
            *(f'<meta name="{name}" content="{escape(text)}" />' for name, text in cards.items()),
        ]
    )


def _filled(body: bytes, start: Message, tags: str) -> tuple[bytes, list[tuple[bytes, bytes]]]:
    """A page with these tags in the place of its title, and its headers; what is no page stays as it is."""
    headers: list[tuple[bytes, bytes]] = list(start.get("headers", []))
    kind = dict(headers).get(b"content-type", b"")
    begin, end = body.find(b"<title>"), body.find(b"</title>")
    if start.get("status") != 200 or not kind.startswith(b"text/html") or not 0 <= begin < end:
        return body, headers
    filled = body[:begin] + tags.encode() + body[end + len(b"</title>") :]
    # The page is another one for every link.
    kept = [(name, value) for name, value in headers if name not in (b"content-length", b"etag", b"last-modified")]
    return filled, [*kept, (b"content-length", str(len(filled)).encode())]


async def _answer(
    send: Send, status: int, content: bytes, kind: str, headers: Iterable[tuple[bytes, bytes]], *, body: bool
) -> None:
    known = [(b"content-type", kind.encode()), (b"content-length", str(len(content)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": [*known, *headers]})
    await send({"type": "http.response.body", "body": content if body else b""})
