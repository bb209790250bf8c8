"""Bars under each other as a figure of the page: a name before each, its value in words behind it."""

import html
import math
import textwrap
from typing import Any

from infecon_ui.charts import axes
from infecon_ui.charts.drawings import Bars, Row
from infecon_ui.charts.figure import Figure
from infecon_ui.charts.palette import MUTED, in_words

_ROW, _TOP, _BOTTOM = 38, 40, 48  # [px]
_WIDTH = 0.65  # of a bar, as a part of its row
_IN_KEY, _KEY_LINE = 2, 20  # names of the key in one line, and the height of one [px]
_CHARACTER = 6.6  # mean width of a character of the texts [px]
_TITLE = 44  # characters of a line of the title, for which a phone has room
_LONGEST = 24  # characters of a line of a name


def bars_figure(drawing: Bars) -> Figure:
    """Draw bars, one trace for each name of their parts.

    Args:
        drawing (Bars): What is drawn.
    """
    low, high = drawing.ends
    places = [-float(i) for i in range(len(drawing.rows))]
    widest = max(len(row.text) for row in drawing.rows)
    names = drawing.names
    marked = [f'<span style="color:{in_words(colour)}">■</span> {html.escape(name)}' for name, colour in names.items()]
    # A few to a line, so that a phone shows them all.
    key = ["   ".join(marked[i : i + _IN_KEY]) for i in range(0, len(marked), _IN_KEY)] if len(marked) > 1 else []
    title = list(map(html.escape, textwrap.wrap(drawing.scale.title, _TITLE)))
    top = _TOP + _KEY_LINE * (len(key) + len(title) - 1)
    return {
        "data": [_trace(drawing, name, colour, places) for name, colour in names.items()],
        "layout": {
            "height": top + _BOTTOM + _ROW * len(drawing.rows),
            "margin": {"l": 8, "r": 16 + _CHARACTER * widest, "t": top, "b": _BOTTOM},
            **{"barmode": "overlay", "showlegend": False, "hovermode": "closest", "dragmode": False},
            "hoverlabel": {"align": "left"},
            "xaxis": {
                **axes.axis(low, high, drawing.scale.words, log_axis=False, most=5),
                **{"fixedrange": True, "tickangle": 0, "zeroline": low < 0, "zerolinecolor": MUTED, "showgrid": True},
            },
            "yaxis": {
                **{"tickvals": places, "ticktext": [_broken(row.name) for row in drawing.rows]},
                **{"range": [places[-1] - 0.6, 0.6], "fixedrange": True, "automargin": True, "zeroline": False},
                "showgrid": False,
            },
            "shapes": [shape for row, y in zip(drawing.rows, places, strict=True) for shape in _range(row, y, high)],
            "annotations": [
                {
                    **axes.heading("<br>".join([*title, *key]), shift=8),
                    "align": "left",
                },
                *(_text(row, y, high) for row, y in zip(drawing.rows, places, strict=True)),
            ],
        },
    }


def _trace(drawing: Bars, name: str, colour: str, places: list[float]) -> dict[str, Any]:
    found = [
        (span, row, y)
        for row, y in zip(drawing.rows, places, strict=True)
        for span in row.spans
        if (span.name, span.colour) == (name, colour)
    ]
    return {
        **{"type": "bar", "orientation": "h", "name": name, "marker": {"color": colour}},
        # Of its own accord the browser draws a name that not every row has with wider bars.
        "width": _WIDTH,
        "base": [span.start for span, _, _ in found],
        "x": [span.end - span.start for span, _, _ in found],
        "y": [y for _, _, y in found],
        "customdata": [[row.name, row.text] for _, row, _ in found],
        "hovertemplate": f"<b>%{{customdata[0]}}</b><br>{html.escape(name)}<br>%{{customdata[1]}}<extra></extra>",
    }


def _range(row: Row, y: float, most: float) -> list[dict[str, Any]]:
    """The range of comparable measurements across a bar."""
    if math.isnan(row.low) or math.isnan(row.high):
        return []
    line = {"type": "line", "xref": "x", "yref": "y", "line": {"color": MUTED, "width": 2}}
    return [{**line, "x0": max(row.low, 0.0), "x1": min(row.high, most), "y0": y, "y1": y}]


def _text(row: Row, y: float, high: float) -> dict[str, Any]:
    """What stands behind a bar, beside the panel."""
    return {
        **{"text": html.escape(row.text), "showarrow": False, "xref": "x", "yref": "y", "x": high, "y": y},
        **{"xanchor": "left", "yanchor": "middle", "xshift": 6},
    }


def _broken(name: str) -> str:
    """A name in as many lines as it takes."""
    return "<br>".join(map(html.escape, textwrap.wrap(name, _LONGEST)))
