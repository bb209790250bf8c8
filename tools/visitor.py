"""A visitor without a browser: a websocket that speaks Streamlit's protocol, and the controls that came over it."""

import asyncio
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, NamedTuple, Self

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from websockets.asyncio.client import ClientConnection, connect

from infecon_ui.frontier.style import CHART

PATIENCE_S = 300.0

# What a reader can do to a control of each kind, as the message's field for its value.
_TEXTS, _TEXT, _SWITCH, _NUMBER, _PRESS = (
    "string_array_value",
    "string_value",
    "bool_value",
    "double_value",
    "trigger_value",
)
_FIELDS = {
    **dict.fromkeys(("slider", "button_group", "multiselect"), _TEXTS),
    **dict.fromkeys(("selectbox", "tab_container"), _TEXT),
    **dict.fromkeys(("checkbox", "expandable", "popover"), _SWITCH),
    **{"number_input": _NUMBER, "button": _PRESS},
}


class Control(NamedTuple):
    """A control that is on the page.

    Attributes:
        id (str): By which Streamlit knows it.
        kind (str): What it is, as Streamlit's protocol calls it.
        options (tuple of str): What can be picked, as it is seen; empty where that is no list.
    """

    id: str
    kind: str
    options: tuple[str, ...]


@dataclass
class Run:
    """One run of a page, as its visitor meets it.

    Args:
        finished_s (float): Time until the page is whole; NaN where it never was. [s]
        chart_s (float): Time until the chart of the frontier has arrived; NaN where it did not. [s]
        exceptions (list of str): What the page shows of exceptions.
        n_begun (int): Runs that were begun until then; more than one where the visitor had moved on meanwhile.
    """

    finished_s: float = float("nan")
    chart_s: float = float("nan")
    exceptions: list[str] = field(default_factory=list)
    n_begun: int = 0

    @property
    def whole(self) -> bool:
        """Whether the page came back whole."""
        return self.finished_s == self.finished_s and not self.exceptions


class Visitor:
    """One visitor; used as an asynchronous context, it comes and goes.

    Args:
        address (str): Of the server, without a slash at the end.
        cookies (mapping): Values by name.
    """

    def __init__(self, address: str, cookies: Mapping[str, str] | None = None) -> None:
        self._address, self._cookies = address, cookies or {}
        self._stack = AsyncExitStack()
        self._line: ClientConnection
        self._states: dict[str, WidgetState] = {}
        self.controls: dict[str, Control] = {}  # by their keys, of the last page that was whole
        self.page, self.query = "", ""

    async def __aenter__(self) -> Self:
        self._line = await self._stack.enter_async_context(
            connect(
                f"{self._address.replace('http', 'ws')}/_stcore/stream",
                subprotocols=["streamlit"],  # type: ignore[list-item]
                origin=self._address,  # type: ignore[arg-type]
                additional_headers={"Cookie": "; ".join(f"{name}={text}" for name, text in self._cookies.items())},
                max_size=None,
                proxy=None,
            )
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.__aexit__(kind, error, trace)

    def set(self, key: str, value: str | float | bool | None = None) -> None:
        """Move, pick, switch, unfold or press a control, which shows at the next run.

        Args:
            key (str): Of the control, as the page calls it.
            value: A text that is seen, a number, whether it is on or open; None for a button.
        """
        control = self.controls[key]
        field = _FIELDS[control.kind]
        state = WidgetState(id=control.id)
        if field == _TEXTS:
            state.string_array_value.data.append(str(value))
        else:
            setattr(state, field, True if field == _PRESS else value)
        self._states[key] = state

    async def ask(self) -> None:
        """Ask for the page with the controls as they are."""
        message = BackMsg()
        message.rerun_script.query_string = self.query
        message.rerun_script.page_name = self.page
        message.rerun_script.widget_states.CopyFrom(WidgetStates(widgets=self._states.values()))
        # A button is pressed once.
        self._states = {key: state for key, state in self._states.items() if not state.trigger_value}
        await self._line.send(message.SerializeToString())

    async def run(self) -> Run:
        """Ask for the page with the controls as they are, and wait until it is whole."""
        found, run, start = dict[str, Control](), Run(), time.perf_counter()
        await self.ask()
        try:
            async with asyncio.timeout(PATIENCE_S):
                while True:
                    raw = await self._line.recv(decode=False)
                    answer = ForwardMsg.FromString(raw)
                    if answer.HasField("delta"):
                        self._look(answer, found, run, start)
                    elif answer.HasField("new_session"):
                        run.n_begun += 1
                    elif answer.HasField("page_info_changed"):
                        self.query = answer.page_info_changed.query_string
                    elif answer.HasField("script_finished"):
                        if answer.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                            run.finished_s = time.perf_counter() - start
                            self.controls = found
                            return run
                        if answer.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                            return run
        except TimeoutError:
            return run

    def _look(self, answer: ForwardMsg, found: dict[str, Control], run: Run, start: float) -> None:
        delta = answer.delta
        element = delta.new_element if delta.HasField("new_element") else delta.add_block
        kind = element.WhichOneof("type")
        part: Any = getattr(element, kind) if kind else None
        if kind == "exception":
            run.exceptions.append(f"{part.type}: {part.message}")
        if kind == "tab":  # the tabs of a row follow it
            key, row = next((key, one) for key, one in reversed(found.items()) if one.kind == "tab_container")
            found[key] = row._replace(options=(*row.options, part.label))
        # "$$ID-", 32 digits of a hash, and the key that the page gave.
        if not str(widget := getattr(part, "id", "")).startswith("$$ID-"):
            return
        key = widget[5:].partition("-")[2]
        if kind in _FIELDS:
            options = tuple(str(getattr(option, "content", option)) for option in getattr(part, "options", ()))
            found[key] = Control(widget, kind, options)
            if key in self._states:
                self._states[key].id = widget
        elif key == CHART:
            run.chart_s = time.perf_counter() - start
