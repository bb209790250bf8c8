"""The choices of a visit: in the session, any number of scenarios side by side, each under a prefix.

Every choice stands under its prefix and key, which is the key of its control too, whether the control is on the page
or folded away. What is not there is at its default. All controls are read once at the start of a run, before any of
them is drawn: a widget's new value is in the session by then.
"""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from infecon_core.choices import Choices

FIRST = ""
PREFIXES = (FIRST, "b.", "c.", "d.", "e.", "f.")

# The choices of every open scenario as they were read or written last, by prefix. They tell to which model the numbers
# in the session belong after another one was picked.
_LAST = "state.last"


def scenarios() -> Mapping[str, Choices]:
    """The choices of every open scenario by prefix, as they were read or written last."""
    found: dict[str, Choices] = st.session_state.setdefault(_LAST, {FIRST: Choices()})
    return found


def read(prefix: str = FIRST) -> Choices:
    """What is chosen for one scenario, presets followed as in `Choices.with_values`."""
    last = scenarios()[prefix]
    held = st.session_state.to_dict()
    found = {key: held[prefix + key] for key in last.all if prefix + key in held}
    presets = {key: found.pop(key) for key in ("model", "gpu") if key in found}
    return (
        type(last)(last.model_id, last.accelerator_id, schema=last.schema).with_values(**found).with_values(**presets)
    )


def write(choices: Choices, prefix: str = FIRST) -> None:
    """Put choices into the session; opens the scenario where it is not open. Not after its controls are drawn."""
    last = scenarios().get(prefix, choices)
    held = st.session_state.to_dict()
    chosen = {"model", "gpu", *(key for key, _ in choices.changes)}
    for key in {**last.all, **choices.all}:
        name = prefix + key
        if key not in choices.all:
            if name in held:
                del st.session_state[name]
        # What is set again travels to the browser again, so only what differs is set.
        elif (name in held or key in chosen) and held.get(name, ...) != choices.value(key):
            st.session_state[name] = choices.value(key)
    st.session_state[_LAST] = {**scenarios(), prefix: choices}


def follow() -> Mapping[str, Choices]:
    """Read all open scenarios at the start of a run and put them in order: presets followed, emptied fields filled."""
    for prefix in scenarios():
        write(read(prefix), prefix)
    return scenarios()


def close(prefix: str) -> None:
    """Take a scenario other than the first out of the session."""
    for key in scenarios()[prefix].all:
        st.session_state.pop(prefix + key, None)
    st.session_state[_LAST] = {other: choices for other, choices in scenarios().items() if other != prefix}


def replace(wanted: Mapping[str, Choices]) -> None:
    """Open these scenarios and no others."""
    for prefix in scenarios().keys() - wanted:
        if prefix != FIRST:
            close(prefix)
    for prefix, choices in wanted.items():
        write(choices, prefix)


def apply(changes: Mapping[str, Any], prefix: str = FIRST) -> None:
    """Make changes as `Choices.apply` takes them; for a button's `on_click`."""
    write(read(prefix).apply(changes), prefix)


def reset(prefix: str = FIRST) -> None:
    """Set every choice to its default; for a button's `on_click`."""
    write(Choices(schema=scenarios()[prefix].schema), prefix)
