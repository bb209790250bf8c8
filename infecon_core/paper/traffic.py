"""HBM traffic of sharded matrix products and of the layers made of them.

Source: Erdil 2025, arXiv:2506.04645, section 3, and its reference implementation.
"""

from typing import Literal

import numpy as np
import numpy.typing as npt

from infecon_core.paper.inputs import Array, AttentionShape, FeedForwardShape, PublishedModel, total

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

    Args:
        model (PublishedModel): Bytes of one weight w and one activation a.
        rows, columns (float): Shape m × k of the weight matrix. [1]
        tokens (array_like): Columns n that it is applied to. [1]
        shards (array_like): Shards tp; they need not be a whole number. [1]
        form (str): `final` or `early`.

    Returns:
        array: Broadcast shape of tokens and shards. [B]

    Notes:
        Weights are read once however many tokens there are, and nothing stays in a cache between products.

    Examples:
        A square matrix of 8192 in 2 bytes over 4 shards, each of which reads half of the inputs and writes half of the
        outputs: 2·8192² for the weights and 2·2·8192·2 a token.

        >>> from infecon_core.paper.convert import published_model
        >>> llama = published_model("erdil-Llama_3_70B")
        >>> float(matmul_bytes(llama, 8192, 8192, 1, 4)) == 2 * 8192**2 + 2 * 2 * 8192 * 2
        True
    """
    tp = np.asarray(shards, dtype=np.float64)
    if form == "early":
        copies_in = np.maximum(1.0, np.sqrt(rows / columns) * tp)
        copies_out = np.maximum(1.0, np.sqrt(columns / rows) * tp)
    else:
        copies_in = np.minimum(np.maximum(np.sqrt(tp * (rows / columns)), 1.0), tp)
        copies_out = tp / copies_in
    a = model.activation_bytes
    per_token = copies_in * (columns * a) + copies_out * (rows * a)
    return np.asarray(rows * columns * model.weight_bytes + per_token * tokens)


def touched_share(sparsity: int, tokens: npt.ArrayLike) -> Array:
    """Share of the experts that t tokens touch: 1 - (1 - 1/S)^t. [1]

    Args:
        sparsity (int): Sparsity factor S, experts over active experts; 1 for a dense layer. [1]
        tokens (array_like): Tokens t, each of which draws its experts at random and by itself; they need not be a whole
            number. [1]

    Examples:
        Two of eight experts a token, two tokens:

        >>> float(touched_share(4, 2)), float(touched_share(1, 2))
        (0.4375, 1.0)
    """
    return np.asarray(1 - (1 - 1 / sparsity) ** np.asarray(tokens, dtype=np.float64))


def feed_forward_bytes(
    model: PublishedModel, layer: FeedForwardShape, tokens: npt.ArrayLike, shards: npt.ArrayLike, form: TrafficForm
) -> Array:
    """Bytes of all feed-forward layers of one kind: u·E·(m_in + m_out)·traffic(d, d_ff, t/S), and shared ones. [B]"""
    t = np.asarray(tokens, dtype=np.float64)
    one = matmul_bytes(model, model.hidden_size, layer.intermediate_size, t / layer.sparsity, shards, form)
    touched = touched_share(layer.sparsity, t) if layer.sparsity > 1 else 1.0
    read = touched * (layer.num_experts * layer.matrices) * one
    if layer.shared_intermediate_size:
        shared = matmul_bytes(model, model.hidden_size, layer.shared_intermediate_size, t, shards, form)
        read = read + layer.matrices * shared
    return np.asarray(layer.num_layers * read)


def attention_bytes(
    model: PublishedModel, layer: AttentionShape, tokens: npt.ArrayLike, shards: npt.ArrayLike, form: TrafficForm
) -> Array:
    """Bytes of the projections of all attention layers of one kind, the cache aside. [B]"""
    one = (matmul_bytes(model, rows, columns, tokens, shards, form) for rows, columns in layer.projections)
    return layer.num_layers * total(one)


def unembedding_bytes(model: PublishedModel) -> float:
    """Bytes of the unembedding table: w·V·d. [B]"""
    return model.weight_bytes * model.vocab_size * model.hidden_size
