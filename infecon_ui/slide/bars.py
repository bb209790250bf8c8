"""The bars of a slide: a name, a value and the range of comparable measurements each."""

import math
from typing import NamedTuple

from infecon_ui.slide import typeface
from infecon_ui.slide.content import Bar, Slide
from infecon_ui.slide.drawing import INK, SOFT_INK, Box, Part, Rectangle, Stroke, Text
from infecon_ui.slide.typeface import LEADING
from infecon_ui.text import formats

TEXT = 28.0
_TITLE_ROW = 2 * TEXT
_THICK, _THIN = 34.0, 20.0  # of a bar [px]
_UNDER_NAME, _BETWEEN = 8.0, 26.0
_APART = 20.0
_LONGEST_RANGE = 2.5  # ranges that reach further than this many times the longest bar are cut [1]
_LEAST_NAME = 150.0


class _Row(NamedTuple):
    name: list[str]
    value: str
    span: str


def bars(slide: Slide, area: Box) -> list[Part]:
    """Draw the bars of a slide into a rectangle, in their order."""
    rows = [_row(bar, slide) for bar in slide.bars]
    spans = max(typeface.width(row.span, TEXT) for row in rows)
    values = max((typeface.width(row.value, TEXT, "Semibold") for row in rows if row.span or not spans), default=0.0)
    # Values stand under each other, left of the ranges.
    end = area.right - (spans + _APART if spans else 0.0)
    rows = [
        row._replace(name=typeface.at_most(row.name[0], TEXT, "Regular", _room(row, area, end, values), 2))
        for row in rows
    ]
    heights = [LEADING * TEXT * len(row.name) + _UNDER_NAME for row in rows]
    free = area.height - _TITLE_ROW - sum(heights)
    thick = min(_THICK, max(_THIN, free / len(rows) - _BETWEEN))
    between = min(2 * _BETWEEN, max(0.0, (free - thick * len(rows)) / len(rows)))

    title = Text(area.left, area.top + typeface.ASCENT * TEXT, typeface.printable(slide.bars_title), TEXT, "Semibold")
    parts: list[Part] = [title]
    longest = _longest(slide.bars)
    y = area.top + _TITLE_ROW
    for bar, row, height in zip(slide.bars, rows, heights, strict=True):
        baseline = y + typeface.ASCENT * TEXT
        parts += [
            Text(area.left, baseline + n * LEADING * TEXT, line, TEXT, colour=INK) for n, line in enumerate(row.name)
        ]
        last = baseline + (len(row.name) - 1) * LEADING * TEXT
        if row.value:
            place = end if row.span or not spans else area.right
            parts.append(Text(place, last, row.value, TEXT, "Semibold", INK, "end"))
        if row.span:
            parts.append(Text(area.right, last, row.span, TEXT, colour=SOFT_INK, anchor="end"))
        parts += _bar(bar, slide, Box(area.left, y + height, area.right, y + height + thick), longest)
        y += height + thick + between
    return parts


def _row(bar: Bar, slide: Slide) -> _Row:
    name = [typeface.printable(bar.name)]
    return _Row(name, "", "") if bar.value is None else _Row(name, value_of(bar, slide), _span(bar, slide))


def value_of(bar: Bar, slide: Slide) -> str:
    """What a bar says in words: its value, or why there is none."""
    if bar.value is None:
        return typeface.printable(bar.note)
    return typeface.printable(bar.text) or (formats.about(bar.value) if slide.money else formats.digits(bar.value, 2))


def _span(bar: Bar, slide: Slide) -> str:
    """The range in words, two digits each: "$3.3 to $15"; empty where it is unknown."""
    if math.isnan(bar.low) or math.isnan(bar.high):
        return ""
    sign = "$" if slide.money else ""
    if bar.low <= 0:
        return f"up to {sign}{_two_digits(bar.high)}"
    if math.isinf(bar.high):
        return f"{sign}{_two_digits(bar.low)} or more"
    return f"{sign}{_two_digits(bar.low)} to {sign}{_two_digits(bar.high)}"


def _two_digits(value: float) -> str:
    decimals = 1 - math.floor(math.log10(abs(value)))
    return f"{round(value, decimals):,.{max(0, decimals)}f}"


def _room(row: _Row, area: Box, end: float, values: float) -> float:
    """What is left of a row for its name. [px]"""
    if not row.value:
        return area.width
    taken = end - values if row.span else area.right - typeface.width(row.value, TEXT, "Semibold")
    return max(_LEAST_NAME, taken - _APART - area.left)


def _longest(drawn: tuple[Bar, ...]) -> float:
    """What the width of the bars stands for, in the unit of their values."""
    most = max((bar.value for bar in drawn if bar.value is not None), default=1.0) or 1.0
    ranges = [bar.high for bar in drawn if bar.value is not None and math.isfinite(bar.high)]
    return min(_LONGEST_RANGE * most, max([most, *ranges]))


def _bar(bar: Bar, slide: Slide, place: Box, longest: float) -> list[Part]:
    """A bar with its range across it; what stands in its place where there is no value."""
    middle = (place.top + place.bottom) / 2
    if bar.value is None:
        words = typeface.shortened(value_of(bar, slide), TEXT, "Regular", place.width)
        return [Text(place.left, middle + 0.35 * TEXT, words, TEXT, colour=SOFT_INK)]
    scale = place.width / longest
    parts: list[Part] = [
        Rectangle(Box(place.left, place.top, place.left + max(2.0, bar.value * scale), place.bottom), bar.colour, 2)
    ]
    if math.isnan(bar.low) or math.isnan(bar.high):
        return parts
    low = place.left + min(bar.low, longest) * scale
    high = place.left + min(bar.high, longest) * scale
    cap = place.height / 4
    for colour, thickness in (("#FFFFFF", 7.0), (INK, 3.0)):
        parts.append(Stroke([(low, middle), (high, middle)], colour, thickness))
        parts.append(Stroke([(low, middle - cap), (low, middle + cap)], colour, thickness))
        if bar.high <= longest:
            parts.append(Stroke([(high, middle - cap), (high, middle + cap)], colour, thickness))
        else:  # it goes on beyond the drawing
            parts.append(
                Stroke([(high - cap, middle - cap), (high, middle), (high - cap, middle + cap)], colour, thickness)
            )
    return parts
