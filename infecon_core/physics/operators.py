"""Operators of one pass on one layout: how their bytes and FLOP grow with sequences, tokens and touched experts.

One GPU's part of each operator takes bytes/(B·η) + FLOP/C, with B the HBM bandwidth, η the efficiency of reading
(fitted, `ServingConstants`) and C the arithmetic peak of the format. m is the sequences of a microbatch, t its tokens,
n the layers, counted as if every pipeline stage were as full as the fullest.

Source: shapes as released configurations give them (data/models); efficiencies and overheads fitted to
data/measurements/decode.csv.
"""

import numpy as np
import numpy.typing as npt

from infecon_core.physics.communication import after_feed_forward, context_exchange, reduce, sends
from infecon_core.physics.costs import ONCE_A_STEP, CollectiveCosts, LinearTime, OperatorCosts
from infecon_core.physics.deployment import Deployment, Shards, group_name, paced_layers
from infecon_core.physics.experts import expert_routings, expert_slots, routing_of
from infecon_core.physics.formats import HEAD_FORMAT, STORED_BYTES, attention_format, block_scaled
from infecon_core.physics.kv_cache import bytes_read, cache_shards
from infecon_core.physics.roofline import arithmetic_rate, cache_rate
from infecon_core.schema import Attention, LatentAttention, LayerGroup, LinearAttention, MixtureOfExperts

Array = npt.NDArray[np.float64]

# A recurrent state is read and written by every token; of a cache only one token's entry is written.
STATE_TRIPS = 2.0


def cache_flop(attention: Attention, context_tokens: npt.ArrayLike) -> Array:
    """FLOP of one new token over the cache of one layer. [FLOP]

    Grouped-query 4·heads·head_dim·min(context, window). Latent, with the up-projections absorbed into queries and
    outputs, 2·(2·kv_lora_rank + qk_rope_head_dim)·heads·context; an indexer compares 2·index_n_heads·index_head_dim of
    its own over the whole context and lets `index_topk` tokens through. Nothing for a recurrent state, whose
    arithmetic is small beside its projections.

    Args:
        attention (Attention): One layer's.
        context_tokens (array_like): Context, from 0. [tokens]

    Examples:
        64 heads of 128 over 1000 tokens: a product with the keys and one with the values, 2 FLOP each.

        >>> from infecon_core.schema import GroupedQueryAttention
        >>> attention = GroupedQueryAttention(num_attention_heads=64, num_key_value_heads=8, head_dim=128)
        >>> float(cache_flop(attention, 1000))
        32768000.0
    """
    context = np.asarray(context_tokens, dtype=np.float64)
    if isinstance(attention, LatentAttention):
        seen = context if attention.index_topk is None else np.minimum(context, attention.index_topk)
        width = 2 * attention.kv_lora_rank + attention.qk_rope_head_dim
        indexer = 2 * attention.index_n_heads * attention.index_head_dim * context
        return np.asarray(2 * width * attention.num_attention_heads * seen + indexer)
    if isinstance(attention, LinearAttention):
        return np.zeros_like(context)
    seen = context if attention.sliding_window is None else np.minimum(context, attention.sliding_window)
    return np.asarray(4 * attention.num_attention_heads * attention.head_dim * seen)


def operators(
    deployment: Deployment, shards: Shards, context_tokens: npt.ArrayLike
) -> tuple[tuple[OperatorCosts, ...], tuple[CollectiveCosts, ...]]:
    """All operators and collectives of a pass.

    Args:
        deployment (Deployment): What is served on what.
        shards (Shards): Layouts.
        context_tokens (array_like): Mean context, a number or one a layout. [tokens]

    Returns:
        operators, collectives (tuples): Coefficients of the layouts' length.
    """
    found: list[OperatorCosts] = []
    collectives: list[CollectiveCosts] = []
    for group, count in paced_layers(deployment.architecture, shards.stages):
        name = group_name(group)
        if group.attention is not None:
            found += _attention(deployment, group.attention, name, count, shards, context_tokens)
            if deployment.context_parallel:
                collectives.append(context_exchange(deployment, group.attention, name, count, shards))
            collectives.append(
                reduce(deployment, "All-reduce after attention", name, count, shards.tp_attn, 1 / shards.dp_attn)
            )
        if group.feed_forward is not None:
            found += _feed_forward(deployment, group, name, count, shards)
            collectives += after_feed_forward(deployment, group, name, count, shards)
        found.append(_overhead(deployment, group, name, count, shards))
    found.append(_head(deployment, shards))
    collectives.append(sends(deployment, shards))
    return tuple(found), tuple(collectives)


