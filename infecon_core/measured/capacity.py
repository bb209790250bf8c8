"""Whether the GPUs of a measured setup can hold it at all, whatever its software leaves free."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from infecon_core.measured.rows import MeasurementGroup
from infecon_core.physics.deployment import Deployment, Shards
from infecon_core.physics.kv_cache import resident_bytes_per_gpu
from infecon_core.physics.memory import weight_bytes_per_gpu

Array = npt.NDArray[np.float64]


def lacking_bytes(deployment: Deployment, shards: Shards, batch: Array, context_tokens: npt.ArrayLike) -> Array:
    """Weights and cache of one GPU less its memory: weights + batch/dp_attn·cache - HBM; above 0 it cannot run. [B]

    No workspace and no reserve, contexts at their mean, sequences spread evenly over the copies of attention: what
    this refuses cannot have been measured, while the search of setups (`physics.memory`) leaves room besides. Of the
    shipped points that are fitted, none lacks memory; 11 of 1,844 leave less than the reserve of that search.

    Args:
        deployment (Deployment): What is served on what.
        shards (Shards): Layouts.
        batch (array): Sequences of the instance. [1]
        context_tokens (array_like): Mean context, a number or one a layout. [tokens]

    Returns:
        array: One value a layout; negative where memory is left. [B]

    Assumptions:
        Ranks that share a copy of attention but no KV head hold copies of the cache, as engines do without context
        parallelism.
    """
    cache = resident_bytes_per_gpu(
        deployment.architecture, deployment.precision.kv, context_tokens, shards.tp_attn, shards.stages
    )
    used = weight_bytes_per_gpu(deployment, shards) + batch / shards.dp_attn * cache
    return np.asarray(used - deployment.accelerator.hbm_bytes)


def shortages(groups: Sequence[MeasurementGroup]) -> dict[int, str]:
    """What the rows are told that lack memory, by row from 0."""
    found = {}
    for group in groups:
        lacking = lacking_bytes(group.deployment, group.shards, group.batch, group.context_tokens)
        for i, short in zip(group.index[lacking > 0], lacking[lacking > 0], strict=True):
            found[int(i)] = shortage(float(short), group.deployment.accelerator.hbm_bytes)
    return found


def shortage(lacking: float, hbm_bytes: float) -> str:
    """What a row that lacks memory is told.

    Examples:
        >>> shortage(61.2e9, 80e9)
        'weights and KV cache need 141.2 GB of each GPU, 61.2 GB more than its 80 GB'
    """
    size = f"{lacking / 1e9:,.1f} GB" if lacking >= 5e7 else f"{lacking / 1e6:,.1f} MB"
    return (
        f"weights and KV cache need {(hbm_bytes + lacking) / 1e9:,.1f} GB of each GPU, "
        f"{size} more than its {hbm_bytes / 1e9:,.4g} GB"
    )
