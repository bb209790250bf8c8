"""The sidebar: the choices of a scenario as controls."""

import streamlit as st

from infecon_core.scenario import Scenario
from infecon_ui.sidebar import sections, style
from infecon_ui.sidebar.widgets import Controls
from infecon_ui.state import session
from infecon_ui.state.chosen import Chosen, chosen
from infecon_ui.state.session import FIRST

__all__ = ["sidebar"]


def sidebar(schema: type[Scenario] = Scenario) -> Chosen:
    """Draw the controls of the first scenario, and say what is chosen.

    The address is read (`links.adopt`) and the choices are put in order (`session.follow`) before, and the address is
    written (`links.write`) by who calls this: all of it happens on pages without controls too.

    Args:
        schema (type): The scenario's class: every field that it describes has its control.
    """
    choices = session.scenarios()[FIRST]
    controls = Controls(FIRST, choices)
    with st.sidebar:
        st.html(style.CSS)
        wrong = session.refused()
        if wrong:
            st.html(style.marked(wrong))
        for section in (
            sections.workload,
            sections.target,
            sections.accelerator,
            sections.precision,
            sections.speculation,
            sections.more,
            sections.reset,
        ):
            section(controls)
    return chosen(choices, next(iter(wrong.values()), ""))
