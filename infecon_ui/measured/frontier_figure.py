"""A measured frontier over ours: what a GPU makes against the speed of a user."""

from itertools import cycle
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from infecon_core.catalog.measurements import OTHER, software
from infecon_core.validation.frontier_scores import ScoredSet
from infecon_ui.charts import axes
from infecon_ui.charts.figure import Figure, packed
from infecon_ui.charts.palette import CURVE, MUTED

HEIGHT = 440
_SYMBOLS = ("circle-open", "diamond", "triangle-up-open", "square", "x-thin-open")
_MARGIN = 1.2  # free space at either end of an axis, as a factor


def frontier_figure(one: ScoredSet, points: pd.DataFrame) -> Figure:
    """Measured points by software, the frontier of the best of them, and ours.

    Args:
        one (ScoredSet): The set.
        points (DataFrame): Its points with `hover`.
    """
    measured = one.found.measured
    speeds = [*points["tokens_per_s_user"], *one.ours.speed]
    made = [*points["tokens_per_s_per_gpu"], *one.ours.throughput]
    lines = [
        _line("Measured, the best", measured.speed, measured.throughput, MUTED, "dot"),
        _line("Ours", one.ours.speed, one.ours.throughput, CURVE, "solid"),
    ]
    dots = [
        {
            **{"type": "scatter", "mode": "markers", "name": name},
            "x": packed(part["tokens_per_s_user"]),
            "y": packed(part["tokens_per_s_per_gpu"]),
            "text": list(part["hover"]),
            "marker": {
                "size": 7,
                "color": MUTED,
                "symbol": symbol,
                "opacity": 0.8,
                "line": {"color": MUTED, "width": 1},
            },
            "hovertemplate": "%{text}<br>%{x:.3g} tokens/s per user, %{y:,.0f} per GPU<extra></extra>",
        }
        for name, symbol in _symbols().items()
        if len(part := points[points["software"] == name])
    ]
    layout = {
        "height": HEIGHT,
        "margin": {"l": 50, "r": 10, "t": 30, "b": 44},
        "hovermode": "closest",
        "hoverlabel": {"align": "left"},
        "dragmode": False,
        "showlegend": True,
        "legend": {
            **{"orientation": "h", "x": 0, "y": -0.18, "yanchor": "top"},
            **{"itemclick": False, "itemdoubleclick": False},
        },
        "xaxis": {
            **axes.axis(min(speeds) / _MARGIN, max(speeds) * _MARGIN, axes.plain, most=7),
            **{"fixedrange": True, "title": {"text": "Speed of a user, tokens/s", "standoff": 6}},
        },
        "yaxis": {**axes.axis(min(made) / _MARGIN, max(made) * _MARGIN, axes.plain, most=7), "fixedrange": True},
        "annotations": [axes.heading("Output tokens/s of one GPU", shift=6)],
    }
    return {"data": [*lines, *dots], "layout": layout}


def _symbols() -> dict[str, str]:
    """A symbol for every kind of serving software, the same in every chart."""
    names = dict.fromkeys([*(entry.name for entry in software().values()), OTHER])
    # More kinds than symbols share them, for a point without a symbol would not be drawn.
    return dict(zip(names, cycle(_SYMBOLS), strict=False))


def _line(
    name: str, speed: npt.NDArray[np.float64], made: npt.NDArray[np.float64], colour: str, dash: str
) -> dict[str, Any]:
    return {
        **{"type": "scatter", "mode": "lines", "name": name, "x": packed(speed), "y": packed(made)},
        "line": {"color": colour, "width": 2.5 if dash == "solid" else 2, "dash": dash},
        "hoverinfo": "skip",
    }
