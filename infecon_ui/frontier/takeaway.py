"""The end of the frontier page: what can be taken away, and what the numbers rest on."""

import datetime as dt
from collections.abc import Callable

import streamlit as st

from infecon_core import approximations
from infecon_ui.frontier import exports, words
from infecon_ui.frontier.chart import figure_of
from infecon_ui.frontier.shown import Shown
from infecon_ui.slide.content import Slide
from infecon_ui.slide.facts import file_stem
from infecon_ui.slide.html import chart_html
from infecon_ui.state import links
from infecon_ui.text.markdown import bullets, escaped


def show_downloads(shown: Shown, link: str, about: Callable[[], Slide]) -> None:
    """Buttons that build their files when they are clicked, each with its scenario in it.

    Args:
        shown (Shown): What the page shows.
        link (str): Where to open the same.
        about (callable): Makes the same as a slide: its words go with the chart.
    """
    stem = file_stem(*shown.served)

    def download(label: str, build: Callable[[], str], ending: str, mime: str) -> None:
        icon = ":material/download:"
        st.download_button(label, build, f"{stem}.{ending}", mime, key=f"download_{mime}", on_click="ignore", icon=icon)

    with st.container(horizontal=True):
        download("Frontier, CSV", lambda: csv(shown, link), "csv", "text/csv")
        download("Scenario, JSON", lambda: exports.scenario_json(shown.scenario), "json", "application/json")
        download("Chart, HTML", lambda: chart_html(figure_of(shown), about()), "html", "text/html")


def csv(shown: Shown, link: str) -> str:
    """The frontier of a page as CSV, with its scenario in every row."""
    return exports.frontier_csv(shown.points.frame, shown.scenario, link, dt.date.today())


def show_commands(shown: Shown) -> None:
    """Ways to the same frontier, each built when its tab is open."""
    # Folded, as a browser fetches half a megabyte to show code.
    box = st.expander("The same as a link, a command or Python", key="open_commands", on_change="rerun")
    if not box.open:
        return
    link, frozen, shell, python = box.tabs(
        ["Link", "Frozen link", "Command line", "Python"], key="recipe", on_change="rerun"
    )
    if link.open:
        link.caption("What differs from the defaults: short, and it follows when presets are corrected.")
        link.code(links.link(), language=None, wrap_lines=True)
    if frozen.open:
        frozen.caption("Every choice as it is now: it keeps its numbers when presets change.")
        frozen.code(links.permalink(), language=None, wrap_lines=True)
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
