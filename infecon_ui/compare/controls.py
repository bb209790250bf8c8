"""What opens under Compare: presets, any one choice with several values, and pinned scenarios."""

from dataclasses import replace

import streamlit as st

from infecon_core.choices import Choices, Comparison, Option, Value
from infecon_core.choices.comparison import ENGINE, MEASURED, MOST_MEMBERS, comparable, shown
from infecon_core.choices.registry import ACCELERATOR, MODEL, SPECULATION
from infecon_ui.compare.presets import Preset, made, presets
from infecon_ui.frontier.tools import COMPARE
from infecon_ui.state import own, session
from infecon_ui.text.markdown import escaped

# What can hold several values here, by its name on the control; links can do it with every choice.
AXES = {
    "Accelerators": ACCELERATOR,
    "Weights": "w",
    "KV cache": "kv",
    "Drafts": SPECULATION,
    "Prompt": "prompt",
    "Output": "output",
    "Models": MODEL,
    "Engines": ENGINE,
    "Prices": "basis",
}
_LENGTHS = (500, 1000, 2000, 4000, 8000, 16_000, 32_000, 64_000, 128_000)
_AXIS, _VALUES = "compare_axis", "compare_values_"


def show_controls() -> None:
    """Draw them, inside of whatever is open."""
    now = session.comparison()
    st.caption("Ready-made")
    with st.container(horizontal=True, gap="small"):
        for i, preset in enumerate(presets(now.base)):
            st.button(preset.name, key=f"compare_preset_{i}", on_click=_start, args=(preset,))
    _one_choice(now)
    _pinned(now)
    if now.active:
        st.button("Stop comparing", key="compare_stop", icon=":material/close:", on_click=session.stop_comparing)


def _one_choice(now: Comparison) -> None:
    """One choice with up to six values, the present one first."""
    st.caption("Or choose what differs")
    axes = [name for name, key in AXES.items() if comparable(now.base, key)]
    held = next((name for name, key in AXES.items() if key == now.key), axes[0])
    if st.session_state.get(_AXIS) not in axes:
        st.session_state[_AXIS] = held
    name = st.segmented_control(
        "What differs", axes, key=_AXIS, required=True, label_visibility="collapsed", persist_state="session"
    )
    key = AXES[str(name)]
    present = now.base.value(key)
    values = list(now.values) if now.key == key else [present]
    options = [*dict.fromkeys([*values, *_options(now.base, key)])]
    # The list is that of the link: what another control changed shows here too.
    st.session_state[_VALUES + key] = values
    st.multiselect(
        "Values, the present one first",
        options,
        key=_VALUES + key,
        format_func=lambda value: _named(now.base, key, value),
        max_selections=MOST_MEMBERS,
        on_change=_take,
        args=(key,),
        placeholder="Choose up to six",
    )


def _start(preset: Preset) -> None:
    """Compare, and close what covers the comparison."""
    session.write(session.read())
    now = session.comparison()
    session.open_comparison(replace(made(now.base, preset), pinned=now.pinned))
    st.session_state[COMPARE] = False


def _take(key: str) -> None:
    values: list[Value] = st.session_state[_VALUES + key]
    if values:
        session.compare(key, values)


def _pinned(now: Comparison) -> None:
    """Scenarios that stay as they are while the controls change the present one."""
    st.button(
        "Pin this scenario",
        key="compare_pin",
        width="stretch",
        icon=":material/push_pin:",
        on_click=session.pin,
        disabled=len(now.members) >= MOST_MEMBERS,
        help="Keep it as it is, beside what the controls make of it next.",
    )
    for prefix, choices in session.scenarios().items():
        if prefix != session.FIRST:
            text, button = st.columns([0.85, 0.15], vertical_alignment="center")
            text.caption(escaped(described(choices)))
            button.button(
                "",
                key=f"compare_unpin_{prefix}",
                icon=":material/delete:",
                help="Remove it.",
                on_click=session.close,
                args=(prefix,),
            )


def described(choices: Choices) -> str:
    """A pinned scenario by model, accelerator and what was changed of them."""
    names = [shown(choices.all[key], choices.value(key)) for key in (MODEL, ACCELERATOR)]
    changed = [shown(choices.all[key], value) for key, value in choices.changes]
    return " · ".join([*names, *changed[:4], *(["…"] if len(changed) > 4 else [])])


def _options(base: Choices, key: str) -> list[Value]:
    choice = base.all[key]
    if key == ENGINE and isinstance(choice, Option):
        return [*choice.options, MEASURED]
    if isinstance(choice, Option):
        return list(own.listed(choice, base.engine))
    return list(_LENGTHS)


def _named(base: Choices, key: str, value: Value) -> str:
    if value == MEASURED and key == ENGINE:
        return "Measured points"
    choice = base.all[key]
    return choice.options[str(value)] if isinstance(choice, Option) else f"{value:,} tokens"
