"""The links between accelerators: bandwidths, and how many GPUs they join.

Source: rates and domains are those of data/accelerators, each with its datasheet.
"""

import numpy as np
import numpy.typing as npt

from infecon_core.schema import Accelerator

Array = npt.NDArray[np.float64]


def link_bytes_per_s(accelerator: Accelerator) -> float:
    """Bandwidth of one GPU in one direction to its neighbours, 0 where it has none. [B/s]

    Equation:
        W = W_up
        W = W_out, where there is no scale-up link

    Where:
        W_up (accelerator.scale_up_bytes_per_s): Scale-up link. [B/s]
        W_out (accelerator.scale_out_bytes_per_s): Scale-out link. [B/s]
    """
    return accelerator.scale_up_bytes_per_s or accelerator.scale_out_bytes_per_s or 0.0


def domain_gpus(accelerator: Accelerator) -> float:
    """GPUs that the fast links join: the scale-up domain, or all of a torus, which has no other links. [1]

    Equation:
        D = D_up
        D without bound on a torus

    Where:
        D_up (accelerator.scale_up_domain): GPUs that the fast links join. [1]
    """
    return np.inf if accelerator.topology == "torus" else float(accelerator.scale_up_domain)


def linked_gpus(accelerator: Accelerator) -> float:
    """GPUs that any links join: one domain where no link leaves it. [1]

    Equation:
        N without bound where a link leaves the domain
        N = D, where none does

    Where:
        D (accelerator.scale_up_domain): GPUs of a domain. [1]
    """
    return np.inf if accelerator.scale_out_bytes_per_s else domain_gpus(accelerator)


def domains(accelerator: Accelerator, ranks: Array) -> Array:
    """Scale-up domains over which g ranks spread. [1]

    Equation:
        n = max(⌈g/D⌉, 1)

    Where:
        g (ranks): Ranks. [1]
        D (accelerator.scale_up_domain): GPUs of a domain. [1]
    """
    return np.maximum(np.ceil(ranks / domain_gpus(accelerator)), 1.0)


def experts_leave_domain(accelerator: Accelerator, dp_attn: Array, gpus: Array) -> npt.NDArray[np.bool_]:
    """Where copies of attention share experts across scale-up domains.

    Args:
        accelerator (Accelerator): Its scale-up domain.
        dp_attn, gpus (array): Copies of attention in a stage, and its GPUs. [1]
    """
    return (dp_attn > 1) & (gpus > domain_gpus(accelerator))


def leaving_share(accelerator: Accelerator, ranks: Array) -> Array:
    """Share of the other ranks that lie outside a rank's domain. [1]

    Equation:
        q = max(g - D, 0)/max(g - 1, 1)

    Where:
        g (ranks): Ranks. [1]
        D (accelerator.scale_up_domain): GPUs of a domain. [1]

    Examples:
        Of the 63 others of 64 ranks in domains of 8, 56 are outside.

        >>> from infecon_core import catalog
        >>> float(leaving_share(catalog.accelerator("h100-sxm").accelerator, np.array(64.0)) * 63)
        56.0
    """
    return np.maximum(ranks - domain_gpus(accelerator), 0) / np.maximum(ranks - 1, 1)


def seconds_per_byte(bytes_per_s: float | None) -> float:
    """Inverse of a bandwidth, infinite where there is no link. [s/B]

    Equation:
        s = 1/W

    Where:
        W (bytes_per_s): Bandwidth. [B/s]
    """
    return 1 / bytes_per_s if bytes_per_s else np.inf
