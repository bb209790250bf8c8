"""The frontier: speed against price, coloured by what limits each point, and where the time goes along it."""

import html
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from infecon_core.validation.uncertainty import Spread
from infecon_ui.charts import axes
from infecon_ui.charts.curves import thin
from infecon_ui.charts.figure import Figure, packed
from infecon_ui.charts.palette import SPREAD, TIMES
from infecon_ui.frontier import hover, labels
from infecon_ui.frontier.points import Points
from infecon_ui.text import formats

Array = npt.NDArray[np.float64]
Trace = dict[str, Any]

MARKERS = 240  # as many as a browser draws at once without a pause
SHARES = 160  # points along the shares of the five times
_UPPER, _LOWER = 0.27, 0.185  # where the upper panel begins and the lower one ends, as parts of the height
_HINT = "faster and cheaper ↘"


def frontier_figure(
    points: Points,
    *,
    title: str = "",
    log_axes: bool = True,
    ranges: axes.Ranges | None = None,
    spread: Spread | None = None,
) -> Figure:
    """Draw a frontier, and under it the shares of the five times along it.

    Args:
        points (Points): The points of a frontier.
        title (str): What is served, in what format, on what.
        log_axes (bool): Logarithmic axes for speed and price.
        ranges (Ranges or None): What the axes show; None for the whole frontier.
        spread (Spread or None): How far comparable measurements lie from their predictions, drawn as a band around the
            curve.

    Returns:
        Figure: The first entry of each marker's customdata is the row of the point it stands for.
    """
    ranges = points.ranges(log_axes=log_axes) if ranges is None else ranges
    named = points.named()
    return {
        "data": [
            *_uncertainty(points, spread),
            *_shares(points, thin(points.frame, SHARES)),
            *_lines(points),
            *_markers(points, thin(points.frame, MARKERS, tuple(named)), named),
        ],
        "layout": _layout(points, named, title, log_axes, ranges),
    }


def picked_row(selected: Sequence[Mapping[str, Any]], points: Points) -> int | None:
    """The row of the point that a click on the figure picked; None where there is no such row.

    Args:
        selected (sequence of mappings): What the browser says was selected.
        points (Points): The points of the frontier.
    """
    data = selected[0].get("customdata") if selected else None
    if not data:
        return None
    # Arrays that travelled in binary come back from the browser as a mapping from position to value.
    row = int(data["0"] if isinstance(data, Mapping) else data[0])
    # The curve may have changed since the click.
    return row if 0 <= row < len(points) else None


def _uncertainty(points: Points, spread: Spread | None) -> list[Trace]:
    """Where the curve lies if every step takes as long as the 10th or the 90th percentile says.

    A step that takes r times as long makes the point r times slower, and r times dearer with it.
    """
    if spread is None:
        return []
    speed, price = points.speed, points.price
    return [
        {
            "type": "scatter",
            "x": packed(np.concatenate([speed / spread.low, (speed / spread.high)[::-1]])),
            "y": packed(np.concatenate([price * spread.low, (price * spread.high)[::-1]])),
            "mode": "lines",
            "line": {"width": 0},
            "fill": "toself",
            "fillcolor": SPREAD,
            "name": f"80% of {spread.n_points:,} comparable measurements lie within",
            "hoverinfo": "skip",
        }
    ]


def _lines(points: Points) -> list[Trace]:
    x, y, limits = points.speed, points.price, points.columns["limit"]
    traces = []
    for time in TIMES:
        own = limits == time.limit
        if not own.any():
            continue
        # A stretch reaches to the first point of the next one, so that the curve has no gaps.
        rows = np.flatnonzero(own | np.concatenate([[False], own[:-1]]))
        gaps = np.flatnonzero(np.diff(rows) > 1) + 1
        traces.append(
            {
                "type": "scatter",
                "x": packed(np.insert(x[rows], gaps, np.nan)),
                "y": packed(np.insert(y[rows], gaps, np.nan)),
                "mode": "lines",
                "line": {"color": time.colour, "width": 3},
                "hoverinfo": "skip",
                "showlegend": False,
            }
        )
    return traces


def _markers(points: Points, rows: npt.NDArray[np.intp], named: Mapping[int, str]) -> list[Trace]:
    x, y, limits = points.speed[rows], points.price[rows], points.columns["limit"][rows]
    fields, headline = hover.carried(points.columns, rows), np.isin(rows, list(named))
    shown, whole = hover.known(points.columns), hover.whole(points.columns)
    cents = bool(points.price.min() >= 0.1)
    traces = []
    for time in TIMES:
        own = limits == time.limit
        if not own.any():
            continue
        traces.append(
            {
                "type": "scatter",
                "x": packed(x[own]),
                "y": packed(y[own]),
                "customdata": packed(fields[own]),
                "mode": "markers",
                "name": f"limited by {time.limit}",
                "marker": {
                    "color": time.colour,
                    "size": packed(np.where(headline[own], 13, 6)),
                    "opacity": 1,
                    "line": {"color": "white", "width": packed(np.where(headline[own], 2, 0))},
                },
                "selected": {"marker": {"size": 16, "opacity": 1}},
                "unselected": {"marker": {"opacity": 1}},
                "hovertemplate": hover.template(time.limit, shown, whole=whole, cents=cents),
                "showlegend": False,
            }
        )
    return traces


