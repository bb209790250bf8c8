"""Time to first token against load: how many requests a second the point's setup answers, and how soon."""

import datetime as dt
import math

import pandas as pd
import streamlit as st

from infecon_core import Layout, Scenario
from infecon_core.physics.queueing import LARGEST_LOAD
from infecon_ui.charts.figure import Figure, packed, show
from infecon_ui.charts.palette import CURVE, FRAME, MUTED
from infecon_ui.frontier import cache
from infecon_ui.frontier.points import Point
from infecon_ui.frontier.shown import Shown
from infecon_ui.slide.facts import facts, file_stem, with_facts
from infecon_ui.state import links
from infecon_ui.text import formats
from infecon_ui.text.markdown import escaped

_FAR = 3.0  # how far a limit may lie above the curve and still be shown, as a factor
_SPARE = 1.08  # free space beyond the last value of an axis, as a factor


def show_load(shown: Shown, point: Point) -> None:
    """The chart with its sentence and its file; worked out when it is unfolded.

    Args:
        shown (Shown): What the page shows.
        point (mapping): The point whose setup is loaded.
    """
    if not shown.capabilities.prompts:
        return
    box = st.expander("First token against load", key="open_load", on_change="rerun", icon=":material/monitoring:")
    if not box.open:
        return
    curve = cache.load_curve(shown.scenario, Layout.of(point), float(point["batch"]))
    limit_s = shown.scenario.target_ttft_s
    with box:
        if curve.empty:
            st.markdown(escaped(why_none(shown.scenario)))
            return
        st.markdown(escaped(sentence(curve, float(point["batch"]), limit_s)))
        show(
            load_figure(curve, float(point["batch"]), limit_s),
            key="load_chart",
            config={"displayModeBar": False},
            alt="Time to first token over the requests that the setup answers in a second.",
        )
        st.caption(
            "Requests arrive steadily. The curve ends where memory or the limit on sequences holds no more, or "
            f"where prompts take {LARGEST_LOAD:.0%} of the time: beyond it the queue is not estimated."
        )
        link = links.link()
        st.download_button(
            "Load, CSV",
            lambda: load_csv(curve, shown.scenario, link),
            f"{file_stem(*shown.served, 'load')}.csv",
            "text/csv",
            key="download_load",
            on_click="ignore",
            icon=":material/download:",
        )


def load_csv(curve: pd.DataFrame, scenario: Scenario, link: str) -> str:
    """The curve as CSV, with its scenario in every row."""
    return with_facts(curve, facts(scenario, link, dt.date.today())).to_csv(index=False)


def why_none(scenario: Scenario) -> str:
    """Why there is no curve to draw."""
    if scenario.serving.disaggregated:
        return (
            "Prompts have GPUs of their own, whose number is not told: the time to first token is a lower bound, "
            "which no load moves."
        )
    return (
        f"Already the smallest batch of this layout keeps it at prompts for {LARGEST_LOAD:.0%} of the time: "
        "the queue is not estimated."
    )


def sentence(curve: pd.DataFrame, batch: float, limit_s: float | None = None) -> str:
    """What the curve shows, in words.

    Args:
        curve (DataFrame): As from `engines.load_curve`; at least one row.
        batch (float): That of the point. [1]
        limit_s (float or None): The longest that the first token may take. [s]
    """
    parts = []
    here = curve[curve["batch"] == batch]
    if len(here):
        row = here.iloc[0]
        first, last = formats.duration(row["ttft_s"]), formats.duration(row["end_to_end_s"])
        parts.append(
            f"With {_users(batch)} at once this setup answers {_rate(row['requests_per_s'])}, on average with the "
            f"first token after {first} and the last after {last}; those who queue included, "
            f"{formats.number(row['concurrency'])} wait for an answer."
        )
    most = curve.iloc[int(curve["requests_per_s"].argmax())]
    parts.append(
        f"The most on this curve are {_rate(most['requests_per_s'])} with {_users(most['batch'])} at once, the first "
        f"token after {formats.duration(most['ttft_s'])}."
    )
    if limit_s is not None:
        kept = curve[curve["ttft_s"] <= limit_s]
        limit = formats.duration(limit_s)
        parts.append(
            f"Within the limit of {limit} it still answers {_rate(kept['requests_per_s'].max())}."
            if len(kept)
            else f"The limit of {limit} is kept at no load."
        )
    return " ".join(parts)


