"""The curves of a slide: axes, target, points, and a name at the end of each curve."""

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from infecon_ui.charts import axes
from infecon_ui.charts.curves import pieces
from infecon_ui.slide import typeface
from infecon_ui.slide.content import Array, Curve, Slide
from infecon_ui.slide.drawing import GRID, INK, SOFT_INK, Anchor, Box, Disc, Part, Stroke, Text, readable
from infecon_ui.slide.names import Names, Place, free, place_names, traced
from infecon_ui.slide.typeface import LEADING
from infecon_ui.text import formats

TEXT = 28.0
_ROW = 1.6 * TEXT
_TO_AXIS, _TO_NAMES = 14.0, 22.0  # from the panel to the labels of its axes, and to the names [px]
_APART = 18.0  # between the labels of an axis
_CURVE, _POINT, _DOT = 5.0, 10.0, 8.0
_BEYOND = "16 12"  # dashes of what lies beyond what was measured
_WHISKER, _CAP = 2.5, 9.0  # thickness, and half of what stands across their ends [px]
_NAME, _NAME_LINES = 290.0, 3  # widest line of a name, and most lines [px, 1]
# Marks of the vertical axis at the most, and the height of each, as a multiple of its text.
_MARKS, _ROOM = 8, 1.4


@dataclass(frozen=True)
class Axis:
    """One axis: where its values stand.

    Args:
        low, high (float): Its ends, in the unit of its values.
        start, end (float): Where they stand. [px]
        log (bool): Whether it is logarithmic.
    """

    low: float
    high: float
    start: float
    end: float
    log: bool

    def at(self, value: float) -> float:
        """Where a value stands. [px]"""
        if self.log:
            part = math.log(value / self.low) / math.log(self.high / self.low)
        else:
            part = (value - self.low) / (self.high - self.low)
        return self.start + part * (self.end - self.start)

    def holds(self, value: float) -> bool:
        """Whether a value stands on it."""
        return self.low <= value <= self.high

    def ticks(self, most: int) -> list[float]:
        """Round values on it."""
        return axes.ticks(self.low, self.high, log_axis=self.log, most=most)


def plot(slide: Slide, area: Box) -> list[Part]:
    """Draw the curves of a slide into a rectangle.

    Names stand in a margin of their own, right of the ends of their curves; where the ends lie too close together for
    that, beside the curves, which then get the margin; else in the margin with lines to the curves.
    """
    names = [
        _shortened(typeface.balanced(typeface.printable(curve.name), TEXT, "Semibold", _NAME)) for curve in slide.curves
    ]
    widest = max((typeface.width(line, TEXT, "Semibold") for lines in names for line in lines), default=0.0)
    with_margin = _drawn(slide, area, names, widest + _TO_NAMES)
    if with_margin.at_ends:
        return with_margin.parts
    without_margin = _drawn(slide, area, names, 0.0)
    # A column needs the margin: right of the area stand the bars.
    return with_margin.parts if without_margin.in_column else without_margin.parts


def _shortened(lines: list[str]) -> list[str]:
    return (
        lines if len(lines) <= _NAME_LINES else [*lines[: _NAME_LINES - 1], lines[_NAME_LINES - 1] + typeface.ELLIPSIS]
    )


