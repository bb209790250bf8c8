"""Time of a collective: NCCL's three protocols, and the TPU ring.

Source: Erdil 2025, arXiv:2506.04645, section 3 and its reference implementation.
"""

from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from infecon_core.paper.reading import published_accelerator
from infecon_core.paper.specs import Array, PublishedAccelerator
from infecon_core.spec import Accelerator

Collective = Literal["allreduce", "all-to-all", "p2p"]
COLLECTIVES: tuple[Collective, ...] = ("allreduce", "all-to-all", "p2p")


class Protocol(NamedTuple):
    """Latencies of one NCCL protocol and its share of the bandwidth."""

    rank_s: float
    node_s: float
    base_s: float
    bandwidth_share: float


# LL, LL128, Simple.
NCCL_PROTOCOLS = (
    Protocol(0.6e-6, 5e-6, 6.8e-6, 0.5),
    Protocol(1.25e-6, 8.5e-6, 14e-6, 0.95),
    Protocol(28e-6, 28e-6, 0.0, 1.0),
)
TPU_HOP_S = 1e-6


class Lines(NamedTuple):
    """The time of a collective as straight lines over its bytes, of which the lowest counts.

    Attributes
    ----------
    latency_s : tuple of arrays
        Intercept of each protocol. [s]
    s_per_byte : tuple of arrays
        Slope of each protocol. [s/B]
    free : array of bool or None
        Where there is nobody to talk to.
    """

    latency_s: tuple[Array, ...]
    s_per_byte: tuple[Array, ...]
    free: npt.NDArray[np.bool_]


def collective_lines(
    accelerator: PublishedAccelerator, n_ranks: npt.ArrayLike, n_nodes: npt.ArrayLike, *, allreduce: bool
) -> Lines:
    """Latency and seconds per byte of each protocol on r ranks over q nodes.

    NCCL: latency μ·((r/q - 1)·t_rank + t_node·log2 q) + t_base;
    transfer max(q·max(0, r/q - 1)·B/(r·W_node·f), (q - 1)·B/(r·W_net·f)), halved unless an all-reduce.
    TPU: latency μ·(r - 1)·1 µs, transfer (r - 1)·B/(r·W_net), halved unless an all-reduce.

    Parameters
    ----------
    accelerator : PublishedAccelerator
        Links and node size.
    n_ranks, n_nodes : array_like
        Ranks r and nodes q; they need not be whole numbers. [1]
    allreduce : bool
        μ = 2 and full transfer; otherwise μ = 1 and half of it.

    Returns
    -------
    Lines
        One line a protocol. [s], [s/B]
    """
    r = np.asarray(n_ranks, dtype=np.float64)
    q = np.asarray(n_nodes, dtype=np.float64)
    rounds, share = (2.0, 1.0) if allreduce else (1.0, 0.5)
    if accelerator.torus:
        if accelerator.net_allreduce_bytes_per_s > 0:
            per_byte = share * (r - 1) / (r * accelerator.net_allreduce_bytes_per_s)
        else:
            per_byte = np.where(r > 1, np.inf, 0.0)
        return Lines((rounds * TPU_HOP_S * (r - 1),), (per_byte,), r <= 1)
    others = r / q - 1
    doublings = np.log2(q)
    inside = q * np.maximum(others, 0.0)
    between = q - 1
    if accelerator.node_allreduce_bytes_per_s > 0:
        inside = inside / (accelerator.node_allreduce_bytes_per_s / share)
    else:
        inside = np.where(inside > 0, np.inf, 0.0)
    if accelerator.net_allreduce_bytes_per_s > 0:
        between = between / (accelerator.net_allreduce_bytes_per_s / share)
    else:
        between = np.where(between > 0, np.inf, 0.0)
    per_byte = np.maximum(inside, between) / r
    return Lines(
        tuple(rounds * (others * p.rank_s + p.node_s * doublings) + p.base_s for p in NCCL_PROTOCOLS),
        tuple(per_byte / p.bandwidth_share for p in NCCL_PROTOCOLS),
        r <= 1,
    )


def total_time(lines: Lines, n_bytes: npt.ArrayLike) -> Array:
    """Latency and transfer of the fastest protocol together: min over protocols of latency + B·slope. [s]"""
    b = np.asarray(n_bytes, dtype=np.float64)
    total = lines.latency_s[0] + b * lines.s_per_byte[0]
    for latency, slope in zip(lines.latency_s[1:], lines.s_per_byte[1:], strict=True):
        total = np.minimum(total, latency + b * slope)
    return np.asarray(np.where(lines.free, 0.0, total))


def split_time(lines: Lines, n_bytes: npt.ArrayLike) -> tuple[Array, Array]:
    """Latency and transfer of the fastest protocol. [s], [s]"""
    b = np.asarray(n_bytes, dtype=np.float64)
    latencies = np.stack(np.broadcast_arrays(*(latency + 0 * b for latency in lines.latency_s)))
    transfers = np.stack([np.broadcast_to(b * slope, latencies.shape[1:]) for slope in lines.s_per_byte])
    best = np.argmin(latencies + transfers, axis=0)[np.newaxis]
    latency = np.take_along_axis(latencies, best, axis=0)[0]
    transfer = np.take_along_axis(transfers, best, axis=0)[0]
    return np.where(lines.free, 0.0, latency), np.where(lines.free, 0.0, transfer)


def collective_time(
    accelerator: str | Accelerator,
    kind: Collective,
    n_ranks: npt.ArrayLike,
    n_nodes: npt.ArrayLike,
    n_bytes: npt.ArrayLike,
) -> tuple[Array, Array]:
    """Latency and transfer time of one collective, in the protocol that is fastest together.

    Parameters
    ----------
    accelerator : str or Accelerator
        An id of the catalog, or the numbers.
    kind : str
        `allreduce`, `all-to-all` or `p2p`.
    n_ranks, n_nodes : array_like
        Ranks and nodes; they need not be whole numbers. [1]
    n_bytes : array_like
        Bytes of one rank. [B]

    Returns
    -------
    latency_s, transfer_s : arrays
        Broadcast shape of the inputs; both 0 for one rank. [s]

    Raises
    ------
    ValueError
        For an unknown kind, or ranks, nodes or bytes that are not finite and positive (bytes may be 0).

    Notes
    -----
    The latencies are NCCL's published ones, the same for every generation; beyond 8 ranks a node they are
    extrapolated. All kinds but the all-reduce take half its latency steps and half its transfer.

    Examples
    --------
    Eight H100 in one node: 2·7·0.6 µs + 6.8 µs.

    >>> latency, transfer = collective_time("erdil-H100", "allreduce", 8, 1, 0)
    >>> round(float(latency) * 1e6, 3), float(transfer)
    (15.2, 0.0)
    """
    if kind not in COLLECTIVES:
        raise ValueError(f"There is no collective '{kind}'; choose one of {', '.join(COLLECTIVES)}.")
    r, q, b = np.broadcast_arrays(*(np.asarray(x, dtype=np.float64) for x in (n_ranks, n_nodes, n_bytes)))
    for name, values, bound in (("ranks", r, 0.0), ("nodes", q, 0.0), ("bytes", b, -1e-300)):
        if not np.all(np.isfinite(values)) or np.any(values <= bound):
            raise ValueError(f"The {name} of a collective are finite and positive; got {values.flat[0]:g}.")
    lines = collective_lines(published_accelerator(accelerator, 2.0), r, q, allreduce=kind == "allreduce")
    return split_time(lines, b)
