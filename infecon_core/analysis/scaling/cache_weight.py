"""Where the KV cache outweighs the weights, and what a token of context takes by kind of attention."""

from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from infecon_core.analysis.scaling.top_speed import shapes
from infecon_core.physics.formats import STORED_BYTES
from infecon_core.physics.kv_cache import sequence_bytes
from infecon_core.schema import (
    Architecture,
    Format,
    GroupedQueryAttention,
    LatentAttention,
    LinearAttention,
    Precision,
)

Array = npt.NDArray[np.float64]
Kind = Literal["multi-head", "multi-query", "grouped-query", "sliding windows", "latent (MLA)", "hybrid linear"]


def kind_of(architecture: Architecture) -> Kind:
    """What keeps the cache of a model small: the first of these that any of its layers has.

    Latent vectors instead of heads; a state instead of a cache; a window; fewer KV heads than query heads, or one.
    """
    attentions = [group.attention for group in architecture.layer_groups if group.attention is not None]
    if any(isinstance(one, LatentAttention) for one in attentions):
        return "latent (MLA)"
    if any(isinstance(one, LinearAttention) for one in attentions):
        return "hybrid linear"
    if any(one.sliding_window is not None for one in attentions):
        return "sliding windows"
    heads = [one for one in attentions if isinstance(one, GroupedQueryAttention)]
    if heads and all(one.num_key_value_heads == one.num_attention_heads for one in heads):
        return "multi-head"
    return "multi-query" if heads and all(one.num_key_value_heads == 1 for one in heads) else "grouped-query"


def cache_bytes(architecture: Architecture, name: Format, context_tokens: npt.ArrayLike) -> Array:
    """Cache of one sequence: Σ over layers of `kv_cache.sequence_bytes`, windows at most full, states included. [B]

    Args:
        architecture (Architecture): The model.
        name (Format): Format of the cache.
        context_tokens (array_like): Context, from 0. [tokens]

    Examples:
        Llama 3.1 70B has 80 layers of 8 KV heads of 128, in two bytes: 2·8·128·80·2 B for each token.

        >>> from infecon_core import catalog
        >>> float(cache_bytes(catalog.model("llama-3.1-70b").architecture, "bf16", 1.0))
        327680.0
    """
    total: Array = np.zeros(np.shape(context_tokens))
    for group in architecture.layer_groups:
        if group.attention is not None:
            total = total + group.num_layers * sequence_bytes(group.attention, name, context_tokens)
    return total


def weights_bytes(architecture: Architecture, precision: Precision) -> float:
    """All weights in their format with its block scales: P·w. [B]"""
    return architecture.total_params * STORED_BYTES[precision.weights]


def equal_batch(architecture: Architecture, precision: Precision, context_tokens: npt.ArrayLike) -> Array:
    """Sequences whose cache weighs as much as the weights: P·w / cache(n); infinite where nothing is cached. [1]

    Above it a step reads more cache than weights, where it reads all experts.

    Args:
        architecture, precision: The model and its formats.
        context_tokens (array_like): Context n. [tokens]

    Examples:
        The paper's Mistral Large 2 in 16 bits: its cache outweighs its weights above batch 7 at 100,000 tokens.

        >>> from infecon_core import catalog
        >>> round(float(equal_batch(catalog.model("mistral-large-2-123b").architecture, Precision(), 1e5)), 1)
        6.8
    """
    with np.errstate(divide="ignore"):
        return np.asarray(
            weights_bytes(architecture, precision) / cache_bytes(architecture, precision.kv, context_tokens)
        )


def by_model(precision: Precision, context_tokens: float) -> pd.DataFrame:
    """The cache of every model of the catalog, for each token of a context.

    Args:
        precision (Precision): Formats of weights and cache, the same for all.
        context_tokens (float): Context; windows and states weigh less in a long one. [tokens]

    Returns:
        DataFrame: `id`, `name`, `kind`, `total_params` [1], `bytes_per_token` [B], `equal_batch` [1].
    """
    rows = []
    for entry in shapes():
        shape = entry.architecture
        held = float(cache_bytes(shape, precision.kv, context_tokens))
        rows.append(
            {
                "id": entry.id,
                "name": shape.name,
                "kind": kind_of(shape),
                "total_params": shape.total_params,
                "bytes_per_token": held / context_tokens,
                "equal_batch": float(equal_batch(shape, precision, context_tokens)),
            }
        )
    return pd.DataFrame(rows)
