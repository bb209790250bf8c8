"""A tab whose session the server does not know: what its controls hold wins over the address."""

from collections.abc import Callable
from typing import Any

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.testing.v1 import AppTest

from infecon_ui.state import resumed
from tests.support.app import open_app, texts
from tests.support.repository import ROOT

START = {"price": "3.5"}


def run_lost(app: AppTest) -> AppTest:
    """Send what the tab holds to a session that knows nothing, as after a restart of the server."""
    held = app._tree.get_widget_states()
    new = AppTest.from_file(str(ROOT / "app.py"))
    app._session_state, app.session_state = new._session_state, new.session_state
    app._run(held)
    assert not app.exception
    return app


def _slide(app: AppTest) -> None:
    app.select_slider(key="prompt_slider").set_value(4000)


def _type(app: AppTest) -> None:
    app.number_input(key="price").set_value(4.75)


def _choose(app: AppTest) -> None:
    app.selectbox(key="gpu").set_value("b200-hgx")


def _aim(app: AppTest) -> None:
    app.number_input(key="at").set_value(80.0)


def _reset(app: AppTest) -> None:
    app.button(key="reset").click()


@pytest.mark.parametrize(
    ("act", "changed"),
    [
        (_slide, {"price": "3.5", "prompt": "4000"}),
        (_type, {"price": "4.75"}),
        (_choose, {"gpu": "b200-hgx"}),  # a price belongs to its accelerator, as in a session that is known
        (_aim, {"price": "3.5", "at": "80"}),
        (_reset, {}),
    ],
)
def test_a_change_that_arrives_with_a_lost_session_is_kept(
    act: Callable[[AppTest], None], changed: dict[str, str]
) -> None:
    def after(*, lost: bool) -> dict[str, object]:
        app = open_app(START)
        act(app)
        if lost:
            run_lost(app)
        else:
            app.run()
        return {key: text for key, text in app.query_params.items() if key != "v"}

    known = after(lost=False)
    # Whether the axes stay where they were is not the reader's change.
    assert {key: text for key, text in known.items() if key != "ranges"} == changed
    assert after(lost=True) == known


def test_the_address_stands_where_nothing_was_changed() -> None:
    app = open_app({**START, "b.gpu": "b200-hgx", "y": "input"})
    before = dict(app.query_params)
    run_lost(app)
    assert dict(app.query_params) == before


def test_the_second_change_after_it_is_an_ordinary_one() -> None:
    app = open_app(START)
    _slide(app)
    run_lost(app)
    app.number_input(key="price").set_value(5.0).run()
    query = {key: text for key, text in app.query_params.items() if key != "v"}
    assert query == {"price": "5", "prompt": "4000"}


def test_a_number_out_of_its_bounds_keeps_its_sentence() -> None:
    app = open_app(START)
    app.number_input(key="price").set_value(-1.0)
    run_lost(app)
    assert app.number_input(key="price").value == -1.0
    assert app.query_params["price"] == "3.5"


def test_filters_of_another_page_are_kept() -> None:
    app = open_app(page="pages/measured.py")
    # The bare page of a server that has never shown one.
    app.multiselect(key="measured_accelerator").set_value(app.multiselect(key="measured_accelerator").options[:1])
    run_lost(app)
    assert len(app.multiselect(key="measured_accelerator").value) == 1
    assert texts(app)


def test_who_goes_back_gets_what_the_address_says(monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_app(START)
    _type(app)
    runs: list[Any] = []
    context_of = resumed.get_script_run_ctx

    def going_back() -> Any:
        context = context_of()
        if context is not None and not runs:
            runs.append(context)
            context.is_history_navigation = True  # of the run that the browser asks for alone
        return context

    monkeypatch.setattr(resumed, "get_script_run_ctx", going_back)
    run_lost(app)
    assert app.query_params["price"] == "3.5"
    assert app.number_input(key="price").value == 3.5


def test_the_browser_sees_one_run_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_app(START)
    _type(app)
    drawn, enqueue = [], ForwardMsgQueue.enqueue

    def look(queue: ForwardMsgQueue, message: ForwardMsg) -> None:
        element = message.delta.new_element
        if element.WhichOneof("type") == "number_input" and element.number_input.id.endswith("-price"):
            drawn.append(element.number_input.id)
        enqueue(queue, message)

    monkeypatch.setattr(ForwardMsgQueue, "enqueue", look)
    run_lost(app)
    assert len(drawn) == 1
    assert app.number_input(key="price").value == 4.75


def test_a_first_visit_runs_once(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = []
    taken = resumed.arrived_values
    monkeypatch.setattr(resumed, "arrived_values", lambda: runs.append(found := taken()) or found)
    open_app(START)
    assert runs == [None]
