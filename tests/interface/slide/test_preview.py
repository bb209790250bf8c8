"""Previews of links: the head of the page, the picture, and what nothing may break."""

import asyncio
import io
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

import pytest
from PIL import Image

from infecon_ui.slide import preview
from infecon_ui.slide.content import Slide
from infecon_ui.slide.preview import LinkPreviews, head
from tests.support.slides import slide

SHELL = b"<!DOCTYPE html><html><head><meta charset='UTF-8'><title>Streamlit</title></head><body></body></html>"
SHOWN = slide("b200-hgx", headline='B200 < "MI355X" & more')


class Head(HTMLParser):
    """Title and tags of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.title, self.tags, self._inside = "", dict[str, str](), False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self._inside = tag == "title"
        if tag == "meta" and found.get("content"):
            self.tags[str(found.get("property") or found.get("name"))] = str(found["content"])

    def handle_endtag(self, tag: str) -> None:
        self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.title += data


async def streamlit(scope: Any, receive: Any, send: Any) -> None:
    """What Streamlit answers: one page for all paths, in two pieces, with what it knows of compression and age."""
    headers = dict(scope["headers"])
    assert b"if-none-match" not in headers or scope["path"] != "/"
    kind = b"text/css" if scope["path"].endswith(".css") else b"text/html; charset=utf-8"
    known = [(b"content-type", kind), (b"content-length", str(len(SHELL)).encode()), (b"etag", b'"1"')]
    await send({"type": "http.response.start", "status": 200, "headers": known})
    await send({"type": "http.response.body", "body": SHELL[:40], "more_body": True})
    await send({"type": "http.response.body", "body": SHELL[40:]})


def of(query: Mapping[str, str], root: str) -> Slide:
    """A slide that names its link."""
    if query.get("gpu") == "none":
        raise ValueError("There is no such accelerator.")
    return replace(SHOWN, headline=f"{SHOWN.headline} {query.get('gpu', 'by default')}", link=root)


def known(query: Mapping[str, str]) -> dict[str, str]:
    """Only the accelerator matters."""
    return {key: query[key] for key in ("gpu",) if key in query}


def asked(
    app: LinkPreviews, path: str, query: str = "", method: str = "GET", headers: Mapping[str, str] | None = None
) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of an answer."""
    return asyncio.run(_asked(app, path, query, method, headers))


async def _asked(
    app: LinkPreviews, path: str, query: str = "", method: str = "GET", headers: Mapping[str, str] | None = None
) -> tuple[int, dict[str, str], bytes]:
    sent: list[Any] = []
    given = {"host": "example.org", "accept-encoding": "gzip", "if-none-match": '"1"', **(headers or {})}
    scope = {
        **{"type": "http", "method": method, "path": path, "scheme": "http", "query_string": query.encode("latin-1")},
        "headers": [(name.encode(), value.encode()) for name, value in given.items()],
    }

    async def receive() -> Any:
        return {"type": "http.request"}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    names = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], names, b"".join(message.get("body", b"") for message in sent[1:])


@pytest.fixture
def app() -> LinkPreviews:
    return LinkPreviews(streamlit, of, known, pages=("", "frontier"))


@pytest.mark.parametrize("path", ["/", "/frontier", "/frontier/"])
def test_a_page_has_title_sentence_and_picture_of_its_link(app: LinkPreviews, path: str) -> None:
    status, headers, body = asked(app, path, "gpu=mi355x&utm=1")
    found = Head(body.decode())
    assert status == 200
    assert found.title == f"{SHOWN.headline} mi355x · infecon"
    assert found.tags["og:title"] == found.tags["twitter:title"] == f"{SHOWN.headline} mi355x"
    assert found.tags["og:description"].startswith(SHOWN.subtitle)
    assert "not measurement" in found.tags["og:description"]
    assert found.tags["og:image"] == found.tags["twitter:image"] == "http://example.org/preview.png?gpu=mi355x"
    assert found.tags["twitter:card"] == "summary_large_image"
    assert body.count(b"<title>") == 1
    assert body.endswith(SHELL[SHELL.index(b"</head>") :])
    assert int(headers["content-length"]) == len(body)
    assert "etag" not in headers


def test_the_picture_is_that_of_the_link(app: LinkPreviews) -> None:
    status, headers, body = asked(app, "/preview.png", "gpu=mi355x")
    assert (status, headers["content-type"]) == (200, "image/png")
    assert Image.open(io.BytesIO(body)).size == (1200, 630)
    assert body != asked(app, "/preview.png", "gpu=b200-hgx")[2]
    status, headers, empty = asked(app, "/preview.png", "gpu=mi355x", method="HEAD")
    assert (status, headers["content-length"], empty) == (200, str(len(body)), b"")


