"""The page Planner in a browser: a demand typed in, the address that keeps it, its slide, and a phone."""

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
    page.wait_for_selector("[data-testid=stPlotlyChart]")


def test_a_demand_that_is_typed_stands_in_the_address_and_survives_a_reload(server: Server, browser: Browser) -> None:
    with visiting(browser, WIDE) as (page, traffic):
        _open(page, f"{server.address}/planner?model=llama-3.3-70b")
        assert page.locator("h1").inner_text().startswith("200 requests/s of Llama 3.3 70B Instruct need ")
        demand = page.get_by_role("spinbutton", name="Demand (mean)")
        demand.fill("50")
        demand.press("Enter")
        page.wait_for_url(re.compile("planner_demand=50"))
        expect(page.locator("h1")).to_have_text(re.compile("^50 requests/s of "))
        page.wait_for_selector(SETTLED)
        title = page.locator("h1").inner_text()
        # The first chart stands whole on the first screen.
        box = page.locator("[data-testid=stPlotlyChart]").first.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= WIDE["height"]
        page.reload()
        page.wait_for_selector(SETTLED)
        expect(page.locator("h1")).to_have_text(title)
        assert traffic.complaints == []
        assert traffic.foreign_addresses() == []


def test_a_slide_opens_and_leads_back(server: Server, browser: Browser) -> None:
    with visiting(browser, WIDE) as (page, _):
        _open(page, f"{server.address}/planner?model=deepseek-v3&basis=rent_3y&planner_demand=50")
        title = page.locator("h1").inner_text()
        page.get_by_role("button", name="Slide").nth(1).click()
        page.wait_for_url(re.compile("chart=break_even"))
        page.wait_for_selector(SETTLED)
        expect(page.get_by_role("button", name="Back to the chart")).to_be_visible()
        page.get_by_role("button", name="Back to the chart").click()
        expect(page.locator("h1")).to_have_text(title)


def test_a_phone_shows_the_chart_s_beginning_and_nothing_beside_it(server: Server, browser: Browser) -> None:
    with visiting(browser, PHONE, touch=True) as (page, _):
        _open(page, f"{server.address}/planner?model=llama-3.3-70b")
        assert overflow(page) <= 0
        box = page.locator("[data-testid=stPlotlyChart]").first.bounding_box()
        assert box is not None
        assert box["y"] < PHONE["height"]