def _attention(
    deployment: Deployment, attention: Attention, name: str, count: Array, shards: Shards, context: npt.ArrayLike
) -> list[OperatorCosts]:
    """Projections and attention over the KV cache.

    Projections of P weights: n·P·bytes/tp/(B·η_w) + 2·n·P/(tp·dp)/C·t. Over the cache: n·`bytes_read`/`cache_shards`/dp
    /(B·η_kv)·m + n·`cache_flop`/(tp·dp)/(C_kv·η_a)·t, where C_kv is the FP8 rate of an FP8 cache and the 16-bit rate
    of all others, and η_a is `attention_arithmetic_efficiency`. Kernels treat each sequence by itself, however short:
    n·`sequence_layer_overhead_s`/dp·m.
    """
    constants, precision = deployment.constants, deployment.precision
    kept = attention_format(deployment.architecture, precision)
    params = attention.params(deployment.architecture.hidden_size)
    rate = arithmetic_rate(deployment.accelerator, kept)
    weights = count * params * STORED_BYTES[kept] / shards.tp_attn
    projection = count * 2 * params / shards.tp_attn / shards.dp_attn / rate
    trips = STATE_TRIPS if isinstance(attention, LinearAttention) else 1.0
    parts = cache_shards(attention, shards.tp_attn, context_parallel=deployment.context_parallel)
    cache = count * (trips * bytes_read(attention, precision.kv, context) / parts) / shards.dp_attn
    reached = cache_rate(deployment.accelerator, precision.kv) * constants.attention_arithmetic_efficiency
    over_cache = cache_flop(attention, context) / shards.tp_attn / reached
    return [
        OperatorCosts(
            "Attention projections",
            name,
            memory=LinearTime(fixed=weights / deployment.memory_rate(constants.weight_read_efficiency)),
            arithmetic=LinearTime(per_token=projection),
        ),
        OperatorCosts(
            "Attention over KV cache",
            name,
            memory=LinearTime(per_sequence=cache / deployment.memory_rate(constants.cache_read_efficiency)),
            arithmetic=LinearTime(per_token=count * over_cache / shards.dp_attn),
            overhead=LinearTime(per_sequence=count * constants.sequence_layer_overhead_s / shards.dp_attn),
        ),
    ]


def _feed_forward(
    deployment: Deployment, group: LayerGroup, name: str, count: Array, shards: Shards
) -> list[OperatorCosts]:
    """The feed-forward layer, or router with shared experts, and routed experts.

    What every token passes, P weights cut over g GPUs: n·P·bytes/g/(B·η_w) + 2·n·P/G/C·t, where g is tp for a dense
    layer, which each copy of attention has, and `Shards.shared_shards` for router and shared experts. Routed experts
    of P weights each, s of them on a GPU (`expert_slots`): n·s·P·bytes/(B·η_e)·u + 2·n·P/C·(k·t/G + M·s·u), where each
    touched expert's product is padded by M rows (`expert_padding_rows`) to a tile.
    """
    constants, stored = deployment.constants, STORED_BYTES[deployment.precision.weights]
    layer, width = group.feed_forward, deployment.architecture.hidden_size
    rate = arithmetic_rate(deployment.accelerator, deployment.precision.weights)

    def always(label: str, params: float, cut: Array) -> OperatorCosts:
        read = count * params * stored / cut / deployment.memory_rate(constants.weight_read_efficiency)
        return OperatorCosts(
            label,
            name,
            memory=LinearTime(fixed=read),
            arithmetic=LinearTime(per_token=count * 2 * params / shards.gpus / rate),
        )

    assert layer is not None
    if not isinstance(layer, MixtureOfExperts):
        return [always("Feed-forward", layer.params(width), shards.tp_attn)]
    one = layer.expert_params(width)
    slots = expert_slots(layer, shards)
    read = count * slots * one * stored
    flop_s = count * 2 * one / rate
    routed = OperatorCosts(
        "Routed experts",
        name,
        memory=LinearTime(per_touched=read / deployment.memory_rate(constants.expert_read_efficiency)),
        arithmetic=LinearTime(
            per_token=flop_s * layer.num_experts_per_tok / shards.gpus,
            per_touched=flop_s * constants.expert_padding_rows * slots,
        ),
        routing=expert_routings(deployment).index(routing_of(layer, constants)),
    )
    return [always("Router and shared experts", layer.shared_params(width), shards.shared_shards), routed]


def _overhead(deployment: Deployment, group: LayerGroup, name: str, count: Array, shards: Shards) -> OperatorCosts:
    """Small kernels and launches: n·(`layer_overhead_s` + those of experts, block scales and latent attention).

    A layer that holds only one of its halves has half of the small kernels. Those of experts grow with the G GPUs that
    share them: `expert_layer_overhead_s` + `expert_rank_overhead_s`·log2 G.
    """
    constants = deployment.constants
    half = group.attention is None or group.feed_forward is None
    seconds: Array = np.full(shards.gpus.shape, constants.layer_overhead_s * (0.5 if half else 1.0))
    if isinstance(group.feed_forward, MixtureOfExperts):
        seconds += constants.expert_layer_overhead_s + constants.expert_rank_overhead_s * np.log2(shards.gpus)
        if block_scaled(deployment.architecture, deployment.precision):
            seconds += constants.block_scale_overhead_s
    if isinstance(group.attention, LatentAttention):
        seconds += constants.latent_attention_overhead_s
    return OperatorCosts("Small kernels and launches", name, overhead=LinearTime(fixed=count * seconds))


def _head(deployment: Deployment, shards: Shards) -> OperatorCosts:
    """Unembedding: V·h·2 B/G/(B·η_w) + 2·V·h/G/C·t."""
    params = deployment.architecture.vocab_size * deployment.architecture.hidden_size
    rate = arithmetic_rate(deployment.accelerator, HEAD_FORMAT)
    read = (
        params
        * STORED_BYTES[HEAD_FORMAT]
        / shards.gpus
        / deployment.memory_rate(deployment.constants.weight_read_efficiency)
    )
    return OperatorCosts(
        "Unembedding",
        ONCE_A_STEP,
        memory=LinearTime(fixed=read),
        arithmetic=LinearTime(per_token=2 * params / shards.gpus / rate),
    )
