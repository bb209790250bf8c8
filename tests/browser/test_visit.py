"""The app in a browser: deep links, dragging, hovering, clicking, saving, and what it asks the network for."""

import re
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from infecon_core import catalog
from infecon_ui.frontier import exports
from tools.live_app import CHART, HOST, PRICES, Server, browsing, serving, settle, take, wait_for_other_prices

pytestmark = pytest.mark.browser

WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
# A link without pipelines asks for a tenth of the computing.
LINK = "/frontier?model=gemma-3-27b&gpu=h200-sxm&prompt=5000&pp=false"
MODEL = catalog.model("gemma-3-27b").architecture.name
CHIP = catalog.accelerator("h200-sxm").accelerator.name
LABEL = f"{CHART} .hoverlayer .hovertext"
SECTIONS = ("model", "gpu", "w", "prompt", "output", "max")

# Where a marker of the frontier lies in the window, given as a share of the way along the largest group of them.
MARKER = f"""share => {{
    const chart = document.querySelector('{CHART}');
    const groups = chart._fullData.filter(t => t.mode === 'markers').sort((a, b) => b.x.length - a.x.length);
    const i = Math.round(share * (groups[0].x.length - 1));
    const box = chart.getBoundingClientRect(), {{xaxis, yaxis}} = chart._fullLayout;
    return {{
        left: box.left + xaxis._offset + xaxis.d2p(groups[0].x[i]),
        top: box.top + yaxis._offset + yaxis.d2p(groups[0].y[i]),
        speed: groups[0].x[i],
    }};
}}"""
STEP = """() => {
    const chart = document.querySelector('.st-key-step_chart .js-plotly-plot');
    return chart && chart._fullData ? JSON.stringify(chart._fullData.map(t => Array.from(t.x))) : null;
}"""


@dataclass
class Traffic:
    """What a visit asked the network for, and what the browser complained about."""

    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def watch(self, context: BrowserContext) -> None:
        """Write down everything from now on."""
        context.on("request", lambda request: self.requests.append(request.url))
        context.on("console", self._console)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        context.on("page", lambda page: page.on("websocket", lambda line: self.requests.append(line.url)))

    def _console(self, message: ConsoleMessage) -> None:
        # Streamlit's own client looks for its server below a deep link first, and then at the root.
        probing = re.search(r"/\w+/_stcore/(health|host-config)$", message.location["url"])
        if message.type == "error" and not probing:
            self.complaints.append(f"{message.text} ({message.location})")

    def foreign_addresses(self) -> list[str]:
        """Addresses that are not on this machine."""
        return [
            url for url in self.requests if urlsplit(url).hostname != HOST and not url.startswith(("data:", "blob:"))
        ]


