"""Utilisation of arithmetic and memory bandwidth: the time that the useful work takes at the peak, over that taken.

Source: MFU as defined with PaLM, arXiv:2204.02311, appendix B; MBU is the same of memory bandwidth.
"""

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def mfu(compute_s_at_peak: Array | float, tpot_s: Array | float) -> Array:
    """Model FLOP utilisation of decoding. [1]

    Equation:
        MFU = t/TPOT

    Where:
        t (compute_s_at_peak): Time of computing at the peak. [s]
        TPOT (tpot_s): Time per output token. [s]

    Args:
        compute_s_at_peak (float or array): Time in which the GPUs compute at their peak what one token of every
            sequence needs: Σ FLOP / (N·C), each product at the dense peak C of the format that computes it. [s]
        tpot_s (float or array): Time per output token. [s]

    Returns:
        array: Broadcast shape. [1]

    Examples:
        A batch of 64 through 70 billion weights in 20 ms on 8 GPUs of 1 PFLOP/s:

        >>> round(float(mfu(64 * 2 * 70e9 / (8 * 1e15), 0.02)), 6)
        0.056
    """
    return np.asarray(compute_s_at_peak / tpot_s)


def mbu(read_s_at_peak: Array | float, tpot_s: Array | float) -> Array:
    """Memory bandwidth utilisation of decoding. [1]

    Equation:
        MBU = t/TPOT

    Where:
        t (read_s_at_peak): Time of reading at the peak. [s]
        TPOT (tpot_s): Time per output token. [s]

    Args:
        read_s_at_peak (float or array): Time in which the GPUs read at their peak bandwidth B what one token of every
            sequence needs, bytes / (N·B). [s]
        tpot_s (float or array): Time per output token. [s]

    Returns:
        array: Broadcast shape. [1]

    Examples:
        70 GB over 8 GPUs of 3.35 TB/s in 5 ms:

        >>> round(float(mbu(70e9 / (8 * 3.35e12), 0.005)), 4)
        0.5224
    """
    return np.asarray(read_s_at_peak / tpot_s)
