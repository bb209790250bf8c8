"""What a prompt costs on a layout: its arithmetic, the experts it wakes, its collectives.

Source: forms checked against measured inter-token times under continuous batching, where prompts share the GPUs.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from infecon_core.physics.collectives import leaving_share, link, seconds_per_byte
from infecon_core.physics.deployment import ACTIVATION_BYTES, Deployment, Shards, expert_kinds, unevenness
from infecon_core.physics.precision_rules import attention_format
from infecon_core.physics.roofline import STORED_BYTES, arithmetic_rate
from infecon_core.spec import Attention, GroupedQueryAttention, LatentAttention, LinearAttention, MixtureOfExperts

Array = npt.NDArray[np.float64]


class Prompt(NamedTuple):
    """Time that one prompt takes of all GPUs of an instance.

    Attributes
    ----------
    arithmetic_s, network_bandwidth_s : array
        [s]
    attention_s : array
        The part of the arithmetic that belongs to attention, which only its own copy works on. [s]
    memory_s : array
        Reading the experts that the prompt touches. [s]
    spared_memory_s : tuple of arrays
        What of it falls away for each share of experts that the decode step touches anyway, by kind. [s]
    """

    arithmetic_s: Array
    memory_s: Array
    spared_memory_s: tuple[Array, ...]
    network_bandwidth_s: Array
    attention_s: Array


def prompt_flop_per_token_squared(attention: Attention, prompt_tokens: npt.ArrayLike) -> Array:
    """FLOP of causal attention of one layer over a whole prompt: 4·heads·width·n·min(n, 2·window)/2. [FLOP]

    An indexer lets a part of the context through as a window does, and compares 2·heads·width of its own with all.
    """
    n = np.asarray(prompt_tokens, dtype=np.float64)
    if isinstance(attention, LinearAttention):
        return np.zeros_like(n)
    if isinstance(attention, LatentAttention):
        # Prompts are not absorbed: keys of nope + rope, values of their own width.
        width = (attention.nope_width + attention.rope_width + attention.value_width) / 2
        seen = n if attention.index_tokens is None else np.minimum(n, 2 * attention.index_tokens)
        indexer = attention.index_heads * attention.index_width * n * n
        return np.asarray(4 * attention.query_heads * width * n * seen / 2 + indexer)
    assert isinstance(attention, GroupedQueryAttention)
    width = attention.head_width
    seen = n if attention.window_tokens is None else np.minimum(n, 2 * attention.window_tokens)
    return np.asarray(4 * attention.query_heads * width * n * seen / 2)


def prompt_time(deployment: Deployment, shards: Shards, prompt_tokens: npt.ArrayLike) -> Prompt:
    """What one prompt costs an instance, per stage's GPUs.

    FLOP/(G·C·η_p) + the experts that the prompt touches beyond the step's own + L·2·2·(G-1)/G·n·d·2/(W·e), where the
    share that leaves the scale-up domain takes the slow link.

    Parameters
    ----------
    deployment : Deployment
        What is served on what.
    shards : Shards
        Layouts.
    prompt_tokens : array_like
        Prompt, a number or one a layout; 0 costs nothing. [tokens]

    Returns
    -------
    Prompt
        Of the layouts' length. [s]
    """
    architecture, constants = deployment.architecture, deployment.constants
    n = np.broadcast_to(np.asarray(prompt_tokens, dtype=np.float64), shards.gpus.shape)
    width, gpus = architecture.width, shards.gpus
    kept = attention_format(architecture, deployment.precision)
    rate_attention = arithmetic_rate(deployment.accelerator, kept) * gpus * constants.prompt_arithmetic_share
    rate = arithmetic_rate(deployment.accelerator, deployment.precision.weights) * gpus
    rate = rate * constants.prompt_arithmetic_share
    rate_scores = arithmetic_rate(deployment.accelerator, "bf16") * gpus * constants.prompt_arithmetic_share
    kinds = expert_kinds(deployment)
    attention: Array = np.zeros(gpus.shape)
    feed_forward: Array = np.zeros(gpus.shape)
    memory: Array = np.zeros(gpus.shape)
    spared = [np.zeros(gpus.shape) for _ in kinds]
    uneven = unevenness(architecture.layers, shards.stages)
    for group in architecture.layer_groups:
        count = group.count * uneven
        if group.attention is not None:
            attention = attention + count * (
                2 * group.attention.params(width) * n / rate_attention
                + prompt_flop_per_token_squared(group.attention, n) / rate_scores
            )
        layer = group.feed_forward
        if layer is None:
            continue
        feed_forward = feed_forward + count * 2 * layer.active_params(width) * n / rate
        if isinstance(layer, MixtureOfExperts):
            one = (3 if layer.gated else 2) * width * layer.width * STORED_BYTES[deployment.precision.weights]
            read = count * layer.experts * one / gpus / deployment.memory_rate(constants.expert_read_share)
            for i, kind in enumerate(kinds):
                if (kind.experts, kind.active) == (layer.experts, layer.active):
                    memory = memory + np.where(n > 0, read * kind.touched_share(n), 0.0)
                    spared[i] = spared[i] + np.where(n > 0, read, 0.0)
    leaving = leaving_share(deployment.accelerator, gpus)
    near = seconds_per_byte(link(deployment.accelerator) * constants.link_share)
    far = seconds_per_byte(deployment.accelerator.scale_out_bytes_per_s)
    # Copies of attention gather and scatter once a layer instead of reducing twice, each for its own part.
    trips = np.where(shards.dp_attn > 1, 1 / shards.dp_attn, 2.0)
    moved = architecture.layers * uneven * trips * 2 * (gpus - 1) / gpus * n * width * ACTIVATION_BYTES
    with np.errstate(invalid="ignore"):
        network = np.where(moved > 0, moved * (1 - leaving) * near, 0.0)
        network = network + np.where(moved * leaving > 0, moved * leaving * far, 0.0)
    return Prompt(attention + feed_forward, memory, tuple(spared), network, attention)
