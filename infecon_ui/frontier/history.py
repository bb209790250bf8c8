"""What a visit saw before: the curve of before the last change, and the axes that hold while a new curve fits.

Only the last step is kept: what is on the screen, and the one other curve that the reader compares it with.
"""

from dataclasses import dataclass, replace

import streamlit as st

from infecon_core import Scenario
from infecon_ui.charts.axes import Ranges, held, rounded
from infecon_ui.frontier.points import Points
from infecon_ui.state import session
from infecon_ui.state import view as view_state
from infecon_ui.state.chosen import Chosen
from infecon_ui.state.view import View, ranges_text

HOLD = "chart_hold"
_SEEN = session.SHOWN_BEFORE + "curve"
_AXES = session.SHOWN_BEFORE + "axes"


@dataclass(frozen=True)
class Seen:
    """What was on the screen last.

    Args:
        choice (Chosen): What was chosen; it has a scenario that has a frontier.
        scenario (Scenario): Its scenario.
        before (Scenario or None): The curve that was there before this one; None once the target alone was moved.
    """

    choice: Chosen
    scenario: Scenario
    before: Scenario | None = None


def last() -> Seen | None:
    """What was on the screen last; None at the start of a visit."""
    found: Seen | None = st.session_state.get(_SEEN)
    return found


def follow(choice: Chosen, scenario: Scenario) -> Seen:
    """Remember what is shown now, and say what was there before."""
    st.session_state[_SEEN] = now = after(last(), choice, scenario)
    return now


def forget() -> None:
    """Let a visit begin anew: no curve of before, and axes around the next one; for a button's `on_click`."""
    for key in (_SEEN, _AXES):
        st.session_state.pop(key, None)
    view_state.change(ranges="")


def after(seen: Seen | None, choice: Chosen, scenario: Scenario) -> Seen:
    """What is seen after what was seen: another curve leaves the old one, another target alone leaves none."""
    if seen is None:
        return Seen(choice, scenario)
    if _curve(scenario) != _curve(seen.scenario):
        return Seen(choice, scenario, before=seen.scenario)
    if scenario != seen.scenario:
        return Seen(choice, scenario)
    return replace(seen, choice=choice)


def ranges(points: Points, target: float, view: View) -> Ranges:
    """What the axes show: what they showed before where the curve fits, or fresh ends around it.

    What is held and differs from what a fresh visit would show stands in the view, and so in the link.
    """
    extent = points.extent(points.measure(view.y), target=target, log_axes=view.log_axes)
    fresh = rounded(extent, log_axes=view.log_axes)
    before = _before(st.session_state.get(_AXES), view) if st.session_state.get(HOLD, True) else None
    now = held(before, extent, log_axes=view.log_axes) if before else fresh
    text = "" if now == fresh else ranges_text(now)
    st.session_state[_AXES] = (view.y, view.axes, now, text)
    view_state.change(ranges=text)
    return now


def _before(shown: tuple[str, str, Ranges, str] | None, view: View) -> Ranges | None:
    """What these axes showed last, or what a link says that they show."""
    if shown is None or shown[3] != view.ranges:
        return view.held
    return shown[2] if shown[:2] == (view.y, view.axes) else None


def _curve(scenario: Scenario) -> Scenario:
    """A scenario without its target speed, on which no curve depends."""
    default = Scenario.model_fields["target_tokens_per_s_user"].default
    return scenario.model_copy(update={"target_tokens_per_s_user": default})
