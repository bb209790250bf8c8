"""What a prompt costs on a layout: its arithmetic, the experts it touches, its collectives.

Source: forms checked against measured inter-token times under continuous batching, where prompts share the GPUs
(data/measurements/decode.csv).
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from infecon_core.physics.collectives import expert_exchange
from infecon_core.physics.deployment import Deployment, Shards, paced_layers
from infecon_core.physics.experts import expert_routings, expert_slots, routing_of
from infecon_core.physics.formats import ACTIVATION_BYTES, STORED_BYTES, attention_format
from infecon_core.physics.interconnect import leaving_share, link_bytes_per_s, seconds_per_byte
from infecon_core.physics.memory import CHUNK_TOKENS
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
        passes (array): Full passes that it takes of its copy of attention, n / `CHUNK_TOKENS`. [1]
        copies (array): Copies of attention, of which each works on prompts of its own in one pass. [1]
        weights_s (array): Reading all that is no routed expert, which a step reads once anyway. [s]
        pooled_memory_s (array): Its part of reading the weights where nothing but prompts fills the passes. [s]
    """

    arithmetic_s: Array
    memory_s: Array
    all_experts_s: tuple[Array, ...]
    network_bandwidth_s: Array
    attention_s: Array
    passes: Array
    copies: Array
    weights_s: Array
    pooled_memory_s: Array

    def scaled(self, share: float) -> "Prompt":
        """The same of a share of the layers, in as many passes."""
        return Prompt(
            arithmetic_s=share * self.arithmetic_s,
            memory_s=share * self.memory_s,
            all_experts_s=tuple(share * seconds for seconds in self.all_experts_s),
            network_bandwidth_s=share * self.network_bandwidth_s,
            attention_s=share * self.attention_s,
            passes=self.passes,
            copies=self.copies,
            weights_s=share * self.weights_s,
            pooled_memory_s=share * self.pooled_memory_s,
        )


