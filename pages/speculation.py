"""What drafts gain: along the frontier, at one setup, by who drafts, as measured, and as the paper has it."""

import streamlit as st

from infecon_ui.navigation import require_app
from infecon_ui.page_controls import PageControls
from infecon_ui.plots.show import show, slide_of
from infecon_ui.speculation import controls, paper, words
from infecon_ui.speculation.question import Question, question
from infecon_ui.speculation.sections import ALONG, PAPER, SECTIONS, makers
from infecon_ui.state.chosen import Chosen
from infecon_ui.state.title import set_title
from infecon_ui.text.formulas import FORMULAS
from infecon_ui.text.markdown import escaped


def main() -> None:
    """Show the page, or why it has nothing to show."""
    choice: Chosen = st.session_state["choice"]
    set_title("Speculation", f"{choice.model_name} on {choice.accelerator_name}")
    found = question(choice)
    if isinstance(found, Question):
        show_question(found)
    else:
        st.title("What drafts gain", anchor=False)
        st.warning(escaped(found.reason), icon=":material/info:")


def show_question(asked: Question) -> None:
    """A part of the charts of a scenario with drafts and without, or the slide of one."""
    head, unclear = st.container(gap="small"), st.container()
    bound = PageControls("speculation_")
    section = bound.pick("Show", {name: name for name in SECTIONS}, "show", bare=True)
    asked = controls.ask(asked, bound, section)
    bound.tell(unclear)
    with head:
        if slide_of(makers(asked, section), bound.link):
            return
        st.title(escaped(words.headline(asked)), anchor=False)
        st.markdown(escaped(words.support(asked)))
        controls.show_offer(asked)
    if section == PAPER:
        st.html(f"<style>{FORMULAS}</style>")
        for formula in paper.equations(asked):
            st.latex(formula)
        st.caption(escaped(paper.explained(asked)))
    for name in SECTIONS[section]:
        plot = makers(asked, section)[name]()
        if plot is not None:
            show(plot, bound.link)
            if name == "price_map":
                st.caption("Every cell opens its frontier.")
    if section == ALONG and not asked.capabilities.searches_again:
        st.caption(escaped(words.without_searches(asked)))


require_app()
main()
