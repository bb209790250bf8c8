"""Predict measured decode points, one row a measurement."""

from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from infecon_core.catalog.constants import shipped
from infecon_core.catalog.measurements import shipped_points
from infecon_core.measured.rows import read_rows
from infecon_core.schema import FIVE_TIMES, ServingConstants


@lru_cache(maxsize=16)
def predicted(constants: ServingConstants) -> pd.DataFrame:
    """The shipped points with their predictions, kept for the next who asks; not to be changed."""
    return predict(shipped_points(), constants)


def predict(points: pd.DataFrame, constants: ServingConstants | None = None) -> pd.DataFrame:
    """Predict time per output token of measured setups.

    Args:
        points (DataFrame): One row a measurement, columns as in `schema.measurement`; others pass through.
        constants (ServingConstants or None): Constants of the engine; the shipped ones where None.

    Returns:
        DataFrame: The same rows in the same order with `predicted_tpot_ms` [ms], the five times [s] and `error`, which
            says why a row cannot be predicted and is empty otherwise.

    Raises:
        ValueError: Where a required column is missing.
    """
    groups, faults = read_rows(points)
    constants = constants or shipped()
    added: dict[str, Any] = {name: np.full(len(points), np.nan) for name in ("predicted_tpot_ms", *FIVE_TIMES)}
    for group in groups:
        times = group.five_times(constants)
        added["predicted_tpot_ms"][group.index] = times.total_s * 1e3
        for name in FIVE_TIMES:
            added[name][group.index] = getattr(times, name)
    for i in np.flatnonzero(~np.isfinite(added["predicted_tpot_ms"])):
        faults[i] = faults[i] or "the GPUs of this row are not linked to each other"
    finite = {name: np.where(np.isfinite(values), values, np.nan) for name, values in added.items()}
    return points.assign(**finite, error=faults)
