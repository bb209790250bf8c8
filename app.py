"""The dashboard: `streamlit run app.py`."""

import streamlit as st

from infecon_ui.controls import sidebar
from infecon_ui.navigation import navigation, run

st.set_page_config(page_title="Inference economics", page_icon="⚡", layout="wide")
page = navigation()

# The controls stand on every page, so they are drawn here and a change of page keeps them.
st.session_state["choice"] = sidebar()
run(page)
