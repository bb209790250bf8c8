"""The state of the controls and the address bar: reading links, writing them, permalinks.

The session's state holds every choice under its key, whether its control is on the page or folded away.
A link is read when a visit starts and when the reader goes back or forward; after every change the
address is written again, with what differs from the defaults, the engine and the version of the data.

The engine always stands in an address. One that has a version and no engine was made when the published model
was the only engine and an instance had up to 1,024 GPUs; it keeps that meaning.
"""

import difflib
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

import streamlit as st
from streamlit.errors import StreamlitAPIException
from streamlit.runtime.scriptrunner import get_script_run_ctx

from infecon_core import catalog
from infecon_ui.parameters import (
    CALIBRATION,
    CONSTANTS,
    INSTANCES,
    PRICE,
    Parameter,
    parameters,
    self_draft_numbers,
    serving_constants,
    serving_switches,
    speculations,
)

VERSION = "v"
ENGINE = "engine"

# What an address means that was written before there was a choice of engines.
_BEFORE_ENGINES: Mapping[str, Any] = {ENGINE: "published", "max": 1024}
# Keys that begin so belong to nobody but us, whether there is such a number or not.
_OURS = ("m_", "a_", CALIBRATION)

_READ = "links.read"
_PRESETS = "links.presets"
_NOTICE = "links.notice"

# Keyword of `Scenario.preset`, or field of `Scenario`, by the key of its control.
_KEYS: Mapping[str, str] = {
    "model": "model",
    "accelerator": "gpu",
    "weights": "w",
    "kv": "kv",
    "activations": "act",
    "price_usd_per_gpu_hour": PRICE,
    "prompt_tokens": "prompt",
    "output_tokens": "output",
    "draft": "draft",
    "acceptance": "acceptance",
    "max_draft_tokens": "gamma",
    "max_gpus": "max",
    "demand_tokens_per_s": "demand",
    "engine": ENGINE,
}


def choices() -> Mapping[str, Parameter]:
    """All choices, with the defaults of the model and the accelerator that are chosen now."""
    return parameters(*_presets())


def value(key: str) -> Any:
    """What is chosen for one key, or its default."""
    return st.session_state.get(key, choices()[key].default)


def values() -> dict[str, Any]:
    """What is chosen for every key."""
    return {key: st.session_state.get(key, choice.default) for key, choice in choices().items()}


