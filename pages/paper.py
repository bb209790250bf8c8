"""The paper, number by number: what it prints beside what the library computes, and what it leaves open."""

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from infecon_ui.charts.figure import show
from infecon_ui.navigation import require_app
from infecon_ui.paper import downloads, exhibits, parts, tables
from infecon_ui.paper.shown import shown_curves, shown_exhibit
from infecon_ui.state.title import set_title
from infecon_ui.text.markdown import bullets, escaped

PAPER = "[arXiv:2506.04645](https://arxiv.org/abs/2506.04645)"
CHART = {"displaylogo": False, "displayModeBar": False}
COMPUTING = "Computing the frontiers behind it."
OPEN_POINTS = "Open points"


def main() -> None:
    """Show the page: everything that costs nothing first, then the opened tab, then the count over all."""
    st.title("The paper, number by number", anchor=False)
    st.markdown(
        "The published engine computes the model of Ege Erdil, *Inference economics of language models*, "
        f"{PAPER} (June 2025). This page computes the paper's tables, its figures and the numbers in its text anew and "
        "sets them beside the print; most rows and curves open in Frontier, where every number can be changed."
    )
    count = st.empty()
    count.markdown(st.session_state.get("paper_count", "Computing the numbers of the paper."))
    shows: dict[str, Callable[[], None]] = {
        exhibits.label(name): partial(show_exhibit, name) for name in exhibits.tabs()
    }
    shows |= {exhibits.drawn().label: show_curves, OPEN_POINTS: parts.show_open_points}
    tabs = st.tabs(list(shows), key="show", on_change="rerun", bind="query-params")
    for (label, show_it), tab in zip(shows.items(), tabs, strict=True):
        if tab.open:
            set_title("The paper, number by number", label)
            with tab:
                show_it()
    show_count(count)


def show_exhibit(name: str) -> None:
    """One table, figure or the claims: chart where there is one, printed beside ours, reasons, source."""
    exhibit = exhibits.exhibit(name)
    parts.show_words(exhibit)
    with st.spinner(COMPUTING):
        shown = shown_exhibit(name)
    if shown.figure:
        show(shown.figure, key=f"{name}_chart", config=CHART, alt=shown.alt)
    if shown.links:
        st.markdown(shown.links)
    st.markdown(shown.legend)
    st.table(shown.table, hide_index=True, border="horizontal")
    if shown.note:
        st.caption(shown.note)
    if shown.reasons:
        st.markdown(f"Where they differ:\n\n{bullets(shown.reasons)}")
    with st.container(horizontal=True):
        parts.download("Printed and computed, CSV", name, partial(downloads.values_csv, name))
        if exhibit.curves:
            parts.download("Curves, CSV", f"{name}-curves", partial(downloads.curves_csv, exhibit, exhibit))
    st.caption(escaped(f"Printed values: {exhibit.provenance.source} ({exhibit.provenance.date})."))


def show_curves() -> None:
    """The figures without printed numbers: one set of curves at a time."""
    drawn = exhibits.drawn()
    parts.show_words(drawn)
    sets = {one.label: one for one in drawn.sets}
    first, *_ = sets
    label = st.segmented_control("Curves", sets, default=first, required=True, key="paper_set", bind="query-params")
    label = label or first  # an empty value in a link takes the choice away all the same
    with st.spinner(COMPUTING):
        shown = shown_curves(label)
    st.caption(escaped(sets[label].note))
    alt = f"Speed against price: {', '.join(line.label for line in sets[label].curves)}; their points stand below."
    show(shown.figure, key="curves_chart", config=CHART, alt=alt)
    st.markdown(shown.links)
    st.table(shown.table, hide_index=True, border="horizontal")
    name = downloads.file_key(drawn.id, label)
    parts.download("Curves, CSV", name, partial(downloads.curves_csv, sets[label], drawn))
    st.caption(escaped(f"{drawn.provenance.source} ({drawn.provenance.date})."))


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
