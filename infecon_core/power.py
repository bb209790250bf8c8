"""How much of its full power a board draws while it serves.

Source: boards measured while they served (data/measurements/power.csv); the constants are in
data/calibration/power.toml. The board alone: host, network and cooling come on top.
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from infecon_core.catalog.power import drawn_power

Array = npt.NDArray[np.float64]

# The parts of a step in which a board works; in the others it waits for the network or for a kernel to start.
WORKING = ("arithmetic_s", "memory_s", "network_bandwidth_s")


def power_share(times: Mapping[str, npt.ArrayLike], tpot_s: npt.ArrayLike, stack: str) -> Array:
    """Mean power of a board over its full power.

    Equation:
        s = P_wait + (P_work - P_wait)·min(b, 1)

    Where:
        P_wait (known.waiting): Share that a waiting board draws. [1]
        P_work (known.working): Share that a working board draws. [1]
        b (busy): Part of TPOT in which it computes, reads memory or moves data. [1]

    Args:
        times (mapping): At least the times of `WORKING`, of one token. [s]
        tpot_s (array_like): Time per output token. [s]
        stack (str): Software of the accelerator.

    Returns:
        array: Between the shares of waiting and of working; NaN for software whose boards were not measured. [1]

    Notes:
        For servers under load: from one user a server to more than it can hold. Boards with little to do draw less:
        one H100 or H200 with a small model and few users, down to a fifth of its power. A sequence's own prompt, which
        is no part of TPOT, is taken to draw what the step draws.

    Examples:
        Half of a step works:

        >>> halves = {"arithmetic_s": 0.001, "memory_s": 0.003, "network_bandwidth_s": 0.001}
        >>> round(float(power_share(halves, 0.01, "cuda")), 2)
        0.66
    """
    known = drawn_power().get(stack)
    busy = np.asarray(sum(np.asarray(times[name], dtype=np.float64) for name in WORKING)) / np.asarray(tpot_s)
    if known is None:
        return np.full_like(busy, np.nan)
    return np.asarray(known.waiting + (known.working - known.waiting) * np.minimum(busy, 1.0))
