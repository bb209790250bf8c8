"""The slide in a browser: opened from the chart, taken away by click and by touch, copied, and previewed."""

import re
import struct
import urllib.request
from collections.abc import Iterator
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Browser, Page, expect

from tools.live_app import ROOT, SETTLED, Server, serving, settle

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PHONE = {"width": 390, "height": 844}
WIDE = {"width": 1440, "height": 900}
LINK = "/?model=llama-3.1-8b&gpu=h200-sxm,h100-sxm&prompt=4000&at=60&view=slide"
PICTURE = ".st-key-slide_picture img"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving(ROOT / "asgi.py") as found:
        yield found


@pytest.fixture
def slide(browser: Browser, server: Server) -> Iterator[Page]:
    """The slide of a comparison."""
    context = browser.new_context(viewport=WIDE, accept_downloads=True)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(server.address + LINK)
    page.wait_for_selector(PICTURE)
    page.wait_for_selector(SETTLED)
    yield page
    context.close()


def _saved(page: Page, ending: str) -> bytes:
    with page.expect_download() as download:
        page.locator(f".st-key-slide_{ending} button").click()
    assert download.value.suggested_filename.endswith(f".{ending}")
    return download.value.path().read_bytes()


def test_every_file_comes_by_click(slide: Page) -> None:
    picture = _saved(slide, "png")
    assert picture.startswith(b"\x89PNG")
    assert struct.unpack(">II", picture[16:24]) == (3840, 2160)
    root = ElementTree.fromstring(_saved(slide, "svg"))
    words = " ".join(element.text or "" for element in root.iter("{http://www.w3.org/2000/svg}text"))
    # On the slide itself: model, accelerators, formats, lengths, price with its basis, engine, date, link.
    for known in ("Llama 3.1 8B", "H200", "H100", "FP8", "4,000 in", "on demand", "Serving engine", "2026", "gpu=h200"):
        assert known in words, known
    lines = _saved(slide, "csv").decode().splitlines()
    assert len(lines) > 10
    for column in ("model", "accelerator", "price_basis", "engine", "date", "link"):
        assert column in lines[0].split(","), column
    page = _saved(slide, "html").decode()
    assert "<title>" in page
    assert 'name="viewport"' in page


def test_the_whole_slide_stands_on_the_screen(slide: Page) -> None:
    box = slide.locator(PICTURE).bounding_box()
    assert box is not None
    assert box["width"] / box["height"] == pytest.approx(16 / 9, rel=0.01)
    assert box["y"] + box["height"] <= WIDE["height"]
    assert box["width"] > 900


def test_link_and_picture_are_copied(slide: Page) -> None:
    slide.locator(".st-key-slide_copy_link button").click()
    expect(slide.locator(".st-key-slide_copy_link button")).to_have_text("Copied")
    link = slide.evaluate("navigator.clipboard.readText()")
    assert "view=slide" in link
    assert len(link) <= 200
    slide.locator(".st-key-slide_copy_picture button").click()
    expect(slide.locator(".st-key-slide_copy_picture button")).to_have_text("Copied", timeout=10_000)
    assert slide.evaluate("navigator.clipboard.read().then(items => items[0].types)") == ["image/png"]


def test_where_the_clipboard_is_refused_the_link_stands_selected(browser: Browser, server: Server) -> None:
    context = browser.new_context(viewport=WIDE)
    context.add_init_script(
        "Object.defineProperty(navigator, 'clipboard', {value: undefined}); document.execCommand = () => false;"
    )
    page = context.new_page()
    page.goto(server.address + LINK)
    page.wait_for_selector(PICTURE)
    page.locator(".st-key-slide_copy_link button").click()
    field = page.locator(".st-key-slide_copy_link input")
    expect(field).to_be_visible()
    value = field.input_value()
    assert "view=slide" in value
    assert field.evaluate("input => input.selectionEnd - input.selectionStart") == len(value)
    page.locator(".st-key-slide_copy_picture button").click()
    expect(page.get_by_text("take the PNG")).to_be_visible()
    context.close()


def test_an_edited_headline_is_drawn_and_stands_in_the_link(slide: Page) -> None:
    slide.get_by_role("textbox").fill("Our own claim")
    slide.get_by_role("textbox").press("Enter")
    slide.wait_for_url(re.compile("claim=Our"))
    expect(slide.locator(PICTURE)).to_have_attribute("alt", re.compile("^Our own claim"))
    assert b"Our own claim" in _saved(slide, "svg")


def test_it_works_by_touch(browser: Browser, server: Server) -> None:
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True, accept_downloads=True)
    page = context.new_page()
    page.goto(server.address + LINK)
    page.wait_for_selector(PICTURE)
    page.wait_for_selector(SETTLED)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= PHONE["width"]
    with page.expect_download() as download:
        page.locator(".st-key-slide_png button").tap()
    assert download.value.path().read_bytes().startswith(b"\x89PNG")
    page.locator(".st-key-slide_back button").tap()
    page.wait_for_url(lambda address: "view=slide" not in address)
    context.close()


def test_the_chart_leads_to_its_slide_and_back(browser: Browser, server: Server) -> None:
    page = browser.new_page(viewport=WIDE)
    page.goto(server.address + "/?model=llama-3.1-8b")
    settle(page)
    page.locator(".st-key-to_slide button").click()
    page.wait_for_selector(PICTURE)
    assert "view=slide" in page.url
    # Nothing stands where the sidebar was, and the tab still says what is shown.
    page.wait_for_selector(SETTLED)
    picture = page.locator(PICTURE).bounding_box()
    assert picture is not None
    assert picture["x"] < 120
    expect(page).to_have_title(re.compile("^Llama 3.1 8B on .+ infecon$"))
    page.locator(".st-key-slide_back button").click()
    settle(page)
    expect(page).to_have_title(re.compile("^Llama 3.1 8B on .+ infecon$"))
    page.close()


def test_programs_that_show_links_get_title_sentence_and_picture(server: Server) -> None:
    with urllib.request.urlopen(server.address + LINK, timeout=10) as answer:
        page = answer.read().decode()
    assert re.search(r"<title>At 60 tokens/s per user, .+ · infecon</title>", page)
    address = re.search(r'property="og:image" content="([^"]+)"', page)
    assert address is not None
    with urllib.request.urlopen(address[1].replace("&amp;", "&"), timeout=20) as answer:
        assert answer.headers["content-type"] == "image/png"
        assert struct.unpack(">II", answer.read(24)[16:]) == (1200, 630)


@pytest.mark.parametrize("path", ["/?gpu=nothing&prompt=-1&y=%00", "/preview.png?model=;drop", "/paper?gpu=h100-sxm"])
def test_no_link_breaks_the_server(server: Server, path: str) -> None:
    with urllib.request.urlopen(server.address + path, timeout=20) as answer:
        assert answer.status == 200