def load_figure(curve: pd.DataFrame, batch: float, limit_s: float | None = None) -> Figure:
    """Draw the time to first token over the requests of a second, with the point and the limit.

    Args:
        curve, batch, limit_s: As for `sentence`; at least one row.
    """
    here = curve[curve["batch"] == batch]
    shown = curve[["batch", "tpot_s", "end_to_end_s", "concurrency"]].to_numpy(float)
    hover = (
        "<b>%{y:,.3~r} s</b> to the first token<br>%{x:,.3~r} requests/s, %{customdata[0]:,d} users at once<br>"
        "%{customdata[1]:,.3~r} ms per token, %{customdata[2]:,.3~r} s per request<br>"
        "%{customdata[3]:,.3~r} waiting, those who queue included<extra></extra>"
    )
    line = {"type": "scatter", "mode": "lines", "name": "load", "line": {"color": CURVE, "width": 3}}
    dot = {"type": "scatter", "mode": "markers", "name": "point", "hoverinfo": "skip", "showlegend": False}
    limits = _drawn(curve, limit_s)
    longest = max(float(curve["ttft_s"].max()), *limits, 0.0)
    across = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "line": {"color": FRAME, "width": 1.5, "dash": "dash"}}
    fixed = {"fixedrange": True, "zeroline": False, "rangemode": "tozero"}
    return {
        "data": [
            {
                **line,
                **{"x": packed(curve["requests_per_s"]), "y": packed(curve["ttft_s"]), "hovertemplate": hover},
                "customdata": [[row[0], row[1] * 1e3, *row[2:]] for row in shown.tolist()],
                "showlegend": False,
            },
            {
                **dot,
                **{"x": packed(here["requests_per_s"]), "y": packed(here["ttft_s"])},
                "marker": {"color": CURVE, "size": 15, "line": {"color": "white", "width": 2}},
            },
        ],
        "layout": {
            "height": 320,
            "margin": {"l": 8, "r": 16, "t": 8, "b": 44},
            "xaxis": {
                **{"title": {"text": "requests per second of one instance"}, **fixed},
                "range": [0, float(curve["requests_per_s"].max()) * _SPARE],
            },
            "yaxis": {
                **{"title": {"text": "time to first token, s"}, "automargin": True, **fixed},
                "range": [0, longest * _SPARE],
            },
            "shapes": [{**across, "y0": limit, "y1": limit} for limit in limits],
            "annotations": [
                {
                    **{"text": f"limit {formats.duration(limit)}", "showarrow": False, "font": {"color": MUTED}},
                    **{"xref": "paper", "x": 1, "xanchor": "right", "y": limit, "yanchor": "bottom"},
                }
                for limit in limits
            ],
        },
    }


def _drawn(curve: pd.DataFrame, limit_s: float | None) -> list[float]:
    """The limit, where it can be drawn without pressing the curve flat: at most three times its longest time. [s]"""
    return [limit_s] if limit_s is not None and limit_s <= _FAR * float(curve["ttft_s"].max()) else []


def _users(count: float) -> str:
    return f"{formats.number(count)} {'user' if count == 1 else 'users'}"


def _rate(requests_per_s: float) -> str:
    if requests_per_s < 0.1 and math.isfinite(requests_per_s):
        return f"{formats.digits(requests_per_s * 3600)} requests per hour"
    return f"{formats.digits(requests_per_s)} requests per second"
