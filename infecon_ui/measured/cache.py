"""What the page makes of the points that pass the filters, kept over reruns.

Visitors share the answers themselves: nobody may change one.
"""

from functools import lru_cache

import pandas as pd

from infecon_core.schema.measurement import MEASUREMENT_COLUMNS
from infecon_ui.charts.figure import Figure
from infecon_ui.measured import figures, sentences, tables
from infecon_ui.measured.points import (
    GROUPS,
    PREDICTORS,
    SHOWN_POINTS,
    Filters,
    Predictor,
    error,
    measured_points,
    names,
    thinned,
    with_left_out,
)


@lru_cache(maxsize=64)
def headline(filters: Filters, *, left_out: bool) -> str:
    """How far off the engine is; takes a second the first time where it is to tell of models left out of the fit."""
    points = chosen(filters)
    return sentences.headline(with_left_out(points) if left_out else points, len(measured_points()))


@lru_cache(maxsize=1)
def options() -> dict[str, list[str]]:
    """What points can be filtered by: the values of every column that groups them."""
    return {column: names(measured_points(), column) for column in GROUPS.values()}


@lru_cache(maxsize=16)
def chosen(filters: Filters) -> pd.DataFrame:
    """The points that pass the filters."""
    return filters.choose(measured_points())


@lru_cache(maxsize=64)
def error_of(filters: Filters, column: str) -> float:
    """Median error of one prediction. [1]"""
    return error(chosen(filters), column)


@lru_cache(maxsize=64)
def scatter(filters: Filters, beside: tuple[Predictor, ...], column: str, colour: str) -> Figure:
    """Predicted against measured times, on the axes of all charts that stand side by side."""
    points = chosen(filters)
    drawn = thinned(points, SHOWN_POINTS // len(beside))
    ends = figures.ends_of(points, [predictor.column for predictor in beside])
    marks = figures.marks_of(measured_points()[colour])
    return figures.scatter_figure(drawn, column, colour, marks, ends, small=len(beside) > 1)


def csv(filters: Filters) -> str:
    """The points that pass the filters with the predictions of all models, as CSV."""
    columns = [*MEASUREMENT_COLUMNS, *(predictor.column for predictor in PREDICTORS)]
    return str(chosen(filters)[columns].to_csv(index=False, lineterminator="\n"))


@lru_cache(maxsize=64)
def error_table(filters: Filters, column: str, *, seen: bool) -> pd.DataFrame:
    """The errors of every group; takes a second the first time."""
    return tables.error_table(with_left_out(chosen(filters)), column, seen=seen)


@lru_cache(maxsize=64)
def worst(filters: Filters) -> list[str]:
    """Sentences on the groups that are predicted worst."""
    return sentences.worst(chosen(filters))


@lru_cache(maxsize=64)
def residuals(filters: Filters) -> dict[str, Figure]:
    """Charts of predicted / measured along every property, by its key of `BINS`."""
    return {
        by: figures.residual_figure(tables.binned(chosen(filters), by), bins.title) for by, bins in tables.BINS.items()
    }
