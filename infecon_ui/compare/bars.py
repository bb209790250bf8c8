"""Bars at the target: the value of each scenario, the best first, with where comparable measurements would put it."""

import html
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from infecon_core.analysis.compare import Standing
from infecon_ui.charts.figure import Figure, packed
from infecon_ui.charts.palette import MUTED
from infecon_ui.compare import words
from infecon_ui.compare.compared import Compared

_ROW = 58  # height of one bar with its name [px]
_BELOW = 0.26  # where a range stands, below the middle of its bar, in heights of rows
_NOTES = 12  # type of what stands behind a value [px]
_LONGEST = 2.4  # the longest range that is drawn whole, as a multiple of the longest bar


def bars_figure(compared: Compared, picked: Sequence[str] = ()) -> Figure:
    """Draw the bars.

    Args:
        compared (Compared): What is compared.
        picked (sequence of str): Names of the two whose ratio is told; the others stand back.
    """
    order = compared.ranked
    values = [one.value if one.reached else 0.0 for one in order]
    highs = [one.high for one in order if math.isfinite(one.high)]
    longest = max(values, default=0.0) or 1.0
    end = min(max([longest, *highs]), _LONGEST * longest) * 1.04
    rows = list(range(len(order)))
    faint = [len(picked) == 2 and one.name not in picked for one in order]
    colours = [compared.colours[one.name] for one in order]
    return {
        "data": [
            {
                "type": "bar",
                "orientation": "h",
                "x": packed(values),
                "y": rows,
                "width": 0.34,
                "customdata": [[one.name] for one in order],
                "marker": {"color": colours, "opacity": [0.45 if back else 1.0 for back in faint]},
                "selected": {"marker": {"opacity": 1}},
                "unselected": {"marker": {"opacity": 0.6}},
                "hoverinfo": "none",
            },
            *_ranges(order, end),
        ],
        "layout": {
            "height": 20 + _ROW * len(order),
            "margin": {"l": 4, "r": 4, "t": 6, "b": 6},
            "showlegend": False,
            "dragmode": False,
            "bargap": 0,
            "xaxis": {"range": [0, end], "visible": False, "fixedrange": True},
            "yaxis": {"range": [len(order) - 0.5, -0.75], "visible": False, "fixedrange": True},
            "annotations": [_name(compared, one, row) for row, one in enumerate(order)],
        },
    }


def _ranges(order: Sequence[Standing], end: float) -> list[dict[str, Any]]:
    """Thin lines from the low to the high end of each range, cut where the drawing ends."""
    x: list[float] = []
    y: list[float] = []
    for row, one in enumerate(order):
        if not math.isnan(one.low):
            x += [one.low, min(one.high, end), math.nan]
            y += [row + _BELOW, row + _BELOW, math.nan]
    if not x:
        return []
    return [
        {
            **{"type": "scatter", "mode": "lines", "x": packed(np.array(x)), "y": packed(np.array(y))},
            **{"line": {"color": MUTED, "width": 2}, "hoverinfo": "skip"},
        }
    ]


def _name(compared: Compared, one: Standing, row: int) -> dict[str, Any]:
    """Name, value and range, over the bar; the reason where there is none."""
    colour = compared.colours[one.name]
    said = words.value(compared, one.value) if one.reached else words.short_note(one)
    text = f"<b><span style='color:{colour}'>{html.escape(one.name)}</span></b>  "
    text += f"<b>{html.escape(said)}</b>" if one.reached else f"<br>{html.escape(said)}"
    notes = [note for note in (words.value_range(compared, one), *words.remarks(compared, one)) if note]
    if one.reached and notes:
        text += f"  <span style='color:{MUTED};font-size:{_NOTES}px'>{html.escape(' · '.join(notes))}</span>"
    return {
        **{
            "text": text,
            "showarrow": False,
            "xref": "paper",
            "yref": "y",
            "x": 0,
            "y": row,
            "yshift": 14 if one.reached else 0,
        },
        # Where there is no bar, the reason stands in its place, below the name.
        **{"xanchor": "left", "yanchor": "bottom" if one.reached else "middle", "align": "left", "font": {"size": 14}},
    }


def picked_name(selected: Sequence[Mapping[str, Any]]) -> str | None:
    """Name of the bar that was clicked; None where none was."""
    data = selected[-1].get("customdata") if selected else None
    if not data:
        return None
    return str(data["0"] if isinstance(data, Mapping) else data[0])
