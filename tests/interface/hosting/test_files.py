"""Compressed files: what is sent to whom, and that it is what lies in the folder."""

import asyncio
import gzip
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from infecon_ui.hosting import files
from infecon_ui.hosting.files import CompressedFiles, takes_gzip

TEXT = b"export const numbers = [" + b"1, " * 2000 + b"];"


async def _rest(scope: Any, receive: Any, send: Any) -> None:
    """What answers everything else: says which headers it was asked with."""
    asked = dict(scope["headers"])
    headers = [(b"x-rest", b"1"), (b"x-accept-encoding", asked.get(b"accept-encoding", b"none"))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"rest"})


@pytest.fixture
def served(tmp_path: Path) -> CompressedFiles:
    (tmp_path / "static" / "js").mkdir(parents=True)
    (tmp_path / "static" / "js" / "index.abc.js").write_bytes(TEXT)
    (tmp_path / "static" / "font.woff2").write_bytes(b"\0" * 5000)
    (tmp_path / "secret.js").write_bytes(b"secret")
    return CompressedFiles(_rest, tmp_path / "static")


def asked(app: CompressedFiles, path: str, method: str = "GET", **headers: str) -> tuple[int, Mapping[str, str], bytes]:
    """Status, headers and body of one request."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request"}

    given = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    asyncio.run(app({"type": "http", "method": method, "path": path, "headers": given}, receive, send))
    start, body = sent
    return start["status"], {name.decode(): value.decode() for name, value in start["headers"]}, body["body"]


def test_a_file_comes_compressed_and_unchanged(served: CompressedFiles) -> None:
    status, headers, body = asked(served, "/static/js/index.abc.js", accept_encoding="br, gzip")
    assert status == 200
    assert gzip.decompress(body) == TEXT
    assert len(body) < len(TEXT) / 10
    assert headers["content-encoding"] == "gzip"
    assert headers["content-length"] == str(len(body))
    assert headers["vary"] == "Accept-Encoding"
    assert "javascript" in headers["content-type"]
    assert "immutable" in headers["cache-control"]


def test_who_has_it_gets_no_second_copy(served: CompressedFiles) -> None:
    _, first, _ = asked(served, "/static/js/index.abc.js", accept_encoding="gzip")
    for known in (first["etag"], f'"other", W/{first["etag"]}', "*"):
        status, headers, body = asked(served, "/static/js/index.abc.js", accept_encoding="gzip", if_none_match=known)
        assert (status, body) == (304, b"")
        assert headers["etag"] == first["etag"]
    status, _, _ = asked(served, "/static/js/index.abc.js", accept_encoding="gzip", if_none_match='"other"')
    assert status == 200


def test_the_head_alone_has_no_body(served: CompressedFiles) -> None:
    status, headers, body = asked(served, "/static/js/index.abc.js", method="HEAD", accept_encoding="gzip")
    assert (status, body) == (200, b"")
    assert int(headers["content-length"]) > 0


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/static/js/index.abc.js", {}),
        ("/static/js/index.abc.js", {"accept_encoding": "gzip;q=0, identity"}),
        ("/static/js/index.abc.js", {"accept_encoding": "gzip", "range": "bytes=0-9"}),
    ],
)
def test_who_takes_none_gets_none_from_anybody(served: CompressedFiles, path: str, headers: dict[str, str]) -> None:
    _, answered, body = asked(served, path, **headers)
    assert body == b"rest"
    assert answered["x-accept-encoding"] == "none"
    assert answered["vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    "path",
    ["/", "/static/font.woff2", "/static/../secret.js", "/static/js/nothing.js", "/other/js/index.abc.js", "/static/"],
)
def test_the_rest_is_left_to_others(served: CompressedFiles, path: str) -> None:
    assert asked(served, path, accept_encoding="gzip")[2] == b"rest"


def test_a_file_is_compressed_once(served: CompressedFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    compressed = []
    work = files.compress
    monkeypatch.setattr(files, "compress", lambda path: compressed.append(path) or work(path))

    async def flock() -> None:
        found = await asyncio.gather(*(served.compressed("js/index.abc.js") for _ in range(20)))
        assert len({id(one) for one in found}) == 1

    asyncio.run(flock())
    assert len(compressed) == 1


def test_all_who_ask_for_an_unreadable_file_get_its_fault_and_may_ask_again(served: CompressedFiles) -> None:
    path = served._folder / "js" / "index.abc.js"
    path.unlink()

    async def flock() -> list[Any]:
        return await asyncio.gather(*(served.compressed("js/index.abc.js") for _ in range(5)), return_exceptions=True)

    assert [type(one) for one in asyncio.run(flock())] == [FileNotFoundError] * 5
    path.write_bytes(TEXT)
    assert gzip.decompress(asyncio.run(served.compressed("js/index.abc.js")).body) == TEXT


def test_all_replicas_send_the_same(tmp_path: Path) -> None:
    first, second = tmp_path / "a.js", tmp_path / "b.js"
    first.write_bytes(TEXT)
    second.write_bytes(TEXT)
    assert files.compress(first).body == files.compress(second).body


@pytest.mark.parametrize(
    ("accepted", "takes"),
    [
        ("gzip", True),
        ("deflate, GZIP;q=0.5, br", True),
        ("*", True),
        ("*;q=0", False),
        ("gzip;q=0, *", False),
        ("gzip;q=0.0", False),
        ("gzip;q=much", False),
        ("identity", False),
        ("", False),
    ],
)
def test_what_a_browser_takes(accepted: str, takes: bool) -> None:
    assert takes_gzip([accepted]) is takes


def test_what_is_no_request_passes(served: CompressedFiles) -> None:
    async def connection(scope: Any, receive: Any, send: Any) -> None:
        scope["passed"] = True

    app = CompressedFiles(connection, served._folder)
    scope: dict[str, Any] = {"type": "websocket", "path": "/static/js/index.abc.js", "headers": []}
    asyncio.run(app(scope, None, None))  # type: ignore[arg-type]
    assert scope["passed"]
