"""A reader's own measurements: read a CSV line by line, score it, refit the constants, use them."""

import csv
import io
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
import streamlit as st

from infecon_core.calibration.constants import FITTED, records, shipped
from infecon_core.calibration.fit import Errors, Fitter, errors
from infecon_core.calibration.measurements import COLUMNS, REQUIRED, parse, shipped_points
from infecon_core.calibration.predict import predict
from infecon_core.spec import ServingConstants
from infecon_ui import links
from infecon_ui.measured import MEASURED, SERVING, described, percent
from infecon_ui.parameters.serving import serving_constants

MAX_ROWS = 20_000
MAX_FITTED = 3_000  # points that a refit takes; more would keep the reader waiting
MAX_LISTED = 500  # rows that are listed with their reason
ENOUGH_FOR_FOLDS = 15

# Beside the columns of a prediction: the measurement, and what the hover text shows.
ALSO = {MEASURED: "measured time per output token [ms]", "engine": "software", "date": "", "source_id": "where from"}
_TEMPLATE_ROWS = 3
UPLOADER = "own_upload"
_FILE = "own_file"
_ASKED = "own_refit_asked"


class BadFileError(ValueError):
    """One sentence on why a file cannot be read at all."""


class Fault(NamedTuple):
    """A row that cannot be predicted.

    Parameters
    ----------
    line : int
        Its line in the file; the header is line 1.
    reason : str
        What is wrong with it.
    """

    line: int
    reason: str


@dataclass(frozen=True)
class Report:
    """What the engine makes of a reader's points.

    Parameters
    ----------
    points : DataFrame
        The rows that can be predicted, as the shipped points, with `serving_ms`; its index is the line.
    faults : tuple of Fault
        The rows that cannot.
    score : Errors
        Errors of the engine on the points.
    """

    points: pd.DataFrame
    faults: tuple[Fault, ...]
    score: Errors


@dataclass(frozen=True)
class Refit:
    """Constants fitted to a reader's points.

    Parameters
    ----------
    constants : ServingConstants
        The fitted constants.
    before, after : Errors
        Errors on the points of the fit with the shipped constants and with these.
    unseen : Errors or None
        Errors on fifths of the points by constants fitted to the others; None for few points.
    n_fitted : int
        Points of the fit. [1]
    """

    constants: ServingConstants
    before: Errors
    after: Errors
    unseen: Errors | None
    n_fitted: int


def template() -> str:
    """A CSV with every column and a few shipped points as examples."""
    points = shipped_points()
    shown = points.groupby("model_id", sort=False).head(1).head(_TEMPLATE_ROWS)
    return str(shown[[name for name in (*COLUMNS, *ALSO) if name in points.columns]].to_csv(index=False))


def columns_table() -> pd.DataFrame:
    """The columns of the template: what each holds, and whether it must be there."""
    needed = {*REQUIRED, MEASURED}
    return pd.DataFrame(
        [
            {"Column": name, "Holds": meaning, "Needed": "yes" if name in needed else ""}
            for name, meaning in {**COLUMNS, **ALSO}.items()
            if meaning
        ]
    ).sort_values("Needed", ascending=False, kind="stable")


def read(data: bytes) -> pd.DataFrame:
    """Read a file of measurements.

    Parameters
    ----------
    data : bytes
        The file.

    Returns
    -------
    DataFrame
        Its known columns as text; the index is the line in the file.

    Raises
    ------
    BadFileError
        Where the file is no table with the columns that are needed; names the line where there is one.
    """
    if data[:2] == b"PK":
        raise BadFileError("The file is a spreadsheet or an archive; save the table as CSV.")
    try:
        rows = parse(data)
    except ValueError as error:
        raise BadFileError(str(error)[:1].upper() + str(error)[1:]) from error
    if MEASURED not in rows.columns:
        raise BadFileError(f"The header lacks the column {MEASURED}, the {ALSO[MEASURED]}.")
    if rows.empty:
        raise BadFileError("The file holds no rows under its header; the template shows how they look.")
    if len(rows) > MAX_ROWS:
        raise BadFileError(f"The file has {len(rows):,} rows; split it into parts of at most {MAX_ROWS:,}.")
    rows.index = pd.Index(_lines(data), name="line")
    return rows[[name for name in (*COLUMNS, *ALSO) if name in rows.columns]]


