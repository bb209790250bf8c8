"""What a first visit transfers, and the time until it shows the chart, on a phone with a slow line and processor.

Chromium with an empty cache, 12.8 Mbit/s, 80 ms, a quarter of this machine's processor, 390 × 844 pixels: against
`app.py` as it is, `asgi.py`, and two replicas of that behind nginx. Fresh: the first visitor that the server ever has.
Browser and server share the cores of this machine.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from playwright.sync_api import Browser

from tools.live_app import PRICES, ROOT, browsing, find_chromium, serving
from tools.replicas import find_nginx, replicas

BITS_PER_S = 12.8e6
LATENCY_MS = 80
SLOWER = 4
PHONE = {"width": 390, "height": 844}
WARM_VISITS = 3
PATIENCE_MS = 120_000
MB = 1e6


@dataclass
class Visit:
    """What one visit has cost until the chart stood there.

    Args:
        chart_s (float): Time from the request to the chart. [s]
        bytes_of (Counter): Bytes received, by type of what they are. [B]
        sizes (dict): Bytes of each answer, by its address. [B]
    """

    chart_s: float = 0.0
    bytes_of: Counter[str] = field(default_factory=Counter)
    sizes: dict[str, int] = field(default_factory=dict)


def visit(browser: Browser, address: str) -> Visit:
    """Open the first page in a browser without a past."""
    found = Visit()
    context = browser.new_context(viewport=PHONE, is_mobile=True, has_touch=True, device_scale_factor=2)  # type: ignore[arg-type]
    try:
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        line = context.new_cdp_session(page)
        asked: dict[str, tuple[str, str]] = {}

        def response(event: dict[str, Any]) -> None:
            asked[event["requestId"]] = (event["type"], event["response"]["url"])

        def finished(event: dict[str, Any]) -> None:
            kind, url = asked.get(event["requestId"], ("Other", ""))
            n_bytes = int(event["encodedDataLength"])
            found.bytes_of[kind] += n_bytes
            found.sizes[url] = found.sizes.get(url, 0) + n_bytes

        def frame(event: dict[str, Any]) -> None:
            # A binary message is told in base64. What the line compresses is not told: this is what it carries.
            found.bytes_of["WebSocket"] += len(event["response"]["payloadData"]) * 3 // 4

        line.on("Network.responseReceived", response)
        line.on("Network.loadingFinished", finished)
        line.on("Network.webSocketFrameReceived", frame)
        line.send("Network.enable")
        speed = BITS_PER_S / 8
        conditions = {"offline": False, "latency": LATENCY_MS, "downloadThroughput": speed, "uploadThroughput": speed}
        line.send("Network.emulateNetworkConditions", conditions)
        line.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        page.goto(address, wait_until="commit")
        # By the clock of the page, which begins with the request.
        found.chart_s = (
            page.wait_for_function(f"() => ({PRICES})() ? performance.now() : 0", polling="raf").json_value() / 1e3
        )
        line.send("Emulation.setCPUThrottlingRate", {"rate": 1})
        page.wait_for_load_state("networkidle")
    finally:
        context.close()
    return found


@contextmanager
def plain(script: str) -> Iterator[str]:
    """Address of a fresh server of a script."""
    with serving(ROOT / script) as server:
        yield server.address


@contextmanager
def proxied() -> Iterator[str]:
    """Address of nginx in front of two fresh servers."""
    with replicas() as found:
        yield found.address


def tell(name: str, visits: list[Visit]) -> None:
    """Print one line for fresh and warm visits."""
    fresh, *warm = visits
    n_bytes = sum(fresh.bytes_of.values())
    shown = ", ".join(f"{kind} {size / MB:.2f}" for kind, size in fresh.bytes_of.most_common() if size > 0.005 * MB)
    print(
        f"{name:<24}{n_bytes / MB:>6.2f} MB{len(fresh.sizes):>6} files{fresh.chart_s:>8.1f} s fresh"
        f"{np.median([one.chart_s for one in warm]):>8.1f} s warm   {shown}"
    )


def main() -> None:
    """Print one line for each way of serving, and what is largest."""
    chromium = find_chromium()
    if chromium is None:
        print("There is no chromium here; apt-get install chromium gives one.")
        return
    print(f"{BITS_PER_S / 1e6:g} Mbit/s, {LATENCY_MS} ms, processor ÷ {SLOWER}, {PHONE['width']} × {PHONE['height']}")
    ways: dict[str, Callable[[], AbstractContextManager[str]]] = {
        "app.py": lambda: plain("app.py"),
        "asgi.py": lambda: plain("asgi.py"),
        "asgi.py behind nginx": proxied,
    }
    if find_nginx() is None:
        print("There is no nginx here; apt-get install nginx gives one.")
        del ways["asgi.py behind nginx"]
    visits: list[Visit] = []
    for name, serve in ways.items():
        with serve() as address, browsing(chromium) as browser:
            visits = [visit(browser, address) for _ in range(1 + WARM_VISITS)]
            tell(name, visits)
    print("Largest:")
    for url, size in sorted(visits[0].sizes.items(), key=lambda pair: -pair[1])[:12]:
        print(f"{size / MB:>8.3f} MB  {url.rpartition('/')[2]}")


if __name__ == "__main__":
    main()
