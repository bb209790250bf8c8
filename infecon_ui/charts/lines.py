"""Lines over two axes as a figure of the page: each is named at its end, sets of points above the panel."""

import html
import math
import textwrap
from typing import Any

import numpy as np

from infecon_ui.charts import axes, ends
from infecon_ui.charts.curves import DASHES, pieces, with_gaps
from infecon_ui.charts.drawings import Line, Lines, Panels
from infecon_ui.charts.figure import Figure, packed
from infecon_ui.charts.palette import FRAME, MUTED, in_words

Part = dict[str, Any]

HEIGHT = 420
_WIDTH = 900.0  # of panel and names, to place the names by [px]
_LEFT, _BOTTOM = 60, 48
_LONGEST = 18  # characters of a line of a name that stands beside the panel
_PANELS_TOP, _KEY_LINE, _IN_KEY = 60, 18, 3  # above panels [px], a further line of their key [px], names in a line
_IN_ROW, _PANEL, _GUTTER = 3, 260, 0.06  # panels in a row, height of one [px], between two as a part of the width


def lines_figure(drawing: Lines, height: int = HEIGHT) -> Figure:
    """Draw lines.

    Args:
        drawing (Lines): What is drawn.
        height (int): Of the figure. [px]
    """
    left, right, low, high = drawing.ranges
    lines = _named(drawing)
    margin = 16 + ends.CHARACTER * max((len(part) for line in lines for part in _broken(line.name)), default=0)
    top = 40 + _KEY_LINE * _key(drawing).count("<br>")
    layout = _layout(drawing, "x", "y", drawing.ranges)
    return {
        "data": _traces(drawing, "x", "y"),
        "layout": {
            **{"height": height, "showlegend": False, "hovermode": "closest", "dragmode": False},
            "hoverlabel": {"align": "left"},
            "margin": {"l": _LEFT, "r": margin, "t": top, "b": _BOTTOM},
            "xaxis": layout["x"],
            "yaxis": layout["y"],
            "shapes": _at(drawing, "x", "y", (left, right)),
            "annotations": [
                {**axes.heading(html.escape(drawing.y.title) + _key(drawing), shift=8), "align": "left"},
                *_at_words(drawing, "x", (left, right)),
                *_names(drawing, (left, right, low, high), _WIDTH - _LEFT - margin, height - top - _BOTTOM),
            ],
        },
    }


