"""What an error in time is in price: how much dearer a fixed speed is where every step takes longer than predicted."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from infecon_core import engines
from infecon_core.catalog.measurements import format_name, shipped_points
from infecon_core.scenario import Scenario
from infecon_core.schema import ServingConstants
from infecon_core.validation.scores import Band, band
from infecon_core.validation.uncertainty import Spread, price_range

Array = npt.NDArray[np.float64]

# Speeds at which the prices are compared. [tokens/s]
SPEEDS = (20.0, 50.0, 100.0)
SLOWER = 0.1  # a step that takes a tenth longer than predicted [1]


def dearer(speed: npt.ArrayLike, price: npt.ArrayLike, at: npt.ArrayLike, slower: float = SLOWER) -> Array:
    """How much dearer a fixed speed is where every step takes longer than predicted.

    With P(s), the lowest predicted price at no less than a speed s, and a step that takes r = 1 + slower times as long:
    r·P(r·v) / P(v) - 1. The first factor is the longer rent, the second a faster and so dearer setup, for it has to
    make up for the time.

    Args:
        speed, price (array_like): Predicted points of a curve, of one length, in any order. [tokens/s], [USD]
        at (array_like): Speeds v that are asked for. [tokens/s]
        slower (float): By how much longer than predicted every step takes. [1]

    Returns:
        array: Of the shape of `at`; NaN where the curve does not reach the speed, infinite where it does not once
            steps take longer. [1]

    Assumptions:
        Those of `uncertainty.price_range`.

    Examples:
        Ten percent more time: 10 tokens/s at a price of 2 are those of a predicted 11, at 3 by 1.1.

        >>> dearer([8.0, 10.0, 12.0], [1.0, 2.0, 3.0], [10.0]).round(2)
        array([0.65])
    """
    found = price_range(speed, price, Spread(1.0, 1.0 + slower, 0, ""), at)
    with np.errstate(invalid="ignore"):
        return np.where(np.isfinite(found.low), found.high / found.low - 1, np.nan)


def price_errors(
    points: pd.DataFrame | None = None, constants: ServingConstants | None = None, slower: float = SLOWER
) -> pd.DataFrame:
    """How much dearer a fixed speed is, over every model on every accelerator that it was measured on.

    Each pair is a scenario in the weights' format that was measured most, all else as at the start; pairs that have no
    price or no setup are left out.

    Args:
        points (DataFrame or None): Measurements with `model_id`, `accelerator_id` and `weight_precision`; the shipped
            ones where None.
        constants (ServingConstants or None): Of the serving engine; the shipped ones where None.
        slower (float): By how much longer than predicted every step takes. [1]

    Returns:
        DataFrame: One row a speed of `SPEEDS`: `tokens_per_s_user` [tokens/s]; `n` pairs that reach it even so [1];
            `low`, `middle` and `high`: 10th percentile, median and 90th percentile of what `dearer` returns. [1]
    """
    measured = shipped_points() if points is None else points
    formats = measured.groupby(["model_id", "accelerator_id"])["weight_precision"].agg(_most_frequent)
    ratios = []
    for model_id, accelerator_id, weights in formats.reset_index().itertuples(index=False):
        try:
            scenario = Scenario.preset(
                model_id, accelerator_id, weights=format_name(weights), constants=constants, correction="off"
            )
            frontier = engines.frontier(scenario)
        except ValueError:  # NothingFits is one too
            continue
        ratios.append(dearer(frontier["tokens_per_s_user"], frontier["usd_per_million_tokens"], SPEEDS, slower))
    table = np.array(ratios).reshape(-1, len(SPEEDS))
    rows = []
    for speed, column in zip(SPEEDS, table.T, strict=True):
        reached = column[np.isfinite(column)]
        found = band(reached) if reached.size else Band(np.nan, np.nan, np.nan)
        rows.append((speed, reached.size, found.low, found.middle, found.high))
    return pd.DataFrame(rows, columns=["tokens_per_s_user", "n", "low", "middle", "high"])


def _most_frequent(names: pd.Series) -> str:
    return str(names.value_counts().index[0])
