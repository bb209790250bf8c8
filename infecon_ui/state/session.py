"""The choices of a visit: in the session, any number of scenarios side by side, each under a prefix.

Every choice stands under its prefix and key, which is the key of its control too, whether the control is on the page
or folded away. What is not there is at its default. All controls are read once at the start of a run, before any of
them is drawn: a widget's new value is in the session by then.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import streamlit as st

from infecon_core.choices import Choices, Comparison, Quantity, Value
from infecon_core.choices.comparison import MOST_MEMBERS
from infecon_ui.state import view

FIRST = ""
PREFIXES = (FIRST, "b.", "c.", "d.", "e.", "f.")

# The choices of every open scenario as they were read or written last, by prefix. They tell to which model the numbers
# in the session belong after another one was picked.
_LAST = "state.last"
# The choice of the first scenario that holds several values, and its further values.
_COMPARED = "state.compared"
# How keys begin of what was shown before: the axes and the curve that the next choice is held against.
SHOWN_BEFORE = "shown_before."


def scenarios() -> Mapping[str, Choices]:
    """The choices of every open scenario by prefix, as they were read or written last."""
    found: dict[str, Choices] = st.session_state.setdefault(_LAST, {FIRST: Choices()})
    return found


def read(prefix: str = FIRST) -> Choices:
    """What is chosen for one scenario, presets followed as in `Choices.with_values`; no number out of its bounds."""
    return _followed(prefix, given := _given(prefix, st.session_state.to_dict()), _wrong(prefix, given))


def refused(prefix: str = FIRST) -> Mapping[str, str]:
    """The numbers in fields that lie out of their bounds: one sentence each, by key."""
    return _wrong(prefix, _given(prefix, st.session_state.to_dict()))


def _followed(prefix: str, given: Mapping[str, Value], wrong: Collection[str]) -> Choices:
    return scenarios()[prefix].with_values(**{key: value for key, value in given.items() if key not in wrong})


def _wrong(prefix: str, given: Mapping[str, Value]) -> Mapping[str, str]:
    known, found = scenarios()[prefix].all, dict[str, str]()
    for key, value in given.items():
        choice = known[key]
        if isinstance(choice, Quantity) and value is not None:
            try:
                choice.parse(choice.text(value))
            except ValueError as right:
                found[key] = f"{choice.label} {right}; it cannot be {value:,.12g}."
    return found


# What the session holds is handed on: Streamlit makes all of it anew for whoever asks.
def _given(prefix: str, held: Mapping[str, Any]) -> dict[str, Value]:
    """What the reader has just changed, and no more: a price held from the last basis is none that somebody gave."""
    last = scenarios()[prefix]
    found = {key: held[prefix + key] for key in last.all if prefix + key in held}
    return {key: value for key, value in found.items() if value != last.value(key)}


def write(choices: Choices, prefix: str = FIRST, *, left: Collection[str] = ()) -> None:
    """Put choices into the session; opens the scenario where it is not open. Not after its controls are drawn.

    Args:
        choices (Choices): What is chosen.
        prefix (str): Of the scenario.
        left (collection of str): Keys whose fields keep what stands in them.
    """
    _write(choices, prefix, left, st.session_state.to_dict())


def _write(choices: Choices, prefix: str, left: Collection[str], held: Mapping[str, Any]) -> None:
    last = scenarios().get(prefix, choices)
    chosen = {"model", "gpu", *(key for key, _ in choices.changes)}
    for key in {**last.all, **choices.all}:
        name = prefix + key
        if key not in choices.all:
            if name in held:
                del st.session_state[name]
        # What is set again travels to the browser again, so only what differs is set.
        elif key not in left and (name in held or key in chosen) and held.get(name, ...) != choices.value(key):
            st.session_state[name] = choices.value(key)
    st.session_state[_LAST] = {**scenarios(), prefix: choices}


def follow() -> Mapping[str, Choices]:
    """Read all open scenarios at the start of a run and put them in order: presets followed, emptied fields filled.

    A number out of its bounds stays in its field, so that it can be mended; where another preset brought other numbers,
    it goes with the last one's.
    """
    held = st.session_state.to_dict()
    for prefix, last in scenarios().items():
        given = _given(prefix, held)
        wrong = _wrong(prefix, given)
        choices = _followed(prefix, given, wrong)
        _write(choices, prefix, [key for key in wrong if choices.all.get(key) == last.all[key]], held)
    return scenarios()


def problem(prefix: str = FIRST) -> str:
    """One sentence on a number in a field that lies out of its bounds; empty where none does."""
    return next(iter(refused(prefix).values()), "")


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


def comparison() -> Comparison:
    """What is compared: the first scenario, its choice with several values, and the pinned scenarios."""
    first, *pinned = scenarios().values()
    key, others = st.session_state.get(_COMPARED, ("", ()))
    return Comparison(first, key, others, tuple(pinned)).with_base(first)


def open_comparison(wanted: Comparison) -> None:
    """Open what is compared, and nothing else. Not after its controls are drawn."""
    replace(dict(zip(PREFIXES, (wanted.base, *wanted.pinned), strict=False)))
    st.session_state[_COMPARED] = (wanted.key, wanted.others)


def compare(key: str, values: Sequence[Value]) -> None:
    """Give one choice several values, the first of them to the first scenario; for a button's `on_click`."""
    write(read())
    open_comparison(comparison().with_values(key, tuple(values)))


def pin() -> None:
    """Keep the first scenario as it is now beside what it will be; for a button's `on_click`."""
    write(read())
    free = [prefix for prefix in PREFIXES if prefix not in scenarios()]
    if free and len(comparison().members) < MOST_MEMBERS:
        write(scenarios()[FIRST], free[0])


def stop_comparing() -> None:
    """Keep the first scenario alone; for a button's `on_click`."""
    write(read())
    open_comparison(Comparison(scenarios()[FIRST]))


def show_alone(choices: Choices) -> None:
    """Make one of the compared scenarios the first and only one; for a button's `on_click`."""
    open_comparison(Comparison(choices))


def apply(changes: Mapping[str, Any], prefix: str = FIRST) -> None:
    """Make changes as `Choices.apply` takes them; for a button's `on_click`."""
    write(read(prefix).apply(changes), prefix)


def reset(prefix: str = FIRST) -> None:
    """Set every choice of a scenario to its default, as a fresh visit shows it; for a button's `on_click`.

    What belongs to what was shown goes too: the held axes, the last curve and an edited headline. What is read off the
    axes and whether they are logarithmic stays.
    """
    write(Choices(schema=scenarios()[prefix].schema), prefix)
    view.change(ranges="", claim="")
    for key in [key for key in st.session_state if str(key).startswith(SHOWN_BEFORE)]:
        del st.session_state[key]
