"""The address bar: links read and written, one scenario or several, and permalinks.

The first scenario stands plainly in a link, and any one of its choices may hold a list (`gpu=b200-hgx,mi355x`): that is
a comparison. Every pinned scenario stands under its prefix (`b.gpu=mi355x`) with what differs from the first. A short
link has what differs from the defaults and the version of the data; a permalink has everything, so that it keeps its
meaning when defaults or data change. A link is read when a visit starts and when the reader goes back or forward; after
every change the address is written again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

import streamlit as st
from streamlit.errors import StreamlitAPIException
from streamlit.runtime.scriptrunner import get_script_run_ctx

from infecon_core import catalog
from infecon_core.choices import Choices, Comparison, Fault, comparison, is_ours
from infecon_core.scenario import Scenario
from infecon_ui.state import session
from infecon_ui.state import view as view_state
from infecon_ui.state.session import FIRST, PREFIXES
from infecon_ui.state.view import PARTS, View
from infecon_ui.text.markdown import foreign

VERSION = "v"
AS_IT_COMES = View()

_READ = "links.read"
_NOTICE = "links.notice"
_SHOWN_FAULTS = 3


class Link(NamedTuple):
    """What stands in a link.

    Attributes:
        comparison (Comparison): One scenario, or what is compared.
        view (View): How it is looked at.
        faults (tuple of Fault): What was not understood.
    """

    comparison: Comparison
    view: View
    faults: tuple[Fault, ...]


def encode(shown: Comparison, view: View = AS_IT_COMES, *, whole: bool = False) -> dict[str, str]:
    """Parameters of a link.

    Args:
        shown (Comparison): One scenario, or what is compared.
        view (View): How it is looked at.
        whole (bool): Write everything, for a permalink.
    """
    base = shown.base
    query = {**(base.query(whole=True) if whole else {}), **comparison.query(shown)}
    for prefix, choices in zip(PREFIXES[1:], shown.pinned, strict=False):
        # A scenario that equals the first still has to be there.
        own = choices.query(base, whole=whole) or {"gpu": choices.accelerator_id}
        query |= {prefix + key: text for key, text in own.items()}
    return {**query, **view.query(), VERSION: catalog.data_version()}


def decode(query: Mapping[str, str], schema: type[Scenario] = Scenario) -> Link:
    """What stands in a link, and what was not understood of it."""
    plain = {
        key: text
        for key, text in query.items()
        if key != VERSION and key not in PARTS and not key.startswith(PREFIXES[1:])
    }
    found, read_faults = comparison.read(plain, Choices(schema=schema))
    faults, pinned = list(read_faults), []
    for prefix in PREFIXES[1:]:
        own = {key.removeprefix(prefix): text for key, text in query.items() if key.startswith(prefix)}
        if own:
            other, own_faults = found.base.read(own)
            told = {fault.given.partition("=")[0] for fault in own_faults}
            # Under a prefix of ours nothing belongs to anybody else.
            unknown = own.keys() - other.all.keys() - told
            faults += [Fault(prefix + fault.given, fault.right) for fault in own_faults]
            faults += [Fault(prefix + key, "no such number here") for key in sorted(unknown)]
            if own.keys() - told - unknown:
                pinned.append(other)
    view, view_faults = View.parse(query)
    return Link(replace(found, pinned=tuple(pinned)), view, (*faults, *view_faults))


def adopt(schema: type[Scenario] = Scenario) -> None:
    """Take over the choices of the address where a visit starts or the reader went back or forward."""
    query = st.query_params.to_dict()
    if _READ in st.session_state:
        context = get_script_run_ctx()
        if context is None or not context.is_history_navigation or VERSION not in query:
            return  # an address without a version is one that a change of page has just emptied
    repeated = _repeated()
    found = decode({key: text for key, text in query.items() if key not in repeated}, schema)
    session.open_comparison(found.comparison)
    view_state.adopt(found.view)
    st.session_state[_READ] = True
    notice = ""
    if faults := (*repeated.values(), *found.faults):
        notice = not_understood(faults)
    elif query.get(VERSION, catalog.data_version()) != catalog.data_version() and _rests_on_presets(query):
        notice = (
            "This link was made with other data: numbers that it leaves to presets may have changed since. "
            "A permalink names them all."
        )
    st.session_state[_NOTICE] = (notice, session.comparison())


def write(others: tuple[str, ...] = ()) -> None:
    """Write what is open into the address, as one step of the browser's history.

    Args:
        others (tuple of str): With which the parameters of other pages begin, which do not stay.
    """
    present = _address()
    wanted = {
        **{key: text for key, text in _foreign(present).items() if not key.startswith(others)},
        **encode(session.comparison(), view_state.current()),
    }
    if wanted == present:
        return
    try:
        st.query_params.from_dict(wanted)
    except StreamlitAPIException:  # a page has bound parameters of its own: leave those alone
        for key in present.keys() - wanted:
            del st.query_params[key]
        st.query_params.update({key: text for key, text in wanted.items() if present.get(key) != text})


def of_scenarios() -> dict[str, str]:
    """What `write` writes of the scenarios and how they are looked at."""
    return encode(session.comparison(), view_state.current())


def notice() -> str:
    """One sentence on what was not understood in the link, until the reader changes something; else empty."""
    text, shown = st.session_state.get(_NOTICE, ("", None))
    return text if shown == session.comparison() else ""


def not_understood(faults: Sequence[Fault]) -> str:
    """One sentence on parameters of a link, as Markdown."""
    # What would be right may quote what somebody gave. A colon before a space marks nothing.
    rights = [foreign(fault.right.rstrip(". ")).replace("\\: ", ": ") for fault in faults[:_SHOWN_FAULTS]]
    shown = [f"`{_shown(fault.given)}` ({right})" for fault, right in zip(faults, rights, strict=False)]
    more = f", and {len(faults) - _SHOWN_FAULTS} more" if len(faults) > _SHOWN_FAULTS else ""
    return f"Not understood in this link, so the default stands: {', '.join(shown)}{more}."


def link(own: Mapping[str, str | list[str]] | None = None) -> str:
    """The address with what differs from the defaults, and the version of the data.

    Args:
        own (mapping, optional): Parameters of the page's own.
    """
    return _to({**(own or {}), **encode(session.comparison(), view_state.current())})


def permalink() -> str:
    """The address with every choice, also those that equal the defaults, and the version of the data."""
    return _to({**_foreign(_address()), **encode(session.comparison(), view_state.current(), whole=True)})


def of_page(query: Mapping[str, str | list[str]]) -> str:
    """The address of the present page with parameters of its own, how it is looked at, and the version of the data."""
    return _to({**query, **view_state.current().query(), VERSION: catalog.data_version()})


def _to(query: Mapping[str, str | list[str]]) -> str:
    page = st.context.url or ""
    return address(f"{page}{'' if urlsplit(page).path else '/'}", query)


def address(page: str, query: Mapping[str, str | list[str]]) -> str:
    """A page with parameters."""
    # A comma is allowed where it stands, and makes lists readable and links short.
    return f"{page}?{urlencode(query, doseq=True, safe=',')}"


def _rests_on_presets(query: Mapping[str, str]) -> bool:
    """Whether a link leaves any choice to its default that has a part in what is computed."""
    return any(
        prefix + key not in query
        for prefix, choices in session.scenarios().items()
        for key in choices.all
        if choices.enters(key)
    )


def _address() -> dict[str, str | list[str]]:
    """Parameters of the address; one that stands there several times, as a page's list does, with all its values."""
    every = {key: st.query_params.get_all(key) for key in st.query_params}
    return {key: values[0] if len(values) == 1 else values for key, values in every.items()}


def _repeated() -> dict[str, Fault]:
    """Keys of ours that the address gives several values, as faults: which of them is meant nobody can say."""
    several = {key: texts for key, texts in _address().items() if isinstance(texts, list)}
    foreign = _foreign(several)
    return {
        key: Fault("&".join(f"{key}={text}" for text in texts), f"give {key} once")
        for key, texts in several.items()
        if key not in foreign
    }


def _foreign(address: Mapping[str, str | list[str]]) -> dict[str, str | list[str]]:
    """Parameters that belong to a page or to nobody."""
    first = session.scenarios()[FIRST]
    return {
        key: text
        for key, text in address.items()
        if not (
            key in first.all
            or key in PARTS
            or key == VERSION
            or is_ours(key, first.schema)
            or key.startswith(PREFIXES[1:])
        )
    }


def _shown(text: str) -> str:
    # It stands between backticks: none in it, and no line break, with which a paragraph of its own would begin.
    plain = "".join(letter if letter.isprintable() else " " for letter in text).replace("`", "'")
    return plain if len(plain) <= 40 else plain[:37] + "..."
