"""Parameters of a page's own controls in a link: what of them is none of the values that a control has.

Streamlit passes over such a value without a word; the page says so, as the first page does for its choices.
"""

from collections.abc import Iterable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from infecon_core.choices import Fault
from infecon_ui.state.links import not_understood
from infecon_ui.text.markdown import foreign

_FAULTS = "page_links.faults"  # by parameter, until they are told
_SENTENCES = "page_links.sentences"  # on fields and lists by parameter, until they are told
_LISTED = 6  # values that a sentence names; of more the ends


def check(key: str, possible: Iterable[str]) -> None:
    """Note what a link says for a control that it has no such value for; before the control is drawn.

    Args:
        key (str): Of the control, and its parameter.
        possible (iterable of str): Its values as they stand in a link.
    """
    options = list(possible)
    wrong = [text for text in st.query_params.get_all(key) if text and text not in options]
    if not wrong:
        return
    listed = options if len(options) <= _LISTED else [*options[:2], "…", options[-1]]
    note(key, Fault(f"{key}={wrong[0]}", f"possible: {', '.join(listed)}"))


def check_number(key: str, low: float, high: float) -> None:
    """Note what a link says for a number that is none, or that lies out of its bounds; before the control is drawn.

    Args:
        key (str): Of the control, and its parameter.
        low, high (float): The least and the most.
    """
    for text in st.query_params.get_all(key)[:1]:
        try:
            right = low <= float(text) <= high
        except ValueError:
            right = not text
        if not right:
            note(key, Fault(f"{key}={text}", f"a number from {low:,.12g} to {high:,.12g}"))


def note(key: str, fault: Fault) -> None:
    """Note that what a parameter says is not understood, until it is told."""
    st.session_state.setdefault(_FAULTS, {})[key] = fault


def note_sentence(key: str, sentence: str) -> None:
    """Note a sentence on what a parameter or its field says, until it is told."""
    st.session_state.setdefault(_SENTENCES, {})[key] = sentence


def show(place: DeltaGenerator, *prefixes: str) -> None:
    """Say in one sentence what was not understood of the parameters of a page, once after they came.

    Args:
        place (DeltaGenerator): Where it is said.
        *prefixes (str): With which they begin.
    """
    sentences = st.session_state.get(_SENTENCES, {})
    for key in [key for key in sentences if key.startswith(prefixes)]:
        place.warning(foreign(sentences.pop(key)).replace("\\: ", ": "), icon=":material/info:")
    found = st.session_state.get(_FAULTS, {})
    if own := [found.pop(key) for key in list(found) if key.startswith(prefixes)]:
        place.warning(not_understood(own), icon=":material/link_off:")
