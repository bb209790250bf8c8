"""Where everything of a slide stands: head, curves, bars, foot."""

from collections.abc import Sequence
from typing import NamedTuple

from infecon_ui.slide import typeface
from infecon_ui.slide.bars import bars
from infecon_ui.slide.content import Slide
from infecon_ui.slide.drawing import INK, RULE, SOFT_INK, Box, Part, Stroke, Text
from infecon_ui.slide.drawn import drawn
from infecon_ui.slide.plot import plot
from infecon_ui.slide.typeface import LEADING, Weight

# A slide of 13.33 by 7.5 inches, as every program shows it: 144 px to an inch, so that 28 px are 14 points. [px]
WIDTH, HEIGHT = 1920.0, 1080.0
LEAST_SIZE = 28.0
MARGIN = 72.0

_HEADLINE = (56, 52, 48, 44, 40, 36, 32)
_SUBTITLE = (30, 28)
_FOOT = 28.0
_LINES = 2  # of the headline, and of the subtitle
_SOURCE_LINES = 4
_GAP = 40.0
_BARS = 600.0


class Layout(NamedTuple):
    """A laid-out slide.

    Attributes:
        parts (list): What is drawn, in the order of the drawing.
        plot, bars (Box): Where the curves stand, and the bars; those without any have no area.
    """

    parts: list[Part]
    plot: Box
    bars: Box


def layout(slide: Slide) -> Layout:
    """Lay a slide out on 1920 × 1080 px."""
    head, top = _head(slide)
    foot, bottom = _foot(slide)
    area = Box(MARGIN, top + 26, WIDTH - MARGIN, bottom - 22)
    split = area.right - _BARS if slide.bars else area.right
    curves = Box(area.left, area.top, split - _GAP if slide.bars else area.right, area.bottom)
    beside = Box(split, area.top, area.right, area.bottom)
    if slide.drawing is not None:
        return Layout([*head, *drawn(slide, slide.drawing, area), *foot], area, Box(*area[2:], *area[2:]))
    parts = [*head, *plot(slide, curves), *(bars(slide, beside) if slide.bars else ()), *foot]
    return Layout(parts, curves, beside)


def _head(slide: Slide) -> tuple[list[Part], float]:
    """Headline and subtitle, and where they end."""
    room = WIDTH - 2 * MARGIN
    headline, size = typeface.printable(slide.headline), _size(slide.headline, _HEADLINE, "Semibold", room)
    lines = typeface.balanced(headline, size, "Semibold", room)
    if len(lines) > _LINES:
        lines = typeface.at_most(headline, size, "Semibold", room, _LINES)
    first, y = _set(lines, size, "Semibold", INK, 44.0)
    size = _size(slide.subtitle, _SUBTITLE, "Regular", room)
    lines = typeface.parted(typeface.printable(slide.subtitle), size, "Regular", room, _LINES)
    second, y = _set(lines, size, "Regular", SOFT_INK, y + 12)
    return [*first, *second], y


def _size(words: str, sizes: Sequence[float], weight: Weight, room: float) -> float:
    """The largest of some sizes in which a text takes no more than two lines; the smallest where it takes more. [px]"""
    text = typeface.printable(words)
    return next((size for size in sizes if len(typeface.lines_of(text, size, weight, room)) <= _LINES), sizes[-1])


def _set(lines: Sequence[str], size: float, weight: Weight, colour: str, top: float) -> tuple[list[Text], float]:
    """Lines one under the other, and where they end. [px]"""
    baselines = (top + (typeface.ASCENT + LEADING * n) * size for n in range(len(lines)))
    texts = [Text(MARGIN, y, line, size, weight, colour) for y, line in zip(baselines, lines, strict=True)]
    return texts, top + LEADING * size * len(lines)


def _foot(slide: Slide) -> tuple[list[Part], float]:
    """Source, link and date, and where they begin."""
    room = WIDTH - 2 * MARGIN
    date = typeface.printable(slide.date)
    beside = typeface.width(date, _FOOT) + _GAP
    source = typeface.parted(typeface.printable(slide.source), _FOOT, "Regular", room, _SOURCE_LINES)
    # The scheme says nothing to a reader, and a program that follows the link has it.
    shown = typeface.printable(slide.link.partition("://")[2] or slide.link)
    link = typeface.at_most(shown, _FOOT, "Regular", room - beside, _LINES)
    y = HEIGHT - 30 - typeface.DESCENT * _FOOT
    parts: list[Part] = [Text(WIDTH - MARGIN, y, date, _FOOT, colour=SOFT_INK, anchor="end")] if date else []
    for line in reversed(link):
        parts.append(Text(MARGIN, y, line, _FOOT, colour=SOFT_INK, link=slide.link))
        y -= LEADING * _FOOT
    if date and not link:
        y -= LEADING * _FOOT
    for line in reversed(source):
        parts.append(Text(MARGIN, y, line, _FOOT, colour=SOFT_INK))
        y -= LEADING * _FOOT
    rule = y + (LEADING - typeface.ASCENT) * _FOOT - 12
    return [Stroke([(MARGIN, rule), (WIDTH - MARGIN, rule)], RULE, 1.5), *parts], rule