def read(query: Mapping[str, str]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Read the choices in a link.

    Parameters
    ----------
    query : mapping
        Parameters of the address.

    Returns
    -------
    values : dict
        What was understood, by key.
    faults : tuple of str
        For every parameter that was not understood, what it is and what would be right.
    """
    values: dict[str, Any] = {}
    faults: list[str] = []

    def take(known: Mapping[str, Parameter], key: str) -> None:
        try:
            values[key] = known[key].parse(query[key])
        except ValueError as right:
            faults.append(f"`{_shown(f'{key}={query[key]}')}` ({key} {right})")

    start = parameters(*_default_presets())
    for preset in ("model", "gpu"):
        if preset in query:
            take(start, preset)
    known = parameters(str(values.get("model", start["model"].default)), str(values.get("gpu", start["gpu"].default)))
    # Numbers of a model that is not understood would bend another one.
    orphaned = tuple(prefix for preset, prefix in (("model", "m_"), ("gpu", "a_")) if preset in query.keys() - values)
    for key in query:
        if key in ("model", "gpu", VERSION) or (orphaned and key.startswith(orphaned)):
            continue
        if key in known:
            take(known, key)
        elif key.startswith(_OURS) or difflib.get_close_matches(key, known, n=1, cutoff=0.8):
            near = difflib.get_close_matches(key, known, n=1, cutoff=0.6)
            faults.append(f"`{_shown(key)}` (" + (f"perhaps {near[0]}" if near else "no such number here") + ")")
    if VERSION in query and ENGINE not in query:
        values = {**_BEFORE_ENGINES, **values}
    if values.get("spec") not in (None, *speculations(str(values.get(ENGINE, known[ENGINE].default)))):
        faults.append(f"`spec={values.pop('spec')}` (the published model knows draft models only)")
    return values, tuple(faults)


def adopt() -> None:
    """Take over the choices of the address where a visit starts or the reader went back or forward."""
    query = st.query_params.to_dict()
    if _READ in st.session_state:
        context = get_script_run_ctx()
        if context is None or not context.is_history_navigation or VERSION not in query:
            return  # an address without a version is one that a change of page has just emptied
        _forget(choices())
    values, faults = read(query)
    st.session_state.update(values)
    st.session_state[_READ] = True
    notice = ""
    if faults:
        more = f", and {len(faults) - 3} more" if len(faults) > 3 else ""
        notice = f"Not understood in this link, so the default stands: {', '.join(faults[:3])}{more}."
    elif query.get(VERSION, catalog.data_version()) != catalog.data_version() and _relevant() - query.keys():
        notice = (
            "This link was made with other data: numbers that it leaves to presets may have changed since. "
            "A permalink names them all."
        )
    st.session_state[_NOTICE] = (notice, _query(only_changed=True))


def write() -> None:
    """Write what differs from the defaults into the address, as one step of the browser's history."""
    st.session_state[_PRESETS] = _presets()
    wanted = {**_foreign(), **_query(only_changed=True)}
    present = _address()
    if wanted == present:
        return
    try:
        st.query_params.from_dict(wanted)
    except StreamlitAPIException:  # a page has bound parameters of its own: leave those alone
        for key in present.keys() - wanted:
            del st.query_params[key]
        st.query_params.update({key: text for key, text in wanted.items() if present.get(key) != text})


def notice() -> str:
    """One sentence on what was not understood in the link, until the reader changes something; else empty."""
    text, query = st.session_state.get(_NOTICE, ("", {}))
    return text if query == _query(only_changed=True) else ""


def permalink() -> str:
    """The address with every choice, also those that equal the defaults, and the version of the data.

    Returns
    -------
    str
        An address that keeps its meaning when defaults or the numbers of presets change.
    """
    address = st.context.url or ""
    root = "/" if not urlsplit(address).path else ""
    return f"{address}{root}?{urlencode({**_foreign(), **_query(only_changed=False)}, doseq=True)}"


def apply(changes: Mapping[str, Any]) -> None:
    """Set controls from changes as `Scenario.preset` takes them; for a button's `on_click`.

    Parameters
    ----------
    changes : mapping
        Keywords of `Scenario.preset`, and `model` and `accelerator` for its two ids.

    Raises
    ------
    KeyError
        For a keyword that no control has.
    """
    for preset, follow in (("model", follow_model), ("accelerator", follow_accelerator)):
        if preset in changes:
            st.session_state[_KEYS[preset]] = changes[preset]
            follow()
    for name, wanted in changes.items():
        if name == "max_gpus":
            # The control knows powers of two.
            st.session_state["max"] = next((gpus for gpus in INSTANCES if gpus >= wanted), INSTANCES[-1])
        elif name not in ("model", "accelerator"):
            default = choices()[_KEYS[name]].default
            number = isinstance(default, float) or name == "demand_tokens_per_s"
            st.session_state[_KEYS[name]] = float(wanted) if number and wanted is not None else wanted
    if changes.get("draft") is not None:
        st.session_state["spec"] = "draft"


def reset() -> None:
    """Set every control to its default; for a button's `on_click`."""
    _forget(choices())


def follow_model() -> None:
    """After another model was chosen: drop the old one's customised numbers; formats left alone follow."""
    before = _previous_choices()
    for key, choice in before.items():
        untouched = key in ("w", "kv", "act") and st.session_state.get(key) == choice.default
        if key.startswith("m_") or untouched:
            st.session_state.pop(key, None)


def follow_accelerator() -> None:
    """After another accelerator was chosen: drop the old one's customised numbers, its price among them."""
    for key in _previous_choices():
        if key.startswith("a_") or key in (PRICE, *CONSTANTS):
            st.session_state.pop(key, None)


def _previous_choices() -> Mapping[str, Parameter]:
    return parameters(*st.session_state.get(_PRESETS, _presets()))


def _default_presets() -> tuple[str, str]:
    # The defaults of these two do not depend on any preset; any pair shows them.
    start = parameters(next(iter(catalog.models())), next(iter(catalog.accelerators())))
    return str(start["model"].default), str(start["gpu"].default)


def _presets() -> tuple[str, str]:
    model_id, accelerator_id = _default_presets()
    return st.session_state.get("model", model_id), st.session_state.get("gpu", accelerator_id)


def _query(*, only_changed: bool) -> dict[str, str]:
    query = {}
    for key, choice in choices().items():
        chosen = st.session_state.get(key, choice.default)
        if not only_changed or key == ENGINE or chosen != choice.default:
            query[key] = choice.text(chosen)
    return {**query, VERSION: catalog.data_version()}


def _relevant() -> set[str]:
    """Keys that decide what is computed: without those that only the serving engine has where it does not run."""
    keys = set(choices())
    if value(ENGINE) != "serving":
        own = (*serving_switches(), *serving_constants(), *self_draft_numbers())
        keys -= {choice.key for choice in own} | {ENGINE, "curve"}
    return keys


def _address() -> dict[str, str | list[str]]:
    """Parameters of the address; one that stands there several times, as a page's list does, with all its values."""
    every = {key: st.query_params.get_all(key) for key in st.query_params}
    return {key: values[0] if len(values) == 1 else values for key, values in every.items()}


def _foreign() -> dict[str, str | list[str]]:
    """Parameters that belong to a page or to nobody."""
    known = choices()
    return {
        key: text
        for key, text in _address().items()
        if key not in known and key != VERSION and not key.startswith(_OURS)
    }


def _forget(keys: Mapping[str, Parameter]) -> None:
    for key in keys:
        st.session_state.pop(key, None)


def _shown(text: str) -> str:
    plain = text.replace("`", "'")
    return plain if len(plain) <= 40 else plain[:37] + "..."
