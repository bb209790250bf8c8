"""Time of a collective: NCCL's three protocols, and the TPU ring.

Source: Erdil 2025, arXiv:2506.04645, section 3 and its reference implementation; latencies and bandwidth shares from
`data/collectives/`.
"""

from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from infecon_core.catalog.collectives import protocols
from infecon_core.paper.convert import published_accelerator
from infecon_core.paper.inputs import Array, PublishedAccelerator
from infecon_core.schema import Accelerator

CollectiveKind = Literal["allreduce", "all-to-all", "p2p"]
COLLECTIVES: tuple[CollectiveKind, ...] = ("allreduce", "all-to-all", "p2p")

NCCL = tuple(protocols("nccl").values())
TPU_RING = protocols("tpu")["ring"]


class ProtocolCosts(NamedTuple):
    """The time of a collective in each protocol as a straight line over its bytes; the fastest protocol counts.

    Attributes:
        latency_s (tuple of arrays): Latency of each protocol. [s]
        s_per_byte (tuple of arrays): Time a byte of each protocol. [s/B]
        alone (array of bool): Where there is one rank, which has nobody to talk to.
    """

    latency_s: tuple[Array, ...]
    s_per_byte: tuple[Array, ...]
    alone: npt.NDArray[np.bool_]


def protocol_costs(
    accelerator: PublishedAccelerator, n_ranks: npt.ArrayLike, n_nodes: npt.ArrayLike, *, allreduce: bool
) -> ProtocolCosts:
    """Latency and seconds per byte of each protocol on r ranks over q nodes.

    Each protocol has a share f of the bandwidth and latencies of its own (data/collectives).

    Equation:
        α = μ·((r/q - 1)·t_rank + t_node·log2(q)) + t_base, NCCL
        α = μ·(r - 1)·t_ring, the TPU ring
        β = s·max(q·max(0, r/q - 1)/W_node, (q - 1)/W_net)/r/f, NCCL
        β = s·(r - 1)/W_net/r, the TPU ring

    Where:
        α (return.latency_s[0]): Latency of the first protocol, LL of NCCL. [s]
        β (return.s_per_byte[0]): Its time a byte. [s/B]
        μ (rounds): 2 for an all-reduce, otherwise 1. [1]
        s (share): 1 for an all-reduce, otherwise 1/2. [1]
        r (r): Ranks. [1]
        q (q): Nodes. [1]
        t_rank (NCCL[0].rank_s): Latency of a further rank. [s]
        t_node (NCCL[0].node_s): Latency of a doubling of the nodes. [s]
        t_base (NCCL[0].base_s): Latency once. [s]
        t_ring (TPU_RING.rank_s): Latency of a further rank of a ring. [s]
        W_node (accelerator.node_allreduce_bytes_per_s): All-reduce bandwidth inside a node. [B/s]
        W_net (accelerator.net_allreduce_bytes_per_s): All-reduce bandwidth between nodes. [B/s]
        f (NCCL[0].bandwidth_share): Share of the bandwidth that carries data. [1]

    Args:
        accelerator (PublishedAccelerator): All-reduce bandwidths W inside a node and between nodes.
        n_ranks, n_nodes (array_like): Ranks r and nodes q; they need not be whole numbers. [1]
        allreduce (bool): μ = 2 and full transfer; otherwise μ = 1 and half of it.

    Returns:
        ProtocolCosts: Infinite seconds per byte where there is no link. [s], [s/B]
    """
    r = np.asarray(n_ranks, dtype=np.float64)
    q = np.asarray(n_nodes, dtype=np.float64)
    rounds, share = (2.0, 1.0) if allreduce else (1.0, 0.5)
    if accelerator.torus:
        per_byte = _time_per_byte(r - 1, accelerator.net_allreduce_bytes_per_s / share) / r
        return ProtocolCosts((rounds * TPU_RING.rank_s * (r - 1),), (per_byte,), r <= 1)
    others = r / q - 1
    doublings = np.log2(q)
    inside = _time_per_byte(q * np.maximum(others, 0.0), accelerator.node_allreduce_bytes_per_s / share)
    between = _time_per_byte(q - 1, accelerator.net_allreduce_bytes_per_s / share)
    per_byte = np.maximum(inside, between) / r
    return ProtocolCosts(
        tuple(rounds * (others * p.rank_s + p.node_s * doublings) + p.base_s for p in NCCL),
        tuple(per_byte / p.bandwidth_share for p in NCCL),
        r <= 1,
    )


