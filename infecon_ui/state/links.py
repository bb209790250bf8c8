"""The address bar: links read and written, one scenario or several, and permalinks.

The first scenario stands plainly in a link, every further one under its prefix (`b.gpu=mi355x`) with what differs
from the first. A short link has what differs from the defaults and the version of the data; a permalink has
everything, so that it keeps its meaning when defaults or data change. A link is read when a visit starts and when the
reader goes back or forward; after every change the address is written again.
"""

from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

import streamlit as st
from streamlit.errors import StreamlitAPIException
from streamlit.runtime.scriptrunner import get_script_run_ctx

from infecon_core import catalog
from infecon_core.choices import Choices, Fault, is_ours
from infecon_core.scenario import Scenario
from infecon_ui.state import session
from infecon_ui.state.session import FIRST, PREFIXES

VERSION = "v"

_READ = "links.read"
_NOTICE = "links.notice"
_SHOWN_FAULTS = 3


def encode(scenarios: Mapping[str, Choices], *, whole: bool = False) -> dict[str, str]:
    """Parameters of a link.

    Args:
        scenarios (mapping): Choices by prefix, the first under the empty one.
        whole (bool): Write everything, for a permalink.
    """
    first = scenarios[FIRST]
    query = first.query(whole=whole)
    for prefix, choices in scenarios.items():
        if prefix != FIRST:
            # A scenario that equals the first still has to be there.
            own = choices.query(first, whole=whole) or {"gpu": choices.accelerator_id}
            query |= {prefix + key: text for key, text in own.items()}
    return {**query, VERSION: catalog.data_version()}


def decode(query: Mapping[str, str], schema: type[Scenario] = Scenario) -> tuple[dict[str, Choices], list[Fault]]:
    """Choices by prefix that stand in a link, and what was not understood of it."""
    plain = {key: text for key, text in query.items() if key != VERSION and not key.startswith(PREFIXES[1:])}
    first, faults = Choices(schema=schema).read(plain)
    found, all_faults = {FIRST: first}, list(faults)
    for prefix in PREFIXES[1:]:
        own = {key.removeprefix(prefix): text for key, text in query.items() if key.startswith(prefix)}
        if own:
            other, faults = first.read(own)
            told = {fault.given.partition("=")[0] for fault in faults}
            # Under a prefix of ours nothing belongs to anybody else.
            unknown = own.keys() - other.all.keys() - told
            all_faults += [Fault(prefix + fault.given, fault.right) for fault in faults]
            all_faults += [Fault(prefix + key, "no such number here") for key in sorted(unknown)]
            if own.keys() - told - unknown:
                found[prefix] = other
    return found, all_faults


def adopt(schema: type[Scenario] = Scenario) -> None:
    """Take over the choices of the address where a visit starts or the reader went back or forward."""
    query = st.query_params.to_dict()
    if _READ in st.session_state:
        context = get_script_run_ctx()
        if context is None or not context.is_history_navigation or VERSION not in query:
            return  # an address without a version is one that a change of page has just emptied
    scenarios, faults = decode(query, schema)
    session.replace(scenarios)
    st.session_state[_READ] = True
    notice = ""
    if faults:
        shown = [f"`{_shown(fault.given)}` ({fault.right})" for fault in faults[:_SHOWN_FAULTS]]
        more = f", and {len(faults) - _SHOWN_FAULTS} more" if len(faults) > _SHOWN_FAULTS else ""
        notice = f"Not understood in this link, so the default stands: {', '.join(shown)}{more}."
    elif query.get(VERSION, catalog.data_version()) != catalog.data_version() and _rests_on_presets(scenarios, query):
        notice = (
            "This link was made with other data: numbers that it leaves to presets may have changed since. "
            "A permalink names them all."
        )
    st.session_state[_NOTICE] = (notice, scenarios)


def write() -> None:
    """Write the open scenarios into the address, as one step of the browser's history."""
    present = _address()
    wanted = {**_foreign(present), **encode(session.scenarios())}
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
    text, scenarios = st.session_state.get(_NOTICE, ("", {}))
    return text if scenarios == session.scenarios() else ""


def permalink() -> str:
    """The address with every choice, also those that equal the defaults, and the version of the data."""
    address = st.context.url or ""
    root = "/" if not urlsplit(address).path else ""
    query = {**_foreign(_address()), **encode(session.scenarios(), whole=True)}
    return f"{address}{root}?{urlencode(query, doseq=True)}"


def _rests_on_presets(scenarios: Mapping[str, Choices], query: Mapping[str, str]) -> bool:
    """Whether a link leaves any choice to its default that has a part in what is computed."""
    return any(
        prefix + key not in query for prefix, choices in scenarios.items() for key in choices.all if choices.enters(key)
    )


def _address() -> dict[str, str | list[str]]:
    """Parameters of the address; one that stands there several times, as a page's list does, with all its values."""
    every = {key: st.query_params.get_all(key) for key in st.query_params}
    return {key: values[0] if len(values) == 1 else values for key, values in every.items()}


def _foreign(address: Mapping[str, str | list[str]]) -> dict[str, str | list[str]]:
    """Parameters that belong to a page or to nobody."""
    first = session.scenarios()[FIRST]
    return {
        key: text
        for key, text in address.items()
        if not (key in first.all or key == VERSION or is_ours(key, first.schema) or key.startswith(PREFIXES[1:]))
    }


def _shown(text: str) -> str:
    plain = text.replace("`", "'")
    return plain if len(plain) <= 40 else plain[:37] + "..."
