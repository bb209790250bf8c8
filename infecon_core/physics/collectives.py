"""Times of collectives as engines run them: one-shot and two-shot all-reduce, gather, expert dispatch and combine.

`communication` says which of them a pass runs, how often and about how much.

Source: one-shot and two-shot all-reduce as in engines' own kernels, NCCL's latencies from arXiv:2506.04645
(data/collectives/nccl.toml); checked against data/measurements/allreduce.csv and expert_exchange.csv.
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

    Each way takes a latency α and a time β for each of the V bytes; the faster one counts.

    Equation:
        α = α_2 + α_rank·max(g - 2, 0), latency inside a domain
        β_1 = (g - 1)/(W·e), one shot inside a domain, at a latency of α
        β_1 = β_far, across domains
        β_2 = 2·(g - 1)/g/(W·e), two shots inside a domain, at a latency of 2·α
        β_2 = β_far, across domains
        α_far = 2·((r - 1)·t_rank + t_node·log2(n)) + t_base, across n domains of r ranks each
        β_far = 2·(r - 1)/r/(W·e) + 2·(n - 1)/g/(W_out·f)
        r = g/n, ranks of a domain

    Where:
        α (alpha): Latency inside a domain, which grows with the ranks from that of two. [s]
        β_1 (one_shot): Time a byte of one shot. [s/B]
        β_2 (two_shot): Time a byte of two shots. [s/B]
        α_far (far_alpha): Latency across domains, that of NCCL's LL protocol. [s]
        β_far (far): Time a byte across domains: a reduction inside, and one between whose ranks each carry their part.
            [s/B]
        α_2 (accelerator.allreduce_latency_s): Latency of a small all-reduce of two ranks. [s]
        α_rank (accelerator.allreduce_latency_s_per_rank): What every further rank adds. [s]
        W (accelerator.scale_up_bytes_per_s): Link inside a domain, of one GPU in one direction. [B/s]
        e (constants.link_efficiency): Share of it that is reached. [1]
        W_out (accelerator.scale_out_bytes_per_s): Link between domains. [B/s]
        n (nodes): Scale-up domains. [1]
        f (NCCL_SHARE): Share of the bandwidth that carries data in LL. [1]
        t_rank (NCCL_RANK_S): Latency of a further rank. [s]
        t_node (NCCL_NODE_S): Latency of a doubling of the domains. [s]
        t_base (NCCL_BASE_S): Latency once. [s]

    Args:
        accelerator (Accelerator): Its latencies, links and domain.
        constants (ServingConstants): Link efficiency.
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
    """An all-gather of V bytes in all over g ranks: the second half of a two-shot all-reduce.

    Inside a scale-up domain α + (g - 1)/g·V/(W·e).

    Equation:
        α_g = α/2
        β_g = β/2, inside a domain (g - 1)/g/(W·e)

    Where:
        α_g (return[0]): Latency. [s]
        β_g (return[1]): Time a byte. [s/B]
        α (latency[1]): Latency of a two-shot all-reduce. [s]
        β (slope[1]): Its time a byte. [s/B]

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

    Each token goes to d ranks in 8 bits and comes back in 16, that is 3 bytes for the 2 of an activation. The slow
    link's full rate counts, which measured exchanges reach. Across n domains the network's own latency comes on top,
    both ways, once for every doubling.

    Equation:
        β = 1.5·d·(G - 1)/G·((1 - q)/(W·e) + q/W_out), beyond a domain
        β = 1.5·d·(G - 1)/G/(W·e), inside a domain
        α = t_exchange + 2·t_node·log2(n)
        n = ⌈G/D⌉, domains

    Where:
        β (slope): Time for each byte of one token's activations. [s/B]
        α (latency): Latency of both ways. [s]
        q (leaving): Share of the other ranks outside the domain. [1]
        W (accelerator.scale_up_bytes_per_s): Link inside a domain. [B/s]
        e (constants.link_efficiency): Share of it that is reached. [1]
        W_out (accelerator.scale_out_bytes_per_s): Link between domains. [B/s]
        D (accelerator.scale_up_domain): GPUs of a domain. [1]
        t_exchange (constants.all_to_all_latency_s): Latency of dispatch and combine. [s]
        t_node (NCCL_NODE_S): Latency of a doubling of the domains. [s]

    Args:
        accelerator (Accelerator): Its links and its domain.
        constants (ServingConstants): Link efficiency and latency.
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
