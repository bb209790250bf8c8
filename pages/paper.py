"""The paper, number by number: what it prints beside what the library computes, and what it leaves open."""

from typing import Any

import streamlit as st

from infecon_ui import paper_tables, wording
from infecon_ui.figures import paper as figures
from infecon_ui.navigation import require_app

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
    names = [paper_tables.label(name) for name in paper_tables.EXHIBITS]
    tabs = st.tabs(names, key="show", on_change="rerun", bind="query-params")
    show_open_points()
    for name, tab in zip(paper_tables.EXHIBITS, tabs, strict=True):
        if tab.open:
            with tab:
                show_exhibit(name)
    show_count(count)


def show_exhibit(name: str) -> None:
    """One table, figure or the claims: chart where there is one, printed beside ours, reasons, source."""
    shown = paper_tables.exhibit(name)
    st.subheader(shown.title, anchor=False)
    st.caption(wording.escaped(shown.setting))
    with st.spinner("Computing the frontiers behind it."):
        table = paper_tables.table(name)
        curves = paper_tables.curves(name)
    if curves:
        st.plotly_chart(
            figures.curves_figure(shown, table, curves),
            key=f"{name}_chart",
            config=CHART,
            alt=f"{shown.title}: our curves and the printed points.",
        )
    elif name == "figure-2":
        st.plotly_chart(figures.law_figure(shown), key=f"{name}_chart", config=CHART, alt=shown.title)
    st.markdown(paper_tables.legend(table))
    st.table(paper_tables.pivot(table), hide_index=True, border="horizontal")
    if reasons := paper_tables.reasons(table):
        st.markdown("\n".join(["Where they differ:", "", *(f"- {reason}" for reason in reasons)]))
    st.caption(wording.escaped(f"Printed values: {shown.provenance.source} ({shown.provenance.date})."))


def show_open_points() -> None:
    """What the paper leaves open, or gets roughly."""
    st.subheader("What the paper leaves open, or gets roughly", anchor=False)
    st.markdown("\n".join(f"1. **{name}.** {text}" for name, text in paper_tables.OPEN_POINTS))


def show_count(place: Any) -> None:
    """How many printed values agree; counts up where exhibits are computed for the first time."""
    if "paper_count" in st.session_state:
        return
    tables = {}
    for name in paper_tables.EXHIBITS:
        tables[name] = paper_tables.table(name)
        place.markdown(paper_tables.summary(tables))
    st.session_state["paper_count"] = paper_tables.summary(tables)


require_app()
main()
