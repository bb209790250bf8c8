"""How far measurements of comparable setups lie from their predictions."""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import pandas as pd

from infecon_core import catalog
from infecon_core.calibration.constants import shipped
from infecon_core.calibration.measurements import shipped_points
from infecon_core.calibration.predict import predict
from infecon_core.physics.precision_rules import has_experts
from infecon_core.scenario import Scenario
from infecon_core.spec import ServingConstants

# The 10th and the 90th percentile: four of five measurements lie between them.
LOW, HIGH = 0.1, 0.9
MAKERS: Mapping[str, str] = MappingProxyType(
    {"cuda": "NVIDIA GPUs", "rocm": "AMD GPUs", "other": "accelerators of other makers"}
)
# Percentiles of fewer points say little; measurements on all accelerators stand in for them.
FEWEST = 30


class Spread(NamedTuple):
    """Measured over predicted time per output token of the points that are comparable with a scenario.

    Attributes
    ----------
    low, high : float
        10th and 90th percentile of measured / predicted. [1]
    n_points : int
        Points behind them. [1]
    which : str
        Which points they are, in words.
    """

    low: float
    high: float
    n_points: int
    which: str


def spread(scenario: Scenario) -> Spread:
    """The spread of measured / predicted over comparable measurements.

    Comparable are the shipped points of the scenario's class of models (dense, or mixture of experts) on
    accelerators of the same maker's software; where they are fewer than 30, those on all accelerators. The points
    helped to fit the constants.

    Parameters
    ----------
    scenario : Scenario
        For the serving engine; its own constants make the predictions where it has some.

    Returns
    -------
    Spread
        Percentiles of a ratio [1] and what they rest on.
    """
    mixture, stack = has_experts(scenario.architecture), scenario.accelerator.stack
    points = _ratios(scenario.serving.constants or shipped())
    points = points[points["mixture"] == mixture]
    models = "mixtures of experts" if mixture else "dense models"
    where = "all accelerators"
    same = points[points["stack"] == stack]
    if len(same) >= FEWEST:
        points, where = (
            same,
            {"cuda": "NVIDIA GPUs", "rocm": "AMD GPUs", "other": "accelerators of other makers"}[stack],
        )
    low, high = np.quantile(points["ratio"], [LOW, HIGH])
    return Spread(float(low), float(high), len(points), f"{models} on {where}")


@lru_cache(maxsize=16)
def _ratios(constants: ServingConstants) -> pd.DataFrame:
    """Measured / predicted of every shipped point, its class of model and its accelerator's software."""
    points = predict(shipped_points(), constants)
    ratio = points["tpot_ms"] / points["predicted_tpot_ms"]
    table = pd.DataFrame(
        {
            "ratio": ratio,
            "mixture": points["model_id"].map(_is_mixture),
            "stack": points["accelerator_id"].map(_stack),
        }
    )
    return table[np.isfinite(ratio)]


def _is_mixture(model_id: str) -> bool:
    return has_experts(catalog.model(model_id).architecture)


def _stack(accelerator_id: str) -> str:
    return catalog.accelerator(accelerator_id).accelerator.stack
