"""Which collectives a pass runs: between which GPUs, after which layer, how often, about how many bytes a token.

Tensor parallelism sums activations by an all-reduce after attention and after the feed-forward layer; where a stage
holds several copies of attention (DP attention), tokens are dispatched to experts, combined, and gathered by the shards
of their copy instead; pipeline stages send activations on. `collectives` gives their times.

Source: tensor parallelism as in Megatron-LM, arXiv:1909.08053; dispatch and combine as in DeepSeek-V3,
arXiv:2412.19437; checked as parts of whole steps against data/measurements/decode.csv.
"""

import numpy as np
import numpy.typing as npt

from infecon_core.physics.collectives import SEND_S, all_gather, all_reduce, expert_exchange
from infecon_core.physics.costs import ONCE_A_STEP, CollectiveCosts
from infecon_core.physics.deployment import Deployment, Shards
from infecon_core.physics.formats import ACTIVATION_BYTES
from infecon_core.physics.interconnect import domain_gpus, link_bytes_per_s, seconds_per_byte
from infecon_core.physics.kv_cache import cache_shards
from infecon_core.schema import Attention, LatentAttention, LayerGroup, LinearAttention, MixtureOfExperts

Array = npt.NDArray[np.float64]


def reduce(
    deployment: Deployment, label: str, name: str, count: Array, ranks: Array, share: Array | float
) -> CollectiveCosts:
    """An all-reduce of activations over g ranks. [s], [s/token]

    Equation:
        V = h·a·x

    Where:
        V (per_token): Bytes a rank for each token of the microbatch. [B]
        h (deployment.architecture.hidden_size): Hidden size. [1]
        a (ACTIVATION_BYTES): Bytes of an activation. [B]
        x (share): Share of the tokens that these ranks work on. [1]

    Args:
        deployment (Deployment): What is served on what.
        label, name (str): What it is called, and whose layers.
        count, ranks, share (array): Times a pass, ranks, and the share of the tokens that these ranks work on. [1]
    """
    latency, slopes = all_reduce(deployment.accelerator, deployment.constants, ranks)
    per_token = deployment.architecture.hidden_size * ACTIVATION_BYTES * share
    return CollectiveCosts(label, name, count, latency, tuple(slope * per_token for slope in slopes))


def context_exchange(
    deployment: Deployment, attention: Attention, name: str, count: Array, shards: Shards
) -> CollectiveCosts:
    """Context parallelism: partial outputs of attention summed over the ranks that share a cache. [s], [s/token]

    An all-reduce over c = tp/`cache_shards` ranks: each passes on the heads of its c ranks. w is heads·head_dim, or
    heads·kv_lora_rank for latent attention, whose output is still compressed, or 0 for a recurrent state.

    Equation:
        V = w·c/tp·a/dp

    Where:
        V (per_token): Bytes a rank for each token of the microbatch. [B]
        w (width): Width of all heads' outputs. [1]
        c (ranks): Ranks that share a cache along the context. [1]
        tp (shards.tp_attn): Shards of a copy of attention. [1]
        a (ACTIVATION_BYTES): Bytes of an activation. [B]
        dp (shards.dp_attn): Copies of attention. [1]
    """
    ranks = shards.tp_attn / cache_shards(attention, shards.tp_attn)
    latency, slopes = all_reduce(deployment.accelerator, deployment.constants, ranks)
    if isinstance(attention, LinearAttention):
        width = 0.0
    elif isinstance(attention, LatentAttention):
        width = float(attention.num_attention_heads * attention.kv_lora_rank)
    else:
        width = float(attention.num_attention_heads * attention.head_dim)
    per_token = width * ranks / shards.tp_attn * ACTIVATION_BYTES / shards.dp_attn
    return CollectiveCosts(
        "Exchange of partial attention",
        name,
        count,
        latency,
        tuple(slope * per_token for slope in slopes),
    )


