"""The dashboard: `streamlit run app.py`."""

import os

# Fits are small, and visitors share the cores: several BLAS threads wait for each other for seconds. Before numpy.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import streamlit as st

from infecon_ui.navigation import navigation, run
from infecon_ui.sidebar import sidebar

st.set_page_config(page_title="Inference economics", page_icon="⚡", layout="wide")
page = navigation()

# The controls stand on every page, so they are drawn here and a change of page keeps them.
st.session_state["choice"] = sidebar()
run(page)