def _time_per_byte(copies: Array, bytes_per_s: float) -> Array:
    """Time to move some copies of a byte, infinite where there are any and no link. [s/B]"""
    return copies / bytes_per_s if bytes_per_s > 0 else np.where(copies > 0, np.inf, 0.0)


def total_time(costs: ProtocolCosts, n_bytes: npt.ArrayLike) -> Array:
    """Latency and transfer of the fastest protocol together. [s]

    Equation:
        T = min(α + B·β) over the protocols
    """
    b = np.asarray(n_bytes, dtype=np.float64)
    total = costs.latency_s[0] + b * costs.s_per_byte[0]
    for latency, per_byte in zip(costs.latency_s[1:], costs.s_per_byte[1:], strict=True):
        total = np.minimum(total, latency + b * per_byte)
    return np.asarray(np.where(costs.alone, 0.0, total))


def split_time(costs: ProtocolCosts, n_bytes: npt.ArrayLike) -> tuple[Array, Array]:
    """Latency and transfer of the fastest protocol. [s], [s]

    Equation:
        T_α = α
        T_β = B·β, of the protocol that is fastest together

    Where:
        T_α (return[0]): Latency. [s]
        T_β (return[1]): Transfer. [s]
    """
    b = np.asarray(n_bytes, dtype=np.float64)
    latencies = np.stack(np.broadcast_arrays(*(latency + 0 * b for latency in costs.latency_s)))
    transfers = np.stack([np.broadcast_to(b * per_byte, latencies.shape[1:]) for per_byte in costs.s_per_byte])
    best = np.argmin(latencies + transfers, axis=0)[np.newaxis]
    latency, transfer = (np.take_along_axis(times, best, axis=0)[0] for times in (latencies, transfers))
    return np.where(costs.alone, 0.0, latency), np.where(costs.alone, 0.0, transfer)


def collective_time(
    accelerator: str | Accelerator,
    kind: CollectiveKind,
    n_ranks: npt.ArrayLike,
    n_nodes: npt.ArrayLike,
    n_bytes: npt.ArrayLike,
) -> tuple[Array, Array]:
    """Latency and transfer time of one collective, in the protocol that is fastest together; see `protocol_costs`.

    Args:
        accelerator (str or Accelerator): An id of the catalog, or the numbers.
        kind (str): `allreduce`, `all-to-all` or `p2p`.
        n_ranks, n_nodes (array_like): Ranks and nodes; they need not be whole numbers. [1]
        n_bytes (array_like): Bytes of one rank. [B]

    Returns:
        latency_s, transfer_s (arrays): Broadcast shape of the inputs; both 0 for one rank. [s]

    Raises:
        ValueError: For an unknown kind, or ranks, nodes or bytes that are not finite and positive (bytes may be 0).

    Notes:
        The latencies are NCCL's published ones, the same for every generation; beyond 8 ranks a node they are
        extrapolated. All kinds but the all-reduce take half its latency steps and half its transfer.

    Examples:
        A small all-reduce over eight H100 of one node, in LL: 2·7·0.6 µs + 6.8 µs.

        >>> latency, transfer = collective_time("erdil-H100", "allreduce", 8, 1, 0)
        >>> round(float(latency) * 1e6, 3), float(transfer)
        (15.2, 0.0)

        A large one, in Simple: 2·7·28 µs, and 7/8 of 10 GB over 225 GB/s.

        >>> latency, transfer = collective_time("erdil-H100", "allreduce", 8, 1, 10e9)
        >>> round(float(latency) * 1e6), round(float(transfer) * 1e3, 2)
        (392, 38.89)
    """
    if kind not in COLLECTIVES:
        raise ValueError(f"There is no collective '{kind}'; choose one of {', '.join(COLLECTIVES)}.")
    r, q, b = np.broadcast_arrays(*(np.asarray(x, dtype=np.float64) for x in (n_ranks, n_nodes, n_bytes)))
    for name, values, wrong in (("ranks", r, r <= 0), ("nodes", q, q <= 0), ("bytes", b, b < 0)):
        bad = wrong | ~np.isfinite(values)
        if np.any(bad):
            raise ValueError(f"The {name} of a collective are finite and positive; got {values[bad].flat[0]:g}.")
    costs = protocol_costs(published_accelerator(accelerator, 2.0), r, q, allreduce=kind == "allreduce")
    return split_time(costs, b)
