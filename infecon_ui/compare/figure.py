"""Curves side by side, each in its own colour with its name at its end, and the target."""

import html
import math
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from infecon_core.analysis.compare import Standing
from infecon_ui.charts import axes, ends
from infecon_ui.charts.curves import DASHES, pieces, thin, with_gaps
from infecon_ui.charts.figure import Figure, packed
from infecon_ui.charts.palette import GHOST, MUTED
from infecon_ui.compare.compared import Compared
from infecon_ui.frontier.points import beyond_of
from infecon_ui.frontier.words import BEYOND
from infecon_ui.text import formats

Array = npt.NDArray[np.float64]
Trace = dict[str, Any]

POINTS = 110  # of one curve: six of them stay below what a browser draws without a pause
_SPARE = 0.05  # free space at either end of an axis, as part of its length
_BEYOND = 2.5  # how far the chart reaches from the values at the target, as a factor
_SLOWER, _FASTER = 6.0, 1.25  # how far it reaches from the target's speed, as factors
_FAR = 6.0  # targets that are this many times faster than every curve are not on the chart
_OFF_LINE = 0.02  # from the end of a name to the target's line, as a part of the width
X_TITLE = "Speed, tokens per second per user"
HEIGHT = 450
_TOP, _BOTTOM = 56, 44  # margins; names stand between the panel and its heading [px]
_PANEL = HEIGHT - _TOP - _BOTTOM
WIDTH = 600.0  # of panel and names in a window of 1440 px [px]


def curves_figure(compared: Compared, *, log_axes: bool = True) -> Figure:
    """Draw the curves.

    Args:
        compared (Compared): What is compared; at least one member has a curve.
        log_axes (bool): Logarithmic axes.
    """
    ranges = ranges_of(compared, log_axes=log_axes)
    drawn = [one for one in compared.standings if compared.drawn(one) is not None]
    target = compared.target.tokens_per_s_user
    measure = compared.measure
    words = axes.dollars if measure.money else axes.plain
    low = ranges.slowest if log_axes else 0.0
    beyond = target > ranges.fastest
    edge = ranges.fastest if beyond else target
    lines = [line for one in drawn for line in _lines(compared, one)]
    dashed = any(line["line"]["dash"] == DASHES for line in lines)
    return {
        "data": [
            *lines,
            *(_point(compared, one) for one in drawn if one.reached),
        ],
        "layout": {
            "height": HEIGHT,
            "margin": {"l": 52, "r": _margin(compared, drawn), "t": _TOP, "b": _BOTTOM},
            "showlegend": False,
            "hovermode": "closest",
            "hoverlabel": {"align": "left"},
            "dragmode": False,
            "xaxis": {
                **axes.axis(ranges.slowest, ranges.fastest, axes.plain, log_axis=log_axes, most=7),
                "tickangle": 0,
                "title": {"text": X_TITLE, "standoff": 6},
                "fixedrange": True,
                "showgrid": True,
            },
            "yaxis": {
                **axes.axis(ranges.cheapest, ranges.dearest, words, log_axis=log_axes, most=7),
                "fixedrange": True,
            },
            "shapes": [
                *([] if beyond else [_target_line(target)]),
                # What is too slow for the target stands back.
                {
                    **{"type": "rect", "xref": "x", "yref": "paper", "x0": low, "x1": edge, "y0": 0, "y1": 1},
                    **{"line": {"width": 0}, "fillcolor": GHOST, "opacity": 0.10, "layer": "below"},
                },
            ],
            "annotations": [
                {**axes.heading(measure.title + (f"<br>dashed: {BEYOND}" if dashed else ""), shift=22)}
                | {"x": 0, "align": "left"},
                {
                    **{"text": f"target {formats.number(target)}{' →' if beyond else ''}", "showarrow": False},
                    **{
                        "xref": "x",
                        "yref": "paper",
                        "x": math.log10(edge) if log_axes else edge,
                        "y": 0.0,
                        "xanchor": "right",
                    },
                    **{"yanchor": "bottom", "xshift": -4, "font": {"color": MUTED, "size": 12}},
                },
                *_names(compared, drawn, ranges, log_axes),
            ],
        },
    }


