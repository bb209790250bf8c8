"""The chart of the frontier page, and the two ways to move the target on it."""

import html
import math
from bisect import bisect_left
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

import streamlit as st

from infecon_ui.charts.axes import Ranges
from infecon_ui.charts.figure import Figure, show
from infecon_ui.frontier import support, verdict, words
from infecon_ui.frontier.figure import frontier_figure
from infecon_ui.frontier.shown import Shown
from infecon_ui.frontier.style import CHART, SLIDER
from infecon_ui.frontier.tools import SPREAD
from infecon_ui.state import session
from infecon_ui.text import formats
from infecon_ui.turns import TURNS

_DRAWN = "frontier.drawn"
DRAWING_S = 0.08  # long enough for a browser to begin with what it has [s]
_TARGET = "target_tokens_per_s_user"
_STOPS = 160  # of the slider, at even distances along the axis
_ROUND = (1, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 7.5, 8, 9)


def show_chart(shown: Shown) -> None:
    """Draw the frontier with its target, the slider of the target, and in words what the point is."""
    said = verdict.headline(shown), verdict.support(shown), support.in_one_line(shown)
    show(
        frontier_figure(shown, spread=st.session_state.get(SPREAD, True), phone=True),
        key=CHART,
        height="stretch",
        on_select=_pick,
        selection_mode="points",
        alt=". ".join(filter(None, (*said, "Below, the same as a table."))),
        config={"displayModeBar": False, "scrollZoom": False, "doubleClick": False, "showTips": False},
    )
    _show_slider(shown)
    st.html(f'<p class="infecon-note infecon-read">{html.escape(read_out(shown))}</p>')
    # What a phone has no room for above the chart.
    if later := support.in_one_line(shown, first=False):
        st.html(f'<p class="infecon-note infecon-later">{html.escape(later)}</p>')


def draw_first(shown: Shown) -> None:
    """Where the first screen has changed, let the browser draw it before anything below it arrives.

    The browser draws together what arrives together, and the charts below take as long as this one; nobody sees them
    yet. Other visitors do not wait.
    """
    now = (shown.scenario, shown.view, shown.ranges)
    if st.session_state.get(_DRAWN, now) != now:
        TURNS.pause(DRAWING_S)
    st.session_state[_DRAWN] = now


def show_source(shown: Shown) -> None:
    """What stands behind the figures, in one line."""
    st.html(f'<p class="infecon-note infecon-source">{html.escape(verdict.source(shown))}</p>')


def figure_of(shown: Shown) -> Figure:
    """The figure of what is shown, for a page or a picture of its own."""
    return frontier_figure(shown)


def read_out(shown: Shown) -> str:
    """What the point at the target is, where there is no mouse to ask."""
    point = shown.point
    value = verdict.amount(shown.measure, shown.value)
    first = _first_token(shown)
    dashed = f" Dashed: {words.BEYOND}." if (shown.points.beyond != "").any() else ""
    return (
        f"{formats.number(point['tokens_per_s_user'])} tokens/s per user: {value} {shown.measure.phrase} on "
        f"{words.in_words(point)}{first}. Slide to move the target.{dashed}"
    )


def _first_token(shown: Shown) -> str:
    seconds = float(shown.point["ttft_s"])
    return f", {words.first_token(shown.scenario)} {verdict.first_token(seconds)}" if math.isfinite(seconds) else ""


def picked_speed(x: float) -> float:
    """The target that a click on a point sets: its speed, rounded down to three digits, so that the point meets it.

    Args:
        x (float): Its speed as the browser knows it, in 32 bits. [tokens/s]
    """
    unit = 10.0 ** (math.floor(math.log10(x)) - 2)
    return float(f"{math.floor(x * (1 - 1e-6) / unit) * unit:.3g}")


def stops(ranges: Ranges, *, log_axes: bool) -> list[float]:
    """Where the slider of the target can stand: at even distances along the axis, at round speeds where one is near."""
    low = ranges.slowest if log_axes else ranges.fastest / _STOPS
    found = set()
    for i in range(_STOPS + 1):
        part = i / _STOPS
        value = low * (ranges.fastest / low) ** part if log_axes else low + part * (ranges.fastest - low)
        found.add(float(f"{value:.3g}"))
    values = sorted(found)
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(ranges.fastest)) + 1)
    for mark in (step * 10.0**decade for decade in decades for step in _ROUND):
        if values[0] < mark < values[-1]:
            values[_nearest(values, mark)] = mark
    return sorted(set(values))


def _nearest(values: list[float], wanted: float) -> int:
    i = min(max(bisect_left(values, wanted), 1), len(values) - 1)
    return i if values[i] - wanted < wanted - values[i - 1] else i - 1


# While only the target moves the axes stay, and so do the stops: Streamlit asks for every label twice a run.
@lru_cache(maxsize=64)
def _labels(ranges: Ranges, log_axes: bool) -> Mapping[float, str]:
    return MappingProxyType({value: f"{formats.digits(value)} tok/s" for value in stops(ranges, log_axes=log_axes)})


def _show_slider(shown: Shown) -> None:
    labels = _labels(shown.ranges, shown.view.log_axes)
    values = list(labels)
    now = values[_nearest(values, shown.target)]
    if st.session_state.get(SLIDER) != now:
        st.session_state[SLIDER] = now
    st.select_slider(
        "Target: at least so many tokens/s per user",
        values,
        format_func=labels.__getitem__,
        key=SLIDER,
        on_change=_slide,
        label_visibility="collapsed",
    )


def _slide() -> None:
    session.apply({_TARGET: st.session_state[SLIDER]})


def _pick() -> None:
    chosen = st.session_state[CHART].selection.points
    # A second click on the same point takes the selection away and leaves the target.
    if chosen:
        session.apply({_TARGET: picked_speed(float(chosen[0]["x"]))})
