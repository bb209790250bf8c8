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

_SPARE = 1.1  # free space at either end of an axis, as a factor
_FAR = 3.0  # how far a target may lie beyond a curve and still be shown, as a factor
_FILLED = 0.5  # the part of a held axis that a new curve has to take
_ENDS = (1, 1.5, 2, 3, 4, 5, 7)  # where an axis may end
_FINE = (1, 1.2, 1.4, 1.6, 1.8, 2, 2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9)


class Ranges(NamedTuple):
    """What both axes show: speed [tokens/s] and price [USD per million tokens]."""

    slowest: float
    fastest: float
    cheapest: float
    dearest: float


def extent_of(speed: Array, value: Array, *, target: float, log_axes: bool, most_linear: float = math.inf) -> Ranges:
    """What the axes have to show of a frontier and its target.

    Args:
        speed, value (array): Speed [tokens/s] of its points, and what the vertical axis shows of them.
        target (float): Shown too where it is at most three times as fast as the fastest point. [tokens/s]
        log_axes (bool): Whether the axes are logarithmic; linear ones begin at 0.
        most_linear (float): The highest value that a linear axis has to show.
    """
    speeds = [float(speed.min()), float(speed.max())]
    if speeds[0] / _FAR <= target <= speeds[1] * _FAR:
        speeds = [min(speeds[0], target), max(speeds[1], target)]
    values = [float(value.min()), float(value.max())]
    return Ranges(*speeds, *values) if log_axes else Ranges(0.0, speeds[1], 0.0, min(values[1], most_linear))


def rounded(extent: Ranges, *, log_axes: bool) -> Ranges:
    """Round ends around what has to be shown, so that small changes leave them."""
    if log_axes:
        return Ranges(*snapped(*extent[:2]), *snapped(*extent[2:]))
    return Ranges(0.0, _snapped_up(extent.fastest * _SPARE), 0.0, _snapped_up(extent.dearest * _SPARE))


def held(before: Ranges, extent: Ranges, *, log_axes: bool) -> Ranges:
    """The ranges of before, for each axis on which a new curve fits and fills most of it; round ends for the other.

    Args:
        before, extent (Ranges): What the axes showed, and what they have to show now.
        log_axes (bool): Whether the axes are logarithmic.
    """
    ends: list[float] = []
    fresh = rounded(extent, log_axes=log_axes)
    for first in (0, 2):
        low, high = before[first : first + 2]
        least, most = extent[first : first + 2]
        # A link may bring ends that no logarithm has.
        fits = low <= least and most <= high and (low > 0 or not log_axes)
        filled = fits and _length(least, most, log_axes) >= _FILLED * _length(low, high, log_axes)
        ends += [low, high] if filled else list(fresh[first : first + 2])
    return Ranges(*ends)


def _length(low: float, high: float, log_axis: bool) -> float:
    start, end = span(low, high, log_axis=log_axis)
    return end - start


def snapped(low: float, high: float) -> tuple[float, float]:
    """Round ends of a logarithmic axis around two values, at least a factor of two apart."""
    middle, half = math.sqrt(low * high), max(math.sqrt(high / low), math.sqrt(2))
    return max(_ends(middle / half / _SPARE)), _snapped_up(middle * half * _SPARE)


def _snapped_up(value: float) -> float:
    """The next value where an axis may end."""
    # The last bit of a round value does not send it to the next one.
    return min(end for end in _ends(value, above=True) if end >= value * (1 - 1e-9))


def _ends(value: float, *, above: bool = False) -> list[float]:
    """Where an axis may end in the decade of a value, up to the value or all of them."""
    exponent = math.floor(math.log10(value * (1 + 1e-9)))
    ends = [float(f"{step}e{exponent}") for step in (*_ENDS, 10)]
    return ends if above else [end for end in ends if end <= value * (1 + 1e-9)]


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
    """Tick labels without a unit: of a linear axis with negative values or small steps too."""
    return [f"{value:,.6g}" if value < 0 else formats.number(value) for value in values]


def years(values: list[float]) -> list[str]:
    """Tick labels of years, at whole ones."""
    return [f"{value:.0f}" if value == round(value) else "" for value in values]


def percent(values: list[float]) -> list[str]:
    """Tick labels of parts of a whole, as percent."""
    return [f"{100 * value:,.4g}%".replace("-", "−") for value in values]


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


def values_at(fractions: Array, low: float, high: float, *, log_axis: bool) -> Array:
    """Which values stand at some parts of an axis; the inverse of `fraction`."""
    start, end = span(low, high, log_axis=log_axis)
    values = start + fractions * (end - start)
    return 10**values if log_axis else values
