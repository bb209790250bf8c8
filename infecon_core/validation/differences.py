"""How far predictions of two setups lie from each other's measurements: the part of the error that is not common."""

import itertools
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import pandas as pd

from infecon_core import catalog
from infecon_core.catalog.constants import shipped
from infecon_core.engines import engine_of
from infecon_core.measured.predict import predicted
from infecon_core.scenario import Scenario
from infecon_core.schema import ServingConstants

# What tells two setups apart, and the columns of the measurements that hold it; `stack` is the software of the
# accelerator's maker.
PARTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "model": ("model_id",),
        "accelerator": ("accelerator_id",),
        "software": ("stack",),
        "number format": ("weight_precision",),
        "length": ("isl", "osl"),
    }
)
# The median of fewer points says little about a setup, and a percentile of fewer pairs little about their kind.
FEWEST_POINTS, FEWEST_PAIRS = 5, 15
_SHARE = 0.8


class Difference(NamedTuple):
    """How well the times of two setups are predicted relative to each other.

    Attributes:
        factor (float): Four of five comparable pairs lie within it: the measured ratio of their times is at most this
            many times larger or smaller than the predicted one. 1 where all error is common. [1]
        n_pairs (int): Pairs behind it; 0 where it needs none. [1]
        which (str): Which pairs they are, in words; empty where it needs none.
    """

    factor: float
    n_pairs: int
    which: str


def difference(one: Scenario, other: Scenario) -> Difference | None:
    """How well the times of two scenarios are predicted relative to each other.

    Most of a prediction's error is common to two setups: what the constants, the software's version or the workload
    add to one they add to the other. What decides which of two is faster is the rest. Measured / predicted of the
    shipped points has a median for every setup (model, accelerator, format of the weights, prompt and output; at least
    5 points); r_i / r_j of two setups is by how much their ratio is mispredicted. The factor is the 80th percentile of
    exp|log(r_i / r_j)| over the pairs that differ in just what the two scenarios differ in (for accelerators
    also: in their makers' software or not), or, where they are fewer than 15, over all pairs that differ in one of
    model, accelerator, format and lengths. Scenarios that differ in none of these, such as in price alone, share their
    error.

    Pairs are of predictions that nothing corrects, for corrected scenarios too. Within a measured setup builds would
    correct each other, so that its median would look better than a correction is; corrected pairs lie closer in all
    parts but lengths, so that what is told here errs on the safe side.

    Args:
        one, other (Scenario): Two scenarios, any engines.

    Returns:
        Difference or None: None where measurements do not tell how wrong an engine is, where engines or constants
            differ, and where drafts or options of the server do: no pair of measurements tells of those.
    """
    if one.engine != other.engine or one.serving.constants != other.serving.constants:
        return None
    if not engine_of(one).capabilities.uncertainty:
        return None
    parts = _differing(one, other)
    if parts is None:
        return None
    if not parts:
        return Difference(1.0, 0, "")
    return _difference(one.serving.constants or shipped(), parts)


def _differing(one: Scenario, other: Scenario) -> frozenset[str] | None:
    """In which of `PARTS` two scenarios differ; None where they differ in what no pair of measurements tells."""
    chips = [
        scenario.accelerator.model_copy(update={"price_usd_per_gpu_hour": 0.0, "board_power_w": None})
        for scenario in (one, other)
    ]
    differs = {
        "model": one.architecture != other.architecture,
        "accelerator": chips[0] != chips[1],
        "software": chips[0].stack != chips[1].stack,
        "number format": one.precision != other.precision,
        "length": (one.prompt_tokens, one.output_tokens) != (other.prompt_tokens, other.output_tokens),
    }
    if one.speculation != other.speculation or one.serving != other.serving:
        return None
    return frozenset(part for part, found in differs.items() if found)


@lru_cache(maxsize=64)
def _difference(constants: ServingConstants, parts: frozenset[str]) -> Difference:
    return difference_of(_pairs(constants), parts)


def difference_of(pairs: pd.DataFrame, parts: frozenset[str]) -> Difference:
    """The factor of the pairs that differ in some parts.

    Args:
        pairs (DataFrame): One row a pair of setups: `parts` (in which of `PARTS` they differ) and `log_ratio`, the
            logarithm of r_i / r_j. [1]
        parts (frozenset of str): What the two scenarios differ in.
    """
    alike = pairs[pairs["parts"] == parts]
    which = " and ".join(part for part in PARTS if part in parts)
    which += " alone" if len(parts) == 1 else ""
    if len(alike) < FEWEST_PAIRS:
        alike = pairs[pairs["parts"].map(lambda found: len(found - {"software"}) == 1)]
        which = "one of model, accelerator, number format and length"
    factor = float(np.exp(alike["log_ratio"].abs().quantile(_SHARE)))
    return Difference(factor, len(alike), f"pairs of measured setups that differ in {which}")


@lru_cache(maxsize=16)
def _pairs(constants: ServingConstants) -> pd.DataFrame:
    """Every pair of measured setups with enough points."""
    points = predicted(constants)
    stacks = {name: entry.accelerator.stack for name, entry in catalog.accelerators().items()}
    return pairs_of(points.assign(stack=points["accelerator_id"].map(stacks)))


def pairs_of(points: pd.DataFrame) -> pd.DataFrame:
    """Every pair of setups with at least 5 points, as `difference_of` takes them.

    Args:
        points (DataFrame): Measurements with `tpot_ms` and `predicted_tpot_ms` [ms], and the columns of `PARTS`.
    """
    keys = [column for columns in PARTS.values() for column in columns]
    logs = points[keys].assign(log=np.log(points["tpot_ms"] / points["predicted_tpot_ms"]))
    setups = logs[np.isfinite(logs["log"])].groupby(keys)["log"].agg(["median", "size"])
    medians = setups.loc[setups["size"] >= FEWEST_POINTS, "median"]
    named = [dict(zip(keys, key, strict=True)) for key in medians.index]
    rows = []
    for (a, one), (b, other) in itertools.combinations(zip(named, medians, strict=True), 2):
        parts = frozenset(part for part, columns in PARTS.items() if any(a[column] != b[column] for column in columns))
        rows.append((parts, one - other))
    return pd.DataFrame(rows, columns=["parts", "log_ratio"])
