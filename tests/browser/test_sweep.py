"""The page Sweep in a browser: cells open their frontier, the address holds all of it, keys, progress, a phone."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import PHONE, WIDE, overflow, visiting
from tools.live_app import SETTLED, Server, settle

pytestmark = pytest.mark.browser

CELLS = ".infecon-map td a"
MAP = "sweep_x=prompt&sweep_y=w&sweep_prompt=1000,8000&sweep_w=fp8,fp4&sweep_as=map"


def _open(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector(CELLS)
    page.wait_for_selector(SETTLED)


def test_a_cell_opens_its_frontier_and_the_way_back_finds_the_map(server: Server, browser: Browser) -> None:
    with visiting(browser, WIDE) as (page, traffic):
        _open(page, f"{server.address}/sweep?gpu=b200-hgx&at=40&{MAP}")
        title = page.locator("h1").inner_text()
        assert title.startswith("Prompt from 1,000 to 8,000 tokens by weights: the price at 40 tokens/s is lowest with")
        cell = page.locator(CELLS).nth(1)
        price = cell.locator("b").inner_text()
        cell.click()
        settle(page)
        page.wait_for_url(re.compile("prompt=8000"))
        assert f"at 40 tokens/s per user costs {price} per million" in page.locator("h1").inner_text()
        page.go_back()
        page.wait_for_selector(CELLS)
        expect(page.locator("h1")).to_have_text(title)
        assert traffic.complaints == []
        assert traffic.foreign_addresses() == []


def test_a_control_of_the_sidebar_leads_to_its_sweep_and_the_address_holds_it(server: Server, browser: Browser) -> None:
    with visiting(browser, WIDE) as (page, traffic):
        page.goto(f"{server.address}/?gpu=b200-hgx")
        settle(page)
        page.hover(".st-key-swept_output")
        page.get_by_role("button", name="Sweep Output").click()
        page.wait_for_url(re.compile("/sweep.*sweep_x=output"))
        page.wait_for_selector(CELLS)
        page.wait_for_selector(SETTLED)
        title = page.locator("h1").inner_text()
        assert title.startswith("Output from 250 to 32,000 tokens")
        assert "gpu=b200-hgx" in page.url
        field = page.locator(".st-key-sweep_output input")
        field.fill("500..2000*2")
        field.press("Enter")
        expect(page.locator("h1")).to_have_text(re.compile("Output from 500 to 2,000 tokens"))
        page.wait_for_url(re.compile(r"sweep_output=500\.\.2000"))
        page.wait_for_selector(SETTLED)
        title = page.locator("h1").inner_text()
        page.reload()
        page.wait_for_selector(CELLS)
        page.wait_for_selector(SETTLED)
        expect(page.locator("h1")).to_have_text(title)
        assert traffic.complaints == []


def test_one_step_back_leads_from_a_sweep_to_the_frontier_as_it_was(server: Server, browser: Browser) -> None:
    with visiting(browser, WIDE) as (page, _):
        page.goto(f"{server.address}/?model=llama-3.1-8b&gpu=b200-hgx")
        settle(page)
        title = page.locator("h1").inner_text()
        page.hover(".st-key-swept_output")
        page.get_by_role("button", name="Sweep Output").click()
        page.wait_for_url(re.compile("/sweep.*sweep_x=output"))
        page.wait_for_selector(CELLS)
        page.wait_for_selector(SETTLED)
        page.go_back()
        page.wait_for_url(re.compile(r"/\?model=llama-3\.1-8b&gpu=b200-hgx&v=[^&]*$"))
        expect(page.locator("h1")).to_have_text(title)


def test_details_show_where_a_pointer_or_the_focus_rests(server: Server, browser: Browser) -> None:
    with visiting(browser, WIDE) as (page, _):
        _open(page, f"{server.address}/sweep?{MAP}")
        cell = page.locator(CELLS).first
        tip = cell.locator(".tip")
        shown = "tip => getComputedStyle(tip).opacity"
        assert tip.evaluate(shown) == "0"
        cell.hover()
        assert tip.evaluate(shown) == "1"
        box = tip.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= WIDE["width"]
        page.mouse.move(0, 0)
        page.get_by_role("radio", name="Small charts").focus()
        page.keyboard.press("Tab")
        expect(cell).to_be_focused()
        assert tip.evaluate(shown) == "1"


def test_many_scenarios_are_computed_with_a_bar_that_says_how_many(server: Server, browser: Browser) -> None:
    with visiting(browser, WIDE) as (page, _):
        query = "sweep_x=prompt&sweep_prompt=1000..20000%2B1000&sweep_y=max_sequences_per_rank&sweep_as=map"
        page.goto(f"{server.address}/sweep?{query}")
        expect(page.get_by_text(re.compile("Computing 120 scenarios: [0-9] of 6 parts"))).to_be_visible(timeout=60_000)
        page.wait_for_selector(CELLS, timeout=60_000)
        assert page.locator(CELLS).count() == 120
        expect(page.locator("[data-testid=stProgress]")).to_have_count(0)


def test_the_first_screen_holds_the_chart(server: Server, browser: Browser) -> None:
    with visiting(browser, WIDE) as (page, _):
        _open(page, f"{server.address}/sweep")
        page.wait_for_selector(".js-plotly-plot .main-svg")
        box = page.locator(".js-plotly-plot").first.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= WIDE["height"]


def test_a_phone_scrolls_the_map_and_not_the_page(server: Server, browser: Browser) -> None:
    with visiting(browser, PHONE, touch=True) as (page, _):
        _open(page, f"{server.address}/sweep")
        page.wait_for_selector(".js-plotly-plot .main-svg")
        assert overflow(page) <= 0
        box = page.locator(".js-plotly-plot").first.bounding_box()
        assert box is not None
        assert box["y"] <= PHONE["height"] - 100
        wide = page.locator(".infecon-map").first.evaluate("map => map.scrollWidth - map.clientWidth")
        assert wide > 0
