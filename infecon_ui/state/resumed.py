"""A tab that comes back to a server that does not know its session: restarted, another replica, or away for too long.

Such a visit begins with what the browser holds: the address as it was last written, and the values of all controls,
among them the change that the reader has just made. The address alone would undo that change, and Streamlit cannot
read the values of controls that it has not drawn yet. So the page is run twice: once unseen, where the address
decides, as for anybody who opens the link, and once more with the values that have arrived, as in a session that was
never lost. What was unfolded is so in both: a control inside that is drawn first in the second run would be too late.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

import streamlit as st
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.runtime.scriptrunner import RerunData, RerunException, StopException, get_script_run_ctx
from streamlit.runtime.state.common import user_key_from_element_id

# How keys begin, after the prefix of their scenario, of expanders and popovers that draw nothing while they are folded.
FOLD = "open_"
_KNOWN = "resumed.known"
_ARRIVED = "resumed.arrived"


@contextmanager
def resuming() -> Iterator[None]:
    """Run a page, twice where the browser holds values of controls that the server does not know."""
    context, values = get_script_run_ctx(), arrived_values()
    if context is None or values is None:
        yield
        _ask_to_run_again()
        return
    enqueue = context._enqueue
    context._enqueue = lambda _message: None  # nothing of the first run may reach the browser: it would take old values
    try:
        with suppress(Exception, StopException):  # whatever it was shows itself in the second run
            yield
    except RerunException as other:
        if other.rerun_data.widget_states is not None:  # the reader has changed something meanwhile
            st.session_state.clear()
            raise
    finally:
        context._enqueue = enqueue
    raise RerunException(replace(values, page_script_hash=context.page_script_hash))


def arrived_values() -> RerunData | None:
    """What the browser holds where a visit begins with values of controls; else None."""
    if (found := st.session_state.pop(_ARRIVED, None)) is not None:
        values: RerunData = found
        return values
    context = get_script_run_ctx()
    if context is None or _KNOWN in st.session_state:
        return None
    arrived = context.session_state.get_widget_states()
    st.session_state[_KNOWN] = True
    # Who goes back or forward wants what the address says.
    if arrived and not context.is_history_navigation:
        for state in arrived:
            key = user_key_from_element_id(state.id)
            if state.bool_value and key and key.rpartition(".")[2].startswith(FOLD):
                st.session_state[key] = True
        return RerunData(
            query_string=context.query_string,
            widget_states=WidgetStates(widgets=arrived),
            cached_message_hashes=context.cached_message_hashes,
            context_info=context.context_info,
        )
    return None


def keep_for_next_run() -> None:
    """Keep what the browser holds for the next run; where a page has to start over before it draws anything."""
    if (values := arrived_values()) is not None:
        st.session_state[_ARRIVED] = values


# Streamlit's client asks for a run after it was cut off if something on the page repeats itself. Nothing here does
# within a visit: the longest interval that browsers know is 24.8 days.
@st.fragment(run_every=dt.timedelta(days=24))
def _ask_to_run_again() -> None:
    """Let a tab that was cut off ask for a run as soon as it is connected again, not with the reader's next change."""
