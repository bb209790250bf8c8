"""Where comparable measurements lie on the chart: the area around the curve, and whiskers at the target's point.

A step that takes r times as long as predicted makes every point r times slower and r times dearer, so the curve moves
along both axes at once. The area is what it passes over; the whiskers are what is read off the moved curves: at the
target's speed, between which prices they lie, and at the price of its point, between which speeds.
"""

from typing import Any

import numpy as np

from infecon_core.validation.uncertainty import Spread
from infecon_ui.charts.curves import thin
from infecon_ui.charts.figure import packed
from infecon_ui.charts.palette import MUTED, SPREAD
from infecon_ui.frontier.points import Array
from infecon_ui.frontier.shown import Shown

Ends = tuple[float, float]

POINTS = 120  # along either edge of the area
_OUT = 10.0  # what is out of reach is drawn so many times beyond the axis


def name(spread: Spread) -> str:
    """What the area holds."""
    return f"80% of {spread.kind}"


def area(shown: Shown) -> list[dict[str, Any]]:
    """The area between the curve with the quickest and with the slowest steps; none where the engine has no measure."""
    if len(shown.points) == 1 or shown.spread is None:
        return []
    rows = thin(shown.points.frame, POINTS)
    quick, slow = (np.array(shown.scaled(ratio))[:, rows] for ratio in (shown.spread.low, shown.spread.high))
    x, y = np.concatenate([quick, slow[:, ::-1]], axis=1)
    return [
        {
            **{"type": "scatter", "x": packed(x), "y": packed(y), "mode": "lines", "line": {"width": 0}},
            **{"fill": "toself", "fillcolor": SPREAD, "name": name(shown.spread), "hoverinfo": "skip"},
        }
    ]


def ends(shown: Shown) -> tuple[Ends, Ends] | None:
    """Where the whiskers end: speeds at the value of the target's point, and values at the target.

    Returns:
        ((float, float), (float, float)): Lowest and highest of each, in the units of the axes; what is out of reach
            lies beyond them. None where the target is out of reach or the engine has no comparable measurements.
    """
    found = shown.target_ranges
    if found is None:
        return None
    slowest, fastest, least, most = shown.ranges
    # Linear axes begin at 0, logarithmic ones above it.
    out = [low / _OUT if low > 0 else -high for low, high in ((slowest, fastest), (least, most))]
    return (
        (found.slowest or out[0], found.quickest),
        (found.low or out[1], min(found.high, _OUT * most)),
    )


def whiskers(shown: Shown) -> dict[str, Any]:
    """The whiskers as properties of the trace of the target's point; none where there are no ends."""
    found = ends(shown)
    if found is None:
        return {}
    middle = float(shown.point["tokens_per_s_user"]), shown.value
    return {
        name: {
            **{"type": "data", "symmetric": False, "array": [high - at], "arrayminus": [at - low]},
            **{"color": MUTED, "thickness": 1.5, "width": 5},
        }
        for name, at, (low, high) in zip(("error_x", "error_y"), middle, found, strict=True)
    }


def whisker_lines(shown: Shown) -> list[tuple[Array, Array]]:
    """The whiskers as lines of speeds and values, as far as the axes reach."""
    found = ends(shown)
    if found is None:
        return []
    speeds, values = found
    slowest, fastest, least, most = shown.ranges
    x, y = float(shown.point["tokens_per_s_user"]), shown.value
    return [
        (np.clip(speeds, slowest, fastest), np.full(2, y)),
        (np.full(2, x), np.clip(values, least, most)),
    ]
