"""The KV cache: what a sequence leaves behind, and how often tensor parallelism copies it.

Source: grouped-query attention, arXiv:2305.13245; latent attention (MLA), DeepSeek-V2, arXiv:2405.04434; sparse
attention's indexer and sliding windows as in released configurations (data/models).
"""

import numpy as np
import numpy.typing as npt

from infecon_core.physics.deployment import unevenness
from infecon_core.physics.formats import STORED_BYTES
from infecon_core.schema import (
    Architecture,
    Attention,
    Format,
    GroupedQueryAttention,
    LatentAttention,
    LinearAttention,
)

Array = npt.NDArray[np.float64]


def cache_shards(attention: Attention, tp_attn: Array, *, context_parallel: bool = False) -> Array:
    """Parts into which tensor parallelism cuts the cache of one layer; tp over them is how often each part is held. [1]

    Grouped-query: ranks hold whole KV heads, so that beyond as many ranks they are replicated. Latent: 1,
    the cache lies on every rank. A linear layer's state is cut with its heads. With the context partitioned
    (context parallelism), ranks that would hold copies share them along the context: tp parts, but for a state.

    Equation:
        p = h_kv/min(h_kv, ⌈h_kv/tp⌉), grouped-query
        p = 1, latent
        p = h/min(h, ⌈h/tp⌉), the state of a linear layer
        p = tp, with the context partitioned

    Where:
        h_kv (attention.num_key_value_heads): KV heads. [1]
        h (attention.num_heads): Heads of a linear layer. [1]
        tp (tp_attn): Ranks of a copy of attention. [1]

    Args:
        attention (Attention): One layer's.
        tp_attn (array): Tensor-parallel ranks of one copy of attention. [1]
        context_parallel (bool): Whether the context is partitioned.

    Examples:
        Eight KV heads: on 4 ranks two each, on 16 ranks one each, so that two ranks hold the same.

        >>> attention = GroupedQueryAttention(num_attention_heads=64, num_key_value_heads=8, head_dim=128)
        >>> cache_shards(attention, np.array([1.0, 4.0, 8.0, 16.0]))
        array([1., 4., 8., 8.])
    """
    if isinstance(attention, GroupedQueryAttention) and not context_parallel:
        return _whole_heads(attention.num_key_value_heads, tp_attn)
    if isinstance(attention, LinearAttention):
        return _whole_heads(attention.num_heads, tp_attn)
    if context_parallel:
        return tp_attn
    return np.ones_like(tp_attn)


def _whole_heads(heads: float, ranks: Array) -> Array:
    """Parts of h heads that r ranks hold whole: h/min(h, ⌈h/r⌉), fewer than one head being one. [1]"""
    return np.asarray(heads / np.minimum(heads, np.ceil(heads / ranks)))


def sequence_bytes(attention: Attention, name: Format, context_tokens: npt.ArrayLike) -> Array:
    """Bytes of one sequence in one layer. [B]

    Equation:
        K = e·b·n + S
        K = e·b·min(n, w) + S, with a sliding window

    Where:
        e (attention.kv_elements_per_token): Elements of a token. [1]
        b (STORED_BYTES[name]): Bytes of an element. [B]
        n (context): Context. [tokens]
        w (attention.sliding_window): Window. [tokens]
        S (attention.state_bytes): A recurrent state. [B]

    Args:
        attention (Attention): One layer's.
        name (Format): Format of the cache; a recurrent state keeps its own.
        context_tokens (array_like): Context, from 0. [tokens]

    Examples:
        Keys and values of 8 heads of 128 in one byte: 2·8·128 B for each of 1000 tokens.

        >>> attention = GroupedQueryAttention(num_attention_heads=64, num_key_value_heads=8, head_dim=128)
        >>> float(sequence_bytes(attention, "fp8", 1000))
        2048000.0
    """
    context = np.asarray(context_tokens, dtype=np.float64)
    seen = context if attention.sliding_window is None else np.minimum(context, attention.sliding_window)
    return np.asarray(attention.kv_elements_per_token * STORED_BYTES[name] * seen + attention.state_bytes)


def bytes_read(attention: Attention, name: Format, context_tokens: npt.ArrayLike) -> Array:
    """Bytes of the cache of one sequence that one new token reads in one layer. [B]

    All of it, `sequence_bytes`, but for an indexer (DeepSeek sparse attention), which reads its own keys of the whole
    context and the latent vectors of the chosen tokens.

    Equation:
        R = K, all of `sequence_bytes`
        R = b·((c + r)·min(n, k) + i·n), with an indexer

    Where:
        K (return): Bytes of the sequence. [B]
        b (STORED_BYTES[name]): Bytes of an element. [B]
        c (attention.kv_lora_rank): KV LoRA rank. [1]
        r (attention.qk_rope_head_dim): Rope width. [1]
        k (attention.index_topk): Tokens that an indexer chooses. [tokens]
        i (attention.index_head_dim): Width of its keys. [1]
        n (context): Context. [tokens]
    """
    if isinstance(attention, LatentAttention) and attention.index_topk is not None:
        context = np.asarray(context_tokens, dtype=np.float64)
        chosen = (attention.kv_lora_rank + attention.qk_rope_head_dim) * np.minimum(context, attention.index_topk)
        return np.asarray(STORED_BYTES[name] * (chosen + attention.index_head_dim * context))
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
    """Cache of one sequence on one GPU of its copy of attention, the layers of the fullest stage. [B]

    Stages hold whole layers.

    Equation:
        M = S·u/P
        u = P·⌈L/P⌉/L, layers of the fullest stage over the mean

    Where:
        S (total): Σ over layer groups of layers·`sequence_bytes`/`cache_shards`. [B]
        P (stages): Pipeline stages. [1]
        L (architecture.num_hidden_layers): Layers. [1]

    Args:
        architecture (Architecture): Its layer groups.
        name (Format): Format of the cache.
        context_tokens (array_like): Context, a number or one a layout. [tokens]
        tp_attn, stages (array): Ranks of one copy of attention, and pipeline stages. [1]
        context_parallel (bool): Whether the context is partitioned.
    """
    total: Array | float = 0.0
    for group in architecture.layer_groups:
        if group.attention is not None:
            one = sequence_bytes(group.attention, name, context_tokens)
            parts = cache_shards(group.attention, tp_attn, context_parallel=context_parallel)
            total = total + group.num_layers * one / parts
    return np.asarray(total * unevenness(architecture.num_hidden_layers, stages) / stages)
