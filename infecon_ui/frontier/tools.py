"""The row of tools over the chart: what the axes show, what is compared, and how it is taken along."""

from collections.abc import Callable

import streamlit as st

from infecon_ui.charts.measures import MEASURES
from infecon_ui.frontier.history import HOLD
from infecon_ui.frontier.shown import Shown
from infecon_ui.state import view as view_state
from infecon_ui.state.view import SCALES
from infecon_ui.text.glossary import TERMS

SPREAD = "chart_spread"


def show_tools(shown: Shown, compare: Callable[[], None], share: Callable[[], None]) -> None:
    """Draw the row.

    Args:
        shown (Shown): What the page shows.
        compare (callable): Draws what stands under "Compare" once that is open.
        share (callable): Draws the button that copies the link.
    """
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="tools"):
        st.segmented_control(
            "Vertical axis",
            shown.points.measures,
            format_func=lambda key: MEASURES[key].label,
            key=_held("y", next(key for key in shown.points.measures if MEASURES[key] == shown.measure)),
            required=True,
            persist_state="session",
            label_visibility="collapsed",
            width="stretch",
        )
        box = st.popover("Compare", icon=":material/stacked_line_chart:", key="open_compare", on_change="rerun")
        if box.open:
            with box:
                compare()
        box = st.popover("Chart", icon=":material/tune:", key="open_options", on_change="rerun")
        if box.open:
            with box:
                _options(shown)
        share()
        st.button(
            "Slide", type="primary", icon=":material/slideshow:", key="to_slide",
            on_click=view_state.change, kwargs={"view": "slide"},
        )  # fmt: skip


def _options(shown: Shown) -> None:
    st.segmented_control(
        "Axes",
        list(SCALES),
        format_func=SCALES.__getitem__,
        key=_held("axes", shown.view.axes),
        required=True,
        persist_state="session",
    )
    if shown.capabilities.uncertainty:
        st.toggle("Comparable measurements", True, key=SPREAD, persist_state="session", help=TERMS["spread"])
    st.toggle(
        "Hold the axes",
        True,
        key=HOLD,
        persist_state="session",
        help="Keep both axes while a new curve fits between their ends, so that it is seen to move.",
    )


def _held(key: str, value: str) -> str:
    """A key of the view with its value in the session, so that its control shows it."""
    if st.session_state.get(key) != value:
        st.session_state[key] = value
    return key
