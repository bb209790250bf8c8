"""Answers of the library for this page, kept over reruns and visitors."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from infecon_core import Layout, NothingFits, Scenario, Step
from infecon_core.analysis.assumptions import reachable
from infecon_core.documentation.equations import Substituted, at_point
from infecon_ui.bounded_cache import BoundedCache
from infecon_ui.frontier import cache
from infecon_ui.frontier.points import Point

ANSWERS = BoundedCache(8_000_000)


class Worked(NamedTuple):
    """A point with the numbers that it puts into the equations.

    Attributes:
        scenario (Scenario): At its target, or at a lower one that it reaches.
        point (mapping): The row of the frontier.
        step (Step): Its breakdown.
        numbers (mapping): Different calls by the name of the equation.
    """

    scenario: Scenario
    point: Point
    step: Step
    numbers: Mapping[str, tuple[Substituted, ...]]


@ANSWERS.keep
def worked(scenario: Scenario) -> Worked | str:
    """The cheapest point that meets the target, worked out; one sentence where no setup runs."""
    found = cache.frontier(scenario)
    if found.points is None:
        return found.problem or "No setup runs."
    row = found.points.at(scenario.target_tokens_per_s_user)
    if row is None:
        try:
            return worked(reachable(scenario))
        except NothingFits as reason:
            return str(reason)
    point = found.points[row]
    step, numbers = at_point(scenario, Layout.of(point), float(point["batch"]))
    return Worked(scenario, point, step, numbers)


def in_use(scenario: Scenario | None) -> Collection[str]:
    """Names of the equations that the cheapest point computes; none where no setup runs."""
    found = "" if scenario is None else worked(scenario)
    return () if isinstance(found, str) else found.numbers.keys()
