"""Where the names of several curves stand: beside the panel in the order of the curves' ends, or at an end far from it.

Everything is in parts of the panel's width and height, from the lower left. [1]
"""

from collections.abc import Sequence
from typing import NamedTuple

End = tuple[float, float]

CHARACTER = 7.0  # width of a character of the names' bold type [px]
LINE = 17.0  # height of a line of it [px]
# Curves that end farther left than this are named at their ends: a line from there to the side would cross others.
_FAR_LEFT = 0.62
_EDGE = 0.03  # curves that end as near as this to the upper or the lower edge leave through it
_HEADROOM = 14.0  # over the panel, where a name may stand [px]


class Name(NamedTuple):
    """Where a name stands.

    Attributes:
        x, y (float): Where its curve ends. [1]
        at_x, at_y (float): Where the name stands: its left end and its middle beside the panel, its right end and its
            middle elsewhere. [1]
        beside (bool): Whether it stands beside the panel.
    """

    x: float
    y: float
    at_x: float
    at_y: float
    beside: bool


def places(ends: Sequence[End], names: Sequence[str], width: float, height: float) -> list[Name]:
    """Choose a place for each name so that no two overlap.

    Args:
        ends (sequence of (float, float)): Where each curve ends on the right. [1]
        names (sequence of str): One a curve.
        width, height (float): Of the panel. [px]
    """
    beside = [i for i, (x, _) in enumerate(ends) if x >= _FAR_LEFT]
    order = sorted(beside, key=lambda i: _from_top(*ends[i]))
    heights = spread([ends[i][1] for i in order], LINE / height, 0.0, 1 + _HEADROOM / height)
    found = {i: Name(ends[i][0], ends[i][1], 1 + 8 / width, y, True) for i, y in zip(order, heights, strict=True)}
    taken: list[tuple[float, float]] = []  # right end and middle of the names that stand at ends
    for i in sorted(set(range(len(ends))) - set(beside), key=lambda i: ends[i]):
        x, y = ends[i]
        at_x, at_y = max(x - 6 / width, len(names[i]) * CHARACTER / width), min(y + 12 / height, 1 + _HEADROOM / height)
        while any(abs(at_y - other) < LINE / height and at_x - right < 200 / width for right, other in taken):
            at_y -= LINE / height
        taken.append((at_x, at_y))
        found[i] = Name(x, y, at_x, at_y, False)
    return [found[i] for i in range(len(ends))]


def _from_top(x: float, y: float) -> tuple[float, float]:
    """The order of names beside the panel in which no lines to them cross.

    Of the curves that leave through the upper edge the one farthest left comes first, of those through the lower edge
    it comes last.
    """
    if y > 1 - _EDGE:
        return 0.0, x
    return (1.0, -y) if y > _EDGE else (2.0, -x)


def spread(wanted: Sequence[float], gap: float, lowest: float, highest: float) -> list[float]:
    """Heights in a given order, from above, as near to the wanted ones as a gap between each two allows.

    Groups of names that would overlap stand evenly around their mean.

    Args:
        wanted (sequence of float): What each would like.
        gap (float): The least distance of two.
        lowest, highest (float): None stands below or above, where there is room for all.

    Examples:
        >>> spread([0.9, 0.5, 0.5], 0.1, 0.0, 1.0)
        [0.9, 0.55, 0.45]
        >>> spread([1.0, 1.0], 0.25, 0.0, 1.0), spread([0.0, 0.0], 0.25, 0.0, 1.0)
        ([1.0, 0.75], [0.25, 0.0])
    """
    found = _from_above(wanted, gap, highest)
    if not found or found[-1] >= lowest:
        return found
    # The same from below, upside down.
    turned = _from_above([-height for height in reversed(found)], gap, -lowest)
    return [-height + 0.0 for height in reversed(turned)]


def _from_above(wanted: Sequence[float], gap: float, highest: float) -> list[float]:
    groups: list[list[float]] = []  # members, and the height of the first
    for height in wanted:
        groups.append([1, min(height, highest)])
        while len(groups) > 1 and groups[-2][1] - groups[-2][0] * gap < groups[-1][1] - 1e-12:
            n, top = groups.pop()
            m, over = groups.pop()
            # The mean of what both want, of their first members.
            mean = (m * over + n * (top + m * gap)) / (m + n)
            groups.append([m + n, min(mean, highest)])
    return [round(top - i * gap, 12) for n, top in groups for i in range(int(n))]
