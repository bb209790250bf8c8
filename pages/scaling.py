"""How top speed grows with models and hardware: the paper's laws, fits over the catalog, and where they break."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from infecon_ui.navigation import require_app
from infecon_ui.page_controls import PageControls
from infecon_ui.plots.show import draw, show, slide_of, tools
from infecon_ui.scaling.section import Section
from infecon_ui.scaling.sections import SECTIONS
from infecon_ui.state.chosen import Chosen
from infecon_ui.state.title import set_title
from infecon_ui.text.markdown import escaped


def main() -> None:
    """Show the page: one question at a time, so that one run computes one answer."""
    set_title("Scaling laws")
    choice: Chosen = st.session_state["choice"]
    claim, unclear = st.container(gap="small"), st.container()
    controls = PageControls("scaling_")
    ask = controls.pick("Top speed and", SECTIONS, "law", help="What the fastest speed of one user depends on.")
    section = None if choice.scenario is None else ask(choice, choice.scenario, controls)
    controls.tell(unclear)
    if section is None:
        claim.title("Scaling laws", anchor=False)
        st.warning(escaped(choice.problem or ""), icon=":material/info:")
        return
    with claim:
        if slide_of(section.makers, controls.link):
            return
    show_section(section, claim, controls.link)


def show_section(section: Section, claim: DeltaGenerator, link: str) -> None:
    """The charts of a section, the first one under the page's title."""
    first, *others = section.plots.values()
    try:
        plot = first()
    except ValueError as reason:
        claim.title("Scaling laws", anchor=False)
        st.info(escaped(str(reason)), icon=":material/search_off:")
        return
    with claim:
        st.title(escaped(plot.claim), anchor=False)
        st.caption(escaped(plot.subtitle))
    draw(plot)
    section.below()
    st.caption(escaped(plot.source))
    tools(plot, link)
    for make in others:
        try:
            show(make(), link)
        except ValueError as reason:
            st.info(escaped(str(reason)), icon=":material/search_off:")


require_app()
main()
