"""Times of reruns while many visitors move a slider, and the memory of the server.

Every visitor is a websocket that speaks Streamlit's protocol, as a browser would but without drawing. Each serves
one of ten models and moves the prompt or the output to a random stop every two seconds, so that a part of the
scenarios has been seen before and a part is new. Visitors and server share the cores of this machine. Needs Linux,
for the server's memory.
"""

import asyncio
import os
import random
import time
from dataclasses import dataclass, field

import numpy as np
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from websockets.asyncio.client import ClientConnection, connect

from infecon_ui.sidebar.stops import SCALES
from infecon_ui.sidebar.widgets import SLIDER
from tools.live_app import Server, serving

VISITORS = (1, 10, 50)
DURATION_S = 10.0
PAUSE_S = 2.0
PATIENCE_S = 30.0
MODELS = (
    *("llama-3.1-8b", "llama-3.1-70b", "llama-3.1-405b", "gemma-3-27b", "mistral-7b-v0.3"),
    *("deepseek-v3", "kimi-k2", "qwen3-4b", "gpt-oss-120b", "gpt-oss-20b"),
)
SLIDERS = ("prompt", "output")
STOPS = SCALES["round"]


@dataclass
class Visits:
    """What some visitors have measured.

    Args:
        reruns_s (list of float): Times of reruns. [s]
        asked (list of tuple): Model, prompt and output of each, by position on the sliders.
        failures (int): Reruns without an answer in time, or with an exception.
    """

    reruns_s: list[float] = field(default_factory=list)
    asked: list[tuple[str, int, int]] = field(default_factory=list)
    failures: int = 0


class Visitor:
    """One visitor: a websocket, and the positions of the two sliders."""

    def __init__(self, number: int) -> None:
        self.model = MODELS[number % len(MODELS)]
        self.choice = random.Random(number)
        self.stops = dict.fromkeys(SLIDERS, STOPS.index(1000))
        self.ids: dict[str, str] = {}

    async def stay(self, server: Server, visits: Visits, end: float) -> None:
        """Open the page, then move a slider every two seconds until the end."""
        async with connect(
            f"{server.address.replace('http', 'ws')}/_stcore/stream",
            subprotocols=["streamlit"],  # type: ignore[list-item]
            origin=server.address,  # type: ignore[arg-type]
            max_size=None,
            proxy=None,
        ) as line:
            await self.rerun(line)
            await asyncio.sleep(self.choice.uniform(0, PAUSE_S))
            while time.monotonic() < end:
                start = time.perf_counter()
                self.stops[self.choice.choice(SLIDERS)] = self.choice.randrange(len(STOPS))
                visits.asked.append((self.model, self.stops["prompt"], self.stops["output"]))
                if await self.rerun(line):
                    visits.reruns_s.append(time.perf_counter() - start)
                else:
                    visits.failures += 1
                await asyncio.sleep(max(0.0, PAUSE_S - (time.perf_counter() - start)))

    async def rerun(self, line: ClientConnection) -> bool:
        """Run the page with the sliders as they are; whether it came back whole."""
        states = WidgetStates()
        for key, widget_id in self.ids.items():
            # A slider over given points sends the position of the point, as its text.
            states.widgets.add(id=widget_id).string_array_value.data.append(f"{STOPS[self.stops[key]]:,}")
        message = BackMsg()
        message.rerun_script.query_string = f"model={self.model}"
        message.rerun_script.widget_states.CopyFrom(states)
        await line.send(message.SerializeToString())
        whole = True
        try:
            async with asyncio.timeout(PATIENCE_S):
                async for raw in line:
                    assert isinstance(raw, bytes)
                    answer = ForwardMsg.FromString(raw)
                    if answer.HasField("delta") and answer.delta.HasField("new_element"):
                        whole &= self.look(answer)
                    if answer.HasField("script_finished"):
                        return whole and answer.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY
        except TimeoutError:
            pass
        return False

    def look(self, answer: ForwardMsg) -> bool:
        """Learn the sliders' ids; whether this is anything but an exception."""
        element = answer.delta.new_element
        if element.HasField("slider"):
            for key in SLIDERS:
                if element.slider.id.endswith(f"-{key}{SLIDER}"):
                    self.ids[key] = element.slider.id
        return not element.HasField("exception")


async def visit(server: Server, n_visitors: int) -> Visits:
    """What a number of visitors measures."""
    visits = Visits()
    end = time.monotonic() + DURATION_S
    await asyncio.gather(*(Visitor(number).stay(server, visits, end) for number in range(n_visitors)))
    return visits


def main() -> None:
    """Print one line for each number of visitors."""
    with serving() as server:
        print(f"A move every {PAUSE_S:g} s and visitor for {DURATION_S:g} s, {os.cpu_count()} cores")
        print(f"Memory of the server before anyone came: {server.resident_bytes() / 1e6:,.0f} MB")
        print(f"{'visitors':>8}{'median':>10}{'95th':>10}{'reruns/s':>10}{'new':>7}{'failed':>8}{'memory':>10}")
        seen: set[tuple[str, int, int]] = set()
        for n_visitors in VISITORS:
            start = time.monotonic()
            visits = asyncio.run(visit(server, n_visitors))
            rate = len(visits.reruns_s) / (time.monotonic() - start)
            fresh = len(set(visits.asked) - seen) / max(1, len(visits.asked))
            seen.update(visits.asked)
            median, high = np.percentile(visits.reruns_s or [np.nan], [50, 95]) * 1e3
            memory = server.resident_bytes() / 1e6
            print(
                f"{n_visitors:>8}{median:>7.0f} ms{high:>7.0f} ms{rate:>10.1f}{fresh:>7.0%}{visits.failures:>8}"
                f"{memory:>7.0f} MB"
            )


if __name__ == "__main__":
    main()
