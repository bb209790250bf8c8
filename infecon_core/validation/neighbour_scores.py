"""What a correction by neighbours is worth: points predicted without their model and corrected without their build."""

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from infecon_core.measured.builds import builds_of, rows_by_label, setups_of
from infecon_core.measured.neighbours import FEWEST_POINTS, builds_by_setup, log_corrections
from infecon_core.measured.rows import numbers_of
from infecon_core.validation.scores import errors

Array = npt.NDArray[np.float64]

OTHER_BUILDS, SAME_SOFTWARE = "other builds", "same software, other builds"
MEDIAN = "other builds, plain median"
ALL_OTHERS = "all others, plain median"
# Points of one's own build that a learning curve starts from, and how often they are drawn for each point.
OWN_POINTS = (1, 2, 4)
DRAWS = 5
SEED = 20261121


def neighbour_errors(points: pd.DataFrame, predicted_ms: npt.ArrayLike) -> pd.DataFrame:
    """Errors of predictions before and after each kind of correction, on the points that it can correct.

    Kinds: as a scenario is corrected, by other builds of the same model and accelerator (`measured.neighbours`); by
    those of the row's own software alone; by both and 1, 2 or 4 points of the row's own build, drawn at random and
    without the row. For comparison the plain median of ln(measured / predicted), shrunk by n/(n+1): of other builds,
    and of all other points of the model and accelerator, which are mostly of the row's own build.

    Args:
        points (DataFrame): Measurements with `tpot_ms`, columns as in `schema.measurement`.
        predicted_ms (array_like): Predictions by constants that never saw the row's model; NaN where there is none.
            [ms]

    Returns:
        DataFrame: One row a kind: `correction`, `n` rows that it corrects [1]; `median` and `factor_90` of the errors
            after it, `median_before` and `factor_90_before`; `median_all` and `factor_90_all` of all rows, those that
            it cannot correct as they were. [1]
    """
    predictions = np.asarray(predicted_ms, dtype=np.float64)
    measured = numbers_of(points, "tpot_ms")
    with np.errstate(invalid="ignore", divide="ignore"):
        residuals = np.log(measured / predictions)
    builds = builds_by_setup(points, predictions)
    by_others = log_corrections(points, builds)
    setups = setups_of(points)
    labels = list(zip(setups, builds_of(points), strict=True))
    numbered = {label: i for i, label in enumerate(dict.fromkeys(labels))}
    own = np.array([numbered[label] for label in labels], dtype=np.intp)
    kinds: dict[str, list[Array]] = {
        OTHER_BUILDS: [by_others],
        SAME_SOFTWARE: [log_corrections(points, builds, same_software=True)],
    }
    rest = residuals - np.nan_to_num(by_others)
    for count in OWN_POINTS:
        name = f"other builds, {count} of one's own"
        kinds[name] = [np.nan_to_num(by_others) + extra for extra in own_points(rest, labels, count)]
    kinds[MEDIAN] = [_median_of_others(residuals, setups, own)]
    kinds[ALL_OTHERS] = [_median_of_others(residuals, setups, np.arange(len(points)))]
    return pd.DataFrame([_row(name, found, predictions, measured) for name, found in kinds.items()])


def _row(name: str, logs: list[Array], predictions: Array, measured: Array) -> dict[str, Any]:
    """Errors of one kind, of several draws together."""
    found = np.concatenate(logs)
    before, truth = np.tile(predictions, len(logs)), np.tile(measured, len(logs))
    known = np.isfinite(found)
    after, unchanged = errors((before * np.exp(found))[known], truth[known]), errors(before[known], truth[known])
    whole = errors(before * np.exp(np.nan_to_num(found)), truth)
    return {
        "correction": name,
        "n": after.n // len(logs),
        "median_before": unchanged.median,
        "median": after.median,
        "factor_90_before": unchanged.factor_90,
        "factor_90": after.factor_90,
        "median_all": whole.median,
        "factor_90_all": whole.factor_90,
    }


def own_points(residuals: Array, labels: Sequence[Hashable], count: int) -> list[Array]:
    """Corrections of every row by so many other rows of its label: their median, shrunk by n/(n+1). [1]

    Args:
        residuals (array): Logarithm of measured / predicted, NaN where there is none. [1]
        labels (sequence): Rows that share one are of one build.
        count (int): Rows that are drawn for each. [1]

    Returns:
        list of array: One for each draw; NaN where a build has too few other rows.
    """
    rng = np.random.default_rng(SEED)
    draws = [np.full(residuals.size, np.nan) for _ in range(DRAWS)]
    for rows in rows_by_label(labels).values():
        known = rows[np.isfinite(residuals[rows])]
        if known.size <= count:
            continue
        for found in draws:
            for i in known:
                chosen = rng.choice(known[known != i], count, replace=False)
                found[i] = np.median(residuals[chosen]) * count / (count + 1)
    return draws


def _median_of_others(residuals: Array, setups: Sequence[Hashable], own: npt.NDArray[Any]) -> Array:
    """Median residual of the rows of each row's setup that are not its own, shrunk by n/(n+1); at least four. [1]"""
    found = np.full(residuals.size, np.nan)
    for rows in rows_by_label(setups).values():
        known = rows[np.isfinite(residuals[rows])]
        for label in np.unique(own[known]):
            others = known[own[known] != label]
            if others.size >= FEWEST_POINTS:
                mine = known[own[known] == label]
                found[mine] = np.median(residuals[others]) * others.size / (others.size + 1)
    return found
