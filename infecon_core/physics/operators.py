"""Operators of one pass on one layout: how their bytes and FLOP grow with sequences, tokens and touched experts."""

import numpy as np
import numpy.typing as npt

from infecon_core.physics.deployment import (
    ONCE_A_STEP,
    Deployment,
    Exchange,
    ExpertKind,
    Linear,
    Operator,
    Shards,
    expert_kinds,
    group_name,
    unevenness,
)
from infecon_core.physics.exchanges import after_feed_forward, context_exchange, reduce, sends
from infecon_core.physics.kv_cache import bytes_read, cache_shards
from infecon_core.physics.precision_rules import HEAD_FORMAT, attention_format, block_scaled
from infecon_core.physics.roofline import STORED_BYTES, arithmetic_rate
from infecon_core.spec import (
    Attention,
    LatentAttention,
    LayerGroup,
    LinearAttention,
    MixtureOfExperts,
)

Array = npt.NDArray[np.float64]

# Bytes read and written of a recurrent state, which every token updates.
STATE_TRIPS = 2.0


def cache_flop(attention: Attention, context_tokens: npt.ArrayLike) -> Array:
    """FLOP of one new token over the cache of one layer. [FLOP]

    Grouped-query 4·heads·head width·context; latent, absorbed, 2·(2·rank + rope)·heads·context, where an indexer
    compares 2·heads·width of its own over the whole context and lets a part through.
    """
    context = np.asarray(context_tokens, dtype=np.float64)
    if isinstance(attention, LatentAttention):
        seen = context if attention.index_tokens is None else np.minimum(context, attention.index_tokens)
        indexer = 2 * attention.index_heads * attention.index_width * context
        return np.asarray(2 * (2 * attention.kv_rank + attention.rope_width) * attention.query_heads * seen + indexer)
    if isinstance(attention, LinearAttention):
        return np.zeros_like(context)
    seen = context if attention.window_tokens is None else np.minimum(context, attention.window_tokens)
    return np.asarray(4 * attention.query_heads * attention.head_width * seen)


def operators(
    deployment: Deployment, shards: Shards, context_tokens: npt.ArrayLike
) -> tuple[tuple[Operator, ...], tuple[Exchange, ...]]:
    """All operators and collectives of a pass.

    Parameters
    ----------
    deployment : Deployment
        What is served on what.
    shards : Shards
        Layouts.
    context_tokens : array_like
        Mean context, a number or one a layout. [tokens]

    Returns
    -------
    operators, exchanges : tuples
        Coefficients of the layouts' length.
    """
    found: list[Operator] = []
    exchanges: list[Exchange] = []
    kinds = expert_kinds(deployment)
    for group in deployment.architecture.layer_groups:
        name = group_name(group)
        # The slowest stage sets the pace: it holds the layers that do not divide evenly.
        count = group.count * unevenness(deployment.architecture.layers, shards.stages)
        if group.attention is not None:
            found += _attention(deployment, group.attention, name, count, shards, context_tokens)
            if deployment.context_parallel:
                exchanges.append(context_exchange(deployment, group.attention, name, count, shards))
            exchanges.append(
                reduce(deployment, "All-reduce after attention", name, count, shards.tp_attn, 1 / shards.dp_attn)
            )
        if group.feed_forward is not None:
            found += _feed_forward(deployment, group, name, count, shards, kinds)
            exchanges += after_feed_forward(deployment, group, name, count, shards)
        found.append(_overhead(deployment, group, name, count, shards))
    found.append(_head(deployment, shards))
    exchanges.append(sends(deployment, shards))
    return tuple(found), tuple(exchanges)


def _linear(
    shards: Shards, fixed: object = 0, per_sequence: object = 0, per_token: object = 0, touched: object = 0
) -> Linear:
    shape = shards.gpus.shape
    return Linear(
        *(np.broadcast_to(np.asarray(x, dtype=np.float64), shape) for x in (fixed, per_sequence, per_token, touched))
    )