def _drawn(slide: Slide, area: Box, names: Sequence[Sequence[str]], margin: float) -> Names:
    """The curves in a rectangle that leaves a margin for names at the right. [px]"""
    slowest, fastest, lowest, highest = slide.ranges
    room = int((area.height - 5 * TEXT) / (_ROOM * TEXT))
    marks = axes.ticks(lowest, highest, log_axis=slide.log_y, most=max(2, min(_MARKS, room)))
    labels = (slide.y_words or (axes.dollars if slide.money else axes.plain))(marks)
    left = area.left + max((typeface.width(label, TEXT) for label in labels), default=0.0) + _TO_AXIS
    across = Axis(slowest, fastest, left, area.right - margin, slide.log_x)

    title = Text(area.left, area.top + typeface.ASCENT * TEXT, typeface.printable(slide.y_title), TEXT, "Semibold")
    target = _target_label(slide, across, title)
    top = (target or title).y + 0.8 * TEXT
    panel = Box(left, top, across.end, area.bottom - 2 * LEADING * TEXT - _TO_AXIS)
    up = Axis(lowest, highest, panel.bottom, panel.top, slide.log_y)

    parts: list[Part] = [title, *([target] if target else ())]
    for mark, label in zip(marks, labels, strict=True):
        y = up.at(mark)
        parts.append(Stroke([(panel.left, y), (panel.right, y)], GRID, 1.5))
        parts.append(Text(panel.left - _TO_AXIS, y + 0.35 * TEXT, label, TEXT, colour=SOFT_INK, anchor="end"))
    parts += _below(slide, panel, across)
    taken: list[Box] = []
    if target and slide.target is not None:
        x = across.at(slide.target)
        parts.append(Stroke([(x, panel.top - 8), (x, panel.bottom)], SOFT_INK, 2.5, "3 6"))
        taken.append(Box(x - 4, panel.top, x + 4, panel.bottom))

    drawn = []
    for curve in slide.curves:
        lines = list(_lines(curve, across, up, panel))
        parts += [] if curve.scattered else lines
        parts += _dots(curve, across, up, panel) if curve.scattered or curve.marked else []
        drawn.append([list(line.points) for line in lines])
    whiskers = [one for curve in slide.curves for one in _whiskers(curve, across, up, panel)]
    parts += whiskers
    taken += [Box(*map(min, *one.points), *map(max, *one.points)).grown(3) for one in whiskers]
    points = [
        Disc(across.at(curve.point[0]), up.at(curve.point[1]), _POINT, curve.colour)
        for curve in slide.curves
        if curve.point is not None and across.holds(curve.point[0]) and up.holds(curve.point[1])
    ]
    parts += points
    taken += [disc.box.grown(4) for disc in points]
    value = _value(slide, points, traced([line for found in drawn for line in found]), taken, panel)
    parts += value
    taken += [text.box.grown(4) for text in value]
    places = [
        Place(tuple(lines), found, readable(curve.colour))
        for curve, lines, found in zip(slide.curves, names, drawn, strict=True)
        if found and curve.name
    ]
    beside = Box(panel.left + 8, panel.top, area.right, panel.bottom)
    placed = place_names(places, beside, panel.right + 18, taken, TEXT)
    return placed._replace(parts=[*parts, *placed.parts])


def _target_label(slide: Slide, across: Axis, title: Text) -> Text | None:
    """What the line of the target says above its end: in the row of the title, or below it where they would meet."""
    if slide.target is None or not across.holds(slide.target):
        return None
    words = slide.target_words or f"at least {formats.number(slide.target)}"
    half = typeface.width(words, TEXT, "Semibold") / 2
    middle = min(max(across.at(slide.target), across.start + half), across.end - half)
    label = Text(middle, title.y, words, TEXT, "Semibold", anchor="middle")
    return replace(label, y=title.y + _ROW) if label.box.grown(_APART).meets(title.box) else label


def _below(slide: Slide, panel: Box, across: Axis) -> list[Part]:
    """Grid lines and labels of the horizontal axis, as many as have room, and its title."""
    baseline = panel.bottom + 10 + typeface.ASCENT * TEXT
    texts: list[Text] = []
    for most in range(9, 1, -1):
        marks = across.ticks(most)
        labels = zip(marks, slide.x_words(marks), strict=True)
        texts = [Text(across.at(x), baseline, label, TEXT, colour=SOFT_INK, anchor="middle") for x, label in labels]
        if all(b.box.left - a.box.right >= _APART for a, b in itertools.pairwise(texts)):
            break
    title = Text(
        (panel.left + panel.right) / 2, baseline + LEADING * TEXT, typeface.printable(slide.x_title), TEXT,
        colour=SOFT_INK, anchor="middle",
    )  # fmt: skip
    rule = Stroke([(panel.left, panel.bottom), (panel.right, panel.bottom)], SOFT_INK, 1.5)
    grid = [Stroke([(text.x, panel.top), (text.x, panel.bottom)], GRID, 1.5) for text in texts]
    return [*grid, rule, *texts, title]


def _value(slide: Slide, points: Sequence[Disc], lines: Array, taken: Sequence[Box], panel: Box) -> list[Text]:
    """What a single curve costs at the target, beside its point; of several the bars say it."""
    if slide.drawing is not None or len(slide.curves) != 1 or not points or slide.curves[0].point is None:
        return []
    value = slide.curves[0].point[1]
    words, disc, size = formats.about(value) if slide.money else formats.digits(value, 2), points[0], 1.3 * TEXT
    sides: tuple[tuple[int, Anchor], ...] = ((-1, "end"), (1, "start"))
    candidates = (
        Text(disc.x + side * away, disc.y + down, words, size, "Semibold", INK, anchor)
        for away in (18.0, 34.0, 56.0, 90.0)
        for down in (6 - away, 14 + away)
        for side, anchor in sides
    )
    found = next((text for text in candidates if free(text.box, panel, lines, taken)), None)
    return [found] if found is not None else []


