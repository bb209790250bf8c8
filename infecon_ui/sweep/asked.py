"""What is swept and how it is shown, as the address says it and as the session keeps it.

The parameters are `sweep_x=prompt&sweep_y=gpu&sweep_show=output&sweep_as=lines`, and the values of each choice under
its own key: `sweep_prompt=1000..8000*2&sweep_gpu=h100-sxm,b200-hgx`. The session keeps the values of choices that are
not swept any more, so that who comes back to one finds them.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import streamlit as st

from infecon_core.choices import Choice, Choices, Option, Switch
from infecon_core.schema.words import quotable
from infecon_core.sweep.axes import read_values, usual_values, values_text
from infecon_core.sweep.grid import Axis
from infecon_core.sweep.specification import is_range
from infecon_ui.page_controls import PageControls
from infecon_ui.sweep.figures import SHOWN

PREFIX = "sweep_"
X, Y, SHOW, FORM = "x", "y", "show", "as"
FIRST = "prompt"
NO_CHOICE = ""
LINES, MAP, PANELS = "lines", "map", "panels"
FORMS: Mapping[str, str] = MappingProxyType({LINES: "Chart", MAP: "Map", PANELS: "Small charts"})

_A_CHOICE = "a key of a link, such as prompt or gpu"
_SAID = "sweep.said"  # the parameters as they were written last
# So many values of one choice a chart can hold.
MOST_VALUES = 40


@dataclass(frozen=True)
class Asked:
    """What is asked.

    Args:
        axes (tuple of Axis): One or two.
        show (str): What is shown, a key of `SHOWN`.
        form (str): A key of `FORMS`.
        problems (tuple of str): A sentence for each field whose values cannot be read.
    """

    axes: tuple[Axis, ...]
    show: str
    form: str
    problems: tuple[str, ...] = ()


def can_be_swept(choices: Choices) -> Mapping[str, Choice]:
    """The choices that have a part in what is computed, in the order of the sidebar."""
    return {key: choice for key, choice in choices.all.items() if choices.enters(key) and not choices.idle(key)}


def adopt(choices: Choices, controls: PageControls) -> None:
    """Take over what the address asks where it differs from what was written last; before the controls are drawn.

    Args:
        choices (Choices): What is chosen.
        controls (PageControls): Those of the page, which say what was not understood.
    """
    known = can_be_swept(choices)
    given = {key.removeprefix(PREFIX): st.query_params[key] for key in st.query_params if key.startswith(PREFIX)}
    if given and given != st.session_state.get(_SAID):
        for key in (X, Y):
            wanted = given.get(key, NO_CHOICE)
            if wanted and wanted not in known:
                controls.wrong(key, wanted, _why_not(choices, wanted))
            st.session_state[PREFIX + key] = wanted if wanted in known else NO_CHOICE
        for key, options in ((SHOW, SHOWN), (FORM, FORMS)):
            wanted = given.get(key, "")
            if wanted and wanted not in options:
                controls.wrong(key, wanted, f"possible: {', '.join(options)}")
            st.session_state[PREFIX + key] = wanted if wanted in options else next(iter(options))
        for key, text in given.items():
            if key in known:
                _adopt_values(choices, key, text, controls)
            elif key in choices.all:
                controls.wrong(key, text, _why_not(choices, key))
            elif key not in (X, Y, SHOW, FORM):
                controls.wrong(key, text, f"possible: {', '.join((X, Y, SHOW, FORM))}, and {_A_CHOICE}")
        if given.get(Y) and given[Y] == st.session_state[PREFIX + X]:
            controls.wrong(Y, given[Y], f"{given[Y]} is swept already; give another choice")
    _complete(known)


def _with_plus(text: str) -> str:
    """A range as it was written: browsers read a plus sign in an address as a space."""
    return re.sub(r"(?<=\d) (?=[\d.])", "+", text) if is_range(text) else text


def _adopt_values(choices: Choices, key: str, text: str, controls: PageControls) -> None:
    """Take over the values of one choice; of a list those that are understood."""
    choice = choices.all[key]
    if not is_listed(choice):
        try:
            text = _with_plus(text)
            _read(choice, text)
            st.session_state[PREFIX + key] = text
        except ValueError as right:
            controls.wrong(key, text, str(right))
            st.session_state.pop(PREFIX + key, None)
        return
    found, wrong = [], {}
    for part in text.split(","):
        try:
            found.append(choice.parse(part))
        except ValueError as right:
            wrong[part] = f"{key} {right}"
    if found and wrong:
        controls.passed_over(key, list(wrong), next(iter(wrong.values())))
    elif wrong:
        controls.wrong(key, *next(iter(wrong.items())))
    if found:
        st.session_state[PREFIX + key] = list(dict.fromkeys(found))[:MOST_VALUES]
    else:
        st.session_state.pop(PREFIX + key, None)


def _complete(known: Mapping[str, Choice]) -> None:
    """Put in order what another model or engine has left: an axis that there is not, or both the same."""
    state = st.session_state
    if state.get(PREFIX + X) not in known:
        state[PREFIX + X] = FIRST if FIRST in known else next(iter(known))
    if state.get(PREFIX + Y, NO_CHOICE) not in known or state[PREFIX + Y] == state[PREFIX + X]:
        state[PREFIX + Y] = NO_CHOICE
    for key, options in ((SHOW, SHOWN), (FORM, FORMS)):
        if state.get(PREFIX + key) not in options:
            state[PREFIX + key] = next(iter(options))


def is_listed(choice: Choice) -> bool:
    """Whether its values are picked from a list, and not written."""
    return isinstance(choice, Option | Switch)


def field(choices: Choices, key: str) -> str:
    """Key of the field with the values of a choice, with usual values in the session where it has none."""
    choice, name = choices.all[key], PREFIX + key
    usual = usual_values(choices, key)
    if is_listed(choice):
        assert isinstance(usual, tuple)
        held = [value for value in st.session_state.get(name, usual) if _possible(choice, value, choices)]
        if held != st.session_state.get(name):
            st.session_state[name] = held or list(usual)
    elif name not in st.session_state:
        st.session_state[name] = values_text(choice, usual)
    return name


def _possible(choice: Choice, value: object, choices: Choices) -> bool:
    return choice.knows(str(value), choices.engine) if isinstance(choice, Option) else isinstance(value, bool)


def asked(choices: Choices, controls: PageControls) -> Asked:
    """What is asked now; where values cannot be read, the usual ones stand in their place."""
    keys = [key for name in (X, Y) if (key := str(st.session_state[PREFIX + name]))]
    axes, problems = zip(*(_axis(choices, key) for key in keys), strict=True)
    show, form = st.session_state[PREFIX + SHOW], st.session_state[PREFIX + FORM]
    found = Asked(axes, show, form, tuple(filter(None, problems)))
    for key, text in _texts(choices, found):
        controls.say(key, text)
    return found


def _axis(choices: Choices, key: str) -> tuple[Axis, str]:
    """An axis with the values of its field, and why these cannot be read."""
    choice, held = choices.all[key], st.session_state[field(choices, key)]
    if is_listed(choice):
        return Axis(key, tuple(held)), "" if held else f"Pick at least one value of {choice.facts.label}."
    try:
        return Axis(key, _read(choice, str(held))), ""
    except ValueError as right:
        usual = values_text(choice, usual_values(choices, key))
        stands = f" Here stands {usual} instead." if usual else ""
        sentence = f"{choice.facts.label} cannot be “{quotable(held)}”: {str(right).rstrip('. ')}.{stands}"
        return Axis(key, _read(choice, usual) if usual else ()), sentence


def _read(choice: Choice, text: str) -> tuple[str | bool | int | float | None, ...]:
    values = read_values(choice, text)
    if len(values) > MOST_VALUES:
        raise ValueError(f"{choice.key} has at most {MOST_VALUES} values here, not {len(values):,}")
    return values


def _texts(choices: Choices, found: Asked) -> Iterator[tuple[str, str]]:
    for name, axis in zip((X, Y), found.axes, strict=False):
        yield name, axis.key
    for axis in found.axes:
        choice, held = choices.all[axis.key], st.session_state[PREFIX + axis.key]
        # A range stays one; what cannot be read goes into no link.
        wrong = any(choice.facts.label in problem for problem in found.problems)
        yield axis.key, values_text(choice, axis.values) if is_listed(choice) or wrong else str(held)
    for name, value, first in ((SHOW, found.show, next(iter(SHOWN))), (FORM, found.form, next(iter(FORMS)))):
        if value != first:
            yield name, value


def write(choices: Choices, found: Asked) -> None:
    """Write what is asked into the address."""
    said = dict(_texts(choices, found))
    st.session_state[_SAID] = said
    present = {key.removeprefix(PREFIX) for key in st.query_params if key.startswith(PREFIX)}
    for key in present - said.keys():
        del st.query_params[PREFIX + key]
    for key, text in said.items():
        if st.query_params.get(PREFIX + key) != text:
            st.query_params[PREFIX + key] = text


def _why_not(choices: Choices, key: str) -> str:
    """Why a choice cannot be swept."""
    choice = choices.all.get(key)
    if choice is None:
        return _A_CHOICE
    if choice.drafts:
        return f"{choice.facts.label} needs a draft: choose one under Speculative decoding"
    if choice.facts.only not in ("", choices.engine):
        return f"{choice.facts.label} is for the {choice.facts.only} engine"
    return f"{choice.facts.label} changes nothing as the other choices are"
