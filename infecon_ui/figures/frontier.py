"""The frontier: speed against price, coloured by what limits each point, and where the time goes along it."""

import html
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go

from infecon_core import cheapest, fastest, preferred
from infecon_core.calibration.uncertainty import Spread
from infecon_ui import formats, wording
from infecon_ui.figures import axes, labels
from infecon_ui.palette import SPREAD, TIME_COLUMNS, TIMES

Rows = npt.NDArray[np.intp]

MARKERS = 240  # as many as a browser draws at once without a pause
BAND_POINTS = 160
_PANEL_FLOOR, _BAND_TOP = 0.27, 0.185  # where the upper panel ends and the band below begins
_HINT = "faster and cheaper ↘"


def frontier_figure(
    frame: pd.DataFrame,
    *,
    title: str = "",
    log_axes: bool = True,
    ranges: axes.Ranges | None = None,
    spread: Spread | None = None,
) -> go.Figure:
    """Draw a frontier, and under it the shares of the five times along it.

    Parameters
    ----------
    frame : DataFrame
        A frontier with at least one row.
    title : str
        What is served, in what format, on what.
    log_axes : bool
        Logarithmic axes for speed and price.
    ranges : Ranges or None
        What the axes show; None for the whole frontier.
    spread : Spread or None
        How far comparable measurements lie from their predictions, drawn as a band around the curve.

    Returns
    -------
    Figure
        The first entry of each marker's customdata is the row of `frame` it stands for.
    """
    frame = frame.reset_index(drop=True)
    ranges = axes.ranges_of(frame, log_axes=log_axes) if ranges is None else ranges
    heads = headlines(frame)
    return go.Figure(
        [*_uncertainty(frame, spread), *_band(frame), *_lines(frame), *_markers(frame, heads)],
        _layout(frame, heads, title, log_axes, ranges),
    )


def headlines(frame: pd.DataFrame) -> dict[int, str]:
    """Rows of the fastest, the preferred and the cheapest point, each with its name or names.

    Parameters
    ----------
    frame : DataFrame
        A frontier, indexed from 0.
    """
    named: dict[int, list[str]] = {}
    for name, choose in (("preferred", preferred), ("fastest", fastest), ("cheapest", cheapest)):
        named.setdefault(int(str(choose(frame).name)), []).append(name)
    return {row: _listed(names).capitalize() for row, names in named.items()}


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def thin(frame: pd.DataFrame, n_points: int, keep: Sequence[int] = ()) -> Rows:
    """Rows at even distances along the curve, in logarithms, the ends and `keep` among them.

    Parameters
    ----------
    frame : DataFrame
        A frontier.
    n_points : int
        How many rows to aim at. [1]
    keep : sequence of int
        Rows that stay.
    """
    if len(frame) <= n_points:
        return np.arange(len(frame))
    logs = np.log(frame[["tokens_per_s_user", "usd_per_million_tokens"]].to_numpy(float))
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(logs, axis=0).T))])
    rows = np.searchsorted(along, np.linspace(0, along[-1], n_points)).clip(max=len(frame) - 1)
    return np.unique([0, len(frame) - 1, *keep, *rows])


def picked_row(points: Sequence[Mapping[str, Any]], frame: pd.DataFrame) -> int | None:
    """The row of a frontier that a click on its figure picked; None where there is no such row.

    Parameters
    ----------
    points : sequence of mappings
        What the browser says was selected.
    frame : DataFrame
        The frontier, indexed from 0.
    """
    data = points[0].get("customdata") if points else None
    if not data:
        return None
    # Arrays that travelled in binary come back from the browser as a mapping from position to value.
    row = int(data["0"] if isinstance(data, Mapping) else data[0])
    # The curve may have changed since the click.
    return row if 0 <= row < len(frame) else None


def _uncertainty(frame: pd.DataFrame, spread: Spread | None) -> list[go.Scatter]:
    """Where the curve lies if every step takes as long as the 10th or the 90th percentile says.

    A step that takes r times as long makes the point r times slower, and r times dearer with it.
    """
    if spread is None:
        return []
    speed, price = (frame[name].to_numpy(float) for name in ("tokens_per_s_user", "usd_per_million_tokens"))
    return [
        go.Scatter(
            x=np.concatenate([speed / spread.low, (speed / spread.high)[::-1]]).astype(np.float32),
            y=np.concatenate([price * spread.low, (price * spread.high)[::-1]]).astype(np.float32),
            mode="lines",
            line={"width": 0},
            fill="toself",
            fillcolor=SPREAD,
            name=f"80% of {spread.n_points:,} comparable measurements lie within",
            hoverinfo="skip",
        )
    ]