@pytest.mark.parametrize("query", ["gpu=none", "gpu=" + "x" * 5000, "%ff%00=&&&=&a[]=1", "gpu"])
def test_a_bad_link_has_the_preview_of_the_first_page(app: LinkPreviews, query: str) -> None:
    assert asked(app, "/preview.png", query) == asked(app, "/preview.png")
    status, _, body = asked(app, "/", query)
    assert status == 200
    assert "og:image" in Head(body.decode()).tags


def test_other_pages_have_the_general_preview(app: LinkPreviews) -> None:
    found = Head(asked(app, "/measured", "gpu=mi355x")[2].decode())
    assert "mi355x" not in found.title
    assert found.title.endswith("infecon")
    assert found.tags["og:image"] == "http://example.org/preview.png"


@pytest.mark.parametrize("path", ["/_stcore/health", "/static/css/a.css", "/media/a.png", "/a/b.css"])
def test_what_is_no_page_passes_as_it_is(app: LinkPreviews, path: str) -> None:
    status, headers, body = asked(app, path)
    assert (status, body, headers["etag"]) == (200, SHELL, '"1"')


def test_a_socket_passes(app: LinkPreviews) -> None:
    seen = []

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["type"])

    for kind in ("websocket", "lifespan"):
        asyncio.run(LinkPreviews(inner, of, known)({"type": kind, "path": "/"}, None, None))  # type: ignore[arg-type]
    assert seen == ["websocket", "lifespan"]


def test_a_proxy_tells_the_scheme_and_nothing_else(app: LinkPreviews) -> None:
    def image(proto: str) -> str:
        return Head(asked(app, "/", headers={"x-forwarded-proto": proto})[2].decode()).tags["og:image"]

    assert image("https") == "https://example.org/preview.png"
    assert image('"><script>') == "http://example.org/preview.png"


def test_a_base_path_stands_before_everything() -> None:
    app = LinkPreviews(streamlit, of, known, base="/costs/")
    found = Head(asked(app, "/costs", "gpu=mi355x")[2].decode())
    assert found.tags["og:image"] == "http://example.org/costs/preview.png?gpu=mi355x"
    assert asked(app, "/costs/preview.png")[1]["content-type"] == "image/png"
    assert asked(app, "/preview.png")[2] == SHELL


def _failing(error: Exception) -> Callable[[Mapping[str, str], str], Slide]:
    def describe(query: Mapping[str, str], root: str) -> Slide:
        raise error

    return describe


@pytest.mark.parametrize("error", [ValueError("Nothing fits."), RuntimeError("a fault of ours")])
def test_a_failure_costs_the_preview_and_not_the_page(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    app = LinkPreviews(streamlit, _failing(error), known)
    status, _, body = asked(app, "/")
    assert status == 200
    assert Head(body.decode()).title.endswith("infecon")
    status, headers, body = asked(app, "/preview.png")
    assert (status, body, headers["retry-after"]) == (503, b"", "5")
    # What a link asks for may be impossible; what is our fault stands in the log.
    assert any(record.name == preview.__name__ for record in caplog.records) == isinstance(error, RuntimeError)


def test_nobody_waits_long_and_no_queue_grows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preview, "_PATIENCE_S", 0.01)
    go, begun = threading.Event(), []

    def slow(query: Mapping[str, str], root: str) -> Slide:
        begun.append(query)
        go.wait(10)
        return of(query, root)

    app = LinkPreviews(streamlit, slow, known)

    async def flock() -> list[tuple[int, dict[str, str], bytes]]:
        answers = [await _asked(app, "/", urlencode({"gpu": n})) for n in range(20)]
        go.set()
        await asyncio.get_running_loop().run_in_executor(app._worker, bool)
        return [*answers, await _asked(app, "/", "gpu=0")]

    *hurried, late = asyncio.run(flock())
    assert {status for status, _, _ in hurried} == {200}
    assert len(begun) <= preview._MOST_WAITING
    # What was begun is there for the next one.
    assert Head(late[2].decode()).title.startswith(SHOWN.headline)


def test_the_same_link_is_computed_once(app: LinkPreviews) -> None:
    count = []

    def counted(query: Mapping[str, str], root: str) -> Slide:
        count.append(query)
        return of(query, root)

    app = LinkPreviews(streamlit, counted, known)
    for query in ("gpu=mi355x", "utm=1&gpu=mi355x", "gpu=mi355x&x=2"):
        asked(app, "/", query)
        asked(app, "/preview.png", query)
    assert len(count) == 1


def test_no_text_of_a_link_becomes_markup() -> None:
    evil = replace(SHOWN, headline="</title><script>alert(1)</script>", subtitle='"><img src=x>')
    text = head(evil, 'https://example.org/preview.png?a="><b>')
    assert "<script>" not in text
    assert "<img" not in text
    assert "<b>" not in text
