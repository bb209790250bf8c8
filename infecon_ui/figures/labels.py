"""Where to write on a chart so that no label covers another, the curve or the edge."""

from collections.abc import Sequence
from typing import NamedTuple

from infecon_ui.figures.axes import Array

# A chart is drawn on phones and on wide screens; a label has to be free on both. [px]
_SCREENS = ((285, 290), (900, 330))
_CHARACTER = 6.9  # width of a character of the labels' type, rounded up [px]
_LINE = 17  # height of a line of it [px]
_DISTANCES = (16, 34, 56, 80, 108, 140)
_DIRECTIONS = ((-1, -1), (0, -1), (-1, 0), (1, 1), (1, 0), (0, 1), (1, -1), (-1, 1))


class Spot(NamedTuple):
    """Place of a label: offset of its near edge from its point, to the right and down, and the anchors.

    Parameters
    ----------
    right, down : float
        Offsets. [px]
    xanchor, yanchor : str
        Which edge of the label stands there, in plotly's words.
    """

    right: float
    down: float
    xanchor: str
    yanchor: str


class _Box(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float


def place(
    points: Sequence[tuple[float, float]], texts: Sequence[str], curve: Array, lower_right: Sequence[str]
) -> list[Spot]:
    """Choose a spot for each label, the first label first.

    Parameters
    ----------
    points : sequence of pairs
        Where the labelled points stand, as parts of width and height from the lower left. [1]
    texts : sequence of str
        Labels, lines separated by `<br>`.
    curve : array (n, 2)
        Points that labels leave free, in the same parts. [1]
    lower_right : sequence of str
        Texts that already stand in the lower right corner.
    """
    placed: list[list[_Box]] = [[_corner(text, screen) for text in lower_right] for screen in _SCREENS]
    spots = []
    for point, text in zip(points, texts, strict=True):
        spot = min(_candidates(), key=lambda spot: _penalty(spot, point, text, curve, placed))
        for boxes, screen in zip(placed, _SCREENS, strict=True):
            boxes.append(_box(spot, point, text, screen))
        spots.append(spot)
    return spots


def _candidates() -> list[Spot]:
    anchors_x = {-1: "right", 0: "center", 1: "left"}
    anchors_y = {-1: "bottom", 0: "middle", 1: "top"}
    return [
        Spot(x * distance * (0.7 if y else 1), y * distance * (0.7 if x else 1), anchors_x[x], anchors_y[y])
        for distance in _DISTANCES
        for x, y in _DIRECTIONS
    ]


def _size(text: str) -> tuple[float, float]:
    lines = text.replace("<b>", "").replace("</b>", "").split("<br>")
    return max(map(len, lines)) * _CHARACTER + 6, len(lines) * _LINE + 4


def _box(spot: Spot, point: tuple[float, float], text: str, screen: tuple[int, int]) -> _Box:
    width, height = _size(text)
    x = point[0] * screen[0] + spot.right
    y = (1 - point[1]) * screen[1] + spot.down
    left = x - {"left": 0, "center": width / 2, "right": width}[spot.xanchor]
    top = y - {"top": 0, "middle": height / 2, "bottom": height}[spot.yanchor]
    return _Box(left, top, left + width, top + height)


def _corner(text: str, screen: tuple[int, int]) -> _Box:
    width, height = _size(text)
    return _Box(screen[0] - width - 8, screen[1] - height - 8, screen[0], screen[1])


def _penalty(
    spot: Spot, point: tuple[float, float], text: str, curve: Array, placed: Sequence[Sequence[_Box]]
) -> float:
    total = 0.02 * (abs(spot.right) + abs(spot.down))
    for boxes, screen in zip(placed, _SCREENS, strict=True):
        box = _box(spot, point, text, screen)
        outside = (
            max(0.0, -box.left)
            + max(0.0, -box.top)
            + max(0.0, box.right - screen[0])
            + max(0.0, box.bottom - screen[1])
        )
        total += 3 * outside + sum(20.0 for other in boxes if _overlap(box, other))
        x, y = curve[:, 0] * screen[0], (1 - curve[:, 1]) * screen[1]
        near = 6
        covered = (x > box.left - near) & (x < box.right + near) & (y > box.top - near) & (y < box.bottom + near)
        total += 40 * float(covered.mean()) + (4 if covered.any() else 0)
    return total


def _overlap(one: _Box, other: _Box) -> bool:
    return one.left < other.right and other.left < one.right and one.top < other.bottom and other.top < one.bottom
