"""The paper's figures: our curves, with the printed and the observed points on them where it prints any."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from infecon_core.paper.exhibits.compare import measurements, square_root_law
from infecon_core.paper.exhibits.values import Exhibit
from infecon_ui.charts import axes
from infecon_ui.charts.curves import thin
from infecon_ui.charts.figure import Figure, packed
from infecon_ui.charts.palette import CURVE, GHOST, MUTED, VARIANTS

# Title, values and words of an axis.
Titled = tuple[str, list[float], axes.Words]

CURVE_POINTS = 150  # more than a browser shows apart
HEIGHT = 430
SPEED, PRICE = "tokens_per_s_user", "usd_per_million_tokens"
_PRINTED = {"symbol": "diamond", "size": 11, "color": MUTED, "line": {"color": "white", "width": 1.5}}
_OBSERVED = {"symbol": "x", "size": 10, "color": GHOST, "line": {"color": MUTED, "width": 1}}


def figure_of(shown: Exhibit, table: pd.DataFrame, curves: Mapping[str, pd.DataFrame]) -> Figure | None:
    """The chart of an exhibit, None where it is a table."""
    if curves:
        points = [_printed(shown, table, curves), *([_observed(shown)] if shown.observed else [])]
        return curves_figure(curves, points, pairs=True)
    return law_figure(shown) if any(row.point == "square_root_law" for row in shown.rows) else None


def curves_figure(
    curves: Mapping[str, pd.DataFrame], points: Sequence[dict[str, Any]] = (), *, pairs: bool = False
) -> Figure:
    """Speed against price.

    Args:
        curves (mapping): Frontiers by label.
        points (sequence): Traces of points on them.
        pairs (bool): Whether curves come in pairs, solid and dotted in one colour; else each has a colour of its own.
    """
    lines = [_line(i, name, frame, pairs=pairs) for i, (name, frame) in enumerate(curves.items())]
    speeds, prices = (
        [end for frame in curves.values() for end in (frame[column].min(), frame[column].max())]
        + [value for trace in points for value in trace[axis]]
        for column, axis in ((SPEED, "x"), (PRICE, "y"))
    )
    layout = _layout(
        ("Speed, tokens per second per user", speeds, axes.plain),
        ("Price, $ per million tokens", prices, axes.dollars),
    )
    return {"data": [*lines, *points], "layout": layout}


def law_figure(shown: Exhibit) -> Figure:
    """Measured latency against size, and the square-root law through it."""
    params, latency = measurements(shown)
    constant = square_root_law(params, latency)
    span = np.geomspace(params.min() / 2, params.max() * 5, 40)
    names = [row.label for row in shown.rows if row.measured]
    traces = [
        {
            "type": "scatter",
            "x": list(span / 1e9),
            "y": list(constant * np.sqrt(span)),
            "mode": "lines",
            "name": "T = c·√P",
            "line": {"color": CURVE, "width": 3},
            "hovertemplate": "%{x:,.3~r} billion: %{y:.3~r} ms<extra></extra>",
        },
        {
            "type": "scatter",
            "x": list(params / 1e9),
            "y": list(latency),
            "mode": "markers+text",
            "name": "Measured (Pope et al. 2022)",
            "text": names,
            # On the side of the line that the point is on, so that no name lies across it.
            "textposition": ["top left" if above else "bottom right" for above in latency > constant * np.sqrt(params)],
            "marker": _PRINTED,
            "cliponaxis": False,
            "hovertemplate": "%{text}: %{y:.3~r} ms<extra></extra>",
        },
    ]
    layout = _layout(
        ("Weights, billions", list(span / 1e9), axes.plain),
        ("Time per token, ms", list(constant * np.sqrt(span)), axes.plain),
    )
    return {"data": traces, "layout": layout}


def _line(position: int, name: str, frame: pd.DataFrame, *, pairs: bool) -> dict[str, Any]:
    shown = frame.iloc[thin(frame, CURVE_POINTS)]
    return {
        "type": "scatter",
        "x": packed(shown[SPEED]),
        "y": packed(shown[PRICE]),
        "customdata": packed(shown[["n_gpu", "batch"]]),
        "mode": "lines",
        "name": name,
        "line": {
            "color": VARIANTS[(position // 2 if pairs else position) % len(VARIANTS)],
            "width": 3,
            "dash": "dot" if pairs and position % 2 else "solid",
        },
        "hovertemplate": "<b>%{x:,.3~r} tok/s at $%{y:,.3~r}</b><br>%{customdata[0]:,.3~r} GPUs, "
        "batch %{customdata[1]:,.3~r}<extra>%{fullData.name}</extra>",
    }


def _printed(shown: Exhibit, table: pd.DataFrame, curves: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    """The printed points; where the paper prints a speed alone, the marker stands at our price of that point."""
    frames = {line.setup: curves[line.label] for line in shown.curves}
    x, y, names = [], [], []
    for row in shown.rows:
        if row.setup is None:
            continue
        numbers = table[(table["row"] == row.label) & (table["alternative"] == "")].set_index("quantity")["printed"]
        frame = frames[row.setup]
        x.append(float(numbers[SPEED]))
        # The fastest point is where ours stands; the print names its speed alone.
        y.append(float(numbers.get(PRICE, frame[PRICE].iloc[int(frame[SPEED].to_numpy().argmax())])))
        names.append(row.label)
    return {
        "type": "scatter",
        "x": x,
        "y": y,
        "text": names,
        "mode": "markers",
        "name": "Printed in the paper",
        "marker": _PRINTED,
        "hovertemplate": "%{text}<br><b>%{x:,~r} tok/s</b><extra>printed</extra>",
    }


def _observed(shown: Exhibit) -> dict[str, Any]:
    points = [point.numbers for point in shown.observed]
    return {
        "type": "scatter",
        "x": [point[SPEED].value for point in points],
        "y": [point[PRICE].value for point in points],
        "text": [point.label for point in shown.observed],
        "mode": "markers",
        "name": "A provider, as the paper observed it",
        "marker": _OBSERVED,
        "hovertemplate": "%{text}<br><b>%{x:,~r} tok/s at $%{y:,.2f}</b><extra>observed</extra>",
    }


def _layout(horizontal: Titled, vertical: Titled) -> dict[str, Any]:
    (x_title, x, x_words), (y_title, y, y_words) = horizontal, vertical
    return {
        "height": HEIGHT,
        "margin": {"l": 46, "r": 12, "t": 30, "b": 20},
        "hoverlabel": {"align": "left"},
        "hovermode": "closest",
        "dragmode": False,
        "legend": {"orientation": "h", "x": 0, "y": -0.2, "yanchor": "top", "font": {"size": 12}},
        "xaxis": {**axes.axis(*_ends(x), x_words), "title": {"text": x_title, "standoff": 8}, "fixedrange": True},
        "yaxis": {**axes.axis(*_ends(y), y_words, most=7), "fixedrange": True},
        "annotations": [axes.heading(y_title, shift=6)],
    }


def _ends(values: list[float]) -> tuple[float, float]:
    """Both ends of an axis, with free space beyond the values."""
    margin = (max(values) / min(values)) ** 0.05
    return min(values) / margin, max(values) * margin
