"""Where the names of curves stand: at their ends, on nothing else that is drawn."""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from infecon_ui.slide import typeface
from infecon_ui.slide.drawing import Box, Part, Stroke, Text
from infecon_ui.slide.typeface import LEADING

Array = npt.NDArray[np.float64]
Point = tuple[float, float]

_BESIDE = 14.0  # from the end of a curve to its name [px]
_LEADER = 34.0  # names further away are joined to their curves by a line [px]
_STEP = 6.0
_CLEAR = 5.0  # from a name to what else is drawn [px]
_OWN = 16.0  # from a name to other curves, where it stands beside its own [px]
_TRACE = 4.0  # between points that stand for a line [px]


class Place(NamedTuple):
    """A curve and its name.

    Attributes:
        lines (tuple of str): The name, broken into lines.
        pieces (list of polylines): The curve as it is drawn. [px]
        colour (str): Of the name.
    """

    lines: tuple[str, ...]
    pieces: list[list[Point]]
    colour: str

    @property
    def end(self) -> Point:
        """Where the curve ends at the right."""
        return max(point for piece in self.pieces for point in piece)

    @property
    def start(self) -> Point:
        """Where the curve begins at the left."""
        return min(point for piece in self.pieces for point in piece)


class Names(NamedTuple):
    """Placed names.

    Attributes:
        parts (list): What is drawn.
        at_ends (bool): Whether all stand right of the ends of their curves.
        in_column (bool): Whether some stand in the column at the right.
    """

    parts: list[Part]
    at_ends: bool
    in_column: bool


def place_names(places: Sequence[Place], room: Box, column: float, taken: Sequence[Box], size: float) -> Names:
    """Names beside their curves: at the right end, else at the left one, else along it, else in a column at the right.

    Args:
        places (sequence of Place): Curves and names, in any order.
        room (Box): Where the names may stand.
        column (float): Left edge of the column at the right, whose names are joined to their curves by a line. [px]
        taken (sequence of Box): What they may not cover, besides the curves.
        size (float): Height of their em. [px]
    """
    traces = [traced(place.pieces) for place in places]
    everything = np.concatenate([np.empty((0, 2)), *traces])
    order = sorted(range(len(places)), key=lambda i: (places[i].end[1], places[i].end[0]))
    found: dict[int, Box] = {}
    occupied = list(taken)

    def take(i: int, box: Box) -> None:
        found[i] = box
        occupied.append(box.grown(_CLEAR))

    for i in order:
        box = next((b for b in _right_of(places[i], room, size) if free(b, room, everything, occupied)), None)
        if box is not None:
            take(i, box)
    at_ends = len(found) == len(places)
    for i in order:
        if i not in found:
            others = np.concatenate([np.empty((0, 2)), *(trace for j, trace in enumerate(traces) if j != i)])
            box = next(
                (
                    b
                    for b in _along(places[i], size)
                    if free(b, room, traces[i], occupied) and free(b, room, others, occupied, _OWN)
                ),
                None,
            )
            if box is not None:
                take(i, box)
    stacked = [i for i in order if i not in found]
    while stacked:
        column_boxes = _column([places[i] for i in stacked], room, column, size)
        leaders = traced([_leader(places[i], box) for i, box in zip(stacked, column_boxes, strict=True)])
        met = [
            i
            for i in order
            if i not in stacked
            and (any(found[i].meets(box) for box in column_boxes) or not free(found[i], found[i], leaders, (), 0.0))
        ]
        if not met:
            found |= dict(zip(stacked, column_boxes, strict=True))
            break
        # What stands where the column or its lines go becomes a part of it.
        stacked = [i for i in order if i in stacked or i in met]
    parts: list[Part] = []
    for i, box in sorted(found.items()):
        if not _near(traces[i], box):
            parts.append(Stroke(_leader(places[i], box), places[i].colour, 1.5))
        parts += [
            Text(box.left, box.top + (typeface.ASCENT + LEADING * n) * size, line, size, "Semibold", places[i].colour)
            for n, line in enumerate(places[i].lines)
        ]
    return Names(parts, at_ends, bool(stacked))


