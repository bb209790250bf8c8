"""Where to write on a chart: beside the labelled points, where nothing else is drawn, on small and on wide screens."""

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

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
_AT_ONCE = 16  # places that are counted together
_ROUNDING = 1e-6  # of numbers of 32 bits, as a part of the width [1]
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


def drawn(lines: Sequence[Array]) -> Array:
    """Marks at even distances along lines, so that none of their parts slips between two of them.

    Args:
        lines (sequence of array (n, 2)): What is drawn, point by point, in the parts of the labels. [1]
    """
    return np.concatenate([np.empty((0, 2)), *map(_resampled, lines)])


def _resampled(line: Array) -> Array:
    seen = line[(line >= -0.05).all(axis=1) & (line <= 1.05).all(axis=1)]
    if len(seen) < 2:
        return seen
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(seen, axis=0).T))])
    at = np.linspace(0, along[-1], max(2, int(_SAMPLES * min(1.0, along[-1]))))
    return np.column_stack([np.interp(at, along, seen[:, 0]), np.interp(at, along, seen[:, 1])])


def places(
    labels: Sequence[Label], marks: Array, screens: Array = SCREENS, *, target: float = -1.0, rising: bool = True
) -> list[LabelPlace | None]:
    """Choose a free place for each label, the first label first.

    Args:
        labels (sequence of Label): What is written, the most important first.
        marks (array (n, 2)): What is drawn, as from `drawn`. [1]
        screens (array (n, 2)): Width and height of the panel on the screens that matter. [px]
        target (float): Where a thin vertical line stands that is better not written over, as a part of the width. [1]
        rising (bool): Whether the curve rises from left to right.

    Returns:
        list: None for a label that has no free place and is not needed, and for all but the nearest to what it names of
            those that are wanted once; labels of such a text follow each other.
    """
    points = np.concatenate([marks, [(label.x, label.y) for label in labels]])
    panel = _Panel(points[points[:, 0].argsort()], screens, target)
    candidates, offsets = _candidates(rising)
    far = np.hypot(offsets[:, 0], offsets[:, 1])
    chosen: list[LabelPlace | None] = [None] * len(labels)
    written: dict[str, tuple[int, float]] = {}  # which label of a text is written, and how far from its point [px]
    for i, label in enumerate(labels):
        before, distance = written.get(label.text, (i, np.inf)) if label.once else (i, np.inf)
        if distance <= _NEARBY:
            continue
        nearer = np.flatnonzero(far < distance)
        found = panel.place(label, offsets[nearer])
        if found is None:
            continue
        chosen[before] = None
        chosen[i] = candidates[nearer[found]]
        written[label.text] = i, float(far[nearer[found]])
        panel.write(label, offsets[nearer[found]], instead=before != i)
    return chosen


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