def _attention(
    deployment: Deployment, attention: Attention, name: str, count: Array, shards: Shards, context: npt.ArrayLike
) -> list[Operator]:
    constants, precision, width = deployment.constants, deployment.precision, deployment.architecture.width
    kept = attention_format(deployment.architecture, precision)
    params = attention.params(width)
    rate = arithmetic_rate(deployment.accelerator, kept)
    weights = count * params * STORED_BYTES[kept] / shards.tp_attn / deployment.memory_rate(constants.weight_read_share)
    projection = count * 2 * params / shards.tp_attn / shards.dp_attn / rate
    trips = STATE_TRIPS if isinstance(attention, LinearAttention) else 1.0
    parts = cache_shards(attention, shards.tp_attn, context_parallel=deployment.context_parallel)
    read = trips * bytes_read(attention, precision.kv, context) / parts
    cache_rate = arithmetic_rate(deployment.accelerator, "fp8" if precision.kv == "fp8" else "bf16")
    over_cache = cache_flop(attention, context) / shards.tp_attn / (cache_rate * constants.attention_arithmetic_share)
    cache = count * read / shards.dp_attn / deployment.memory_rate(constants.cache_read_share)
    return [
        Operator(
            "Attention projections",
            name,
            _linear(shards, fixed=weights),
            _linear(shards, per_token=projection),
            _linear(shards),
        ),
        Operator(
            "Attention over KV cache",
            name,
            _linear(shards, per_sequence=cache),
            _linear(shards, per_token=count * over_cache / shards.dp_attn),
            _linear(shards),
        ),
    ]


def _feed_forward(
    deployment: Deployment, group: LayerGroup, name: str, count: Array, shards: Shards, kinds: tuple[ExpertKind, ...]
) -> list[Operator]:
    constants, precision = deployment.constants, deployment.precision
    layer, width = group.feed_forward, deployment.architecture.width
    assert layer is not None
    stored = STORED_BYTES[precision.weights]
    rate = arithmetic_rate(deployment.accelerator, precision.weights)
    matrices = 3 if layer.gated else 2
    if not isinstance(layer, MixtureOfExperts):
        always, label = layer.params(width), "Feed-forward"
    else:
        router = width * layer.experts if layer.router else 0
        always, label = matrices * width * layer.shared_width + router, "Router and shared experts"
    found = [
        Operator(
            label,
            name,
            _linear(
                shards,
                fixed=count * always * stored / shards.gpus / deployment.memory_rate(constants.weight_read_share),
            ),
            _linear(shards, per_token=count * 2 * always / shards.gpus / rate),
            _linear(shards),
        )
    ]
    if isinstance(layer, MixtureOfExperts):
        one = matrices * width * layer.width
        read = count * layer.experts * one * stored / shards.gpus / deployment.memory_rate(constants.expert_read_share)
        flop_s = count * 2 * one / shards.gpus / rate
        found.append(
            Operator(
                "Routed experts",
                name,
                _linear(shards, touched=read),
                _linear(
                    shards,
                    per_token=flop_s * layer.active,
                    touched=flop_s * constants.expert_padding_rows * layer.experts,
                ),
                _linear(shards),
                kinds.index(ExpertKind(layer.experts, layer.active, constants.routing_exponent)),
            )
        )
    return found


def _overhead(deployment: Deployment, group: LayerGroup, name: str, count: Array, shards: Shards) -> Operator:
    constants = deployment.constants
    # A layer that holds only one of its halves has half of the small kernels.
    seconds = constants.layer_s * (0.5 if group.attention is None or group.feed_forward is None else 1.0)
    if isinstance(group.feed_forward, MixtureOfExperts):
        seconds += constants.expert_layer_s
        if block_scaled(deployment.architecture, deployment.precision):
            seconds += constants.block_scale_layer_s
    if isinstance(group.attention, LatentAttention):
        seconds += constants.latent_layer_s
    if deployment.rocm:
        seconds *= constants.rocm_overhead_factor
    zero = _linear(shards)
    return Operator("Small kernels and launches", name, zero, zero, _linear(shards, fixed=count * seconds))


def _head(deployment: Deployment, shards: Shards) -> Operator:
    constants = deployment.constants
    params = deployment.architecture.vocabulary * deployment.architecture.width
    rate = arithmetic_rate(deployment.accelerator, HEAD_FORMAT)
    read = params * STORED_BYTES[HEAD_FORMAT] / shards.gpus / deployment.memory_rate(constants.weight_read_share)
    # Scheduling and sampling run once a sequence of an attention rank.
    return Operator(
        "Unembedding and sampling",
        ONCE_A_STEP,
        _linear(shards, fixed=read),
        _linear(shards, per_token=2 * params / shards.gpus / rate),
        _linear(shards, per_sequence=constants.sequence_s / shards.dp_attn),
    )
