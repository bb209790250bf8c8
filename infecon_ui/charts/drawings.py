"""What a chart shows, as numbers and words: the page draws it, and so does the slide.

`lines` and `bars` turn a drawing into a figure of the page, `infecon_ui.slide` into a picture of 16:9.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from infecon_ui.charts import axes

Array = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

_SPARE = 0.06  # free space beyond the values of a linear axis, as a part of its length


@dataclass(frozen=True)
class Scale:
    """An axis.

    Args:
        title (str): What it shows, with its unit.
        log (bool): Whether it is logarithmic.
        words (callable): What writes the values at its ticks: `axes.plain`, `axes.dollars`, `axes.years`.
        low, high (float or None): Its ends; None for round ones around the values.
    """

    title: str
    log: bool = False
    words: axes.Words = axes.plain
    low: float | None = None
    high: float | None = None

    @property
    def money(self) -> bool:
        """Whether it is in dollars."""
        return self.words is axes.dollars

    def ends(self, values: Sequence[Array]) -> tuple[float, float]:
        """Its ends around some values, those without a logarithm left out where it has one."""
        shown = np.concatenate([np.asarray(part, np.float64).ravel() for part in values] or [np.array([])])
        shown = shown[np.isfinite(shown) & ((shown > 0) | (not self.log))]
        least, most = (float(shown.min()), float(shown.max())) if shown.size else (1.0, 1.0)
        if self.log:
            low, high = axes.snapped(least, most)
        else:
            spare = _SPARE * (most - min(least, 0.0) or 1.0)
            low, high = (0.0 if least >= 0 else least - spare), most + spare
        return (low if self.low is None else self.low), (high if self.high is None else self.high)


@dataclass(frozen=True)
class Line:
    """A line, or a set of points.

    Args:
        name (str): What stands at its end.
        x, y (array): Its points in the units of the axes; NaN interrupts it.
        colour (str): One of `palette`.
        dashed (array of bool or None): Which points are drawn dashed, as beyond what was measured; None for none.
        point ((float, float) or None): The one that is emphasised.
        scattered (bool): Whether it is a set of points without a line through them.
        marked (bool): Whether its points stand out on it, where few were computed.
        notes (tuple of str): What stands beside each point where a pointer rests on it, besides its values; of every
            point or of none.
    """

    name: str
    x: Array
    y: Array
    colour: str
    dashed: Bools | None = None
    point: tuple[float, float] | None = None
    scattered: bool = False
    marked: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lines:
    """Lines over two axes.

    Args:
        x, y (Scale): The axes.
        lines (tuple of Line): At least one, those of one colour and name together; at most six names.
        at (float or None): Where a vertical line stands. [unit of x]
        at_words (str): What it says: "target 50", "load of today".
    """

    x: Scale
    y: Scale
    lines: tuple[Line, ...]
    at: float | None = None
    at_words: str = ""

    @property
    def ranges(self) -> tuple[float, float, float, float]:
        """Lowest and highest x, lowest and highest y of the axes."""
        x = [line.x for line in self.lines] + ([np.array([self.at])] if self.at is not None else [])
        return (*self.x.ends(x), *self.y.ends([line.y for line in self.lines]))

    @property
    def said(self) -> str:
        """What it shows in words, for readers who do not see it."""
        names = ", ".join(dict.fromkeys(line.name for line in self.lines if line.name))
        return f"{self.y.title} over {self.x.title}: {names}"


@dataclass(frozen=True)
class Span:
    """A part of a bar.

    Args:
        start, end (float): Between which values it lies, in either order. [unit of the bars]
        colour (str): One of `palette`.
        name (str): What it is; the same of every bar has the same colour.
    """

    start: float
    end: float
    colour: str
    name: str


@dataclass(frozen=True)
class Row:
    """A bar with its name.

    Args:
        name (str): What stands before it.
        spans (tuple of Span): Its parts; none where there is no value.
        text (str): Its value in words, or why there is none.
        low, high (float): Between which values comparable measurements lie; NaN where unknown.
    """

    name: str
    spans: tuple[Span, ...]
    text: str
    low: float = math.nan
    high: float = math.nan


@dataclass(frozen=True)
class Bars:
    """Bars under each other, with a common axis that begins at zero or has it inside.

    Args:
        scale (Scale): What they show; linear.
        rows (tuple of Row): From top to bottom, at least one.
    """

    scale: Scale
    rows: tuple[Row, ...]

    @property
    def ends(self) -> tuple[float, float]:
        """The ends of the axis, zero among them."""
        spans = [end for row in self.rows for span in row.spans for end in (span.start, span.end)]
        reaching = [row.high for row in self.rows if math.isfinite(row.high)]
        return self.scale.ends([np.array([0.0, *spans, *reaching])])

    @property
    def names(self) -> dict[str, str]:
        """Names of the spans with their colours, in the order of the rows."""
        return {span.name: span.colour for row in self.rows for span in row.spans}

    @property
    def said(self) -> str:
        """What it shows in words, for readers who do not see it."""
        return f"{self.scale.title}: {', '.join(f'{row.name} {row.text}'.strip() for row in self.rows)}"


@dataclass(frozen=True)
class Cell:
    """A cell of a map.

    Args:
        text (str): What it says; empty for nothing.
        colour (str): Behind it, as "#0059A3"; empty for none.
        small (str): Below it.
        more (tuple of str): Lines that stand beside it where a pointer rests on it.
        link (str): Where it leads on the page; empty for nowhere.
        sign (str): In its corner on the page; empty for none.
    """

    text: str
    colour: str = ""
    small: str = ""
    more: tuple[str, ...] = ()
    link: str = ""
    sign: str = ""


@dataclass(frozen=True)
class Cells:
    """A map: rows and columns of cells.

    Args:
        x_title, y_title (str): What columns and rows are, with their unit.
        columns, rows (tuple of str): Their heads; rows from top to bottom.
        cells (tuple of tuple of Cell): By row.
        key (tuple of (str, str)): Colours and what they mean.
        now ((int or None, int or None)): Row and column of what is chosen at present, counted from 0.
    """

    x_title: str
    y_title: str
    columns: tuple[str, ...]
    rows: tuple[str, ...]
    cells: tuple[tuple[Cell, ...], ...]
    key: tuple[tuple[str, str], ...] = ()
    now: tuple[int | None, int | None] = (None, None)

    @property
    def said(self) -> str:
        """What it shows in words, for readers who do not see it."""
        return f"{self.y_title} by {self.x_title}"


@dataclass(frozen=True)
class Panels:
    """Small charts of the same axes side by side.

    Args:
        panels (tuple of (str, Lines)): Their titles, and what they show; at least one, at most nine.
    """

    panels: tuple[tuple[str, Lines], ...]

    @property
    def aligned(self) -> tuple[tuple[str, Lines], ...]:
        """The panels with axes that have the same ends."""
        every = [lines.ranges for _, lines in self.panels]
        ends = [pick(values) for pick, values in zip((min, max, min, max), zip(*every, strict=True), strict=True)]
        return tuple((title, _between(lines, *ends)) for title, lines in self.panels)

    @property
    def said(self) -> str:
        """What it shows in words, for readers who do not see it."""
        return "; ".join(f"{title}: {lines.said}" for title, lines in self.panels)


Drawing = Lines | Bars | Cells | Panels


def _between(lines: Lines, left: float, right: float, low: float, high: float) -> Lines:
    x, y = lines.x, lines.y
    return Lines(
        Scale(x.title, x.log, x.words, left, right),
        Scale(y.title, y.log, y.words, low, high),
        lines.lines,
        lines.at,
        lines.at_words,
    )