def _lines(curve: Curve, across: Axis, up: Axis, panel: Box) -> Iterator[Stroke]:
    """A curve as far as the panel shows it, dashed beyond what was measured."""
    points = _pixels(curve, across, up)
    for part, beyond in [(slice(None), False)] if curve.beyond is None else pieces(curve.beyond):
        for line in _inside(points[part], panel):
            yield Stroke(line, curve.colour, _CURVE, _BEYOND if beyond else "")


def _dots(curve: Curve, across: Axis, up: Axis, panel: Box) -> list[Part]:
    """The points of a curve that is none."""
    return [
        Disc(*point, _DOT, curve.colour)
        for point in _pixels(curve, across, up)
        if point is not None and panel.left <= point[0] <= panel.right and panel.top <= point[1] <= panel.bottom
    ]


def _whiskers(curve: Curve, across: Axis, up: Axis, panel: Box) -> Iterator[Stroke]:
    """The ranges of the point along both axes, cut at the edges, with a short line across each end that is seen."""
    if curve.point is None or curve.ranges is None or not across.holds(curve.point[0]) or not up.holds(curve.point[1]):
        return
    x, y = across.at(curve.point[0]), up.at(curve.point[1])
    for axis, values, horizontal in ((across, curve.ranges[0], True), (up, curve.ranges[1], False)):
        ends = [axis.at(min(max(value, axis.low), axis.high)) for value in values]
        yield Stroke([(end, y) if horizontal else (x, end) for end in ends], SOFT_INK, _WHISKER)
        for value, end in zip(values, ends, strict=True):
            if axis.holds(value):
                cap = [(end, y - _CAP), (end, y + _CAP)] if horizontal else [(x - _CAP, end), (x + _CAP, end)]
                yield Stroke(cap, SOFT_INK, _WHISKER)


def _pixels(curve: Curve, across: Axis, up: Axis) -> list[tuple[float, float] | None]:
    """The points of a curve on the slide; None where it has no value."""
    return [
        (across.at(float(x)), up.at(float(y))) if _drawable(x, across) and _drawable(y, up) else None
        for x, y in zip(curve.x, curve.y, strict=True)
    ]


def _drawable(value: Array | float, axis: Axis) -> bool:
    return bool(math.isfinite(float(value)) and (float(value) > 0 or not axis.log))


def _inside(points: Sequence[tuple[float, float] | None], panel: Box) -> Iterator[list[tuple[float, float]]]:
    """The pieces of a line that lie in a rectangle, cut at its edges; a single point is a piece of no length."""
    present: list[tuple[float, float]] = []
    for before, after in zip([None, *points], points, strict=False):
        cut = None if before is None or after is None else _cut(before, after, panel)
        if cut is None:
            if len(present) > 1:
                yield present
            present = []
            continue
        start, end = cut
        if present and present[-1] != start:
            yield present
            present = []
        present = [*present, end] if present else [start, end]
    if present:
        yield present
    if len(points) == 1 and points[0] is not None:
        yield [points[0], points[0]]


def _cut(
    start: tuple[float, float], end: tuple[float, float], panel: Box
) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """The part of a line between two points that lies in a rectangle; None where there is none.

    Source: Liang and Barsky, A new concept and method for line clipping, ACM Transactions on Graphics 3 (1984).
    """
    across, down = end[0] - start[0], end[1] - start[1]
    first, last = 0.0, 1.0
    for step, room in (
        (-across, start[0] - panel.left),
        (across, panel.right - start[0]),
        (-down, start[1] - panel.top),
        (down, panel.bottom - start[1]),
    ):
        if step == 0:
            if room < 0:
                return None
        elif step < 0:
            first = max(first, room / step)
        else:
            last = min(last, room / step)
    if first > last:
        return None
    ends = [start if part == 0 else end if part == 1 else (start[0] + part * across, start[1] + part * down)
            for part in (first, last)]  # fmt: skip
    return ends[0], ends[1]
