"""The end of the frontier page: what can be taken away, and what the numbers rest on."""

from collections.abc import Callable

import streamlit as st

from infecon_core import approximations
from infecon_ui.frontier import exports, words
from infecon_ui.frontier.chart import figure_of
from infecon_ui.frontier.shown import Shown
from infecon_ui.state import links
from infecon_ui.text.markdown import bullets, escaped


def show_downloads(shown: Shown) -> None:
    """Buttons that build their files when they are clicked."""

    def download(label: str, build: Callable[[], str], ending: str, mime: str) -> None:
        name = f"{exports.file_stem(*shown.served)}.{ending}"
        icon = ":material/download:"
        st.download_button(label, build, name, mime, key=f"download_{mime}", on_click="ignore", icon=icon)

    with st.container(horizontal=True):
        download("Frontier, CSV", lambda: exports.frontier_csv(shown.points.frame), "csv", "text/csv")
        download("Scenario, JSON", lambda: exports.scenario_json(shown.scenario), "json", "application/json")
        download("Chart, HTML", lambda: exports.chart_html(figure_of(shown)), "html", "text/html")


def show_commands(shown: Shown) -> None:
    """Three ways to the same frontier, each built when its tab is open."""
    link, shell, python = st.tabs(["Link", "Command line", "Python"], key="recipe", on_change="rerun")
    if link.open:
        link.caption("Opens this page with every choice as it is now.")
        link.code(links.permalink(), language=None, wrap_lines=True)
    if shell.open:
        shell.code(exports.command_line(shown.scenario), language="bash", height=260)
    if python.open:
        python.code(exports.python_snippet(shown.scenario), language="python", height=260)


def show_foundations(shown: Shown) -> None:
    """What the engine approximates, what is estimated, and where every number comes from."""
    box = st.expander("What these figures rest on", key="open_foundations", on_change="rerun")
    if box.open:
        box.markdown(bullets(escaped(note) for note in (*approximations(shown.scenario), *shown.choice.estimates)))
        box.dataframe(words.sources_table(shown.choice.sources), hide_index=True)
