"""The panels under a frontier, on the same axis: which layout it has, and where the time of a token goes along it."""

from typing import Any

import numpy as np
import numpy.typing as npt

from infecon_ui.charts import axes
from infecon_ui.charts.curves import thin
from infecon_ui.charts.figure import packed
from infecon_ui.charts.palette import TIMES, words_on
from infecon_ui.frontier import words
from infecon_ui.frontier.points import Array, Points

Trace = dict[str, Any]

SHARES = 160  # points along the shares of the five times
LAYOUTS, TIME, NAMES = "y2", "y3", "y4"
_TYPE = 12
_SHADES = ("rgba(125, 135, 150, 0.16)", "rgba(125, 135, 150, 0.30)")
_WIDE = 0.13  # from this part of the axis on a layout is named at length
_STEPS = 60  # places along the axis where a name may begin and end
_TALL = 0.28  # the part of the band's height that a name takes
_AFTER = np.tri(_STEPS, dtype=bool).T  # which places are not before which others
_LENGTH = np.arange(_STEPS) - np.arange(_STEPS)[:, None]  # from one place to another, in steps


def ribbon(points: Points, ranges: axes.Ranges, *, log_axes: bool) -> list[Trace]:
    """One bar for each layout along the frontier, named where its name fits; none where layouts are fractions."""
    if not points.whole:
        return []
    # A single point has no width; 1% of its speed lets its layout be seen.
    alone = 1.01 if len(points) == 1 else 1.0
    stretches = [s for s in points.stretches if s.fastest > s.slowest or alone > 1]
    ends = np.array([(s.slowest, alone * s.fastest) for s in stretches])
    parts = axes.fraction(ends, ranges.slowest, ranges.fastest, log_axis=log_axes)
    names = []
    for stretch, (left, right) in zip(stretches, parts, strict=True):
        short = words.short(points[stretch.first])
        count, _, split = short.partition(" · ")
        gpus = "GPU" if count == "1" else "GPUs"
        names.append(" · ".join([f"{count} {gpus}", *([split] if split else [])]) if right - left > _WIDE else short)
    return [
        {
            **_bars(ends[:, 0], ends[:, 1] - ends[:, 0], np.full(len(ends), 0.5), np.ones(len(ends)), names),
            "yaxis": LAYOUTS,
            "marker": {"color": [_SHADES[i % 2] for i in range(len(ends))], "line": {"width": 0}},
            "name": "layout",
        }
    ]


def shares(points: Points) -> list[Trace]:
    """What each of the five times takes of a token, stacked, in percent."""
    rows = thin(points.frame, SHARES)
    speed = points.speed[rows]
    if len(rows) == 1:
        # A single point has no width; a band of 1% of its speed lets its shares be seen.
        rows, speed = np.repeat(rows, 2), speed[0] * np.array([1.01, 1])
    return [
        {
            "type": "scatter",
            "x": packed(speed[::-1]),
            "y": packed(100 * _share(points, rows, time.column)[::-1]),
            "yaxis": TIME,
            "name": time.label,
            "mode": "lines",
            "line": {"width": 0},
            "stackgroup": "shares",
            "fillcolor": time.colour,
            "hoverinfo": "skip",
        }
        for time in TIMES
    ]


def share_names(points: Points, ranges: axes.Ranges, *, log_axes: bool) -> list[Trace]:
    """The name of each time inside its own area, where it is wide and tall enough; the browser hides what is not."""
    if len(points) == 1:
        return []
    along = axes.fraction(points.speed[::-1], ranges.slowest, ranges.fastest, log_axis=log_axes)
    at = np.linspace(along[0], along[-1], _STEPS)
    taken = np.array([_share(points, slice(None, None, -1), time.column) for time in TIMES])
    # The points between two steps count at both of them: an area may be narrow there only.
    dense = np.union1d(at, along)
    tops = np.cumsum([np.interp(dense, along, share) for share in taken], axis=0)
    starts = np.concatenate([[0], np.searchsorted(dense, at[:-1], side="right")]).clip(max=len(dense) - 1)
    upper, lower = (reduced.reduceat(tops, starts, axis=1) for reduced in (np.minimum, np.maximum))
    for edges, reduced in ((upper, np.minimum), (lower, np.maximum)):
        edges[:, :-1] = reduced(edges[:, :-1], edges[:, 1:])
    lower = np.concatenate([np.zeros((1, _STEPS)), lower[:-1]])
    traces = []
    for time, found in zip(TIMES, _room(lower, upper), strict=True):
        if found is None:
            continue
        left, right, low, high = found
        ends = axes.values_at(at[[left, right]], ranges.slowest, ranges.fastest, log_axis=log_axes)
        box = (ends[:1], ends[1:] - ends[:1], np.array([50 * (low + high)]), np.array([100 * (high - low)]))
        traces.append(
            {
                **_bars(*box, [time.limit]),
                "yaxis": NAMES,
                "marker": {"color": "rgba(0, 0, 0, 0)", "line": {"width": 0}},
                "insidetextfont": {"color": words_on(time.colour), "size": _TYPE},
                "name": f"name of {time.limit}",
            }
        )
    return traces


def key(points: Points) -> dict[str, Any]:
    """The names of all times that take any, each behind its colour, in one line over their areas from the lowest on."""
    taken = [time for time in TIMES if (points.columns[time.column] > 0).any()]
    return {
        "text": "   ".join(f'<span style="color:{time.colour}">■</span> {time.limit}' for time in taken),
        **{"showarrow": False, "xref": "x domain", "yref": f"{TIME} domain", "x": 0, "y": 1, "borderpad": 0},
        **{"xanchor": "left", "yanchor": "bottom", "yshift": 1, "font": {"size": _TYPE}},
    }


def _share(points: Points, rows: npt.NDArray[np.intp] | slice, column: str) -> Array:
    found: Array = points.columns[column][rows] / points.columns["tpot_s"][rows]
    return found


def _room(lower: Array, upper: Array) -> list[tuple[int, int, float, float] | None]:
    """The largest level strip between two curves that is tall enough for a name: its ends, and how low and high.

    Height counts up to twice of what a name takes.

    Args:
        lower, upper (array (n, steps)): Each row a pair of curves.

    Returns:
        list: One a row; None where no strip is tall enough.
    """
    # Highest floor and lowest ceiling from each start to each end.
    floor = np.maximum.accumulate(np.where(_AFTER, lower[:, None], -np.inf), axis=2)
    ceiling = np.minimum.accumulate(np.where(_AFTER, upper[:, None], np.inf), axis=2)
    height = ceiling - floor
    size = np.where(_AFTER & (height >= _TALL), _LENGTH * np.minimum(height, 2 * _TALL), 0.0)
    found: list[tuple[int, int, float, float] | None] = []
    for row, best in enumerate(size.reshape(len(size), -1).argmax(axis=1).tolist()):
        left, right = divmod(best, _STEPS)
        strip = (left, right, float(floor[row, left, right]), float(ceiling[row, left, right]))
        found.append(strip if size[row, left, right] > 0 else None)
    return found


def _bars(left: Array, width: Array, middle: Array, height: Array, names: list[str]) -> Trace:
    """Boxes with a name inside that the browser leaves out where it does not fit."""
    return {
        **{"type": "bar", "orientation": "h", "base": left.tolist(), "x": width.tolist(), "y": middle.tolist()},
        **{"width": height.tolist(), "text": names, "textposition": "inside", "insidetextanchor": "middle"},
        **{"textangle": 0, "insidetextfont": {"size": _TYPE}, "hoverinfo": "skip", "cliponaxis": True},
    }
