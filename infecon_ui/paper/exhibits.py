"""The paper's exhibits, computed once and kept over reruns.

Visitors share the answers themselves: nobody may change one.
"""

from functools import lru_cache

import pandas as pd

from infecon_core.paper.exhibits import compare
from infecon_core.paper.exhibits.open_points import open_points
from infecon_core.paper.exhibits.values import Exhibit, Setup, exhibits

__all__ = ["EXHIBITS", "curve", "curves", "exhibit", "label", "open_points", "table"]

# The order of the tabs: by kind, then by number.
_KINDS = ("table", "figure", "claims")
EXHIBITS = tuple(sorted(exhibits(), key=lambda name: (_KINDS.index(name.partition("-")[0]), name)))


@lru_cache(maxsize=64)
def curve(setup: Setup) -> pd.DataFrame:
    """The frontier of one setup; several exhibits share one."""
    return compare.curve(setup)


@lru_cache(maxsize=32)
def table(exhibit_id: str) -> pd.DataFrame:
    """One exhibit, printed beside computed, as `infecon_core.paper.exhibits.compare.table` has it."""
    return compare.table(exhibit_id, curve)


def exhibit(exhibit_id: str) -> Exhibit:
    """What one exhibit shows and where its printed numbers come from."""
    return exhibits()[exhibit_id]


def label(exhibit_id: str) -> str:
    """The short name of an exhibit."""
    return exhibit(exhibit_id).label


def curves(exhibit_id: str) -> dict[str, pd.DataFrame]:
    """The curves of a figure, by label."""
    return {line.label: curve(line.setup) for line in exhibit(exhibit_id).curves}
