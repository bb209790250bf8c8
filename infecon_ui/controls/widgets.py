"""How a quantity or a switch becomes a control whose value outlives its being folded away."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from infecon_ui import links
from infecon_ui.parameters import Option, Parameter, Quantity, Switch

# About equal factors from stop to stop, round numbers, and the powers of two that benchmarks use.
TOKEN_STEPS = tuple(
    sorted(
        {
            0,
            *(digit * 10**power // 10 for power in range(1, 7) for digit in (10, 15, 20, 25, 30, 35, 40, 50, 60, 80)),
            *(2**power for power in range(7, 18)),
            10_000_000,
        }
    )
)


def seeded(key: str) -> Parameter:
    """The choice of a key, with its value in the session so that the control shows it."""
    choice = links.choices()[key]
    # Without a `value=` of its own a control takes what the session holds; giving both is an error.
    st.session_state.setdefault(key, choice.default)
    return choice


def number(key: str) -> None:
    """A field for one quantity, or a switch."""
    choice = seeded(key)
    if isinstance(choice, Switch):
        st.toggle(choice.label, key=key, help=choice.help, persist_state="session")
    elif isinstance(choice, Quantity):
        st.number_input(  # both bounds are int, or both float
            choice.label,
            choice.minimum,
            choice.maximum,
            value=None,
            step=_step(choice),
            format="%d" if choice.whole else "%g",
            key=key,
            help=choice.help,
            on_change=None if choice.optional else _refill,
            args=(key,),
            placeholder="None",
            persist_state="session",
        )


def steps(key: str, points: Sequence[int]) -> None:
    """A slider over given points, one of them always the value that a link brought."""
    choice = seeded(key)
    assert isinstance(choice, Quantity)
    options = sorted({*points, st.session_state[key]})
    st.select_slider(choice.label, options, format_func=lambda tokens: f"{tokens:,}", key=key, help=choice.help)


def slider(key: str, step: float) -> None:
    """A slider for a quantity whose whole range makes sense."""
    choice = seeded(key)
    assert isinstance(choice, Quantity)
    st.slider(
        choice.label,
        choice.minimum,
        choice.maximum,
        step=step,
        key=key,
        help=choice.help,
        persist_state="session",
    )


def option(key: str, label: str, help_text: str, names: Mapping[str, str], **more: Any) -> None:
    """A list of ids, shown by their names."""
    choice = seeded(key)
    assert isinstance(choice, Option)
    st.selectbox(
        label, choice.options, format_func=names.__getitem__, key=key, help=help_text, persist_state="session", **more
    )


def changed(keys: Sequence[str]) -> int:
    """How many of these choices differ from their defaults."""
    choices = links.choices()
    return sum(st.session_state.get(key, choices[key].default) != choices[key].default for key in keys)


def _refill(key: str) -> None:
    """Put the default into a field that was emptied."""
    if st.session_state[key] is None:
        st.session_state[key] = links.choices()[key].default


def _step(choice: Quantity) -> int | float:
    """A step of one to a few percent of the default."""
    size = abs(choice.default or 0)
    if choice.whole:
        return 1 if size < 100 else 2 ** max(0, math.floor(math.log2(size)) - 5)
    return 10.0 ** (math.floor(math.log10(size)) - 1) if size else 1.0
