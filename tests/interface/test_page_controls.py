"""A page's own controls: what they say stands in the link, and what a link says wrongly is told."""

from urllib.parse import parse_qs, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from tests.support.app import open_script

SCRIPT = """
import streamlit as st
from infecon_ui.page_controls import PageControls

place = st.container()
controls = PageControls("own_")
st.session_state["found"] = (
    controls.pick("Size", {"small": 1, "large": 2}, "size"),
    controls.select("Colour", {"red": "r", "blue": "b"}, "colour", "blue"),
    controls.several("Sorts", {"a": 1, "b": 2, "c": 3}, "sorts", ("a",), most=2),
    controls.number("Rate", "rate", 5.0, 1.0, 10.0),
    controls.number("Count", "count", 2, 1, 9),
    controls.text("Name", "name"),
    controls.switch("Cached", "cached"),
)
controls.say("table", "1:2")
controls.say("nothing", "")
controls.tell(place)
st.session_state["link"] = controls.link
"""


def _own(app: AppTest) -> dict[str, list[str]]:
    query = parse_qs(urlsplit(app.session_state["link"]).query)
    return {key: values for key, values in query.items() if key.startswith("own_")}


def test_without_choices_defaults_stand_and_the_link_is_short() -> None:
    app = open_script(SCRIPT, {})
    assert app.session_state["found"] == (1, "b", [1], 5.0, 2, "", False)
    assert _own(app) == {"own_table": ["1:2"]}
    assert not app.warning


def test_a_link_sets_them_and_is_told_again() -> None:
    query = {
        **{"own_size": "large", "own_colour": "red", "own_sorts": ["b", "c"], "own_rate": "7.5", "own_count": "3"},
        **{"own_name": "x", "own_cached": "true"},
    }
    app = open_script(SCRIPT, query)
    assert app.session_state["found"] == (2, "r", [2, 3], 7.5, 3, "x", True)
    expected = {key: value if isinstance(value, list) else [value] for key, value in query.items()}
    assert _own(app) == {**expected, "own_table": ["1:2"]}


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"own_size": "huge"}, "`own_size=huge` (possible: small, large)"),
        ({"own_rate": "11"}, "`own_rate=11` (a number from 1 to 10)"),
        ({"own_rate": "nan"}, "`own_rate=nan` (a number from 1 to 10)"),
        ({"own_count": "many"}, "`own_count=many` (a number from 1 to 9)"),
    ],
)
def test_what_is_not_understood_is_said_and_the_default_stands(query: dict[str, str], said: str) -> None:
    app = open_script(SCRIPT, query)
    assert [said in one.value for one in app.warning] == [True]
    assert app.session_state["found"] == (1, "b", [1], 5.0, 2, "", False)


def test_what_was_written_into_a_field_is_told_at_the_field_and_not_as_a_link() -> None:
    script = """
import streamlit as st
from infecon_ui.page_controls import PageControls

place = st.container()
controls = PageControls("own_")
if (text := controls.text("Lengths", "lengths")) == "many":
    controls.wrong("lengths", text, "give prompt/output.")
controls.tell(place)
"""
    app = open_script(script, {"own_lengths": "many"})
    assert "Not understood in this link" in app.warning[0].value
    assert "(give prompt/output)." in app.warning[0].value
    app.text_input(key="own_lengths").set_value("").run()
    assert not app.warning
    app.text_input(key="own_lengths").set_value("many").run()
    assert [one.value for one in app.warning] == ["Lengths cannot be “many”: give prompt/output."]
