"""The page Data in a browser: from a pasted configuration to a slide, for whoever is given the link; a phone."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import PHONE, WIDE, overflow, visiting
from tests.support.own_entries import CHIP_ID, CONFIG_TEXT, MODEL_ID
from tools.live_app import SETTLED, Server, settle

pytestmark = pytest.mark.browser


def _open(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector("h1")
    page.wait_for_selector(SETTLED)


def test_a_pasted_configuration_goes_to_a_slide_that_others_can_open(server: Server, browser: Browser) -> None:
    with visiting(browser, WIDE) as (page, traffic):
        page.set_default_timeout(60_000)  # frontiers that nobody has computed before
        _open(page, f"{server.address}/data?data_show=Your+own")
        page.get_by_label("Paste a config.json").fill(CONFIG_TEXT)
        page.keyboard.press("Control+Enter")
        expect(page.locator("h1")).to_contain_text("30.5 billion parameters")
        page.get_by_label("Name", exact=True).fill("Our 30B")
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_contain_text("Our 30B has 30.5 billion parameters")
        page.get_by_role("button", name="Compare their frontiers").click()
        expect(page.locator("h1")).to_contain_text("gpt-oss-120b")
        page.wait_for_selector(SETTLED)
        claim = page.locator("h1").inner_text()
        assert "Our 30B" in claim
        page.get_by_role("button", name="Slide").first.click()
        expect(page.get_by_role("button", name="Copy picture")).to_be_visible()
        page.wait_for_selector(SETTLED)
        link = page.url
        assert MODEL_ID in link
        assert traffic.complaints == []
        assert traffic.foreign_addresses() == []
    with visiting(browser, WIDE) as (page, traffic):
        page.set_default_timeout(60_000)
        _open(page, link.replace("view=slide", "view=page"))
        expect(page.locator("h1")).to_have_text(claim)
        assert traffic.complaints == []


def test_a_file_is_uploaded_and_a_data_file_taken_along(server: Server, browser: Browser) -> None:
    with visiting(browser, WIDE) as (page, _):
        _open(page, f"{server.address}/data?data_show=Your+own")
        file = {"name": "config.json", "mimeType": "application/json", "buffer": CONFIG_TEXT.encode()}
        page.locator("input[type=file]").set_input_files(file)
        expect(page.locator("h1")).to_contain_text("30.5 billion parameters")
        with page.expect_download() as download:
            page.get_by_role("button", name="Data file").click()
        saved = download.value.path().read_bytes()
        broken = {"name": "config.json", "mimeType": "application/json", "buffer": b"[]"}
        page.locator("input[type=file]").set_input_files(broken)
        expect(page.get_by_role("alert")).to_contain_text("The text holds a list")
        page.locator("input[type=file]").set_input_files({**file, "name": "own.toml", "buffer": saved})
        expect(page.locator("h1")).to_contain_text("30.5 billion parameters")


def test_an_accelerator_of_one_s_own_travels_in_the_link(server: Server, browser: Browser) -> None:
    with visiting(browser, WIDE) as (page, traffic):
        page.set_default_timeout(60_000)
        _open(page, f"{server.address}/data?data_show=Your+own&data_own=Accelerator&data_base={CHIP_ID}")
        expect(page.locator("h1")).to_contain_text("Our chip reads 180 GB at 16 TB/s")
        page.get_by_role("button", name="Open its frontier").first.click()
        page.wait_for_url("**/?gpu=own~*")
        settle(page)
        assert "Our chip" in page.locator("[data-testid=stMain]").inner_text()
        assert traffic.complaints == []


@pytest.mark.parametrize("show", ["Models", "Roofline", "Compare", "Your own"])
def test_nothing_is_wider_than_a_phone(server: Server, browser: Browser, show: str) -> None:
    with visiting(browser, PHONE, touch=True) as (page, _):
        _open(page, f"{server.address}/data?data_show={show.replace(' ', '+')}&model={MODEL_ID}")
        assert overflow(page) <= 0
