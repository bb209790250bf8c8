"""Speed against price: a verdict, three points, the chart, the breakdown of one point, what it rests on."""

import streamlit as st

from infecon_core import Layout
from infecon_ui.frontier import cache, chart, overview, point, takeaway, words
from infecon_ui.frontier.shown import Shown
from infecon_ui.navigation import require_app
from infecon_ui.text.markdown import escaped


def main() -> None:
    """Show the page."""
    choice = st.session_state["choice"]
    st.header("Speed against price", anchor=False)
    if choice.problem:
        st.error(escaped(choice.problem), icon=":material/error:")
    if choice.scenario is None:
        return
    result = cache.frontier(choice.scenario)
    if result.points is None:
        overview.show_problem(result)
        return
    shown = Shown(choice, choice.scenario, result.points)
    st.markdown(f"#### {escaped(words.verdict(shown.preferred, shown.served))}")
    st.caption(escaped(words.basis(shown.scenario)))
    overview.show_headlines(shown)
    explore(shown)
    st.subheader("Download and share", anchor=False)
    takeaway.show_downloads(shown)
    takeaway.show_commands(shown)
    takeaway.show_foundations(shown)


@st.fragment
def explore(shown: Shown) -> None:
    """The chart, and the point that was clicked."""
    row = chart.show_chart(shown)
    picked = shown.preferred if row is None else shown.points[row]
    step = cache.step(shown.scenario, Layout.of(picked), picked["batch"])
    point.show_sentence(shown, picked, picked=row is not None)
    if shown.capabilities.prompts:
        point.show_costs(picked)
    time, memory = st.columns([0.64, 0.36], gap="medium")
    with time:
        point.show_time(step, picked)
    with memory:
        point.show_memory(step)
    point.show_why(shown, picked)


require_app()
main()
