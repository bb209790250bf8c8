"""A drawing of a page on a slide: lines, bars, maps and small charts."""

import math
from collections.abc import Mapping
from dataclasses import replace

from infecon_ui.charts.drawings import Bars, Cell, Cells, Drawing, Lines, Panels, Row
from infecon_ui.charts.palette import words_on
from infecon_ui.slide import typeface
from infecon_ui.slide.content import Curve, Slide
from infecon_ui.slide.drawing import GRID, INK, SOFT_INK, Box, Part, Rectangle, Stroke, Text, readable
from infecon_ui.slide.plot import TEXT, Axis, plot
from infecon_ui.slide.typeface import LEADING

_GAP, _APART = 40.0, 14.0  # between small charts, and between a name and what it names [px]
_IN_ROW = 3  # small charts
_KEY = 2.2 * TEXT  # of what is named once above small charts [px]
_THICK = 40.0  # of a bar [px]
_NAMES = 0.34  # the widest column of names, as a part of the width
_SAMPLE = 26.0  # a sample of a colour [px]
# Of the height of a map's row, its text takes at most this part; and it is no smaller than this [px].
_FILLED, _LEAST = 0.8, 14.0


def drawn(slide: Slide, drawing: Drawing, area: Box) -> list[Part]:
    """Draw what a slide shows in place of curves and bars into a rectangle."""
    if isinstance(drawing, Lines):
        return plot(with_lines(slide, drawing), area)
    if isinstance(drawing, Bars):
        return _bars(drawing, area)
    if isinstance(drawing, Cells):
        return _cells(drawing, area)
    return _panels(slide, drawing, area)


def with_lines(slide: Slide, drawing: Lines) -> Slide:
    """A slide with the axes and the curves of a drawing; of lines of one name and colour the last has the name."""
    last = {(line.name, line.colour): i for i, line in enumerate(drawing.lines)}
    return replace(
        slide,
        x_title=drawing.x.title,
        y_title=drawing.y.title,
        money=drawing.y.money,
        curves=tuple(
            Curve(
                line.name if last[line.name, line.colour] == i else "",
                *(line.x, line.y, line.colour, line.point, line.dashed),
                scattered=line.scattered,
                marked=line.marked,
            )
            for i, line in enumerate(drawing.lines)
        ),
        target=drawing.at,
        target_words=drawing.at_words,
        log_x=drawing.x.log,
        log_y=drawing.y.log,
        ranges=drawing.ranges,
        x_words=drawing.x.words,
        y_words=drawing.y.words,
    )


