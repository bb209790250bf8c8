"""Comparisons in a browser: clicks from the start page, links, bars, what stands on the first screen."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tools.live_app import SETTLED, Server

pytestmark = pytest.mark.browser

LINK = "/?gpu=b200-hgx,gb200-nvl72,mi355x&model=deepseek-v3&prompt=8000&basis=rent_3y"
CHART = ".st-key-compare_chart .js-plotly-plot"
BARS = ".st-key-compare_bars"
CURVES = f"""() => {{
    const chart = document.querySelector('{CHART}');
    if (!chart || !chart._fullData) return null;
    return [...new Set(chart._fullData.filter(t => t.mode === 'lines').map(t => t.name))];
}}"""
# Where the names of the curves and the marks of the axes stand. [px]
TEXTS = ", ".join(f"{CHART} {part}" for part in (".annotation-text", ".xtick text", ".ytick text"))
BOXES = f"""() => Array.from(document.querySelectorAll('{TEXTS}')).map(text => {{
    const box = text.getBoundingClientRect();
    return [box.left, box.top, box.right, box.bottom, text.textContent];
}})"""


@contextmanager
def visit(browser: Browser, address: str, width: int = 1440, height: int = 900, **options: object) -> Iterator[Page]:
    """A visitor without a past."""
    context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce", **options)
    context.set_default_timeout(20_000)
    try:
        page = context.new_page()
        page.goto(address)
        yield page
    finally:
        context.close()


def settle(page: Page, curves: int) -> list[str]:
    """Wait until so many curves are drawn; their names."""
    page.wait_for_function(f"n => {{ const now = ({CURVES})(); return now && now.length === n; }}", arg=curves)
    page.wait_for_selector(SETTLED)
    return list(page.evaluate(CURVES))


def test_three_accelerators_in_at_most_three_clicks(server: Server, browser: Browser) -> None:
    with visit(browser, server.address) as page:
        page.wait_for_selector(".js-plotly-plot .main-svg")
        page.wait_for_selector(SETTLED)
        page.get_by_role("button", name="Compare").click()
        page.get_by_role("button", name="AMD generations").click()
        names = settle(page, 3)
        assert names == ["MI300X", "MI325X", "MI355X"]
        # What was open does not cover the comparison.
        expect(page.get_by_role("button", name="AMD generations")).to_be_hidden()
        expect(page.locator("h1")).to_contain_text("tokens/s per user")
        page.wait_for_function("() => location.search.includes('gpu=')")
        assert len(parse_qs(urlsplit(page.url).query)["gpu"][0].split(",")) == 3
        page.get_by_role("button", name="Slide").click()
        expect(page.get_by_role("textbox", name="Headline")).to_be_visible()


def test_a_link_shows_the_same_to_somebody_else(server: Server, browser: Browser) -> None:
    with visit(browser, server.address + LINK) as page:
        names = settle(page, 3)
        assert names == ["B200", "GB200 NVL72", "MI355X"]
        claim = page.locator("h1").inner_text()
        assert "GB200 NVL72 serves DeepSeek V3" in claim
        page.wait_for_function("() => location.search.includes('v=')")
        address = page.url
    with visit(browser, address) as other:
        assert settle(other, 3) == names
        assert other.locator("h1").inner_text() == claim
        query = parse_qs(urlsplit(other.url).query)
        assert query["gpu"] == ["b200-hgx,gb200-nvl72,mi355x"]


def test_two_bars_clicked_give_their_ratio(server: Server, browser: Browser) -> None:
    with visit(browser, server.address + LINK) as page:
        settle(page, 3)
        bars = page.locator(f"{BARS} .bars .point path")
        for row, said in ((2, "Choose two."), (1, re.compile("costs [\\d.]+ times as much as"))):
            box, before = bars.nth(row).bounding_box(), None
            while box is None or box != before:  # the bars may still find their place
                page.wait_for_timeout(300)
                box, before = bars.nth(row).bounding_box(), box
            page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
            expect(page.get_by_text(said)).to_be_visible()
            settle(page, 3)


@pytest.mark.parametrize(("width", "height", "least"), [(1440, 900, 440), (1280, 720, 380), (390, 844, 380)])
def test_the_chart_and_its_axis_stand_on_the_first_screen(
    server: Server, browser: Browser, width: int, height: int, least: int
) -> None:
    with visit(browser, server.address + LINK, width, height) as page:
        settle(page, 3)
        box = page.locator(CHART).bounding_box()
        assert box is not None
        assert box["height"] >= least
        assert box["y"] + box["height"] <= height
        wide = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
        assert wide <= width


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1280, 720), (390, 844)])
def test_no_two_names_overlap(server: Server, browser: Browser, width: int, height: int) -> None:
    six = LINK.replace("mi355x", "mi355x,h200-sxm,h100-sxm,gb300-nvl72")
    with visit(browser, server.address + six, width, height) as page:
        settle(page, 6)
        boxes = page.evaluate(BOXES)
        assert len(boxes) >= 6
        for i, one in enumerate(boxes):
            for other in boxes[i + 1 :]:
                apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] + 1 or other[3] <= one[1] + 1
                assert apart, (one, other)


def test_a_swipe_over_the_chart_scrolls_the_page(server: Server, browser: Browser) -> None:
    with visit(browser, server.address + LINK, 390, 844, has_touch=True, is_mobile=True) as page:
        settle(page, 3)
        start = page.evaluate(f"document.querySelector('{CHART}').getBoundingClientRect().top")
        before = page.evaluate(f"JSON.stringify(document.querySelector('{CHART}')._fullLayout.yaxis.range)")
        line = page.context.new_cdp_session(page)
        for kind, moved in (
            ("touchStart", 0),
            *(("touchMove", 10 * step) for step in range(1, 17)),
            ("touchEnd", None),
        ):
            points = [] if moved is None else [{"x": 180, "y": 500 - moved}]
            line.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
            page.wait_for_timeout(16)
        top = f"document.querySelector('{CHART}').getBoundingClientRect().top"
        page.wait_for_function(f"start => {top} < start - 100", arg=start)
        assert page.evaluate(f"JSON.stringify(document.querySelector('{CHART}')._fullLayout.yaxis.range)") == before


def test_six_are_drawn_again_after_one_control(server: Server, browser: Browser) -> None:
    six = LINK.replace("mi355x", "mi355x,h200-sxm,h100-sxm,gb300-nvl72")
    prices = f"() => JSON.stringify(Array.from(document.querySelector('{CHART}')._fullData[0].y))"
    with visit(browser, server.address + six) as page:
        settle(page, 6)
        before = page.evaluate(prices)
        started = time.monotonic()
        page.get_by_text("tokens/s per GPU", exact=True).first.click()
        page.wait_for_function(f"before => ({prices})() !== before", arg=before)
        print(f"six curves drawn again in {1e3 * (time.monotonic() - started):.0f} ms")
        assert len(settle(page, 6)) == 6
