"""Finding a model or an accelerator by what people type: a name, an id, a maker, a generation."""

import difflib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType

import streamlit as st

from infecon_core import catalog
from infecon_core.catalog.search import Kind, found
from infecon_core.choices import Option
from infecon_core.choices.registry import ACCELERATOR, DRAFT, MODEL
from infecon_ui.state import own, session
from infecon_ui.text.markdown import escaped

# What the catalog calls what a choice is one of.
SEARCHED: Mapping[str, Kind] = MappingProxyType({MODEL: "models", DRAFT: "models", ACCELERATOR: "accelerators"})

_MISSED = "_missed"
_SIZE = re.compile(r"\d[BMT]\b", re.IGNORECASE)
_NEAR = 3


# Visitors have entries of their own among them.
@lru_cache(maxsize=64)
def labels(kind: Kind, names: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    """What a list of `models` or `accelerators` shows by id: the name, then what it does not say itself.

    A model's id is among it where the name spells it otherwise: people type it, and the browser finds an entry by what
    its label contains.

    Args:
        kind (str): `models` or `accelerators`.
        names (tuple of (str, str)): Ids and names.
    """
    found = {key: " · ".join((name, *_facts(kind, key, name))) for key, name in names}
    often = Counter(found.values())
    return MappingProxyType(
        {key: f"{label} · {key[-6:]}" if often[label] > 1 else label for key, label in found.items()}
    )


def _facts(kind: Kind, key: str, name: str) -> Iterator[str]:
    """Maker, size and id of a model, maker and generation of an accelerator, where the name has them not."""
    if kind == "models":
        model = catalog.model(key)
        billions = model.architecture.total_params / 1e9
        size = f"{billions / 1000:.3g}T" if billions >= 1000 else f"{billions:.3g}B"
        facts = [model.maker or model.family, "" if _SIZE.search(name) else size]
    else:
        chip = catalog.accelerator(key)
        facts = [chip.vendor, chip.generation]
    if told := " ".join(fact for fact in facts if fact and fact.lower() not in name.lower()):
        yield told
    if kind == "models" and key not in name.lower() and not catalog.is_own(key):
        yield key


def take(key: str, choice: Option, before: str) -> None:
    """Put what was found for a typed text in its place, or what was there before; for a selectbox's `on_change`.

    Args:
        key (str): Of the control in the session.
        choice (Option): A model or an accelerator.
        before (str): The id that was chosen.
    """
    text = str(st.session_state[key])
    named = [one for one in own.ids(SEARCHED[choice.key]) if text.strip().lower() in choice.options[one].lower()]
    hits = (text,) if text in choice.options else (*named, *found(SEARCHED[choice.key], text))
    # Also where it is an id: the browser shows the text that was typed until it is told otherwise.
    st.session_state[key] = hits[0] if hits else before
    if not hits:
        st.session_state[key + _MISSED] = (text, dict(session.scenarios()))


def missed(key: str, choice: Option) -> str:
    """One sentence on a text that nothing was found for, until the reader changes something; else empty."""
    text, shown = st.session_state.get(key + _MISSED, ("", None))
    if shown != session.scenarios():
        return ""
    names = {name.lower(): name for name in choice.options.values()}
    near = difflib.get_close_matches(text.lower(), names, n=_NEAR, cutoff=0.3) or list(names)[:_NEAR]
    shown = text if len(text) <= 40 else text[:37] + "..."
    return f"Nothing is known as “{escaped(shown)}”: perhaps {escaped(', '.join(names[name] for name in near))}."
