"""The row of tools over the chart: what the axes show, what is compared, and how it is taken along."""

from collections.abc import Callable, Iterable, Mapping
from typing import Literal

import streamlit as st

from infecon_core.pareto import STEADY_TOLERANCE
from infecon_ui.charts.measures import MEASURES
from infecon_ui.frontier.history import HOLD
from infecon_ui.frontier.shown import Shown
from infecon_ui.state import view as view_state
from infecon_ui.state.view import SCALES
from infecon_ui.text.glossary import TERMS

SPREAD = "chart_spread"
COMPARE = "open_compare"


def show_tools(shown: Shown, compare: Callable[[], None], share: Callable[[], None]) -> None:
    """Draw the row of one frontier.

    Args:
        shown (Shown): What the page shows.
        compare (callable): Draws what stands under "Compare" once that is open.
        share (callable): Draws the button that copies the link.
    """
    y = next(key for key in shown.points.measures if MEASURES[key] == shown.measure)
    show_row(y, shown.points.measures, compare=compare, options=lambda: _options(shown), beside=share)


def show_row(
    y: str,
    measures: Iterable[str],
    *,
    compare: Callable[[], None],
    options: Callable[[], None],
    beside: Callable[[], None],
) -> None:
    """Draw the row.

    Args:
        y (str): What the vertical axis shows, a key of `MEASURES`.
        measures (iterable of str): What it can show.
        compare, options (callable): Draw what stands under "Compare" and "Chart" once these are open.
        beside (callable): Draws the buttons before that of the slide.
    """
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="tools"):
        pick("Vertical axis", "y", y, {key: MEASURES[key].label for key in measures}, width="stretch", labelled=False)
        box = st.popover("Compare", icon=":material/stacked_line_chart:", key=COMPARE, on_change="rerun")
        if box.open:
            with box:
                compare()
        box = st.popover("Chart", icon=":material/tune:", key="open_options", on_change="rerun")
        if box.open:
            with box:
                options()
        beside()
        st.button(
            "Slide",
            type="primary",
            icon=":material/slideshow:",
            key="to_slide",
            on_click=view_state.change,
            kwargs={"view": "slide"},
        )


def pick(
    label: str,
    key: str,
    value: str,
    options: Mapping[str, str],
    *,
    width: Literal["stretch", "content"] = "content",
    labelled: bool = True,
) -> None:
    """A control of a part of the view, which shows the value that the view has.

    Args:
        label (str): What it chooses; on the page only where `labelled`.
        key, value (str): The part and what it is.
        options (mapping): What it can be, and what that is called.
        width (str): As that of `st.segmented_control`.
        labelled (bool): Whether the label is seen.
    """
    if st.session_state.get(key) != value:
        st.session_state[key] = value
    st.segmented_control(
        label,
        list(options),
        format_func=options.__getitem__,
        key=key,
        required=True,
        persist_state="session",
        label_visibility="visible" if labelled else "collapsed",
        width=width,
    )


def _options(shown: Shown) -> None:
    pick("Axes", "axes", shown.view.axes, SCALES)
    if shown.capabilities.uncertainty:
        st.toggle("Comparable measurements", True, key=SPREAD, persist_state="session", help=TERMS["spread"])
    st.toggle(
        "Hold the axes",
        True,
        key=HOLD,
        persist_state="session",
        help="Keep both axes while a new curve fits between their ends, so that it is seen to move.",
    )
    if shown.points.steady is not None:
        st.caption(
            "Layouts under the chart: one is kept along the curve as long as it is at most "
            f"{STEADY_TOLERANCE:.0%} slower or dearer than the best. At the target it is the best."
        )
