"""The paper's exhibits, computed once and kept over reruns.

Visitors share the answers themselves: nobody may change one.
"""

from functools import lru_cache

import pandas as pd

from infecon_core.paper.exhibits import compare, kept
from infecon_core.paper.exhibits.curves import CurveSet, DrawnFigures, drawn_figures
from infecon_core.paper.exhibits.open_points import open_points
from infecon_core.paper.exhibits.values import Exhibit, Setup, exhibits

__all__ = ["EXHIBITS", "curve", "curves", "drawn", "exhibit", "label", "open_points", "table", "tabs"]

# The order of the tabs: by kind, then by number.
_KINDS = ("table", "figure", "claims")


def _place(name: str) -> tuple[int, str]:
    kind, _, number = name.partition("-")
    return _KINDS.index(kind if kind in _KINDS else kind.removesuffix("s")), number


EXHIBITS = tuple(sorted(exhibits(), key=_place))


def tabs() -> tuple[str, ...]:
    """Ids of everything that has a tab, in their order; the figures without numbers are no exhibits to be counted."""
    return tuple(sorted((*EXHIBITS, drawn().id), key=_place))


@lru_cache(maxsize=64)  # at most 58 kB each, 4 MB together
def curve(setup: Setup) -> pd.DataFrame:
    """The frontier of one setup as it is kept; several exhibits share one."""
    return kept.curve(setup)


@lru_cache(maxsize=32)  # at most 13 kB each, 0.5 MB together
def table(exhibit_id: str) -> pd.DataFrame:
    """One exhibit, printed beside computed, as `infecon_core.paper.exhibits.compare.table` has it."""
    return compare.table(exhibit_id, curve)


def exhibit(exhibit_id: str) -> Exhibit:
    """What one exhibit shows and where its printed numbers come from."""
    return exhibits()[exhibit_id]


def drawn() -> DrawnFigures:
    """The figures without printed numbers."""
    return drawn_figures()


def label(exhibit_id: str) -> str:
    """The short name of what has a tab."""
    return drawn().label if exhibit_id == drawn().id else exhibit(exhibit_id).label


def curves(of: Exhibit | CurveSet) -> dict[str, pd.DataFrame]:
    """The curves of a figure, by label."""
    return {line.label: curve(line.setup) for line in of.curves}