def _lines(frame: pd.DataFrame) -> list[go.Scatter]:
    x = frame["tokens_per_s_user"].to_numpy(np.float32)
    y = frame["usd_per_million_tokens"].to_numpy(np.float32)
    limit = frame["limit"].to_numpy()
    traces = []
    for time in TIMES:
        own = limit == time.limit
        if not own.any():
            continue
        # A stretch reaches to the first point of the next one, so that the curve has no gaps.
        rows = np.flatnonzero(own | np.concatenate([[False], own[:-1]]))
        gaps = np.flatnonzero(np.diff(rows) > 1) + 1
        traces.append(
            go.Scatter(
                x=np.insert(x[rows], gaps, np.nan),
                y=np.insert(y[rows], gaps, np.nan),
                mode="lines",
                line={"color": time.colour, "width": 3},
                hoverinfo="skip",
                showlegend=False,
            )
        )
    return traces


def _markers(frame: pd.DataFrame, heads: dict[int, str]) -> list[go.Scatter]:
    rows = thin(frame, MARKERS, tuple(heads))
    shown = frame.iloc[rows]
    data = _customdata(shown, rows)
    limit = shown["limit"].to_numpy()
    x = shown["tokens_per_s_user"].to_numpy(np.float32)
    y = shown["usd_per_million_tokens"].to_numpy(np.float32)
    head = np.isin(rows, list(heads))
    speculating = bool((frame["draft_tokens"] > 0).any())
    cents = bool(frame["usd_per_million_tokens"].min() >= 0.1)
    launchable = wording.WORKSPACE in frame
    traces = []
    for time in TIMES:
        own = limit == time.limit
        if not own.any():
            continue
        traces.append(
            go.Scatter(
                x=x[own],
                y=y[own],
                customdata=data[own],
                mode="markers",
                name=f"limited by {time.limit}",
                marker={
                    "color": time.colour,
                    "size": np.where(head[own], 13, 6),
                    "opacity": 1,
                    "line": {"color": "white", "width": np.where(head[own], 2, 0)},
                },
                selected={"marker": {"size": 16, "opacity": 1}},
                unselected={"marker": {"opacity": 1}},
                hovertemplate=wording.hover(time.limit, speculating=speculating, cents=cents, launchable=launchable),
                showlegend=False,
            )
        )
    return traces


def _customdata(shown: pd.DataFrame, rows: Rows) -> np.ndarray:
    columns: list[Any] = [
        rows,
        *(shown[name] for name in ("n_gpu", "tp", "pp", "ep", "dp_attn", "batch")),
        np.where(shown["scheme"] == "2-D", 2, 1),
        shown["draft_tokens"],
        *(shown[TIME_COLUMNS].to_numpy() / shown[["tpot_s"]].to_numpy()).T,
        *(shown[f"{name}_bytes_per_gpu"] / 1e9 for name in ("weight", "kv", "hbm")),
        shown["mfu"],
        shown["mbu"],
        shown["tpot_s"] * 1e3,
        shown[wording.WORKSPACE] / 1e9 if wording.WORKSPACE in shown else np.zeros(len(shown)),
        shown["ttft_s"] * 1e3,
    ]
    return np.column_stack(columns).astype(np.float32)


def _band(frame: pd.DataFrame) -> list[go.Scatter]:
    shown = frame.iloc[thin(frame, BAND_POINTS)[::-1]]
    if len(shown) == 1:
        # A single point has no width; a band of 1% of its speed lets its shares be seen.
        shown = pd.concat([shown, shown]).assign(
            tokens_per_s_user=shown["tokens_per_s_user"].iloc[0] * np.array([1, 1.01])
        )
    speed = shown["tokens_per_s_user"].to_numpy(np.float32)
    shares = (100 * shown[TIME_COLUMNS].to_numpy() / shown[["tpot_s"]].to_numpy()).astype(np.float32)
    return [
        go.Scatter(
            x=speed,
            y=shares[:, i],
            yaxis="y2",
            name=time.label,
            mode="lines",
            line={"width": 0},
            stackgroup="shares",
            fillcolor=time.colour,
            hoverinfo="skip",
        )
        for i, time in enumerate(TIMES)
    ]


