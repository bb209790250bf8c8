"""Where to write on a chart: beside the labelled points, where nothing else is drawn, on small and on wide screens."""

import re
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

# Width and height of the panel in windows of 1280 by 720, 1440 by 900 and 1920 by 1080: what is free on one is not free
# on another. On a phone one label is shown, placed for itself. [px]
SCREENS = np.array([[840.0, 175.0], [1000.0, 300.0], [1480.0, 380.0]])
PHONE = np.array([[290.0, 170.0], [330.0, 240.0]])
CHARACTER, LINE = 0.53, 1.3  # width of a character and height of a line, as parts of the size of the type
GAP = 5.0  # from a label to what is drawn [px]
_CROSSING = 2.5  # what writing over the line of the target counts, in samples
_TOUCHING = 3  # so many samples of a line that come closer than that are none to speak of
_ALONG = np.linspace(0.15, 1.0, 12)  # of the line from a point to its label, where it is told from other labels [1]
_SAMPLES = 240  # of a line as long as the panel is wide or high, and of longer ones
_DISTANCES = (14.0, 28.0, 46.0, 70.0, 100.0, 135.0)
_NEARBY = 28.0  # from a point to a label that belongs to nothing else [px]
# Ways from the point to the label, to the right and up, and the corner or edge of the label that they lead to; the best
# first where the curve rises: above to the left of it nothing is drawn.
_WAYS = (
    *((-1, 1, "right", "bottom"), (-1, 0, "right", "middle"), (0, 1, "center", "bottom"), (1, -1, "left", "top")),
    *((1, 0, "left", "middle"), (-1, 0, "right", "bottom"), (-1, -1, "right", "top"), (-1, 0, "right", "top")),
    *((1, 0, "left", "top"), (0, -1, "center", "top"), (0.3, -1, "right", "top"), (-0.3, 1, "left", "bottom")),
    *((1, 1, "left", "bottom"), (1, 0, "left", "bottom")),
    # Close beside the line of the target.
    *((-0.2, 1, "right", "bottom"), (0.2, 1, "left", "bottom")),
)
_MIRRORED = {"bottom": "top", "middle": "middle", "top": "bottom"}


class Label(NamedTuple):
    """Text for one point.

    Attributes:
        x, y (float): Where the point stands, as parts of width and height of the panel from the lower left. [1]
        text (str): Lines separated by `<br>`.
        size (float): Size of the type. [px]
        needed (bool): Whether it is written even where there is no free place.
        once (bool): Whether one label of its text is enough, wherever it stands.
    """

    x: float
    y: float
    text: str
    size: float
    needed: bool = False
    once: bool = False


class LabelPlace(NamedTuple):
    """Where a label stands, from its point.

    Attributes:
        right, up (float): To the nearest corner or edge of the label. [px]
        side, edge (str): Which that is, as plotly anchors annotations: `left`, `center` or `right`, and `bottom`,
            `middle` or `top`.
    """

    right: float
    up: float
    side: str
    edge: str


def places(
    labels: Sequence[Label],
    curve: Array,
    screens: Array = SCREENS,
    *,
    beside: Sequence[Array] = (),
    target: float = -1.0,
    rising: bool = True,
) -> list[LabelPlace | None]:
    """Choose a free place for each label, the first label first.

    Args:
        labels (sequence of Label): What is written, the most important first.
        curve (array (n, 2)): What is drawn, point by point, in the parts of the labels. [1]
        screens (array (n, 2)): Width and height of the panel on the screens that matter. [px]
        beside (sequence of array (n, 2)): Further lines that are drawn. [1]
        target (float): Where a thin vertical line stands that is better not written over, as a part of the width. [1]
        rising (bool): Whether the curve rises from left to right.

    Returns:
        list: None for a label that has no free place and is not needed, and for one that is wanted once and has one.
    """
    drawn = np.concatenate([*map(_resampled, (curve, *beside)), [(label.x, label.y) for label in labels]])
    marks = (drawn[None] * screens[:, None]).astype(np.float32)
    candidates, offsets = _candidates(rising)
    chosen: list[LabelPlace | None] = []
    taken: list[Array] = []
    leaders: list[Array] = []
    settled: set[str] = set()
    for label in labels:
        if label.once and label.text in settled:
            chosen.append(None)
            continue
        boxes = _boxes(label, offsets, screens)
        faults = _faults(boxes, marks, taken, screens)
        across = target * screens[:, 0]
        lines = _leaders(label, offsets, screens)
        faults += 200 * sum(_meets(lines, other[None]) for other in taken)
        faults += 200 * sum(_meets(other[None], boxes) for other in leaders)
        faults += _CROSSING * ((boxes[..., 0] < across + 2) & (across - 2 < boxes[..., 2])).any(axis=1)
        best = int(faults.argmin())
        if faults[best] > _TOUCHING and not label.needed:
            chosen.append(None)
            continue
        chosen.append(candidates[best])
        if np.hypot(candidates[best].right, candidates[best].up) <= _NEARBY:
            settled.add(label.text)
        taken.append(boxes[best])
        leaders.append(lines[best])
    return chosen


