"""The app in a browser: deep links, the way through the pages, dragging, and what it asks the network for."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from infecon_core import catalog
from tests.support.browser import PHONE, WIDE, overflow, visiting
from tools.live_app import PRICES, SETTLED, Server, serving, settle, take, wait_for_other_prices

pytestmark = pytest.mark.browser

# A link without pipelines asks for a tenth of the computing.
LINK = "/frontier?model=gemma-3-27b&gpu=h200-sxm&prompt=5000&pp=false"
MODEL = catalog.model("gemma-3-27b").architecture.name
CHIP = catalog.accelerator("h200-sxm").accelerator.name
SECTIONS = ("model", "gpu", "w", "prompt", "output", "max")


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


def test_a_deep_link_to_the_frontier_may_be_the_first_request(browser: Browser) -> None:
    with serving() as fresh, visiting(browser, WIDE) as (page, traffic):
        page.goto(fresh.address + LINK)
        settle(page)
        _sidebar_is_whole(page)
        expect(page.locator(".st-key-model input")).to_have_value(re.compile(MODEL))
        expect(page.locator(".st-key-gpu input")).to_have_value(re.compile(CHIP))
        expect(page.locator(".st-key-prompt input")).to_have_value("5000")
        expect(page.get_by_role("heading", level=1)).to_contain_text(f"{MODEL} at 50 tokens/s per user costs $")
        expect(page).to_have_title(re.compile(f"^{MODEL} on {CHIP} · 50 tok/s"))
        assert not traffic.foreign_addresses()
        assert not traffic.complaints
        assert "Traceback" not in fresh.log.read_text(encoding="utf-8")


def test_where_the_first_page_lived_before_it_is_still_found(browser: Browser, server: Server) -> None:
    with visiting(browser, WIDE) as (page, traffic):
        page.goto(server.address + LINK)
        settle(page)
        page.goto(server.address + LINK.replace("/frontier", "/start"))
        settle(page)
        _sidebar_is_whole(page)
        expect(page.get_by_role("heading", level=1)).to_contain_text(f"{MODEL} at 50 tokens/s per user costs $")
        expect(page.get_by_text("Page not found")).not_to_be_visible()
        assert not traffic.complaints


def test_a_deep_link_to_the_paper_may_be_the_first_request(browser: Browser) -> None:
    with serving() as fresh, visiting(browser, WIDE) as (page, traffic):
        page.goto(fresh.address + "/paper?model=gemma-3-27b")
        expect(page.get_by_role("heading", name="The paper, number by number")).to_be_visible()
        expect(page.get_by_role("table").first).to_be_visible()
        # No control changes the paper, so there is none; what was chosen stays in the link.
        expect(page.locator("[data-testid=stSidebar]")).not_to_be_visible()
        assert "model=gemma-3-27b" in page.url
        page.set_viewport_size(PHONE)
        assert overflow(page) <= 0
        assert not traffic.foreign_addresses()
        assert not traffic.complaints
        assert "Traceback" not in fresh.log.read_text(encoding="utf-8")


def test_what_is_chosen_travels_through_the_pages_in_the_link(page: Page) -> None:
    headline = page.get_by_role("heading", level=1).inner_text()
    page.get_by_role("button", name="Evidence").click()
    page.get_by_role("menuitem", name="Measured").click()
    expect(page.get_by_role("heading", name="Predicted against measured")).to_be_visible()
    page.wait_for_selector(SETTLED)
    page.wait_for_url(re.compile(r"/measured\?.*model=gemma-3-27b"))
    page.get_by_role("link", name="Frontier").click()
    settle(page)
    _sidebar_is_whole(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(headline)


def test_nonsense_in_the_address_gives_a_sentence_and_a_chart(browser: Browser, server: Server) -> None:
    with visiting(browser, WIDE) as (page, traffic):
        page.goto(f"{server.address}/frontier?model=%ff%00<script>&prompt=NaN&price=1e400&pp=false&x={'9' * 5000}")
        settle(page)
        expect(page.get_by_test_id("stAlert")).to_contain_text("Not understood in this link")
        assert not traffic.complaints


def test_dragging_a_slider_moves_the_curve_and_the_address(page: Page) -> None:
    before = page.evaluate(PRICES)
    x, y = take(page, "prompt_slider")
    page.mouse.move(x + 60, y, steps=5)
    page.mouse.up()
    wait_for_other_prices(page, before)
    settle(page)
    shown = page.locator(".st-key-prompt input").input_value()
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


def test_a_whole_visit_asks_only_this_machine(browser: Browser, server: Server) -> None:
    with visiting(browser, WIDE) as (page, traffic):
        page.goto(server.address + LINK)
        settle(page)
        page.get_by_text("The same as a link, a command or Python").click()
        for name in ("Command line", "Python", "Link"):
            page.get_by_role("tab", name=name, exact=True).click()
        page.get_by_text("What these figures rest on").click()
        expect(page.get_by_test_id("stDataFrame").last).to_be_visible()
        for key in ("open_model", "open_accelerator", "open_search", "open_advanced"):
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
        assert overflow(page) <= 0
        assert not traffic.complaints
