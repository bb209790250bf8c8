"""A reader's own measurements: a CSV read line by line, predicted and compared."""

from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd

from infecon_core.catalog.measurements import parse, shipped_points
from infecon_core.measured.own_points import corrected, own_factors
from infecon_core.measured.predict import predict
from infecon_core.measured.rows import GROUP_COLUMNS, read_numbers
from infecon_core.schema.measurement import MEASUREMENT_COLUMNS, REQUIRED_COLUMNS, TEMPLATE_COLUMNS
from infecon_core.validation.scores import Errors, errors
from infecon_ui.measured.points import MEASURED, SERVING, with_names
from infecon_ui.text.formats import percent

MAX_ROWS = 20_000  # predicted within a second; about as many as 1 MB holds
# A refit works through every one a hundred times; what is measured of a whole catalog of servers is a third of it.
MAX_SETUPS = 200
MAX_LISTED = 500  # rows that are listed with their reason: more than anybody reads
TEMPLATE_ROWS = 3


class BadFileError(ValueError):
    """One sentence on why a file cannot be read at all."""


class RowFault(NamedTuple):
    """A row that cannot be predicted: its line in the file, where the header is line 1, and what is wrong with it."""

    line: int
    reason: str


@dataclass(frozen=True)
class UploadReport:
    """What the engine makes of a reader's points.

    `points` are the rows that can be predicted, as the shipped points, indexed by the line.
    """

    points: pd.DataFrame
    faults: tuple[RowFault, ...]
    score: Errors


@dataclass(frozen=True)
class Correction:
    """Errors of a reader's points, each corrected by the others and by the shipped measurements, and the factors.

    `factors` are those of each model on each accelerator, as `own_factors` returns them.
    """

    score: Errors
    factors: pd.DataFrame


def template() -> str:
    """A CSV with every column and a few shipped points as examples."""
    shown = shipped_points().groupby("model_id", sort=False).head(1).head(TEMPLATE_ROWS)
    return str(shown[list(TEMPLATE_COLUMNS)].to_csv(index=False))


def columns_table() -> pd.DataFrame:
    """The columns of the template, those that must be there first: what each holds, and whether it must be there."""
    needed = {*REQUIRED_COLUMNS, MEASURED}
    rows = [
        {"Column": name, "Holds": MEASUREMENT_COLUMNS[name].holds, "Needed": "yes" if name in needed else ""}
        for name in sorted(TEMPLATE_COLUMNS, key=lambda name: name not in needed)
    ]
    return pd.DataFrame(rows)


def read(data: bytes) -> pd.DataFrame:
    """The known columns of a file as text, indexed by the line in the file; BadFileError where it cannot be read."""
    if data[:2] == b"PK":
        raise BadFileError("The file is a spreadsheet or an archive; save the table as CSV.")
    try:
        rows = parse(data, (*REQUIRED_COLUMNS, MEASURED))
    except ValueError as error:
        raise BadFileError(str(error)[:1].upper() + str(error)[1:]) from error
    if rows.empty:
        raise BadFileError("The file holds no rows under its header; the template shows how they look.")
    if len(rows) > MAX_ROWS:
        raise BadFileError(f"The file has {len(rows):,} rows; split it into parts of at most {MAX_ROWS:,}.")
    if (setups := len(rows[[name for name in GROUP_COLUMNS if name in rows.columns]].drop_duplicates())) > MAX_SETUPS:
        raise BadFileError(
            f"The file has {setups:,} different setups (model, accelerator, weights and KV cache); split it into parts "
            f"of at most {MAX_SETUPS:,}."
        )
    return rows[[name for name in TEMPLATE_COLUMNS if name in rows.columns]]


def upload_report(data: bytes) -> UploadReport:
    """Predict every row of a file and compare; BadFileError where it is no table of measurements."""
    rows = read(data)
    # A row without a measurement is a fault here, though it could be predicted.
    wanted = MEASUREMENT_COLUMNS[MEASURED]._replace(needed=True)
    measured, wrong = read_numbers(wanted, rows[MEASURED], len(rows))
    faults = [RowFault(int(rows.index[i]), reason) for i, reason in wrong.items()]
    predicted = predict(rows.assign(**{MEASURED: measured}).drop(index=[fault.line for fault in faults]))
    faulty = predicted["error"] != ""
    rows_at_fault = zip(predicted.index[faulty], predicted["error"][faulty], strict=True)
    faults += [RowFault(int(line), reason) for line, reason in rows_at_fault]
    points = with_names(predicted[~faulty])
    return UploadReport(points, tuple(sorted(faults)), errors(points[SERVING.column], points[MEASURED]))


def correction(data: bytes) -> Correction:
    """What a file's points say of each other; BadFileError where it is no table of measurements."""
    points = upload_report(data).points
    found = corrected(points)
    return Correction(errors(found["corrected_tpot_ms"], found[MEASURED]), own_factors(points))


def faults_table(report: UploadReport) -> pd.DataFrame:
    """The first rows that cannot be predicted, with their lines in the file."""
    return pd.DataFrame(report.faults[:MAX_LISTED], columns=["Line", "Reason"])


def beside(shipped: pd.DataFrame, report: UploadReport) -> pd.DataFrame:
    """A reader's points and the shipped ones, for axes that hold both."""
    columns = [MEASURED, SERVING.column]
    return pd.concat([shipped[columns], report.points[columns]])


def metrics(score: Errors) -> tuple[tuple[str, str, str], ...]:
    """Errors as labelled figures: label, text, meaning."""
    return (
        ("Points", f"{score.n:,}", "Rows that were predicted and compared."),
        ("Median error", percent(score.median), "Median of |predicted / measured − 1|."),
        ("Bias", f"×{score.bias:.2f}", "Geometric mean of predicted / measured: below 1 the engine is too fast."),
        ("90% within", f"×{score.factor_90:.2f}", "Nine of ten points are within this factor."),
        ("Within 25%", f"{score.within_25:.0%}", "Share of points within 25%."),
    )
