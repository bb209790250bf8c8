"""The soak in small: visitors who come and go over every page leave little behind."""

import asyncio
import random

import pytest

from tools.live_app import ROOT, Server, serving
from tools.soak import Soak, act, soak_server, verdict
from tools.visitor import Control, Visitor

RERUNS = 300
# What some hundred reruns may leave, caches that fill included; a session that stays costs 0.5 MB, a page's elements
# that stay 0.1 MB a rerun.
MOST_BYTES = 60e6


def test_growth_is_that_from_the_first_fifth_to_the_last() -> None:
    soak = Soak(0, [(n, 100 + n) for n in range(0, 100, 10)])
    assert soak.growth == pytest.approx(190 / 110 - 1)
    assert "not flat within 10%" in verdict(soak)
    assert ", flat within 10%" in verdict(Soak(0, [(0, 100_000_000), (10, 101_000_000)]))


def test_a_visitor_does_only_what_the_page_offers() -> None:
    visitor, choice = Visitor("http://127.0.0.1:1"), random.Random(0)
    visitor.controls = {
        "prompt_slider": Control("$$ID-a-prompt_slider", "slider", ("1", "2")),
        "price": Control("$$ID-b-price", "number_input", ()),
        "reset": Control("$$ID-c-reset", "button", ()),
        "open_why": Control("$$ID-d-open_why", "expandable", ()),
    }
    did = {act(visitor, choice, ["", "paper"]) for _ in range(300)}
    assert {"prompt_slider: 1", "prompt_slider: 2", "reset: None", "open_why: True", "open_why: False"} <= did
    assert {text for text in did if text.startswith("go to")} == {"go to /", "go to /paper"}


@pytest.fixture(scope="module")
def server():  # type: ignore[no-untyped-def]
    """A server that nobody else visits."""
    with serving(ROOT / "app.py") as found:
        yield found


@pytest.mark.slow
def test_hundreds_of_reruns_leave_little(server: Server) -> None:
    # The paper's first visit costs more than all other reruns together.
    pages = ("", "measured", "landscape")
    asyncio.run(soak_server(server, RERUNS, pages=pages))  # what each of them takes once, and most of what caches hold
    soak = asyncio.run(soak_server(server, RERUNS, pages=pages))
    assert soak.faults == []
    assert soak.done == RERUNS
    assert soak.memory[-1][1] - soak.memory[0][1] < MOST_BYTES


@pytest.mark.slow
def test_a_visitor_who_moves_on_while_the_page_waits_gets_the_last_change_alone(server: Server) -> None:
    async def hurry() -> None:
        async with Visitor(server.address) as visitor:
            await visitor.run()
            stops = visitor.controls["prompt_slider"].options[-9:]
            for stop in stops[:-1]:
                visitor.set("prompt_slider", stop)
                await visitor.ask()
            visitor.set("prompt_slider", stops[-1])
            run = await visitor.run()
            assert run.exceptions == []
            assert 0 < run.n_begun < len(stops)
            await visitor.run()
            assert f"prompt={stops[-1].replace(',', '')}" in visitor.query

    asyncio.run(hurry())
