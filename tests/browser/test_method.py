"""The page Method in a browser: formulas are drawn, sections stay in the address, a phone scrolls one way."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import PHONE, WIDE, overflow, visiting
from tools.live_app import SETTLED, Server

pytestmark = pytest.mark.browser


def _open(page: Page, address: str, shown: str) -> None:
    page.set_default_timeout(60_000)
    page.goto(address)
    page.wait_for_selector(shown)
    page.wait_for_selector(SETTLED)


def test_every_subject_is_drawn_without_a_broken_formula(server: Server, browser: Browser) -> None:
    with visiting(browser, WIDE) as (page, traffic):
        for subject in ("Step", "Communication", "Price, energy, utilisation", "Published model"):
            given = subject.replace(",", "%2C").replace(" ", "+")
            address = f"{server.address}/method?method_section=Equations&method_subject={given}"
            _open(page, address, "[data-testid=stMain] .katex")
            assert page.locator(".katex").count() > 10
            assert page.locator(".katex-error").count() == 0
        assert traffic.complaints == []
        assert traffic.foreign_addresses() == []


def test_sections_stand_in_the_address_and_the_first_chart_on_the_first_screen(
    server: Server, browser: Browser
) -> None:
    with visiting(browser, WIDE) as (page, _):
        _open(page, f"{server.address}/method", ".js-plotly-plot")
        box = page.locator(".js-plotly-plot").first.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= WIDE["height"]
        page.get_by_role("radio", name="Glossary").click()
        page.wait_for_url(re.compile("method_section=Glossary"))
        expect(page.locator("h1")).to_contain_text("terms of serving")
        page.reload()
        expect(page.locator("h1")).to_contain_text("terms of serving")


@pytest.mark.parametrize("section", ["Equations", "Assumptions"])
def test_a_phone_scrolls_one_way(server: Server, browser: Browser, section: str) -> None:
    with visiting(browser, PHONE, touch=True) as (page, _):
        _open(page, f"{server.address}/method?method_section={section}", "[data-testid=stMain] h1")
        assert overflow(page) <= 0
