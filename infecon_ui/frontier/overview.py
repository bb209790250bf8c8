"""The top of the frontier page: why there is no frontier, or its three points."""

import streamlit as st

from infecon_ui.frontier import words
from infecon_ui.frontier.cache import Result
from infecon_ui.frontier.shown import Shown
from infecon_ui.state import session
from infecon_ui.text import formats
from infecon_ui.text.glossary import TERMS
from infecon_ui.text.markdown import escaped


def show_problem(result: Result) -> None:
    """Say why there is no frontier, and offer what would bring one."""
    st.warning(escaped(result.problem or ""), icon=":material/info:")
    if result.changes:
        label = escaped(words.change(result.changes))
        st.button(label, type="primary", key="apply_changes", on_click=session.apply, args=(result.changes,))


def show_headlines(shown: Shown) -> None:
    """Three cards: fastest, preferred, cheapest."""
    with st.grid(3, min_column_width=220):
        for name in ("fastest", "preferred", "cheapest"):
            point = shown.points[shown.points.rows[name]]
            with st.container(border=True, height="stretch", gap="xsmall"):
                st.markdown(f"**{name.capitalize()}**", help=TERMS[name])
                with st.container(horizontal=True, gap="medium"):
                    st.metric("Tokens/s per user", formats.number(point["tokens_per_s_user"]), width="content")
                    price = escaped(formats.money(point["usd_per_million_tokens"]))
                    st.metric("Per million tokens", price, width="content")
                st.caption(escaped(words.setup(point)))
