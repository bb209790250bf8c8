"""Ranges and ticks of axes that people read."""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from infecon_ui.text import formats

Array = npt.NDArray[np.float64]
# What writes the values at the ticks.
Words = Callable[[list[float]], list[str]]

_SPARE = 0.07  # free space at either end of an axis, as part of its length
_FINE = (1, 1.2, 1.4, 1.6, 1.8, 2, 2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9)

# Single sequences at full speed cost a hundred times the preferred point; drawn to scale, all else would lie flat.
_LINEAR_PRICES = 8


class Ranges(NamedTuple):
    """What both axes show: speed [tokens/s] and price [USD per million tokens]."""

    slowest: float
    fastest: float
    cheapest: float
    dearest: float


def ranges_of(speed: Array, price: Array, *, preferred_price: float, log_axes: bool) -> Ranges:
    """The ranges that show a frontier with space for its labels, without the dearest points where axes are linear.

    Args:
        speed, price (array): Speed [tokens/s] and price [USD per million tokens] of its points.
        preferred_price (float): Price of its preferred point. [USD per million tokens]
        log_axes (bool): Whether the axes are logarithmic.
    """
    ends: list[float] = []
    for values in (speed, price):
        low, high = float(values.min()), float(values.max())
        if log_axes:
            # An axis spans at least a factor of two, so that a single point has a place to stand.
            middle, half = math.sqrt(low * high), max(math.sqrt(high / low), math.sqrt(2))
            spare = half ** (2 * _SPARE)
            ends += [middle / half / spare, middle * half * spare]
        else:
            ends += [0.0, high * (1 + _SPARE)]
    if not log_axes:
        ends[3] = min(ends[3], _LINEAR_PRICES * preferred_price)
    return Ranges(*ends)


def ticks(low: float, high: float, *, log_axis: bool, most: int = 9) -> list[float]:
    """Round values between two ends: 1, 2, 5, 10 on a logarithmic axis, even steps on a linear one.

    Args:
        low, high (float): Ends of the axis, in the unit of its values.
        log_axis (bool): Whether the axis is logarithmic.
        most (int): How many ticks there may be. [1]
    """
    if log_axis:
        decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
        shown: list[float] = []
        for steps in (_FINE, (1, 1.5, 2, 3, 4, 5, 6, 8), (1, 2, 3, 5), (1, 2, 5), (1, 3), (1,)):
            values = [step * 10.0**decade for decade in decades for step in steps]
            shown = [value for value in values if low <= value <= high]
            if len(shown) <= most:
                return shown
        return shown[:: math.ceil(len(shown) / most)]
    power = 10.0 ** math.floor(math.log10((high - low) / most))
    step = next(step * power for step in (1, 2, 5, 10, 20) if (high - low) / (step * power) <= most)
    return [float(value) for value in np.arange(math.ceil(low / step), math.floor(high / step) + 1) * step]


def dollars(values: list[float]) -> list[str]:
    """Tick labels in dollars, with as many decimals as the axis needs and no more."""
    return [_bare(formats.money(value)) for value in values]


def plain(values: list[float]) -> list[str]:
    """Tick labels without a unit."""
    return [formats.number(value) for value in values]


def _bare(text: str) -> str:
    return text.removesuffix(".00")


def span(low: float, high: float, *, log_axis: bool) -> list[float]:
    """The range of an axis as plotly wants it: exponents of ten on a logarithmic axis."""
    return [math.log10(low), math.log10(high)] if log_axis else [low, high]


def axis(low: float, high: float, words: Words, *, log_axis: bool = True, most: int = 9) -> dict[str, Any]:
    """An axis between two ends, with round values in words."""
    values = ticks(low, high, log_axis=log_axis, most=most)
    return {
        **{"type": "log" if log_axis else "linear", "range": span(low, high, log_axis=log_axis), "zeroline": False},
        **{"tickvals": values, "ticktext": words(values)},
    }


def heading(text: str, *, shift: int) -> dict[str, Any]:
    """The title of a vertical axis, written flat above its upper end."""
    return {
        **{"text": text, "showarrow": False, "xref": "paper", "yref": "paper"},
        **{"x": 0, "y": 1, "xanchor": "left", "yanchor": "bottom", "yshift": shift},
    }


def fraction(values: Array, low: float, high: float, *, log_axis: bool) -> Array:
    """Where values stand between the ends of an axis: 0 at the lower, 1 at the upper. [1]"""
    start, end = span(low, high, log_axis=log_axis)
    return ((np.log10(values) if log_axis else values) - start) / (end - start)