def panels_figure(drawing: Panels) -> Figure:
    """Draw small charts side by side, three in a row, with axes of the same ends; lines are named above them."""
    panels = drawing.aligned
    columns = min(_IN_ROW, len(panels))
    rows = math.ceil(len(panels) / columns)
    width, tall = (1 - _GUTTER * (columns - 1)) / columns, 1 / rows
    data: list[Part] = []
    layout: Part = {}
    key = _key(panels[0][1], every=True)
    top_margin = _PANELS_TOP + _KEY_LINE * max(0, key.count("<br>") - 1)
    notes: list[Part] = [{**axes.heading(html.escape(panels[0][1].y.title) + key, shift=30), "align": "left"}]
    shapes: list[Part] = []
    for i, (title, lines) in enumerate(panels):
        x, y = ("x", "y") if not i else (f"x{i + 1}", f"y{i + 1}")
        drawn = _layout(lines, x, y, lines.ranges, most=4)
        start, top = (i % columns) * (width + _GUTTER), 1 - (i // columns) * tall
        domain_y = [max(0.0, top - tall * 0.72), top - tall * 0.08]
        column = i % columns
        # Where there is little room, the same words beside each other would run into each other.
        titled = i + columns >= len(panels) and column == (columns - 1) // 2
        layout["xaxis" + x[1:]] = {
            **drawn["x"],
            **{"domain": [start, start + width], "anchor": y},
            **({} if titled else {"title": {"text": ""}}),
        }
        layout["yaxis" + y[1:]] = {**drawn["y"], "domain": domain_y, "anchor": x, "showticklabels": column == 0}
        data += _traces(lines, x, y)
        shapes += _at(lines, x, y, lines.ranges[:2])
        notes.append(
            {
                **{"text": f"<b>{html.escape(title)}</b>", "showarrow": False, "xref": "paper", "yref": "paper"},
                **{"x": start, "y": domain_y[1], "xanchor": "left", "yanchor": "bottom"},
            }
        )
    return {
        "data": data,
        "layout": {
            **{
                "height": 20 + top_margin + _PANEL * rows,
                "showlegend": False,
                "hovermode": "closest",
                "dragmode": False,
            },
            "margin": {"l": _LEFT, "r": 16, "t": top_margin, "b": _BOTTOM},
            **layout,
            "shapes": shapes,
            "annotations": notes,
        },
    }


def _layout(drawing: Lines, x: str, y: str, ranges: tuple[float, float, float, float], most: int = 8) -> Part:
    left, right, low, high = ranges
    return {
        "x": {
            **axes.axis(left, right, drawing.x.words, log_axis=drawing.x.log, most=most),
            **{"title": {"text": html.escape(drawing.x.title), "standoff": 6}, "fixedrange": True, "tickangle": 0},
            "showgrid": True,
        },
        "y": {**axes.axis(low, high, drawing.y.words, log_axis=drawing.y.log, most=most), "fixedrange": True},
    }


def _traces(drawing: Lines, x: str, y: str) -> list[Part]:
    found = [trace for line in drawing.lines for trace in _line(drawing, line)]
    found += [_point(line) for line in drawing.lines if line.point is not None]
    return [{**trace, "xaxis": x, "yaxis": y} for trace in found]


def _line(drawing: Lines, line: Line) -> list[Part]:
    """A line, dashed where it is beyond what was measured."""
    every = list(range(len(line.x)))
    if line.scattered or line.dashed is None or not len(line.x):
        return [_trace(drawing, line, [every], dashed=False)]
    parts = pieces(line.dashed)
    return [
        _trace(drawing, line, [every[part] for part, kind in parts if kind == dashed], dashed=dashed)
        for dashed in sorted({kind for _, kind in parts})
    ]


def _trace(drawing: Lines, line: Line, parts: list[list[int]], *, dashed: bool) -> Part:
    x, y = (with_gaps([np.asarray(values, np.float64)[part] for part in parts]) for values in (line.x, line.y))
    notes: list[str] = []
    for part in parts:
        notes += [html.escape(line.notes[i]).replace("\n", "<br>") for i in part] if line.notes else []
        notes += [""] if line.notes else []
    sign = "$" if drawing.y.money else ""
    form = "%{y:.3~p}" if drawing.y.words is axes.percent else f"{sign}%{{y:,.3~r}}"
    across = "%{x:.0f}" if drawing.x.words is axes.years else "%{x:,.4~r}"
    hover = (
        f"<b>{html.escape(line.name)}</b><br>{form} · {html.escape(drawing.y.title)}<br>"
        f"{across} · {html.escape(drawing.x.title)}"
    )
    mode = "markers" if line.scattered else "lines+markers" if line.marked else "lines"
    shown = {"mode": mode, **({} if mode == "lines" else {"marker": {"color": line.colour, "size": 8}})}
    return {
        **{"type": "scatter", "name": line.name, "x": packed(x), "y": packed(y)},
        **({"text": notes[:-1]} if notes else {}),
        **shown,
        "line": {"color": line.colour, "width": 2.5, "dash": DASHES if dashed else "solid"},
        "hovertemplate": f"{hover}{'<br>%{text}' if notes else ''}<extra></extra>",
    }


def _point(line: Line) -> Part:
    assert line.point is not None  # only for those that have one
    return {
        **{"type": "scatter", "name": line.name, "x": [line.point[0]], "y": [line.point[1]], "mode": "markers"},
        "marker": {"color": line.colour, "size": 12, "line": {"color": "white", "width": 1.5}},
        "hoverinfo": "skip",
    }


def _at(drawing: Lines, x: str, y: str, ends_of_x: tuple[float, ...]) -> list[Part]:
    """The vertical line."""
    if drawing.at is None or not ends_of_x[0] <= drawing.at <= ends_of_x[1]:
        return []
    return [
        {
            **{"type": "line", "xref": x, "yref": f"{y} domain", "x0": drawing.at, "x1": drawing.at, "y0": 0, "y1": 1},
            "line": {"color": FRAME, "width": 1.5, "dash": "dot"},
        }
    ]


def _at_words(drawing: Lines, x: str, ends_of_x: tuple[float, float]) -> list[Part]:
    if drawing.at is None or not drawing.at_words or not ends_of_x[0] <= drawing.at <= ends_of_x[1]:
        return []
    part = float(axes.fraction(np.array([drawing.at]), *ends_of_x, log_axis=drawing.x.log)[0])
    return [
        {
            **{"text": html.escape(drawing.at_words), "showarrow": False, "xref": x, "yref": "paper"},
            **{"x": math.log10(drawing.at) if drawing.x.log else drawing.at, "y": 0, "yanchor": "bottom"},
            **{"xanchor": "left" if part < 0.5 else "right", "xshift": 4 if part < 0.5 else -4},
            "font": {"color": MUTED, "size": 12},
        }
    ]


def _named(drawing: Lines) -> list[Line]:
    """The lines that are named at their ends, one of those that share a name and a colour: that which ends last."""
    found: dict[tuple[str, str], Line] = {}
    for line in drawing.lines:
        if line.name and not line.scattered:
            found[line.name, line.colour] = line
    return list(found.values())


def _scattered(drawing: Lines) -> dict[str, str]:
    return {line.name: line.colour for line in drawing.lines if line.name and line.scattered}


def _key(drawing: Lines, *, every: bool = False) -> str:
    """Names of the sets of points, of all lines where `every`, each behind its colour."""
    named = {line.name: line.colour for line in drawing.lines if line.name} if every else _scattered(drawing)
    names = [f'<span style="color:{in_words(colour)}">●</span> {html.escape(name)}' for name, colour in named.items()]
    lines = [names[i : i + _IN_KEY] for i in range(0, len(names), _IN_KEY)]
    return "".join(f"<br>{'   '.join(line)}" for line in lines)


def _names(
    drawing: Lines, ranges: tuple[float, float, float, float], width: float, height: float
) -> list[dict[str, Any]]:
    left, right, low, high = ranges
    named = [(line, end) for line in _named(drawing) if (end := _end(drawing, line)) is not None]
    names = [_broken(line.name) for line, _ in named]
    # Names of two lines need twice the room.
    tall = height / max(map(len, names), default=1)
    spots = ends.places([end for _, end in named], [max(name, key=len) for name in names], width, tall)
    found = []
    for (line, _), name, spot in zip(named, names, spots, strict=True):
        near = math.hypot((spot.at_x - spot.x) * width, (spot.at_y - spot.y) * height) < 16
        head, tail = (
            [
                axes.span(start, end, log_axis=log)[0] + part * float(np.diff(axes.span(start, end, log_axis=log))[0])
                for part, start, end, log in ((x, left, right, drawing.x.log), (y, low, high, drawing.y.log))
            ]
            for x, y in ((spot.x, spot.y), (spot.at_x, spot.at_y))
        )
        found.append(
            {
                **{
                    "text": f"<b>{'<br>'.join(map(html.escape, name))}</b>",
                    "font": {"color": in_words(line.colour), "size": 13},
                },
                **{"xref": "x", "yref": "y", "x": head[0], "y": head[1], "showarrow": True},
                **{"axref": "x", "ayref": "y", "ax": tail[0], "ay": tail[1]},
                **{"xanchor": "left" if spot.beside else "right", "yanchor": "middle", "borderpad": 0, "align": "left"},
                **{"arrowhead": 0, "arrowwidth": 1, "arrowcolor": "rgba(0, 0, 0, 0)" if near else line.colour},
                "standoff": 3,
            }
        )
    return found


def _end(drawing: Lines, line: Line) -> tuple[float, float] | None:
    """Where a line ends on the right inside the axes, as parts of width and height; None where none of it is. [1]"""
    left, right, low, high = drawing.ranges
    shown = np.isfinite(line.x) & np.isfinite(line.y)
    shown &= ((line.x > 0) | (not drawing.x.log)) & ((line.y > 0) | (not drawing.y.log))
    if not shown.any():
        return None
    x = axes.fraction(line.x[shown], left, right, log_axis=drawing.x.log)
    y = axes.fraction(line.y[shown], low, high, log_axis=drawing.y.log)
    order = np.argsort(x, kind="stable")
    x, y = x[order], y[order]
    if len(x) > 1:
        # Fine steps, so that a line that leaves the chart is cut close to its edge.
        steps = np.linspace(0, len(x) - 1, 12 * len(x))
        x, y = (np.interp(steps, np.arange(len(x)), along) for along in (x, y))
    inside = np.flatnonzero((x >= 0) & (x <= 1) & (y >= 0) & (y <= 1))
    return (float(x[inside[-1]]), float(y[inside[-1]])) if inside.size else None


def _broken(name: str) -> list[str]:
    """A name in at most two lines.

    >>> _broken("70B, at most 10,000 tokens/s"), _broken("B200")
    (['70B, at most', '10,000 tokens/s'], ['B200'])
    """
    first, *rest = textwrap.wrap(name, _LONGEST) or [""]
    second = " ".join(rest)
    if len(second) > _LONGEST:
        second = second[: _LONGEST - 1].rstrip() + "…"
    return [first, second] if second else [first]
