"""The paper, number by number: what it prints beside what the library computes, and what it leaves open."""

from typing import Any

import streamlit as st

from infecon_ui.charts.figure import show
from infecon_ui.navigation import require_app
from infecon_ui.paper import exhibits, tables
from infecon_ui.paper.shown import shown_exhibit
from infecon_ui.text.markdown import escaped

PAPER = "[arXiv:2506.04645](https://arxiv.org/abs/2506.04645)"
CHART = {"displaylogo": False, "displayModeBar": False}


def main() -> None:
    """Show the page: everything that costs nothing first, then the opened exhibit, then the count over all."""
    st.header("The paper, number by number", anchor=False)
    st.markdown(
        f"The published model of this dashboard is that of Ege Erdil, *Inference economics of language models*, "
        f"{PAPER} (June 2025). This page computes its Tables 1 to 6, Figures 1, 2 and 9 and the numbers in its text "
        f"anew and sets them beside the print."
    )
    count = st.empty()
    count.markdown(st.session_state.get("paper_count", "Computing the numbers of the paper."))
    names = [exhibits.label(name) for name in exhibits.EXHIBITS]
    tabs = st.tabs(names, key="show", on_change="rerun", bind="query-params")
    show_open_points()
    for name, tab in zip(exhibits.EXHIBITS, tabs, strict=True):
        if tab.open:
            with tab:
                show_exhibit(name)
    show_count(count)


def show_exhibit(name: str) -> None:
    """One table, figure or the claims: chart where there is one, printed beside ours, reasons, source."""
    exhibit = exhibits.exhibit(name)
    st.subheader(exhibit.title, anchor=False)
    st.caption(escaped(exhibit.setting))
    with st.spinner("Computing the frontiers behind it."):
        shown = shown_exhibit(name)
    if shown.figure:
        show(shown.figure, key=f"{name}_chart", config=CHART, alt=shown.alt)
    st.markdown(shown.legend)
    st.table(shown.table, hide_index=True, border="horizontal")
    if shown.reasons:
        st.markdown("\n".join(["Where they differ:", "", *(f"- {reason}" for reason in shown.reasons)]))
    st.caption(escaped(f"Printed values: {exhibit.provenance.source} ({exhibit.provenance.date})."))


def show_open_points() -> None:
    """What the paper leaves open, or gets roughly."""
    st.subheader("What the paper leaves open, or gets roughly", anchor=False)
    st.markdown("\n".join(f"1. **{point.name}.** {point.text}" for point in exhibits.open_points()))


def show_count(place: Any) -> None:
    """How many printed values agree; counts up where exhibits are computed for the first time."""
    if "paper_count" in st.session_state:
        return
    known = {}
    for name in exhibits.EXHIBITS:
        known[name] = exhibits.table(name)
        place.markdown(tables.summary(known))
    st.session_state["paper_count"] = tables.summary(known)


require_app()
main()
