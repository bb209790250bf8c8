"""The app as a visitor meets it: a server of its own on this machine, and a browser in front of it."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
# The names that `make browser` looks for.
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
START_S = 60
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
CHART = ".st-key-frontier_chart .js-plotly-plot"
SETTLED = "[data-testid=stApp][data-test-script-state=notRunning][data-test-connection-state=CONNECTED]"

# Prices of all markers, in the order of the drawing.
PRICES = f"""() => {{
    const chart = document.querySelector('{CHART}');
    if (!chart || !chart._fullData) return null;
    return chart._fullData.filter(t => t.mode === 'markers').flatMap(t => Array.from(t.y)).join();
}}"""


@dataclass(frozen=True)
class Server:
    """A running server.

    Args:
        address (str): Its address, without a slash at the end.
        pid (int): Its process.
        log (Path): What it has printed.
    """

    address: str
    pid: int
    log: Path

    def resident_bytes(self) -> int:
        """Memory that the server holds now. [B]"""
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        assert found is not None
        return int(found[1]) * 1024

    def processor_s(self) -> float:
        """Time that the server has computed so far. [s]"""
        ticks = Path(f"/proc/{self.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(ticks[11]) + int(ticks[12])) / os.sysconf("SC_CLK_TCK")


def find_chromium() -> str | None:
    """Path of a chromium, or None where there is none."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


@contextmanager
def serving(
    script: Path = ROOT / "app.py", port: int = 0, environment: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """A server of `script` that nobody has visited, on a port or any free one; gone at the end, whatever happened.

    Args:
        script (Path): What it runs.
        port (int): Where it listens; 0 for any free one.
        environment (mapping): Variables besides those of this process.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((HOST, port))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "server.log"
        with log.open("w", encoding="utf-8") as stream:
            process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "streamlit", "run", str(script)),
                    *("--server.address", HOST, "--server.port", str(port)),
                ],
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})},
                stdout=stream,
                stderr=subprocess.STDOUT,
            )
            # Whoever asks this process to end asks the server too.
            before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
            try:
                server = Server(f"http://{HOST}:{port}", process.pid, log)
                wait_until_healthy(server.address, process, log)
                yield server
            finally:
                end(process)
                signal.signal(signal.SIGTERM, before)


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process, by force where it does not."""
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def wait_until_healthy(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until a dashboard answers at an address; what the process has printed is told where it does not."""
    last = time.monotonic() + START_S
    while time.monotonic() < last:
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=1) as answer:
                if answer.read() == b"ok":
                    return
        except OSError:
            assert process.poll() is None, f"The process ended: {log.read_text(encoding='utf-8')}"
            time.sleep(0.05)
    raise AssertionError(f"No answer within {START_S} s: {log.read_text(encoding='utf-8')}")


@contextmanager
def browsing(chromium: str) -> Iterator[Browser]:
    """A browser without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, headless=True, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def settle(page: Page) -> None:
    """Wait until the frontier is drawn and nothing runs."""
    page.wait_for_selector(f"{CHART} .main-svg")
    page.wait_for_selector(SETTLED)
    page.wait_for_function(PRICES)


def handle(page: Page, key: str) -> Locator:
    """The handle of a slider, where a mouse takes it."""
    return page.locator(f".st-key-{key} [data-testid=stSliderThumbValue]").locator("..")


def take(page: Page, key: str) -> tuple[float, float]:
    """Press the mouse on the handle of a slider and say where that is. [px]"""
    thumb = handle(page, key)
    thumb.scroll_into_view_if_needed()
    box = thumb.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    return x, y


def wait_for_other_prices(page: Page, before: str) -> None:
    """Wait until the chart shows other prices."""
    page.wait_for_function(f"before => {{ const now = ({PRICES})(); return now && now !== before; }}", arg=before)
