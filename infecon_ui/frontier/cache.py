"""Answers of the library, kept over reruns and visitors.

Scenarios are small and frozen, so they are the keys. Visitors share the answers themselves, not copies as
`st.cache_data` makes them: nobody may change one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from infecon_core import Layout, NothingFits, Scenario, Step, engines
from infecon_core.analysis import reach, sensitivity, speculation
from infecon_core.catalog.constants import shipped
from infecon_core.catalog.measurements import shipped_points
from infecon_core.measured.predict import predict
from infecon_core.schema import ServingConstants
from infecon_core.validation import scores, uncertainty
from infecon_ui.bounded_cache import BoundedCache
from infecon_ui.frontier.points import Points

# Some hundred scenarios with all that the page shows of them: what visitors do in 3,500 reruns, see tools/soak.py.
ANSWERS = BoundedCache(32_000_000)


@dataclass(frozen=True)
class Result:
    """A frontier, or why there is none.

    Args:
        points (Points or None): The points of the frontier; None where nothing fits.
        problem (str or None): One sentence where nothing fits.
        changes (mapping): Changes, as `session.apply` takes them, that would make it fit; may be empty.
    """

    points: Points | None
    problem: str | None = None
    changes: Mapping[str, Any] = field(default_factory=dict)


@ANSWERS.keep
def frontier(scenario: Scenario) -> Result:
    """The frontier of a scenario; another price or target searches nothing again."""
    found = _search(engines.searched_as(scenario))
    return found if isinstance(found, Result) else Result(Points.of(*found.frontiers(scenario)))


@ANSWERS.keep
def _search(scenario: Scenario) -> engines.Search | Result:
    """A search, or what it says where it found nothing."""
    try:
        return engines.search(scenario)
    except NothingFits as reason:  # a search that found nothing is an answer too
        return Result(None, problem=str(reason), changes=reason.changes)


@ANSWERS.keep
def step(scenario: Scenario, row: int) -> Step:
    """The breakdown of one row of a frontier that has points."""
    points = frontier(scenario).points
    assert points is not None  # it has rows
    return engines.step_of_row(scenario, points[row])


@ANSWERS.keep
def neighbours(scenario: Scenario, layout: Layout, batch: float) -> pd.DataFrame:
    """The points around one point of a frontier: its layout and the sequences decoded together. [1]"""
    return sensitivity.neighbours(scenario, layout, batch)


@ANSWERS.keep
def elasticities(scenario: Scenario, layout: Layout, batch: float) -> pd.DataFrame:
    """What better hardware would give at one point of a frontier; parameters as for `neighbours`."""
    return sensitivity.elasticities(scenario, layout, batch)


@ANSWERS.keep
def load_curve(scenario: Scenario, layout: Layout, batch: float) -> pd.DataFrame:
    """Time to first token against load on the layout of a point; parameters as for `neighbours`."""
    return engines.load_curve(scenario, layout, batch)


@ANSWERS.keep
def spread(scenario: Scenario) -> uncertainty.Spread:
    """How far measurements that are comparable with a scenario lie from their predictions."""
    return uncertainty.spread(scenario)


@ANSWERS.keep
def remedies(scenario: Scenario) -> tuple[reach.Remedy, ...]:
    """What would make a target that is out of reach reachable."""
    return reach.remedies(scenario)


@ANSWERS.keep
def speculation_gain(scenario: Scenario) -> speculation.SpeculationGain | None:
    """What the target costs with drafts and without."""
    return speculation.speculation_gain(scenario, _price_at_target)


def _price_at_target(scenario: Scenario) -> float | None:
    """Price of a million output tokens at the target, of the frontier on the page where it is that. [USD]"""
    points = frontier(scenario).points
    row = None if points is None else points.at(scenario.target_tokens_per_s_user)
    return None if points is None or row is None else float(points.price[row])


@ANSWERS.keep
def error(constants: ServingConstants | None) -> scores.Errors:
    """How far predictions lie from all shipped measurements; of these constants, or of the shipped ones."""
    points = predict(shipped_points(), constants or shipped())
    return scores.errors(points["predicted_tpot_ms"], points["tpot_ms"])
