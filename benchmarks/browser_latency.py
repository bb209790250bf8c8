"""Times from a change by the reader to the frontier redrawn, in chromium against a server of its own.

The price is a field, so its clock starts at the Enter key; prompt and target are sliders, so their clock starts when
the handle is let go. All end in the frame after the one in which plotly has new prices.
"""

from collections.abc import Callable

import numpy as np
from playwright.sync_api import Page

from tools.live_app import CHART, PRICES, browsing, find_chromium, serving, settle, take

MOVES = 20
# Starts the clock at the next event of a kind and stops it when the prices differ and a frame is painted.
CLOCK = f"""event => {{
    const prices = {PRICES};
    const before = prices();
    window.clock = new Promise((done, fail) => {{
        setTimeout(() => fail(new Error("The chart has not changed for 20 s.")), 20000);
        window.addEventListener(event, () => {{
            const start = performance.now();
            const look = () => {{
                const now = prices();
                if (now && now !== before) requestAnimationFrame(() => done(performance.now() - start));
                else requestAnimationFrame(look);
            }};
            look();
        }}, {{capture: true, once: true}});
    }});
}}"""


def timed_ms(page: Page, event: str, act: Callable[[], None]) -> float:
    """Time from an event in the window until the chart shows other prices. [ms]"""
    page.evaluate(CLOCK, event)
    act()
    elapsed: float = page.evaluate("window.clock")
    settle(page)
    return elapsed


def price_ms(page: Page) -> list[float]:
    """Times after the price was typed anew. [ms]"""
    field = page.locator(".st-key-price input")
    times = []
    for move in range(MOVES):
        field.fill(f"{1.05 + move / 10:.2f}")
        times.append(timed_ms(page, "keydown", lambda: field.press("Enter")))
    return times


def prompt_ms(page: Page) -> list[float]:
    """Times after the prompt was dragged somewhere else. [ms]"""
    times = []
    for move in range(MOVES):
        x, y = take(page, "prompt_slider")
        # Far there and a little less far back, so that every stop is a new one until there are none left.
        page.mouse.move(x + (90 - 4 * move) * (-1) ** move, y, steps=4)
        times.append(timed_ms(page, "pointerup", page.mouse.up))
    return times


def target_ms(page: Page) -> list[float]:
    """Times after the target was dragged somewhere else: only the point on the curve and what says it change. [ms]"""
    times = []
    for move in range(MOVES):
        x, y = take(page, "target_slider")
        page.mouse.move(x + (160 - 7 * move) * (-1) ** move, y, steps=4)
        times.append(timed_ms(page, "pointerup", page.mouse.up))
    return times


def main() -> None:
    """Print one line a control: median and 95th percentile."""
    chromium = find_chromium()
    if chromium is None:
        print("There is no chromium here; apt-get install chromium gives one.")
        return
    with serving() as server, browsing(chromium) as browser:
        context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
        page = context.new_page()
        page.goto(server.address)
        settle(page)
        points = page.evaluate(f"({PRICES})().split(',').length")
        print(f"From letting go to the chart redrawn, {MOVES} moves each, {points} markers in {CHART.split()[0]}")
        print(f"{'control':<28}{'median':>10}{'95th':>10}")
        for name, times in (("price", price_ms(page)), ("prompt", prompt_ms(page)), ("target", target_ms(page))):
            median, high = np.percentile(times, [50, 95])
            print(f"{name:<28}{median:>7.0f} ms{high:>7.0f} ms")


if __name__ == "__main__":
    main()
