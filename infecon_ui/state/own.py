"""Entries of one's own in a visit: models and accelerators that were made here or came with a link.

The session keeps their ids alone, and an id holds the entry: a link to it needs nothing that is kept anywhere.
"""

from collections.abc import Mapping

import streamlit as st

from infecon_core.catalog import Kind, is_own
from infecon_core.choices import Option
from infecon_core.choices.registry import ACCELERATOR, DRAFT, MODEL, names
from infecon_ui.state import session

MOST = 12  # of each kind; those that came first go first
_HELD, _PROPOSED = "own.entries", "own.proposed"


def ids(kind: Kind) -> tuple[str, ...]:
    """Ids of one's own entries of this visit, those of what is open among them, the last one first."""
    keys = (MODEL, DRAFT) if kind == "models" else (ACCELERATOR,)
    compared = session.comparison()
    opened = [str(choices.value(key)) for choices in session.scenarios().values() for key in keys]
    opened += [str(value) for value in compared.values if compared.key in keys]
    for entry_id in reversed(opened):
        remember(kind, entry_id)
    held: dict[str, tuple[str, ...]] = st.session_state.get(_HELD, {})
    return held.get(kind, ())


def remember(kind: Kind, entry_id: str) -> None:
    """Keep an entry of one's own for this visit; what is of the catalog is there anyway."""
    held: dict[str, tuple[str, ...]] = st.session_state.get(_HELD, {})
    before = held.get(kind, ())
    if is_own(entry_id) and entry_id not in before:
        st.session_state[_HELD] = {**held, kind: (entry_id, *before)[:MOST]}


def propose(kind: Kind, entry_id: str) -> None:
    """Keep what is being made in place of what it was before, unless that is open by now."""
    key = f"{_PROPOSED}.{kind}"
    before = st.session_state.get(key, "")
    if before != entry_id:
        forget(kind, before)
        st.session_state[key] = entry_id
    remember(kind, entry_id)


def forget(kind: Kind, entry_id: str) -> None:
    """Take an entry of one's own off the list; for a button's `on_click`."""
    held: dict[str, tuple[str, ...]] = st.session_state.get(_HELD, {})
    st.session_state[_HELD] = {**held, kind: tuple(one for one in held.get(kind, ()) if one != entry_id)}


def named(kind: Kind) -> Mapping[str, str]:
    """Names with ids, one's own entries of this visit first and the catalog's after them; no two names the same."""
    known = names(kind)
    found: dict[str, str] = {}
    for entry_id in (*ids(kind), *known):
        name = known[entry_id]
        found[name if name not in found else f"{name} ({entry_id[-6:]})"] = entry_id
    return found


def listed(choice: Option, engine: str) -> tuple[str, ...]:
    """The ids of an option that an engine knows, one's own entries of this visit first."""
    known = choice.known_to(engine)
    return (*ids(choice.catalog), *known) if choice.catalog else known
