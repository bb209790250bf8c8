"""Curves with more points than a chart needs."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd


def thin(frame: pd.DataFrame, n_points: int, keep: Sequence[int] = ()) -> npt.NDArray[np.intp]:
    """Rows at even distances along the curve, in logarithms, the ends and `keep` among them.

    Args:
        frame (DataFrame): A frontier.
        n_points (int): How many rows to aim at. [1]
        keep (sequence of int): Rows that stay.
    """
    if len(frame) <= n_points:
        return np.arange(len(frame))
    logs = np.log(frame[["tokens_per_s_user", "usd_per_million_tokens"]].to_numpy(float))
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(logs, axis=0).T))])
    rows = np.searchsorted(along, np.linspace(0, along[-1], n_points)).clip(max=len(frame) - 1)
    return np.unique([0, len(frame) - 1, *keep, *rows])
