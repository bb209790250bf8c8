"""Every equation with the scenario's numbers, every constant and assumption with what it moves, every term."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from infecon_core import Scenario
from infecon_ui.method import cache, plots, sections, words
from infecon_ui.method.controls import CONSTANTS, EQUATIONS, GLOSSARY, MOVES, Asked, ask
from infecon_ui.method.found import effects_of
from infecon_ui.navigation import require_app
from infecon_ui.page_controls import PageControls
from infecon_ui.plots.show import draw, show, slide_of, tools
from infecon_ui.state.chosen import Chosen
from infecon_ui.state.title import set_title
from infecon_ui.text.markdown import escaped


def main() -> None:
    """Show the page: its title, the controls, and one section, so that one run computes one answer."""
    choice: Chosen = st.session_state["choice"]
    head, unclear, controls = st.container(gap="small"), st.container(), PageControls("method_")
    asked = ask(controls, lambda: cache.in_use(choice.scenario))
    controls.tell(unclear)
    set_title("Method", asked.section)
    if asked.section == GLOSSARY:
        say(head, *words.glossary())
        sections.show_glossary(asked)
    elif choice.scenario is None:
        say(head, "Method", "")
        st.warning(escaped(choice.problem or ""), icon=":material/info:")
    elif asked.section == EQUATIONS:
        show_equations(head, asked, choice.scenario, controls.link)
    else:
        show_moved(head, asked, choice.scenario, controls.link)


def say(head: DeltaGenerator, claim: str, support: str) -> None:
    """The title and the line below it."""
    with head:
        st.title(escaped(claim), anchor=False)
        if support:
            st.caption(escaped(support))


def show_equations(head: DeltaGenerator, asked: Asked, scenario: Scenario, link: str) -> None:
    """The equations with the numbers of the cheapest point that meets the target."""
    worked = cache.worked(scenario)
    if isinstance(worked, str):
        say(head, "Method", "")
        st.info(escaped(worked), icon=":material/search_off:")
        return
    with head:
        if slide_of({"operators": lambda: plots.operators(worked)}, link):
            return
    say(head, words.computed(worked), words.setup(worked, scenario))
    sections.show_equations(asked, worked)
    show(plots.operators(worked), link, heading="Where the time of a token goes")


def show_moved(head: DeltaGenerator, asked: Asked, scenario: Scenario, link: str) -> None:
    """What moves the price at the target: as a chart, by constant, or by assumption."""
    found = effects_of(scenario)
    if isinstance(found, str):
        say(head, "Method", "")
        st.info(escaped(found), icon=":material/search_off:")
        return
    plot = plots.moved(found)
    with head:
        if plot is not None and slide_of({plot.name: lambda: plot}, link):
            return
    if asked.section == MOVES:
        say(head, words.moved(found), words.support(found, scenario))
        if plot is not None:
            draw(plot)
            st.caption(escaped(plot.source))
            tools(plot, link)
        sections.show_reading()
    elif asked.section == CONSTANTS:
        say(head, *words.of_constants(found, scenario))
        sections.show_constants(found)
    else:
        say(head, *words.of_assumptions(found, scenario))
        sections.show_assumptions(found)


require_app()
main()
