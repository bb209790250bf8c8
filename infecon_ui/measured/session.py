"""What one visitor's session keeps of an upload: the file, whether a refit is wanted, and the constants in use."""

import streamlit as st
from streamlit.runtime.uploaded_file_manager import DeletedFile

from infecon_core.catalog.constants import shipped
from infecon_core.choices.registry import CONSTANTS
from infecon_core.schema import ServingConstants
from infecon_ui.state import session

# Whether the fits without each model have been computed in this session.
LEFT_OUT = "measured_left_out"
UPLOADER = "own_upload"
_FILE = "own_file"
_ASKED = "own_refit_asked"


def keep_file() -> None:
    """Keep the file of the uploader for this session, or drop it with the uploader's; for its `on_change`."""
    file = st.session_state[UPLOADER]
    if file is None or isinstance(file, DeletedFile):
        forget_file()
    else:
        st.session_state[_FILE] = (file.name, file.getvalue())


def forget_file() -> None:
    """Drop the file of this session; for a button's `on_click`."""
    st.session_state.pop(_FILE, None)


def kept_file() -> tuple[str, bytes] | None:
    """Name and contents of the file that was uploaded in this session; a change of page keeps it."""
    kept: tuple[str, bytes] | None = st.session_state.get(_FILE)
    return kept


def lost_file() -> bool:
    """Whether the browser names a file that this server does not have: it was started anew, or is another one."""
    return kept_file() is None and isinstance(st.session_state.get(UPLOADER), DeletedFile)


def ask_for_refit(data: bytes) -> None:
    """Remember that a refit to this file is wanted; for a button's `on_click`."""
    st.session_state[_ASKED] = hash(data)


def refit_asked(data: bytes) -> bool:
    """Whether a refit to this file is wanted."""
    return bool(st.session_state.get(_ASKED) == hash(data))


def use_constants(constants: ServingConstants) -> None:
    """Set the calibration constants of this session; for a button's `on_click`."""
    # Six digits, as many as the shipped ones have: more than any fit knows, and short enough for a link.
    rounded = {name: float(f"{value:.6g}") for name, value in constants}
    (engine,) = {choice.facts.only for choice in session.read().all.values() if choice.path[:2] == CONSTANTS}
    # What the points say of their servers is in the constants already.
    session.apply({**rounded, "engine": engine, "correction": "off"})


def drop_constants() -> None:
    """Go back to the shipped constants; for a button's `on_click`."""
    session.apply({**dict(shipped()), "correction": "measured"})


def uses_own_constants() -> bool:
    """Whether this session computes with constants other than the shipped ones."""
    choices = session.read()
    return any(choices.all[key].path[:2] == CONSTANTS for key, _ in choices.changes)
