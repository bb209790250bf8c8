"""The page Landscape in a browser: cells open their frontier, choices stay in the address, nothing beside a phone."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import PHONE, WIDE, overflow, visiting
from tools.live_app import SETTLED, Server, settle

pytestmark = pytest.mark.browser

CELLS = ".infecon-map td a"


def _open(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector(CELLS)
    page.wait_for_selector(SETTLED)


def test_a_cell_opens_its_frontier_and_the_way_back_finds_the_map(server: Server, browser: Browser) -> None:
    with visiting(browser, WIDE) as (page, traffic):
        page.set_default_timeout(60_000)  # a frontier of 64 GPUs that nobody has computed before
        _open(page, f"{server.address}/landscape?landscape_length=32k+in+%2F+1k+out&landscape_at=40")
        title = page.locator("h1").inner_text()
        assert title.startswith("At 40 tokens/s per user")
        cell = page.locator(CELLS).nth(2)
        name, price = cell.inner_text().split("\n")[:2]
        link = cell.get_attribute("href")
        assert link is not None
        speed = re.search(r"at=(\d+)", link)
        assert speed is not None
        cell.click()
        settle(page)
        said = page.locator("h1").inner_text()
        assert f"at {speed[1]} tokens/s per user costs {price} per million output tokens" in said
        assert name in page.locator("[data-testid=stMain]").inner_text()
        page.go_back()
        page.wait_for_selector(CELLS)
        expect(page.locator("h1")).to_have_text(title)
        assert traffic.complaints == []
        assert traffic.foreign_addresses() == []


def test_choices_stand_in_the_address_and_survive_a_reload(server: Server, browser: Browser) -> None:
    with visiting(browser, WIDE) as (page, _):
        _open(page, f"{server.address}/landscape")
        page.get_by_role("radio", name="1k in / 1k out").click()
        page.wait_for_url(re.compile("landscape_length=1k"))
        # The address changes before the page does.
        expect(page.get_by_text("1k in / 1k out, price")).to_be_visible()
        page.wait_for_selector(SETTLED)
        title = page.locator("h1").inner_text()
        assert "1k in / 1k out" in page.locator("[data-testid=stMain]").inner_text()
        page.reload()
        page.wait_for_selector(CELLS)
        page.wait_for_selector(SETTLED)
        expect(page.locator("h1")).to_have_text(title)
        assert "landscape_length=1k" in page.url


def test_details_show_where_a_pointer_rests(server: Server, browser: Browser) -> None:
    with visiting(browser, WIDE) as (page, _):
        _open(page, f"{server.address}/landscape")
        cell = page.locator(CELLS).first
        tip = cell.locator(".tip")
        assert tip.evaluate("tip => getComputedStyle(tip).opacity") == "0"
        cell.hover()
        assert tip.evaluate("tip => getComputedStyle(tip).opacity") == "1"
        box = tip.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= WIDE["width"]


def test_a_phone_scrolls_the_map_and_not_the_page(server: Server, browser: Browser) -> None:
    with visiting(browser, PHONE, touch=True) as (page, _):
        _open(page, f"{server.address}/landscape")
        assert overflow(page) <= 0
        wide = page.locator(".infecon-map").first.evaluate("map => map.scrollWidth - map.clientWidth")
        assert wide > 0
