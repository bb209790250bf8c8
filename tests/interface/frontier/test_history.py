"""What a visit saw before: the curve of before the last change, and axes that hold."""

import pytest

from infecon_ui.charts.axes import Ranges
from infecon_ui.frontier import history
from infecon_ui.frontier.history import Seen
from infecon_ui.state.view import View, ranges_text
from tests.support.app import open_script
from tests.support.shown import chosen_with, shown_with

FIRST, DEARER, FASTER = (chosen_with(**values) for values in ({}, {"price": 9.0}, {"at": 70.0}))


def _after(*choices: object) -> Seen:
    seen = None
    for choice in choices:
        seen = history.after(seen, choice, choice.scenario)
    assert seen is not None
    return seen


def test_another_curve_leaves_the_old_one_until_the_next_change() -> None:
    assert _after(FIRST).before is None
    assert _after(FIRST, DEARER).before == FIRST.scenario
    # Nothing changed: a table was unfolded.
    assert _after(FIRST, DEARER, DEARER).before == FIRST.scenario
    assert _after(FIRST, DEARER, FIRST).before == DEARER.scenario


def test_another_target_alone_leaves_none() -> None:
    assert _after(FIRST, FASTER).before is None
    assert _after(FIRST, DEARER, chosen_with(price=9.0, at=70.0)).before is None


def test_a_limit_on_the_first_token_is_another_curve() -> None:
    assert _after(FIRST, chosen_with(ttft=3.0)).before == FIRST.scenario


SCRIPT = """
import streamlit as st
from infecon_ui.frontier import history
from infecon_ui.frontier.history import HOLD
from infecon_ui.state import view as view_state
from tests.support.shown import chosen_with, shown_with, points_of

if st.session_state.pop("test_forget", False):
    history.forget()
scenario = chosen_with(price=st.session_state.get("test_price", 5.0)).scenario
st.session_state["test_ranges"] = history.ranges(points_of(scenario), 50.0, view_state.current())
"""


@pytest.fixture
def visit():
    return open_script(SCRIPT, {})


def _ranges(app, **state: object) -> Ranges:
    for key, value in state.items():
        app.session_state[key] = value
    app.run()
    assert not app.exception
    return app.session_state["test_ranges"]


def test_axes_hold_while_the_curve_fits_and_the_link_says_so(visit) -> None:
    first = _ranges(visit)
    assert "ranges" not in visit.session_state
    assert _ranges(visit, test_price=4.6) == first
    assert shown_with(price=4.6).ranges != first
    assert visit.session_state["ranges"] == ranges_text(first)
    # A curve that does not fit moves them; back at the first price they hold what they show now.
    assert _ranges(visit, test_price=40.0).dearest > first.dearest
    assert visit.session_state["ranges"] == ""
    # Prices of a thousandth would lie in a corner.
    assert _ranges(visit, test_price=0.04).dearest < first.dearest


def test_what_is_forgotten_is_not_held(visit) -> None:
    first = _ranges(visit)
    assert _ranges(visit, test_price=4.6, test_forget=True) == shown_with(price=4.6).ranges != first
    assert _ranges(visit, test_price=5.0) != first
    assert _ranges(visit, test_forget=True) == first
    assert visit.session_state["ranges"] == ""


def test_axes_that_are_not_held_follow(visit) -> None:
    first = _ranges(visit)
    free = _ranges(visit, test_price=4.6, **{history.HOLD: False})
    assert free == shown_with(price=4.6).ranges != first
    assert "ranges" not in visit.session_state


def test_a_link_with_ranges_shows_them(visit) -> None:
    wanted = Ranges(3.0, 200.0, 0.1, 200.0)
    assert _ranges(visit, ranges=ranges_text(wanted)) == wanted
    assert visit.session_state["ranges"] == ranges_text(wanted)
    # One that the curve does not fit into does not hide it, nor one without a logarithm.
    assert _ranges(visit, ranges=ranges_text(Ranges(3.0, 200.0, 0.1, 20.0))).dearest > 90
    assert _ranges(visit, ranges="0,200,0,200").slowest > 0


def test_another_axis_has_its_own_ends(visit) -> None:
    first = _ranges(visit)
    other = _ranges(visit, y="gpu")
    assert other[2:] != first[2:]
    assert _ranges(visit, y=View().y) == first
