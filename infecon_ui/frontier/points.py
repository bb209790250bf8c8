"""The points of a frontier, column by column: arrays are read ten times faster than columns of a frame."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from infecon_core import cheapest, fastest, preferred
from infecon_ui.charts.axes import Ranges, ranges_of

Columns = Mapping[str, npt.NDArray[Any]]
# One row of a frontier: its columns by name.
Point = Mapping[Any, Any]

SPEED, PRICE = "tokens_per_s_user", "usd_per_million_tokens"
CHOICES = {"preferred": preferred, "fastest": fastest, "cheapest": cheapest}


@dataclass(frozen=True)
class Points:
    """A frontier with at least one point.

    Args:
        frame (DataFrame): Its rows, fastest first, indexed from 0.
        columns (mapping): The same as arrays.
        rows (mapping): Rows of the preferred, the fastest and the cheapest point.
    """

    frame: pd.DataFrame
    columns: Columns
    rows: Mapping[str, int]

    @classmethod
    def of(cls, frame: pd.DataFrame) -> Self:
        """The points of a frontier."""
        frame = frame.reset_index(drop=True)
        rows = {name: int(str(choose(frame).name)) for name, choose in CHOICES.items()}
        return cls(frame, {name: frame[name].to_numpy() for name in frame.columns}, rows)

    def __len__(self) -> int:
        return len(self.frame)

    def __getitem__(self, row: int) -> Point:
        return {name: values[row] for name, values in self.columns.items()}

    @property
    def speed(self) -> npt.NDArray[np.float64]:
        """Speed of each point. [tokens/s]"""
        return self.columns[SPEED]

    @property
    def price(self) -> npt.NDArray[np.float64]:
        """Price of each point. [USD per million tokens]"""
        return self.columns[PRICE]

    def ranges(self, *, log_axes: bool) -> Ranges:
        """What axes show of the points where nothing is locked."""
        preferred_price = float(self.price[self.rows["preferred"]])
        return ranges_of(self.speed, self.price, preferred_price=preferred_price, log_axes=log_axes)

    def named(self) -> dict[int, str]:
        """Rows of the three points that people ask for, each with its name or names."""
        names: dict[int, list[str]] = {}
        for name, row in self.rows.items():
            names.setdefault(row, []).append(name)
        return {row: _listed(found).capitalize() for row, found in names.items()}


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
