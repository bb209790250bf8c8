"""The KV cache: what a sequence leaves behind, and how often tensor parallelism copies it."""

import numpy as np
import numpy.typing as npt

from infecon_core.physics.deployment import unevenness
from infecon_core.physics.roofline import STORED_BYTES
from infecon_core.spec import (
    Architecture,
    Attention,
    Format,
    GroupedQueryAttention,
    LatentAttention,
    LinearAttention,
)

Array = npt.NDArray[np.float64]


def cache_shards(attention: Attention, tp_attn: Array, *, context_parallel: bool = False) -> Array:
    """Parts into which tensor parallelism cuts the cache of one layer. [1]

    Grouped-query: whole KV heads on every rank, kv/⌈kv/tp⌉, so that beyond tp = kv they are replicated. Latent: 1,
    the cache lies on every rank.
    A linear layer's state is cut with its heads. With the context partitioned, ranks that would hold copies
    share them along the context, so that every rank holds its part.
    """
    if isinstance(attention, GroupedQueryAttention) and not context_parallel:
        return _whole_heads(attention.kv_heads, tp_attn)
    if isinstance(attention, LinearAttention):
        return _whole_heads(attention.heads, tp_attn)
    if context_parallel:
        return tp_attn
    return np.ones_like(tp_attn)


def sequence_bytes(attention: Attention, name: Format, context_tokens: npt.ArrayLike) -> Array:
    """Bytes of one sequence in one layer: elements·min(context, window)·bytes, or the state. [B]"""
    context = np.asarray(context_tokens, dtype=np.float64)
    seen = context if attention.window_tokens is None else np.minimum(context, attention.window_tokens)
    return np.asarray(attention.kv_elements_per_token * STORED_BYTES[name] * seen + attention.state_bytes)


def _whole_heads(heads: float, ranks: Array) -> Array:
    return np.asarray(heads / np.minimum(heads, np.ceil(heads / ranks)))


def bytes_read(attention: Attention, name: Format, context_tokens: npt.ArrayLike) -> Array:
    """Bytes of the cache of one sequence that one new token reads in one layer. [B]

    All of it, but for an indexer, which reads the keys of its own for the whole context and lets a part through.
    """
    if isinstance(attention, LatentAttention) and attention.index_tokens is not None:
        context = np.asarray(context_tokens, dtype=np.float64)
        chosen = (attention.kv_rank + attention.rope_width) * np.minimum(context, attention.index_tokens)
        return np.asarray(STORED_BYTES[name] * (chosen + attention.index_width * context))
    return sequence_bytes(attention, name, context_tokens)


def resident_bytes_per_gpu(
    architecture: Architecture,
    name: Format,
    context_tokens: npt.ArrayLike,
    tp_attn: Array,
    stages: Array,
    *,
    context_parallel: bool = False,
) -> Array:
    """Cache of one sequence on one GPU of its attention group, the layers of the fullest stage. [B]"""
    total: Array = np.zeros(np.broadcast(np.asarray(context_tokens, dtype=np.float64), tp_attn).shape)
    for group in architecture.layer_groups:
        if group.attention is not None:
            one = sequence_bytes(group.attention, name, context_tokens)
            total = total + group.count * one / cache_shards(
                group.attention, tp_attn, context_parallel=context_parallel
            )
    return total * unevenness(architecture.layers, stages) / stages
