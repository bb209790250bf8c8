"""What one visitor's upload and refit cost another one, who moves a slider meanwhile.

The first visitor is a browser that uploads the largest file that is taken, reads its report and refits the constants,
over and over, each time with other numbers. The second one is a websocket that moves a slider every second. Its times
alone and beside that work should be the same but for what shared cores cost. Needs Linux and Debian's chromium.
"""

import argparse
import asyncio
import itertools
import random
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from playwright.sync_api import FilePayload, Page

from infecon_core import catalog
from infecon_ui.measured.upload import MAX_SETUPS
from infecon_ui.sidebar.stops import SCALES
from infecon_ui.sidebar.widgets import SLIDER
from tools.live_app import ROOT, SETTLED, Server, browsing, find_chromium, serving
from tools.visitor import Run, Visitor

SECONDS = 60.0
PAUSE_S = 1.0
PATIENCE_MS = 300_000
ROWS_OF_A_SETUP = 90  # together 0.8 MB
STOPS = SCALES["round"]


@dataclass
class Moves:
    """What the second visitor measures, until it is told to stop."""

    runs: list[Run] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    async def _stay(self, address: str) -> None:
        choice = random.Random(1)
        async with Visitor(address) as visitor:
            await visitor.run()
            while not self.stop.is_set():
                visitor.set("prompt" + SLIDER, f"{choice.choice(STOPS):,}")
                self.runs.append(await visitor.run())
                await asyncio.sleep(PAUSE_S)

    def stay(self, address: str) -> None:
        """Move until told to stop."""
        asyncio.run(self._stay(address))


def table(number: int) -> bytes:
    """The largest file that is taken, with other times for every number."""
    pairs = itertools.product(list(catalog.models())[:20], list(catalog.accelerators())[:10])
    rows = [
        f"{model},{accelerator},fp8,64,{1 + batch},2000,{20 + (number + batch) % 50}"
        for model, accelerator in itertools.islice(pairs, MAX_SETUPS)
        for batch in range(ROWS_OF_A_SETUP)
    ]
    head = "model_id,accelerator_id,weight_precision,gpus_per_instance,batch_per_instance,context_len,tpot_ms"
    return "\n".join([head, *rows, ""]).encode()


def work(page: Page, number: int) -> None:
    """Upload, read the report, refit."""
    files = page.locator("[data-testid=stFileUploaderDropzoneInput]")
    files.set_input_files([FilePayload(name=f"{number}.csv", mimeType="text/csv", buffer=table(number))])
    page.wait_for_timeout(500)
    page.wait_for_selector(f"{SETTLED} .st-key-own_refit button", timeout=PATIENCE_MS)
    page.locator(".st-key-own_refit button").click()
    page.wait_for_timeout(500)
    page.wait_for_selector(SETTLED, timeout=PATIENCE_MS)


def measured(server: Server, seconds: float, page: Page | None) -> tuple[list[Run], float, int]:
    """Runs of the visitor who moves, processor time of the server for all visitors [s], and how often work was done."""
    moves, done = Moves(), 0
    visitor = threading.Thread(target=moves.stay, args=(server.address,))
    visitor.start()
    start, end = server.processor_s(), time.monotonic() + seconds
    while time.monotonic() < end:
        if page is None:
            time.sleep(1)
        else:
            work(page, done := done + 1)
    used = server.processor_s() - start
    moves.stop.set()
    visitor.join()
    return moves.runs, used, done


def main(arguments: Sequence[str] = ()) -> None:
    """Print the times of one visitor alone, and beside the work of another one."""
    parser = argparse.ArgumentParser(description="What one visitor's upload and refit cost another one.")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of each measurement, at least")
    seconds = parser.parse_args(arguments).seconds
    chromium = find_chromium()
    if chromium is None:
        raise SystemExit("There is no chromium here; apt-get install chromium gives one.")
    with serving(ROOT / "asgi.py") as server, browsing(chromium) as browser:
        page = browser.new_page()
        page.goto(f"{server.address}/measured")
        page.wait_for_selector(SETTLED, timeout=PATIENCE_MS)
        measured(server, 5, None)  # what the first visit fills is there
        print(f"{'':<36}{'reruns':>7}{'median':>10}{'95%':>10}{'failed':>8}{'CPU of the server':>19}")
        for name, other in (("alone", None), ("beside an upload and a refit", page), ("alone again", None)):
            runs, used, done = measured(server, seconds, other)
            middle, high = np.nanpercentile([run.finished_s for run in runs], [50, 95]) * 1e3
            failed = sum(not run.whole for run in runs)
            times = f" ({done} times)" if done else ""
            print(f"{name + times:<36}{len(runs):>7}{middle:>7,.0f} ms{high:>7,.0f} ms{failed:>8}{used:>17.1f} s")


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
