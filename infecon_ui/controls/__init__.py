"""The sidebar: from what a reader chooses to a scenario."""

import streamlit as st

from infecon_ui import links
from infecon_ui.controls import sections
from infecon_ui.controls.choice import Choice, Source, choice_of

__all__ = ["Choice", "Source", "sidebar"]


def sidebar() -> Choice:
    """Draw the controls and say what they choose.

    Returns
    -------
    Choice
        The scenario, or one sentence on why the numbers make none.
    """
    links.adopt()
    with st.sidebar:
        sections.engine()
        sections.model()
        sections.accelerator()
        sections.precision()
        sections.context()
        sections.speculation()
        sections.search()
        sections.advanced()
        st.button(
            "Reset", on_click=links.reset, icon=":material/restart_alt:", help="Set every control to its default."
        )
    links.write()
    if text := links.notice():
        st.warning(text, icon=":material/link_off:")
    return choice_of(links.values())
