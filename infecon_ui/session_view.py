"""One key of the session looked up in place, where Streamlit would copy the whole session for it.

Tried with Streamlit 1.67: `number_input` and `selectbox` ask a copy of everything in the session whether one key holds
None. With as many controls as ours the copies are a tenth of the time of a page.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from streamlit.elements.widgets import number_input, selectbox
from streamlit.runtime.state.safe_session_state import SafeSessionState


class SessionView:
    """The session of a visitor as the two widgets ask for it.

    Args:
        session (SafeSessionState): The session itself.
    """

    def __init__(self, session: SafeSessionState) -> None:
        self._session = session

    @property
    def filtered_state(self) -> "SessionView":
        """What Streamlit copies: here, every key is looked up when it is asked for."""
        return self

    def __contains__(self, key: str) -> bool:
        return key in self._session

    def __getitem__(self, key: str) -> Any:
        return self._session[key]

    def reset_state_value(self, user_key: str, value: Any) -> None:
        """What `number_input` does with a value beyond its bounds."""
        self._session.reset_state_value(user_key, value)


@cache
def look_up_in_place() -> None:
    """Give both widgets the view instead of the copy; once in a process."""
    for module in (number_input, selectbox):
        _replace(module, module.get_session_state)


def _replace(module: Any, session: Callable[[], SafeSessionState]) -> None:
    module.get_session_state = lambda: SessionView(session())
