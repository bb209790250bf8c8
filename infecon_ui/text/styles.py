"""Where Streamlit's own styles keep people from reading or hitting something, on every page."""

import streamlit as st

# Names are those of `data-testid`, all that Streamlit keeps. It shows captions at 60%, their badges too, which leaves
# those a contrast of 2.8; and the button of a help text is 16 px wide, where a finger needs 24.
STYLES = """
<style>
[data-testid="stCaptionContainer"] { opacity: 1; }
[data-testid="stCaptionContainer"] :is(p, li) { color: color-mix(in srgb, currentColor 68%, transparent); }
[data-testid="stTooltipIcon"] button {
    min-width: 24px;
    min-height: 24px;
    margin: -4px;
    display: inline-flex;
    align-items: center;
    justify-content: center;
}
</style>
"""
# Streamlit writes white on the primary colour, which has to be light itself where it is a word on a dark page.
ON_DARK = """
<style>
[data-testid^="stBaseButton-primary"] { color: #0C0F14; }
[data-testid="stMultiSelect"] [data-tag] :is(span, button) { color: #0C0F14; }
</style>
"""


def apply() -> None:
    """Put the styles on the page; takes no room."""
    st.html(STYLES + ON_DARK if st.context.theme.type == "dark" else STYLES)
