"""The pages, and the way into them: always through app.py, which reads the link."""

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from infecon_ui.state import resumed

_THROUGH_APP = "through_app"
# The first page lives at "/"; a link to it by its name is as good, and so is one to where it lived before.
FRONTIER_PATHS = ("", "frontier", "start")
# Pages of the scenario: its controls stand beside them.
_OF_THE_SCENARIO = (*FRONTIER_PATHS, "planner", "design", "sweep", "speculation", "scaling", "method")
# With which the parameters of pages begin.
_PREFIXES = tuple(
    f"{name}_"
    for name in (
        *("planner", "design", "sweep", "speculation", "scaling", "landscape", "measured", "frontiers", "paper"),
        *("method", "data"),
    )
)
_LAST = "navigation.last"


def navigation() -> StreamlitPage:
    """Register the pages and return the one that was asked for."""
    # Without icons: the browser would fetch a page's icon from another host, to show it in its tab.
    return st.navigation(
        {
            "": [
                # Its own path is never shown, and only tells it from the others of the same file.
                st.Page("pages/frontier.py", title="Frontier", url_path="first", default=True),
                st.Page("pages/frontier.py", title="Frontier", url_path="frontier", visibility="hidden"),
                st.Page("pages/frontier.py", title="Frontier", url_path="start", visibility="hidden"),
            ],
            "Plan": [
                st.Page("pages/planner.py", title="Planner", url_path="planner"),
                st.Page("pages/design.py", title="Design", url_path="design"),
            ],
            "Explore": [
                st.Page("pages/sweep.py", title="Sweep", url_path="sweep"),
                st.Page("pages/speculation.py", title="Speculation", url_path="speculation"),
                st.Page("pages/scaling.py", title="Scaling laws", url_path="scaling"),
                st.Page("pages/landscape.py", title="Landscape", url_path="landscape"),
            ],
            "Evidence": [
                st.Page("pages/measured.py", title="Measured", url_path="measured"),
                st.Page("pages/paper.py", title="The paper", url_path="paper"),
                st.Page("pages/method.py", title="Method", url_path="method"),
                st.Page("pages/data.py", title="Data", url_path="data"),
            ],
        },
        position="top",
    )


def reacts(page: StreamlitPage) -> bool:
    """Whether a page shows something else where a control of the scenario moves."""
    return page.url_path in _OF_THE_SCENARIO


def of_others(page: StreamlitPage) -> tuple[str, ...]:
    """With which the parameters of other pages begin, where a page has none of its own."""
    return _PREFIXES if page.url_path in FRONTIER_PATHS else ()


def turned(page: StreamlitPage) -> bool:
    """Whether the reader has just come from another page; at the start of a visit not."""
    path = "" if page.url_path in FRONTIER_PATHS else page.url_path
    last = st.session_state.get(_LAST, path)
    st.session_state[_LAST] = path
    return bool(last != path)


def run(page: StreamlitPage) -> None:
    """Run a page from app.py."""
    st.session_state[_THROUGH_APP] = True
    page.run()


def require_app() -> None:
    """Start over through app.py where a page was run without it.

    Until `st.navigation` has been called once, Streamlit takes the files of a folder called pages/ for pages of
    their own: the first visitor of a fresh server who follows a deep link gets the bare file. Each file is named
    like its address so that it is found then, and calls this before it draws anything.
    """
    if not st.session_state.pop(_THROUGH_APP, False):
        resumed.keep_for_next_run()
        navigation()
        st.rerun()
