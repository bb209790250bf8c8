"""What a slide shows, as numbers and words; `svg` lays it out."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from infecon_core import Scenario

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Curve:
    """One curve of a slide.

    Args:
        name (str): What stands at its end.
        x, y (array): Its points, in the units of the axes.
        colour (str): Of the line, as "#226FE4"; its name is darkened until it reads on white.
        point ((float, float) or None): The point at the target; None where the curve does not reach it.
        beyond (array of bool or None): Which points lie beyond what was measured; None for none.
        ranges (((float, float), (float, float)) or None): Between which x at the point's y, and y at its x, comparable
            measurements lie; None where unknown.
    """

    name: str
    x: Array
    y: Array
    colour: str
    point: tuple[float, float] | None = None
    beyond: npt.NDArray[np.bool_] | None = None
    ranges: tuple[tuple[float, float], tuple[float, float]] | None = None


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
        log_axes (bool): Logarithmic axes.
        ranges (tuple): Lowest and highest x, lowest and highest y of the axes.
        scenarios (tuple of Scenario): What the curves were computed from; it travels with the picture.
    """

    headline: str
    subtitle: str
    x_title: str
    y_title: str
    money: bool
    curves: tuple[Curve, ...]
    target: float | None
    bars: tuple[Bar, ...]
    bars_title: str
    source: str
    link: str
    date: str
    log_axes: bool
    ranges: tuple[float, float, float, float]
    scenarios: tuple[Scenario, ...] = ()