def _panels(slide: Slide, drawing: Panels, area: Box) -> list[Part]:
    """Small charts, three in a row, each under its title; what all name alike is named once, above them."""
    parts: list[Part] = []
    names = _shared(drawing)
    if names:
        words = typeface.printable(drawing.panels[0][1].y.title)
        title = Text(area.left, area.top + typeface.ASCENT * TEXT, words, TEXT, "Semibold")
        parts += [title, *_key(names, Box(title.box.right + _GAP, area.top, area.right, area.top + 1.4 * TEXT))]
        area = Box(area.left, area.top + _KEY, area.right, area.bottom)
    columns = min(_IN_ROW, len(drawing.panels))
    rows = math.ceil(len(drawing.panels) / columns)
    width = (area.width - _GAP * (columns - 1)) / columns
    height = (area.height - _GAP * (rows - 1)) / rows
    for i, (title_words, lines) in enumerate(drawing.aligned):
        left, top = area.left + (i % columns) * (width + _GAP), area.top + (i // columns) * (height + _GAP)
        words = typeface.shortened(typeface.printable(title_words), TEXT, "Semibold", width)
        parts.append(Text(left, top + typeface.ASCENT * TEXT, words, TEXT, "Semibold"))
        one = with_lines(slide, lines)
        if names:
            last = i + columns >= len(drawing.panels)
            one = replace(
                one,
                y_title="",
                x_title=one.x_title if last else "",
                curves=tuple(replace(curve, name="") for curve in one.curves),
            )
        # Without a title of its axis the chart's own has its row, unless the line of a target speaks there.
        down = 0.0 if names and lines.at is None else 1.6 * TEXT
        drawn = plot(one, Box(left, top + down, left + width, top + height))
        parts += [part for part in drawn if not isinstance(part, Text) or part.words]
    return parts


def _shared(drawing: Panels) -> dict[str, str]:
    """The names of the lines with their colours where all charts have the same and more than one; else none."""
    every = [{line.name: line.colour for line in lines.lines if line.name} for _, lines in drawing.panels]
    alike = len(every[0]) > 1 and all(names == every[0] for names in every)
    return every[0] if alike and len({lines.y.title for _, lines in drawing.panels}) == 1 else {}


def _bars(drawing: Bars, area: Box) -> list[Part]:
    """Bars under each other: names before them, values behind them, the axis below."""
    scale, rows = drawing.scale, drawing.rows
    title = Text(area.left, area.top + typeface.ASCENT * TEXT, typeface.printable(scale.title), TEXT, "Semibold")
    parts: list[Part] = [title]
    if len(drawing.names) > 1:
        parts += _key(drawing.names, Box(title.box.right + _GAP, area.top, area.right, area.top + 1.4 * TEXT))
    names = [typeface.at_most(typeface.printable(row.name), TEXT, "Regular", _NAMES * area.width, 2) for row in rows]
    widest = max(typeface.width(line, TEXT) for lines in names for line in lines)
    values = max(typeface.width(typeface.printable(row.text), TEXT, "Semibold") for row in rows)
    panel = Box(
        area.left + widest + _APART,
        area.top + 2 * TEXT,
        max(area.right - values - _APART, area.left + widest + 3 * _APART),
        area.bottom - 1.8 * TEXT,
    )
    across = Axis(*drawing.ends, panel.left, panel.right, log=False)
    parts += _grid(drawing, across, panel)
    step = panel.height / len(rows)
    thick = min(_THICK, 0.62 * step)
    for i, (row, lines) in enumerate(zip(rows, names, strict=True)):
        middle = panel.top + (i + 0.5) * step
        shown = lines if len(lines) * LEADING * TEXT <= step else lines[:1]
        first = middle + 0.35 * TEXT - (len(shown) - 1) * LEADING * TEXT / 2
        parts += [
            Text(panel.left - _APART, first + n * LEADING * TEXT, line, TEXT, anchor="end")
            for n, line in enumerate(shown)
        ]
        parts += _row(row, across, Box(panel.left, middle - thick / 2, panel.right, middle + thick / 2))
        parts.append(Text(area.right, middle + 0.35 * TEXT, typeface.printable(row.text), TEXT, "Semibold", INK, "end"))
    return parts


def _grid(drawing: Bars, across: Axis, panel: Box) -> list[Part]:
    marks = across.ticks(7)
    parts: list[Part] = []
    end = -math.inf
    for mark, label in zip(marks, drawing.scale.words(marks), strict=True):
        x = across.at(mark)
        parts.append(Stroke([(x, panel.top), (x, panel.bottom)], SOFT_INK if mark == 0 else GRID, 1.5))
        text = Text(x, panel.bottom + 10 + typeface.ASCENT * TEXT, label, TEXT, colour=SOFT_INK, anchor="middle")
        if text.box.left > end + _APART:
            parts.append(text)
            end = text.box.right
    return parts


def _row(row: Row, across: Axis, place: Box) -> list[Part]:
    parts: list[Part] = []
    for span in row.spans:
        start, end = sorted((across.at(span.start), across.at(span.end)))
        parts.append(Rectangle(Box(start, place.top, max(end, start + 2.0), place.bottom), span.colour, 2))
    if not (math.isnan(row.low) or math.isnan(row.high)):
        ends = [across.at(min(max(end, across.low), across.high)) for end in (row.low, row.high)]
        middle = (place.top + place.bottom) / 2
        for colour, thickness in (("#FFFFFF", 7.0), (INK, 3.0)):
            parts.append(Stroke([(ends[0], middle), (ends[1], middle)], colour, thickness))
    return parts


def _cells(drawing: Cells, area: Box) -> list[Part]:
    """A map: heads of columns above, of rows at the left; a colour and a text in every cell, small in many rows."""
    top = area.top + 2 * LEADING * TEXT + _APART
    bottom = area.bottom - (1.6 * TEXT if drawing.key else 0.0)
    tall = (bottom - top) / len(drawing.rows)
    size = max(min(TEXT, _FILLED * tall), _LEAST)
    names = [
        typeface.at_most(typeface.printable(row), size, "Regular", _NAMES * area.width, 1)[0] for row in drawing.rows
    ]
    corner = typeface.shortened(typeface.printable(drawing.y_title), TEXT, "Semibold", _NAMES * area.width)
    left = (
        area.left
        + _APART
        + max(typeface.width(corner, TEXT, "Semibold"), *(typeface.width(name, size) for name in names))
    )
    wide = (area.right - left) / len(drawing.columns)
    parts: list[Part] = [
        Text((left + area.right) / 2, area.top + typeface.ASCENT * TEXT, typeface.printable(drawing.x_title), TEXT,
             "Semibold", anchor="middle"),
        Text(area.left, top - _APART, corner, TEXT, "Semibold"),
    ]  # fmt: skip
    for j, column in enumerate(drawing.columns):
        words = typeface.shortened(typeface.printable(column), TEXT, "Regular", wide - 8)
        parts.append(Text(left + (j + 0.5) * wide, top - _APART, words, TEXT, colour=SOFT_INK, anchor="middle"))
    for i, (name, row) in enumerate(zip(names, drawing.cells, strict=True)):
        y = top + i * tall
        parts.append(Text(left - _APART, y + tall / 2 + 0.35 * size, name, size, anchor="end"))
        for j, cell in enumerate(row):
            x = left + j * wide
            parts += _cell(cell, Box(x + 1.5, y + 1.5, x + wide - 1.5, y + tall - 1.5), size)
    if drawing.key:
        parts += _key({words: colour for colour, words in drawing.key}, Box(left, bottom + 8, area.right, area.bottom))
    return parts


def _cell(cell: Cell, box: Box, size: float) -> list[Part]:
    parts: list[Part] = [Rectangle(box, cell.colour or GRID, 3)]
    if cell.text and box.height >= 0.9 * size:
        ink = words_on(cell.colour or GRID)
        words = typeface.shortened(typeface.printable(cell.text), size, "Semibold", box.width - 8)
        x, y = (box.left + box.right) / 2, (box.top + box.bottom) / 2 + 0.35 * size
        small = typeface.shortened(typeface.printable(cell.small), size, "Regular", box.width - 8)
        half = LEADING * size / 2 if small and box.height >= 2 * LEADING * size + 8 else 0.0
        parts.append(Text(x, y - half, words, size, "Semibold", ink, "middle"))
        if half:
            parts.append(Text(x, y + half, small, size, colour=ink, anchor="middle"))
    return parts


def _key(names: Mapping[str, str], room: Box) -> list[Part]:
    """What colours mean, in one line, as many as have room."""
    parts: list[Part] = []
    x, baseline = room.left, room.top + typeface.ASCENT * TEXT
    for name, colour in names.items():
        words = typeface.printable(name)
        end = x + _SAMPLE + 8 + typeface.width(words, TEXT)
        if end > room.right:
            break
        parts.append(Rectangle(Box(x, baseline - 0.7 * TEXT, x + _SAMPLE, baseline + 0.05 * TEXT), colour, 3))
        parts.append(Text(x + _SAMPLE + 8, baseline, words, TEXT, colour=readable(SOFT_INK)))
        x = end + _GAP
    return parts
