"""Fit the engine's constants to measurements, and measure its errors on points that it has not seen.

Least squares on log(predicted / measured) with a soft L1 loss and weak log-normal priors; folds leave out whole
models, whole accelerators, or random fifths.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import least_squares

from infecon_core.calibration.constants import FITTED, priors
from infecon_core.calibration.predict import Rows, read_rows
from infecon_core.calibration.sensitivity import Sensitivity
from infecon_core.physics.precision_rules import has_experts
from infecon_core.spec import ServingConstants

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

# One e-fold of a constant weighs as much as one measurement that is off by one e-fold.
PRIOR_LOG_SD = 1.0
SOFT_L1_SCALE = 0.1
EVALUATIONS = 40
FOLDS = 5
SEED = 20250604
FEWEST = 3


class Errors(NamedTuple):
    """How predictions compare with measurements.

    Attributes
    ----------
    n : int
        Points.
    median : float
        Median of |predicted / measured - 1|. [1]
    bias : float
        Geometric mean of predicted / measured. [1]
    factor_90 : float
        Factor within which 90% lie. [1]
    within_25 : float
        Share within 25%. [1]
    rank_correlation : float
        Spearman's. [1]
    """

    n: int
    median: float
    bias: float
    factor_90: float
    within_25: float
    rank_correlation: float


def errors(predicted: npt.ArrayLike, measured: npt.ArrayLike) -> Errors:
    """Compare predictions with measurements; pairs without a prediction are left out."""
    p, m = np.asarray(predicted, dtype=np.float64), np.asarray(measured, dtype=np.float64)
    known = np.isfinite(p) & np.isfinite(m) & (p > 0) & (m > 0)
    p, m = p[known], m[known]
    if not p.size:
        return Errors(0, np.nan, np.nan, np.nan, np.nan, np.nan)
    ratio = np.log(p / m)
    ranks = pd.Series(p).rank(), pd.Series(m).rank()
    varied = p.size > 2 and ranks[0].nunique() > 1 and ranks[1].nunique() > 1
    return Errors(
        int(p.size),
        float(np.median(np.abs(p / m - 1))),
        float(np.exp(ratio.mean())),
        float(np.exp(np.quantile(np.abs(ratio), 0.9))),
        float(np.mean(np.abs(p / m - 1) <= 0.25)),
        float(ranks[0].corr(ranks[1])) if varied else np.nan,
    )


def is_mixture(points: pd.DataFrame, groups: list[Rows]) -> Mask:
    """Which points are of mixtures of experts."""
    mixture = np.zeros(len(points), dtype=np.bool_)
    for rows in groups:
        mixture[rows.index] = has_experts(rows.deployment.architecture)
    return mixture


def measured_seconds(points: pd.DataFrame) -> Array:
    """Measured time per output token; NaN where a row has none. [s]

    Raises
    ------
    ValueError
        Where the table has no column `tpot_ms`.
    """
    if "tpot_ms" not in points.columns:
        raise ValueError("The table lacks the column tpot_ms, the measured time per output token in milliseconds.")
    values = pd.to_numeric(points["tpot_ms"], errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan) * 1e-3
    return np.where((values > 0) & (values < 1e6), values, np.nan)


class Fitter:
    """The measurements read once, ready to be fitted on any part of them.

    Parameters
    ----------
    points : DataFrame
        Measurements with `tpot_ms`; rows that cannot be predicted are left out.
    start : ServingConstants or None
        The priors; those of the repository where None.

    Raises
    ------
    ValueError
        Where a column is missing, or no row can be used.
    """

    def __init__(self, points: pd.DataFrame, start: ServingConstants | None = None) -> None:
        self.points = points.reset_index(drop=True)
        self.groups, self.problems = read_rows(self.points)
        self.measured_s = measured_seconds(self.points)
        self.prior = start or priors()
        self.sensitivity = Sensitivity(self.groups, len(self.points), self.prior)
        self.usable: Mask = np.isfinite(self.predicted_s(self.prior)) & np.isfinite(self.measured_s)
        if not self.usable.any():
            why = next((text for text in self.problems if text), "tpot_ms is empty")
            raise ValueError(f"No row can be compared with a prediction; the first fault: {why}.")

    def predicted_s(self, constants: ServingConstants) -> Array:
        """Predicted time per output token of all points. [s]"""
        return self.sensitivity.predicted_s(constants)

    def fit(self, chosen: Mask | None = None) -> ServingConstants:
        """The constants that fit the chosen points best."""
        mask = self.usable if chosen is None else self.usable & chosen
        start = np.log([getattr(self.prior, name) for name in FITTED])

        def residuals(logs: Array) -> Array:
            times = self.predicted_s(_with(self.prior, logs))
            return np.concatenate([np.log(times[mask] / self.measured_s[mask]), (logs - start) / PRIOR_LOG_SD])

        found = least_squares(
            residuals, start, loss="soft_l1", f_scale=SOFT_L1_SCALE, max_nfev=EVALUATIONS, diff_step=1e-3
        )
        return _with(self.prior, found.x)

    def leave_out(self, label: pd.Series) -> Array:
        """Predictions of every point by constants fitted without all points that share its label. [s]

        Points whose label has fewer than three are not predicted.
        """
        predicted = np.full(len(self.points), np.nan)
        for value in label.unique():
            held = self.usable & (label == value).to_numpy()
            if held.sum() >= FEWEST:
                predicted[held] = self.predicted_s(self.fit(~held))[held]
        return predicted

    def folds(self) -> pd.Series:
        """A random fifth for every point, the same each time."""
        return pd.Series(np.random.default_rng(SEED).integers(0, FOLDS, len(self.points)))


def _with(prior: ServingConstants, logs: Array) -> ServingConstants:
    values = dict(zip(FITTED, np.exp(logs).tolist(), strict=True))
    return prior.model_copy(update=values)
