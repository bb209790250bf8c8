"""The browser of a file's tests, and the server that they visit; a file that visits another one has its own."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tools.live_app import Server, browsing, serving


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """A browser without a window."""
    with browsing(chromium) as started:
        yield started


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server of the app, which must not have printed a traceback when it ends."""
    with serving() as started:
        yield started
        assert "Traceback" not in started.log.read_text(encoding="utf-8")
