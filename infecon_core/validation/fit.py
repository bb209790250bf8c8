"""Fit the engine's constants to measurements.

The fit minimises Σ_i ρ(ln(T_i(c)/t_i)) + Σ_j ρ(ln(c_j/p_j)/σ) over the fitted constants c: T_i is the predicted and t_i
the measured time of point i [s], p_j the prior of constant j, σ = 1, and ρ(r) = C²·(√(1 + (r/C)²) - 1) the soft L1 loss
with C = 0.1: squares of small deviations, absolute values of large ones, so that odd measurements weigh little.
Method: trust-region least squares of scipy (Branch, Coleman and Li 1999); loss: Triggs et al. 2000 and scipy's
`least_squares`.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import least_squares

from infecon_core.catalog.constants import FITTED, priors
from infecon_core.measured.capacity import shortages
from infecon_core.measured.rows import measured_seconds, read_rows
from infecon_core.schema import ServingConstants
from infecon_core.validation.linearisation import LinearisedPredictor

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

# σ: one e-fold of a constant weighs as much as one measurement that is off by one e-fold.
PRIOR_LOG_SD = 1.0
# C: measurements that are off by much more than 10% count by the deviation and no longer by its square.
SOFT_L1_SCALE = 0.1
# Far more than the ten or so steps in which the fit settles.
EVALUATIONS = 40
# Step of the differences that make derivatives, of the logarithm of a constant: 0.1%.
DIFFERENCE = 1e-3
FOLDS = 5
SEED = 20250604
# A group of fewer measurements is not predicted without itself: its error would say nothing.
FEWEST = 3


class Fitter:
    """The measurements read once, ready to be fitted on any part of them.

    Args:
        points (DataFrame): Measurements with `tpot_ms`; rows that cannot be predicted are left out.
        start (ServingConstants or None): The priors; those of the repository where None.
        keep (bool): Whether rows take part too whose weights and cache their GPUs cannot hold.

    Attributes:
        points (DataFrame): The measurements, indexed from 0.
        groups, faults: As `read_rows` returns them, with the faults of rows that lack memory.
        measured_s (array): Measured time per output token, NaN where there is none. [s]
        usable (array): Which points have a measured and a predicted time.
        prior (ServingConstants): Where the fit starts, and what it is drawn to.

    Raises:
        ValueError: Where a column is missing, or no row can be used.
    """

    def __init__(self, points: pd.DataFrame, start: ServingConstants | None = None, *, keep: bool = False) -> None:
        self.points = points.reset_index(drop=True)
        self.groups, self.faults = read_rows(self.points)
        self.measured_s = measured_seconds(self.points)
        self.prior = start or priors()
        self._predictor = LinearisedPredictor(self.groups, len(self.points), self.prior)
        self._without: dict[bytes, ServingConstants] = {}
        self.usable: Mask = np.isfinite(self.predicted_s(self.prior)) & np.isfinite(self.measured_s)
        for i, reason in ({} if keep else shortages(self.groups)).items():
            self.faults[i] = reason
            self.usable[i] = False
        if not self.usable.any():
            why = next((text for text in self.faults if text), "tpot_ms is empty")
            raise ValueError(f"No row can be compared with a prediction; the first fault: {why}.")

    def predicted_s(self, constants: ServingConstants) -> Array:
        """Predicted time per output token of all points. [s]"""
        return self._predictor.predicted_s(constants)

    def fit(self, chosen: Mask | None = None) -> ServingConstants:
        """The constants that fit the chosen points best; the priors where no point is chosen.

        Args:
            chosen (array or None): Which points take part, of those that can be used; all where None.
        """
        mask = self.usable if chosen is None else self.usable & chosen
        start = np.log([getattr(self.prior, name) for name in FITTED])

        def residuals(logs: Array) -> Array:
            times = self.predicted_s(_with(self.prior, logs))
            return np.concatenate([np.log(times[mask] / self.measured_s[mask]), (logs - start) / PRIOR_LOG_SD])

        found = least_squares(
            residuals, start, loss="soft_l1", f_scale=SOFT_L1_SCALE, max_nfev=EVALUATIONS, diff_step=DIFFERENCE
        )
        return _with(self.prior, found.x)

    def without(self, held: Mask) -> ServingConstants:
        """The constants fitted to all points but those that are held back, kept for the next who asks."""
        key = np.packbits(held & self.usable).tobytes()
        if key not in self._without:
            self._without[key] = self.fit(~held)
        return self._without[key]

    def leave_out(self, label: pd.Series) -> Array:
        """Predictions of every point by constants fitted without all points that share its label. [s]

        Args:
            label (Series): One label a point; points whose label has fewer than three are not predicted.
        """
        predicted = np.full(len(self.points), np.nan)
        for value in label.unique():
            held = self.usable & (label == value).to_numpy()
            if held.sum() >= FEWEST:
                predicted[held] = self.predicted_s(self.without(held))[held]
        return predicted

    def folds(self) -> pd.Series:
        """A random fifth for every point, the same each time."""
        return pd.Series(np.random.default_rng(SEED).integers(0, FOLDS, len(self.points)))


def _with(prior: ServingConstants, logs: Array) -> ServingConstants:
    values = dict(zip(FITTED, np.exp(logs).tolist(), strict=True))
    return prior.model_copy(update=values)
