"""The engine's constants fitted to a reader's points."""

import math
from dataclasses import dataclass

import pandas as pd

from infecon_core.catalog.constants import FITTED, shipped
from infecon_core.schema import ServingConstants
from infecon_core.schema.field import facts_of
from infecon_core.validation.fit import Fitter
from infecon_core.validation.scores import Errors, errors
from infecon_ui.measured.points import thinned_evenly
from infecon_ui.measured.upload import BadFileError, upload_report

MAX_FITTED = 3_000  # points that a refit takes; more would keep the reader waiting
ENOUGH_FOR_FOLDS = 15  # three points in each fifth, the fewest that are predicted without themselves


@dataclass(frozen=True)
class Refit:
    """Constants fitted to so many of a reader's points, and errors on these before and after.

    `unseen` are the errors on fifths of the points by constants fitted to the others; None for few points.
    """

    constants: ServingConstants
    before: Errors
    after: Errors
    unseen: Errors | None
    n_fitted: int


def refit(data: bytes) -> Refit:
    """Fit the constants to a file's points, evenly spaced ones of many, with the shipped values as priors.

    BadFileError where the file holds no point to fit, or the fit leaves the range of a constant.
    """
    points = thinned_evenly(upload_report(data).points, MAX_FITTED)
    if points.empty:
        raise BadFileError("No row of the file can be predicted, so there is nothing to fit.")
    fitter = Fitter(points, start=shipped())
    constants = fitter.fit()
    for name in FITTED:
        facts, value = facts_of(ServingConstants)[name], getattr(constants, name)
        if not facts.ge <= value <= facts.le:
            shown = f"{facts.ge / facts.per_shown:g} to {facts.le / facts.per_shown:g}"
            raise BadFileError(
                f"The fit puts “{facts.title}” at {value / facts.per_shown:.3g}, which should be from {shown}; perhaps "
                "a column is in another unit than the template's."
            )
    before, after = (errors(fitter.predicted_s(c), fitter.measured_s) for c in (shipped(), constants))
    enough = len(points) >= ENOUGH_FOR_FOLDS
    unseen = errors(fitter.leave_out(fitter.folds()), fitter.measured_s) if enough else None
    return Refit(constants, before, after, unseen, len(points))


def constants_table(constants: ServingConstants) -> pd.DataFrame:
    """The constants fitted to a reader's points beside the shipped ones."""
    rows = []
    for name in FITTED:
        facts, old, new = facts_of(ServingConstants)[name], getattr(shipped(), name), getattr(constants, name)
        unit = facts.shown or facts.unit
        rows.append(
            {
                "Constant": facts.help,
                "Unit": "" if unit == "1" else unit,
                "Shipped": old / facts.per_shown,
                "Yours": new / facts.per_shown,
                "Ratio": new / old if old else math.nan,
            }
        )
    return pd.DataFrame(rows)
