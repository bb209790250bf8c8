"""The commands `predict` and `calibrate`: measurements of one's own, or those of the repository."""

import argparse
import sys
from pathlib import Path

import pandas as pd

from infecon_core.catalog import DATA, constants
from infecon_core.catalog.measurements import is_empty, near_columns, parse, shipped_points
from infecon_core.cli.calibration import MOST_TOLD, calibration_text
from infecon_core.cli.printing import as_json, write
from infecon_core.measured.own_points import corrected
from infecon_core.measured.predict import predict
from infecon_core.validation.report import calibrate, record


def predicted(args: argparse.Namespace) -> str:
    """The rows of a file with their predictions, as CSV."""
    points = _points(args.points)
    if near := near_columns(list(points.columns)):
        told = ", ".join(f"'{name[:40]}' (is it {column}?)" for name, column in list(near.items())[:MOST_TOLD])
        print(f"infecon: not read, but passed through: {' '.join(told.split())}.", file=sys.stderr)
    found = predict(points, keep=args.keep)
    return str((corrected(found) if args.correct else found).to_csv(index=False, lineterminator="\n"))


def calibrated(args: argparse.Namespace) -> str:
    """The report of a fit; writes its constants where that was asked for."""
    if args.points is None:
        found = calibrate(shipped_points())
    elif args.write:
        raise ValueError("--write is for the repository's own points; leave out --in.")
    else:
        points = _points(args.points)
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


def _points(name: str) -> pd.DataFrame:
    """A table of measurements that somebody brings."""
    try:
        return parse(Path(name).read_bytes())
    except OSError as error:
        raise ValueError(f"Cannot read {name}: {error.strerror}.") from error
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from error
