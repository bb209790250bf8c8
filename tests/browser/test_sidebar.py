"""The sidebar in a browser: its height, what typing finds, keys, targets for fingers, and a phone."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tools.live_app import SETTLED, Server, handle, serving

pytestmark = pytest.mark.browser

WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
TALLEST_PX = 650
SIDEBAR = "[data-testid=stSidebar]"
# Whatever page it stands on, the sidebar is the same; without a chart beside it a visit takes a second.
SCRIPT = """
import streamlit as st
st.set_page_config(layout="wide")
from infecon_ui.sidebar import sidebar
from infecon_ui.state import links, session
links.adopt()
session.follow()
chosen = sidebar()
links.write()
st.text(f"{chosen.model_id} on {chosen.accelerator_id}: {chosen.choices.text()} {chosen.problem or ''}")
"""

# Height of everything in the sidebar below its own header. [px]
HEIGHT = """() => document.querySelector('[data-testid=stSidebarUserContent] [data-testid=stVerticalBlock]')
    .getBoundingClientRect().height"""
STYLED = (
    """() => getComputedStyle(document.querySelector('.st-key-lengths button') || document.body).height === '24px'"""
)
SMALL_TARGETS = f"""() => [...document.querySelectorAll('{SIDEBAR} button, {SIDEBAR} summary')]
    .map(element => [element.getAttribute('aria-label') || element.textContent, element.getBoundingClientRect()])
    .filter(([, box]) => box.width > 0 && Math.min(box.width, box.height) < 23.99).map(([name]) => name)"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    script: Path = tmp_path_factory.mktemp("sidebar") / "app.py"
    script.write_text(SCRIPT, encoding="utf-8")
    with serving(script) as started:
        yield started
        assert "Traceback" not in started.log.read_text(encoding="utf-8")


def visit(browser: Browser, server: Server, query: str = "", **context: object) -> Page:
    """A page with the sidebar drawn."""
    opened = browser.new_context(viewport=WIDE, reduced_motion="reduce", **context)  # type: ignore[arg-type]
    opened.set_default_timeout(20_000)
    page = opened.new_page()
    page.goto(f"{server.address}/?{query}")
    page.wait_for_selector(".st-key-reset", state="attached")
    page.wait_for_selector(SETTLED)
    # Styles are a part of Streamlit's client that comes after the page.
    page.wait_for_function(STYLED)
    return page


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    """A visit on a wide screen."""
    opened = visit(browser, server)
    yield opened
    opened.context.close()


def chosen(page: Page, text: str) -> None:
    """Wait until the page says that something is chosen."""
    expect(page.locator("[data-testid=stMain] [data-testid=stText]")).to_contain_text(text)


def test_all_of_it_is_on_the_first_screen(page: Page) -> None:
    assert page.evaluate(HEIGHT) <= TALLEST_PX
    reset = page.locator(".st-key-reset").bounding_box()
    assert reset is not None
    assert reset["y"] + reset["height"] <= 720


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_overlaps_and_no_target_is_small(browser: Browser, server: Server, scheme: str) -> None:
    page = visit(browser, server, "spec=draft&m_num_layers=40", color_scheme=scheme)
    for key in ("open_model", "open_search"):
        page.locator(f".st-key-{key} summary").click()
        page.wait_for_selector(f".st-key-{key} input")
    assert page.evaluate(SMALL_TARGETS) == []
    wider = page.evaluate(
        f"(() => {{ const e = document.querySelector('{SIDEBAR} > div'); return e.scrollWidth - e.clientWidth; }})()"
    )
    assert wider <= 0
    page.context.close()


@pytest.mark.parametrize(
    ("key", "text", "wanted"),
    [
        ("gpu", "h100", {"h100-sxm"}),
        ("gpu", "amd", {"mi355x", "mi300x"}),
        ("gpu", "nvidia", {"b200-hgx", "h100-sxm"}),
        ("gpu", "blackwell", {"b200-hgx"}),
        ("gpu", "gb200", {"gb200-nvl72"}),
        ("model", "qwen3-235b", {"qwen3-235b-a22b"}),
        ("model", "deepseek-v3", {"deepseek-v3"}),
        ("model", "gpt oss", {"gpt-oss-120b"}),
        ("model", "llama 70b", {"llama-3.3-70b", "llama-3.1-70b"}),
    ],
)
def test_typing_and_enter_give_the_obvious_entry(
    browser: Browser, server: Server, key: str, text: str, wanted: set[str]
) -> None:
    page = visit(browser, server, "model=gemma-3-4b&gpu=l4")
    field = page.locator(f".st-key-{key} input")
    field.click()
    field.press("Control+a")
    field.press_sequentially(text)
    field.press("Enter")
    said = page.locator("[data-testid=stMain] [data-testid=stText]")
    expect(said).not_to_contain_text("gemma-3-4b on" if key == "model" else "on l4:")
    model, chip = said.inner_text().split(":")[0].split(" on ")
    assert (model if key == "model" else chip) in wanted
    # The field names it too.
    expect(field).not_to_have_value(text)
    page.context.close()


