"""Times of reruns while many visitors move a slider, and what they cost the server; on one process and on two.

Every visitor is a websocket that speaks Streamlit's protocol, as a browser would but without drawing. Each serves
one of ten models and moves the prompt or the output to a random stop every two seconds, so that a part of the
scenarios has been seen before and a part is new. They come one after the other; times are taken once all are there.
Two processes stand behind nginx with the configuration of deploy/, or, where there is none, are visited directly.
Visitors and servers share the cores of this machine. Needs Linux, for time and memory of the servers.
"""

import argparse
import asyncio
import os
import random
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from infecon_ui.sidebar.stops import SCALES
from infecon_ui.sidebar.widgets import SLIDER
from tools.live_app import ROOT, Server, serving
from tools.replicas import find_nginx, replicas
from tools.visitor import Run, Visitor

ONE_PROCESS, TWO_PROCESSES = (1, 10, 50), (100,)
DURATION_S = 30.0
PAUSE_S = 2.0
ARRIVAL_S = 0.15  # between two who come
MODELS = (
    *("llama-3.1-8b", "llama-3.1-70b", "llama-3.1-405b", "gemma-3-27b", "mistral-7b-v0.3"),
    *("deepseek-v3", "kimi-k2", "qwen3-4b", "gpt-oss-120b", "gpt-oss-20b"),
)
SLIDERS = ("prompt", "output")
STOPS = SCALES["round"]

# Model, prompt and output.
Asked = tuple[str, int, int]
# Address and the cookie that keeps a visitor with one server.
Address = tuple[str, dict[str, str]]


@dataclass
class Visits:
    """What some visitors have measured.

    Args:
        runs (list of Run): Their reruns.
        first (list of Run): Their first visits.
        asked (list of tuple): What each rerun asked for.
        server_s, own_s (float): Processor time of all servers and of these visitors. [s]
        duration_s (float): How long it took. [s]
    """

    runs: list[Run] = field(default_factory=list)
    first: list[Run] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    server_s: float = 0.0
    own_s: float = 0.0
    duration_s: float = 0.0


async def stay(number: int, address: Address, visits: Visits, begin: asyncio.Barrier, duration_s: float) -> None:
    """Open the page, wait until all are there, then move a slider every two seconds until the end."""
    model, choice = MODELS[number % len(MODELS)], random.Random(number)
    stops = dict.fromkeys(SLIDERS, STOPS.index(1000))
    await asyncio.sleep(number * ARRIVAL_S)
    async with Visitor(*address) as visitor:
        visitor.query = f"model={model}"
        visits.first.append(await visitor.run())
        await begin.wait()
        end = time.monotonic() + duration_s
        await asyncio.sleep(choice.uniform(0, PAUSE_S))
        while (start := time.monotonic()) < end:
            moved = choice.choice(SLIDERS)
            stops[moved] = choice.randrange(len(STOPS))
            visitor.set(moved + SLIDER, f"{STOPS[stops[moved]]:,}")
            visits.asked.append((model, stops["prompt"], stops["output"]))
            visits.runs.append(await visitor.run())
            await asyncio.sleep(max(0.0, PAUSE_S - (time.monotonic() - start)))


async def visit(addresses: Sequence[Address], servers: Sequence[Server], n_visitors: int, duration_s: float) -> Visits:
    """What a number of visitors measures, spread over some addresses."""
    visits, begin = Visits(), asyncio.Barrier(n_visitors + 1)
    everybody = [
        asyncio.ensure_future(stay(number, addresses[number % len(addresses)], visits, begin, duration_s))
        for number in range(n_visitors)
    ]
    await begin.wait()
    before = sum(server.processor_s() for server in servers), time.process_time(), time.monotonic()
    await asyncio.gather(*everybody)
    after = sum(server.processor_s() for server in servers), time.process_time(), time.monotonic()
    visits.server_s, visits.own_s, visits.duration_s = (b - a for a, b in zip(before, after, strict=True))
    return visits


@contextmanager
def two_processes() -> Iterator[tuple[list[Address], tuple[Server, ...]]]:
    """Two servers, behind nginx where there is one, and their addresses."""
    if find_nginx():
        with replicas() as found:
            yield [(found.address, {"infecon_replica": str(i + 1)}) for i in range(2)], found.servers
        return
    with serving(ROOT / "asgi.py") as one, serving(ROOT / "asgi.py") as other:
        yield [(one.address, {}), (other.address, {})], (one, other)


def report(visits: Visits, seen: set[Asked], n_visitors: int, servers: Sequence[Server]) -> str:
    """One line of the table; what was asked for is seen from then on."""
    fresh = len(set(visits.asked) - seen) / max(1, len(visits.asked))
    seen.update(visits.asked)
    whole = [run for run in visits.runs if run.whole]
    times = [
        f"{value * 1e3:,.0f} ms"
        for values in ([run.chart_s for run in whole], [run.finished_s for run in whole])
        for value in np.nanpercentile(values or [np.nan], [50, 95])
    ]
    first = f"{np.median([run.finished_s for run in visits.first]) * 1e3:,.0f} ms"
    memory = " + ".join(f"{server.resident_bytes() / 1e6:,.0f}" for server in servers)
    failed = sum(not run.whole for run in (*visits.runs, *visits.first))
    runs = max(1, len(visits.runs))
    return (
        f"{len(servers):>9}{n_visitors:>9}{first:>10}{times[0]:>10}{times[1]:>10}{times[2]:>10}{times[3]:>10}"
        f"{len(whole) / visits.duration_s:>9.1f}{visits.server_s / runs * 1e3:>7.0f} ms"
        f"{visits.server_s / visits.duration_s:>7.0%}{visits.own_s / visits.duration_s:>7.0%}{fresh:>6.0%}"
        f"{failed:>7}  {memory} MB"
    )


HEAD = (
    f"{'processes':>9}{'visitors':>9}{'1st visit':>10}{'chart':>10}{'95%':>10}{'whole':>10}{'95%':>10}"
    f"{'reruns/s':>9}{'CPU each':>10}{'CPU':>7}{'ours':>7}{'new':>6}{'failed':>7}  memory"
)


def main(arguments: Sequence[str] = ()) -> None:
    """Print one line for each number of visitors."""
    parser = argparse.ArgumentParser(description="Times of reruns while many visitors move a slider.")
    parser.add_argument("--one", type=int, nargs="*", default=ONE_PROCESS, help="visitors of one process")
    parser.add_argument("--two", type=int, nargs="*", default=TWO_PROCESSES, help="visitors of two processes")
    parser.add_argument("--seconds", type=float, default=DURATION_S, help="how long each number of them stays")
    wanted = parser.parse_args(arguments)
    print(f"A move every {PAUSE_S:g} s and visitor for {wanted.seconds:g} s each, {os.cpu_count()} cores")
    print(HEAD, flush=True)
    if wanted.one:
        with serving(ROOT / "asgi.py") as server:
            _measure([(server.address, {})], (server,), wanted.one, wanted.seconds)
    if wanted.two:
        with two_processes() as (addresses, servers):
            _measure(addresses, servers, wanted.two, wanted.seconds)


def _measure(addresses: Sequence[Address], servers: Sequence[Server], crowds: Sequence[int], seconds: float) -> None:
    seen: set[Asked] = set()
    for n_visitors in crowds:
        visits = asyncio.run(visit(addresses, servers, n_visitors, seconds))
        print(report(visits, seen, n_visitors, servers), flush=True)


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
