"""Times of collectives as engines run them: one-shot and two-shot all-reduce, gather, expert dispatch and combine.

`communication` says which of them a pass runs, how often and about how much.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from infecon_core.catalog.collectives import protocols
from infecon_core.physics.interconnect import domain_gpus, domains, leaving_share, link_bytes_per_s, seconds_per_byte
from infecon_core.schema import Accelerator, ServingConstants

Array = npt.NDArray[np.float64]

# The protocol of small messages; a send crosses from one node to another.
_LL = protocols("nccl")["LL"]
NCCL_RANK_S = _LL.rank_s
NCCL_NODE_S = _LL.node_s
NCCL_BASE_S = _LL.base_s
NCCL_SHARE = _LL.bandwidth_share
SEND_S = _LL.base_s + _LL.node_s


class AlphaBeta(NamedTuple):
    """The alpha-beta model of a collective: latency_s + s_per_byte·V for V bytes a rank, the fastest of a few ways.

    Attributes:
        latency_s, s_per_byte (tuple of arrays): Latency α [s] and time per byte β [s/B] of each way to do it.
    """

    latency_s: tuple[Array, ...]
    s_per_byte: tuple[Array, ...]


def all_reduce(accelerator: Accelerator, constants: ServingConstants, ranks: Array) -> AlphaBeta:
    """An all-reduce of V bytes over g ranks: one-shot or two-shot inside a scale-up domain, NCCL across domains.

    Inside: α + (g - 1)·V/(W·e) or 2α + 2·(g - 1)/g·V/(W·e), where α grows with g from that of two ranks.
    Across n domains of r = g/n ranks each: the latency of NCCL's LL protocol, 2·((r - 1)·0.6 µs + 5 µs·log2 n) +
    6.8 µs; a reduction inside, 2·(r - 1)/r·V/(W·e), and one between, 2·(n - 1)/g·V/(W_out/2), whose ranks each carry
    their part.

    Args:
        accelerator (Accelerator): Latency α of a small all-reduce [s], links W and W_out [B/s], domain.
        constants (ServingConstants): Link efficiency e. [1]
        ranks (array): Ranks g; 1 costs nothing. [1]

    Returns:
        AlphaBeta: Two ways; infinite where no link joins the ranks. [s], [s/B]

    Notes:
        Checked against measured all-reduces of 2 to 8 ranks (data/measurements/allreduce.csv); across domains it rests
        on NCCL's published constants (arXiv:2506.04645).

    Examples:
        Eight ranks with 450 GB/s, of which half is reached, and 4.5 µs: one megabyte takes 4.5 µs + 7 MB/(225 GB/s) in
        one shot, or 9 µs + 1.75 MB/(225 GB/s) in two.

        >>> from infecon_core import catalog
        >>> from infecon_core.catalog.constants import shipped
        >>> half = shipped().model_copy(update={"link_efficiency": 0.5})
        >>> found = all_reduce(catalog.accelerator("h100-sxm").accelerator, half, np.array(8.0))
        >>> [round(float(a + b * 1e6) * 1e6, 1) for a, b in zip(*found)]
        [35.6, 16.8]
    """
    g = np.asarray(ranks, dtype=np.float64)
    alone = g <= 1
    alpha = accelerator.allreduce_latency_s + accelerator.allreduce_latency_s_per_rank * np.maximum(g - 2, 0)
    inside = g <= domain_gpus(accelerator)
    near = seconds_per_byte(link_bytes_per_s(accelerator) * constants.link_efficiency)
    nodes = domains(accelerator, g)
    far_alpha = 2 * ((g / nodes - 1) * NCCL_RANK_S + NCCL_NODE_S * np.log2(nodes)) + NCCL_BASE_S
    out = seconds_per_byte(accelerator.scale_out_bytes_per_s) / NCCL_SHARE
    with np.errstate(invalid="ignore"):
        # Ranks of a domain share its links to the outside, each carrying its part.
        far = np.where(g > nodes, 2 * (g / nodes - 1) / (g / nodes) * near, 0.0) + 2 * (nodes - 1) / g * out
        one_shot = np.where(inside, (g - 1) * near, far)
        two_shot = np.where(inside, 2 * (g - 1) / g * near, far)
    return AlphaBeta(
        (
            np.where(alone, 0.0, np.where(inside, alpha, far_alpha)),
            np.where(alone, 0.0, np.where(inside, 2 * alpha, far_alpha)),
        ),
        (np.where(alone, 0.0, one_shot), np.where(alone, 0.0, two_shot)),
    )


def all_gather(accelerator: Accelerator, constants: ServingConstants, ranks: Array) -> tuple[Array, Array]:
    """An all-gather of V bytes in all over g ranks: the second half of a two-shot all-reduce. [s], [s/B]

    Inside a scale-up domain α + (g - 1)/g·V/(W·e).

    Args:
        accelerator, constants, ranks: As of `all_reduce`.

    Returns:
        latency_s, s_per_byte (arrays): Zero for one rank. [s], [s/B]
    """
    latency, slope = all_reduce(accelerator, constants, ranks)
    return latency[1] / 2, slope[1] / 2


def expert_exchange(
    accelerator: Accelerator, constants: ServingConstants, gpus: Array, destinations: Array
) -> tuple[Array, Array]:
    """Dispatch and combine of one layer: latency, and seconds per byte of one token's activations at a rank.

    Each token goes to d ranks in 8 bits and comes back in 16, that is 3 bytes for the 2 of an activation:
    β = 1.5·d·(G - 1)/G·((1 - q)/(W·e) + q/W_out), where q is the share of the other ranks outside the domain. The slow
    link's full rate counts, which measured exchanges reach. Across n domains the network's own latency comes on top,
    both ways, once for every doubling: `all_to_all_latency_s` + 2·5 µs·log2 n.

    Args:
        accelerator (Accelerator): Links W and W_out [B/s], domain.
        constants (ServingConstants): Link efficiency e [1], and latency, `all_to_all_latency_s`. [s]
        gpus (array): GPUs G among which experts and attention copies lie. [1]
        destinations (array): Ranks d that one token goes to, min(k, G). [1]

    Returns:
        latency_s, s_per_byte (arrays): Zero on one GPU. [s], [s/B]

    Notes:
        Compared with the measured exchanges of data/measurements/expert_exchange.csv, 2 to 64 GPUs.

    Examples:
        Eight GPUs, every token to all of them, half of 450 GB/s: 8·7/8·1.5 = 10.5 bytes cross the link for each byte.

        >>> from infecon_core import catalog
        >>> from infecon_core.catalog.constants import shipped
        >>> half = shipped().model_copy(update={"link_efficiency": 0.5})
        >>> chip, eight = catalog.accelerator("h100-sxm").accelerator, np.array(8.0)
        >>> round(float(expert_exchange(chip, half, eight, eight)[1]) * 225e9, 9)
        10.5
    """
    g = np.asarray(gpus, dtype=np.float64)
    others = destinations * (g - 1) / g * 1.5
    leaving = leaving_share(accelerator, g)
    near = seconds_per_byte(link_bytes_per_s(accelerator) * constants.link_efficiency)
    out = seconds_per_byte(accelerator.scale_out_bytes_per_s)
    with np.errstate(invalid="ignore"):
        slope = others * (1 - leaving) * near + np.where(leaving > 0, others * leaving * out, 0.0)
    latency = constants.all_to_all_latency_s + 2 * NCCL_NODE_S * np.log2(domains(accelerator, g))
    return np.where(g > 1, latency, 0.0), np.where(g > 1, slope, 0.0)
