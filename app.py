"""The dashboard: `streamlit run app.py`."""

import os

# Fits are small, and visitors share the cores: several BLAS threads wait for each other for seconds. Before numpy.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import streamlit as st

from infecon_ui import interpreter, session_view
from infecon_ui.navigation import navigation, of_others, reacts, run, turned
from infecon_ui.sidebar import sidebar
from infecon_ui.state import links, session
from infecon_ui.state import view as view_state
from infecon_ui.state.chosen import chosen
from infecon_ui.state.resumed import resuming
from infecon_ui.text import styles
from infecon_ui.text.markdown import escaped
from infecon_ui.turns import TURNS

interpreter.prepare()
session_view.look_up_in_place()
with TURNS.turn(), resuming():
    st.set_page_config(page_title="Inference economics", page_icon="⚡", layout="wide")
    styles.apply()
    page = navigation()

    links.adopt()
    # A slide belongs to the page that it was opened on; the browser's way back leads to it again.
    if turned(page) and "view" not in st.query_params:
        view_state.change(view="page", chart="", claim="")
    choices = session.follow()[session.FIRST]
    # Controls stand where something follows them; what is chosen stays in the session and in the link everywhere.
    if reacts(page) and not view_state.current().slide:
        sidebar()
    if text := links.notice():
        st.warning(text, icon=":material/link_off:")
    problem = session.problem()
    # One scenario alone is shown with its problem; of several, that of a field is of none.
    if problem and reacts(page) and session.comparison().active:
        st.warning(escaped(problem), icon=":material/info:")
    st.session_state["choice"] = chosen(choices, problem)
    run(page)
    links.write(of_others(page))