class _Panel:
    """What stands on the panel on each screen.

    Args:
        marks (array (n, 2)): What is drawn, from left to right. [1]
        screens (array (n, 2)): Width and height of the panel. [px]
        target (float): Where the line of the target stands. [1]
    """

    def __init__(self, marks: Array, screens: Array, target: float) -> None:
        self.screens = screens
        self.along = marks[:, 0]
        # Half the digits in half the time: they are pixels.
        self.x, self.y = ((screens[:, i, None] * marks[:, i]).astype(np.float32) for i in (0, 1))
        self.across = target * screens[:, 0]
        # Edges of the labels that are written, and points along the lines to them.
        self.taken: Array = np.empty((0, len(screens), 4))
        self.leaders: Array = np.empty((0, len(screens), len(_ALONG), 2))

    def place(self, label: Label, offsets: Array) -> int | None:
        """The place of a label with the least faults, of several the first.

        What is drawn under a place takes longest to count, so places are left out as soon as other faults rule them
        out, and the rest is counted from the least of those on, until no other can have less.

        Args:
            label (Label): What is written.
            offsets (array): Places that are tried, as from `_candidates`.

        Returns:
            int or None: Which place; None where all have too many faults and the label is not needed.
        """
        most = np.inf if label.needed else _TOUCHING
        boxes = _boxes(label, offsets, self.screens)
        faults = self._beyond(boxes) + self._over_labels(boxes)
        left = np.flatnonzero(faults <= most)
        faults[left] += self._through_labels(boxes[left], _leaders(label, offsets[left], self.screens))
        left = left[faults[left] <= most]
        left = left[np.argsort(faults[left], kind="stable")]
        found, least = None, float(most)
        for start in range(0, len(left), _AT_ONCE):
            part = left[start : start + _AT_ONCE]
            if faults[part[0]] > least:
                break
            total = faults[part] + self._over_marks(boxes[part])
            for place, count in zip(part.tolist(), total.tolist(), strict=True):
                if count < least or (count == least and (found is None or place < found)):
                    found, least = place, count
        return found

    def write(self, label: Label, offset: Array, *, instead: bool) -> None:
        """Write a label at a place, instead of the last one or besides."""
        kept = slice(None, -1 if instead else None)
        self.taken = np.concatenate([self.taken[kept], _boxes(label, offset[None], self.screens)])
        self.leaders = np.concatenate([self.leaders[kept], _leaders(label, offset[None], self.screens)])

    def _beyond(self, boxes: Array) -> Array:
        """1000 for each screen beyond whose edges a place lies, and a little where it is on the line of the target."""
        outside = (boxes[..., 0] < 2) | (boxes[..., 2] > self.screens[:, 0] - 2)
        outside |= (boxes[..., 1] < 2) | (boxes[..., 3] > self.screens[:, 1] - 2)
        crossed = (boxes[..., 0] < self.across + 2) & (self.across - 2 < boxes[..., 2])
        faults: Array = 1000 * outside.sum(axis=1) + _CROSSING * crossed.any(axis=1)
        return faults

    def _over_labels(self, boxes: Array) -> Array:
        """200 for each label and screen on which a place lies over it."""
        if not len(self.taken):
            return np.zeros(len(boxes))
        own, other = boxes[:, None], self.taken[None]
        apart = (own[..., 0] >= other[..., 2] + GAP) | (other[..., 0] >= own[..., 2] + GAP)
        apart |= (own[..., 1] >= other[..., 3]) | (other[..., 1] >= own[..., 3])
        faults: Array = 200.0 * (~apart).sum(axis=(1, 2))
        return faults

    def _through_labels(self, boxes: Array, lines: Array) -> Array:
        """200 for each label that the line to a place runs through, and for each line to a label under the place."""
        through = _meet(lines[:, None], self.taken[None]), _meet(self.leaders[None], boxes[:, None])
        faults: Array = 200.0 * sum(found.sum(axis=1) for found in through)
        return faults

    def _over_marks(self, boxes: Array) -> Array:
        """How much of what is drawn each place lies over."""
        edges = (boxes + np.array([-GAP, -GAP / 2, GAP, GAP / 2])).astype(np.float32)
        left, lower, right, upper = (edges[..., [i]] for i in range(4))
        # Only marks between the leftmost and the rightmost of these places can lie under any of them.
        wide = self.screens[:, [0]]
        near = slice(*self.along.searchsorted([(left / wide).min() - _ROUNDING, (right / wide).max() + _ROUNDING]))
        x, y = self.x[:, near], self.y[:, near]
        over = (x > left) & (x < right)
        over &= y > lower
        over &= y < upper
        found: Array = over.sum(axis=(1, 2)).astype(float)
        return found


def _boxes(label: Label, offsets: Array, screens: Array) -> Array:
    """Left, lower, right and upper edge of a label at all places and on each screen. [px]"""
    rows = re.sub("</?b>", "", label.text).split("<br>")
    width, height = max(map(len, rows)) * CHARACTER * label.size, len(rows) * LINE * label.size
    left = label.x * screens[:, 0] + (offsets[:, 0] - offsets[:, 2] * width)[:, None]
    lower = label.y * screens[:, 1] + (offsets[:, 1] - offsets[:, 3] * height)[:, None]
    return np.stack([left, lower, left + width, lower + height], axis=-1)


def _leaders(label: Label, offsets: Array, screens: Array) -> Array:
    """Points along the lines from a label's point to some of its places, on each screen. [px]"""
    start = np.array([label.x, label.y]) * screens
    return start[None, :, None, :] + _ALONG[:, None] * offsets[:, None, None, :2]


def _meet(lines: Array, boxes: Array) -> npt.NDArray[np.bool_]:
    """Whether a line runs through a box on any screen, for each pair of a line and a box."""
    x, y = lines[..., 0], lines[..., 1]
    left, lower, right, upper = (boxes[..., [i]] for i in range(4))
    inside: npt.NDArray[np.bool_] = (x > left) & (x < right) & (y > lower) & (y < upper)
    return np.asarray(inside.any(axis=(-2, -1)))
