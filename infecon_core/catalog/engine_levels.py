"""How measured engines differ among themselves, and the published model from them: `data/calibration/engines.toml`."""

from functools import cache
from typing import NamedTuple

from infecon_core.catalog.files import DATA, toml


@cache
def best_over_one_engine() -> float:
    """How much faster the best of several engines serves users than one of them at equal throughput. [1]

    Geometric mean over measured setups and engines; `validation.frontier_scores` works it out from the measurements,
    which takes longer than a page may.
    """
    return float(toml(DATA / "calibration" / "engines.toml")["best_over_one_engine"]["value"])


class PublishedError(NamedTuple):
    """Median of |p/m - 1| and geometric mean of p/m of the published model's times p and measured ones m. [1]"""

    median: float
    bias: float


@cache
def published_error() -> PublishedError:
    """How far the published model's times are from measured ones; `validation.baselines` predicts them."""
    entry = toml(DATA / "calibration" / "engines.toml")["published_over_measured"]
    return PublishedError(float(entry["median_error"]), float(entry["bias"]))
