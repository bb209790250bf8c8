"""Measured frontiers beside ours: what people read off a frontier, scored as such.

Ours is the search's for the set's model, formats and lengths up to its largest instance, by constants fitted without
the set's model. Ratios are ours over the measured.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from infecon_core import engines
from infecon_core.schema import NothingFits
from infecon_core.validation.cross_validation import shipped_fitter
from infecon_core.validation.fit import Fitter
from infecon_core.validation.measured_frontiers import Curve, MeasuredSet, measured_sets
from infecon_core.validation.scores import ALL, band, groups_of

Array = npt.NDArray[np.float64]

# Speeds at which throughputs are compared. [tokens/s]
SPEEDS = (20.0, 50.0, 100.0)
# A measured point counts for the speed that it is nearest to in logarithms: these lie half the way between two.
_BETWEEN = tuple(float(np.sqrt(low * high)) for low, high in itertools.pairwise(SPEEDS))


@dataclass(frozen=True, eq=False)
class ScoredSet:
    """A set with our frontier.

    Attributes:
        found (MeasuredSet): The measurements.
        ours (Curve): The search's frontier by constants fitted without the set's model.
    """

    found: MeasuredSet
    ours: Curve

    @property
    def speed_ratios(self) -> Array:
        """Our speed over the measured one at equal throughput, for every point of the measured frontier. [1]"""
        measured = self.found.measured
        return self.ours.speed_at(measured.throughput) / measured.speed

    @property
    def speed_ratio(self) -> float:
        """The median of `speed_ratios`. [1]"""
        return float(np.median(self.speed_ratios))

    @property
    def point_ratios(self) -> Array:
        """Our throughput over the measured one at the speed of every point of the measured frontier. [1]"""
        measured = self.found.measured
        return self.ours.throughput_at(measured.speed) / measured.throughput

    def throughput_ratios(self, speeds: npt.ArrayLike) -> Array:
        """Our throughput over the measured one at some speeds; NaN outside of the measured frontier. [1]

        0 where ours does not reach. Below the slowest measured speed nobody tried what can be had.
        """
        v, measured = np.asarray(speeds, dtype=np.float64), self.found.measured
        known = (v >= measured.speed[-1]) & (v <= measured.speed[0])
        theirs = np.where(known, measured.throughput_at(v), np.nan)
        return self.ours.throughput_at(v) / theirs


def scored_sets(fitter: Fitter) -> tuple[ScoredSet, ...]:
    """Every set with our frontier, by constants fitted without its model; those are left out for which nothing fits.

    Args:
        fitter (Fitter): The measurements.
    """
    scored = []
    for found in measured_sets(fitter):
        constants = fitter.without((fitter.points["model_id"] == found.model_id).to_numpy())
        try:
            points = engines.frontier(found.scenario(constants))
        except NothingFits:
            continue
        ours = Curve.of(points["tokens_per_s_user"], points["tokens_per_s_per_gpu"])
        scored.append(ScoredSet(found, ours))
    return tuple(scored)


@cache
def shipped_sets() -> tuple[ScoredSet, ...]:
    """`scored_sets` of the shipped points; worked out once a process."""
    return scored_sets(shipped_fitter())


def by_model(scored: Sequence[ScoredSet]) -> pd.DataFrame:
    """Ratios of all sets and of those of each model, the model with the most sets first.

    Args:
        scored (sequence of ScoredSet): Sets.

    Returns:
        DataFrame: One row a group: `label`, `sets`; `low`, `middle`, `high` (10th percentile, median and 90th
            percentile over sets of the speed at equal throughput), `error` (median of how far it is from 1), and for
            each of `SPEEDS` `at_20` (median of the throughput at that speed) and `sets_20`. [1]
    """
    rows = []
    speed_ratios = np.array([one.speed_ratio for one in scored])
    at = np.array([one.throughput_ratios(SPEEDS) for one in scored]).reshape(-1, len(SPEEDS))
    labels = pd.Series([one.found.model_id for one in scored], dtype=str)
    everything = {ALL: np.ones(len(scored), dtype=np.bool_)} if len(scored) else {}
    for label, mask in (everything | groups_of(labels)).items():
        row = {"label": label, "sets": int(mask.sum()), **band(speed_ratios[mask])._asdict()}
        row["error"] = float(np.median(np.abs(speed_ratios[mask] - 1)))
        for speed, column in zip(SPEEDS, at[mask].T, strict=True):
            known = column[np.isfinite(column)]
            row |= {f"at_{speed:g}": float(np.median(known)) if known.size else np.nan, f"sets_{speed:g}": known.size}
        rows.append(row)
    return pd.DataFrame(rows)


def by_speed(scored: Sequence[ScoredSet]) -> pd.DataFrame:
    """Ratios of throughput along the speeds of `SPEEDS`, over all sets.

    Args:
        scored (sequence of ScoredSet): Sets.

    Returns:
        DataFrame: One row a speed: `tokens_per_s_user` [tokens/s]; `sets` that were measured there, `low`, `middle` and
            `high` of the ratio at the speed; `points` of measured frontiers that are nearest to the speed, and
            `at_points`, the median ratio at their own speeds. [1]
    """
    at = np.array([one.throughput_ratios(SPEEDS) for one in scored]).reshape(-1, len(SPEEDS))
    speeds = np.concatenate([one.found.measured.speed for one in scored] or [np.zeros(0)])
    ratios = np.concatenate([one.point_ratios for one in scored] or [np.zeros(0)])
    nearest = np.digitize(speeds, _BETWEEN)
    rows = []
    for i, speed in enumerate(SPEEDS):
        known, points = at[np.isfinite(at[:, i]), i], ratios[nearest == i]
        spread = band(known)._asdict() if known.size else dict.fromkeys(("low", "middle", "high"), np.nan)
        middle = float(np.median(points)) if points.size else np.nan
        rows.append(
            {"tokens_per_s_user": speed, "sets": known.size, **spread, "points": points.size} | {"at_points": middle}
        )
    return pd.DataFrame(rows)


def best_over_one_engine(sets: Sequence[MeasuredSet]) -> float:
    """How much faster the best of several engines is than one of them at equal throughput, over sets with several. [1]

    Geometric mean over sets and engines of the median over the points of the engine's frontier; 1 for the best one
    itself. NaN where no set was measured with several.
    """
    logs = []
    for one in sets:
        own = one.of_software()
        if len(own) > 1:
            best = one.measured
            logs += [np.log(np.median(best.speed_at(curve.throughput) / curve.speed)) for curve in own.values()]
    return float(np.exp(np.mean(logs))) if logs else np.nan
