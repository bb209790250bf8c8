"""What the page shows of one exhibit, kept over reruns."""

from functools import lru_cache, partial
from typing import NamedTuple

import pandas as pd

from infecon_core.paper.exhibits.curves import CurveSet
from infecon_core.paper.exhibits.values import Exhibit
from infecon_ui.paper import downloads, exhibits, figures, opening, tables
from infecon_ui.plots.plot import Plot


class Shown(NamedTuple):
    """One exhibit as it is shown.

    Attributes:
        exhibit (Exhibit): What it is.
        plot (Plot or None): Its chart if it has one.
        legend, table, note: How its table is read, the table as `tables.pivot` makes it, and why rows have no link.
        links (str): Where its curves open, in Markdown; empty without curves.
        reasons (list of str): Why numbers differ.
    """

    exhibit: Exhibit
    plot: Plot | None
    legend: str
    table: pd.DataFrame
    note: str
    links: str
    reasons: list[str]


class Drawn(NamedTuple):
    """A set of curves without printed numbers as it is shown: chart, table of `tables.of_curves`, and links."""

    plot: Plot
    table: pd.DataFrame
    links: str


@lru_cache(maxsize=32)
def shown_exhibit(exhibit_id: str) -> Shown:
    """One exhibit as it is shown; visitors share it, nobody may change it."""
    exhibit, frame = exhibits.exhibit(exhibit_id), exhibits.table(exhibit_id)
    links = opening.of_rows(exhibit, frame)
    return Shown(
        exhibit,
        _plot(exhibit, frame),
        tables.legend(frame),
        tables.pivot(frame, links),
        "" if len(links) == frame.groupby(["row", "alternative"]).ngroups else opening.WITHOUT,
        opening.sentence(exhibit.curves) if exhibit.curves else "",
        tables.reasons(frame),
    )


@lru_cache(maxsize=8)
def shown_curves(label: str) -> Drawn:
    """One set of curves as it is shown; visitors share it, nobody may change it."""
    drawn = exhibits.drawn()
    curve_set = set_of(label)
    links = opening.of_curves(curve_set.curves)
    frames = exhibits.curves(curve_set)
    plot = Plot(
        "curves",
        _claim(drawn.question, drawn.answer),
        f"{label} · {curve_set.note}",
        figures.curves_drawing(frames),
        f"{drawn.label} of {drawn.provenance.source} ({drawn.provenance.date}), computed anew · published engine",
        partial(downloads.curves, curve_set, drawn),
    )
    return Drawn(plot, tables.of_curves(frames, links), opening.sentence(curve_set.curves))


def set_of(label: str) -> CurveSet:
    """The set of curves of a label."""
    return next(one for one in exhibits.drawn().sets if one.label == label)


def _claim(question: str, answer: str) -> str:
    """The question with the first sentence of its answer."""
    return f"{question} {answer.split('. ', maxsplit=1)[0].rstrip('.')}."


def _plot(exhibit: Exhibit, frame: pd.DataFrame) -> Plot | None:
    drawing = figures.drawing_of(exhibit, frame, exhibits.curves(exhibit))
    if drawing is None:
        return None
    return Plot(
        exhibit.id.replace("-", "_"),
        _claim(exhibit.question, exhibit.answer),
        f"{exhibit.title} · {exhibit.setting}",
        drawing,
        f"Printed values: {exhibit.provenance.source} ({exhibit.provenance.date}) · curves: published engine",
        partial(downloads.curves, exhibit, exhibit) if exhibit.curves else partial(downloads.values, exhibit.id),
    )
