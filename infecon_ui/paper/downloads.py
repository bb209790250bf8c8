"""The paper's exhibits as files: printed and computed values, where they come from, and the scenario of each row."""

import re

import pandas as pd

from infecon_core import catalog
from infecon_core.paper.exhibits.curves import CurveSet, DrawnFigures
from infecon_core.paper.exhibits.values import Curve, Exhibit
from infecon_core.schema import Provenance
from infecon_ui.paper import exhibits, opening

# What a curve's file has of every point.
_POINT = ["tokens_per_s_user", "usd_per_million_tokens", "n_gpu", "batch", "mfu"]


def values_csv(exhibit_id: str) -> str:
    """One exhibit as CSV: a line a number, printed beside computed."""
    shown, table = exhibits.exhibit(exhibit_id), exhibits.table(exhibit_id)
    frame = table.assign(scenario=opening.choices(table, shown))
    return _text(frame, shown.label, shown.provenance)


def curves_csv(of: Exhibit | CurveSet, figures: Exhibit | DrawnFigures) -> str:
    """The curves of a figure as CSV: a line a point.

    Args:
        of (Exhibit or CurveSet): Whose curves they are.
        figures (Exhibit or DrawnFigures): What the source is told of.
    """
    frames = [_points(line) for line in of.curves]
    return _text(pd.concat(frames), figures.label, figures.provenance)


def file_name(what: str) -> str:
    """The name of a file of today's data."""
    return f"erdil-2025-{what}-{catalog.data_version()}.csv"


def file_key(*words: str) -> str:
    """Words as they stand in the name of a file: "figures-3-to-8-width-of-the-weights"."""
    return "-".join(re.findall(r"[a-z0-9]+", " ".join(words).lower()))


def _points(line: Curve) -> pd.DataFrame:
    frame = exhibits.curve(line.setup)
    points = frame[[name for name in _POINT if name in frame]].copy()
    points.insert(0, "curve", line.label)
    return points.assign(scenario=opening.of_curves([line])[line.label].removeprefix(opening.ROOT))


def _text(frame: pd.DataFrame, label: str, provenance: Provenance) -> str:
    told = frame.assign(
        exhibit=label, source=provenance.source, date=provenance.date, data_version=catalog.data_version()
    )
    return str(told.to_csv(index=False, lineterminator="\n"))
