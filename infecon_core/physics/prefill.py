"""What a prompt costs on a layout: its arithmetic, the experts it touches, its collectives.

Source: forms checked against measured inter-token times under continuous batching, where prompts share the GPUs
(data/measurements/decode.csv).
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from infecon_core.physics.deployment import Deployment, Shards, paced_layers, unevenness
from infecon_core.physics.experts import expert_routings, routing_of
from infecon_core.physics.formats import ACTIVATION_BYTES, STORED_BYTES, attention_format
from infecon_core.physics.interconnect import leaving_share, link_bytes_per_s, seconds_per_byte
from infecon_core.physics.roofline import arithmetic_rate
from infecon_core.schema import Attention, Format, LatentAttention, LinearAttention, MixtureOfExperts

Array = npt.NDArray[np.float64]


class Prompt(NamedTuple):
    """Time that one prompt takes of all GPUs of an instance, were they one stage.

    Attributes:
        arithmetic_s, network_bandwidth_s (array): [s]
        memory_s (array): Reading the experts that the prompt touches. [s]
        all_experts_s (tuple of arrays): Reading all experts, by routing: a step that touches a share of them anyway
            spares the prompt that share. [s]
        attention_s (array): The part of the arithmetic that belongs to attention, which only its own copy works on. [s]
    """

    arithmetic_s: Array
    memory_s: Array
    all_experts_s: tuple[Array, ...]
    network_bandwidth_s: Array
    attention_s: Array


def prompt_attention_flop(attention: Attention, prompt_tokens: npt.ArrayLike) -> Array:
    """FLOP of causal attention of one layer over a whole prompt of n tokens: 4·heads·width·n·min(n, 2·window)/2. [FLOP]

    Causal masking halves the products. Width is head_dim; of latent attention, which prompts do not absorb, the mean
    of its keys' and its values' width. An indexer lets a part of the context through as a window does, and compares
    2·index_n_heads·index_head_dim of its own with all n²/2 pairs. Nothing for a recurrent state.

    Args:
        attention (Attention): One layer's.
        prompt_tokens (array_like): Prompt n, from 0. [tokens]

    Examples:
        64 heads of 128 over 1000 tokens: 4·64·128·1000²/2.

        >>> from infecon_core.schema import GroupedQueryAttention
        >>> attention = GroupedQueryAttention(num_attention_heads=64, num_key_value_heads=8, head_dim=128)
        >>> float(prompt_attention_flop(attention, 1000))
        16384000000.0
    """
    n = np.asarray(prompt_tokens, dtype=np.float64)
    if isinstance(attention, LinearAttention):
        return np.zeros_like(n)
    indexer: Array | float = 0.0
    if isinstance(attention, LatentAttention):
        width = (attention.qk_nope_head_dim + attention.qk_rope_head_dim + attention.v_head_dim) / 2
        window = attention.index_topk
        indexer = attention.index_n_heads * attention.index_head_dim * n * n
    else:
        width, window = attention.head_dim, attention.sliding_window
    seen = n if window is None else np.minimum(n, 2 * window)
    return np.asarray(4 * attention.num_attention_heads * width * n * seen / 2 + indexer)


def prompt_time(deployment: Deployment, shards: Shards, prompt_tokens: npt.ArrayLike) -> Prompt:
    """What one prompt of n tokens costs an instance, per stage's G GPUs.

    Arithmetic FLOP/(G·C·η_p), with 2 FLOP a weight and token and the attention of `prompt_attention_flop` in 16 bits.
    Reading the experts that it touches: E·bytes·u(n)/G/(B·η_e). Two all-reduces a layer, L·2·2·(G - 1)/G·n·h·2 B/(W·e),
    of which the share that leaves the scale-up domain takes the slow link; copies of attention gather and scatter
    once a layer instead, each for its own part: 1/dp in place of the first 2.

    Args:
        deployment (Deployment): What is served on what; η_p is `prompt_arithmetic_efficiency`, e
            `allreduce_efficiency`.
        shards (Shards): Layouts.
        prompt_tokens (array_like): Prompt n, a number or one a layout; 0 costs nothing. [tokens]

    Returns:
        Prompt: Of the layouts' length. [s]
    """
    architecture, constants, weights = deployment.architecture, deployment.constants, deployment.precision.weights
    n = np.broadcast_to(np.asarray(prompt_tokens, dtype=np.float64), shards.gpus.shape)
    width, gpus = architecture.hidden_size, shards.gpus

    def rate(name: Format) -> Array:
        return arithmetic_rate(deployment.accelerator, name) * gpus * constants.prompt_arithmetic_efficiency

    rate_projections = rate(attention_format(architecture, deployment.precision))
    rate_weights, rate_scores = rate(weights), rate("bf16")
    routings = expert_routings(deployment)
    attention, feed_forward, memory = (np.zeros(gpus.shape) for _ in range(3))
    all_experts = [np.zeros(gpus.shape) for _ in routings]
    for group, count in paced_layers(architecture, shards.stages):
        if group.attention is not None:
            attention = attention + count * (
                2 * group.attention.params(width) * n / rate_projections
                + prompt_attention_flop(group.attention, n) / rate_scores
            )
        layer = group.feed_forward
        if layer is None:
            continue
        feed_forward = feed_forward + count * 2 * layer.active_params(width) * n / rate_weights
        if isinstance(layer, MixtureOfExperts):
            one = layer.expert_params(width) * STORED_BYTES[weights]
            read = count * layer.num_experts * one / gpus / deployment.memory_rate(constants.expert_read_efficiency)
            routing = routing_of(layer, constants)
            i = routings.index(routing)
            memory = memory + np.where(n > 0, read * routing.touched_share(n), 0.0)
            all_experts[i] = all_experts[i] + np.where(n > 0, read, 0.0)
    network = _network_s(deployment, shards, n)
    return Prompt(attention + feed_forward, memory, tuple(all_experts), network, attention)


def _network_s(deployment: Deployment, shards: Shards, prompt_tokens: Array) -> Array:
    """Transfer of the collectives of a prompt, all layers. [s]"""
    architecture, accelerator, gpus = deployment.architecture, deployment.accelerator, shards.gpus
    leaving = leaving_share(accelerator, gpus)
    near = seconds_per_byte(link_bytes_per_s(accelerator) * deployment.constants.allreduce_efficiency)
    far = seconds_per_byte(accelerator.scale_out_bytes_per_s)
    trips = np.where(shards.dp_attn > 1, 1 / shards.dp_attn, 2.0)
    layers = architecture.num_hidden_layers * unevenness(architecture.num_hidden_layers, shards.stages)
    moved = layers * trips * 2 * (gpus - 1) / gpus * prompt_tokens * architecture.hidden_size * ACTIVATION_BYTES
    with np.errstate(invalid="ignore"):
        inside = np.where(moved > 0, moved * (1 - leaving) * near, 0.0)
        return inside + np.where(moved * leaving > 0, moved * leaving * far, 0.0)