def prompt_attention_flop(attention: Attention, prompt_tokens: npt.ArrayLike) -> Array:
    """FLOP of causal attention of one layer over a whole prompt of n tokens. [FLOP]

    Causal masking halves the products. Width is head_dim; of latent attention, which prompts do not absorb, the mean
    of its keys' and its values' width. An indexer lets a part of the context through as a window does, and compares
    2·index_n_heads·index_head_dim of its own with all n²/2 pairs. Nothing for a recurrent state.

    Equation:
        F = 4·h·d·n·s/2 + I
        F = 0, a recurrent state

    Where:
        h (attention.num_attention_heads): Query heads. [1]
        d (width): Width of a head; of latent attention the mean of keys and values. [1]
        s (seen): Tokens seen at the most: n, or twice the window. [tokens]
        I (indexer): Comparisons of an indexer. [FLOP]
        n (n): Tokens of the prompt. [tokens]

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


def prompt_time(
    deployment: Deployment, shards: Shards, prompt_tokens: npt.ArrayLike, cached_tokens: npt.ArrayLike = 0
) -> Prompt:
    """What one prompt of n tokens costs an instance, per stage's G GPUs.

    Two FLOP a weight and token; the attention of `prompt_attention_flop` in 16 bits. Reading the experts that it
    touches once for every pass, besides what the step reads, s of them on a GPU (`expert_slots`): s·bytes·u(n)/(B·η_e).
    Where an instance does nothing but prompts, they fill the passes of all copies of attention, of `CHUNK_TOKENS` each,
    and a prompt bears its share of reading all weights of the layers once.

    Where the keys and values of the first m tokens are in the cache already, the others alone are worked on: n - m in
    all of the above, with the attention of n less that of m, as they attend to the cached ones too. Reading the cached
    ones is taken to run under the arithmetic.

    Equation:
        T_c = A + F, arithmetic
        c = n/C, full passes
        T_pool = R + W·n/(dp·C), reading where nothing but prompts fills the passes

    Where:
        T_c (return.arithmetic_s): Arithmetic. [s]
        A (attention): Arithmetic of attention: (2·P·n + `prompt_attention_flop`)/(G·C·η_p) over its layers. [s]
        F (feed_forward): Arithmetic of the others: 2·P·n/(G·C·η_p) over their layers. [s]
        c (return.passes): Full passes of a copy of attention. [1]
        C (CHUNK_TOKENS): Tokens of a pass. [tokens]
        n (n): Tokens of the prompt. [tokens]
        T_pool (return.pooled_memory_s): Reading of full passes. [s]
        R (pooled): Its part of reading experts. [s]
        W (plain): Reading all weights but experts. [s]
        dp (shards.dp_attn): Copies of attention. [1]

    Args:
        deployment (Deployment): What is served on what; η_p is `prompt_arithmetic_efficiency`.
        shards (Shards): Layouts.
        prompt_tokens (array_like): Prompt n, a number or one a layout; 0 costs nothing. [tokens]
        cached_tokens (array_like): m of them, from 0 to n. [tokens]

    Returns:
        Prompt: Of the layouts' length. [s]
    """
    architecture, constants, weights = deployment.architecture, deployment.constants, deployment.precision.weights
    whole, cached = (
        np.broadcast_to(np.asarray(tokens, dtype=np.float64), shards.gpus.shape)
        for tokens in (prompt_tokens, cached_tokens)
    )
    n = whole - cached
    width, gpus = architecture.hidden_size, shards.gpus

    def rate(name: Format) -> Array:
        return arithmetic_rate(deployment.accelerator, name) * gpus * constants.prompt_arithmetic_efficiency

    kept = attention_format(architecture, deployment.precision)
    rate_projections = rate(kept)
    rate_weights, rate_scores = rate(weights), rate("bf16")
    routings = expert_routings(deployment)
    attention, feed_forward, memory, plain, pooled = (np.zeros(gpus.shape) for _ in range(5))
    all_experts = [np.zeros(gpus.shape) for _ in routings]
    pass_tokens = shards.dp_attn * CHUNK_TOKENS
    weight_rate = deployment.memory_rate(constants.weight_read_efficiency)
    for group, count in paced_layers(architecture, shards.stages):
        if group.attention is not None:
            params = group.attention.params(width)
            scores = prompt_attention_flop(group.attention, whole) - prompt_attention_flop(group.attention, cached)
            attention = attention + count * (2 * params * n / rate_projections + scores / rate_scores)
            plain = plain + count * params * STORED_BYTES[kept] / shards.tp_attn / weight_rate
        layer = group.feed_forward
        if layer is None:
            continue
        feed_forward = feed_forward + count * 2 * layer.active_params(width) * n / rate_weights
        always = layer.shared_params(width) if isinstance(layer, MixtureOfExperts) else layer.params(width)
        cut = shards.shared_shards if isinstance(layer, MixtureOfExperts) else shards.tp_attn
        plain = plain + count * always * STORED_BYTES[weights] / cut / weight_rate
        if isinstance(layer, MixtureOfExperts):
            one = layer.expert_params(width) * STORED_BYTES[weights]
            held = expert_slots(layer, shards) * one
            read = count * held / deployment.memory_rate(constants.expert_read_efficiency)
            routing = routing_of(layer, constants)
            i = routings.index(routing)
            memory = memory + np.where(n > 0, read * routing.touched_share(n), 0.0)
            pooled = pooled + read * routing.touched_share(pass_tokens) * n / pass_tokens
            all_experts[i] = all_experts[i] + np.where(n > 0, read, 0.0)
    network = prompt_network_s(deployment, shards, n)
    return Prompt(
        attention + feed_forward,
        memory,
        tuple(all_experts),
        network,
        attention,
        passes=n / CHUNK_TOKENS,
        copies=shards.dp_attn,
        weights_s=np.where(n > 0, plain, 0.0),
        pooled_memory_s=pooled + plain * n / pass_tokens,
    )


def prompt_network_s(deployment: Deployment, shards: Shards, prompt_tokens: Array) -> Array:
    """Transfer of the collectives of a prompt of n tokens, all layers. [s]

    An all-reduce over the g GPUs of a tensor-parallel group moves 2·(g - 1)/g·n·h·2 B/(W·e) with e
    `link_efficiency`, of which the share that leaves the scale-up domain takes the slow link. The g shards of a copy of
    attention each dispatch n/g tokens to experts and combine (`collectives.expert_exchange`), and gather them again,
    half of an all-reduce; dense layers beside them are summed over the shards of a copy. Each copy moves its own
    prompts, so that 1/dp of the time is one prompt's.

    Equation:
        V = n·h·a/dp

    Where:
        V (one): Activations of a prompt, 1/dp of them in the time of one prompt. [B]
        n (prompt_tokens): Tokens of the prompt. [tokens]
        h (architecture.hidden_size): Hidden size. [1]
        a (ACTIVATION_BYTES): Bytes of an activation. [B]
        dp (shards.dp_attn): Copies of attention. [1]
    """
    architecture, accelerator = deployment.architecture, deployment.accelerator
    near = seconds_per_byte(link_bytes_per_s(accelerator) * deployment.constants.link_efficiency)
    far = seconds_per_byte(accelerator.scale_out_bytes_per_s)
    one = prompt_tokens * architecture.hidden_size * ACTIVATION_BYTES / shards.dp_attn
    several = shards.dp_attn > 1

    def summed(ranks: Array) -> Array:
        leaving, moved = leaving_share(accelerator, ranks), 2 * (ranks - 1) / ranks * one
        with np.errstate(invalid="ignore"):
            inside = np.where(moved > 0, moved * (1 - leaving) * near, 0.0)
            return inside + np.where(moved * leaving > 0, moved * leaving * far, 0.0)

    total: Array = np.zeros(shards.gpus.shape)
    for group, count in paced_layers(architecture, shards.stages):
        layer = group.feed_forward
        if group.attention is not None:
            total = total + count * summed(shards.tp_attn)
        if layer is not None:
            experts = isinstance(layer, MixtureOfExperts)
            total = total + count * np.where(several & experts, summed(shards.tp_attn) / 2, summed(shards.tp_attn))
        if isinstance(layer, MixtureOfExperts) and several.any():
            gpus = np.where(several, shards.gpus, 1.0)
            destinations = np.minimum(layer.num_experts_per_tok, gpus)
            _, slope = expert_exchange(accelerator, deployment.constants, gpus, destinations)
            sent = one / shards.tp_attn
            total = total + count * np.where(sent * slope > 0, sent * slope, 0.0)
    return total
