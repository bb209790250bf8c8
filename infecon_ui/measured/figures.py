"""Predicted against measured times, and residuals by bin."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from infecon_core.catalog.measurements import OTHER
from infecon_ui.charts import axes
from infecon_ui.charts.figure import Figure, packed
from infecon_ui.charts.palette import CURVE, FRAME, GHOST, MUTED, VARIANTS
from infecon_ui.measured.points import MEASURED, thinned_evenly

# Of groups that have no colour of their own.
SYMBOLS = ("x-thin-open", "diamond-open", "triangle-up-open", "square-open", "cross-thin-open", "star-open")
OWN = VARIANTS[1]
BAND = 1.25  # the dotted lines: a quarter to both sides
HEIGHT = 520
SMALL_HEIGHT = 400
_MARGIN = 1.15  # free space at either end of an axis, as a factor


class Mark(NamedTuple):
    """How the points of a group are drawn: a colour of the palette and a symbol of plotly's."""

    colour: str
    symbol: str = "circle"


REST = Mark(GHOST)
# Mark by name of the group.
Marks = Mapping[str, Mark]


def ends_of(frame: pd.DataFrame, columns: Sequence[str]) -> tuple[float, float]:
    """The range that holds measured times and all predictions of some columns, the same for both axes. [ms]"""
    values = frame[[MEASURED, *columns]].to_numpy(float)
    values = values[np.isfinite(values) & (values > 0)]
    return float(values.min()) / _MARGIN, float(values.max()) * _MARGIN


def marks_of(names: pd.Series) -> Marks:
    """A mark for each group of the whole set, the largest first, so that a filter changes none.

    A colour means one group, whichever others a filter leaves out; groups beyond the colours share a grey and have a
    symbol each, and groups beyond those are drawn as what is not told apart.
    """
    order = [name for name in names.value_counts().index if name != OTHER]
    marks = [*(Mark(colour) for colour in VARIANTS), *(Mark(MUTED, symbol) for symbol in SYMBOLS)]
    return dict(zip(order, marks, strict=False))


def scatter_figure(
    frame: pd.DataFrame,
    predicted: str,
    groups: str,
    marks: Marks,
    ends: tuple[float, float],
    *,
    small: bool = False,
) -> Figure:
    """Predicted against measured time per output token, with the diagonal and a quarter to both sides.

    A point's mark is that of its group, a column of the points; `small` is one of three charts side by side.
    """
    named = frame[groups].where(frame[groups].isin(list(marks)), OTHER)
    order = [*marks, OTHER]
    traces = [
        _markers(part, predicted, name, marks.get(name, REST), size=5 if small else 6)
        for name in order
        if len(part := frame[named == name])
    ]
    return {"data": [*_guides(ends), *traces], "layout": _layout(ends, small=small)}


def own_figure(
    shipped: pd.DataFrame, own: pd.DataFrame, predicted: str, ends: tuple[float, float], *, most: int = 400
) -> Figure:
    """One's own points, evenly chosen where there are many, over the shipped ones in grey."""
    traces = [
        _markers(shipped, predicted, "Shipped points", REST, size=5, opacity=0.4),
        _markers(thinned_evenly(own, most), predicted, "Your points", Mark(OWN), size=9),
    ]
    return {"data": [*_guides(ends), *traces], "layout": _layout(ends, small=False)}


