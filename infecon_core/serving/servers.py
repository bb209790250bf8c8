"""GPUs that an instance pays for: whole servers, or its share of one.

Source: servers are those of data/accelerators, each with its source.
"""

import numpy as np
import numpy.typing as npt

from infecon_core.schema import Accelerator

Array = npt.NDArray[np.float64]

# GPUs of a server whose accelerator does not say: that of HGX and OAM boards. [1]
USUAL = 8


def server_gpus(accelerator: Accelerator) -> int:
    """GPUs of one server; where the accelerator does not say, its scale-up domain, up to the usual 8. [1]"""
    return accelerator.node_gpus or min(accelerator.scale_up_domain, USUAL)


def paid_gpus(accelerator: Accelerator, n_gpu: npt.ArrayLike) -> Array:
    """GPUs that an instance of n GPUs pays for on servers of g. [1]

    Instances of one layout stand side by side: as many as there is room for share a server and what they leave idle.
    Larger ones begin with a server of their own.

    Equation:
        N = ⌈n/g⌉·g, whole servers
        N = g/⌊g/n⌋, several instances share one

    Where:
        n (n): GPUs of an instance. [1]
        g (g): GPUs of a server. [1]

    Args:
        accelerator (Accelerator): Its servers.
        n_gpu (array_like): GPUs of an instance, from 1. [1]

    Examples:
        Servers of 8: four instances of 2 and two of 4 fill one; two of 3 leave two GPUs idle, one of 6 as many; 12 take
        two servers.

        >>> from infecon_core import catalog
        >>> paid_gpus(catalog.accelerator("h100-sxm").accelerator, [2, 3, 4, 6, 8, 12])
        array([ 2.,  4.,  4.,  8.,  8., 16.])
    """
    n, g = np.asarray(n_gpu, dtype=np.float64), server_gpus(accelerator)
    return np.asarray(np.where(n < g, g / np.floor(g / np.minimum(n, g)), np.ceil(n / g) * g))
