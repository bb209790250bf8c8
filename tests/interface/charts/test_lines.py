"""Lines as a figure: what is drawn is what was given, and plotly takes it."""

import base64

import numpy as np
import plotly.graph_objects as go
import pytest

from infecon_ui.charts.bars import bars_figure
from infecon_ui.charts.lines import lines_figure, panels_figure
from tests.support.drawings import BARS, CHANGES, LINES, LOADS, PANELS


def _numbers(packed: dict[str, str]) -> np.ndarray:
    return np.frombuffer(base64.b64decode(packed["bdata"]), np.float32)


@pytest.mark.parametrize(
    "figure", [lines_figure(LINES), lines_figure(CHANGES), bars_figure(BARS), panels_figure(PANELS)]
)
def test_plotly_knows_every_property(figure: dict) -> None:
    go.Figure(figure)


def test_a_line_has_its_points() -> None:
    first = lines_figure(LINES)["data"][0]
    np.testing.assert_allclose(_numbers(first["x"]), LOADS, rtol=1e-6)
    np.testing.assert_allclose(_numbers(first["y"]), 30 / LOADS**0.6, rtol=1e-6)


def test_what_is_beyond_is_dashed() -> None:
    parts = {
        trace["line"]["dash"]: trace
        for trace in lines_figure(LINES)["data"]
        if trace["name"] == "B200" and "line" in trace
    }
    assert set(parts) == {"solid", "7px,5px"}
    assert np.nanmax(_numbers(parts["solid"]["x"])) <= 100 < np.nanmax(_numbers(parts["7px,5px"]["x"]))


def test_lines_are_named_at_their_ends_and_points_above() -> None:
    notes = [note["text"] for note in lines_figure(LINES)["layout"]["annotations"]]
    assert {"<b>H100 SXM</b>", "<b>B200</b>", "<b>An API</b>", "load of today"} <= set(notes)
    assert "●</span> measured" in notes[0]
    assert "<b>measured</b>" not in notes


def test_notes_of_points_are_words_not_markup() -> None:
    measured = next(trace for trace in lines_figure(LINES)["data"] if trace["name"] == "measured")
    assert set(measured["text"]) == {"&lt;one&gt;"}


def test_bars_begin_where_their_parts_do() -> None:
    figure = bars_figure(BARS)
    more, less = figure["data"]
    assert (more["name"], more["base"], more["x"]) == ("10% more", [0, 0], [-0.21, -0.02])
    assert less["x"] == [0.17]
    texts = [note["text"] for note in figure["layout"]["annotations"]]
    assert texts[1:] == ["−21% to +17%", "out of reach", "−2%"]
    assert "<br>" in figure["layout"]["yaxis"]["ticktext"][1]


def test_every_panel_has_axes_of_its_own_with_the_same_ends() -> None:
    layout = panels_figure(PANELS)["layout"]
    assert {"xaxis", "xaxis2", "xaxis3", "xaxis4"} <= set(layout)
    assert len({tuple(layout[name]["range"]) for name in ("yaxis", "yaxis2", "yaxis3", "yaxis4")}) == 1
    assert {note["text"] for note in layout["annotations"]} >= {"<b>batch 1</b>", "<b>batch 8</b>"}


def test_small_charts_say_once_what_their_axes_are() -> None:
    layout = panels_figure(PANELS)["layout"]
    count = len(PANELS.panels)
    axes = [layout["xaxis" + ("" if not i else str(i + 1))] for i in range(count)]
    assert [axis["title"]["text"] for axis in axes].count(PANELS.panels[0][1].x.title) == 1
    ticks = [layout["yaxis" + ("" if not i else str(i + 1))]["showticklabels"] for i in range(count)]
    assert ticks == [i % 3 == 0 for i in range(count)]
