"""What the page shows of one exhibit, kept over reruns."""

from functools import lru_cache
from typing import NamedTuple

import pandas as pd

from infecon_core.paper.exhibits.values import Exhibit
from infecon_ui.charts.figure import Figure
from infecon_ui.paper import exhibits, figures, opening, tables


class Shown(NamedTuple):
    """One exhibit as it is shown.

    Attributes:
        exhibit (Exhibit): What it is.
        figure (dict or None): Its chart if it has one.
        legend, table, note: How its table is read, the table as `tables.pivot` makes it, and why rows have no link.
        links (str): Where its curves open, in Markdown; empty without curves.
        reasons (list of str): Why numbers differ.
    """

    exhibit: Exhibit
    figure: Figure | None
    legend: str
    table: pd.DataFrame
    note: str
    links: str
    reasons: list[str]

    @property
    def alt(self) -> str:
        """What the chart shows, for those who cannot see it."""
        title = self.exhibit.title
        return f"{title}: our curves and the printed points, which the table below lists." if self.links else title


class Drawn(NamedTuple):
    """A set of curves without printed numbers as it is shown: chart, table of `tables.of_curves`, and links."""

    figure: Figure
    table: pd.DataFrame
    links: str


@lru_cache(maxsize=32)
def shown_exhibit(exhibit_id: str) -> Shown:
    """One exhibit as it is shown; visitors share it, nobody may change it."""
    exhibit, frame = exhibits.exhibit(exhibit_id), exhibits.table(exhibit_id)
    links = opening.of_rows(exhibit, frame)
    return Shown(
        exhibit,
        figures.figure_of(exhibit, frame, exhibits.curves(exhibit)),
        tables.legend(frame),
        tables.pivot(frame, links),
        "" if len(links) == frame.groupby(["row", "alternative"]).ngroups else opening.WITHOUT,
        opening.sentence(exhibit.curves) if exhibit.curves else "",
        tables.reasons(frame),
    )


@lru_cache(maxsize=8)
def shown_curves(label: str) -> Drawn:
    """One set of curves as it is shown; visitors share it, nobody may change it."""
    curve_set = next(one for one in exhibits.drawn().sets if one.label == label)
    frames = exhibits.curves(curve_set)
    links = opening.of_curves(curve_set.curves)
    return Drawn(figures.curves_figure(frames), tables.of_curves(frames, links), opening.sentence(curve_set.curves))
