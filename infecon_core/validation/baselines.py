"""What the engine is compared with on the same measurements: the bare roofline, and the published model."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from infecon_core.measured.rows import MeasurementGroup, read_rows
from infecon_core.paper import token_latency
from infecon_core.physics.deployment import Deployment
from infecon_core.physics.formats import HEAD_FORMAT, STORED_BYTES, attention_format
from infecon_core.physics.kv_cache import sequence_bytes
from infecon_core.physics.operators import cache_flop
from infecon_core.physics.roofline import arithmetic_rate
from infecon_core.schema import MixtureOfExperts, NothingFits

Array = npt.NDArray[np.float64]


def roofline_s(points: pd.DataFrame) -> Array:
    """The bare roofline of each measurement: memory or arithmetic at the datasheet's peaks, whichever is slower.

    T = max(V/(N·W), F/(N·C)): V bytes are the weights that the batch touches and its KV cache, each read once; F is
    2 FLOP a weight and a token, and those of attention over the cache; N GPUs share both evenly, each with memory
    bandwidth W [B/s] and arithmetic C [FLOP/s] of its format, both at the datasheet's peak. Of E routed experts of
    which a token passes k, a batch b touches E·(1 - (1 - k/E)^b). No links, no overhead, no prompts, so it lies below
    every time that can be measured. Source: Williams et al. 2009, doi:10.1145/1498765.1498785.

    Args:
        points (DataFrame): Columns as in `schema.measurement`.

    Returns:
        array: NaN for rows that cannot be predicted. [s]
    """
    groups, _ = read_rows(points)
    times = np.full(len(points), np.nan)
    for group in groups:
        read_s, flop_s = _roofline_of_one_gpu(group)
        times[group.index] = np.maximum(read_s, flop_s) / group.n_gpu
    return times


def _roofline_of_one_gpu(group: MeasurementGroup) -> tuple[Array, Array]:
    """Reading and computing of one step, were all of it on one GPU. [s]"""
    deployment, batch = group.deployment, group.batch
    architecture, accelerator, precision = deployment.architecture, deployment.accelerator, deployment.precision
    kept = attention_format(architecture, precision)
    bytes_read: Array = np.zeros(batch.size)
    seconds: Array = np.zeros(batch.size)
    for layers in architecture.layer_groups:
        if layers.attention is not None:
            params = layers.attention.params(architecture.hidden_size)
            cache = sequence_bytes(layers.attention, precision.kv, group.context_tokens)
            bytes_read = bytes_read + layers.num_layers * (params * STORED_BYTES[kept] + batch * cache)
            attended = 2 * params + cache_flop(layers.attention, group.context_tokens)
            seconds = seconds + layers.num_layers * batch * attended / arithmetic_rate(accelerator, kept)
        layer = layers.feed_forward
        if layer is None:
            continue
        read = np.full(batch.size, layer.params(architecture.hidden_size))
        if isinstance(layer, MixtureOfExperts):
            routed = layer.num_experts * layer.expert_params(architecture.hidden_size)
            read = read - routed * (1 - layer.num_experts_per_tok / layer.num_experts) ** batch
        bytes_read = bytes_read + layers.num_layers * read * STORED_BYTES[precision.weights]
        flop = 2 * layer.active_params(architecture.hidden_size)
        seconds = seconds + layers.num_layers * batch * flop / arithmetic_rate(accelerator, precision.weights)
    head = architecture.vocab_size * architecture.hidden_size
    bytes_read = bytes_read + head * STORED_BYTES[HEAD_FORMAT]
    seconds = seconds + batch * 2 * head / arithmetic_rate(accelerator, HEAD_FORMAT)
    return bytes_read / accelerator.hbm_bytes_per_s, seconds


def published_s(points: pd.DataFrame) -> Array:
    """The published model's time of each measurement: its fastest layout of the same GPUs, batch and context.

    The variant `reference` (section 3 with expert parallelism and attention on fewer shards), pipelines off, 16-bit
    activations. Source: Erdil 2025, arXiv:2506.04645.

    Args:
        points (DataFrame): Columns as in `schema.measurement`.

    Returns:
        array: NaN for rows that it cannot do or where it says that nothing fits. [s]
    """
    groups, _ = read_rows(points)
    times = np.full(len(points), np.nan)
    for group in groups:
        batch = np.maximum(group.batch, 1.0)  # the published model knows no batch below one sequence
        found = _published_of(group.deployment, group.n_gpu, batch, group.context_tokens)
        times[group.index] = np.where(np.isfinite(found), found, np.nan)
    return times


def _published_of(deployment: Deployment, gpus: Array, batch: Array, context_tokens: Array) -> Array:
    try:
        return token_latency(
            "reference",
            deployment.architecture,
            deployment.accelerator,
            gpus,
            batch,
            context_tokens=context_tokens,
            precision=deployment.precision,
        )
    except NothingFits:
        return np.full(batch.size, np.nan)
