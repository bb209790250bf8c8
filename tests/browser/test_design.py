"""The page Design in a browser: a changed number stands in the address, a slide and back, nothing beside a phone."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import PHONE, WIDE, overflow, visiting
from tools.live_app import SETTLED, Server

pytestmark = pytest.mark.browser


def _open(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector("h1")
    page.wait_for_selector(SETTLED)


def test_a_changed_number_stands_in_the_address_and_survives_a_reload(server: Server, browser: Browser) -> None:
    with visiting(browser, WIDE) as (page, traffic):
        page.set_default_timeout(60_000)
        _open(page, f"{server.address}/design")
        title = page.locator("h1")
        expect(title).to_contain_text("With twice the HBM bandwidth, Llama 3.1 70B at 50 tokens/s")
        page.get_by_role("radio", name="4×").click()
        page.wait_for_url(re.compile("design_by_a_bandwidth=4"))
        expect(title).to_contain_text("With four times the HBM bandwidth")
        page.wait_for_selector(SETTLED)
        chart = page.locator("[data-testid=stPlotlyChart]").first.bounding_box()
        assert chart is not None
        assert chart["y"] + chart["height"] <= WIDE["height"]
        said = title.inner_text()
        page.reload()
        page.wait_for_selector(SETTLED)
        expect(title).to_have_text(said)
        assert traffic.complaints == []
        assert traffic.foreign_addresses() == []


def test_goal_seek_its_slide_and_the_way_back(server: Server, browser: Browser) -> None:
    with visiting(browser, WIDE) as (page, _):
        page.set_default_timeout(60_000)
        _open(page, f"{server.address}/design?design_question=Goal+seek&design_speed=100&design_usd=2")
        title = page.locator("h1")
        expect(title).to_contain_text("takes an HBM bandwidth of at least", timeout=60_000)
        said = title.inner_text()
        page.get_by_role("button", name="Slide").click()
        expect(page.get_by_role("textbox", name="Headline")).to_have_value(said)
        assert "design_usd=2" in page.url
        page.get_by_role("button", name="Back to the chart").click()
        expect(title).to_have_text(said)


def test_what_matters_reads_on_a_phone(server: Server, browser: Browser) -> None:
    with visiting(browser, PHONE) as (page, _):
        page.set_default_timeout(60_000)
        _open(page, f"{server.address}/design?design_question=What+matters")
        expect(page.locator("h1")).to_contain_text("one helps most", timeout=60_000)
        page.wait_for_selector(SETTLED)
        assert overflow(page) <= 0
