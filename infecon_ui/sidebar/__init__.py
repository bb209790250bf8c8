"""The sidebar: the choices of a scenario as controls."""

import streamlit as st

from infecon_core.scenario import Scenario
from infecon_ui.sidebar import sections
from infecon_ui.sidebar.widgets import Controls
from infecon_ui.state import links, session
from infecon_ui.state.chosen import Chosen, chosen
from infecon_ui.state.session import FIRST

__all__ = ["sidebar"]


def sidebar(schema: type[Scenario] = Scenario) -> Chosen:
    """Draw the controls of the first scenario, keep the address in step, and say what is chosen.

    Args:
        schema (type): The scenario's class: every field that it describes has its control.
    """
    links.adopt(schema)
    choices = session.follow()[FIRST]
    controls = Controls(FIRST, choices)
    with st.sidebar:
        sections.engine(controls)
        sections.model(controls)
        sections.accelerator(controls)
        sections.precision(controls)
        sections.context(controls)
        sections.speculation(controls)
        sections.search(controls)
        sections.advanced(controls)
        st.button(
            "Reset", on_click=session.reset, icon=":material/restart_alt:", help="Set every control to its default."
        )
    links.write()
    if text := links.notice():
        st.warning(text, icon=":material/link_off:")
    return chosen(choices)
