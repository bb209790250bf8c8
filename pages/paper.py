"""The paper, number by number: what it prints beside what the library computes, and what it leaves open."""

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from infecon_ui.navigation import require_app
from infecon_ui.paper import downloads, exhibits, parts, tables
from infecon_ui.paper.shown import set_of, shown_curves, shown_exhibit
from infecon_ui.state import links, view
from infecon_ui.state.title import set_title
from infecon_ui.text.markdown import bullets, escaped

COMPUTING = "Computing the frontiers behind it."
OPEN_POINTS = "Open points"


def main() -> None:
    """Show the page: everything that costs nothing first, then the opened tab, then the count over all."""
    top, count = st.container(), None
    if not view.current().slide:
        count = parts.show_opening()
        count.markdown(st.session_state.get("paper_count", "Computing the numbers of the paper."))
    shows: dict[str, Callable[[Any], None]] = {
        exhibits.label(name): partial(show_exhibit, name) for name in exhibits.tabs()
    }
    shows |= {exhibits.drawn().label: show_curves, OPEN_POINTS: lambda _: parts.show_open_points()}
    tabs = st.tabs(list(shows), key="show", on_change="rerun", bind="query-params")
    for (label, show_it), tab in zip(shows.items(), tabs, strict=True):
        if tab.open:
            set_title("The paper, number by number", label)
            with tab:
                show_it(top)
    if count is not None:
        show_count(count)


def show_exhibit(name: str, top: Any) -> None:
    """One table, figure or the claims: chart where there is one, printed beside ours, reasons, source."""
    exhibit = exhibits.exhibit(name)
    with st.spinner(COMPUTING):
        shown = shown_exhibit(name)
    if parts.is_slide(shown.plot, links.of_page({"show": exhibit.label}), top):
        return
    parts.show_words(exhibit)
    if shown.plot is not None:
        parts.show_plot(shown.plot, links.of_page({"show": exhibit.label}))
    if shown.links:
        st.markdown(shown.links)
    st.markdown(shown.legend)
    st.table(shown.table, hide_index=True, border="horizontal")
    if shown.note:
        st.caption(shown.note)
    if shown.reasons:
        st.markdown(f"Where they differ:\n\n{bullets(shown.reasons)}")
    parts.download("Printed and computed, CSV", name, lambda: downloads.csv(downloads.values(name)))
    st.caption(escaped(f"Printed values: {exhibit.provenance.source} ({exhibit.provenance.date})."))


def show_curves(top: Any) -> None:
    """The figures without printed numbers: one set of curves at a time."""
    drawn = exhibits.drawn()
    label = parts.show_sets()
    with st.spinner(COMPUTING):
        shown = shown_curves(label)
    link = links.of_page({"show": drawn.label, "paper_set": label})
    if parts.is_slide(shown.plot, link, top):
        return
    parts.show_words(drawn)
    st.caption(escaped(set_of(label).note))
    parts.show_plot(shown.plot, link)
    st.markdown(shown.links)
    st.table(shown.table, hide_index=True, border="horizontal")
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
