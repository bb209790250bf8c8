"""A chart of a page: what it claims, what it shows, and what its numbers are."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd

from infecon_core import Scenario
from infecon_ui.charts.bars import bars_figure
from infecon_ui.charts.drawings import Bars, Cells, Drawing, Lines
from infecon_ui.charts.figure import Figure
from infecon_ui.charts.lines import lines_figure, panels_figure
from infecon_ui.slide.content import Slide
from infecon_ui.slide.facts import day, facts, with_facts, with_own_facts


@dataclass(frozen=True)
class Plot:
    """A chart of a page.

    Args:
        name (str): Its name in links, small letters: "break_even".
        claim (str): One sentence that its numbers make true; the headline of its slide.
        subtitle (str): What is shown in which unit, the scenario and the price basis.
        drawing (Lines, Bars, Cells or Panels): What is shown.
        source (str): Engine and its error, where prices and measurements come from, with dates.
        table (callable): The numbers as a table, one row a value; called when somebody takes the file.
        scenarios (tuple of Scenario): What it was computed from; of one alone the table gets its choices in every row.
        of_rows (callable or None): The scenario of each row of the table, None for one that is none: each row gets its
            own choices; None where the rows are of no scenario each.
    """

    name: str
    claim: str
    subtitle: str
    drawing: Drawing
    source: str
    table: Callable[[], pd.DataFrame]
    scenarios: tuple[Scenario, ...] = ()
    of_rows: Callable[[], Sequence[Scenario | None]] | None = None

    @property
    def figure(self) -> Figure | None:
        """The figure of the page; None for a map, which is a table."""
        if isinstance(self.drawing, Cells):
            return None
        if isinstance(self.drawing, Lines):
            return lines_figure(self.drawing)
        return bars_figure(self.drawing) if isinstance(self.drawing, Bars) else panels_figure(self.drawing)

    def slide(self, link: str, date: dt.date) -> Slide:
        """The slide.

        Args:
            link (str): Where to open the same.
            date (date): The day.
        """
        return Slide(
            headline=self.claim,
            subtitle=self.subtitle,
            source=self.source,
            link=link,
            date=day(date),
            scenarios=self.scenarios,
            drawing=self.drawing,
        )

    def csv(self, link: str, date: dt.date) -> str:
        """The table as CSV, with what it was computed from in every row; arguments as for `slide`."""
        if self.of_rows is not None:
            own = [None if one is None else facts(one, link, date) for one in self.of_rows()]
            return with_own_facts(self.table(), own).assign(date=date.isoformat(), link=link).to_csv(index=False)
        if len(self.scenarios) == 1:
            return with_facts(self.table(), facts(self.scenarios[0], link, date)).to_csv(index=False)
        return self.table().assign(date=date.isoformat(), link=link).to_csv(index=False)