def _target_line(target: float) -> dict[str, Any]:
    return {
        **{"type": "line", "xref": "x", "yref": "paper", "x0": target, "x1": target, "y0": 0, "y1": 1},
        "line": {"color": MUTED, "width": 1.5, "dash": "dot"},
    }


def ranges_of(compared: Compared, *, log_axes: bool) -> axes.Ranges:
    """What the axes show: the curves around the target, without the dearest points far from it."""
    target, column = compared.target.tokens_per_s_user, compared.measure.column
    frames = [frame for one in compared.standings if (frame := compared.drawn(one)) is not None]
    speed = np.concatenate([frame["tokens_per_s_user"].to_numpy(float) for frame in frames])
    value = np.concatenate([frame[column].to_numpy(float) for frame in frames])
    at = np.array([one.value for one in compared.reached])
    end = float(speed.max())
    slowest = max(float(speed.min()), min(target / _SLOWER, end / 2) if at.size else end / _SLOWER)
    inside = speed >= slowest
    low, high = float(value[inside].min()), float(value[inside].max())
    if at.size and compared.measure.money:
        high = min(high, _BEYOND * float(at.max()))
    elif at.size:
        low = max(low, float(at.min()) / _BEYOND)
    shown = inside & (value <= high) & (value >= low)
    # A target that is far out of reach would leave most of the chart empty.
    fastest = max(float(speed[shown].max()), _FASTER * target if target <= _FAR * end else end)
    if not log_axes:
        return axes.Ranges(0.0, fastest * (1 + _SPARE), 0.0, high * (1 + _SPARE))
    across, up = ((b / a) ** _SPARE for a, b in ((slowest, fastest), (low, high)))
    up = max(up, 1.05)
    return axes.Ranges(slowest, fastest * across, low / up, high * up)


def _lines(compared: Compared, standing: Standing) -> list[Trace]:
    """A curve, dashed beyond what was measured."""
    frame = standing.entrant.frontier
    assert frame is not None  # only those are drawn that have one
    rows = thin(frame, POINTS)
    parts = pieces(beyond_of(frame)[rows] != "")
    return [
        _line(compared, standing, frame, [rows[part] for part, kind in parts if kind == beyond], beyond=beyond)
        for beyond in sorted({kind for _, kind in parts})
    ]


def _line(
    compared: Compared, standing: Standing, frame: pd.DataFrame, parts: list[npt.NDArray[np.intp]], *, beyond: bool
) -> Trace:
    colour = compared.colours[standing.name]
    money = compared.measure.money
    columns = ("tokens_per_s_user", compared.measure.column, "n_gpu", "batch")
    x, y, *fields = (
        with_gaps([values[part] for part in parts]) for values in (frame[n].to_numpy(float) for n in columns)
    )
    value = f"{'$' if money else ''}%{{y:,.2~r}}"
    note = f"<br>{BEYOND}" if beyond else ""
    marks = {"mode": "lines+markers", "marker": {"color": colour, "size": 7, "symbol": "diamond"}}
    return {
        "type": "scatter",
        "name": standing.name,
        **{"x": packed(x), "y": packed(y), "customdata": packed(np.column_stack(fields))},
        **(marks if standing.entrant.measured else {"mode": "lines"}),
        "line": {
            **{"color": colour, "width": 1 if standing.entrant.measured else 2.5},
            "dash": DASHES if beyond else "solid",
        },
        "hovertemplate": (
            f"<b>{html.escape(standing.name)}</b><br>%{{x:,.3~r}} tokens/s per user<br>{value} "
            f"{compared.measure.phrase}<br>%{{customdata[0]:,.3~r}} GPUs, %{{customdata[1]:,.3~r}} users at once{note}"
            "<extra></extra>"
        ),
    }


def _point(compared: Compared, standing: Standing) -> Trace:
    """The point at the target."""
    assert standing.point is not None  # only for those that reach it
    return {
        "type": "scatter",
        "name": standing.name,
        "x": [standing.speed],
        "y": [standing.value],
        "mode": "markers",
        "marker": {"color": compared.colours[standing.name], "size": 11, "line": {"color": "white", "width": 1.5}},
        "hoverinfo": "skip",
    }