def after_feed_forward(
    deployment: Deployment, group: LayerGroup, name: str, count: Array, shards: Shards
) -> list[CollectiveCosts]:
    """All-reduce over the shards of a copy of attention; dispatch, combine and gather beside copies. [s], [s/token]

    Dense layers lie on every copy, cut over its tp shards as attention is. The shards of a copy split its tokens for
    dispatch and combine: a GPU moves V_send bytes for each token of the microbatch, to min(k, G) ranks each. Then they
    gather the copy's tokens again (`collectives.all_gather`).

    Equation:
        V_sum = h·a/dp, an all-reduce
        V_send = h·a/G, dispatch and combine
        V_gather = h·a/dp, the gather after them

    Where:
        h (deployment.architecture.hidden_size): Hidden size. [1]
        a (ACTIVATION_BYTES): Bytes of an activation. [B]
        G (shards.gpus): GPUs of a stage. [1]
        dp (shards.dp_attn): Copies of attention. [1]

    Assumptions:
        The all-reduce after attention is whole. Where it is a reduce-scatter, as in SGLang, a third less is moved.
    """
    layer, several = group.feed_forward, shards.dp_attn > 1
    mixture = isinstance(layer, MixtureOfExperts)
    # A rank alone exchanges nothing: each layout has one or the other.
    summing = np.where(several, 1.0, shards.gpus) if mixture else shards.tp_attn
    found = [reduce(deployment, "All-reduce after feed-forward", name, count, summing, 1 / shards.dp_attn)]
    if isinstance(layer, MixtureOfExperts) and several.any():
        chip, constants = deployment.accelerator, deployment.constants
        token_bytes = deployment.architecture.hidden_size * ACTIVATION_BYTES
        gpus = np.where(several, shards.gpus, 1.0)
        destinations = np.minimum(layer.num_experts_per_tok, gpus)
        latency, slope = expert_exchange(chip, constants, gpus, destinations)
        slope = slope * token_bytes / shards.gpus
        found.append(CollectiveCosts("Expert dispatch and combine", name, count, (latency,), (slope,)))
        ranks = np.where(several, shards.tp_attn, 1.0)
        if (ranks > 1).any():
            latency, slope = all_gather(chip, constants, ranks)
            slope = slope * token_bytes / shards.dp_attn
            found.append(CollectiveCosts("Gather after combine", name, count, (latency,), (slope,)))
    return found


def sends(deployment: Deployment, shards: Shards) -> CollectiveCosts:
    """Activations passed from each of p stages to the next. [s], [s/token]

    W is the scale-up link where the whole instance lies inside one domain, and the slow link otherwise. One stage sends
    nothing.

    Equation:
        T = p·(t_send + V/W·t), t tokens of the microbatch
        V = h·a/(dp·tp)

    Where:
        V (per_token): Bytes that a GPU sends on for each token: its part of the activations. [B]
        p (hops): Stages, the way back to the first one with them. [1]
        t_send (SEND_S): Latency of a send from one node to another. [s]
        h (deployment.architecture.hidden_size): Hidden size. [1]
        a (ACTIVATION_BYTES): Bytes of an activation. [B]
        tp (shards.tp_attn): Shards of a copy of attention. [1]
        dp (shards.dp_attn): Copies of attention. [1]
        W (accelerator.scale_up_bytes_per_s): Link inside a domain. [B/s]
    """
    accelerator = deployment.accelerator
    inside = shards.stages * shards.gpus <= domain_gpus(accelerator)
    slow = seconds_per_byte(accelerator.scale_out_bytes_per_s)
    slope = np.where(inside, seconds_per_byte(link_bytes_per_s(accelerator)), slow)
    slope = np.where(shards.stages > 1, slope, 0.0)
    per_token = deployment.architecture.hidden_size * ACTIVATION_BYTES / shards.dp_attn / shards.tp_attn
    hops = np.where(shards.stages > 1, shards.stages, 0.0)
    return CollectiveCosts("Pipeline sends", ONCE_A_STEP, hops, (np.full(hops.shape, SEND_S),), (slope * per_token,))
