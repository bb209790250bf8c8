"""Predict measured decode points, one row a measurement."""

from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from infecon_core.catalog.constants import shipped
from infecon_core.catalog.measurements import shipped_points
from infecon_core.measured.capacity import shortages
from infecon_core.measured.first_token import first_token_terms, software_factors
from infecon_core.measured.rows import read_rows
from infecon_core.schema import FIVE_TIMES, ServingConstants

PREDICTED = ("predicted_tpot_ms", "predicted_ttft_ms")


def predicted(constants: ServingConstants) -> pd.DataFrame:
    """The shipped points with their predictions, which are made once; a copy, as every table of the catalog."""
    return _predicted(constants).copy()


@lru_cache(maxsize=16)
def _predicted(constants: ServingConstants) -> pd.DataFrame:
    return predict(shipped_points(), constants)


def predict(points: pd.DataFrame, constants: ServingConstants | None = None, *, keep: bool = False) -> pd.DataFrame:
    """Predict time per output token and time to first token of measured setups.

    Args:
        points (DataFrame): One row a measurement, columns as in `schema.measurement`; others pass through.
        constants (ServingConstants or None): Constants of the engine; the shipped ones where None.
        keep (bool): Whether setups are predicted too whose weights and cache their GPUs cannot hold.

    Returns:
        DataFrame: The same rows in the same order with `predicted_tpot_ms` and `predicted_ttft_ms` [ms], the five times
            [s] and `error`, which says why a row cannot be predicted and is empty otherwise. The time to first token is
            that of the software that a row names; NaN where `first_token_terms` knows none: without lengths, in static
            batches, and where prompts have GPUs of their own, of which nobody records how many.

    Raises:
        ValueError: Where a required column is missing.
    """
    groups, faults = read_rows(points)
    constants = constants or shipped()
    added: dict[str, Any] = {name: np.full(len(points), np.nan) for name in (*PREDICTED, *FIVE_TIMES)}
    passes = [group.pass_with(constants) for group in groups]
    first = first_token_terms(points, groups, passes).ttft_s(constants)
    added["predicted_ttft_ms"] = first * software_factors(points) * 1e3
    for group, target in zip(groups, passes, strict=True):
        times = target.five_times(group.batch, 1.0, group.prompts_per_step)
        added["predicted_tpot_ms"][group.index] = times.total_s * 1e3
        for name in FIVE_TIMES:
            added[name][group.index] = getattr(times, name)
    for row, reason in ({} if keep else shortages(groups)).items():
        faults[row] = reason
        for values in added.values():
            values[row] = np.nan
    for i in np.flatnonzero(~np.isfinite(added["predicted_tpot_ms"])):
        faults[i] = faults[i] or "the GPUs of this row are not linked to each other"
    finite = {name: np.where(np.isfinite(values), values, np.nan) for name, values in added.items()}
    return points.assign(**finite, error=faults)
