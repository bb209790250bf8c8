"""Times of the warm page script on the server's side, without a browser.

Each run is one whole rerun of `app.py` with the frontier page through Streamlit's test harness, whose own share
(a few milliseconds to read the page back) is counted in. The pause in which the browser begins to draw the first screen
is left out.
"""

import itertools
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from streamlit.testing.v1 import AppTest

from infecon_ui.frontier import chart
from infecon_ui.sidebar.stops import SCALES

APP = Path(__file__).resolve().parent.parent / "app.py"
RUNS = 40


def requests() -> Iterator[tuple[int, int]]:
    """Pairs of prompt and output that nobody has asked for yet. [tokens], [tokens]"""
    pairs = [pair for pair in itertools.product(SCALES["round"], SCALES["round"]) if 1000 not in pair]
    return iter(random.Random(0).sample(pairs, RUNS))


def times_s(app: AppTest, change: Callable[[], object]) -> np.ndarray:
    """Times of reruns after a change, the change itself not counted. [s]"""
    times = []
    for _ in range(RUNS):
        change()
        start = time.perf_counter()
        app.run()
        times.append(time.perf_counter() - start)
        assert not app.exception
    return np.array(times)


def main() -> None:
    """Print one line a case: median and 95th percentile."""
    chart.DRAWING_S = 0.0
    app = AppTest.from_file(str(APP), default_timeout=60)
    start = time.perf_counter()
    app.run()
    first = time.perf_counter() - start
    fresh, price = requests(), iter(np.linspace(1.0, 9.0, RUNS).round(3).tolist())

    def other_price() -> None:
        app.number_input(key="price").set_value(next(price))

    def other_request() -> None:
        prompt, output = next(fresh)
        app.number_input(key="prompt").set_value(prompt)
        app.number_input(key="output").set_value(output)

    print(f"Page script, {RUNS} runs each; the very first took {first * 1e3:,.0f} ms")
    print(f"{'rerun with':<28}{'median':>10}{'95th':>10}")
    cases: list[tuple[str, Callable[[], object]]] = [
        ("nothing changed", lambda: None),
        ("another price", other_price),
        ("a scenario never seen", other_request),
    ]

    def unfolded() -> None:
        for key in ("open_model", "open_accelerator", "open_search", "open_advanced"):
            app.session_state[key] = True

    cases.append(("every section unfolded", unfolded))
    for name, change in cases:
        median, high = np.percentile(times_s(app, change), [50, 95]) * 1e3
        print(f"{name:<28}{median:>7.0f} ms{high:>7.0f} ms")


if __name__ == "__main__":
    main()
