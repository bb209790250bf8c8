"""What the engine is compared with on the same measurements: the bare roofline, and the published model."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from infecon_core.calibration.predict import Rows, read_rows
from infecon_core.paper import token_latency
from infecon_core.physics.deployment import Deployment
from infecon_core.physics.kv_cache import sequence_bytes
from infecon_core.physics.operators import cache_flop
from infecon_core.physics.precision_rules import HEAD_FORMAT, attention_format
from infecon_core.physics.roofline import STORED_BYTES, arithmetic_rate
from infecon_core.spec import MixtureOfExperts, NothingFits

Array = npt.NDArray[np.float64]


def roofline_s(points: pd.DataFrame) -> Array:
    """The bare roofline of each measurement: memory or arithmetic at the datasheet's peaks, whichever is slower.

    T = max(bytes/(N·B), FLOP/(N·C)): weights that the batch touches and its KV cache are read once, spread evenly over
    all GPUs; 2 FLOP a weight and a token, and those of attention. No links, no overhead, no prompts.

    Parameters
    ----------
    points : DataFrame
        Columns as in `measurements.COLUMNS`.

    Returns
    -------
    array
        NaN for rows that cannot be predicted. [s]
    """
    groups, _ = read_rows(points)
    times = np.full(len(points), np.nan)
    for rows in groups:
        gpus = rows.shards.stages * rows.shards.gpus
        read_s, flop_s = _roofline_of_one_gpu(rows)
        times[rows.index] = np.maximum(read_s, flop_s) / gpus
    return times


def _roofline_of_one_gpu(rows: Rows) -> tuple[Array, Array]:
    """Reading and computing of one step, were all of it on one GPU. [s]"""
    deployment, batch = rows.deployment, rows.batch
    architecture, accelerator, precision = deployment.architecture, deployment.accelerator, deployment.precision
    kept = attention_format(architecture, precision)
    bytes_read: Array = np.zeros(batch.size)
    seconds: Array = np.zeros(batch.size)
    for group in architecture.layer_groups:
        if group.attention is not None:
            params = group.attention.params(architecture.width)
            cache = sequence_bytes(group.attention, precision.kv, rows.context_tokens)
            bytes_read = bytes_read + group.count * (params * STORED_BYTES[kept] + batch * cache)
            flop = 2 * params + cache_flop(group.attention, rows.context_tokens)
            seconds = seconds + group.count * batch * flop / arithmetic_rate(accelerator, kept)
        layer = group.feed_forward
        if layer is None:
            continue
        read = np.full(batch.size, layer.params(architecture.width))
        if isinstance(layer, MixtureOfExperts):
            routed = layer.experts * (3 if layer.gated else 2) * architecture.width * layer.width
            read = read - routed * (1 - layer.active / layer.experts) ** batch
        bytes_read = bytes_read + group.count * read * STORED_BYTES[precision.weights]
        seconds = seconds + group.count * batch * 2 * layer.active_params(architecture.width) / arithmetic_rate(
            accelerator, precision.weights
        )
    head = architecture.vocabulary * architecture.width
    bytes_read = bytes_read + head * STORED_BYTES[HEAD_FORMAT]
    seconds = seconds + batch * 2 * head / arithmetic_rate(accelerator, HEAD_FORMAT)
    return bytes_read / accelerator.hbm_bytes_per_s, seconds


def published_s(points: pd.DataFrame) -> Array:
    """The published model's time of each measurement: its fastest layout of the same GPUs, batch and context.

    The top rung (section 3 with expert parallelism and attention on fewer shards), pipelines off, 16-bit activations.

    Parameters
    ----------
    points : DataFrame
        Columns as in `measurements.COLUMNS`.

    Returns
    -------
    array
        NaN for rows that it cannot do or where it says that nothing fits. [s]
    """
    groups, _ = read_rows(points)
    times = np.full(len(points), np.nan)
    for rows in groups:
        gpus = rows.shards.stages * rows.shards.gpus
        found = _published_of(rows.deployment, gpus, np.maximum(rows.batch, 1.0), rows.context_tokens)
        times[rows.index] = np.where(np.isfinite(found), found, np.nan)
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
