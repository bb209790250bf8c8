"""Builds of serving software: which measurements are of one build, as far as they tell.

More than a third of the points name no version of their software. Such a point may be of any build of that software
that was measured within two weeks of it, and is taken to be: builds that it may be of count as one.
"""

from collections.abc import Hashable, Iterable
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from infecon_core.catalog.measurements import software_name
from infecon_core.measured.rows import words_of

Array = npt.NDArray[np.float64]
Label = TypeVar("Label", bound=Hashable)
Setup = tuple[str, str]

# A point without a version is of one build with others of its software so many days apart; a choice.
SAME_BUILD_DAYS = 14.0

SETUP = ("model_id", "accelerator_id")


class Release(NamedTuple):
    """What a point tells of the serving software that it was measured with.

    Attributes:
        software, version (str): Its name and the word behind it, in lower case; empty where not told.
        day (float or None): Day of the measurement since 1970; None where unknown. [d]
    """

    software: str
    version: str
    day: float | None

    def may_be(self, other: "Release") -> bool:
        """Whether nothing tells two apart: of one software and version, or of days close by where one lacks a version.

        What is undated may be of any day.

        Examples:
            >>> may = Release("vLLM", "", 10.0)
            >>> [may.may_be(Release("vLLM", "", 24.0)), may.may_be(Release("vLLM", "", 25.0))]
            [True, False]
            >>> [may.may_be(Release("vLLM", "0.9", None)), may.may_be(Release("SGLang", "", 10.0))]
            [True, False]
            >>> Release("vLLM", "0.9", 10.0).may_be(Release("vLLM", "0.10", 10.0))
            False
        """
        if self.software != other.software:
            return False
        if self.version and other.version:
            return self.version == other.version
        return self.day is None or other.day is None or abs(self.day - other.day) <= SAME_BUILD_DAYS


# Releases that are taken for one build: each may be another one of them.
Build = frozenset[Release]


def builds_of(points: pd.DataFrame) -> list[Build]:
    """The build of serving software of each row: all releases of its model and accelerator that it may be of.

    Whoever may be of one build with a row of it belongs to it too: where a row without a version lies between two
    versions, within days of either, all three are one.

    Examples:
        >>> table = pd.DataFrame({"serving_software": ["vllm 0.9", "vllm", "vllm 0.10", "vllm"]})
        >>> dates = ["2026-01-02", "2026-01-09", "2026-03-01", "2026-05-01"]
        >>> [len(build) for build in builds_of(table.assign(date=dates))]
        [2, 2, 1, 1]
    """
    software = words_of(points, "serving_software").tolist()
    known = [None if np.isnan(day) else float(day) for day in days(points)]
    releases = [
        Release(software_name(text, other=None), next(iter(text.lower().split()[1:]), ""), day)
        for text, day in zip(software, known, strict=True)
    ]
    found: list[Build] = [frozenset()] * len(points)
    for rows in rows_by_label(setups_of(points)).values():
        builds = joined(releases[i] for i in rows)
        for i in rows:
            found[i] = builds[releases[i]]
    return found


def joined(releases: Iterable[Release]) -> dict[Release, Build]:
    """The build of each of some releases: those that it may be, those that these may be, and so on."""
    builds: list[set[Release]] = []
    for release in dict.fromkeys(releases):
        near = [build for build in builds if any(release.may_be(other) for other in build)]
        builds = [build for build in builds if build not in near]
        builds.append({release}.union(*near))
    return {release: frozenset(build) for build in builds for release in build}


def days(points: pd.DataFrame) -> Array:
    """Day of each measurement since 1970, of a month its first; NaN where unknown. [d]"""
    dates = pd.to_datetime(words_of(points, "date"), errors="coerce", format="ISO8601")
    return np.asarray((dates - pd.Timestamp("1970-01-01")) / pd.Timedelta(days=1), dtype=np.float64)


def rows_by_label(labels: Iterable[Label]) -> dict[Label, npt.NDArray[np.intp]]:
    """Rows that share a label, by label.

    Examples:
        >>> rows_by_label(["x", "y", "x"])
        {'x': array([0, 2]), 'y': array([1])}
    """
    found: dict[Label, list[int]] = {}
    for i, label in enumerate(labels):
        found.setdefault(label, []).append(i)
    return {label: np.array(rows, dtype=np.intp) for label, rows in found.items()}


def setups_of(points: pd.DataFrame) -> list[Setup]:
    """Model and accelerator of each row."""
    models, accelerators = (words_of(points, name) for name in SETUP)
    return list(zip(models, accelerators, strict=True))
