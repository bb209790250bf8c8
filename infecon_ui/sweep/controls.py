"""The controls of the page: what is swept, over which values, and what is shown of it."""

from collections.abc import Mapping

import streamlit as st

from infecon_core.choices import Choice, Choices, Option
from infecon_core.sweep.axes import usual_values, values_text
from infecon_ui.state import own
from infecon_ui.sweep import asked
from infecon_ui.sweep.asked import FORM, FORMS, NO_CHOICE, PREFIX, SHOW, X, Y
from infecon_ui.sweep.figures import SHOWN

_HELP = (
    "A list such as 1000,2000,8000; or a range: 1000..32000\\*2, each twice the one before, or 0..1+0.1, each a tenth "
    "more."
)

# Two in a row on a phone, five beside the sidebar.
_WIDTH, _LISTED = 168, 300  # [px]


def show_controls(choices: Choices) -> None:
    """Draw them; what they say is read by `asked.asked`."""
    known = asked.can_be_swept(choices)
    names = labels(known)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="sweep_axes"):
        key = str(st.session_state[PREFIX + X])
        st.selectbox(
            "Sweep", list(known), format_func=names.__getitem__, key=PREFIX + X, persist_state="session", width=_WIDTH
        )
        _values(choices, known[key])
        others = [NO_CHOICE, *(one for one in known if one != key)]
        st.selectbox(
            "and",
            others,
            format_func=lambda one: names.get(one, "nothing else"),
            key=PREFIX + Y,
            persist_state="session",
            width=_WIDTH,
        )
        if other := str(st.session_state[PREFIX + Y]):
            _values(choices, known[other])
        st.selectbox(
            "Shown",
            list(SHOWN),
            format_func=lambda one: SHOWN[one].label,
            key=PREFIX + SHOW,
            persist_state="session",
            width=_WIDTH,
        )
        st.segmented_control(
            "As",
            list(FORMS),
            format_func=FORMS.__getitem__,
            key=PREFIX + FORM,
            required=True,
            persist_state="session",
        )


def _values(choices: Choices, choice: Choice) -> None:
    key = asked.field(choices, choice.key)
    if isinstance(choice, Option):
        st.multiselect(
            "over",
            list(dict.fromkeys([*own.listed(choice, choices.engine), *st.session_state[key]])),
            format_func=choice.options.__getitem__,
            key=key,
            persist_state="session",
            width=_LISTED,
        )
    elif asked.is_listed(choice):
        st.multiselect(
            "over",
            [False, True],
            format_func=lambda on: "on" if on else "off",
            key=key,
            persist_state="session",
            width=_WIDTH,
        )
    else:
        hint = values_text(choice, usual_values(choices, choice.key)) or "a list or a range"
        st.text_input(
            "over", key=key, max_chars=300, placeholder=hint, help=_HELP, persist_state="session", width=_WIDTH
        )


def labels(known: Mapping[str, Choice]) -> dict[str, str]:
    """What the choices are called, no two the same: those of a group of layers with the group."""
    plain = [choice.label for choice in known.values()]
    return {
        key: f"{choice.label}, {choice.heading}" if choice.heading and plain.count(choice.label) > 1 else choice.label
        for key, choice in known.items()
    }
