"""Every page for everyone: contrast on both themes, headings in order, targets for fingers, nothing beside a phone."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise

import pytest
from playwright.sync_api import Browser, Page

from tests.support.legible import headings, help_sizes, overhang, visible_texts
from tools.live_app import Server

pytestmark = pytest.mark.browser

WIDE, PHONE = {"width": 1440, "height": 3000}, {"width": 390, "height": 844}
# Every page, with what stands on it once it can be read. The paper goes on counting for long after that.
PAGES = {
    "/": "[data-testid=stMain] .js-plotly-plot .main-svg",
    "/landscape": ".infecon-map a",
    "/sweep": ".infecon-map a",
    "/sweep?sweep_y=w&sweep_as=map": ".infecon-map a",
    "/measured": ".st-key-residual_gpus .main-svg",
    "/paper": "[data-testid=stTable]",
    "/paper?show=Figure+1": ".st-key-plot_figure_1 .main-svg",
    "/paper?show=Figure+2": "[data-testid=stTable]",
    "/planner": "[data-testid=stMain] .js-plotly-plot .main-svg",
    "/design": "[data-testid=stMain] .js-plotly-plot .main-svg",
    "/speculation": "[data-testid=stMain] .js-plotly-plot .main-svg",
    "/scaling": "[data-testid=stMain] .js-plotly-plot .main-svg",
    "/method": "[data-testid=stMain] .js-plotly-plot .main-svg",
    "/data?data_show=Roofline": "[data-testid=stMain] .js-plotly-plot .main-svg",
}
LEAST = 4.5
FINGER_PX = 24


@contextmanager
def opened(browser: Browser, server: Server, path: str, size: dict[str, int], theme: str = "light") -> Iterator[Page]:
    """A page on a screen of some size."""
    context = browser.new_context(viewport=size, color_scheme=theme, reduced_motion="reduce")
    context.set_default_timeout(60_000)
    try:
        page = context.new_page()
        page.goto(server.address + path)
        page.wait_for_selector(PAGES[path])
        page.wait_for_timeout(1000)  # what comes after it: captions, the table below
        yield page
    finally:
        context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_words_can_be_read(browser: Browser, server: Server, path: str, theme: str) -> None:
    with opened(browser, server, path, WIDE, theme) as page:
        texts = visible_texts(page)
        assert len(texts) > 20
        assert {text for text in texts if text.contrast < LEAST} == set()


@pytest.mark.parametrize("path", PAGES)
def test_headings_are_in_order(browser: Browser, server: Server, path: str) -> None:
    with opened(browser, server, path, WIDE) as page:
        found = headings(page)
        levels = [level for level, _ in found]
        assert levels.count(1) == 1, found
        assert levels[0] == 1, found
        assert all(after <= before + 1 for before, after in pairwise(levels)), found


@pytest.mark.parametrize("path", PAGES)
def test_a_phone_shows_the_whole_width_and_help_can_be_hit(browser: Browser, server: Server, path: str) -> None:
    with opened(browser, server, path, PHONE) as page:
        assert overhang(page) <= 0
        assert all(size >= FINGER_PX for size in help_sizes(page))


def test_contrast_is_measured_on_what_lies_behind(browser: Browser) -> None:
    page = browser.new_page()
    try:
        page.set_content(
            "<body style='background: black; color: #777'>seven"
            "<div style='background: white; color: #767676'>six<b style='opacity: 0.5'>faint</b></div>"
            "<svg><path d='M0 0H200V60H0Z' fill='white'/><text y='20' fill='#767676'>in it</text>"
            "<text y='90' fill='#777'>below</text></svg></body>"
        )
        found = {text.words: round(text.contrast, 2) for text in visible_texts(page)}
    finally:
        page.close()
    assert found == {"seven": 4.69, "six": 4.54, "faint": 1.93, "in it": 4.54, "below": 4.69}
