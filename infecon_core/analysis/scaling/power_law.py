"""Power laws through points: least squares in logarithms, with the standard error of the exponent."""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


class PowerLaw(NamedTuple):
    """y = c·x^e.

    Attributes:
        exponent (float): e. [1]
        standard_error (float): Of e; NaN where as many points as numbers are fitted. [1]
        constant (float): c. [unit of y over unit of x to the power e]
        n_points (int): How many points were fitted. [1]
    """

    exponent: float
    standard_error: float
    constant: float
    n_points: int

    def at(self, x: npt.ArrayLike) -> Array:
        """c·x^e. [unit of y]"""
        return np.asarray(self.constant * np.asarray(x, dtype=np.float64) ** self.exponent)


def fitted(x: npt.ArrayLike, y: npt.ArrayLike) -> PowerLaw:
    """The power law nearest to some points in logarithms.

    With u = ln x, v = ln y: e = Σ(u - ū)(v - v̄)/Σ(u - ū)², c = exp(v̄ - e·ū), and the standard error of e is
    √(Σr²/(n - 2)/Σ(u - ū)²), r the residuals of v.

    Args:
        x, y (array_like): Points, positive.

    Returns:
        PowerLaw: The standard error holds for residuals that are independent and alike, which models of one family are
            not quite.

    Raises:
        ValueError: For fewer than two different x, or what has no logarithm.

    Source: ordinary least squares.

    Examples:
        An exact square root, of points 2·√x:

        >>> law = fitted([1.0, 4.0, 16.0], [2.0, 4.0, 8.0])
        >>> round(law.exponent, 12), round(law.constant, 12), round(law.standard_error, 12)
        (0.5, 2.0, 0.0)
    """
    across, up = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if not (np.isfinite(across) & np.isfinite(up) & (across > 0) & (up > 0)).all():
        raise ValueError("A power law goes through positive numbers; one of these is not.")
    if np.unique(across).size < 2:
        raise ValueError("An exponent takes points at two different places at least; there is only one.")
    u, v = np.log(across), np.log(up)
    if u.size == 2:
        exponent, height = np.polyfit(u, v, 1)
        error = math.nan
    else:
        (exponent, height), covariance = np.polyfit(u, v, 1, cov=True)
        error = math.sqrt(max(float(covariance[0, 0]), 0.0))
    return PowerLaw(float(exponent), error, math.exp(float(height)), u.size)


def through_middle(x: npt.ArrayLike, y: npt.ArrayLike, exponent: float) -> PowerLaw:
    """The power law of a given exponent that is nearest to some points in logarithms: c = exp(v̄ - e·ū).

    Args:
        x, y (array_like): Points, positive; at least one.
        exponent (float): e, which is not fitted. [1]

    Examples:
        >>> round(through_middle([4.0, 16.0], [6.0, 12.0], 0.5).constant, 9)
        3.0
    """
    u, v = np.log(np.asarray(x, dtype=np.float64)), np.log(np.asarray(y, dtype=np.float64))
    return PowerLaw(exponent, math.nan, float(np.exp(np.mean(v) - exponent * np.mean(u))), u.size)
