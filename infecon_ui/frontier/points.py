"""The points of a frontier, column by column: arrays are read ten times faster than columns of a frame."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from infecon_core.pareto import cheapest_row, fastest_row, preferred_row, row_at_speed
from infecon_ui.charts.axes import Ranges, extent_of, rounded
from infecon_ui.charts.measures import MEASURES, OUTPUT, Measure

Array = npt.NDArray[np.float64]
# One row of a frontier: its columns by name.
Point = Mapping[Any, Any]

SPEED, PRICE = "tokens_per_s_user", "usd_per_million_tokens"
# Why a point lies beyond what was measured.
BEYOND = "beyond_measured"
DEGREES = ("tp", "pp", "ep", "dp_attn")
CHOICES = {"preferred": preferred_row, "fastest": fastest_row, "cheapest": cheapest_row}

# Single sequences at full speed cost a hundred times the preferred point; drawn to scale, all else would lie flat.
_LINEAR_PRICES = 8


class Stretch(NamedTuple):
    """A part of a frontier with one layout.

    Attributes:
        first, last (int): Its fastest and its slowest row.
        slowest, fastest (float): Between which speeds it is the layout. [tokens/s]
    """

    first: int
    last: int
    slowest: float
    fastest: float


class Columns:
    """The columns of a frame as arrays, each read when it is first asked for: a page needs half of them.

    Args:
        frame (DataFrame): The points of a frontier.
    """

    def __init__(self, frame: pd.DataFrame) -> None:
        self._frame = frame
        self._read: dict[str, npt.NDArray[Any]] = {}

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        if name not in self._read:
            self._read[name] = self._frame[name].to_numpy()
        return self._read[name]

    @property
    def names(self) -> list[str]:
        """What they are called."""
        return list(self._frame.columns)


class _Row(Mapping[str, Any]):
    """One row of columns."""

    def __init__(self, columns: Columns, row: int) -> None:
        self._columns, self._row = columns, row

    def __getitem__(self, name: str) -> Any:
        return self._columns[name][self._row]

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns.names)

    def __len__(self) -> int:
        return len(self._columns.names)


@dataclass(frozen=True)
class Points:
    """A frontier with at least one point.

    Args:
        frame (DataFrame): Its rows, fastest first, indexed from 0.
        columns (Columns): The same as arrays.
        rows (mapping): Rows of the preferred, the fastest and the cheapest point.
        steady (Points or None): The same with layouts held along it; None where they are held already.
    """

    frame: pd.DataFrame
    columns: Columns
    rows: Mapping[str, int]
    steady: Self | None = None

    @classmethod
    def of(cls, frame: pd.DataFrame, steady: pd.DataFrame | None = None) -> Self:
        """The points of a frontier, and of the one with layouts held along it where there is one."""
        frame = frame.reset_index(drop=True)
        rows = {name: row_of(frame) for name, row_of in CHOICES.items()}
        return cls(frame, Columns(frame), rows, None if steady is None else cls.of(steady))

    def __len__(self) -> int:
        return len(self.frame)

    def __getitem__(self, row: int) -> Point:
        return _Row(self.columns, row)

    @property
    def speed(self) -> Array:
        """Speed of each point. [tokens/s]"""
        return self.columns[SPEED]

    @property
    def price(self) -> Array:
        """Price of each point. [USD per million output tokens]"""
        return self.columns[PRICE]

    @cached_property
    def beyond(self) -> npt.NDArray[np.str_]:
        """Why no measurement is like each point; empty where some are."""
        return beyond_of(self.frame)

    def values(self, measure: Measure) -> Array:
        """What the vertical axis shows of each point."""
        return self.columns[measure.column]

    @cached_property
    def measures(self) -> tuple[str, ...]:
        """Keys of the measures that are known of these points."""
        return tuple(key for key, measure in MEASURES.items() if np.isfinite(self.values(measure)).all())

    def measure(self, key: str) -> Measure:
        """A measure, or that of the output's price where it is not known of these points."""
        return MEASURES[key if key in self.measures else OUTPUT]

    def at(self, tokens_per_s: float) -> int | None:
        """Row of the cheapest point at least as fast as asked, or None."""
        return row_at_speed(self.frame, tokens_per_s)

    def extent(self, measure: Measure, *, target: float, log_axes: bool) -> Ranges:
        """What axes have to show of the points and their target."""
        values = self.values(measure)
        most = _LINEAR_PRICES * float(values[self.rows["preferred"]]) if measure.money else np.inf
        return extent_of(self.speed, values, target=target, log_axes=log_axes, most_linear=most)

    def ranges(self, measure: Measure, *, target: float, log_axes: bool) -> Ranges:
        """What axes show of the points where nothing is held."""
        return rounded(self.extent(measure, target=target, log_axes=log_axes), log_axes=log_axes)

    @cached_property
    def whole(self) -> bool:
        """Whether all GPUs, degrees of parallelism and batches are whole numbers."""
        return all(bool((self.columns[name] % 1 == 0).all()) for name in ("n_gpu", *DEGREES, "batch"))

    @cached_property
    def stretches(self) -> tuple[Stretch, ...]:
        """The layouts along the frontier, fastest first.

        Between two points the layout is that of the faster one, as it is the one that is fast enough.
        """
        degrees = np.column_stack([self.columns[name].astype(float) for name in ("n_gpu", *DEGREES)])
        starts = [0, *(np.flatnonzero((np.diff(degrees, axis=0) != 0).any(axis=1)) + 1).tolist()]
        ends = [*starts[1:], len(self)]
        return tuple(
            Stretch(first, end - 1, float(self.speed[end if end < len(self) else end - 1]), float(self.speed[first]))
            for first, end in zip(starts, ends, strict=True)
        )

    def named(self) -> dict[int, str]:
        """Rows of the three points that people ask for, each with its name or names."""
        names: dict[int, list[str]] = {}
        for name in ("fastest", "cheapest", "preferred"):
            names.setdefault(self.rows[name], []).append(name)
        return {row: " and ".join(found) for row, found in names.items()}


def beyond_of(frame: pd.DataFrame) -> npt.NDArray[np.str_]:
    """Why no measurement is like each point of a frontier; empty where some are, and where the engine does not know."""
    return np.array([_reason(found) for found in frame[BEYOND].to_numpy()], dtype=str)


def reason_beyond(point: Point | pd.Series) -> str:
    """The same of one point."""
    return _reason(point[BEYOND])


def _reason(found: object) -> str:
    # What an engine does not know is NaN.
    return found if isinstance(found, str) else ""
