"""The chart of the frontier page with its controls."""

import streamlit as st

from infecon_core.validation.uncertainty import Spread
from infecon_ui.charts.axes import Ranges
from infecon_ui.charts.figure import Figure, show
from infecon_ui.charts.palette import LIMITS
from infecon_ui.frontier import cache, exports, words
from infecon_ui.frontier.figure import frontier_figure, picked_row
from infecon_ui.frontier.shown import Shown
from infecon_ui.text.glossary import TERMS, glossary

SCALES = {"Log": True, "Linear": False}
IMAGES = {"PNG": 3, "SVG": 1}  # how many times the size on screen
SPREAD = "chart_spread"
RANGES = "chart_ranges"


def show_chart(shown: Shown) -> int | None:
    """Draw the controls and the frontier; the row that was clicked, or None."""
    with st.container(horizontal=True, vertical_alignment="center"):
        meaning = glossary("frontier", *LIMITS)
        st.caption("Colour: what takes most of each step.", width="stretch", help=meaning)
        log_axes = SCALES[_option("Axes", list(SCALES), "chart_axes")]
        image = _option("The camera over the chart saves", list(IMAGES), "chart_image", ":material/photo_camera: ")
        if shown.capabilities.uncertainty:
            st.toggle("Uncertainty", True, key=SPREAD, persist_state="session", help=TERMS["spread"])
        locked = st.toggle(
            "Lock axes",
            key="chart_lock",
            persist_state="session",
            help="Keep both axes where they are, to see the curve move when something changes.",
        )
    event = show(
        figure_of(shown, log_axes=log_axes, ranges=_held_ranges(shown, log_axes, locked)),
        key="frontier_chart",
        on_select="rerun",
        selection_mode="points",
        alt=words.verdict(shown.preferred, shown.served),
        config={
            "displaylogo": False,
            "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d", "zoomIn2d", "zoomOut2d"],
            "toImageButtonOptions": {
                **{"format": image.lower(), "scale": IMAGES[image], "width": 1200, "height": 675},
                "filename": exports.file_stem(*shown.served),
            },
        },
    )
    return picked_row(event.selection.points, shown.points)


def figure_of(shown: Shown, *, log_axes: bool = True, ranges: Ranges | None = None) -> Figure:
    """The figure of what is shown, with its uncertainty where that is switched on."""
    return frontier_figure(
        shown.points, title=shown.served.title, log_axes=log_axes, ranges=ranges, spread=_spread(shown)
    )


def _option(label: str, options: list[str], key: str, icon: str = "") -> str:
    return st.segmented_control(
        label,
        options,
        format_func=lambda name: f"{icon}{name}",
        default=options[0],
        required=True,
        key=key,
        persist_state="session",
        label_visibility="collapsed",
    )


def _spread(shown: Shown) -> Spread | None:
    if shown.capabilities.uncertainty and st.session_state.get(SPREAD, True):
        return cache.spread(shown.scenario)
    return None


def _held_ranges(shown: Shown, log_axes: bool, locked: bool) -> Ranges | None:
    """What the axes showed when they were locked; None while they are free."""
    if not locked:
        st.session_state.pop(RANGES, None)
        return None
    kinds = {log: shown.points.ranges(log_axes=log) for log in (True, False)}
    held: dict[bool, Ranges] = st.session_state.setdefault(RANGES, kinds)
    return held[log_axes]
