"""Figures reach the browser as they are."""

import json

import numpy as np

from infecon_ui.charts.figure import packed
from tests.support.app import open_script
from tests.support.figures import numbers

SCRIPT = """
import streamlit as st
from infecon_ui.charts.figure import packed, show

figure = {
    "data": [{"type": "scatter", "x": packed([1.0, 2.5]), "y": [3.0, 4.0], "line": {"color": "red"}}],
    "layout": {"height": 321, "title": {"text": "a"}},
}
event = show(figure, key="drawn", on_select="rerun", alt="A line.", config={"displayModeBar": False})
st.text(len(event.selection.points))
"""


def test_the_browser_gets_the_figure_and_nothing_else() -> None:
    app = open_script(SCRIPT, {})
    proto = app.get("plotly_chart")[0].proto
    assert json.loads(proto.spec) == {
        "data": [
            {"type": "scatter", "x": {"dtype": "f4", "bdata": "AACAPwAAIEA="}, "y": [3, 4], "line": {"color": "red"}}
        ],
        "layout": {"height": 321, "title": {"text": "a"}},
    }
    assert proto.alt == "A line."
    assert json.loads(proto.config) == {"displayModeBar": False}
    assert proto.theme == "streamlit"
    assert app.text[0].value == "0"


def test_packed_numbers_come_back() -> None:
    values = np.array([[1.0, np.nan, 1e-7], [2.0, 3.0, 1e9]])
    assert packed(values)["shape"] == "2, 3"
    np.testing.assert_array_equal(numbers(packed(values)), values.astype(np.float32))
    np.testing.assert_array_equal(numbers(packed(values.T)), values.T.astype(np.float32))
    np.testing.assert_array_equal(numbers(packed(range(3))), [0, 1, 2])
