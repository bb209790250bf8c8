"""What the browser's tab says: the scenario, so that tabs, bookmarks and histories tell one from another."""

import streamlit as st

SITE = "infecon"


def set_title(*parts: str) -> None:
    """Name the tab after what it shows: `set_title("DeepSeek V3 on B200", "50 tok/s")`.

    Later calls of a run replace earlier ones, so a page names what `app.py` could not know yet.

    Args:
        *parts: Most telling first; empty ones are left out.
    """
    st.set_page_config(page_title=title(*parts))


def title(*parts: str) -> str:
    """The same in words: "DeepSeek V3 on B200 · 50 tok/s · infecon"."""
    return " · ".join([*(part for part in parts if part), SITE])
