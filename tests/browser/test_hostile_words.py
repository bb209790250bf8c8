"""What strangers write, in a real browser: no element of theirs, no dialog, no link, no request for another host."""

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect

from tests.support.browser import WIDE, visiting
from tests.support.measured import HEAD, ROW
from tools.live_app import SETTLED, Server, settle

pytestmark = pytest.mark.browser

# All marks at once: HTML, Markdown, LaTeX, Streamlit's own, addresses; `hostile` tells its elements from others.
WORDS = (
    "<img class=hostile src=http://x.example/i onerror=alert(1)><script class=hostile>alert(2)</script>"
    "![hostile](http://x.example/j.png)[hostile](http://x.example/k) http://x.example/l www.x.example m@x.example "
    "$\\frac{hostile}{2}$ :red[hostile] **hostile**"
)
FOUND = """() => [
    ...document.querySelectorAll('.hostile, a[href*="x.example"], [src*="x.example"], .katex, script.hostile'),
    ...[...document.querySelectorAll('[data-testid=stAlert] strong, [data-testid=stAlert] .stMarkdownColoredText')],
].map(element => element.outerHTML)"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page on which no dialog may open, and which may ask nobody else."""
    dialogs: list[str] = []

    def opened(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    with visiting(browser, WIDE) as (shown, traffic):
        shown.set_default_timeout(120_000)
        shown.on("dialog", opened)
        yield shown
        assert dialogs == []
        assert not traffic.foreign_addresses()
        assert not traffic.complaints


def test_a_link_that_is_not_understood(page: Page, server: Server) -> None:
    # Only so much is shown of a value: one mark after the other.
    for words in (
        WORDS[:36],
        "<b class=hostile>x</b>",
        "\n\n![a](http://x.example/j.png)",
        "\n\n# hostile",
        "`a` www.x.example",
    ):
        page.goto(f"{server.address}/frontier?pp=false&prompt={quote(words)}&modell={quote(words)}")
        settle(page)
        expect(page.get_by_test_id("stAlert").first).to_contain_text("Not understood in this link")
        assert page.get_by_test_id("stAlert").first.locator("h1, img, a").count() == 0
        assert page.evaluate(FOUND) == []


def test_the_headline_of_a_slide(page: Page, server: Server) -> None:
    for words in (WORDS[:150], WORDS[-150:]):
        page.goto(f"{server.address}/frontier?pp=false&view=slide&claim={quote(words)}")
        page.wait_for_selector("img[alt*='hostile']")
        page.wait_for_selector(SETTLED)
        assert page.evaluate(FOUND) == []


def test_the_name_and_the_cells_of_a_file(page: Page, server: Server) -> None:
    head = HEAD.replace("tpot_ms", "tpot_ms,serving_software,date,source_id")
    words = '"' + WORDS.replace('"', '""') + '"'
    good = ROW.replace("14.2", f"14.2,{words},{words},{words}")
    bad = good.replace("fp8", words)
    page.goto(f"{server.address}/measured")
    page.wait_for_selector(SETTLED, timeout=120_000)
    files = page.locator("[data-testid=stFileUploaderDropzoneInput]")
    name = "- www.x.example <b class=hostile> ![a](http:x) m@x.example $x$.csv"
    for text in (head + good + bad, WORDS + "\n", HEAD.replace("tpot_ms", words) + ROW):
        files.set_input_files([{"name": name, "mimeType": "text/csv", "buffer": text.encode()}])
        page.wait_for_selector(SETTLED, timeout=120_000)
        if text == head + good + bad:
            expect(page.get_by_text("On 1 of your points")).to_be_visible(timeout=120_000)
        else:
            expect(page.get_by_test_id("stAlert").last).to_contain_text("line 1", ignore_case=True, timeout=120_000)
        assert page.evaluate(FOUND) == []
