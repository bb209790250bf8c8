"""Figures 1, 2 and 9 of the paper: our curves, with the printed and the observed points on them."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from infecon_core.paper.published_values import Exhibit
from infecon_core.paper.tables import measurements, square_root_law
from infecon_ui.figures import axes
from infecon_ui.figures.frontier import thin
from infecon_ui.palette import KV_CACHE, TIMES, WEIGHTS

CURVE_POINTS = 150
HEIGHT = 430
SPEED, PRICE = "tokens_per_s_user", "usd_per_million_tokens"
_PRINTED = {"symbol": "diamond", "size": 11, "color": WEIGHTS, "line": {"color": "white", "width": 1.5}}
_OBSERVED = {"symbol": "x", "size": 10, "color": KV_CACHE, "line": {"color": WEIGHTS, "width": 1}}
_COLOURS = {time.limit: time.colour for time in TIMES}
PAIR_COLOURS = (_COLOURS["memory"], _COLOURS["network latency"])


def curves_figure(shown: Exhibit, table: pd.DataFrame, curves: Mapping[str, pd.DataFrame]) -> go.Figure:
    """Draw speed against price: curves in pairs of one colour, solid and dashed, and the printed points.

    Parameters
    ----------
    shown : Exhibit
        The figure; its curves come in pairs.
    table : DataFrame
        Printed beside ours.
    curves : mapping
        Frontiers by label, in the exhibit's order.

    Notes
    -----
    Where the paper prints a speed alone, the marker stands at our price of that point.
    """
    traces = [_line(i, name, frame) for i, (name, frame) in enumerate(curves.items())]
    traces.append(_printed(shown, table, curves))
    if shown.observed:
        traces.append(_observed(shown))
    speeds = [value for trace in traces for value in trace.x]
    prices = [value for trace in traces for value in trace.y]
    return go.Figure(
        traces,
        _layout(
            ("Speed, tokens per second per user", speeds, axes.plain),
            ("Price, $ per million tokens", prices, axes.dollars),
        ),
    )


def law_figure(shown: Exhibit) -> go.Figure:
    """Draw measured latency against size, and the square-root law through it.

    Parameters
    ----------
    shown : Exhibit
        The figure.
    """
    params, latency = measurements(shown)
    constant = square_root_law(params, latency)
    span = np.geomspace(params.min() / 2, params.max() * 5, 40)
    names = [row.label for row in shown.rows if row.measured]
    traces = [
        go.Scatter(
            x=span / 1e9,
            y=constant * np.sqrt(span),
            mode="lines",
            name="T = c·√P",
            line={"color": PAIR_COLOURS[0], "width": 3},
            hovertemplate="%{x:,.3~r} billion: %{y:.3~r} ms<extra></extra>",
        ),
        go.Scatter(
            x=params / 1e9,
            y=latency,
            mode="markers+text",
            name="Measured (Pope et al. 2022)",
            text=names,
            # On the side of the line that the point is on, so that no name lies across it.
            textposition=["top left" if above else "bottom right" for above in latency > constant * np.sqrt(params)],
            marker=_PRINTED,
            cliponaxis=False,
            hovertemplate="%{text}: %{y:.3~r} ms<extra></extra>",
        ),
    ]
    return go.Figure(
        traces,
        _layout(
            ("Weights, billions", list(span / 1e9), axes.plain),
            ("Time per token, ms", list(constant * np.sqrt(span)), axes.plain),
        ),
    )


def _line(position: int, name: str, frame: pd.DataFrame) -> go.Scatter:
    shown = frame.iloc[thin(frame, CURVE_POINTS)]
    return go.Scatter(
        x=shown[SPEED].to_numpy(np.float32),
        y=shown[PRICE].to_numpy(np.float32),
        customdata=shown[["n_gpu", "batch"]].to_numpy(np.float32),
        mode="lines",
        name=name,
        line={
            "color": PAIR_COLOURS[position // 2 % len(PAIR_COLOURS)],
            "width": 3,
            "dash": "dot" if position % 2 else "solid",
        },
        hovertemplate="<b>%{x:,.3~r} tok/s at $%{y:,.3~r}</b><br>%{customdata[0]:,.3~r} GPUs, "
        "batch %{customdata[1]:,.3~r}<extra>%{fullData.name}</extra>",
    )


def _printed(shown: Exhibit, table: pd.DataFrame, curves: Mapping[str, pd.DataFrame]) -> go.Scatter:
    frames = {line.setup: curves[line.label] for line in shown.curves}
    x, y, names = [], [], []
    for row in shown.rows:
        if row.setup is None:
            continue
        numbers = table[(table["row"] == row.label) & (table["reading"] == "")].set_index("quantity")["printed"]
        frame = frames[row.setup]
        x.append(float(numbers[SPEED]))
        # The fastest point is where ours stands; the print names its speed alone.
        y.append(float(numbers.get(PRICE, frame[PRICE].iloc[int(frame[SPEED].to_numpy().argmax())])))
        names.append(row.label)
    return go.Scatter(
        x=x,
        y=y,
        text=names,
        mode="markers",
        name="Printed in the paper",
        marker=_PRINTED,
        hovertemplate="%{text}<br><b>%{x:,~r} tok/s</b><extra>printed</extra>",
    )


def _observed(shown: Exhibit) -> go.Scatter:
    points = [point.numbers for point in shown.observed]
    return go.Scatter(
        x=[point[SPEED].value for point in points],
        y=[point[PRICE].value for point in points],
        text=[point.label for point in shown.observed],
        mode="markers",
        name="A provider, as the paper observed it",
        marker=_OBSERVED,
        hovertemplate="%{text}<br><b>%{x:,~r} tok/s at $%{y:,.2f}</b><extra>observed</extra>",
    )


def _layout(horizontal: tuple[str, list[float], Any], vertical: tuple[str, list[float], Any]) -> dict[str, Any]:
    (x_title, x, x_words), (y_title, y, y_words) = horizontal, vertical
    x_ends, y_ends = _ends(x), _ends(y)
    x_ticks, y_ticks = axes.ticks(*x_ends, log_axis=True), axes.ticks(*y_ends, log_axis=True, most=7)
    return {
        "height": HEIGHT,
        "margin": {"l": 46, "r": 12, "t": 30, "b": 20},
        "hoverlabel": {"align": "left"},
        "hovermode": "closest",
        "dragmode": "pan",
        "legend": {"orientation": "h", "x": 0, "y": -0.2, "yanchor": "top", "font": {"size": 12}},
        "xaxis": {
            **{"type": "log", "range": axes.span(*x_ends, log_axis=True), "zeroline": False},
            **{"tickvals": x_ticks, "ticktext": x_words(x_ticks), "title": {"text": x_title, "standoff": 8}},
        },
        "yaxis": {
            **{"type": "log", "range": axes.span(*y_ends, log_axis=True), "zeroline": False},
            **{"tickvals": y_ticks, "ticktext": y_words(y_ticks)},
        },
        "annotations": [
            {
                **{"text": y_title, "showarrow": False, "xref": "paper", "yref": "paper"},
                **{"x": 0, "y": 1, "xanchor": "left", "yanchor": "bottom", "yshift": 6},
            }
        ],
    }


def _ends(values: list[float]) -> tuple[float, float]:
    low, high = float(min(values)), float(max(values))
    room = (high / low) ** 0.05
    return low / room, high * room
