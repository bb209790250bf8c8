"""How far measurements of comparable setups lie from their predictions."""

from collections.abc import Mapping
from functools import cache, lru_cache
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from infecon_core import catalog
from infecon_core.catalog.constants import shipped
from infecon_core.measured.accelerators import measured_as
from infecon_core.measured.neighbours import correction, shipped_corrections
from infecon_core.measured.predict import predicted
from infecon_core.physics.formats import has_experts
from infecon_core.scenario import Scenario
from infecon_core.schema import ServingConstants
from infecon_core.validation.cross_validation import shipped_fitter
from infecon_core.validation.scores import band

Array = npt.NDArray[np.float64]

# Whose accelerators run each software stack.
MAKERS: Mapping[str, str] = MappingProxyType(
    {"cuda": "NVIDIA GPUs", "rocm": "AMD GPUs", "other": "accelerators of other makers"}
)
# Percentiles of fewer points say little: outside them are fewer than three points on either side.
FEWEST = 30
COMPARABLE = "comparable measurements"
LEFT_OUT = "measurements on accelerators left out of the fit"


class Spread(NamedTuple):
    """Measured over predicted time per output token of the points that are comparable with a scenario.

    Attributes:
        low, high (float): 10th and 90th percentile of measured / predicted. [1]
        n_points (int): Points behind them. [1]
        which (str): Which points they are, in words.
        kind (str): What to call them, to follow "80% of".
    """

    low: float
    high: float
    n_points: int
    which: str
    kind: str = COMPARABLE

    @property
    def condition(self) -> str:
        """What has to hold for its ends, as the beginning of a sentence."""
        whose = "measured ones do" if self.kind == COMPARABLE else "on accelerators left out of the fit"
        return f"If servers differ as {whose}"


def spread(scenario: Scenario) -> Spread:
    """The spread of measured / predicted over comparable measurements.

    Comparable are the shipped points of the scenario's class of models (dense, or mixture of experts) on
    accelerators of the same maker's software; where they are fewer than 30, those on all accelerators. Where
    measurements correct the scenario, they are those points that others can correct, each corrected by builds of
    serving software other than its own: a point never helps to correct itself. A factor of one's own has the spread of
    predictions that nothing corrects, as nothing says how it was found. The points helped to fit the constants, so the
    spread of what the fit never saw is a little wider.

    On accelerators that nobody measured the shipped constants have the spread of points that are predicted by constants
    fitted without their accelerator: so is this one. Constants of one's own predict all points as they are.

    Args:
        scenario (Scenario): For the serving engine; its own constants make the predictions where it has some.

    Returns:
        Spread: Percentiles of a ratio [1] and what they rest on.
    """
    mixture, stack = has_experts(scenario.architecture), scenario.accelerator.stack
    found = correction(scenario)
    corrected = found is not None and found.n_points > 0
    constants = scenario.serving.constants or shipped()
    if constants == shipped() and not measured_as(scenario.accelerator):
        return _left_out_spread(mixture, stack)
    return _spread(constants, mixture, stack, corrected)


@lru_cache(maxsize=16)
def _left_out_spread(mixture: bool, stack: str) -> Spread:
    found = spread_of(_left_out_ratios(), mixture=mixture, stack=stack)
    return found._replace(which=f"{found.which}, each left out of the fit", kind=LEFT_OUT)


@lru_cache(maxsize=64)
def _spread(constants: ServingConstants, mixture: bool, stack: str, corrected: bool) -> Spread:
    ratios = _ratios(constants)
    if not corrected:
        return spread_of(ratios, mixture=mixture, stack=stack)
    known = ratios[np.isfinite(ratios["correction"])]
    found = spread_of(known.assign(ratio=known["ratio"] / known["correction"]), mixture=mixture, stack=stack)
    return found._replace(which=f"{found.which}, corrected by builds other than their own")


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


class SpeedRange(NamedTuple):
    """Lowest and highest speed at each price asked for; 0 where nothing is as cheap. [tokens/s]"""

    low: Array
    high: Array


