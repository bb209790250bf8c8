"""Predictions of measurements by constants that were fitted without them."""

from functools import cache

import pandas as pd

from infecon_core.calibration.fit import Fitter
from infecon_core.calibration.measurements import shipped_points


def predictions_of(fitter: Fitter) -> pd.DataFrame:
    """Predict every measurement without its model, without its accelerator, and without its random fifth.

    Parameters
    ----------
    fitter : Fitter
        The measurements.

    Returns
    -------
    DataFrame
        `without_model_ms`, `without_accelerator_ms`, `without_fifth_ms` in the order of the measurements; NaN where
        a row cannot be predicted or its label has fewer than three. [ms]
    """
    labels = {
        "without_model_ms": fitter.points["model_id"],
        "without_accelerator_ms": fitter.points["accelerator_id"],
        "without_fifth_ms": fitter.folds(),
    }
    return pd.DataFrame({name: fitter.leave_out(label) * 1e3 for name, label in labels.items()})


@cache
def _shipped() -> pd.DataFrame:
    return predictions_of(Fitter(shipped_points()))


def predictions() -> pd.DataFrame:
    """`predictions_of` the points of `measurements.shipped_points`; worked out once a process. [ms]"""
    return _shipped().copy()
