"""The simplest variant, which the paper calls toy: one GPU, network latency on top, their optima in closed form.

Source: Erdil 2025, arXiv:2506.04645, sections 2.1 and 2.2, Table 1; the latencies from `data/collectives/toy.toml`.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from infecon_core.catalog.collectives import protocols
from infecon_core.paper.convert import published_accelerator, published_model
from infecon_core.paper.inputs import Array, PublishedAccelerator, PublishedModel
from infecon_core.schema import Accelerator, Architecture, Precision

SQUARE = protocols("toy")["square"]


def reductions(model: PublishedModel) -> int:
    """All-reduces a layer. [1]

    Equation:
        n_red = 4, or 2 where attention and feed-forward run side by side
    """
    return 2 if model.parallel_attn else 4


def reduce_time(n_gpu: npt.ArrayLike) -> Array:
    """Time of one all-reduce (paper 2.2). [s]

    Equation:
        t = 2·t_hop·max(√N - 1, 0) + t_0

    Where:
        t_hop (SQUARE.rank_s): Latency of a hop. [s]
        t_0 (SQUARE.base_s): Latency once. [s]
        N (n_gpu): GPUs. [1]

    Args:
        n_gpu (array_like): GPUs N in a square, whose all-reduces run along its rows; bytes take no time. [1]

    Examples:
        Sixteen GPUs, in microseconds: 2·3 + 6.

        >>> round(float(reduce_time(16)) * 1e6, 6)
        12.0
    """
    hops = np.maximum(np.sqrt(np.asarray(n_gpu, dtype=np.float64)) - 1, 0)
    return np.asarray(2 * SQUARE.rank_s * hops + SQUARE.base_s)


def toy_times(model: PublishedModel, accelerator: PublishedAccelerator, n_gpu: Array, batch: Array) -> dict[str, Array]:
    """The five times of one token; of memory and arithmetic only the longer counts (paper 2.2).

    All-reduces follow reading or computing, of which the longer counts.

    Equation:
        T = L·n_red·t_red + max(T_m, T_c)
        T_m = w·P/(N·B), memory
        T_c = 2·P·b/(N·C), arithmetic

    Where:
        T_m (return[memory_s]): Memory. [s]
        T_c (return[arithmetic_s]): Arithmetic. [s]
        L (model.num_hidden_layers): Layers. [1]
        w (model.weight_bytes): Bytes of a weight. [B]
        P (model.total_params): All weights. [1]
        N (n_gpu): GPUs. [1]
        B (accelerator.hbm_bytes_per_s): Memory bandwidth after the cap. [B/s]
        C (accelerator.flop_per_s): Arithmetic after the cap. [FLOP/s]
        b (batch): Sequences. [1]

    Args:
        model, accelerator (PublishedModel, PublishedAccelerator): P is Total, also for mixtures of experts; B and C are
            after the caps.
        n_gpu, batch (array): GPUs N and sequences b. [1]

    Returns:
        dict of arrays: `kernel_overhead_s`, `network_latency_s`, `network_bandwidth_s`, `memory_s`, `arithmetic_s`; two
            are 0. [s]
    """
    zero = np.zeros(np.broadcast(n_gpu, batch).shape)
    return {
        "kernel_overhead_s": zero,
        "network_latency_s": model.num_hidden_layers * reductions(model) * reduce_time(n_gpu) + zero,
        "network_bandwidth_s": zero,
        "memory_s": model.weights_bytes / (n_gpu * accelerator.hbm_bytes_per_s) + zero,
        "arithmetic_s": 2 * model.total_params * batch / (n_gpu * accelerator.flop_per_s),
    }


class ClosedForm(NamedTuple):
    """The fastest setup of the toy at batch → 0.

    Attributes:
        tokens_per_s (float): Speed 1 / T*. [tokens/s]
        n_gpu (float): GPUs N*. [1]
    """

    tokens_per_s: float
    n_gpu: float


class ClosedFormTerms(NamedTuple):
    """What the closed form is made of: T(N) = 2·hops·max(√N - 1, 0) + read/N.

    Attributes:
        layers, reductions (int): Layers L, and all-reduces a layer n_red. [1]
        hops_s (float): L·n_red·t_hop. [s]
        weights_bytes, bytes_per_s (float): Weights w·P [B] and peak bandwidth B. [B/s]
    """

    layers: int
    reductions: int
    hops_s: float
    weights_bytes: float
    bytes_per_s: float

    @property
    def read_s(self) -> float:
        """Time in which one GPU reads all weights. [s]

        Equation:
            c = W/B

        Where:
            W (self.weights_bytes): All weights, w·P. [B]
            B (self.bytes_per_s): Peak memory bandwidth. [B/s]
        """
        return self.weights_bytes / self.bytes_per_s

    @property
    def best(self) -> ClosedForm:
        """The fastest setup; one GPU where N would be less. [tokens/s], [1]

        Equation:
            T = 3·h^(2/3)·c^(1/3) - 2·h
            N = (c/h)^(2/3)
            v = 1/T

        Where:
            T (latency): The shortest time of a token. [s]
            N (return.n_gpu): GPUs that reach it. [1]
            v (return.tokens_per_s): The speed. [tokens/s]
            h (self.hops_s): Latency of a hop, of all all-reduces: L·n_red·t_hop. [s]
            c (self.read_s): Time in which one GPU reads all weights. [s]
        """
        n_gpu = (self.read_s / self.hops_s) ** (2 / 3)
        if n_gpu < 1:
            return ClosedForm(tokens_per_s=1 / self.read_s, n_gpu=1.0)
        latency = 3 * self.hops_s ** (2 / 3) * self.read_s ** (1 / 3) - 2 * self.hops_s
        return ClosedForm(tokens_per_s=1 / latency, n_gpu=n_gpu)

    def times(self, n_gpu: npt.ArrayLike) -> tuple[Array, Array]:
        """Latency of the network and time of reading on N GPUs. [s], [s]

        Equation:
            T_l = 2·h·max(√N - 1, 0)
            T_m = c/N

        Where:
            T_l (return[0]): Latency of the network. [s]
            T_m (return[1]): Time of reading. [s]
            N (n): GPUs. [1]
            h (self.hops_s): Latency of a hop, of all all-reduces: L·n_red·t_hop. [s]
            c (self.read_s): Time in which one GPU reads all weights. [s]
        """
        n = np.asarray(n_gpu, dtype=np.float64)
        return np.asarray(2 * self.hops_s * np.maximum(np.sqrt(n) - 1, 0)), np.asarray(self.read_s / n)


def closed_form_terms(
    model: str | Architecture,
    accelerator: str | Accelerator,
    *,
    precision: Precision | None = None,
    reductions_per_layer: int = 4,
) -> ClosedFormTerms:
    """What `closed_form` is made of; parameters as there."""
    target = published_model(model, precision)
    chip = published_accelerator(accelerator, target.weight_bytes)
    hops = target.num_hidden_layers * reductions_per_layer * SQUARE.rank_s
    return ClosedFormTerms(
        target.num_hidden_layers, reductions_per_layer, hops, target.weights_bytes, chip.peak_hbm_bytes_per_s
    )


def closed_form(
    model: str | Architecture,
    accelerator: str | Accelerator,
    *,
    precision: Precision | None = None,
    reductions_per_layer: int = 4,
) -> ClosedForm:
    """The fastest speed of the toy and its GPU count, without the 6 µs and with peak bandwidth (paper 2.2).

    The optimum over the number of GPUs.

    Args:
        model, accelerator (str, Architecture, Accelerator): Ids of the catalog, or their numbers.
        precision (Precision or None): Formats; None for the model's own.
        reductions_per_layer (int): All-reduces a layer n_red; the paper's Table 1 has 4 for every model. [1]

    Returns:
        ClosedForm: [tokens/s], [1]

    Notes:
        Hence T grows with √P (taking L with P^(1/4)), with B^(-1/3), and with w^(1/3). N* need not be a whole number,
        and weights need not fit into N* GPUs. Where N* would be less than one GPU, one GPU it is: T* = c.

    Examples:
        The paper's Table 1:

        >>> best = closed_form("erdil-Llama_3_70B", "erdil-H100")
        >>> round(best.tokens_per_s), round(best.n_gpu)
        (234, 26)
    """
    return closed_form_terms(model, accelerator, precision=precision, reductions_per_layer=reductions_per_layer).best


def critical_batch(accelerator: str | Accelerator, weight_bytes: float) -> float:
    """The batch at which one GPU computes as long as it reads, after the caps (paper 2.1).

    Equation:
        b = w·C/(2·B)

    Where:
        w (weight_bytes): Bytes of a weight. [B]
        C (chip.flop_per_s): Arithmetic after the cap. [FLOP/s]
        B (chip.hbm_bytes_per_s): Memory bandwidth after the cap. [B/s]

    Args:
        accelerator (str or Accelerator): An id of the catalog, or the numbers.
        weight_bytes (float): Bytes of one weight w, which also choose the arithmetic rate C. [B]

    Returns:
        float: Sequences, whatever the model; its cache is left out. [1]

    Examples:
        An H100 with 1 PFLOP/s and 3.3 TB/s, of which 0.7 and 0.75 are reached: 2·0.7e15 / (2·2.475e12).

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
    """Time of one token on one GPU of endless memory (paper 2.1).

    Equation:
        T = max(T_m, T_c)

    Where:
        T_m (times[memory_s]): Reading all weights, w·P/B. [s]
        T_c (times[arithmetic_s]): Computing with them, 2·P·b/C. [s]

    Args:
        model, accelerator (str, Architecture, Accelerator): Ids of the catalog, or their numbers.
        batch (array_like): Sequences b. [1]
        precision (Precision or None): Formats; None for the model's own.

    Returns:
        array: Shape of `batch`. [s]

    Examples:
        70.6 GB of 8-bit weights at 2.475 TB/s, in milliseconds:

        >>> round(float(single_gpu_latency("erdil-Llama_3_70B_8_bit", "erdil-H100", 1)) * 1e3, 1)
        28.5
    """
    target = published_model(model, precision)
    chip = published_accelerator(accelerator, target.weight_bytes)
    times = toy_times(target, chip, np.ones(()), np.asarray(batch, dtype=np.float64))
    return np.asarray(np.maximum(times["memory_s"], times["arithmetic_s"]))
