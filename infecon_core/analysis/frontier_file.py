"""What a file of a frontier says beside its points: what corrects them, and the ranges of comparable measurements."""

from typing import Any

import pandas as pd

from infecon_core.engines import engine_of
from infecon_core.scenario import Scenario
from infecon_core.validation.uncertainty import Spread, ranges_along, spread


def correction_facts(scenario: Scenario) -> dict[str, Any]:
    """By how much the times of a scenario are corrected, and by how many measurements.

    Returns:
        dict: `correction`, the factor on all times, 1 where nothing corrects them [1]; `correction_measurements`, the
            points behind it, 0 for a factor of one's own [1].
    """
    found = engine_of(scenario).correction(scenario)
    return {
        "correction": 1.0 if found is None else found.factor,
        "correction_measurements": 0 if found is None else found.n_points,
    }


def with_ranges(frontier: pd.DataFrame, scenario: Scenario, found: Spread | None = None) -> pd.DataFrame:
    """A frontier with both ranges of every point behind its columns, and before them what the ranges rest on.

    Args:
        frontier (DataFrame): Columns as in `schema.frontier`.
        scenario (Scenario): What it was computed from.
        found (Spread or None): Its spread where that is known.

    Returns:
        DataFrame: The same rows. Before: `measured_over_predicted_time_low` and `_high` [1], `comparable_measurements`
            [1]. Behind: as `ranges_along` returns them. The frontier alone where the engine knows no spread.
    """
    if not engine_of(scenario).capabilities.uncertainty:
        return frontier
    known = found or spread(scenario)
    rests_on = {
        "measured_over_predicted_time_low": known.low,
        "measured_over_predicted_time_high": known.high,
        "comparable_measurements": known.n_points,
    }
    before = pd.DataFrame(rests_on, index=frontier.index)
    return pd.concat([before, frontier, ranges_along(frontier, known)], axis=1)
