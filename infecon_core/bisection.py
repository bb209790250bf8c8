"""Where a condition ceases to hold, by halving what lies between one place where it does and one where it does not."""

import math
from collections.abc import Callable


def whole_middle(inside: float, outside: float) -> float:
    """The whole number half-way, the one nearer to `inside` of two."""
    half = (inside + outside) / 2
    return math.floor(half) if inside < outside else math.ceil(half)


def last_inside(
    inside: float,
    outside: float,
    holds: Callable[[float], bool],
    middle: Callable[[float, float], float] = whole_middle,
) -> tuple[float, float]:
    """The last place where a condition holds and the first where it does not, next to each other.

    Exact where the condition changes once between both ends; where it changes several times, one of the changes.

    Args:
        inside, outside (float): A place where it holds and one where it does not; neither is tried again.
        holds (callable): Whether it holds at a place between them.
        middle (callable): A place between an inner and an outer one; one of both where they are near enough. Whole
            numbers next to each other unless said otherwise.

    Returns:
        tuple of float: The inner place and the outer one.

    Examples:
        The largest whole number whose square is at most 30, from below; the least whose square is at least 30, from
        above:

        >>> last_inside(0, 30, lambda n: n * n <= 30)
        (5, 6)
        >>> last_inside(30, 0, lambda n: n * n >= 30)
        (6, 5)
    """
    while (between := middle(inside, outside)) not in (inside, outside):
        inside, outside = (between, outside) if holds(between) else (inside, between)
    return inside, outside
