"""Answers of the library, kept over reruns and visitors.

Scenarios are small and frozen, so they are the keys. Visitors share the answers themselves, not copies as
`st.cache_data` makes them: nobody may change one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import pandas as pd

import infecon_core
from infecon_core import Layout, NothingFits, Scenario, Step, engines
from infecon_core.analysis import reach, sensitivity, speculation
from infecon_core.catalog.constants import shipped
from infecon_core.catalog.measurements import shipped_points
from infecon_core.measured.predict import predict
from infecon_core.schema import ServingConstants
from infecon_core.validation import scores, uncertainty
from infecon_ui.frontier.points import Points


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


@lru_cache(maxsize=256)
def frontier(scenario: Scenario) -> Result:
    """The frontier of a scenario."""
    try:
        found = engines.frontiers(scenario)
    except NothingFits as reason:  # a search that found nothing is an answer too
        return Result(None, problem=str(reason), changes=reason.changes)
    return Result(Points.of(found.exact, found.steady))


@lru_cache(maxsize=1024)
def step(scenario: Scenario, layout: Layout, batch: float) -> Step:
    """The breakdown of one point of a frontier: its layout and the sequences decoded together. [1]"""
    return infecon_core.step(scenario, layout, batch)


@lru_cache(maxsize=256)
def neighbours(scenario: Scenario, layout: Layout, batch: float) -> pd.DataFrame:
    """The points around one point of a frontier; parameters as for `step`."""
    return sensitivity.neighbours(scenario, layout, batch)


@lru_cache(maxsize=256)
def elasticities(scenario: Scenario, layout: Layout, batch: float) -> pd.DataFrame:
    """What better hardware would give at one point of a frontier; parameters as for `step`."""
    return sensitivity.elasticities(scenario, layout, batch)


@lru_cache(maxsize=256)
def load_curve(scenario: Scenario, layout: Layout, batch: float) -> pd.DataFrame:
    """Time to first token against load on the layout of a point; parameters as for `step`."""
    return engines.load_curve(scenario, layout, batch)


@lru_cache(maxsize=256)
def spread(scenario: Scenario) -> uncertainty.Spread:
    """How far measurements that are comparable with a scenario lie from their predictions."""
    return uncertainty.spread(scenario)


@lru_cache(maxsize=256)
def remedies(scenario: Scenario) -> tuple[reach.Remedy, ...]:
    """What would make a target that is out of reach reachable."""
    return reach.remedies(scenario)


@lru_cache(maxsize=256)
def speculation_gain(scenario: Scenario) -> speculation.SpeculationGain | None:
    """What the target costs with drafts and without."""
    return speculation.speculation_gain(scenario, _price_at_target)


def _price_at_target(scenario: Scenario) -> float | None:
    """Price of a million output tokens at the target, of the frontier on the page where it is that. [USD]"""
    points = frontier(scenario).points
    row = None if points is None else points.at(scenario.target_tokens_per_s_user)
    return None if points is None or row is None else float(points.price[row])


@lru_cache(maxsize=16)
def error(constants: ServingConstants | None) -> scores.Errors:
    """How far predictions lie from all shipped measurements; of these constants, or of the shipped ones."""
    points = predict(shipped_points(), constants or shipped())
    return scores.errors(points["predicted_tpot_ms"], points["tpot_ms"])
