"""What the page shows of one exhibit, kept over reruns."""

from functools import lru_cache
from typing import NamedTuple

import pandas as pd

from infecon_core.paper.exhibits.values import Exhibit
from infecon_ui.charts.figure import Figure
from infecon_ui.paper import exhibits, figures, tables


class Shown(NamedTuple):
    """One exhibit as it is shown: its chart if it has one, its table as `tables.pivot` makes it, why numbers differ."""

    exhibit: Exhibit
    figure: Figure | None
    legend: str
    table: pd.DataFrame
    reasons: list[str]

    @property
    def alt(self) -> str:
        """What the chart shows, for those who cannot see it."""
        title = self.exhibit.title
        return f"{title}: our curves and the printed points." if self.exhibit.curves else title


@lru_cache(maxsize=32)
def shown_exhibit(exhibit_id: str) -> Shown:
    """One exhibit as it is shown; visitors share it, nobody may change it."""
    exhibit, frame = exhibits.exhibit(exhibit_id), exhibits.table(exhibit_id)
    figure = figures.figure_of(exhibit, frame, exhibits.curves(exhibit_id))
    return Shown(exhibit, figure, tables.legend(frame), tables.pivot(frame), tables.reasons(frame))
