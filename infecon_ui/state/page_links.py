"""Parameters of a page's own controls in a link: what of them is none of the values that a control has.

Streamlit passes over such a value without a word; the page says so, as the first page does for its choices.
"""

from collections.abc import Iterable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from infecon_core.choices import Fault
from infecon_ui.state.links import not_understood

_FAULTS = "page_links.faults"  # by parameter, until they are told
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
    fault = Fault(f"{key}={wrong[0]}", f"possible: {', '.join(listed)}")
    st.session_state.setdefault(_FAULTS, {})[key] = fault


def show(place: DeltaGenerator, *prefixes: str) -> None:
    """Say in one sentence what was not understood of the parameters of a page, once after they came.

    Args:
        place (DeltaGenerator): Where it is said.
        *prefixes (str): With which they begin.
    """
    found = st.session_state.get(_FAULTS, {})
    if own := [found.pop(key) for key in list(found) if key.startswith(prefixes)]:
        place.warning(not_understood(own), icon=":material/link_off:")
