"""HBM traffic of sharded matrix products and of a whole pass.

Source: Erdil 2025, arXiv:2506.04645, section 3 and its reference implementation.
"""

from typing import Literal

import numpy as np
import numpy.typing as npt

from infecon_core.paper.specs import Array, AttentionShape, FeedForwardShape, PublishedModel

TrafficForm = Literal["final", "early"]


def matmul_bytes(
    model: PublishedModel,
    rows: float,
    columns: float,
    tokens: npt.ArrayLike,
    shards: npt.ArrayLike,
    form: TrafficForm = "final",
) -> Array:
    """Bytes that one sharded matrix product moves over all shards.

    m·k·w + tp1·k·n·a + tp2·m·n·a with tp1 = clip(√(m·tp/k), 1, tp) and tp2 = tp / tp1.
    The early form, which made the paper's Table 5: tp1 = max(1, √(m/k)·tp), tp2 = max(1, √(k/m)·tp).

    Parameters
    ----------
    model : PublishedModel
        Bytes of weights and activations.
    rows, columns : float
        Shape m × k of the weight matrix. [1]
    tokens : array_like
        Columns n that it is applied to. [1]
    shards : array_like
        Shards tp. [1]
    form : str
        `final` or `early`.

    Returns
    -------
    array
        Broadcast shape of tokens and shards. [B]
    """
    tp = np.asarray(shards, dtype=np.float64)
    per_token = columns * model.activation_bytes, rows * model.activation_bytes
    if form == "early":
        copies_in = np.maximum(1.0, np.sqrt(rows / columns) * tp)
        copies_out = np.maximum(1.0, np.sqrt(columns / rows) * tp)
    else:
        copies_in = np.minimum(np.maximum(np.sqrt(tp * (rows / columns)), 1.0), tp)
        copies_out = tp / copies_in
    return np.asarray(
        rows * columns * model.weight_bytes + (copies_in * per_token[0] + copies_out * per_token[1]) * tokens
    )


def touched_share(sparsity: int, tokens: npt.ArrayLike) -> Array:
    """Share of the experts that t tokens touch, 1 - (1 - 1/S)^t; experts are drawn at random. [1]"""
    t = np.asarray(tokens, dtype=np.float64)
    return np.asarray(1 - (1 - 1 / sparsity) ** t)


def feed_forward_bytes(
    model: PublishedModel, layer: FeedForwardShape, tokens: npt.ArrayLike, shards: npt.ArrayLike, form: TrafficForm
) -> Array:
    """Bytes of all feed-forward layers of one kind: u·E·(m_in + m_out)·traffic(d, d_ff, t/S), and shared ones. [B]"""
    t = np.asarray(tokens, dtype=np.float64)
    one = matmul_bytes(model, model.width, layer.width, t / layer.sparsity, shards, form)
    total = (
        touched_share(layer.sparsity, t) * (layer.experts * layer.matrices) * one
        if layer.sparsity > 1
        else (layer.experts * layer.matrices * one)
    )
    if layer.shared_width:
        total = total + layer.matrices * matmul_bytes(model, model.width, layer.shared_width, t, shards, form)
    return np.asarray(layer.count * total)


def attention_bytes(
    model: PublishedModel, layer: AttentionShape, tokens: npt.ArrayLike, shards: npt.ArrayLike, form: TrafficForm
) -> Array:
    """Bytes of the projections of all attention layers of one kind, the cache aside. [B]"""
    total: Array = np.zeros(())
    for rows, columns in layer.projections:
        total = total + matmul_bytes(model, rows, columns, tokens, shards, form)
    return np.asarray(layer.count * total)


def unembedding_bytes(model: PublishedModel) -> float:
    """Bytes of the unembedding table: w·V·d. [B]"""
    return model.weight_bytes * model.vocabulary * model.width
