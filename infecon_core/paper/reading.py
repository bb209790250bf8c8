"""The nouns of the catalog read as the published model does, with every approximation named.

The published model knows one kind of layer, nominal bytes a weight, and all-reduce bandwidths. Unlike layers are
summed group by group with the same formulas.
"""

import math
from dataclasses import replace

from infecon_core import catalog
from infecon_core.paper.specs import (
    AttentionShape,
    CacheShape,
    FeedForwardShape,
    PublishedAccelerator,
    PublishedModel,
)
from infecon_core.spec import (
    Accelerator,
    Architecture,
    Attention,
    GroupedQueryAttention,
    LatentAttention,
    LayerGroup,
    MixtureOfExperts,
    NothingFits,
    Precision,
    format_bytes,
)


def published_model(model: str | Architecture, precision: Precision | None = None) -> PublishedModel:
    """Read a model as the published model does, group by group.

    Parameters
    ----------
    model : str or Architecture
        An id of the catalog, or a shape.
    precision : Precision or None
        Formats; None for the catalog's own (BF16 for a bare shape).

    Returns
    -------
    PublishedModel
        With the approximations named.

    Notes
    -----
    Routers are left out. MLA weights follow the paper: 2·c_kv·d + c_q·d + h_kv2·d_h·c_kv + h·d_h·c_q + h·d_h·d.
    """
    if isinstance(model, str):
        entry = catalog.model(model)
        model, precision = entry.architecture, precision or entry.precision
    if not isinstance(model, Architecture):
        raise ValueError(f"A model is an id of the catalog or an Architecture; got {type(model).__name__}.")
    precision = precision or Precision()
    notes: dict[str, None] = {}
    attentions: dict[AttentionShape, int] = {}
    caches: dict[CacheShape, int] = {}
    feed_forwards: dict[FeedForwardShape, int] = {}
    for group in model.layer_groups:
        if group.attention is not None:
            shape, cache = _attention_shape(group.attention, model.width, notes)
            attentions[shape] = attentions.get(shape, 0) + group.count
            caches[cache] = caches.get(cache, 0) + group.count
        if group.feed_forward is not None:
            feed_forward = _feed_forward_shape(group)
            feed_forwards[feed_forward] = feed_forwards.get(feed_forward, 0) + group.count
            if (
                isinstance(group.feed_forward, MixtureOfExperts)
                and group.feed_forward.experts % group.feed_forward.active
            ):
                notes["The sparsity of a mixture of experts is rounded down to a whole number."] = None
    if precision.kv != precision.activations:
        notes["The KV cache has a width of its own; the paper gives it the width of the activations."] = None
    return PublishedModel(
        width=model.width,
        layers=model.layers,
        vocabulary=model.vocabulary,
        embedding_params=model.embedding_params,
        attentions=tuple(replace(shape, count=count) for shape, count in attentions.items()),
        caches=tuple(replace(shape, count=count) for shape, count in caches.items()),
        feed_forwards=tuple(replace(shape, count=count) for shape, count in feed_forwards.items()),
        weight_bytes=format_bytes(precision.weights),
        activation_bytes=format_bytes(precision.activations),
        kv_bytes=format_bytes(precision.kv),
        parallel_blocks=model.parallel_blocks,
        approximations=tuple(notes),
    )


def _attention_shape(attention: Attention, width: float, notes: dict[str, None]) -> tuple[AttentionShape, CacheShape]:
    if isinstance(attention, GroupedQueryAttention):
        qkv = (attention.query_heads + 2 * attention.kv_heads) * attention.head_width
        output = attention.query_heads * attention.head_width
        queries = qkv + (output if attention.output_gate else 0)
        if attention.window_tokens is not None:
            notes["Layers with a sliding window see at most their window of the context."] = None
        return AttentionShape(
            0, ((queries, width), (width, output)), qkv, output, queries * width + output * width
        ), CacheShape(
            0,
            2 * attention.kv_heads * attention.head_width,
            4 * attention.head_width * attention.query_heads,
            2 * attention.kv_heads * attention.head_width,
            4 * attention.head_width * attention.query_heads,
            math.inf if attention.window_tokens is None else attention.window_tokens,
            0.0,
        )
    if isinstance(attention, LatentAttention):
        # One head width stands for all three of a head in the published form.
        head = attention.nope_width
        heads = attention.query_heads
        rank_q = attention.query_rank if attention.query_rank is not None else heads * (head + attention.rope_width)
        rank_kv = attention.kv_rank
        output = heads * attention.value_width
        params = 2 * rank_kv * width + rank_q * width + 2 * heads * head * rank_kv + output * width
        params += heads * head * rank_q if attention.query_rank is not None else 0
        if attention.rope_width or attention.query_rank is None:
            notes[
                "Latent attention follows the paper's form: up-projections count as dense matrices, "
                "and the rope part stands in the cache but not in the weights."
            ] = None
        if attention.index_tokens is not None:
            notes["Sparse attention reads the whole cache here: the published model has no indexer."] = None
        projections = ((rank_kv + rank_q, width), (3 * heads * head, rank_kv + rank_q), (width, output))
        return AttentionShape(0, projections, 3 * heads * head, output, params), CacheShape(
            0,
            attention.kv_elements_per_token,
            4 * (rank_kv + attention.rope_width) * heads,
            2 * heads * head,
            4 * heads * head,
            math.inf,
            0.0,
        )
    notes[
        "Linear attention counts as projections of the same weights and a state read once a token; "
        "the published model has no such layer."
    ] = None
    side = attention.layer_params / (2 * width)
    return AttentionShape(0, ((side, width), (width, side)), side, side, attention.layer_params), CacheShape(
        0, 0.0, 0.0, 0.0, 0.0, math.inf, attention.state_bytes
    )


def _feed_forward_shape(group: LayerGroup) -> FeedForwardShape:
    layer = group.feed_forward
    assert layer is not None
    matrices_in = 2 if layer.gated else 1
    if isinstance(layer, MixtureOfExperts):
        return FeedForwardShape(0, layer.width, matrices_in, 1, layer.experts, layer.active, layer.shared_width)
    return FeedForwardShape(0, layer.width, matrices_in, 1, 1, 1, 0.0)


def published_accelerator(accelerator: str | Accelerator, weight_bytes: float) -> PublishedAccelerator:
    """Read an accelerator as the published model does, at one width of the weights.

    Parameters
    ----------
    accelerator : str or Accelerator
        An id of the catalog, or the numbers.
    weight_bytes : float
        Bytes of one weight: the arithmetic rate is looked up at this width. [B]

    Raises
    ------
    NothingFits
        Where the accelerator lists no rate that computes weights of this width.
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
