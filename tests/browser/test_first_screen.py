"""The first screen of the frontier page: what fits into a window, and what mouse, fingers and keys do on the chart."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import LAPTOP, PHONE, WIDE, overflow, visiting
from tools.live_app import CHART, PRICES, Server, settle

pytestmark = pytest.mark.browser

LINK = "/?model=deepseek-v3&gpu=b200-hgx&prompt=8000"
LABEL = f"{CHART} .hoverlayer .hovertext"
BOX = "selector => document.querySelector(selector).getBoundingClientRect()"
AXES = f"""() => {{
    const {{xaxis, yaxis}} = document.querySelector('{CHART}')._fullLayout;
    return JSON.stringify([xaxis.range, yaxis.range]);
}}"""
SCROLLED = "() => document.querySelector('[data-testid=stMain]').scrollTop"
# Where a share of the way along the pointed-at points lies in the window, and the speed there.
POINT = f"""share => {{
    const chart = document.querySelector('{CHART}'), {{xaxis, yaxis}} = chart._fullLayout;
    const {{x, y}} = chart._fullData.find(trace => trace.name === 'frontier');
    const i = Math.round(share * (x.length - 1)), box = chart.getBoundingClientRect();
    return {{left: box.left + xaxis._offset + xaxis.d2p(x[i]), top: box.top + yaxis._offset + yaxis.d2p(y[i]),
             speed: x[i]}};
}}"""
# Texts of the chart that lie over each other; those hidden by the style sheet have no size.
OVERLAPS = f"""() => {{
    const texts = [...document.querySelectorAll('{CHART} .annotation-text, {CHART} .ytick text, {CHART} .xtick text')];
    const boxes = texts.map(text => [text.textContent, text.getBoundingClientRect()]).filter(([, box]) => box.width);
    return boxes.flatMap(([name, a], i) => boxes.slice(i + 1)
        .filter(([, b]) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 2 && b.top < a.bottom - 2)
        .map(([other]) => name + ' / ' + other));
}}"""


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    """A visit at `LINK` with a mouse."""
    with visiting(browser, WIDE) as (opened, traffic):
        opened.goto(server.address + LINK)
        _drawn(opened)
        yield opened
        assert not traffic.complaints


def _drawn(page: Page) -> None:
    """Wait until the chart has taken the place that it will keep."""
    settle(page)
    page.wait_for_function(
        f"""() => {{
            const box = document.querySelector('{CHART}').getBoundingClientRect();
            const now = [box.top, box.height].join(), still = now === window.chartBefore;
            window.chartBefore = now;
            return still;
        }}""",
        polling=200,
    )


def _box(page: Page, selector: str) -> dict[str, float]:
    found: dict[str, float] = page.evaluate(BOX, selector)
    return found


def _headline(page: Page) -> Any:
    return expect(page.get_by_role("heading", level=1))


@pytest.mark.parametrize("query", ["", "&at=500", "&y=gpu", "&axes=linear", "&engine=published"])
@pytest.mark.parametrize(("size", "least"), [(WIDE, 450), (LAPTOP, 380)], ids=["1440x900", "1280x720"])
def test_the_whole_chart_stands_on_the_first_screen(
    browser: Browser, server: Server, size: dict[str, int], least: int, query: str
) -> None:
    with visiting(browser, size) as (page, traffic):
        page.goto(server.address + LINK + query)
        _drawn(page)
        chart, axis = _box(page, CHART), _box(page, f"{CHART} .xtitle")
        assert chart["height"] >= least - 1
        assert axis["bottom"] <= size["height"]
        if not query or size == WIDE:
            assert _box(page, ".infecon-source")["bottom"] <= size["height"]
        assert page.evaluate(SCROLLED) == 0
        assert overflow(page) <= 0
        assert page.evaluate(OVERLAPS) == []
        assert not traffic.complaints


def test_the_whole_chart_stands_on_the_first_screen_of_a_phone(browser: Browser, server: Server) -> None:
    with visiting(browser, PHONE, touch=True) as (page, traffic):
        page.goto(server.address + LINK)
        _drawn(page)
        assert _box(page, CHART)["height"] >= 300
        for part in (CHART, f"{CHART} .xtitle", ".st-key-target_slider", ".infecon-read"):
            assert _box(page, part)["bottom"] <= PHONE["height"]
        expect(page.locator(".infecon-read")).to_be_visible()
        assert overflow(page) <= 0
        assert page.evaluate(OVERLAPS) == []
        assert not traffic.complaints


def test_a_swipe_on_the_chart_scrolls_the_page_and_leaves_the_axes(browser: Browser, server: Server) -> None:
    with visiting(browser, PHONE, touch=True) as (page, traffic):
        page.goto(server.address + LINK)
        _drawn(page)
        axes, link, chart = page.evaluate(AXES), page.url, _box(page, CHART)
        fingers = page.context.new_cdp_session(page)
        x, y = chart["left"] + chart["width"] / 2, chart["top"] + 0.6 * chart["height"]

        def touch(kind: str, *points: dict[str, float]) -> None:
            fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})

        touch("touchStart", {"x": x, "y": y})
        for step in range(1, 17):
            touch("touchMove", {"x": x, "y": y - 10 * step})
            page.wait_for_timeout(16)
        touch("touchEnd")
        # A browser takes the first few pixels to tell a swipe from a tap.
        page.wait_for_function(f"() => ({SCROLLED})() >= 120")
        settle(page)
        assert page.evaluate(AXES) == axes
        assert page.url == link
        expect(page.locator(LABEL)).to_have_count(0)
        assert not traffic.complaints


def _hover(page: Page, share: float) -> dict[str, float]:
    spot: dict[str, float] = page.evaluate(POINT, share)
    page.mouse.move(spot["left"] + 30, spot["top"] - 60)
    page.mouse.move(spot["left"], spot["top"] - 40, steps=4)
    # The label of a neighbour may have been first.
    page.wait_for_function(
        f"""speed => {{
            const label = document.querySelector('{LABEL}');
            const said = label && label.textContent.match(/at ([\\d,.]+) tokens/);
            return said && Math.abs(parseFloat(said[1].replace(',', '')) / speed - 1) < 0.006;
        }}""",
        arg=spot["speed"],
    )
    return spot


def test_the_mouse_finds_the_curve_from_anywhere_over_it(page: Page) -> None:
    _hover(page, 0.5)
    lines = page.locator(f"{LABEL} tspan").all_text_contents()
    text = " | ".join(lines)
    assert re.search(r"\$[\d.,]+", text), text
    for part in ("per million output tokens", "GPUs", "users at once", "tokens/s per GPU", "first token"):
        assert part in text
    # One line through all panels.
    spike = _box(page, f"{CHART} .hoverlayer .spikeline")
    panels = page.evaluate(f"() => document.querySelector('{CHART}')._fullLayout._size.h")
    assert spike["height"] >= 0.98 * panels


def test_a_click_on_the_curve_sets_the_target(page: Page) -> None:
    _headline(page).to_contain_text("DeepSeek V3 at 50 tokens/s per user costs $")
    spot = _hover(page, 0.25)
    page.mouse.click(spot["left"], spot["top"] - 40)
    _headline(page).not_to_contain_text(" at 50 tokens/s")
    said = re.search(r" at ([\d.]+) tokens/s per user", page.get_by_role("heading", level=1).inner_text())
    assert said is not None
    target = float(said[1])
    assert target <= spot["speed"]
    assert target == pytest.approx(spot["speed"], rel=0.011)
    page.wait_for_url(re.compile(rf"[?&]at={target:g}&"))
    expect(page.locator(".st-key-at input")).to_have_value(re.compile(rf"^{target:g}0*$"))
    # The point that was clicked is the one that the figures are of.
    marker = f"() => document.querySelector('{CHART}')._fullData.find(trace => trace.name === 'target').x[0]"
    page.wait_for_function(f"speed => Math.abs(({marker})() / speed - 1) < 1e-5", arg=spot["speed"])
    other = page.context.new_page()
    other.goto(page.url)
    settle(other)
    assert other.get_by_role("heading", level=1).inner_text() == page.get_by_role("heading", level=1).inner_text()


def test_keys_move_the_target_on_the_slider(page: Page) -> None:
    slider = page.locator(".st-key-target_slider input[type=range]")
    for _ in range(2):
        before = page.get_by_role("heading", level=1).inner_text()
        slider.focus()
        page.keyboard.press("ArrowRight")
        _headline(page).not_to_have_text(before)
        settle(page)
    said = re.search(r" at ([\d.]+) tokens/s per user", page.get_by_role("heading", level=1).inner_text())
    assert said is not None
    assert 50 < float(said[1]) < 56


def test_a_change_leaves_a_ghost_and_a_chip_and_the_axes(page: Page) -> None:
    names = f"() => document.querySelector('{CHART}')._fullData.map(trace => trace.name)"
    axes, prices = page.evaluate(AXES), page.evaluate(PRICES)
    assert "before" not in page.evaluate(names)
    price = page.locator(".st-key-price input").first
    price.fill("6.05")
    price.press("Enter")
    page.wait_for_function(f"before => ({PRICES})() !== before", arg=prices)
    settle(page)
    assert "before" in page.evaluate(names)
    expect(page.locator(".infecon-verdict .change")).to_have_text("▲ 10% more than before")
    assert page.evaluate(AXES) == axes


def test_help_is_one_click_away_where_the_target_is_out_of_reach(browser: Browser, server: Server) -> None:
    with visiting(browser, WIDE) as (page, traffic):
        page.goto(server.address + "/?model=deepseek-v3&gpu=h100-sxm&prompt=8000&at=150")
        _drawn(page)
        _headline(page).to_contain_text("cannot be served at 150 tokens/s per user on up to 64 H100")
        page.locator(".st-key-remedies button").first.click()
        _headline(page).to_contain_text(" at 150 tokens/s per user costs $")
        assert not traffic.complaints


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_on_the_first_screen_can_be_read(browser: Browser, server: Server, scheme: str) -> None:
    """Contrast of at least 4.5 with what it stands on."""
    context = browser.new_context(viewport=WIDE, color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(server.address + LINK)
    _drawn(page)
    faint = page.evaluate(
        """() => {
            const parse = text => (text.match(/[\\d.]+/g) || []).map(Number);
            const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
                .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
                .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
            const back = parse(getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor);
            const texts = document.querySelectorAll(
                '.infecon-verdict h1, .infecon-verdict p, .infecon-figures dt, .infecon-figures dd, .infecon-note,'
                + '.st-key-frontier_chart .annotation-text, .st-key-frontier_chart .xtick text,'
                + '.st-key-frontier_chart .ytick text, .st-key-frontier_chart .xtitle');
            return [...texts].filter(text => text.getBoundingClientRect().width).map(text => {
                const style = getComputedStyle(text);
                const colour = parse(text instanceof SVGElement ? style.fill : style.color);
                let alpha = colour.length > 3 ? colour[3] : 1;
                for (let up = text; up; up = up.parentElement) alpha *= Number(getComputedStyle(up).opacity);
                // What is too slow is shaded a little.
                const under = back.slice(0, 3).map(v => 0.87 * v + 0.13 * 137);
                const seen = under.map((v, i) => alpha * colour[i] + (1 - alpha) * v);
                const [a, b] = [light(seen), light(under)].sort((x, y) => y - x);
                return [text.textContent, (a + 0.05) / (b + 0.05)];
            }).filter(([, contrast]) => contrast < 4.5);
        }"""
    )
    context.close()
    assert faint == []
