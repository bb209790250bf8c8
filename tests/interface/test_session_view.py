"""Widgets that look one key up in the session as it is."""

import pytest
from streamlit.runtime.state import get_session_state
from streamlit.runtime.state.session_state import SessionState
from streamlit.testing.v1 import AppTest

from infecon_ui import session_view
from tests.support.repository import ROOT


def _page() -> None:
    import streamlit as st  # noqa: PLC0415 - it runs as a script of its own

    from infecon_ui import session_view  # noqa: PLC0415

    session_view.look_up_in_place()
    st.session_state.setdefault("empty", None)
    st.session_state.setdefault("none_of", None)
    st.session_state.setdefault("full", 3)
    st.number_input("Empty", key="empty")
    st.number_input("Full", key="full")
    st.number_input("Of its own", value=7)
    st.selectbox("None of them", ["a", "b"], key="none_of")
    st.selectbox("The second", ["a", "b"], index=1)
    bounds = st.session_state.get("bounds", (0, 10))
    st.number_input("Within bounds", min_value=bounds[0], max_value=bounds[1], key="within")


def test_widgets_show_what_the_session_holds() -> None:
    app = AppTest.from_function(_page).run()
    assert not app.exception
    assert [field.value for field in app.number_input] == [None, 3, 7, 0]
    assert [field.value for field in app.selectbox] == [None, "b"]
    app.number_input(key="empty").set_value(5.0)
    app.selectbox(key="none_of").set_value("b")
    app.run()
    assert (app.number_input(key="empty").value, app.selectbox(key="none_of").value) == (5.0, "b")


def test_a_value_beyond_new_bounds_is_put_back() -> None:
    app = AppTest.from_function(_page).run()
    app.number_input(key="within").set_value(9).run()
    app.session_state["bounds"] = (0, 5)
    app.run()
    assert not app.exception
    assert 0 <= app.number_input(key="within").value <= 5


def test_the_dashboard_copies_its_session_seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    # As in a process that has run no page yet.
    for module in (session_view.number_input, session_view.selectbox):
        monkeypatch.setattr(module, "get_session_state", get_session_state)
    session_view.look_up_in_place.cache_clear()
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    copies, copied = 0, SessionState.filtered_state

    def count(state: SessionState) -> dict[str, object]:
        nonlocal copies
        copies += 1
        return copied.__get__(state)  # type: ignore[no-any-return]

    monkeypatch.setattr(SessionState, "filtered_state", property(count))
    app.run()
    assert not app.exception
    n_widgets = len(app.number_input) + len(app.selectbox)
    assert n_widgets > 5
    assert copies < n_widgets  # its own, and none for a widget


def test_both_widgets_have_the_view() -> None:
    session_view.look_up_in_place()
    for module in (session_view.number_input, session_view.selectbox):
        assert module.get_session_state.__module__ == session_view.__name__
