"""Predicted against measured times, and residuals by bin."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from infecon_ui.figures import axes
from infecon_ui.measured import MEASURED
from infecon_ui.palette import FRAME, KV_CACHE

# Okabe and Ito's, and three that stay apart from them; models and accelerators are no times and no memory.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#8C6D31", "#5D3A9B", "#1A85FF")
REST = KV_CACHE
OWN = "#D55E00"
BAND = 1.25
HEIGHT = 520
SMALL_HEIGHT = 400
_ROOM = 1.15  # free space at either end of an axis, as a factor
_OUTLYING = "Other"


def ends_of(frame: pd.DataFrame, columns: Sequence[str]) -> tuple[float, float]:
    """The range that holds measured and predicted times of several models, the same for both axes. [ms]

    Parameters
    ----------
    frame : DataFrame
        Points.
    columns : sequence of str
        The predictions that must have room.
    """
    values = frame[[MEASURED, *columns]].to_numpy(float)
    values = values[np.isfinite(values) & (values > 0)]
    return float(values.min()) / _ROOM, float(values.max()) * _ROOM


def colours(names: pd.Series) -> dict[str, str]:
    """A colour for each group, the largest groups first; those beyond the palette are grey.

    Parameters
    ----------
    names : Series
        The group of every point of the whole set, so that a filter changes no colour.
    """
    order = [name for name in names.value_counts().index if name != _OUTLYING]
    return dict(zip(order, COLOURS, strict=False))


def scatter_figure(
    frame: pd.DataFrame,
    predicted: str,
    groups: str,
    palette: dict[str, str],
    ends: tuple[float, float],
    *,
    small: bool = False,
) -> go.Figure:
    """Predicted against measured time per output token, with the diagonal and a quarter to both sides.

    Parameters
    ----------
    frame : DataFrame
        The points to draw.
    predicted : str
        Column of the prediction. [ms]
    groups : str
        Column that gives a point its colour.
    palette : dict
        Colours by group.
    ends : tuple
        Range of both axes. [ms]
    small : bool
        Whether it is one of three side by side.
    """
    named = frame[groups].where(frame[groups].isin(list(palette)), _OUTLYING)
    order = [*palette, _OUTLYING]
    traces = [
        _markers(part, predicted, name, palette.get(name, REST), size=5 if small else 6)
        for name in order
        if len(part := frame[named == name])
    ]
    return go.Figure([*_guides(ends), *traces], _layout(ends, small=small))


def own_figure(
    shipped: pd.DataFrame, own: pd.DataFrame, predicted: str, ends: tuple[float, float], *, most: int = 400
) -> go.Figure:
    """One's own points over the shipped ones.

    Parameters
    ----------
    shipped, own : DataFrame
        Points, the shipped ones drawn in grey.
    predicted : str
        Column of the prediction. [ms]
    ends : tuple
        Range of both axes. [ms]
    most : int
        How many of one's own points are drawn at most, evenly. [1]
    """
    shown = own if len(own) <= most else own.iloc[np.linspace(0, len(own) - 1, most).round().astype(int)]
    traces = [
        _markers(shipped, predicted, "Shipped points", REST, size=5, opacity=0.4),
        _markers(shown, predicted, "Your points", OWN, size=9),
    ]
    return go.Figure([*_guides(ends), *traces], _layout(ends, small=False))


def residual_figure(bins: pd.DataFrame, title: str) -> go.Figure:
    """Median and middle 80% of predicted / measured by bin.

    Parameters
    ----------
    bins : DataFrame
        As `error_tables.binned` returns it.
    title : str
        What the bins are of.
    """
    middle = bins["middle"].to_numpy(float)
    trace = go.Scatter(
        x=bins["bin"],
        y=middle,
        mode="markers",
        marker={"size": 9, "color": COLOURS[0]},
        error_y={
            **{"type": "data", "symmetric": False, "array": bins["high"] - middle, "arrayminus": middle - bins["low"]},
            **{"color": COLOURS[0], "thickness": 2, "width": 0},
        },
        customdata=bins[["n", "low", "high"]].to_numpy(float),
        hovertemplate="<b>%{x}</b>: predicted / measured %{y:.2f}<br>80% between %{customdata[1]:.2f} and "
        "%{customdata[2]:.2f}<br>%{customdata[0]:,d} points<extra></extra>",
        showlegend=False,
    )
    ticks = [0.5, 0.7, 1.0, 1.4, 2.0]
    return go.Figure(
        [trace],
        {
            "height": 240,
            "margin": {"l": 34, "r": 8, "t": 34, "b": 24},
            "title": {"text": title, "x": 0, "xanchor": "left", "font": {"size": 13}},
            "xaxis": {"type": "category", "fixedrange": True, "showgrid": False},
            "yaxis": {
                **{"type": "log", "range": axes.span(0.45, 2.2, log_axis=True), "fixedrange": True},
                **{"tickvals": ticks, "ticktext": ["×0.5", "×0.7", "exact", "×1.4", "×2"], "zeroline": False},
            },
            "shapes": [
                {
                    **{"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": 1, "y1": 1, "layer": "below"},
                    "line": {"color": FRAME, "width": 1.5},
                }
            ],
        },
    )


def _markers(
    part: pd.DataFrame, predicted: str, name: str, colour: str, *, size: int, opacity: float = 0.75
) -> go.Scatter:
    measured, ours = part[MEASURED].to_numpy(float), part[predicted].to_numpy(float)
    return go.Scatter(
        x=measured.astype(np.float32),
        y=ours.astype(np.float32),
        customdata=(100 * (ours / measured - 1)).astype(np.float32),
        text=part["hover"],
        mode="markers",
        name=name,
        marker={"size": size, "color": colour, "opacity": opacity},
        hovertemplate="%{text}<br><b>measured %{x:,.3~r} ms, predicted %{y:,.3~r} ms "
        "(%{customdata:+.0f}%)</b><extra></extra>",
    )


def _guides(ends: tuple[float, float]) -> list[go.Scatter]:
    return [
        go.Scatter(
            x=list(ends),
            y=[factor * end for end in ends],
            mode="lines",
            line={"color": FRAME, "width": 1.5, "dash": dash},
            hoverinfo="skip",
            showlegend=False,
        )
        for factor, dash in ((1.0, "solid"), (BAND, "dot"), (1 / BAND, "dot"))
    ]


def _layout(ends: tuple[float, float], *, small: bool) -> dict[str, object]:
    ticks = axes.ticks(*ends, log_axis=True, most=5 if small else 9)
    axis = {
        **{"type": "log", "range": axes.span(*ends, log_axis=True), "zeroline": False},
        **{"tickvals": ticks, "ticktext": axes.plain(ticks)},
    }
    return {
        "height": SMALL_HEIGHT if small else HEIGHT,
        "margin": {"l": 42, "r": 10, "t": 28, "b": 40},
        "hoverlabel": {"align": "left"},
        "hovermode": "closest",
        "dragmode": "pan",
        "legend": {
            **{"orientation": "h", "x": 0, "y": -0.24 if small else -0.14, "yanchor": "top"},
            **{"font": {"size": 11 if small else 12}, "itemclick": False, "itemdoubleclick": False},
        },
        "xaxis": {**axis, "title": {"text": "Measured, ms per output token", "standoff": 6}},
        "yaxis": axis,
        "annotations": [
            {
                **{"text": "Predicted, ms per output token", "showarrow": False, "xref": "paper", "yref": "paper"},
                **{"x": 0, "y": 1, "xanchor": "left", "yanchor": "bottom", "yshift": 4},
            },
            _word("too slow", ends, above=True),
            _word("too fast", ends, above=False),
        ],
    }


def _word(text: str, ends: tuple[float, float], *, above: bool) -> dict[str, object]:
    """A word in the corner over or under the diagonal."""
    return {
        **{"text": f"predicted {text}", "showarrow": False, "xref": "x domain", "yref": "y domain", "opacity": 0.65},
        **{"x": 0 if above else 1, "y": 1 if above else 0},
        **{"xanchor": "left" if above else "right", "yanchor": "top" if above else "bottom"},
        **{"xshift": 6 if above else -6, "yshift": -6 if above else 6},
    }
