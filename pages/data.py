"""Models and accelerators with the source of every number, the roofline, comparisons, and entries of one's own."""

import streamlit as st

from infecon_ui.data import comparison, listing, own_part, roofline
from infecon_ui.navigation import require_app
from infecon_ui.page_controls import PageControls
from infecon_ui.plots.show import slide_of
from infecon_ui.state.title import set_title
from infecon_ui.text.markdown import escaped

PARTS = {
    "Models": listing.models,
    "Accelerators": listing.accelerators,
    "Roofline": roofline.part,
    "Compare": comparison.part,
    "Your own": own_part.part,
}


def main() -> None:
    """Show one part of the page, or the slide of one of its charts."""
    choice = st.session_state["choice"]
    head = st.container()
    controls = PageControls("data_")
    name = controls.pick("Show", {one: one for one in PARTS}, "show", bare=True)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        part = PARTS[name](controls, choice)
    set_title(f"Data: {name.lower()}")
    with head:
        if part.plots and slide_of(part.plots, controls.link):
            return
        st.title(escaped(part.title), anchor=False)
        st.caption(escaped(part.support))
        controls.tell(st.container())
    part.draw(controls.link)


require_app()
main()
