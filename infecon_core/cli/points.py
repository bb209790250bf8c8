"""The commands `predict` and `calibrate`: measurements of one's own, or those of the repository."""

import argparse
import csv
import sys
from pathlib import Path

import pandas as pd

from infecon_core.catalog import DATA, constants
from infecon_core.catalog.files import IS_INSTALLED
from infecon_core.catalog.measurements import is_empty, near_columns, parse, shipped_points
from infecon_core.cli.calibration import MOST_TOLD, calibration_text
from infecon_core.cli.printing import as_json, write
from infecon_core.given_files import content_of
from infecon_core.measured.own_points import corrected
from infecon_core.measured.predict import predict
from infecon_core.schema.words import quotable
from infecon_core.validation.report import calibrate, record

# What a table may hold, so that a command takes minutes and a few hundred MB at the most. A fit takes a second for
# 2,000 rows of a few setups, and a minute for 20,000 of as many setups.
MOST_ROWS, MOST_FITTED_ROWS = 100_000, 20_000
MOST_BYTES = 100_000_000


def predicted(args: argparse.Namespace) -> str:
    """The rows of a file with their predictions, as CSV.

    Cells pass through as they were given, so that a file that is predicted twice stays the same: what a spreadsheet
    would take for a formula was one in the file, and is not quoted.
    """
    points = _points(args.points, MOST_ROWS)
    if near := near_columns(list(points.columns)):
        told = ", ".join(f"'{quotable(name, 40)}' (is it {column}?)" for name, column in list(near.items())[:MOST_TOLD])
        print(f"infecon: not read, but passed through: {' '.join(told.split())}.", file=sys.stderr)
    found = predict(points, keep=args.keep)
    return _csv(corrected(found) if args.correct else found)


def _csv(found: pd.DataFrame) -> str:
    text = str(found.to_csv(index=False, lineterminator="\n"))
    # Before Python 3.13 nothing quotes a cell for its carriage return, which readers take for the end of a line.
    return str(found.to_csv(index=False, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)) if "\r" in text else text


def calibrated(args: argparse.Namespace) -> str:
    """The report of a fit; writes its constants where that was asked for."""
    if args.write and IS_INSTALLED:
        raise ValueError("--write is for a clone of the repository; --out writes the constants into a file.")
    if args.points is None:
        found = calibrate(shipped_points())
    elif args.write:
        raise ValueError("--write is for the repository's own points; leave out --in.")
    else:
        points = _points(args.points, MOST_FITTED_ROWS)
        if "suspect" in points.columns:
            points = points[[is_empty(reason) for reason in points["suspect"]]]
        try:
            found = calibrate(points, constants.shipped(), keep=args.keep)
        except ValueError as error:
            raise ValueError(f"{args.points}: {error}") from error
    if args.constants is not None:
        write(found.constants.model_dump_json(indent=2) + "\n", args.constants)
    if args.write:
        path = DATA / "calibration" / "serving.toml"
        write(constants.with_values(path.read_text(encoding="utf-8"), found.constants), str(path))
    return as_json(record(found)) if args.format == "json" else calibration_text(found)


def _points(name: str, most_rows: int) -> pd.DataFrame:
    """A table of measurements that somebody brings; refused before it is taken apart where it is too long."""
    content = content_of(Path(name), "a table of measurements", MOST_BYTES)
    try:
        if (rows := content.count(b"\n")) > most_rows + 1:
            raise ValueError(
                f"it has {rows:,} lines, and this command takes at most {most_rows:,} rows; give a part of them."
            )
        return parse(content)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from error