def speed_range(speed: npt.ArrayLike, price: npt.ArrayLike, spread: Spread, at: npt.ArrayLike) -> SpeedRange:
    """How fast users would be served at a price if measurements lay at either end of the spread.

    As `price_range`, along the other axis. With S(p), the highest speed at no more than a price p, steps that take r
    times as long as predicted give the speed S(p / r) / r at the price p, for both ends r.

    Args:
        speed, price (array_like): Predicted points of a curve, of one length, in any order. [tokens/s], [USD]
        spread (Spread): Ends of measured / predicted. [1]
        at (array_like): Prices of a million tokens that are asked for. [USD]

    Returns:
        SpeedRange: Each of the shape of `at`; 0 where no point would be as cheap.

    Assumptions:
        As for `price_range`.

    Examples:
        Steps of twice the time: what costs $4 is predicted to cost $2, and is half as fast. Of half the time: $8.

        >>> curve = ([40.0, 20.0, 5.0], [9.0, 4.0, 1.0])
        >>> speed_range(*curve, Spread(0.5, 2.0, 30, ""), [4.0, 1.0])
        SpeedRange(low=array([2.5, 0. ]), high=array([40., 10.]))
    """
    speeds, prices = (np.ravel(np.asarray(values, dtype=np.float64)) for values in (speed, price))
    order = np.argsort(prices)
    # The highest speed up to each point, from the cheapest on, and none below the cheapest.
    highest = np.insert(np.maximum.accumulate(speeds[order]), 0, 0.0)
    asked = np.asarray(at, dtype=np.float64)
    low, high = (
        highest[np.searchsorted(prices[order], asked / ratio, side="right")] / ratio
        for ratio in (spread.high, spread.low)
    )
    return SpeedRange(low, high)


def ranges_along(frontier: pd.DataFrame, spread: Spread) -> pd.DataFrame:
    """Both ranges of every point of a frontier, as columns for a file.

    Args:
        frontier (DataFrame): Columns as in `schema.frontier`.
        spread (Spread): Ends of measured / predicted. [1]

    Returns:
        DataFrame: Indexed as the frontier: `usd_per_million_tokens_low` and `_high`, the price at the point's speed
            [USD], infinite where out of reach; `tokens_per_s_user_low` and `_high`, the speed at its price [tokens/s],
            0 where out of reach.
    """
    speed, price = (frontier[name].to_numpy(float) for name in ("tokens_per_s_user", "usd_per_million_tokens"))
    dollars, speeds = price_range(speed, price, spread, speed), speed_range(speed, price, spread, price)
    return pd.DataFrame(
        {
            "usd_per_million_tokens_low": dollars.low,
            "usd_per_million_tokens_high": dollars.high,
            "tokens_per_s_user_low": speeds.low,
            "tokens_per_s_user_high": speeds.high,
        },
        index=frontier.index,
    )


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
    """Measured / predicted of every shipped point, its correction by others, its class of model and its software."""
    points = predicted(constants)
    return (
        _with_classes(points, points["predicted_tpot_ms"])
        .assign(correction=np.exp(shipped_corrections()))
        .dropna(subset="ratio")
    )


@cache
def _left_out_ratios() -> pd.DataFrame:
    """The same of predictions by constants that were fitted without the accelerator, without corrections."""
    fitter = shipped_fitter()
    predicted_ms = fitter.leave_out(fitter.points["accelerator_id"]) * 1e3
    return _with_classes(fitter.points, predicted_ms).dropna(subset="ratio")


def _with_classes(points: pd.DataFrame, predicted_ms: npt.ArrayLike) -> pd.DataFrame:
    """Measured / predicted of points, their class of model and their software."""
    models, accelerators = catalog.models(), catalog.accelerators()
    return pd.DataFrame(
        {
            "ratio": points["tpot_ms"] / np.asarray(predicted_ms),
            "mixture": [has_experts(models[name].architecture) for name in points["model_id"]],
            "stack": [accelerators[name].accelerator.stack for name in points["accelerator_id"]],
        }
    )
