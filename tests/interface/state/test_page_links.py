"""What a link says for a page's own controls, where they have no such value."""

import pytest

from tests.support.app import open_app, open_script

SCRIPT = """
import streamlit as st
from infecon_ui.state import page_links

place = st.container()
page_links.check("own_size", {options})
page_links.show(place, "own_")
"""


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"own_size": "huge"}, "`own_size=huge` (possible: a, b)"),
        ({"own_size": ["a", "huge"]}, "`own_size=huge` (possible: a, b)"),
        ({"own_size": "a"}, ""),
        ({"own_size": ""}, ""),
        ({}, ""),
        ({"other_size": "huge"}, ""),
    ],
)
def test_a_value_that_is_not_possible_is_said(query: dict[str, str | list[str]], said: str) -> None:
    warnings = open_script(SCRIPT.format(options=["a", "b"]), query).warning
    assert [said in one.value for one in warnings] == ([True] if said else [])


def test_of_many_values_the_ends_are_named() -> None:
    shown = open_script(SCRIPT.format(options=[str(n) for n in range(20)]), {"own_size": "x"}).warning[0].value
    assert "(possible: 0, 1, …, 19)" in shown


def test_the_page_measured_says_so_too() -> None:
    app = open_app({"measured_by": "Joy"}, "pages/measured.py")
    assert not app.exception
    assert "`measured_by=Joy` (possible: Serving, " in app.warning[0].value
