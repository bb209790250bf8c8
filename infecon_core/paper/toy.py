"""The two lowest rungs: one GPU, and network latency on top; their optima in closed form.

Source: Erdil 2025, arXiv:2506.04645, sections 2.1 and 2.2, Table 1.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from infecon_core.paper.reading import published_accelerator, published_model
from infecon_core.paper.specs import Array, PublishedAccelerator, PublishedModel
from infecon_core.spec import Accelerator, Architecture, Precision

HOP_S = 1e-6
REDUCE_BASE_S = 6e-6


def reductions(model: PublishedModel) -> int:
    """All-reduces a layer: 4, or 2 where attention and feed-forward run side by side. [1]"""
    return 2 if model.parallel_blocks else 4


def reduce_time(n_gpu: npt.ArrayLike) -> Array:
    """Time of one all-reduce: 2·t_hop·max(√N - 1, 0) + 6 µs, t_hop = 1 µs. [s]"""
    return np.asarray(2 * HOP_S * np.maximum(np.sqrt(np.asarray(n_gpu, dtype=np.float64)) - 1, 0) + REDUCE_BASE_S)


def toy_latency(
    model: PublishedModel, accelerator: PublishedAccelerator, n_gpu: Array, batch: Array
) -> tuple[Array, Array, Array]:
    """Network, memory and arithmetic time of one token; their latency is network + max(memory, arithmetic).

    T = L·n_red·t_red(N) + max(w·P/(N·B), 2·P·b/(N·C))

    Parameters
    ----------
    model, accelerator : PublishedModel, PublishedAccelerator
        P is Total, also for mixtures of experts; B and C are after the caps.
    n_gpu, batch : array
        GPUs N and sequences b. [1]

    Returns
    -------
    network_s, memory_s, arithmetic_s : arrays
        [s]
    """
    network = model.layers * reductions(model) * reduce_time(n_gpu) + 0 * batch
    memory = model.weights_bytes / (n_gpu * accelerator.hbm_bytes_per_s) + 0 * batch
    arithmetic = 2 * model.total_params * batch / (n_gpu * accelerator.flop_per_s)
    return network, memory, arithmetic


class ClosedForm(NamedTuple):
    """The fastest setup of the toy model at batch → 0.

    Attributes
    ----------
    tokens_per_s : float
        Speed 1 / T*. [tokens/s]
    n_gpu : float
        GPUs N*. [1]
    """

    tokens_per_s: float
    n_gpu: float


def closed_form(
    model: str | Architecture,
    accelerator: str | Accelerator,
    *,
    precision: Precision | None = None,
    reductions_per_layer: int = 4,
) -> ClosedForm:
    """The fastest speed and its GPU count, without the 6 µs and with peak bandwidth.

    A = 2·L·n_red·t_hop, c = w·P/B: N* = (2c/A)^(2/3), T* = 3·(L·n_red·t_hop)^(2/3)·c^(1/3) - A

    Parameters
    ----------
    model, accelerator : str or noun
        Ids of the catalog, or nouns.
    precision : Precision or None
        Formats; None for the model's own.
    reductions_per_layer : int
        All-reduces a layer; the paper's Table 1 has 4 for every model. [1]

    Returns
    -------
    ClosedForm
        [tokens/s], [1]

    Notes
    -----
    Hence T grows with √P (taking L with P^(1/4)), with B^(-1/3), and with w^(1/3).

    Examples
    --------
    The paper's Table 1:

    >>> best = closed_form("erdil-Llama_3_70B", "erdil-H100")
    >>> round(best.tokens_per_s), round(best.n_gpu)
    (234, 26)
    """
    target = published_model(model, precision)
    chip = published_accelerator(accelerator, target.weight_bytes)
    hops = target.layers * reductions_per_layer * HOP_S
    sweep = target.weights_bytes / chip.peak_hbm_bytes_per_s
    n_gpu = (2 * sweep / (2 * hops)) ** (2 / 3)
    latency = 3 * hops ** (2 / 3) * sweep ** (1 / 3) - 2 * hops
    return ClosedForm(tokens_per_s=1 / latency, n_gpu=n_gpu)


def critical_batch(accelerator: str | Accelerator, weight_bytes: float) -> float:
    """The batch at which one GPU computes as long as it reads: b* = w·C / (2·B), after the caps.

    Parameters
    ----------
    accelerator : str or Accelerator
        An id of the catalog, or the numbers.
    weight_bytes : float
        Bytes of one weight w. [B]

    Returns
    -------
    float
        Sequences. [1]

    Examples
    --------
    >>> round(critical_batch("erdil-H100", 2.0), 1)
    282.8
    """
    chip = published_accelerator(accelerator, weight_bytes)
    return weight_bytes * chip.flop_per_s / (2 * chip.hbm_bytes_per_s)


def single_gpu_latency(
    model: str | Architecture,
    accelerator: str | Accelerator,
    batch: npt.ArrayLike,
    *,
    precision: Precision | None = None,
) -> Array:
    """Time of one token on one GPU of endless memory: max(w·P/B, 2·P·b/C) (paper 2.1).

    Parameters
    ----------
    model, accelerator : str or noun
        Ids of the catalog, or nouns.
    batch : array_like
        Sequences. [1]
    precision : Precision or None
        Formats; None for the model's own.

    Returns
    -------
    array
        Shape of `batch`. [s]
    """
    target = published_model(model, precision)
    chip = published_accelerator(accelerator, target.weight_bytes)
    b = np.asarray(batch, dtype=np.float64)
    return np.asarray(
        np.maximum(target.weights_bytes / chip.hbm_bytes_per_s, 2 * target.total_params * b / chip.flop_per_s)
    )
