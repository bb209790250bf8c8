"""Correction by neighbours: how much longer than predicted other builds of serving software take for the same setup.

About half of the error of a prediction is the level of one build: everything it does is a little slower or faster than
predicted. Builds of one model on one accelerator have part of that in common. With m_b the median of
ln(measured / predicted) over the n_b points of build b in one format of the weights, times are multiplied by

    exp(Σ_b w_b·m_b / (Σ_b w_b + 2)),   w_b = n_b/(n_b + 1) · 2^(-Δt_b/90 days) · (1, or 0.3 for other weights)

A build counts once however many points it has, for its points share their error; one in other formats or of another
time counts less. The 2 is the shrinkage: so many builds are needed to take over half of what they say. The half-life,
the weight of other formats and the shrinkage are choices on a coarse grid over the shipped points with every row's own
build left out; values next to them do as well. `validation.neighbour_scores` scores them: other builds leave the
median error as it was, within noise, and make the factor that holds 90% of the errors smaller. A plain median of all
points makes such predictions worse.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from infecon_core import catalog
from infecon_core.catalog.constants import shipped
from infecon_core.catalog.measurements import format_name
from infecon_core.measured.accelerators import measured_as
from infecon_core.measured.builds import SETUP, Build, Setup, builds_of, days, joined, rows_by_label, setups_of
from infecon_core.measured.predict import predicted
from infecon_core.measured.rows import numbers_of, words_of
from infecon_core.scenario import Scenario
from infecon_core.schema import Accelerator, Architecture, Format

Array = npt.NDArray[np.float64]

HALF_LIFE_DAYS = 90.0
# An undated build counts as one of a half-life ago.
UNDATED_WEIGHT = 0.5
OTHER_FORMAT = 0.3
PRIOR_BUILDS = 2.0
# Fewer points or builds do not help: with one other build the median error becomes a little larger.
FEWEST_POINTS, FEWEST_BUILDS = 4, 2
# Builds of less weight together, such as those of years ago, say nothing: less than a ninth of it would be taken over.
LEAST_WEIGHT = 0.25


class Correction(NamedTuple):
    """By how much the times of a scenario are corrected.

    Attributes:
        factor (float): On every time of a step and of a prompt. [1]
        n_points (int): Measurements behind it; 0 for a factor of one's own. [1]
        which (str): Which measurements they are, in words; empty for a factor of one's own.
    """

    factor: float
    n_points: int
    which: str

    @property
    def size(self) -> str:
        """By how much times become longer, as a signed percentage: "−4%" or "+0%"."""
        return f"{self.factor - 1:+.0%}".replace("-0%", "+0%").replace("-", "−")

    @property
    def phrase(self) -> str:
        """The correction as it is told beside a result, inside a sentence.

        Examples:
            >>> Correction(0.958, 38, "this model on this accelerator").phrase
            'corrected by −4% from 38 measurements of this model on this accelerator'
            >>> Correction(1.1, 0, "").phrase
            'corrected by +10%, a factor of your own'
            >>> Correction(1.0, 0, "").phrase
            'nothing is corrected: the factor of your own is 1'
        """
        if not self.n_points and self.factor == 1:
            return "nothing is corrected: the factor of your own is 1"
        by = "less than 0.5%" if self.size == "+0%" else self.size
        origin = f" from {self.n_points:,} measurements of {self.which}" if self.n_points else ", a factor of your own"
        return f"corrected by {by}{origin}"

    @property
    def sentence(self) -> str:
        """The same as a sentence of its own: "Corrected by −4% from 38 measurements of this model."."""
        return f"{self.phrase[:1].upper()}{self.phrase[1:]}."


class Builds(NamedTuple):
    """Builds of serving software that measured one model on one accelerator, as arrays of one length.

    Attributes:
        build (array of Build): The build.
        weights (array of str): The format of the weights.
        log_ratio (array): Median of ln(measured / predicted). [1]
        n (array): Points. [1]
        day (array): Day of the measurement since 1970, NaN where unknown. [d]
    """

    build: npt.NDArray[np.object_]
    weights: npt.NDArray[np.str_]
    log_ratio: Array
    n: Array
    day: Array

    def take(self, rows: npt.NDArray[np.intp] | npt.NDArray[np.bool_]) -> "Builds":
        """Some of them."""
        return Builds(self.build[rows], self.weights[rows], self.log_ratio[rows], self.n[rows], self.day[rows])

    def other_than(self, build: Build) -> "Builds":
        """Those that a build cannot be."""
        own = [any(one.may_be(other) for one in build for other in known) for known in self.build]
        return self.take(~np.array(own, dtype=np.bool_))

    def log_correction(self, weights: str, day: float) -> float:
        """Logarithm of the correction for one format of the weights at one day; NaN for too few or too old ones. [1]

        Args:
            weights (str): Format of the weights.
            day (float): Day since 1970, NaN where unknown. [d]
        """
        count = len(set(joined(release for build in self.build for release in build).values()))
        if self.n.sum() < FEWEST_POINTS or count < FEWEST_BUILDS:
            return np.nan
        apart = np.abs(self.day - day) / HALF_LIFE_DAYS
        weight = np.where(np.isnan(apart), UNDATED_WEIGHT, 0.5 ** np.nan_to_num(apart))
        weight = weight * self.n / (self.n + 1) * np.where(self.weights == weights, 1.0, OTHER_FORMAT)
        if weight.sum() < LEAST_WEIGHT:
            return np.nan
        return float(weight @ self.log_ratio / (weight.sum() + PRIOR_BUILDS))


def correction(scenario: Scenario) -> Correction | None:
    """By how much a scenario's times are corrected: as it asks, from the shipped points or by a factor of its own.

    Comparable are points of the same architecture (whatever its name) on the same accelerator (whatever its price and
    power), at least four of at least two builds, not all of them old; the newest shipped measurement is the day that
    builds are compared with. Residuals are those of the shipped constants whatever the scenario's, so that a change of
    a constant has its full effect.

    Args:
        scenario (Scenario): For the serving engine.

    Returns:
        Correction or None: None where it is switched off, or nothing comparable was measured.
    """
    options = scenario.serving
    if options.correction == "own":
        return Correction(options.time_factor, 0, "")
    if options.correction == "off":
        return None
    return _measured(scenario.architecture, scenario.accelerator, scenario.precision.weights)


def time_factor(scenario: Scenario) -> float:
    """The factor of `correction`, 1 where there is none. [1]"""
    found = correction(scenario)
    return 1.0 if found is None else found.factor


@lru_cache(maxsize=1024)
def _measured(architecture: Architecture, accelerator: Accelerator, weights: Format) -> Correction | None:
    builds = _alike(architecture, accelerator)
    log = np.nan if builds is None else builds.log_correction(weights, newest_day())
    if builds is None or np.isnan(log):
        return None
    names = {catalog.model(name).architecture.name for name in _models(architecture)}
    which = "this model" if architecture.name in names else f"{' and '.join(sorted(names))}, of the same shape,"
    return Correction(float(np.exp(log)), int(builds.n.sum()), f"{which} on this accelerator")


def _alike(architecture: Architecture, accelerator: Accelerator) -> Builds | None:
    """Shipped builds that measured models of the same shape on accelerators of the same numbers; None without."""
    found = [_builds_of(name, chip) for name in _models(architecture) for chip in measured_as(accelerator)]
    return Builds(*(np.concatenate(parts) for parts in zip(*found, strict=True))) if found else None


def shipped_builds_alike(setups: Iterable[Setup]) -> dict[Setup, Builds]:
    """The shipped builds that say something of each of some setups, by the rule of `correction`: by shape, not by name.

    Args:
        setups (iterable of Setup): Models and accelerators; those that the catalog does not have are left out.
    """
    found = {}
    for model_id, accelerator_id in set(setups):
        if model_id in catalog.models() and accelerator_id in catalog.accelerators():
            chip = catalog.accelerator(accelerator_id).accelerator
            builds = _alike(catalog.model(model_id).architecture, chip)
            if builds is not None:
                found[model_id, accelerator_id] = builds
    return found


@lru_cache(maxsize=256)
def _models(architecture: Architecture) -> tuple[str, ...]:
    """Measured models of the same shape: times follow from it, whatever a model was trained on."""
    measured = {model for model, _ in shipped_builds()}
    return tuple(
        sorted(name for name in measured if _unnamed(catalog.model(name).architecture) == _unnamed(architecture))
    )


def _unnamed(architecture: Architecture) -> Architecture:
    return architecture.model_copy(update={"name": ""})


@lru_cache(maxsize=1)
def shipped_builds() -> Mapping[Setup, Builds]:
    """`builds_by_setup` of the shipped points with the shipped constants; read-only."""
    points = predicted(shipped())
    found = builds_by_setup(points, points["predicted_tpot_ms"].to_numpy(dtype=np.float64))
    for builds in found.values():
        for values in builds:
            values.setflags(write=False)
    return MappingProxyType(found)


def _builds_of(model_id: str, accelerator_id: str) -> Builds:
    empty = Builds(np.array([], dtype=object), np.array([], dtype=np.str_), *(np.array([]) for _ in range(3)))
    return shipped_builds().get((model_id, accelerator_id), empty)


@lru_cache(maxsize=1)
def newest_day() -> float:
    """Day of the newest shipped measurement, since 1970. [d]"""
    return float(np.nanmax(days(predicted(shipped()))))


def builds_by_setup(points: pd.DataFrame, predicted_ms: Array) -> dict[Setup, Builds]:
    """The builds that measured each model on each accelerator.

    Args:
        points (DataFrame): Measurements with `tpot_ms`, columns as in `schema.measurement`.
        predicted_ms (array): Their predictions; rows without one are left out. [ms]

    Returns:
        dict: By model and accelerator.
    """
    table = _described(points, predicted_ms)
    grouped = table.groupby([*SETUP, "build", "weights"], sort=False)
    found = grouped.agg(log_ratio=("log", "median"), n=("log", "size"), day=("day", "median")).reset_index()
    columns = Builds(
        found["build"].to_numpy(dtype=object),
        found["weights"].to_numpy(dtype=np.str_),
        *(found[name].to_numpy(dtype=np.float64) for name in ("log_ratio", "n", "day")),
    )
    return {setup: columns.take(rows) for setup, rows in rows_by_label(setups_of(found)).items()}


class RowCorrections(NamedTuple):
    """Corrections of rows by builds other than their own, as arrays of one value a row.

    Attributes:
        log (array): Logarithm of the factor on its time; NaN where there is none. [1]
        n_points (array): Measurements behind it. [1]
    """

    log: Array
    n_points: Array


def log_corrections(points: pd.DataFrame, builds: Mapping[Setup, Builds], *, same_software: bool = False) -> Array:
    """The logarithms of `row_corrections`. [1]"""
    return row_corrections(points, builds, same_software=same_software).log


def row_corrections(
    points: pd.DataFrame, builds: Mapping[Setup, Builds], *, same_software: bool = False
) -> RowCorrections:
    """Each row's correction by builds other than its own, at its own day.

    Args:
        points (DataFrame): Measurements, columns as in `schema.measurement`; need not have been measured.
        builds (mapping): As from `builds_by_setup`.
        same_software (bool): Whether only builds of the row's own software count.
    """
    table = _described(points, np.full(len(points), np.nan), only_known=False)
    logs, counts = np.full(len(points), np.nan), np.zeros(len(points))
    day_of = table["day"].fillna(newest_day())
    labels = zip(setups_of(points), table["build"], table["weights"], day_of, strict=True)
    for (setup, build, weights, day), rows in rows_by_label(labels).items():
        if setup not in builds:
            continue
        others = builds[setup].other_than(build)
        if same_software:
            others = others.take(
                np.array([_software(other) == _software(build) for other in others.build], dtype=np.bool_)
            )
        logs[rows] = log = others.log_correction(weights, day)
        counts[rows] = 0 if np.isnan(log) else others.n.sum()
    return RowCorrections(logs, counts)


@lru_cache(maxsize=1)
def shipped_corrections() -> Array:
    """`log_corrections` of the shipped points by each other, with the shipped constants; read-only. [1]"""
    found = log_corrections(predicted(shipped()), shipped_builds())
    found.setflags(write=False)
    return found


def _software(build: Build) -> str:
    return next(iter(build)).software


def _described(points: pd.DataFrame, predicted_ms: Array, *, only_known: bool = True) -> pd.DataFrame:
    """Setup, build, format, day and ln(measured / predicted) of each row, indexed from 0."""
    table = pd.DataFrame(
        {
            **{name: words_of(points, name) for name in SETUP},
            "build": builds_of(points),
            "weights": [_format(text) for text in words_of(points, "weight_precision")],
            "day": days(points),
        }
    )
    if not only_known:
        return table
    measured = numbers_of(points, "tpot_ms")
    with np.errstate(invalid="ignore", divide="ignore"):
        table["log"] = np.log(measured / predicted_ms)
    known: pd.DataFrame = table[np.isfinite(table["log"])]
    return known


def _format(text: str) -> str:
    try:
        return format_name(text)
    except ValueError:
        return ""