@contextmanager
def visiting(browser: Browser, size: dict[str, int]) -> Iterator[tuple[Page, Traffic]]:
    """A visitor without a past."""
    context = browser.new_context(viewport=size, reduced_motion="reduce", accept_downloads=True)
    context.set_default_timeout(20_000)
    traffic = Traffic()
    traffic.watch(context)
    try:
        yield context.new_page(), traffic
    finally:
        context.close()


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with browsing(chromium) as started:
        yield started


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server that the tests of one visitor share."""
    with serving() as started:
        yield started
        assert "Traceback" not in started.log.read_text(encoding="utf-8")


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    """A visit at `LINK`, on a wide screen, with the frontier drawn."""
    with visiting(browser, WIDE) as (opened, traffic):
        opened.goto(server.address + LINK)
        settle(opened)
        yield opened
        assert not traffic.complaints


def _sidebar_is_whole(page: Page) -> None:
    for key in SECTIONS:
        expect(page.locator(f"[data-testid=stSidebar] .st-key-{key}")).to_be_visible()


def _overflow(page: Page) -> int:
    """By how much the page is wider than its window. [px]"""
    width: int = page.evaluate(
        """() => Math.max(...[document.scrollingElement, document.querySelector('[data-testid=stMain]')]
            .map(element => element.scrollWidth - window.innerWidth))"""
    )
    return width


def _hover(page: Page, share: float) -> tuple[float, float, float]:
    """Hover over a marker; its place in the window [px] and its speed [tokens/s]."""
    page.locator(CHART).scroll_into_view_if_needed()
    # Nothing may move any more while the mouse is on its way.
    page.wait_for_function(
        f"""share => {{
            const now = JSON.stringify(({MARKER})(share)), still = now === window.markerBefore;
            window.markerBefore = now;
            return still;
        }}""",
        arg=share,
        polling=100,
    )
    spot = page.evaluate(MARKER, share)
    page.mouse.move(spot["left"], spot["top"] - 60)
    page.mouse.move(spot["left"], spot["top"], steps=4)
    # The label of a neighbour may have been first.
    page.wait_for_function(
        f"""speed => {{
            const label = document.querySelector('{LABEL}');
            return label && Math.abs(parseFloat(label.textContent.replace(',', '')) / speed - 1) < 0.006;
        }}""",
        arg=spot["speed"],
    )
    return spot["left"], spot["top"], spot["speed"]


def test_a_deep_link_to_the_frontier_may_be_the_first_request(browser: Browser) -> None:
    with serving() as fresh, visiting(browser, WIDE) as (page, traffic):
        page.goto(fresh.address + LINK)
        settle(page)
        _sidebar_is_whole(page)
        expect(page.locator(".st-key-model input")).to_have_value(MODEL)
        expect(page.locator(".st-key-gpu input")).to_have_value(CHIP)
        expect(page.locator(".st-key-prompt [data-testid=stSliderThumbValue]")).to_have_text("5,000")
        title = page.evaluate(f"document.querySelector('{CHART}')._fullLayout.title.text")
        assert f"{MODEL} in FP8 on {CHIP}" in title
        assert not traffic.foreign_addresses()
        assert not traffic.complaints
        assert "Traceback" not in fresh.log.read_text(encoding="utf-8")


def test_a_deep_link_to_the_paper_may_be_the_first_request(browser: Browser) -> None:
    with serving() as fresh, visiting(browser, WIDE) as (page, traffic):
        page.goto(fresh.address + "/paper?model=gemma-3-27b")
        expect(page.get_by_role("heading", name="The paper, number by number")).to_be_visible()
        expect(page.get_by_role("table").first).to_be_visible()
        _sidebar_is_whole(page)
        expect(page.locator(".st-key-model input")).to_have_value(MODEL)
        page.set_viewport_size(PHONE)
        assert _overflow(page) <= 0
        assert not traffic.foreign_addresses()
        assert not traffic.complaints
        assert "Traceback" not in fresh.log.read_text(encoding="utf-8")


def test_nonsense_in_the_address_gives_a_sentence_and_a_chart(browser: Browser, server: Server) -> None:
    with visiting(browser, WIDE) as (page, traffic):
        page.goto(f"{server.address}/frontier?model=%ff%00<script>&prompt=NaN&price=1e400&pp=false&x={'9' * 5000}")
        settle(page)
        expect(page.get_by_test_id("stAlert")).to_contain_text("Not understood in this link")
        assert not traffic.complaints


def test_dragging_a_slider_moves_the_curve_and_the_address(page: Page) -> None:
    before = page.evaluate(PRICES)
    x, y = take(page, "prompt")
    page.mouse.move(x + 60, y, steps=5)
    page.mouse.up()
    wait_for_other_prices(page, before)
    settle(page)
    shown = page.locator(".st-key-prompt [data-testid=stSliderThumbValue]").inner_text().replace(",", "")
    assert int(shown) > 5000
    page.wait_for_url(re.compile(rf"[?&]prompt={shown}&"))
    link, after = page.url, page.evaluate(PRICES)
    assert parse_qs(urlsplit(link).query)["model"] == ["gemma-3-27b"]
    # Who follows the address sees the same chart; who goes back sees the one before.
    other = page.context.new_page()
    other.goto(link)
    settle(other)
    assert other.evaluate(PRICES) == after
    page.go_back()
    page.wait_for_function(f"before => ({PRICES})() === before", arg=before)


def test_hovering_over_a_point_says_what_it_is(page: Page) -> None:
    *_, speed = _hover(page, 0.5)
    text = " ".join(page.locator(LABEL).all_text_contents())
    said = re.search(r"([\d,.]+) tok/s per user · \$([\d,.]+) per million", text)
    assert said is not None, text
    assert float(said[1].replace(",", "")) == pytest.approx(speed, rel=0.006)
    for name in ("TP", "PP", "EP", "DP", "batch"):
        assert re.search(rf"(?<![A-Za-z]){name} [\d.,]+", text), text


def test_clicking_a_point_takes_it_apart(page: Page) -> None:
    expect(page.get_by_role("heading", name="The preferred point")).to_be_visible()
    page.wait_for_function(STEP)
    before = page.evaluate(STEP)
    left, top, speed = _hover(page, 0.9)
    page.mouse.click(left, top)
    expect(page.get_by_role("heading", name="The point you picked")).to_be_visible()
    page.wait_for_function(f"before => {{ const now = ({STEP})(); return now && now !== before; }}", arg=before)
    said = page.get_by_text(re.compile(r"^[\d,.]+ tok/s per user at ")).inner_text()
    assert float(said.split()[0].replace(",", "")) == pytest.approx(speed, rel=0.02)


def test_the_camera_saves_a_picture_of_three_times_the_size(page: Page) -> None:
    page.locator(CHART).hover(position={"x": 20, "y": 60})
    with page.expect_download() as waiting:
        page.locator(f"{CHART} [data-title='Download plot as a PNG']").click()
    assert waiting.value.suggested_filename == f"{exports.file_stem(MODEL, 'fp8', CHIP)}.png"
    picture = Path(waiting.value.path()).read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert struct.unpack(">II", picture[16:24]) == (3 * 1200, 3 * 675)


def test_a_whole_visit_asks_only_this_machine(browser: Browser, server: Server) -> None:
    with visiting(browser, WIDE) as (page, traffic):
        page.goto(server.address + LINK)
        settle(page)
        for name in ("Command line", "Python", "Link"):
            page.get_by_role("tab", name=name).click()
        page.get_by_text("What these figures rest on").click()
        expect(page.get_by_test_id("stDataFrame").last).to_be_visible()
        for key in ("open_model", "open_accelerator", "open_advanced"):
            page.locator(f".st-key-{key} summary").click()
            page.wait_for_selector(f".st-key-{key} input")
        settle(page)
        assert {urlsplit(url).scheme for url in traffic.requests} >= {"http", "ws"}
        assert not traffic.foreign_addresses()
        assert not traffic.complaints


def test_nothing_is_wider_than_a_phone(browser: Browser, server: Server) -> None:
    with visiting(browser, PHONE) as (page, traffic):
        page.goto(server.address + LINK)
        settle(page)
        assert _overflow(page) <= 0
        assert not traffic.complaints