def _end(compared: Compared, standing: Standing, ranges: axes.Ranges, log_axes: bool) -> tuple[float, float] | None:
    """Where a curve ends on the right inside the axes, as parts of width and height; None where none of it is. [1]"""
    frame = standing.entrant.frontier
    assert frame is not None  # only those are drawn that have one
    speed, values = (frame[name].to_numpy(float) for name in ("tokens_per_s_user", compared.measure.column))
    order = np.argsort(speed)
    x = axes.fraction(speed[order], ranges.slowest, ranges.fastest, log_axis=log_axes)
    y = axes.fraction(values[order], ranges.cheapest, ranges.dearest, log_axis=log_axes)
    if len(x) > 1:
        # Fine steps, so that a curve that leaves the chart is cut close to its edge.
        steps = np.linspace(0, len(x) - 1, 12 * len(x))
        x, y = (np.interp(steps, np.arange(len(x)), along) for along in (x, y))
    inside = np.flatnonzero((x >= 0) & (x <= 1) & (y >= 0) & (y <= 1))
    return (float(x[inside[-1]]), float(y[inside[-1]])) if inside.size else None


def _names(compared: Compared, drawn: list[Standing], ranges: axes.Ranges, log_axes: bool) -> list[dict[str, Any]]:
    found_ends = [_end(compared, one, ranges, log_axes) for one in drawn]
    named = [(one, end) for one, end in zip(drawn, found_ends, strict=True) if end is not None]
    margin = _margin(compared, drawn)
    names = [compared.short[one.name] for one, _ in named]
    spots = ends.places([end for _, end in named], names, WIDTH - margin, _PANEL)
    line = float(
        axes.fraction(np.array([compared.target.tokens_per_s_user]), ranges.slowest, ranges.fastest, log_axis=log_axes)[
            0
        ]
    )
    found = []
    for (one, _), spot in zip(named, spots, strict=True):
        colour = compared.colours[one.name]
        near = math.hypot((spot.at_x - spot.x) * (WIDTH - margin), (spot.at_y - spot.y) * _PANEL) < 16
        at_x = spot.at_x if spot.beside else _beside_line(spot.at_x, line)
        head, tail = (_at(x, y, ranges, log_axes) for x, y in ((spot.x, spot.y), (at_x, spot.at_y)))
        found.append(
            {
                **{"text": f"<b>{html.escape(compared.short[one.name])}</b>", "font": {"color": colour, "size": 13}},
                **{"xref": "x", "yref": "y", "x": head[0], "y": head[1], "showarrow": True},
                **{"axref": "x", "ayref": "y", "ax": tail[0], "ay": tail[1]},
                **{"xanchor": "left" if spot.beside else "right", "yanchor": "middle", "borderpad": 0},
                **{"arrowhead": 0, "arrowwidth": 1, "arrowcolor": "rgba(0, 0, 0, 0)" if near else colour},
                **{"standoff": 3},
            }
        )
    return found


def _beside_line(end: float, line: float) -> float:
    """Where a name ends on the left of the target's line if it would end on it, on a phone too. [1]"""
    return line - _OFF_LINE if -_OFF_LINE < end - line < 2 * _OFF_LINE else end


def _margin(compared: Compared, drawn: list[Standing]) -> float:
    """Room beside the panel for the names. [px]"""
    return 20 + ends.CHARACTER * max(len(compared.short[one.name]) for one in drawn)


def _at(x: float, y: float, ranges: axes.Ranges, log_axes: bool) -> tuple[float, float]:
    """Parts of width and height in the unit of the axes, exponents of ten where they are logarithmic."""
    across, up = (
        axes.span(low, high, log_axis=log_axes)
        for low, high in ((ranges.slowest, ranges.fastest), (ranges.cheapest, ranges.dearest))
    )
    return across[0] + x * (across[1] - across[0]), up[0] + y * (up[1] - up[0])