def _lines(data: bytes) -> list[int]:
    """The line on which each row ends; a row may span several, and there may be empty ones between."""
    reader = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    return [reader.line_num for row in reader if row][1:]


@st.cache_data(max_entries=32, show_spinner=False)
def report(data: bytes, constants: ServingConstants | None = None) -> Report:
    """Predict every row of a file and compare.

    Parameters
    ----------
    data : bytes
        The file.
    constants : ServingConstants or None
        Constants of the engine; the shipped ones where None.

    Raises
    ------
    BadFileError
        Where the file is no table of measurements.
    """
    rows = read(data)
    measured = pd.to_numeric(rows[MEASURED], errors="coerce").astype(float)
    wrong = ~((measured > 0) & (measured < np.inf))
    faults = [
        Fault(int(line), f"{MEASURED} is {_shown(text)}; give a positive number of milliseconds")
        for line, text in rows[MEASURED][wrong].items()
    ]
    predicted = predict(rows.assign(**{MEASURED: measured})[~wrong], constants)
    faulty = predicted["error"] != ""
    faults += [Fault(int(line), reason) for line, reason in predicted["error"][faulty].items()]
    points = predicted[~faulty]
    points = described(points.assign(**{SERVING.column: points["predicted_tpot_ms"]}))
    score = errors(points[SERVING.column].to_numpy(float), points[MEASURED].to_numpy(float))
    return Report(points, tuple(sorted(faults)), score)


def _shown(text: object) -> str:
    word = str(text).strip()
    return f"'{word[:40]}'" if word else "empty"


@st.cache_data(max_entries=32, show_spinner=False)
def refit(data: bytes) -> Refit:
    """Fit the constants to the points of a file, with the shipped values as priors.

    Parameters
    ----------
    data : bytes
        The file; of many points, evenly spaced ones are taken.

    Raises
    ------
    BadFileError
        Where the file holds no point to fit, or the fit leaves the range of a constant.
    """
    points = report(data).points
    if points.empty:
        raise BadFileError("No row of the file can be predicted, so there is nothing to fit.")
    if len(points) > MAX_FITTED:
        points = points.iloc[np.linspace(0, len(points) - 1, MAX_FITTED).round().astype(int)]
    fitter = Fitter(points, start=shipped())
    constants = fitter.fit()
    for number in serving_constants():
        value = getattr(constants, str(number.path[0])) / number.per_unit
        if not number.minimum <= value <= number.maximum:
            raise BadFileError(
                f"The fit puts “{number.label}” at {value:.3g}, which should be from {number.minimum:g} to "
                f"{number.maximum:g}; perhaps a column is in another unit than the template's."
            )
    before, after = (errors(fitter.predicted_s(c), fitter.measured_s) for c in (shipped(), constants))
    unseen = None
    if len(points) >= ENOUGH_FOR_FOLDS:
        unseen = errors(fitter.leave_out(fitter.folds()), fitter.measured_s)
    return Refit(constants, before, after, unseen, len(points))


def constants_table(constants: ServingConstants) -> pd.DataFrame:
    """The fitted constants beside the shipped ones.

    Parameters
    ----------
    constants : ServingConstants
        Fitted to a reader's points.
    """
    rows = []
    for name in FITTED:
        old, new = getattr(shipped(), name), getattr(constants, name)
        unit = records()[name]["unit"]
        # Overheads are microseconds each.
        scale, unit = (1e6, "µs") if unit == "s" else (1.0, "" if unit == "1" else unit)
        rows.append(
            {
                "Constant": records()[name]["meaning"],
                "Unit": unit,
                "Shipped": old * scale,
                "Yours": new * scale,
                "Ratio": new / old if old else np.nan,
            }
        )
    return pd.DataFrame(rows)


