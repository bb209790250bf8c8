"""Files of a session: so many are stored and no more, and what is taken away makes room."""

import asyncio
from typing import Any

import pytest

from infecon_ui.hosting import uploads
from infecon_ui.hosting.uploads import BoundedUploads

STATUS = {"PUT": 204, "DELETE": 204, "GET": 200}


class _Store:
    """What stores files; it refuses those whose name says so."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.asked.append((scope["method"], scope["path"]))
        status = 413 if "large" in scope["path"] else STATUS[scope["method"]]
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b""})


def _asked(app: BoundedUploads, method: str, path: str) -> int:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request"}

    asyncio.run(app({"type": "http", "method": method, "path": path, "headers": []}, receive, send))
    return int(sent[0]["status"])


@pytest.mark.parametrize("base", ["", "tools/infecon"])
def test_a_session_stores_so_many_files_and_no_more(base: str) -> None:
    store = _Store()
    app = BoundedUploads(store, base, most=2)
    folder = f"{'/' + base if base else ''}/_stcore/upload_file"
    assert [_asked(app, "PUT", f"{folder}/a/{n}") for n in range(4)] == [204, 204, 429, 429]
    assert len(store.asked) == 2
    assert _asked(app, "PUT", f"{folder}/b/0") == 204  # another session
    assert _asked(app, "PUT", f"{folder}/a/1") == 204  # in the place of itself
    assert _asked(app, "DELETE", f"{folder}/a/1") == 204
    assert _asked(app, "PUT", f"{folder}/a/5") == 204
    assert _asked(app, "GET", "/elsewhere") == 200


def test_a_file_that_was_not_stored_takes_no_place() -> None:
    app = BoundedUploads(_Store(), most=1)
    assert _asked(app, "PUT", "/_stcore/upload_file/a/large") == 413
    assert _asked(app, "PUT", "/_stcore/upload_file/a/1") == 204
    assert _asked(app, "DELETE", "/_stcore/upload_file/a/large") == 413
    assert _asked(app, "PUT", "/_stcore/upload_file/a/2") == 429


def test_counting_takes_a_bounded_amount_of_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_SESSIONS", 3)
    app = BoundedUploads(_Store(), most=1)
    for session in range(10):
        assert _asked(app, "PUT", f"/_stcore/upload_file/{session}/1") == 204
    assert _asked(app, "PUT", "/_stcore/upload_file/9/2") == 429
    assert len(app._held) == 3
