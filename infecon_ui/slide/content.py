"""What a slide shows, as numbers and words; `svg` lays it out."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from infecon_core import Scenario
from infecon_ui.charts.axes import Words, plain
from infecon_ui.charts.drawings import Drawing

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Curve:
    """One curve of a slide.

    Args:
        name (str): What stands at its end.
        x, y (array): Its points, in the units of the axes.
        colour (str): Of the line, as "#226FE4"; its name is darkened until it reads on white.
        point ((float, float) or None): The point at the target; None where the curve does not reach it.
        beyond (array of bool or None): Which points are drawn dashed, as beyond what was measured; None for none.
        ranges (((float, float), (float, float)) or None): Between which x at the point's y, and y at its x, comparable
            measurements lie; None where unknown.
        scattered (bool): Whether it is a set of points without a line through them.
        marked (bool): Whether its points stand out on it.
    """

    name: str
    x: Array
    y: Array
    colour: str
    point: tuple[float, float] | None = None
    beyond: npt.NDArray[np.bool_] | None = None
    ranges: tuple[tuple[float, float], tuple[float, float]] | None = None
    scattered: bool = False
    marked: bool = False


@dataclass(frozen=True)
class Bar:
    """One bar at the target.

    Args:
        name (str): What is compared.
        value (float or None): Its length, in the unit of the vertical axis; None where there is none.
        low, high (float): Range of comparable measurements; NaN where unknown, infinite where out of reach.
        note (str): What stands in place of a value: "cannot reach 50 tokens/s".
        colour (str): Of the bar, as "#226FE4".
        text (str): Its value in words where the unit is another than that of the vertical axis: "4.1 ms, 35%".
    """

    name: str
    value: float | None
    low: float
    high: float
    note: str
    colour: str
    text: str = ""


@dataclass(frozen=True)
class Slide:
    """All that stands on a slide.

    Args:
        headline, subtitle (str): The claim; unit, scenario and price basis.
        x_title, y_title (str): Of the axes.
        money (bool): Whether the vertical axis is in dollars.
        curves (tuple of Curve): One to six.
        target (float or None): Where the vertical line of the target stands. [unit of x]
        bars (tuple of Bar): Beside the curves, in the order of the drawing; without any, the curves take the width.
        bars_title (str): Above the bars.
        source (str): Engine, error, price basis with date, "model, not measurement".
        link, date (str): Where to open the same, and the day.
        log_x, log_y (bool): Whether the axes are logarithmic.
        ranges (tuple): Lowest and highest x, lowest and highest y of the axes.
        scenarios (tuple of Scenario): What the curves were computed from; it travels with the picture.
        x_words, y_words (callable): What write the values at the axes; the vertical one's follow from `money` without.
        target_words (str): What the line of the target says; empty for "at least" and its number.
        drawing (Lines, Bars, Cells, Panels or None): What is shown in place of curves and bars.
    """

    headline: str
    subtitle: str
    source: str
    link: str
    date: str
    x_title: str = ""
    y_title: str = ""
    money: bool = False
    curves: tuple[Curve, ...] = ()
    target: float | None = None
    bars: tuple[Bar, ...] = ()
    bars_title: str = ""
    log_x: bool = False
    log_y: bool = False
    ranges: tuple[float, float, float, float] = (0.0, 1.0, 0.0, 1.0)
    scenarios: tuple[Scenario, ...] = ()
    x_words: Words = plain
    y_words: Words | None = None
    target_words: str = ""
    drawing: Drawing | None = None
