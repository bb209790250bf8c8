"""What tabs of the page are made of: words, files, and the open points."""

from collections.abc import Callable

import streamlit as st

from infecon_core.paper.exhibits.curves import DrawnFigures
from infecon_core.paper.exhibits.values import Exhibit
from infecon_ui.paper import exhibits
from infecon_ui.paper.downloads import file_name
from infecon_ui.text.markdown import escaped


def show_words(what: Exhibit | DrawnFigures) -> None:
    """What an exhibit is, what it asks and what comes out, and what it is computed with."""
    st.header(what.title, anchor=False)
    st.markdown(f"**{escaped(what.question)}** {escaped(what.answer)}")
    st.caption(escaped(what.setting))


def show_open_points() -> None:
    """What the paper leaves open, or gets roughly."""
    st.header("What the paper leaves open, or gets roughly", anchor=False)
    st.markdown("\n".join(f"1. **{point.name}.** {point.text}" for point in exhibits.open_points()))


def download(label: str, name: str, made: Callable[[], str]) -> None:
    """A button for a file that is made when it is asked for."""
    st.download_button(
        label,
        made,
        file_name(name),
        "text/csv",
        key=f"{name}_csv",
        on_click="ignore",
        icon=":material/download:",
    )