def _extent(place: Place, size: float) -> Point:
    wide = max(typeface.width(line, size, "Semibold") for line in place.lines)
    high = (typeface.ASCENT + typeface.DESCENT + LEADING * (len(place.lines) - 1)) * size
    return wide, high


def _right_of(place: Place, room: Box, size: float) -> Iterator[Box]:
    """Places right of the right end of a curve, the nearest first."""
    wide, high = _extent(place, size)
    x, y = place.end
    for step in range(int(_LEADER / _STEP)):
        for sign in (-1, 1) if step else (1,):
            middle = min(max(y + sign * step * _STEP, room.top + high / 2), room.bottom - high / 2)
            yield Box(x + _BESIDE, middle - high / 2, x + _BESIDE + wide, middle + high / 2)


def _along(place: Place, size: float) -> Iterator[Box]:
    """Places above and below the left end of a curve, then on either side of it, from its right end."""
    wide, high = _extent(place, size)
    x, y = place.start
    for right in (0.0, 20.0, 40.0):
        for lower in (y - _BESIDE + 2, y + _BESIDE + high):
            yield Box(x + right, lower - high, x + right + wide, lower)
    points = [point for piece in reversed(place.pieces) for point in reversed(_spaced(piece))]
    for x, y in points:
        for left in (x - _BESIDE - wide, x + _BESIDE):
            for top in (y - _BESIDE / 2 - high, y - high / 2, y + _BESIDE / 2):
                yield Box(left, top, left + wide, top + high)


def _spaced(piece: Sequence[Point]) -> list[Point]:
    """Points of a line some steps apart."""
    return [(float(x), float(y)) for x, y in traced([piece])[::5]]


def _column(places: Sequence[Place], room: Box, left: float, size: float) -> list[Box]:
    """Boxes one under the other, each as near to the height of its curve's end as the others leave."""
    extents = [_extent(place, size) for place in places]
    gap = min(12.0, max(0.0, (room.height - sum(high for _, high in extents)) / max(1, len(places) - 1)))
    tops: list[float] = []
    for place, (_, high) in zip(places, extents, strict=True):
        least = tops[-1] + extents[len(tops) - 1][1] + gap if tops else room.top
        tops.append(max(least, place.end[1] - high / 2))
    # Pushed down past the end, they move up again together.
    lowest = room.bottom
    for i in range(len(tops) - 1, -1, -1):
        tops[i] = min(tops[i], lowest - extents[i][1])
        lowest = tops[i] - gap
    return [Box(left, top, left + wide, top + high) for top, (wide, high) in zip(tops, extents, strict=True)]


def _leader(place: Place, box: Box) -> list[Point]:
    """The line from the end of a curve to its name."""
    return [place.end, (box.left - 6, (box.top + box.bottom) / 2)]


def _near(trace: Array, box: Box) -> bool:
    """Whether a name stands so near to its curve that nobody looks for it."""
    return not free(box, box, trace, (), _LEADER)


def free(box: Box, room: Box, curves: Array, taken: Sequence[Box], clear: float = _CLEAR) -> bool:
    """Whether a rectangle lies in the room and covers neither a curve nor what stands there.

    Args:
        box, room (Box): The rectangle, and where it may lie.
        curves (array (n, 2)): As `traced` gives it.
        taken (sequence of Box): What stands there.
        clear (float): Least distance to the curves. [px]
    """
    if not room.holds(box) or any(box.meets(other) for other in taken):
        return False
    left, top, right, bottom = box.grown(clear)
    x, y = curves.T
    return not bool(((x >= left) & (x <= right) & (y >= top) & (y <= bottom)).any())


def traced(lines: Sequence[Sequence[Point]]) -> Array:
    """Points along lines, no further apart than a rectangle of text could slip through, as rows of x and y. [px]"""
    points: list[Array] = [np.empty((0, 2))]
    for line in lines:
        for start, end in pairwise(line):
            points.append(np.linspace(start, end, 2 + int(math.dist(start, end) / _TRACE)))
    return np.concatenate(points)
