"""How predictions compare with measurements: errors of whole sets and of groups, and ratios along a property."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

# Names of predictions and of kinds of models in several tables of errors.
OTHER_SOFTWARE = "other software, same setup"
ALL, DENSE, MIXTURE = "all", "dense", "mixture of experts"
# Four of five values lie between these: a band that a few odd measurements do not move.
LOW, HIGH = 0.1, 0.9
# A rank correlation of two points is 1 or -1 whatever they are.
FEWEST_RANKS = 3
# Digits of a logarithm within which two values are one.
TIED_DIGITS = 9


class Errors(NamedTuple):
    """How predictions p compare with measurements m of the same quantity; NaN where there are no pairs.

    Attributes:
        n (int): Pairs.
        median (float): Median of |p/m - 1|. [1]
        bias (float): Geometric mean of p/m, exp(mean ln(p/m)): below 1 predictions are too low. [1]
        factor_90 (float): Factor within which 90% lie: exp of the 90th percentile of |ln(p/m)|. [1]
        within_25 (float): Share with |p/m - 1| ≤ 0.25. [1]
        rank_correlation (float): Spearman's: Pearson's correlation of the ranks of p and m, ties at their mean rank.
            [1]
    """

    n: int
    median: float
    bias: float
    factor_90: float
    within_25: float
    rank_correlation: float


class Band(NamedTuple):
    """The 10th percentile, the median and the 90th percentile of some values, in their unit."""

    low: float
    middle: float
    high: float


def errors(predicted: npt.ArrayLike, measured: npt.ArrayLike) -> Errors:
    """Compare predictions with measurements; see `Errors` for the equations.

    Args:
        predicted, measured (array_like): Of equal shape and unit. Pairs are left out in which one is not finite or not
            above zero.

    Examples:
        >>> errors([12.5, 5.0, 20.0], [10.0, 10.0, 20.0]).median
        0.25
    """
    p, m = np.asarray(predicted, dtype=np.float64), np.asarray(measured, dtype=np.float64)
    known = np.isfinite(p) & np.isfinite(m) & (p > 0) & (m > 0)
    p, m = p[known], m[known]
    if not p.size:
        return Errors(0, np.nan, np.nan, np.nan, np.nan, np.nan)
    off, ratio = np.abs(p / m - 1), np.log(p / m)
    # Values that differ by rounding alone tie: which of them is larger depends on the processor.
    ranks = [pd.Series(np.round(np.log(values), TIED_DIGITS)).rank() for values in (p, m)]
    varied = p.size >= FEWEST_RANKS and ranks[0].nunique() > 1 and ranks[1].nunique() > 1
    return Errors(
        int(p.size),
        float(np.median(off)),
        float(np.exp(ratio.mean())),
        float(np.exp(np.quantile(np.abs(ratio), 0.9))),
        float(np.mean(off <= 0.25)),
        float(ranks[0].corr(ranks[1])) if varied else np.nan,
    )


def errors_by(
    groups: Mapping[str, Mask], predictions: Mapping[str, npt.ArrayLike], measured: npt.ArrayLike
) -> dict[tuple[str, str], Errors]:
    """The errors of several predictions in several groups of measurements.

    Args:
        groups (mapping): By name, which measurements belong to it; groups may overlap.
        predictions (mapping): By name, a value for every measurement, NaN where there is none.
        measured (array_like): The measurements, in the unit of the predictions.

    Returns:
        dict: Errors by the names of prediction and group, in the order of both mappings.
    """
    m = np.asarray(measured, dtype=np.float64)
    known = {name: np.asarray(values, dtype=np.float64) for name, values in predictions.items()}
    return {
        (prediction, group): errors(values[mask], m[mask])
        for prediction, values in known.items()
        for group, mask in groups.items()
    }


def groups_of(labels: pd.Series, usable: Mask | None = None) -> dict[str, Mask]:
    """The groups of measurements that share a label, the largest first, equal ones by name.

    Args:
        labels (Series): One label a measurement.
        usable (array or None): Which measurements count; all where None.
    """
    counted = np.ones(len(labels), dtype=np.bool_) if usable is None else usable
    masks = {str(label): (labels == label).to_numpy() & counted for label in sorted(labels[counted].unique())}
    return dict(sorted(masks.items(), key=lambda item: -int(item[1].sum())))


def band(values: npt.ArrayLike) -> Band:
    """The 10th percentile, the median and the 90th percentile, linear between neighbouring values.

    Examples:
        >>> band([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0])
        Band(low=2.0, middle=6.0, high=10.0)
    """
    low, middle, high = np.quantile(np.asarray(values, dtype=np.float64), [LOW, 0.5, HIGH])
    return Band(float(low), float(middle), float(high))


def bands_by(values: npt.ArrayLike, ratios: npt.ArrayLike, edges: tuple[float, ...]) -> pd.DataFrame:
    """The bands of predicted / measured along one property of the measurements.

    Args:
        values, ratios (array_like): The property and the ratio of every measurement; those without both are left out.
        edges (tuple of float): Lower ends of the bins, in the unit of the property; the last one has no upper end.

    Returns:
        DataFrame: By bin, those without points left out: `n`, `low`, `middle` and `high`, the last three of the ratio.
            [1]
    """
    x, ratio = np.asarray(values, dtype=np.float64), np.asarray(ratios, dtype=np.float64)
    known = np.isfinite(x) & np.isfinite(ratio)
    places = np.where(known, np.digitize(x, edges) - 1, -1)
    rows = {
        place: {"n": int((places == place).sum()), **band(ratio[places == place])._asdict()}
        for place in range(len(edges))
        if (places == place).any()
    }
    return pd.DataFrame.from_dict(rows, orient="index", columns=["n", "low", "middle", "high"])
