"""Figures reach the browser as they are."""

import json
from typing import Any

import numpy as np
import orjson
import pytest

from infecon_ui.charts.figure import Figure, on_dark, packed, with_legible_words
from infecon_ui.charts.palette import CURVE, MUTED, TIMES, themed
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


def test_the_browser_gets_the_figure_with_words_that_can_be_read() -> None:
    app = open_script(SCRIPT, {})
    proto = app.get("plotly_chart")[0].proto
    assert json.loads(proto.spec) == {
        "data": [
            {"type": "scatter", "x": {"dtype": "f4", "bdata": "AACAPwAAIEA="}, "y": [3, 4], "line": {"color": "red"}}
        ],
        "layout": {
            "height": 321,
            "title": {"text": "a"},
            "font": {"color": MUTED},
            "legend": {"font": {"color": MUTED}},
            **{
                axis: {"tickfont": {"color": MUTED}, "title": {"font": {"color": MUTED}}} for axis in ("xaxis", "yaxis")
            },
        },
    }
    assert proto.alt == "A line."
    assert json.loads(proto.config) == {"displayModeBar": False}
    assert proto.theme == "streamlit"
    assert app.text[0].value == "0"


def test_figures_are_written_by_orjson(monkeypatch: pytest.MonkeyPatch) -> None:
    # plotly takes it where it is installed; its own writer needs six times as long.
    written = []
    dumps = orjson.dumps

    def seen(*args: Any, **named: Any) -> bytes:
        written.append(args[0])
        return dumps(*args, **named)

    monkeypatch.setattr(orjson, "dumps", seen)
    open_script(SCRIPT, {})
    assert [figure["layout"]["height"] for figure in written] == [321]


def test_packed_numbers_come_back() -> None:
    values = np.array([[1.0, np.nan, 1e-7], [2.0, 3.0, 1e9]])
    assert packed(values)["shape"] == "2, 3"
    np.testing.assert_array_equal(numbers(packed(values)), values.astype(np.float32))
    np.testing.assert_array_equal(numbers(packed(values.T)), values.T.astype(np.float32))
    np.testing.assert_array_equal(numbers(packed(range(3))), [0, 1, 2])


def test_a_figure_on_the_dark_theme_has_its_colours_there() -> None:
    light: Figure = {
        "data": [
            {
                "line": {"color": CURVE},
                "marker": {"color": ["red", CURVE, TIMES[0].colour]},
                "text": [f"<span style='color:{CURVE}'>50 tok/s</span>", "#5"],
                "x": packed([1.0]),
            }
        ],
        "layout": {"height": 321},
    }
    dark = themed(CURVE, dark=True)
    assert on_dark(light) == {
        "data": [
            {
                "line": {"color": dark},
                "marker": {"color": ["red", dark, TIMES[0].colour]},
                "text": [f"<span style='color:{dark}'>50 tok/s</span>", "#5"],
                "x": packed([1.0]),
            }
        ],
        "layout": {"height": 321},
    }
    assert light["data"][0]["line"] == {"color": CURVE}  # others see the figure too


def test_words_keep_a_colour_and_a_size_of_their_own() -> None:
    figure: Figure = {
        "data": [],
        "layout": {
            "xaxis": {"tickfont": {"color": "red"}, "title": {"text": "Speed", "standoff": 8}},
            "yaxis2": {"title": "Price"},
            "legend": {"font": {"size": 11}, "y": 1},
        },
    }
    layout = with_legible_words(figure)["layout"]
    assert layout["xaxis"] == {
        "tickfont": {"color": "red"},
        "title": {"text": "Speed", "standoff": 8, "font": {"color": MUTED}},
    }
    assert layout["yaxis2"]["title"] == {"text": "Price", "font": {"color": MUTED}}
    assert layout["legend"] == {"font": {"size": 11, "color": MUTED}, "y": 1}
    assert "tickfont" not in figure["layout"]["yaxis2"]  # others see the figure too
