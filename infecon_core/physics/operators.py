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

    Latent attention has its up-projections absorbed into queries and outputs. An indexer compares
    2·index_n_heads·index_head_dim of its own over the whole context and lets `index_topk` tokens through. Nothing for a
    recurrent state, whose arithmetic is small beside its projections.

    Equation:
        F = 4·h·d·s, grouped-query
        F = 2·(2·c + r)·h·s + I, latent
        F = 0, a recurrent state

    Where:
        h (attention.num_attention_heads): Query heads. [1]
        d (attention.head_dim): Head dim. [1]
        s (seen): Tokens that are seen: the context, up to the window or what an indexer lets through. [tokens]
        c (attention.kv_lora_rank): KV LoRA rank. [1]
        r (attention.qk_rope_head_dim): Rope width. [1]
        I (indexer): Comparisons of an indexer with the whole context. [FLOP]

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
    """All operators and collectives of a pass. [s]

    Equation:
        T = Σ over layer groups (attention + feed-forward + small kernels) + unembedding + collectives

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
            found += attention_costs(deployment, group.attention, name, count, shards, context_tokens)
            if deployment.context_parallel:
                collectives.append(context_exchange(deployment, group.attention, name, count, shards))
            collectives.append(
                reduce(deployment, "All-reduce after attention", name, count, shards.tp_attn, 1 / shards.dp_attn)
            )
        if group.feed_forward is not None:
            found += feed_forward_costs(deployment, group, name, count, shards)
            collectives += after_feed_forward(deployment, group, name, count, shards)
        found.append(small_kernels(deployment, group, name, count, shards))
    found.append(unembedding(deployment, shards))
    collectives.append(sends(deployment, shards))
    return tuple(found), tuple(collectives)


def attention_costs(
    deployment: Deployment, attention: Attention, name: str, count: Array, shards: Shards, context: npt.ArrayLike
) -> list[OperatorCosts]:
    """Projections and attention over the KV cache. [s]

    Times of one GPU; those of a token and of a sequence are taken once for each of the microbatch.

    Equation:
        T_w = W/R_w, reading the weights of the projections
        W = n·P·b/tp
        τ_w = n·2·P/tp/dp/C, computing with them, for each token
        T_kv = K/R_kv, reading the cache, for each sequence
        K = n·x·k/p/dp
        τ_kv = n·F/(tp·C_kv·η_a)/dp, computing over the cache, for each token
        T_k = n·t_seq/dp, kernels that treat each sequence by itself

    Where:
        T_w (return[0].memory.fixed): Reading the projections. [s]
        W (weights): Bytes of the projections on one GPU. [B]
        τ_w (return[0].arithmetic.per_token): Projections of one token. [s]
        T_kv (return[1].memory.per_sequence): Reading the cache of one sequence. [s]
        K (cache): Bytes of one sequence that one GPU reads. [B]
        τ_kv (return[1].arithmetic.per_token): Attention of one token. [s]
        T_k (return[1].overhead.per_sequence): Kernels of one sequence. [s]
        n (count): Layers, as `paced_layers` counts them. [1]
        P (params): Weights of the projections of a layer. [1]
        b (STORED_BYTES[kept]): Bytes of a weight. [B]
        tp (shards.tp_attn): Shards of a copy of attention. [1]
        dp (shards.dp_attn): Copies of attention. [1]
        R_w (weight_rate): Bandwidth reached with weights, B·η_w. [B/s]
        C (rate): Arithmetic of the projections' format. [FLOP/s]
        x (trips): Times that the cache is read; 2 for a state, which is written too. [1]
        k (read): Bytes of one sequence in a layer, `bytes_read`. [B]
        p (parts): Parts of the cache, `cache_shards`. [1]
        R_kv (kv_rate): Bandwidth reached with the cache, B·η_kv. [B/s]
        F (flop): FLOP of one token over the cache of a layer, `cache_flop`. [FLOP]
        C_kv (peak): Arithmetic over the cache: FP8 for an FP8 cache, 16 bits for all others. [FLOP/s]
        η_a (constants.attention_arithmetic_efficiency): Share of it that is reached. [1]
        t_seq (constants.sequence_layer_overhead_s): Of one sequence in a layer. [s]
    """
    constants, precision = deployment.constants, deployment.precision
    kept = attention_format(deployment.architecture, precision)
    params = attention.params(deployment.architecture.hidden_size)
    rate = arithmetic_rate(deployment.accelerator, kept)
    weights = count * params * STORED_BYTES[kept] / shards.tp_attn
    projection = count * 2 * params / shards.tp_attn / shards.dp_attn / rate
    trips = STATE_TRIPS if isinstance(attention, LinearAttention) else 1.0
    parts = cache_shards(attention, shards.tp_attn, context_parallel=deployment.context_parallel)
    read = bytes_read(attention, precision.kv, context)
    cache = count * (trips * read / parts) / shards.dp_attn
    peak = cache_rate(deployment.accelerator, precision.kv)
    flop = cache_flop(attention, context)
    over_cache = flop / shards.tp_attn / (peak * constants.attention_arithmetic_efficiency)
    weight_rate = deployment.memory_rate(constants.weight_read_efficiency)
    kv_rate = deployment.memory_rate(constants.cache_read_efficiency)
    return [
        OperatorCosts(
            "Attention projections",
            name,
            memory=LinearTime(fixed=weights / weight_rate),
            arithmetic=LinearTime(per_token=projection),
        ),
        OperatorCosts(
            "Attention over KV cache",
            name,
            memory=LinearTime(per_sequence=cache / kv_rate),
            arithmetic=LinearTime(per_token=count * over_cache / shards.dp_attn),
            overhead=LinearTime(per_sequence=count * constants.sequence_layer_overhead_s / shards.dp_attn),
        ),
    ]


def feed_forward_costs(
    deployment: Deployment, group: LayerGroup, name: str, count: Array, shards: Shards
) -> list[OperatorCosts]:
    """The feed-forward layer, or router with shared experts, and routed experts. [s]

    Each copy of attention has the dense layers.

    Equation:
        T_w = n·P·b/g/R_w, reading what every token passes
        τ_w = n·2·P/G/C, computing with it, for each token
        T_e = n·s·P_e·b/R_e, reading all routed experts, times the share that is touched
        τ_e = n·2·P_e/C·k/G, computing with k of them, for each token
        T_pad = n·2·P_e/C·M·s, padding every touched expert's product by M rows

    Where:
        T_w (return[0].memory.fixed): Reading what every token passes. [s]
        τ_w (return[0].arithmetic.per_token): Its arithmetic of one token. [s]
        T_e (return[1].memory.per_touched): Reading all routed experts. [s]
        τ_e (return[1].arithmetic.per_token): Their arithmetic of one token. [s]
        T_pad (return[1].arithmetic.per_touched): Padding of all experts. [s]
        n (count): Layers, as `paced_layers` counts them. [1]
        P (params): Weights that every token passes: a dense layer, or router and shared experts. [1]
        b (stored): Bytes of a weight. [B]
        g (cut): GPUs that they are cut over: tp of a dense layer, `Shards.shared_shards` beside experts. [1]
        G (shards.gpus): GPUs of a stage. [1]
        R_w (weight_rate): Bandwidth reached with weights, B·η_w. [B/s]
        C (rate): Arithmetic of the weights' format. [FLOP/s]
        s (slots): Experts on one GPU, `expert_slots`. [1]
        P_e (one): Weights of one expert. [1]
        R_e (expert_rate): Bandwidth reached with experts, B·η_e. [B/s]
        k (layer.num_experts_per_tok): Experts that a token passes. [1]
        M (constants.expert_padding_rows): Rows of padding to a tile. [rows]
    """
    constants, stored = deployment.constants, STORED_BYTES[deployment.precision.weights]
    layer, width = group.feed_forward, deployment.architecture.hidden_size
    rate = arithmetic_rate(deployment.accelerator, deployment.precision.weights)
    assert layer is not None
    mixture = isinstance(layer, MixtureOfExperts)
    params = layer.shared_params(width) if isinstance(layer, MixtureOfExperts) else layer.params(width)
    cut = shards.shared_shards if mixture else shards.tp_attn
    weight_rate = deployment.memory_rate(constants.weight_read_efficiency)
    always = OperatorCosts(
        "Router and shared experts" if mixture else "Feed-forward",
        name,
        memory=LinearTime(fixed=count * params * stored / cut / weight_rate),
        arithmetic=LinearTime(per_token=count * 2 * params / shards.gpus / rate),
    )
    if not isinstance(layer, MixtureOfExperts):
        return [always]
    one = layer.expert_params(width)
    slots = expert_slots(layer, shards)
    read = count * slots * one * stored
    expert_rate = deployment.memory_rate(constants.expert_read_efficiency)
    flop_s = count * 2 * one / rate
    routed = OperatorCosts(
        "Routed experts",
        name,
        memory=LinearTime(per_touched=read / expert_rate),
        arithmetic=LinearTime(
            per_token=flop_s * layer.num_experts_per_tok / shards.gpus,
            per_touched=flop_s * constants.expert_padding_rows * slots,
        ),
        routing=expert_routings(deployment).index(routing_of(layer, constants)),
    )
    return [always, routed]


def small_kernels(deployment: Deployment, group: LayerGroup, name: str, count: Array, shards: Shards) -> OperatorCosts:
    """Small kernels and launches. [s]

    Those of experts grow with the GPUs that share them.

    Equation:
        T = n·t
        t = h·t_l + x·(t_x + t_r·log2(G)) + s·t_s + a·t_a

    Where:
        T (return.overhead.fixed): Of all layers of the group. [s]
        t (seconds): Of one layer. [s]
        n (count): Layers, as `paced_layers` counts them. [1]
        h (half): 1, or 1/2 for a layer that holds only one of its halves. [1]
        t_l (constants.layer_overhead_s): Of any layer. [s]
        x (experts): 1 for a mixture of experts. [1]
        t_x (constants.expert_layer_overhead_s): Of its experts. [s]
        t_r (constants.expert_rank_overhead_s): What every doubling of the GPUs that share them adds. [s]
        G (shards.gpus): GPUs of a stage. [1]
        s (scaled): 1 with block scales. [1]
        t_s (constants.block_scale_overhead_s): Of block scales. [s]
        a (latent): 1 for latent attention. [1]
        t_a (constants.latent_attention_overhead_s): Of latent attention. [s]
    """
    constants = deployment.constants
    half = 0.5 if group.attention is None or group.feed_forward is None else 1.0
    experts = float(isinstance(group.feed_forward, MixtureOfExperts))
    scaled = experts * block_scaled(deployment.architecture, deployment.precision)
    latent = float(isinstance(group.attention, LatentAttention))
    spread = constants.expert_layer_overhead_s + constants.expert_rank_overhead_s * np.log2(shards.gpus)
    seconds = constants.layer_overhead_s * half + experts * spread
    seconds = seconds + scaled * constants.block_scale_overhead_s + latent * constants.latent_attention_overhead_s
    return OperatorCosts("Small kernels and launches", name, overhead=LinearTime(fixed=count * seconds))


def unembedding(deployment: Deployment, shards: Shards) -> OperatorCosts:
    """The unembedding, from hidden states to logits. [s]

    Equation:
        T_w = V·h·b/G/R_w, reading the table
        τ_w = 2·V·h/G/C, computing with it, for each token

    Where:
        T_w (read): Reading the table. [s]
        τ_w (return.arithmetic.per_token): Its arithmetic of one token. [s]
        V (deployment.architecture.vocab_size): Vocabulary. [1]
        h (deployment.architecture.hidden_size): Hidden size. [1]
        b (STORED_BYTES[HEAD_FORMAT]): Bytes of a weight of the table. [B]
        G (shards.gpus): GPUs of a stage. [1]
        R_w (weight_rate): Bandwidth reached with weights, B·η_w. [B/s]
        C (rate): Arithmetic in 16 bits. [FLOP/s]
    """
    params = deployment.architecture.vocab_size * deployment.architecture.hidden_size
    rate = arithmetic_rate(deployment.accelerator, HEAD_FORMAT)
    weight_rate = deployment.memory_rate(deployment.constants.weight_read_efficiency)
    read = params * STORED_BYTES[HEAD_FORMAT] / shards.gpus / weight_rate
    return OperatorCosts(
        "Unembedding",
        ONCE_A_STEP,
        memory=LinearTime(fixed=read),
        arithmetic=LinearTime(per_token=2 * params / shards.gpus / rate),
    )