def test_a_text_that_finds_nothing_gives_one_sentence_and_changes_nothing(page: Page) -> None:
    field = page.locator(".st-key-model input")
    before = field.input_value()
    field.click()
    field.press("Control+a")
    field.press_sequentially("zzzz")
    field.press("Enter")
    alert = page.locator(f"{SIDEBAR} [data-testid=stAlert]")
    expect(alert).to_contain_text("Nothing is known as “zzzz”: perhaps ")
    expect(field).to_have_value(before)
    page.locator(".st-key-price input").fill("3")
    page.locator(".st-key-price input").press("Enter")
    expect(alert).to_have_count(0)


@pytest.mark.parametrize(
    ("key", "text", "first"),
    [
        ("model", "qwen3-235b", "Qwen3 235B-A22B"),
        ("model", "deepseek-v3", "DeepSeek V3 "),
        ("model", "gpt-oss", "gpt-oss-120b"),
        ("gpu", "a100", "A100 SXM 80GB"),
        ("gpu", "nvidia", "B200"),
    ],
)
def test_a_list_begins_with_what_enter_takes(page: Page, key: str, text: str, first: str) -> None:
    field = page.locator(f".st-key-{key} input")
    field.click()
    field.press("Control+a")
    field.press_sequentially(text)
    # The first row tells of the enter key.
    expect(page.get_by_role("option").nth(1)).to_contain_text(first)
    field.press("Enter")
    expect(field).to_have_value(re.compile(f"^{first}"))


def test_a_name_picked_from_the_list_is_taken(page: Page) -> None:
    field = page.locator(".st-key-gpu input")
    field.click()
    field.press("Control+a")
    field.press_sequentially("mi300")
    page.get_by_role("option", name="MI300X").first.click()
    chosen(page, "on mi300x")


def test_keys_alone_reach_and_change_everything(page: Page) -> None:
    """From the model's field on with the tab key: every control is met, in the order of the page."""
    page.locator(".st-key-model input").focus()
    met = []
    for _ in range(40):
        met.append(
            page.evaluate("document.activeElement.getAttribute('aria-label') || document.activeElement.textContent")
        )
        page.keyboard.press("Tab")
    named = [name for name in met if name and name != "Help"]
    order = [
        "Model",
        "Prompt",
        "Output",
        "1k/1k",
        "Speed",
        "First token within",
        "Accelerator",
        "Price",
        "Weights",
        "Off",
    ]
    assert [name for name in named if name in order][: len(order)] == order
    assert any(name.startswith("Customise the model") for name in named)
    slider = page.locator(".st-key-prompt_slider input[type=range]")
    slider.focus()
    slider.press("ArrowRight")
    chosen(page, "prompt=1024")
    expect(page.locator(".st-key-prompt input")).to_have_value("1024")


def test_dragging_a_slider_fills_its_field(page: Page) -> None:
    thumb = handle(page, "prompt_slider").bounding_box()
    assert thumb is not None
    page.mouse.move(thumb["x"] + thumb["width"] / 2, thumb["y"] + thumb["height"] / 2)
    page.mouse.down()
    page.mouse.move(thumb["x"] + 40, thumb["y"] + 5, steps=4)
    page.mouse.up()
    field = page.locator(".st-key-prompt input")
    expect(field).not_to_have_value("1000")
    value = field.input_value()
    assert int(value) > 1000
    chosen(page, f"prompt={value}")


def test_a_number_out_of_its_bounds_reaches_the_page(page: Page) -> None:
    field = page.locator(".st-key-prompt input")
    field.fill("-4")
    field.press("Enter")
    said = page.locator("[data-testid=stMain] [data-testid=stText]")
    expect(said).to_contain_text("Prompt (tokens) is a whole number from 0 to 10,000,000; it cannot be -4.")
    expect(said).not_to_contain_text("prompt=")
    expect(field).to_have_value("-4")
    field.fill("500")
    field.press("Enter")
    chosen(page, "prompt=500")
    expect(said).not_to_contain_text("cannot")


def test_an_open_part_stays_open_while_its_numbers_change(page: Page) -> None:
    page.locator(".st-key-open_model summary").click()
    layers = page.locator(".st-key-m_num_layers input")
    layers.fill("40")
    layers.press("Enter")
    expect(page.locator(".st-key-open_model summary")).to_contain_text("1 changed")
    expect(layers).to_be_visible()
    expect(layers).to_have_value("40")


def test_on_a_phone_it_works_by_touch(browser: Browser, server: Server) -> None:
    opened = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True, reduced_motion="reduce")
    page = opened.new_page()
    page.goto(f"{server.address}/")
    page.get_by_test_id("stExpandSidebarButton").tap()
    page.locator(".st-key-lengths button", has_text="8k/1k").tap()
    expect(page.locator(".st-key-prompt input")).to_have_value("8000")
    page.locator(".st-key-open_search summary").tap()
    expect(page.locator(".st-key-demand input")).to_be_visible()
    field = page.locator(".st-key-gpu input")
    field.tap()
    page.get_by_role("option").nth(3).tap()
    page.locator("[data-testid=stSidebarCollapseButton] button").tap()
    expect(page.locator("[data-testid=stMain] [data-testid=stText]")).to_contain_text("prompt=8000")
    opened.close()
