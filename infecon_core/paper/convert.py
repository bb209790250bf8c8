"""Models and accelerators of the catalog in the published form, with every approximation named.

The published model knows one kind of layer, nominal bytes a weight, and all-reduce bandwidths. Unlike layers are
summed group by group with the same formulas.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from infecon_core import catalog
from infecon_core.paper.inputs import (
    AttentionShape,
    CacheShape,
    FeedForwardShape,
    PublishedAccelerator,
    PublishedModel,
)
from infecon_core.schema import (
    Accelerator,
    Architecture,
    Attention,
    FeedForward,
    GroupedQueryAttention,
    LatentAttention,
    MixtureOfExperts,
    NothingFits,
    Precision,
    format_bytes,
)

Shape = TypeVar("Shape", AttentionShape, CacheShape, FeedForwardShape)


def published_model(model: str | Architecture, precision: Precision | None = None) -> PublishedModel:
    """Read a model as the published model does, group by group.

    Args:
        model (str or Architecture): An id of the catalog, or an architecture.
        precision (Precision or None): Formats; None for the catalog's own (BF16 for a bare architecture).

    Returns:
        PublishedModel: With the approximations named.

    Notes:
        Routers are left out. MLA weights follow the paper: 2·c_kv·d + c_q·d + h_kv2·d_h·c_kv + h·d_h·c_q + h·d_h·d.
    """
    if isinstance(model, str):
        entry = catalog.model(model)
        model, precision = entry.architecture, precision or entry.precision
    if not isinstance(model, Architecture):
        raise ValueError(f"A model is an id of the catalog or an Architecture; got {type(model).__name__}.")
    precision = precision or Precision()
    notes: dict[str, None] = {}
    attentions: list[AttentionShape] = []
    caches: list[CacheShape] = []
    feed_forwards: list[FeedForwardShape] = []
    for group in model.layer_groups:
        if group.attention is not None:
            shape, cache = _attention_shape(group.num_layers, group.attention, model.hidden_size, notes)
            attentions.append(shape)
            caches.append(cache)
        if group.feed_forward is not None:
            feed_forwards.append(_feed_forward_shape(group.num_layers, group.feed_forward, notes))
    if precision.kv != precision.activations:
        notes["The KV cache has a width of its own; the paper gives it the width of the activations."] = None
    return PublishedModel(
        hidden_size=model.hidden_size,
        num_hidden_layers=model.num_hidden_layers,
        vocab_size=model.vocab_size,
        embedding_params=model.embedding_params,
        attentions=_merged(attentions),
        caches=_merged(caches),
        feed_forwards=_merged(feed_forwards),
        weight_bytes=format_bytes(precision.weights),
        activation_bytes=format_bytes(precision.activations),
        kv_bytes=format_bytes(precision.kv),
        parallel_attn=model.parallel_attn,
        approximations=tuple(notes),
    )


def _merged(shapes: Sequence[Shape]) -> tuple[Shape, ...]:
    """Equal kinds of layers as one, in the order of their first."""
    counts: dict[Shape, int] = {}
    for shape in shapes:
        kind = replace(shape, num_layers=0)
        counts[kind] = counts.get(kind, 0) + shape.num_layers
    return tuple(replace(kind, num_layers=count) for kind, count in counts.items())


def _attention_shape(
    count: int, attention: Attention, width: float, notes: dict[str, None]
) -> tuple[AttentionShape, CacheShape]:
    if isinstance(attention, GroupedQueryAttention):
        return _grouped_query_shape(count, attention, width, notes)
    if isinstance(attention, LatentAttention):
        return _latent_shape(count, attention, width, notes)
    notes[
        "Linear attention counts as projections of the same weights and a state read once a token; "
        "the published model has no such layer."
    ] = None
    side = attention.layer_params / (2 * width)
    shape = AttentionShape(count, ((side, width), (width, side)), side, side, attention.layer_params)
    return shape, CacheShape(count, 0.0, 0.0, 0.0, 0.0, state_bytes=attention.state_bytes)


def _grouped_query_shape(
    count: int, attention: GroupedQueryAttention, width: float, notes: dict[str, None]
) -> tuple[AttentionShape, CacheShape]:
    qkv = (attention.num_attention_heads + 2 * attention.num_key_value_heads) * attention.head_dim
    output = attention.num_attention_heads * attention.head_dim
    queries = qkv + (output if attention.attn_output_gate else 0)
    if attention.sliding_window is not None:
        notes["Layers with a sliding window see at most their window of the context."] = None
    elements, flop = attention.kv_elements_per_token, 4 * attention.head_dim * attention.num_attention_heads
    window = math.inf if attention.sliding_window is None else attention.sliding_window
    shape = AttentionShape(count, ((queries, width), (width, output)), qkv, output, queries * width + output * width)
    return shape, CacheShape(count, elements, flop, elements, flop, sliding_window=window)


def _latent_shape(
    count: int, attention: LatentAttention, width: float, notes: dict[str, None]
) -> tuple[AttentionShape, CacheShape]:
    # One head width stands for all three of a head in the published form.
    head, heads = attention.qk_nope_head_dim, attention.num_attention_heads
    rank_q = attention.q_lora_rank or heads * (head + attention.qk_rope_head_dim)
    rank_kv = attention.kv_lora_rank
    output = heads * attention.v_head_dim
    params = 2 * rank_kv * width + rank_q * width + 2 * heads * head * rank_kv + output * width
    params += heads * head * rank_q if attention.q_lora_rank is not None else 0
    if attention.qk_rope_head_dim or attention.q_lora_rank is None:
        notes[
            "Latent attention follows the paper's form: up-projections count as dense matrices, "
            "and the rope part stands in the cache but not in the weights."
        ] = None
    if attention.index_topk is not None:
        notes["Sparse attention reads the whole cache here: the published model has no indexer."] = None
    projections = ((rank_kv + rank_q, width), (3 * heads * head, rank_kv + rank_q), (width, output))
    flop = 4 * (rank_kv + attention.qk_rope_head_dim) * heads
    shape = AttentionShape(count, projections, 3 * heads * head, output, params)
    return shape, CacheShape(count, attention.kv_elements_per_token, flop, 2 * heads * head, 4 * heads * head)


def _feed_forward_shape(count: int, layer: FeedForward, notes: dict[str, None]) -> FeedForwardShape:
    matrices_in = 2 if layer.gated else 1
    if not isinstance(layer, MixtureOfExperts):
        return FeedForwardShape(count, layer.intermediate_size, matrices_in)
    if layer.num_experts % layer.num_experts_per_tok:
        notes["The sparsity of a mixture of experts is rounded down to a whole number."] = None
    return FeedForwardShape(
        count,
        layer.moe_intermediate_size,
        matrices_in,
        num_experts=layer.num_experts,
        num_experts_per_tok=layer.num_experts_per_tok,
        shared_intermediate_size=layer.shared_expert_intermediate_size,
    )


def published_accelerator(accelerator: str | Accelerator, weight_bytes: float) -> PublishedAccelerator:
    """Read an accelerator as the published model does, at one width of the weights.

    Args:
        accelerator (str or Accelerator): An id of the catalog, or the numbers.
        weight_bytes (float): Bytes of one weight: the arithmetic rate is looked up at this width. [B]

    Raises:
        NothingFits: Where the accelerator lists no rate that computes weights of this width.
    """
    if isinstance(accelerator, str):
        accelerator = catalog.accelerator(accelerator).accelerator
    if not isinstance(accelerator, Accelerator):
        raise ValueError(f"An accelerator is an id of the catalog or an Accelerator; got {type(accelerator).__name__}.")
    bits = round(8 * weight_bytes)
    widths = [width for width in (4, 8, 16) if width >= bits and accelerator.peaks.of_bits(width)]
    if not widths or (accelerator.listed_widths_only and widths[0] != bits):
        other = "wider" if widths else "narrower"
        raise NothingFits(
            f"{accelerator.name} lists no {bits}-bit arithmetic rate; choose {other} weights or another accelerator."
        )
    notes = []
    if widths[0] != bits:
        notes.append(
            f"{accelerator.name} lists no {bits}-bit rate: {bits}-bit weights compute at the {widths[0]}-bit rate."
        )
    peak = accelerator.peaks.of_bits(widths[0])
    assert peak is not None
    torus = accelerator.topology == "torus"
    scale_up = accelerator.scale_up_bytes_per_s or 0.0
    scale_out = accelerator.scale_out_bytes_per_s or 0.0
    if not torus and not scale_out:
        notes.append(
            f"{accelerator.name} has no link out of its domain of {accelerator.scale_up_domain}: no instance is larger."
        )
    if not torus and accelerator.scale_up_domain > 8:
        notes.append("NCCL latencies were measured up to 8 ranks a domain; here they are extrapolated.")
    return PublishedAccelerator(
        flop_per_s=peak * accelerator.arithmetic_cap,
        peak_flop_per_s=peak,
        hbm_bytes_per_s=accelerator.hbm_bytes_per_s * accelerator.bandwidth_cap,
        peak_hbm_bytes_per_s=accelerator.hbm_bytes_per_s,
        hbm_bytes=accelerator.hbm_bytes,
        # A torus has one kind of link, which the TPU collective calls the network.
        node_allreduce_bytes_per_s=0.0 if torus else scale_up / 2,
        net_allreduce_bytes_per_s=scale_up / 2 if torus else scale_out / 2,
        node_size=accelerator.scale_up_domain,
        torus=torus,
        kernel_launch_s=accelerator.kernel_launch_s,
        price_usd_per_gpu_hour=accelerator.price_usd_per_gpu_hour,
        approximations=tuple(notes),
    )
