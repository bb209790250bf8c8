"""Collectives as engines run them: one-shot and two-shot all-reduce, expert exchange, sends between stages.

Source: forms fitted to measured all-reduce and expert-exchange tables; NCCL beyond the scale-up domain follows
the published model.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from infecon_core.spec import Accelerator, ServingConstants

Array = npt.NDArray[np.float64]

NCCL_RANK_S = 0.6e-6
NCCL_NODE_S = 5e-6
NCCL_BASE_S = 6.8e-6
NCCL_SHARE = 0.5
SEND_S = 11.8e-6


class Lines(NamedTuple):
    """Time of an exchange over the bytes of one rank as straight lines, of which the lowest counts.

    Attributes
    ----------
    latency_s, s_per_byte : tuple of arrays
        Intercept [s] and slope [s/B] of each way to do it.
    """

    latency_s: tuple[Array, ...]
    s_per_byte: tuple[Array, ...]


def link(accelerator: Accelerator) -> float:
    """Bandwidth of one GPU in one direction to its neighbours. [B/s]"""
    return accelerator.scale_up_bytes_per_s or accelerator.scale_out_bytes_per_s or 0.0


def joined(accelerator: Accelerator) -> float:
    """Accelerators that the fast links join: the scale-up domain, or all of a torus, which has no other links. [1]"""
    return np.inf if accelerator.topology == "torus" else float(accelerator.scale_up_domain)


def linked(accelerator: Accelerator) -> float:
    """Accelerators that any links join. [1]"""
    return np.inf if accelerator.scale_out_bytes_per_s else joined(accelerator)


def leaving_share(accelerator: Accelerator, ranks: Array) -> Array:
    """Share of the other ranks that lie outside a rank's scale-up domain. [1]"""
    return np.maximum(ranks - joined(accelerator), 0) / np.maximum(ranks - 1, 1)


def seconds_per_byte(bytes_per_s: float | None) -> float:
    """Inverse of a bandwidth, infinite where there is no link. [s/B]"""
    return 1 / bytes_per_s if bytes_per_s else np.inf


def all_reduce(accelerator: Accelerator, constants: ServingConstants, ranks: Array) -> Lines:
    """An all-reduce of V bytes over g ranks.

    Inside a domain, one-shot α + (g - 1)·V/(W·e) or two-shot 2α + 2·(g - 1)/g·V/(W·e); across domains NCCL's LL
    protocol, twice (r/q - 1)·0.6 µs + 5 µs·log2 q and 6.8 µs, over the slow link after a reduction inside.

    Parameters
    ----------
    accelerator : Accelerator
        Latency α of a small all-reduce, link W, domain.
    constants : ServingConstants
        Link share e.
    ranks : array
        Ranks g. [1]

    Returns
    -------
    Lines
        Free for one rank. [s], [s/B]
    """
    g = np.asarray(ranks, dtype=np.float64)
    alone = g <= 1
    alpha = accelerator.allreduce_latency_s + accelerator.allreduce_latency_s_per_rank * np.maximum(g - 2, 0)
    inside = g <= joined(accelerator)
    near = seconds_per_byte(link(accelerator) * constants.link_share)
    nodes = np.maximum(np.ceil(g / joined(accelerator)), 1.0)
    far_alpha = 2 * ((g / nodes - 1) * NCCL_RANK_S + NCCL_NODE_S * np.log2(nodes)) + NCCL_BASE_S
    out = seconds_per_byte(accelerator.scale_out_bytes_per_s) / NCCL_SHARE
    with np.errstate(invalid="ignore"):
        # Ranks of a domain share its links to the outside, each carrying its part.
        far = np.where(g > nodes, 2 * (g / nodes - 1) / (g / nodes) * near, 0.0) + 2 * (nodes - 1) / g * out
        one_shot = np.where(inside, (g - 1) * near, far)
        two_shot = np.where(inside, 2 * (g - 1) / g * near, far)
    return Lines(
        (
            np.where(alone, 0.0, np.where(inside, alpha, far_alpha)),
            np.where(alone, 0.0, np.where(inside, 2 * alpha, far_alpha)),
        ),
        (np.where(alone, 0.0, one_shot), np.where(alone, 0.0, two_shot)),
    )


def expert_exchange(
    accelerator: Accelerator, constants: ServingConstants, gpus: Array, copies: Array
) -> tuple[Array, Array]:
    """Dispatch and combine of one layer: latency, and seconds per byte of one token's activations at a rank.

    Each token goes to `copies` ranks in 8 bits and comes back in 16 (3 bytes for 2 of an activation); the share that
    leaves the scale-up domain takes the slow link, whose full rate the measured exchanges reach.

    Parameters
    ----------
    accelerator, constants
        Links; exchange share and latency.
    gpus : array
        GPUs G among which experts and attention copies lie. [1]
    copies : array
        Ranks that one token goes to, min(k, G). [1]

    Returns
    -------
    latency_s, s_per_byte : arrays
        Zero on one GPU. [s], [s/B]
    """
    g = np.asarray(gpus, dtype=np.float64)
    others = copies * (g - 1) / g * 1.5
    leaving = leaving_share(accelerator, g)
    near = seconds_per_byte(link(accelerator) * constants.exchange_share)
    out = seconds_per_byte(accelerator.scale_out_bytes_per_s)
    with np.errstate(invalid="ignore"):
        slope = others * (1 - leaving) * near + np.where(leaving > 0, others * leaving * out, 0.0)
    # Across domains the network's own latency comes on top, both ways, once for every doubling of the domains.
    domains = np.maximum(np.ceil(g / joined(accelerator)), 1.0)
    latency = constants.exchange_latency_s + 2 * NCCL_NODE_S * np.log2(domains)
    return np.where(g > 1, latency, 0.0), np.where(g > 1, slope, 0.0)
