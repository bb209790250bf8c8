"""Thousands of reruns over every page by visitors who come and go, and what they leave in the memory of the server.

Every visitor does on the page what can be done there: moves a slider, unfolds a part, presses a button, goes to
another page; and leaves after some tens of reruns. Memory counts from when the caches should be full to the end. Needs
Linux, for the memory of the server.
"""

import argparse
import asyncio
import random
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from tools.live_app import ROOT, Server, serving
from tools.visitor import Control, Visitor

PAGES = (
    "", "planner", "design", "sweep", "speculation", "scaling", "landscape", "measured", "paper", "method", "data",
)  # fmt: skip
RERUNS = 10_000
VISITORS = 4  # at once
STAY = (20, 80)  # reruns of one visitor
FLAT = 0.10  # how far memory may grow from the start to the end
# Caches are filling before: later answers take over the memory of the first ones. At their
# measured rates the slowest is full after some 3,500 reruns.
WARM = 0.35  # part of the reruns that count as warming up
_OTHER_PAGE = 0.08  # how often a visitor goes to another page
_NUMBERS = (0.5, 1.0, 2.0, 3.0, 8.0, 16.0, 50.0, 256.0, 4096.0, -1.0)
_SAMPLES = 20


@dataclass
class Soak:
    """What a soak has measured.

    Args:
        left (int): Reruns that are still to come.
        memory (list of (int, int)): Reruns so far, and what the server holds then. [B]
        faults (list of str): Reruns without an answer, and what pages showed of exceptions.
        n_visitors (int): Who has come.
    """

    left: int
    memory: list[tuple[int, int]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    n_visitors: int = 0
    done: int = 0

    @property
    def growth(self) -> float:
        """Memory at the end over that at the start, less one: medians of a fifth of the samples at either end. [1]"""
        held = [n_bytes for _, n_bytes in self.memory]
        n = max(1, len(held) // 5)
        first, last = (sorted(part)[len(part) // 2] for part in (held[:n], held[-n:]))
        return last / first - 1


def act(visitor: Visitor, choice: random.Random, pages: Sequence[str]) -> str:
    """Let a visitor do one thing that the page offers, and say what."""
    if choice.random() < _OTHER_PAGE or not visitor.controls:
        visitor.page = choice.choice(pages)
        return f"go to /{visitor.page}"
    key, control = choice.choice(list(visitor.controls.items()))
    value = _something(control, choice)
    visitor.set(key, value)
    return f"{key}: {value}"


def _something(control: Control, choice: random.Random) -> str | float | bool | None:
    if control.options:
        return choice.choice(control.options)
    if control.kind == "number_input":
        return choice.choice(_NUMBERS)
    return None if control.kind == "button" else choice.random() < 0.5


async def _visit(server: Server, soak: Soak, choice: random.Random, pages: Sequence[str]) -> None:
    """Visitors one after the other, until no reruns are left."""
    while soak.left > 0:
        soak.n_visitors += 1
        async with Visitor(server.address) as visitor:
            visitor.page, did = choice.choice(pages), "come"
            for _ in range(choice.randint(*STAY)):
                if soak.left <= 0:
                    return
                soak.left -= 1
                run = await visitor.run()
                soak.done += 1
                if not run.whole:
                    soak.faults.append(f"/{visitor.page}, {did}: {'; '.join(run.exceptions) or 'no answer'}")
                    break
                did = act(visitor, choice, pages)


async def _sample(server: Server, soak: Soak, n_reruns: int, start: float) -> None:
    """Read the memory at even distances, the last time at the end."""
    for number in range(1, _SAMPLES + 1):
        wanted = round(n_reruns * (WARM + (1 - WARM) * number / _SAMPLES))
        while soak.done < wanted and soak.done < n_reruns:
            await asyncio.sleep(0.2)
        soak.memory.append((soak.done, server.resident_bytes()))
        print(
            f"{soak.done:>7} reruns, {soak.n_visitors:>4} visitors, {time.monotonic() - start:>6.0f} s: "
            f"{soak.memory[-1][1] / 1e6:,.0f} MB",
            flush=True,
        )


async def soak_server(server: Server, n_reruns: int, pages: Sequence[str] = PAGES, seed: int = 0) -> Soak:
    """Visit a server so often.

    Args:
        server (Server): Who is visited.
        n_reruns (int): How often, all visitors together.
        pages (sequence of str): Which pages, by their paths.
        seed (int): Of what the visitors do.
    """
    soak, start = Soak(n_reruns), time.monotonic()
    for page in pages:  # what a page computes once belongs to no rerun
        async with Visitor(server.address) as visitor:
            visitor.page = page
            run = await visitor.run()
            if not run.whole:
                soak.faults.append(f"/{page}, first visit: {'; '.join(run.exceptions) or 'no answer'}")
    visits = [_visit(server, soak, random.Random(seed + number), pages) for number in range(VISITORS)]
    await asyncio.gather(_sample(server, soak, n_reruns, start), *visits)
    return soak


def verdict(soak: Soak) -> str:
    """Memory at the start, in the middle and at the end, and whether it stayed flat."""
    start, middle, end = (soak.memory[place][1] / 1e6 for place in (0, len(soak.memory) // 2, -1))
    flat = "flat" if soak.growth <= FLAT else "not flat"
    return (
        f"Memory after warming up {start:,.0f} MB, in the middle {middle:,.0f} MB, at the end {end:,.0f} MB: "
        f"{soak.growth:+.1%}, {flat} within {FLAT:.0%}. {len(soak.faults)} faults in {soak.done:,} reruns of "
        f"{soak.n_visitors} visitors."
    )


def main(arguments: Sequence[str]) -> int:
    """Soak a server and print what came of it; 1 where memory grew or a page failed."""
    parser = argparse.ArgumentParser(description="Thousands of reruns over every page, and the memory they leave.")
    parser.add_argument("--reruns", type=int, default=RERUNS)
    parser.add_argument("--seed", type=int, default=0)
    wanted = parser.parse_args(arguments)
    with serving(ROOT / "asgi.py") as server:
        soak = asyncio.run(soak_server(server, wanted.reruns, seed=wanted.seed))
        print(verdict(soak))
        for fault in soak.faults:
            print(f"  {fault}")
    return int(soak.growth > FLAT or bool(soak.faults))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
