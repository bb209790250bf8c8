"""The figures that the paper draws without a number on them, as read from `data/published/figures-3-to-8.toml`."""

from functools import cache

from infecon_core.catalog import files
from infecon_core.paper.exhibits.values import Curve
from infecon_core.schema import Provenance, Record


class CurveSet(Record):
    """Curves that one figure shows together.

    Args:
        label, note (str): What differs between them; what else is to be known of them.
        curves (tuple of Curve): Each with its setup.
    """

    label: str
    note: str
    curves: tuple[Curve, ...]


class DrawnFigures(Record):
    """Figures without printed numbers.

    Args:
        id, label, title, question, answer, setting, provenance: As in `values.Exhibit`.
        sets (tuple of CurveSet): The curves of each.
    """

    id: str
    label: str
    title: str
    question: str
    answer: str
    setting: str
    provenance: Provenance
    sets: tuple[CurveSet, ...]


@cache
def drawn_figures() -> DrawnFigures:
    """Figures 3 to 8 of the paper.

    Raises:
        ValueError: One sentence that names what is wrong in the file.
    """
    return files.record(files.DATA / "published" / "figures-3-to-8.toml", DrawnFigures.model_validate)
