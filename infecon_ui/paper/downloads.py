"""The paper's exhibits as files: printed and computed values, where they come from, and the scenario of each row."""

import pandas as pd

from infecon_core import catalog
from infecon_core.paper.exhibits.curves import CurveSet, DrawnFigures
from infecon_core.paper.exhibits.values import Curve, Exhibit
from infecon_core.schema import Provenance
from infecon_ui.paper import exhibits, opening

# What a curve's file has of every point.
_POINT = ["tokens_per_s_user", "usd_per_million_tokens", "n_gpu", "batch", "mfu"]


def values(exhibit_id: str) -> pd.DataFrame:
    """One exhibit as a table: a row a number, printed beside computed."""
    shown, table = exhibits.exhibit(exhibit_id), exhibits.table(exhibit_id)
    frame = table.assign(scenario=opening.choices(table, shown))
    return _told(frame, shown.label, shown.provenance)


def curves(of: Exhibit | CurveSet, figures: Exhibit | DrawnFigures) -> pd.DataFrame:
    """The curves of a figure as a table: a row a point.

    Args:
        of (Exhibit or CurveSet): Whose curves they are.
        figures (Exhibit or DrawnFigures): What the source is told of.
    """
    frames = [_points(line) for line in of.curves]
    return _told(pd.concat(frames), figures.label, figures.provenance)


def file_name(what: str) -> str:
    """The name of a file of today's data."""
    return f"erdil-2025-{what}-{catalog.data_version()}.csv"


def _points(line: Curve) -> pd.DataFrame:
    frame = exhibits.curve(line.setup)
    points = frame[[name for name in _POINT if name in frame]].copy()
    points.insert(0, "curve", line.label)
    return points.assign(scenario=opening.of_curves([line])[line.label].removeprefix(opening.ROOT))


def csv(table: pd.DataFrame) -> str:
    """A table as CSV."""
    return str(table.to_csv(index=False, lineterminator="\n"))


def _told(frame: pd.DataFrame, label: str, provenance: Provenance) -> pd.DataFrame:
    return frame.assign(
        exhibit=label, source=provenance.source, source_date=provenance.date, data_version=catalog.data_version()
    )
