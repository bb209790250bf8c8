"""The page Scaling laws in a browser: links open questions, slides keep them, a phone is wide enough."""

from urllib.parse import quote_plus

import pytest
from playwright.sync_api import Browser, Page, expect

from infecon_ui.scaling.sections import SECTIONS
from tests.support.browser import PHONE, WIDE, overflow, visiting
from tools.live_app import SETTLED, Server

pytestmark = pytest.mark.browser

CHART = "[data-testid=stMain] .js-plotly-plot"


def _open(page: Page, server: Server, law: str) -> None:
    page.set_default_timeout(60_000)  # the first exponents come from a worker that has to start
    page.goto(f"{server.address}/scaling?scaling_law={quote_plus(law)}")
    page.wait_for_selector(CHART)
    page.wait_for_selector(SETTLED)


def test_every_question_answers_and_the_first_chart_is_on_the_first_screen(server: Server, browser: Browser) -> None:
    with visiting(browser, WIDE) as (page, traffic):
        claims = []
        for law in SECTIONS:
            _open(page, server, law)
            claims.append(page.locator("h1").inner_text())
            box = page.locator(CHART).first.bounding_box()
            assert box is not None
            assert box["y"] + box["height"] <= WIDE["height"], law
        assert len(set(claims)) == len(claims)
        assert traffic.complaints == []
        assert traffic.foreign_addresses() == []


def test_the_slide_and_the_way_back_keep_the_question(server: Server, browser: Browser) -> None:
    with visiting(browser, WIDE) as (page, _):
        _open(page, server, "More GPUs")
        claim = page.locator("h1").inner_text()
        page.get_by_role("button", name="Slide").click()
        page.wait_for_selector(".st-key-slide_picture img")
        expect(page.get_by_role("textbox", name="Headline")).to_have_value(claim)
        page.get_by_role("button", name="Back to the chart").click()
        page.wait_for_selector(CHART)
        expect(page.locator("h1")).to_have_text(claim)
        assert "scaling_law=More" in page.url


def test_a_slide_opens_from_its_link(server: Server, browser: Browser) -> None:
    with visiting(browser, WIDE) as (page, _):
        page.goto(f"{server.address}/scaling?scaling_law=Context&view=slide&chart=context_kinds")
        page.wait_for_selector(".st-key-slide_picture img")
        shown = page.get_by_role("textbox", name="Headline").input_value()
        assert shown.startswith("Each token of a 32,000-token context takes")


@pytest.mark.parametrize("law", ["Closed form", "Generations", "Context"])
def test_a_phone_is_as_wide_as_the_page(server: Server, browser: Browser, law: str) -> None:
    with visiting(browser, PHONE, touch=True) as (page, _):
        _open(page, server, law)
        assert overflow(page) <= 0
        box = page.locator(CHART).first.bounding_box()
        assert box is not None
        # It begins on the first screen.
        assert box["y"] < PHONE["height"], law
