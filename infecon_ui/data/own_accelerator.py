"""The part Your own, accelerators: the numbers of one of the catalog, changed."""

import hashlib
from typing import Any

import streamlit as st
from pydantic import ValidationError

from infecon_core import catalog
from infecon_core.catalog.own import LONGEST_NAME, OwnAccelerator, id_of, plain_name, read_accelerator
from infecon_core.choices import Quantity
from infecon_core.choices.registry import DEFAULT_MODEL, PRICE, choices
from infecon_core.scenario import replaced
from infecon_core.schema import Accelerator, sentence
from infecon_ui.data import entries, given, listing, own_model
from infecon_ui.data.part import Part
from infecon_ui.page_controls import PageControls
from infecon_ui.state import own
from infecon_ui.state.chosen import Chosen
from infecon_ui.text.markdown import foreign

_FILE, _WRONG = "data_chip_file", "data.wrong_chip_file"
_BASE, _RECORD = "base", "accelerator"
_BESIDE = "h100-sxm"


def part(controls: PageControls, choice: Chosen) -> Part:
    """An accelerator of one's own."""
    base_id = listing.pick("accelerators", controls, "Start from", _BASE, choice.accelerator_id)
    problem = st.session_state.pop(_WRONG, "")
    entry_id, wrong = "", ""
    try:
        entry_id = id_of(_made(base_id))
    except ValidationError as error:
        wrong = sentence(error)
    except ValueError as error:
        wrong = str(error)
    problem = problem or wrong
    if entry_id and _changed(base_id):
        own.propose("accelerators", entry_id)
        controls.say(_BASE, entry_id)
    # Of a form that makes no accelerator the start says nothing.
    title = wrong.removesuffix(".") if wrong else listing.accelerator_claim(entry_id)
    support = "Nothing is stored: the whole accelerator stands in the link · numbers left alone keep their sources"

    def draw(link: str) -> None:
        if problem:
            st.error(foreign(problem), icon=":material/error:")
        _form(base_id)
        if entry_id:
            own_model.compare("accelerators", entry_id, _BESIDE)
            entries.show("accelerators", entry_id, link)
        own_model.listed("accelerators")

    return Part(title, support, {}, draw)


def _numbers(base_id: str) -> list[Quantity]:
    """The numbers of an accelerator that can be chosen, its price first."""
    every = choices(DEFAULT_MODEL, base_id).values()
    # What stands among the constants is no number of a datasheet.
    found = [
        one for one in every if isinstance(one, Quantity) and one.path[0] == _RECORD and one.facts.section == _RECORD
    ]
    return sorted(found, key=lambda one: one.key != PRICE)


def _key(base_id: str, name: str) -> str:
    """Of a field: another start has fields of its own."""
    return f"data_chip_{hashlib.sha256(base_id.encode()).hexdigest()[:8]}_{name}"


def _made(base_id: str) -> OwnAccelerator:
    """What the form says; ValueError where it makes no accelerator."""
    base = catalog.accelerator(base_id).accelerator
    name = str(st.session_state.get(_key(base_id, "name"), "")).strip()
    if name and not plain_name(name):
        raise ValueError("The name has no letter and no digit; give one such as Our chip.")
    fields: Any = {**dict(base), "name": plain_name(name or _name(base_id))}
    for number in _numbers(base_id):
        value = st.session_state.get(_key(base_id, number.key), number.default)
        if value is not None:
            try:
                number.parse(number.text(number.cleaned(value)))
            except ValueError as right:
                raise ValueError(f"{number.label} {right}; it cannot be {value:,.12g}.") from right
        fields = replaced(fields, number.path[1:], number.stored(number.cleaned(value)))
    origin = read_accelerator(base_id).base if catalog.is_own(base_id) else base_id
    # What stands at its default was not given.
    defaults = Accelerator.model_fields
    known = {
        name: value
        for name, value in fields.items()
        if name in base.model_fields_set or value != defaults[name].default
    }
    return OwnAccelerator(accelerator=Accelerator.model_validate(known), base=origin)


def _changed(base_id: str) -> bool:
    """Whether anything differs from the start."""
    fields = {_key(base_id, number.key): number.default for number in _numbers(base_id)}
    return any(
        st.session_state.get(key, start) != start for key, start in {**fields, _key(base_id, "name"): ""}.items()
    )


def _name(base_id: str) -> str:
    name = catalog.accelerator(base_id).accelerator.name
    return name if catalog.is_own(base_id) else f"{name} variant"


def _form(base_id: str) -> None:
    """The fields, four in a row."""
    with st.container(horizontal=True, vertical_alignment="top", gap="large"):
        st.text_input(
            "Name",
            key=_key(base_id, "name"),
            max_chars=LONGEST_NAME,
            placeholder=_name(base_id),
            persist_state="session",
        )
        st.file_uploader("Or a data file saved here", type=["toml"], key=_FILE, on_change=_take_file)
    numbers = _numbers(base_id)
    with st.grid(4, min_column_width=180):
        for number in numbers:
            key = _key(base_id, number.key)
            st.session_state.setdefault(key, number.default)
            st.number_input(
                number.label,
                value=None,
                step=1 if number.whole else 0.1,
                format="%d" if number.whole else "%g",
                key=key,
                help=number.help,
                placeholder="none",
                persist_state="session",
            )


def _take_file() -> None:
    """Start from an uploaded data file."""
    file = st.session_state[_FILE]
    if file is None:
        return
    try:
        found = given.read(given.text_of(file.getvalue(), file.name))
        if found.kind != "accelerators":
            raise ValueError("This is a model; upload it under Model.")
    except ValueError as error:
        st.session_state[_WRONG] = str(error)
        return
    own.remember("accelerators", found.entry_id)
    labels = {one: label for label, one in own.named("accelerators").items()}
    st.session_state[f"data_{_BASE}"] = labels[found.entry_id]
