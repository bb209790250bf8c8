"""What other hardware, or another model, would change."""

import streamlit as st

from infecon_ui.design import goal, matters, what_if
from infecon_ui.design.part import Part
from infecon_ui.design.subject import Subject
from infecon_ui.navigation import require_app
from infecon_ui.page_controls import PageControls
from infecon_ui.plots.show import show, slide_of
from infecon_ui.state.chosen import Chosen
from infecon_ui.state.title import set_title
from infecon_ui.text.markdown import escaped
from infecon_ui.work.pool import WorkError

QUESTIONS = {"What if": what_if.ask, "What matters": matters.ask, "Goal seek": goal.ask}


def main() -> None:
    """Show the page, or why there is no scenario that could be changed."""
    set_title("Design")
    choice: Chosen = st.session_state["choice"]
    if choice.scenario is None:
        st.title("Design", anchor=False)
        st.warning(escaped(choice.problem or ""), icon=":material/info:")
        return
    set_title("Design", f"{choice.model_name} on {choice.accelerator_name}")
    show_answer(Subject(choice, choice.scenario))


def show_answer(subject: Subject) -> None:
    """The answer to the chosen question above its controls, its charts below them."""
    head, unclear = st.container(gap="small"), st.container()
    controls = PageControls("design_")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        ask = controls.pick("Question", QUESTIONS, "question")
        answer = ask(controls, subject)
    try:
        found = answer()
    except WorkError as reason:
        found = Part("Design", str(reason))
    controls.tell(unclear)
    with head:
        if found.charts and slide_of(found.charts, controls.link):
            return
        st.title(escaped(found.claim), anchor=False)
        st.markdown(escaped(found.support))
        for note in found.notes:
            st.info(escaped(note), icon=":material/info:")
    for i, (name, make) in enumerate(found.charts.items()):
        plot = make()
        if plot is not None:
            show(plot, controls.link, heading=found.headings.get(name, ""), titled=i == 0)
    found.below()


require_app()
main()
