"""Visitors without a past, and what the browser has to say about their visit."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from tools.live_app import HOST

WIDE = {"width": 1440, "height": 900}
LAPTOP = {"width": 1280, "height": 720}
PHONE = {"width": 390, "height": 844}


@dataclass
class Traffic:
    """What a visit asked the network for, and what the browser complained about."""

    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def watch(self, context: BrowserContext) -> None:
        """Write down everything from now on."""
        context.on("request", lambda request: self.requests.append(request.url))
        context.on("console", self._console)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        context.on("page", lambda page: page.on("websocket", lambda line: self.requests.append(line.url)))

    def _console(self, message: ConsoleMessage) -> None:
        # Streamlit's own client looks for its server below a deep link first, and then at the root.
        probing = re.search(r"/\w+/_stcore/(health|host-config)$", message.location["url"])
        if message.type == "error" and not probing:
            self.complaints.append(f"{message.text} ({message.location})")

    def foreign_addresses(self) -> list[str]:
        """Addresses that are not on this machine."""
        return [
            url for url in self.requests if urlsplit(url).hostname != HOST and not url.startswith(("data:", "blob:"))
        ]


@contextmanager
def visiting(browser: Browser, size: dict[str, int], *, touch: bool = False) -> Iterator[tuple[Page, Traffic]]:
    """A visitor without a past, with a mouse or with fingers."""
    fingers: dict[str, Any] = {"has_touch": True, "is_mobile": True} if touch else {}
    context = browser.new_context(viewport=size, reduced_motion="reduce", accept_downloads=True, **fingers)
    context.set_default_timeout(20_000)
    traffic = Traffic()
    traffic.watch(context)
    try:
        yield context.new_page(), traffic
    finally:
        context.close()


def overflow(page: Page) -> int:
    """By how much the page is wider than its window. [px]"""
    width: int = page.evaluate(
        """() => Math.max(...[document.scrollingElement, document.querySelector('[data-testid=stMain]')]
            .map(element => element.scrollWidth - window.innerWidth))"""
    )
    return width