def residual_figure(bins: pd.DataFrame, title: str) -> Figure:
    """Median and middle 80% of predicted / measured by bin, as `tables.binned` returns them."""
    trace = {
        **{
            "type": "scatter",
            "mode": "markers",
            "x": list(bins["bin"]),
            "y": list(bins["middle"]),
            "showlegend": False,
        },
        "marker": {"size": 9, "color": CURVE},
        "error_y": {
            **{"type": "data", "symmetric": False, "color": CURVE, "thickness": 2, "width": 0},
            **{"array": list(bins["high"] - bins["middle"]), "arrayminus": list(bins["middle"] - bins["low"])},
        },
        "customdata": bins[["n", "low", "high"]].to_numpy(float).tolist(),
        "hovertemplate": "<b>%{x}</b>: predicted / measured %{y:.2f}<br>80% between %{customdata[1]:.2f} and "
        "%{customdata[2]:.2f}<br>%{customdata[0]:,d} points<extra></extra>",
    }
    line = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": 1, "y1": 1, "layer": "below"}
    layout = {
        "height": 240,
        "margin": {"l": 34, "r": 8, "t": 34, "b": 24},
        "title": {"text": title, "x": 0, "xanchor": "left", "font": {"size": 13}},
        "xaxis": {"type": "category", "fixedrange": True, "showgrid": False},
        "yaxis": {
            **{"type": "log", "range": axes.span(0.45, 2.2, log_axis=True), "fixedrange": True, "zeroline": False},
            **{"tickvals": [0.5, 0.7, 1.0, 1.4, 2.0], "ticktext": ["×0.5", "×0.7", "exact", "×1.4", "×2"]},
        },
        "shapes": [{**line, "line": {"color": FRAME, "width": 1.5}}],
    }
    return {"data": [trace], "layout": layout}


def _markers(
    part: pd.DataFrame, predicted: str, name: str, mark: Mark, *, size: int, opacity: float = 0.75
) -> dict[str, Any]:
    measured, ours = part[MEASURED].to_numpy(float), part[predicted].to_numpy(float)
    return {
        **{"type": "scatter", "mode": "markers", "name": name},
        "x": packed(measured),
        "y": packed(ours),
        "customdata": packed(100 * (ours / measured - 1)),
        "text": list(part["hover"]),
        "marker": {
            **{"size": size, "color": mark.colour, "symbol": mark.symbol, "opacity": opacity},
            "line": {"color": mark.colour, "width": 1.5 if mark.symbol.endswith("open") else 0},
        },
        "hovertemplate": "%{text}<br><b>measured %{x:,.3~r} ms, predicted %{y:,.3~r} ms "
        "(%{customdata:+.0f}%)</b><extra></extra>",
    }


def _guides(ends: tuple[float, float]) -> list[dict[str, Any]]:
    return [
        {
            **{"type": "scatter", "mode": "lines", "x": list(ends), "y": [factor * end for end in ends]},
            **{"line": {"color": FRAME, "width": 1.5, "dash": dash}, "hoverinfo": "skip", "showlegend": False},
        }
        for factor, dash in ((1.0, "solid"), (BAND, "dot"), (1 / BAND, "dot"))
    ]


def _layout(ends: tuple[float, float], *, small: bool) -> dict[str, object]:
    axis = axes.axis(*ends, axes.plain, most=5 if small else 7)
    return {
        "height": SMALL_HEIGHT if small else HEIGHT,
        "margin": {"l": 42, "r": 10, "t": 28, "b": 40},
        "hoverlabel": {"align": "left"},
        "hovermode": "closest",
        "dragmode": False,
        # Also where a filter leaves one group.
        "showlegend": True,
        "legend": {
            **{"orientation": "h", "x": 0, "y": -0.24 if small else -0.14, "yanchor": "top"},
            **{"font": {"size": 11 if small else 12}, "itemclick": False, "itemdoubleclick": False},
        },
        # A decade is as long on both axes, so that the diagonal is one: the plot is a square.
        "xaxis": {
            **axis,
            **{"constrain": "domain", "constraintoward": "left", "fixedrange": True, "showgrid": True},
            "title": {"text": "Measured, ms per output token", "standoff": 6},
        },
        "yaxis": {
            **axis,
            **{"scaleanchor": "x", "constrain": "domain", "constraintoward": "top", "fixedrange": True},
        },
        "annotations": [
            axes.heading("Predicted, ms per output token", shift=4),
            _word("too slow", above=True),
            _word("too fast", above=False),
        ],
    }


def _word(text: str, *, above: bool) -> dict[str, object]:
    """A word in the corner over or under the diagonal."""
    return {
        **{"text": f"predicted {text}", "showarrow": False, "xref": "x domain", "yref": "y domain"},
        **{"x": 0 if above else 1, "y": 1 if above else 0},
        **{"xanchor": "left" if above else "right", "yanchor": "top" if above else "bottom"},
        **{"xshift": 6 if above else -6, "yshift": -6 if above else 6},
    }
