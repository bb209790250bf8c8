"""What the frontier page shows, without a page."""

from collections.abc import Mapping
from dataclasses import replace

from infecon_core import Scenario
from infecon_core.choices import Choices
from infecon_core.choices.kinds import Value
from infecon_ui.frontier import cache
from infecon_ui.frontier.points import BEYOND, Points
from infecon_ui.frontier.shown import Shown
from infecon_ui.state.chosen import Chosen, chosen
from infecon_ui.state.view import View


def chosen_with(model: str = "deepseek-v3", gpu: str = "b200-hgx", **values: Value) -> Chosen:
    """A choice by the keys of its link."""
    return chosen(Choices().with_values(model=model, gpu=gpu).with_values(**values))


def points_of(scenario: Scenario) -> Points:
    """The frontier of a scenario that has one."""
    points = cache.frontier(scenario).points
    assert points is not None
    return points


def shown_with(view: View | None = None, before: Scenario | None = None, **values: Value) -> Shown:
    """What the page shows of a choice, with axes around its curve."""
    choice, view = chosen_with(**values), view or View()  # type: ignore[arg-type]
    assert choice.scenario is not None, choice.problem
    points = points_of(choice.scenario)
    target = choice.scenario.target_tokens_per_s_user
    ranges = points.ranges(points.measure(view.y), target=target, log_axes=view.log_axes)
    return Shown(choice, choice.scenario, points, view, ranges, before)


def beyond(shown: Shown, reasons: Mapping[int, str]) -> Shown:
    """The same with some rows beyond what was measured, each for its reason."""
    marked = shown.points.frame.assign(**{BEYOND: [reasons.get(row, "") for row in range(len(shown.points))]})
    return replace(shown, points=Points.of(marked))