def reading(result: Report) -> str:
    """Say how far off the engine is on a reader's points."""
    n, score = len(result.points), result.score
    faults = len(result.faults)
    rest = f" {faults:,} {'row' if faults == 1 else 'rows'} cannot be predicted." if faults else ""
    if not n:
        return f"No row of the file can be predicted.{rest}"
    side = "too fast" if score.bias < 1 else "too slow"
    return (
        f"On {n:,} of your points the engine is off by {percent(score.median)} in the middle case and "
        f"{percent(abs(score.bias - 1))} {side} on average.{rest}"
    )


def cards(score: Errors) -> tuple[tuple[str, str, str], ...]:
    """Errors as labelled figures: label, text, meaning."""
    return (
        ("Points", f"{score.n:,}", "Rows that were predicted and compared."),
        ("Median error", percent(score.median), "Median of |predicted / measured − 1|."),
        ("Bias", f"×{score.bias:.2f}", "Geometric mean of predicted / measured: below 1 the engine is too fast."),
        ("90% within", f"×{score.factor_90:.2f}", "Nine of ten points are within this factor."),
        ("Within 25%", f"{score.within_25:.0%}", "Share of points within 25%."),
    )


def faults_table(result: Report) -> pd.DataFrame:
    """The first rows that cannot be predicted, with their lines in the file."""
    return pd.DataFrame(result.faults[:MAX_LISTED], columns=["Line", "Reason"])


def beside(shipped_frame: pd.DataFrame, result: Report) -> pd.DataFrame:
    """A reader's points and the shipped ones, for axes that hold both."""
    columns = [MEASURED, SERVING.column]
    return pd.concat([shipped_frame[columns], result.points[columns]])


def refit_reading(result: Refit) -> str:
    """Say what the refit changes."""
    unseen = (
        f" and {percent(result.unseen.median)} on fifths of them that the fit did not see"
        if result.unseen is not None
        else "; there are too few points to test it on some that it did not see"
    )
    return (
        f"With constants fitted to {result.n_fitted:,} of your points the error goes from "
        f"{percent(result.before.median)} to {percent(result.after.median)} on the same points{unseen}."
    )


def keep_file() -> None:
    """Keep the file of the uploader for this session, or drop it with the uploader's; for its `on_change`."""
    file = st.session_state[UPLOADER]
    if file is None:
        forget_file()
    else:
        st.session_state[_FILE] = (file.name, file.getvalue())


def forget_file() -> None:
    """Drop the file of this session; for a button's `on_click`."""
    st.session_state.pop(_FILE, None)


def kept_file() -> tuple[str, bytes] | None:
    """Name and contents of the file that was uploaded in this session; a change of page keeps it."""
    kept: tuple[str, bytes] | None = st.session_state.get(_FILE)
    return kept


def ask_for_refit(data: bytes) -> None:
    """Remember that a refit to this file is wanted; for a button's `on_click`."""
    st.session_state[_ASKED] = hash(data)


def refit_asked(data: bytes) -> bool:
    """Whether a refit to this file is wanted."""
    return bool(st.session_state.get(_ASKED) == hash(data))


def use_constants(constants: ServingConstants) -> None:
    """Set the calibration constants of this session; for a button's `on_click`.

    Parameters
    ----------
    constants : ServingConstants
        Fitted to a reader's points.
    """
    for number in serving_constants():
        # Six digits, as many as the shipped ones have: more than any fit knows, and short enough for a link.
        value = float(f"{getattr(constants, str(number.path[0])) / number.per_unit:.6g}")
        if value == number.default:
            st.session_state.pop(number.key, None)
        else:
            st.session_state[number.key] = value
    st.session_state["engine"] = "serving"


def drop_constants() -> None:
    """Go back to the shipped constants; for a button's `on_click`."""
    for number in serving_constants():
        st.session_state.pop(number.key, None)


def uses_own_constants() -> bool:
    """Whether this session computes with constants other than the shipped ones."""
    return any(links.value(number.key) != number.default for number in serving_constants())
