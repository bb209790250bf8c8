"""The sidebar alone, opened with Streamlit's test harness."""

from streamlit.testing.v1 import AppTest

from infecon_ui.sidebar.widgets import SLIDER
from tests.support.app import open_script

SECTIONS = ("open_model", "open_accelerator", "open_search", "open_advanced")
SCRIPT = """
import streamlit as st
from infecon_core import Scenario
from infecon_ui.sidebar import sidebar
from infecon_ui.state import links, session
schema = st.session_state.get("schema", Scenario)
links.adopt(schema)
session.follow()
if st.session_state.get("elsewhere"):
    st.text("A page without controls.")
else:
    st.session_state["choice"] = sidebar(schema)
links.write()
"""


def opened(**query: str) -> AppTest:
    """A visit that starts with a link."""
    return open_script(SCRIPT, query)


def unfold(app: AppTest) -> AppTest:
    """Open every folded part."""
    for key in SECTIONS:
        app.session_state[key] = True
    return app.run()


def sliders_of(app: AppTest) -> set[str]:
    """Keys of the fields that a slider moves."""
    return {str(slider.key).removesuffix(SLIDER) for slider in app.select_slider}
