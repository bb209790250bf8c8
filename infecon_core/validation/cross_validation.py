"""Predictions of measurements by constants that were fitted without them."""

from functools import cache

import pandas as pd

from infecon_core.catalog.measurements import shipped_points
from infecon_core.validation.fit import Fitter

WITHOUT_MODEL, WITHOUT_ACCELERATOR, WITHOUT_FIFTH = "without_model_ms", "without_accelerator_ms", "without_fifth_ms"


def left_out_column(grouped_by: str) -> str:
    """The column of `predictions` that is fair to groups of measurements: nothing of a group was in its fit.

    Args:
        grouped_by (str): What the groups are of: those of accelerators are predicted without the accelerator, all
            others without the model.
    """
    return WITHOUT_ACCELERATOR if grouped_by.startswith("accelerator") else WITHOUT_MODEL


def predictions_of(fitter: Fitter) -> pd.DataFrame:
    """Predict every measurement without its model, without its accelerator, and without its random fifth.

    Args:
        fitter (Fitter): The measurements.

    Returns:
        DataFrame: `without_model_ms`, `without_accelerator_ms`, `without_fifth_ms` in the order of the measurements;
            NaN where a row cannot be predicted or its label has fewer than three. [ms]
    """
    labels = {
        WITHOUT_MODEL: fitter.points["model_id"],
        WITHOUT_ACCELERATOR: fitter.points["accelerator_id"],
        WITHOUT_FIFTH: fitter.folds(),
    }
    return pd.DataFrame({name: fitter.leave_out(label) * 1e3 for name, label in labels.items()})


@cache
def shipped_fitter() -> Fitter:
    """The points of `measurements.shipped_points`, read once a process."""
    return Fitter(shipped_points())


@cache
def _shipped() -> pd.DataFrame:
    return predictions_of(shipped_fitter())


def predictions() -> pd.DataFrame:
    """`predictions_of` the points of `measurements.shipped_points`; worked out once a process. [ms]"""
    return _shipped().copy()
