"""The slide view: what it offers, and its headline."""

import pytest
from streamlit.testing.v1 import AppTest

from infecon_ui.slide import copy
from tests.support.app import open_script
from tests.support.slides import slide

SCRIPT = """
import streamlit as st
from infecon_ui.slide.page import show_slide
from infecon_ui.state import links
from infecon_ui.state.title import set_title
from tests.support.slides import slide

links.adopt()
show_slide(slide("b200-hgx", "mi355x"), csv=lambda: "a,b", html=lambda: "<html>", stem="infecon-x")
links.write()
st.text(links.link())
"""
MADE = slide("b200-hgx", "mi355x").headline


@pytest.fixture
def page() -> AppTest:
    return open_script(SCRIPT, {"view": "slide"})


def test_all_files_are_offered(page: AppTest) -> None:
    offered = [button.label for button in page.get("download_button")]
    assert offered == ["PNG", "SVG", "CSV", "HTML"]


def test_the_picture_has_an_alternative_text(page: AppTest) -> None:
    (picture,) = page.get("image")
    assert MADE in picture.proto.imgs[0].alt
    assert "on demand" in picture.proto.imgs[0].alt


def test_an_edited_headline_stands_in_the_link(page: AppTest) -> None:
    assert page.text_input[0].value == MADE
    page.text_input[0].set_value("  Our own   claim ").run()
    assert page.text_input[0].value == "Our own claim"
    assert "claim=Our+own+claim" in page.text[0].value
    assert "Our own claim" in page.get("image")[0].proto.imgs[0].alt


@pytest.mark.parametrize("text", ["", MADE])
def test_an_emptied_headline_says_what_the_numbers_say(page: AppTest, text: str) -> None:
    page.text_input[0].set_value("Our own claim").run()
    page.text_input[0].set_value(text).run()
    assert page.text_input[0].value == MADE
    assert "claim" not in page.text[0].value


def test_a_link_brings_its_headline() -> None:
    page = open_script(SCRIPT, {"view": "slide", "claim": "From a link"})
    assert page.text_input[0].value == "From a link"


def test_letters_that_the_font_lacks_are_told() -> None:
    page = open_script(SCRIPT, {"view": "slide", "claim": "日本"})
    assert "日 本" in page.caption[0].value


def test_the_way_back_leads_to_the_chart(page: AppTest) -> None:
    assert "view=slide" in page.text[0].value
    page.button(key="slide_back").click().run()
    assert "view=" not in page.text[0].value


def test_the_buttons_ask_no_other_host() -> None:
    assert "//" not in copy._JS.replace("// ", "")
    assert "http" not in copy._JS + copy._CSS + copy._HTML
