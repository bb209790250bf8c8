"""Curves with more points than a chart needs, and with parts of two kinds."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

# Of a line where nothing like it was measured.
DASHES = "7px,5px"


def thin(frame: pd.DataFrame, n_points: int, keep: Sequence[int] = ()) -> npt.NDArray[np.intp]:
    """Rows at even distances along the curve, in logarithms, the ends and `keep` among them.

    Args:
        frame (DataFrame): A frontier.
        n_points (int): How many rows to aim at. [1]
        keep (sequence of int): Rows that stay.
    """
    if len(frame) <= n_points:
        return np.arange(len(frame))
    # Column by column: a frame of two takes ten times as long.
    logs = (np.log(frame[name].to_numpy(float)) for name in ("tokens_per_s_user", "usd_per_million_tokens"))
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*map(np.diff, logs)))])
    rows = np.searchsorted(along, np.linspace(0, along[-1], n_points)).clip(max=len(frame) - 1)
    return np.unique([0, len(frame) - 1, *keep, *rows])


def pieces(marked: npt.NDArray[np.bool_]) -> list[tuple[slice, bool]]:
    """The parts of a line that touch marked points, and those that do not, from one end to the other.

    Neighbouring parts share a point, so that the line has no gap.

    Args:
        marked (array of bool): Which points of the line are marked, at least one point.

    Returns:
        list of (slice, bool): The points of each part, and whether it is marked.

    >>> pieces(np.array([False, False, False, True]))
    [(slice(0, 3, None), False), (slice(2, 4, None), True)]
    """
    if len(marked) == 1:
        return [(slice(0, 1), bool(marked[0]))]
    between = marked[:-1] | marked[1:]
    starts = [0, *(np.flatnonzero(np.diff(between)) + 1).tolist()]
    ends = [*starts[1:], len(between)]
    return [(slice(start, end + 1), bool(between[start])) for start, end in zip(starts, ends, strict=True)]


def with_gaps(lines: Sequence[npt.NDArray[np.float64]]) -> npt.NDArray[np.float64]:
    """The numbers of several lines as those of one that is interrupted.

    >>> with_gaps([np.array([1.0, 2.0]), np.array([4.0])])
    array([ 1.,  2., nan,  4.])
    """
    return np.concatenate([np.append(line, np.nan) for line in lines])[:-1]
