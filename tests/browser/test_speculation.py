"""The page Speculation in a browser: the first chart is on the first screen, a cell opens its frontier, a phone."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import PHONE, WIDE, overflow, visiting
from tools.live_app import SETTLED, Server, settle

pytestmark = pytest.mark.browser

ADDRESS = "speculation?model=llama-3.1-70b&gpu=h100-sxm"
CHART = ".st-key-plot_frontier .main-svg"
SETUP_CHART = ".st-key-plot_gain .main-svg"
CELL = ".infecon-map td a"


def _open(page: Page, address: str) -> None:
    page.set_default_timeout(60_000)
    page.goto(address)
    page.wait_for_selector(CHART)
    page.wait_for_selector(CELL)
    page.wait_for_selector(SETTLED)


def test_the_first_chart_is_whole_and_a_cell_opens_its_frontier(server: Server, browser: Browser) -> None:
    with visiting(browser, WIDE) as (page, traffic):
        _open(page, f"{server.address}/{ADDRESS}")
        title = page.locator("h1").inner_text()
        assert title.startswith("Drafts make Llama 3.1 70B at 50 tokens/s per user ")
        chart = page.locator(CHART).first.bounding_box()
        assert chart is not None
        assert chart["y"] + chart["height"] <= WIDE["height"]
        cell = page.locator(CELL).nth(3)
        price = cell.locator("small").inner_text()
        cell.click()
        settle(page)
        expect(page.locator("h1")).to_contain_text(f"costs {price} per million output tokens")
        assert traffic.complaints == []
        assert traffic.foreign_addresses() == []


def test_choices_stand_in_the_address_and_survive_a_reload(server: Server, browser: Browser) -> None:
    with visiting(browser, WIDE) as (page, _):
        _open(page, f"{server.address}/{ADDRESS}")
        page.get_by_role("radio", name="At one setup").click()
        page.wait_for_selector(SETUP_CHART)
        page.get_by_role("radio", name="Fastest").click()
        page.wait_for_url("**speculation_setup=Fastest**")
        page.wait_for_selector(SETTLED)
        page.reload()
        page.wait_for_selector(SETUP_CHART)
        expect(page.get_by_role("radio", name="Fastest")).to_be_checked()


def test_a_phone_has_the_page_in_one_column(server: Server, browser: Browser) -> None:
    with visiting(browser, PHONE, touch=True) as (page, _):
        _open(page, f"{server.address}/{ADDRESS}")
        assert overflow(page) <= 0
        chart = page.locator(CHART).first.bounding_box()
        assert chart is not None
        assert chart["y"] < PHONE["height"]