def _shares(points: Points, rows: npt.NDArray[np.intp]) -> list[Trace]:
    columns, speed = points.columns, points.speed[rows]
    if len(rows) == 1:
        # A single point has no width; a band of 1% of its speed lets its shares be seen.
        rows, speed = np.repeat(rows, 2), speed[0] * np.array([1.01, 1])
    return [
        {
            "type": "scatter",
            "x": packed(speed[::-1]),
            "y": packed((100 * columns[time.column][rows] / columns["tpot_s"][rows])[::-1]),
            "yaxis": "y2",
            "name": time.label,
            "mode": "lines",
            "line": {"width": 0},
            "stackgroup": "shares",
            "fillcolor": time.colour,
            "hoverinfo": "skip",
        }
        for time in TIMES
    ]


def _layout(
    points: Points, named: Mapping[int, str], title: str, log_axes: bool, ranges: axes.Ranges
) -> dict[str, Any]:
    speed = axes.axis(ranges.slowest, ranges.fastest, axes.plain, log_axis=log_axes)
    price = axes.axis(ranges.cheapest, ranges.dearest, axes.dollars, log_axis=log_axes, most=7)
    return {
        "height": 550,
        "margin": {"l": 46, "r": 12, "t": 66, "b": 70},
        "title": {
            **{"text": html.escape(title), "x": 0, "xanchor": "left", "y": 0.985, "yanchor": "top"},
            "font": {"size": 16},
        },
        "hoverlabel": {"align": "left"},
        "hovermode": "closest",
        "dragmode": "pan",
        "legend": {
            **{"orientation": "h", "x": 0, "y": -0.13, "yanchor": "top", "traceorder": "normal"},
            **{"itemclick": False, "itemdoubleclick": False, "font": {"size": 12}},
        },
        "xaxis": {
            **{**speed, "anchor": "y2", "showgrid": True},
            "title": {"text": "Speed, tokens per second per user", "standoff": 8},
        },
        "yaxis": {**price, "domain": [_UPPER, 1]},
        "yaxis2": {
            **{"domain": [0, _LOWER], "range": [0, 100], "fixedrange": True, "showgrid": False},
            **{"tickvals": [0, 50, 100], "ticktext": ["0", "50%", "100%"], "zeroline": False},
        },
        "annotations": [
            axes.heading("Price, $ per million tokens", shift=6),
            {**axes.heading("Where the time of a token goes", shift=4), "y": _LOWER},
            {
                **{"text": _HINT, "showarrow": False, "xref": "x domain", "yref": "y domain", "x": 1, "y": 0},
                **{"xanchor": "right", "yanchor": "bottom", "xshift": -6, "yshift": 6, "opacity": 0.65},
            },
            *_headline_labels(points.speed, points.price, named, log_axes, ranges),
        ],
    }


def _headline_labels(
    x: Array, y: Array, named: Mapping[int, str], log_axes: bool, ranges: axes.Ranges
) -> list[dict[str, Any]]:
    curve = np.column_stack(
        [
            axes.fraction(x, ranges.slowest, ranges.fastest, log_axis=log_axes),
            axes.fraction(y, ranges.cheapest, ranges.dearest, log_axis=log_axes),
        ]
    )
    # A point above what the axes show is named at their upper end; one beyond another end is not.
    rows = [row for row in named if 0 <= curve[row, 0] <= 1 and curve[row, 1] >= 0]
    texts = [
        f"<b>{named[row]}</b>{' ↑' if curve[row, 1] > 1 else ''}<br>{formats.speed(x[row])} at {formats.money(y[row])}"
        for row in rows
    ]
    spots = labels.places([(curve[row, 0], min(1.0, curve[row, 1])) for row in rows], texts, curve[::-1])
    y = y.clip(max=ranges.dearest)
    return [
        {
            "text": text,
            "align": spot.side,
            "x": float(np.log10(x[row]) if log_axes else x[row]),
            "y": float(np.log10(y[row]) if log_axes else y[row]),
            **{"ax": spot.right, "ay": -spot.up, "xanchor": spot.side, "yanchor": "bottom"},
            **{"showarrow": True, "arrowhead": 0, "arrowwidth": 1, "standoff": 7, "borderpad": 1},
            "arrowcolor": "rgba(130, 140, 155, 0.8)",
        }
        for row, text, spot in zip(rows, texts, spots, strict=True)
    ]
