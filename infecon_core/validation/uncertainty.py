"""How far measurements of comparable setups lie from their predictions."""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from infecon_core import catalog
from infecon_core.catalog.constants import shipped
from infecon_core.measured.predict import predicted
from infecon_core.physics.formats import has_experts
from infecon_core.scenario import Scenario
from infecon_core.schema import ServingConstants
from infecon_core.validation.scores import band

Array = npt.NDArray[np.float64]

# Whose accelerators run each software stack.
MAKERS: Mapping[str, str] = MappingProxyType(
    {"cuda": "NVIDIA GPUs", "rocm": "AMD GPUs", "other": "accelerators of other makers"}
)
# Percentiles of fewer points say little: outside them are fewer than three points on either side.
FEWEST = 30


class Spread(NamedTuple):
    """Measured over predicted time per output token of the points that are comparable with a scenario.

    Attributes:
        low, high (float): 10th and 90th percentile of measured / predicted. [1]
        n_points (int): Points behind them. [1]
        which (str): Which points they are, in words.
    """

    low: float
    high: float
    n_points: int
    which: str


def spread(scenario: Scenario) -> Spread:
    """The spread of measured / predicted over comparable measurements.

    Comparable are the shipped points of the scenario's class of models (dense, or mixture of experts) on
    accelerators of the same maker's software; where they are fewer than 30, those on all accelerators. The points
    helped to fit the constants, so the spread of what the fit never saw is a little wider.

    Args:
        scenario (Scenario): For the serving engine; its own constants make the predictions where it has some.

    Returns:
        Spread: Percentiles of a ratio [1] and what they rest on.
    """
    mixture, stack = has_experts(scenario.architecture), scenario.accelerator.stack
    return _spread(scenario.serving.constants or shipped(), mixture, stack)


@lru_cache(maxsize=64)
def _spread(constants: ServingConstants, mixture: bool, stack: str) -> Spread:
    return spread_of(_ratios(constants), mixture=mixture, stack=stack)


class PriceRange(NamedTuple):
    """Lowest and highest price of a million tokens at each speed asked for; infinite where out of reach. [USD]"""

    low: Array
    high: Array


def price_range(speed: npt.ArrayLike, price: npt.ArrayLike, spread: Spread, at: npt.ArrayLike) -> PriceRange:
    """What a speed would cost if measurements lay at either end of the spread of measured / predicted.

    A step that takes r times as long as predicted makes every point of a curve r times slower and r times dearer. With
    P(s), the lowest price at no less than a speed s, the price at a speed v is then r·P(r·v), for both ends r.

    Args:
        speed, price (array_like): Predicted points of a curve, of one length, in any order. [tokens/s], [USD]
        spread (Spread): Ends of measured / predicted. [1]
        at (array_like): Speeds that are asked for. [tokens/s]

    Returns:
        PriceRange: Each of the shape of `at`; infinite where no point would be as fast. [USD]

    Assumptions:
        One ratio for all points of the curve, and all of a price is time.

    Examples:
        Steps of half or of twice the time: 10 tokens/s are those of a predicted 5, or of 20.

        >>> curve = ([40.0, 20.0, 5.0], [9.0, 4.0, 1.0])
        >>> price_range(*curve, Spread(0.5, 2.0, 30, ""), [10.0, 30.0])
        PriceRange(low=array([0.5, 2. ]), high=array([ 8., inf]))
    """
    speeds, prices = (np.ravel(np.asarray(values, dtype=np.float64)) for values in (speed, price))
    order = np.argsort(speeds)
    # The lowest price from each point on to faster ones, and none beyond the fastest.
    lowest = np.append(np.minimum.accumulate(prices[order][::-1])[::-1], np.inf)
    asked = np.asarray(at, dtype=np.float64)
    low, high = (ratio * lowest[np.searchsorted(speeds[order], ratio * asked)] for ratio in (spread.low, spread.high))
    return PriceRange(low, high)


def spread_of(ratios: pd.DataFrame, *, mixture: bool, stack: str) -> Spread:
    """The spread of the ratios that are comparable with one class of models on one software stack.

    Args:
        ratios (DataFrame): One row a measurement: `ratio` (measured / predicted) [1], `mixture` (whether of experts),
            `stack`.
        mixture, stack: What is compared: a mixture of experts or a dense model, and the accelerator's software.
    """
    points = ratios[ratios["mixture"] == mixture]
    same = points[points["stack"] == stack]
    enough = len(same) >= FEWEST
    points, where = (same, MAKERS[stack]) if enough else (points, "all accelerators")
    found = band(points["ratio"])
    models = "mixtures of experts" if mixture else "dense models"
    return Spread(found.low, found.high, len(points), f"{models} on {where}")


@lru_cache(maxsize=16)
def _ratios(constants: ServingConstants) -> pd.DataFrame:
    """Measured / predicted of every shipped point, its class of model and its accelerator's software."""
    points = predicted(constants)
    models, accelerators = catalog.models(), catalog.accelerators()
    ratio = points["tpot_ms"] / points["predicted_tpot_ms"]
    table = pd.DataFrame(
        {
            "ratio": ratio,
            "mixture": [has_experts(models[name].architecture) for name in points["model_id"]],
            "stack": [accelerators[name].accelerator.stack for name in points["accelerator_id"]],
        }
    )
    return table[np.isfinite(ratio)]