def _layout(
    frame: pd.DataFrame, heads: dict[int, str], title: str, log_axes: bool, ranges: axes.Ranges
) -> dict[str, Any]:
    kind = "log" if log_axes else "linear"
    speeds = axes.ticks(ranges.slowest, ranges.fastest, log_axis=log_axes)
    prices = axes.ticks(ranges.cheapest, ranges.dearest, log_axis=log_axes, most=7)
    heading = {"showarrow": False, "xref": "paper", "yref": "paper", "x": 0, "xanchor": "left", "yanchor": "bottom"}
    return {
        "height": 550,
        "margin": {"l": 46, "r": 12, "t": 66, "b": 70},
        "title": {
            "text": html.escape(title),
            "x": 0,
            "xanchor": "left",
            "y": 0.985,
            "yanchor": "top",
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
            **{"type": kind, "range": axes.span(ranges.slowest, ranges.fastest, log_axis=log_axes)},
            **{"tickvals": speeds, "ticktext": axes.plain(speeds), "anchor": "y2", "showgrid": True},
            **{"title": {"text": "Speed, tokens per second per user", "standoff": 8}, "zeroline": False},
        },
        "yaxis": {
            **{"type": kind, "range": axes.span(ranges.cheapest, ranges.dearest, log_axis=log_axes)},
            **{"tickvals": prices, "ticktext": axes.dollars(prices), "domain": [_PANEL_FLOOR, 1], "zeroline": False},
        },
        "yaxis2": {
            **{"domain": [0, _BAND_TOP], "range": [0, 100], "fixedrange": True, "showgrid": False},
            **{"tickvals": [0, 50, 100], "ticktext": ["0", "50%", "100%"], "zeroline": False},
        },
        "annotations": [
            {**heading, "y": 1, "yshift": 6, "text": "Price, $ per million tokens"},
            {**heading, "y": _BAND_TOP, "yshift": 4, "text": "Where the time of a token goes"},
            *_head_labels(frame, heads, log_axes, ranges),
        ],
    }


def _head_labels(
    frame: pd.DataFrame, heads: dict[int, str], log_axes: bool, ranges: axes.Ranges
) -> list[dict[str, Any]]:
    x, y = frame["tokens_per_s_user"].to_numpy(float), frame["usd_per_million_tokens"].to_numpy(float)
    curve = np.column_stack(
        [
            axes.fraction(np.maximum(x, 1e-12), ranges.slowest, ranges.fastest, log_axis=log_axes),
            axes.fraction(np.maximum(y, 1e-12), ranges.cheapest, ranges.dearest, log_axis=log_axes),
        ]
    )
    # A point above what the axes show is named at their upper end; one beyond another end is not.
    rows = [row for row in heads if 0 <= curve[row, 0] <= 1 and curve[row, 1] >= 0]
    above = {row: curve[row, 1] > 1 for row in rows}
    texts = [
        f"<b>{heads[row]}</b>{' ↑' if above[row] else ''}<br>{formats.speed(x[row])} at {formats.money(y[row])}"
        for row in rows
    ]
    spots = labels.place([(curve[row, 0], min(1.0, curve[row, 1])) for row in rows], texts, curve, [_HINT])
    y = y.clip(max=ranges.dearest)
    hint = {
        **{"text": _HINT, "showarrow": False, "xref": "x domain", "yref": "y domain", "x": 1, "y": 0},
        **{"xanchor": "right", "yanchor": "bottom", "xshift": -6, "yshift": 6, "opacity": 0.65},
    }
    return [hint] + [
        {
            "text": text,
            "align": spot.xanchor,
            "x": np.log10(x[row]) if log_axes else x[row],
            "y": np.log10(y[row]) if log_axes else y[row],
            **{"ax": spot.right, "ay": spot.down, "xanchor": spot.xanchor, "yanchor": spot.yanchor},
            **{"showarrow": True, "arrowhead": 0, "arrowwidth": 1, "standoff": 7, "borderpad": 1},
            "arrowcolor": "rgba(130, 140, 155, 0.8)",
        }
        for row, text, spot in zip(rows, texts, spots, strict=True)
    ]
