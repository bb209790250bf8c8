"""The same sweep on the command line: its file and its command."""

import streamlit as st

from infecon_core.choices import Choices
from infecon_core.sweep.toml import toml
from infecon_ui.sweep.asked import Asked
from infecon_ui.sweep.swept import specification

FILE = "sweep.toml"
COMMAND = f"python -m infecon_core sweep {FILE} --out swept"


def file(base: Choices, asked: Asked) -> str:
    """What the file holds."""
    comment = f"{COMMAND}\nKeys and units are those of links; what is not said is as in a link that does not say it."
    return toml(specification(base, asked), comment)


def show_command(base: Choices, asked: Asked) -> None:
    """The command, and the file that it reads; built when it is opened."""
    box = st.expander("The same on the command line, with whole frontiers", key="open_sweep_command", on_change="rerun")
    if not box.open:
        return
    with box:
        st.caption("One Parquet data set with every point of every frontier; it has room for millions of scenarios.")
        st.code(COMMAND, language="bash")
        st.code(file(base, asked), language="toml")
        st.download_button(
            f"Download {FILE}",
            lambda: file(base, asked),
            FILE,
            "application/toml",
            key="sweep_file",
            on_click="ignore",
            icon=":material/download:",
        )
