"""Collectives of one pass: which GPUs talk after which layer, how often, and about how much.

Source: forms of today's engines; see `collectives` for their times.
"""

import numpy as np
import numpy.typing as npt

from infecon_core.physics.collectives import SEND_S, Lines, all_reduce, expert_exchange, joined, link, seconds_per_byte
from infecon_core.physics.deployment import ACTIVATION_BYTES, ONCE_A_STEP, Deployment, Exchange, Shards
from infecon_core.physics.kv_cache import cache_shards
from infecon_core.spec import Attention, LatentAttention, LayerGroup, LinearAttention, MixtureOfExperts

Array = npt.NDArray[np.float64]


def reduce(deployment: Deployment, label: str, name: str, count: Array, ranks: Array, share: Array) -> Exchange:
    """An all-reduce of the activations of `share` of the tokens over `ranks`."""
    lines: Lines = all_reduce(deployment.accelerator, deployment.constants, ranks)
    per_token = deployment.architecture.width * ACTIVATION_BYTES * share
    return Exchange(label, name, count, lines.latency_s, tuple(slope * per_token for slope in lines.s_per_byte))


def context_exchange(deployment: Deployment, attention: Attention, name: str, count: Array, shards: Shards) -> Exchange:
    """Partial outputs of attention put together again among the ranks that share a cache along the context."""
    copies = shards.tp_attn / cache_shards(attention, shards.tp_attn)
    lines: Lines = all_reduce(deployment.accelerator, deployment.constants, copies)
    if isinstance(attention, LinearAttention):
        width = 0.0
    elif isinstance(attention, LatentAttention):
        width = float(attention.query_heads * attention.kv_rank)
    else:
        width = float(attention.query_heads * attention.head_width)
    # A rank computes the heads of its copies, so that is what it passes on.
    per_token = width * copies / shards.tp_attn * ACTIVATION_BYTES / shards.dp_attn
    return Exchange(
        "Exchange of partial attention",
        name,
        np.where(copies > 1, count, 0.0),
        lines.latency_s,
        tuple(slope * per_token for slope in lines.s_per_byte),
    )


def after_feed_forward(
    deployment: Deployment, group: LayerGroup, name: str, count: Array, shards: Shards
) -> list[Exchange]:
    """All-reduce of the stage's GPUs; dispatch and combine where copies of attention share experts."""
    ones = np.ones_like(shards.gpus)
    copies = shards.dp_attn > 1
    summed = reduce(deployment, "All-reduce after feed-forward", name, count, shards.gpus, ones)
    if not isinstance(group.feed_forward, MixtureOfExperts):
        return [summed]
    latency, slope = expert_exchange(
        deployment.accelerator, deployment.constants, shards.gpus, np.minimum(group.feed_forward.active, shards.gpus)
    )
    per_token = deployment.architecture.width * ACTIVATION_BYTES / shards.dp_attn
    exchange = Exchange(
        "Expert dispatch and combine", name, np.where(copies, count, 0.0), (latency,), (slope * per_token,)
    )
    if not copies.any():
        return [summed]
    return [
        Exchange(
            summed.name,
            name,
            np.where(copies, 0.0, count),
            summed.latency_s,
            # Slopes of what does not happen are 0: they may be infinite where no link leaves the domain.
            tuple(np.where(copies, 0.0, way) for way in summed.s_per_token),
        ),
        exchange,
    ]


def sends(deployment: Deployment, shards: Shards) -> Exchange:
    """Activations passed from each stage to the next, over the slow link where an instance spans domains."""
    accelerator = deployment.accelerator
    inside = shards.stages * shards.gpus <= joined(accelerator)
    slow = seconds_per_byte(accelerator.scale_out_bytes_per_s)
    slope = np.where(inside, seconds_per_byte(link(accelerator)), slow)
    slope = np.where(shards.stages > 1, slope, 0.0)
    per_token = deployment.architecture.width * ACTIVATION_BYTES / shards.dp_attn / shards.tp_attn
    hops = np.where(shards.stages > 1, shards.stages, 0.0)
    return Exchange("Pipeline sends", ONCE_A_STEP, hops, (np.full(hops.shape, SEND_S),), (slope * per_token,))
