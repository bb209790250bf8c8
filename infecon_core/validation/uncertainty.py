"""How far measurements of comparable setups lie from their predictions."""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import pandas as pd

from infecon_core import catalog
from infecon_core.catalog.constants import shipped
from infecon_core.catalog.measurements import shipped_points
from infecon_core.physics.formats import has_experts
from infecon_core.scenario import Scenario
from infecon_core.schema import ServingConstants
from infecon_core.validation.predict import predict
from infecon_core.validation.scores import band

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
    points = predict(shipped_points(), constants)
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
