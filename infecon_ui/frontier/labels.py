"""Where to write on a rising curve: above and to the left of a point nothing is drawn."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

# Width and height of the panel on a phone, with a long legend and with a short one, and in windows of 1440 and of
# 1920 px: what is free on one is not free on another. [px]
ACROSS, UP = np.array([[297.0, 225.0], [297.0, 261.0], [919.0, 286.0], [1399.0, 286.0]]).T
CHARACTER, HEIGHT = 5.9, 35.0  # width of a character of the labels' bold type, and height of two lines of it [px]
GAP = 5.0  # from a label to the curve [px]
# What else is written: the hint in the lower right corner, and the axis' name over the panel, right of which a label
# may reach into the margin. [px]
HINT, NAME, MARGIN = (112.0, 28.0), 140.0, 37.0


class LabelPlace(NamedTuple):
    """Where a label stands, from its point.

    Attributes:
        right, up (float): Offsets of its lower corner. [px]
        side (str): Which of the lower corners, `left` or `right`.
    """

    right: float
    up: float
    side: str


def places(points: Sequence[tuple[float, float]], texts: Sequence[str], curve: Array) -> list[LabelPlace]:
    """Choose a free place for each label, the lowest point's first, then from the top.

    Args:
        points (sequence of pairs): Where the labelled points stand, as parts of width and height from the lower left.
            [1]
        texts (sequence of str): Labels, lines separated by `<br>`.
        curve (array (n, 2)): The rising curve in the same parts, from left to right. [1]
    """
    taken = [(ACROSS - HINT[0], 0 * UP, ACROSS, 0 * UP + HINT[1])]
    chosen: dict[int, LabelPlace] = {}
    falling = sorted(range(len(points)), key=lambda i: -points[i][1])
    for i in falling[-1:] + falling[:-1]:
        x, y = points[i][0] * ACROSS, points[i][1] * UP
        width = max(map(len, re.sub("</?b>", "", texts[i]).split("<br>"))) * CHARACTER
        boxes = {place: _box(place, x, y, width) for place in _candidates(x, y, width, curve)}
        chosen[i] = next((place for place, box in boxes.items() if _free(box, curve, taken)), next(iter(boxes)))
        taken.append(boxes[chosen[i]])
    return [chosen[i] for i in range(len(points))]


def _candidates(x: Array, y: Array, width: float, curve: Array) -> Iterator[LabelPlace]:
    # Above to the left, or as far to the left as the screens allow, over what the curve rises along the rest.
    end = max(-9.0, float((width - x).max()))
    crest = UP * np.interp((x + end) / ACROSS, curve[:, 0], curve[:, 1])
    over = max(9.0, float((crest - y).max()) + GAP)
    for more in (0, 18, 36, 54, 72, 92):
        near = LabelPlace(end, over + more, "right")
        yield near if end < width / 2 else LabelPlace(end - width, near.up, "left")
    # On the upper edge of the panel, for a point out of sight above it.
    yield LabelPlace(0, 1, "right")
    # Beside the point, as far to the left as the curve takes to fall under the label.
    for up in (-5, -20, -35, -60, -90):
        passed = ACROSS * np.interp((y + up - GAP) / UP, curve[:, 1], curve[:, 0])
        yield LabelPlace(-float((x - passed).max()), up, "right")
    # Below, under a curve that is out of sight or leaves no place above.
    yield LabelPlace(9, -9 - HEIGHT, "left")
    yield LabelPlace(float((ACROSS - x).min()), -9 - HEIGHT, "right")


def _box(place: LabelPlace, x: Array, y: Array, width: float) -> tuple[Array, Array, Array, Array]:
    """Left, lower, right and upper edge of a label on each screen. [px]"""
    left, lower = x + place.right - (width if place.side == "right" else 0), y + place.up
    return left, lower, left + width, lower + HEIGHT


def _free(label: tuple[Array, ...], curve: Array, taken: Sequence[tuple[Array, ...]]) -> bool:
    left, lower, right, upper = label
    inside = (left > -1) & (right <= ACROSS) & (lower >= 0) & (upper <= UP + MARGIN * (left > NAME))
    # The curve rises: over a label's span it is highest at the right end and lowest at the left one.
    highest, lowest = (UP * np.interp(end / ACROSS, curve[:, 0], curve[:, 1]) for end in (right, left))
    clear = (lower >= np.minimum(highest + GAP, UP)) | (upper <= lowest - GAP)
    apart = [(left >= box[2]) | (box[0] >= right) | (lower >= box[3]) | (box[1] >= upper) for box in taken]
    return bool((inside & clear & np.all(apart, axis=0)).all())