def _resampled(line: Array) -> Array:
    """Points at even distances along a line, so that none of its parts slips between two of them."""
    seen = line[(line >= -0.05).all(axis=1) & (line <= 1.05).all(axis=1)]
    if len(seen) < 2:
        return seen
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(seen, axis=0).T))])
    at = np.linspace(0, along[-1], max(2, int(_SAMPLES * min(1.0, along[-1]))))
    return np.column_stack([np.interp(at, along, seen[:, 0]), np.interp(at, along, seen[:, 1])])


@cache
def _candidates(rising: bool) -> tuple[tuple[LabelPlace, ...], Array]:
    """All places that are tried, nearest first; and of each the offset and the parts of the box left and below."""
    found = []
    for distance in _DISTANCES:
        for across, up, side, edge in _WAYS:
            slanted = distance * (0.75 if across and up else 1.0)
            up_px, own_edge = (0.7 * up * slanted, edge) if rising else (-0.7 * up * slanted, _MIRRORED[edge])
            found.append(LabelPlace(across * slanted, up_px, side, own_edge))
    left, below = {"right": 1.0, "center": 0.5, "left": 0.0}, {"top": 1.0, "middle": 0.5, "bottom": 0.0}
    return tuple(found), np.array([(place.right, place.up, left[place.side], below[place.edge]) for place in found])


def _boxes(label: Label, offsets: Array, screens: Array) -> Array:
    """Left, lower, right and upper edge of a label at all places and on each screen. [px]"""
    rows = re.sub("</?b>", "", label.text).split("<br>")
    width, height = max(map(len, rows)) * CHARACTER * label.size, len(rows) * LINE * label.size
    left = label.x * screens[:, 0] + (offsets[:, 0] - offsets[:, 2] * width)[:, None]
    lower = label.y * screens[:, 1] + (offsets[:, 1] - offsets[:, 3] * height)[:, None]
    return np.stack([left, lower, left + width, lower + height], axis=-1)


def _leaders(label: Label, offsets: Array, screens: Array) -> Array:
    """Points along the lines from a label's point to all of its places, on each screen. [px]"""
    start = np.array([label.x, label.y]) * screens
    return start[None, :, None, :] + _ALONG[:, None] * offsets[:, None, None, :2]


def _meets(lines: Array, boxes: Array) -> Array:
    """Whether a line runs through a box on any screen, for each pair of a line and a box."""
    x, y = lines[..., 0], lines[..., 1]
    left, lower, right, upper = (boxes[..., [i]] for i in range(4))
    found: Array = ((x > left) & (x < right) & (y > lower) & (y < upper)).any(axis=(1, 2)).astype(float)
    return found


def _faults(boxes: Array, marks: npt.NDArray[np.float32], taken: Sequence[Array], screens: Array) -> Array:
    """How much each candidate lies over what is drawn or written, or beyond the panel; 0 where it is free."""
    # Half the digits in half the time: they are pixels.
    edges = (boxes + np.array([-GAP, -GAP / 2, GAP, GAP / 2])).astype(np.float32)
    left, lower, right, upper = (edges[..., [i]] for i in range(4))
    x, y = marks[..., 0], marks[..., 1]
    over = (x > left) & (x < right) & (y > lower) & (y < upper)
    faults: Any = over.sum(axis=(1, 2)).astype(float)
    outside = (boxes[..., 0] < 2) | (boxes[..., 2] > screens[:, 0] - 2)
    outside |= (boxes[..., 1] < 2) | (boxes[..., 3] > screens[:, 1] - 2)
    faults += 1000 * outside.sum(axis=1)
    for other in taken:
        apart = (boxes[..., 0] >= other[:, 2] + GAP) | (other[:, 0] >= boxes[..., 2] + GAP)
        apart |= (boxes[..., 1] >= other[:, 3]) | (other[:, 1] >= boxes[..., 3])
        faults += 200 * (~apart).sum(axis=1)
    result: Array = faults
    return result
