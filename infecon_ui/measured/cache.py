"""What the page makes of the points that pass the filters, kept over reruns.

Visitors share the answers themselves: nobody may change one.
"""

from functools import cache

import pandas as pd

from infecon_core.schema.measurement import MEASUREMENT_COLUMNS
from infecon_ui.bounded_cache import BoundedCache
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

# Some ten choices of filters with all that the page shows of them.
FILTERED = BoundedCache(24_000_000)


@FILTERED.keep
def headline(filters: Filters, *, left_out: bool) -> str:
    """How far off the engine is; takes a second the first time where it is to tell of models left out of the fit."""
    points = chosen(filters)
    return sentences.headline(with_left_out(points) if left_out else points, len(measured_points()))


@cache
def options() -> dict[str, list[str]]:
    """What points can be filtered by: the values of every column that groups them."""
    return {column: names(measured_points(), column) for column in GROUPS.values()}


@FILTERED.keep
def chosen(filters: Filters) -> pd.DataFrame:
    """The points that pass the filters."""
    return filters.choose(measured_points())


@FILTERED.keep
def error_of(filters: Filters, column: str) -> float:
    """Median error of one prediction. [1]"""
    return error(chosen(filters), column)


@FILTERED.keep
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


@FILTERED.keep
def error_table(filters: Filters, column: str, *, seen: bool) -> pd.DataFrame:
    """The errors of every group; takes a second the first time."""
    return tables.error_table(with_left_out(chosen(filters)), column, seen=seen)


@FILTERED.keep
def worst(filters: Filters) -> list[str]:
    """Sentences on the groups that are predicted worst."""
    return sentences.worst(chosen(filters))


@FILTERED.keep
def residuals(filters: Filters) -> dict[str, Figure]:
    """Charts of predicted / measured along every property, by its key of `BINS`."""
    return {
        by: figures.residual_figure(tables.binned(chosen(filters), by), bins.title) for by, bins in tables.BINS.items()
    }
