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

    Equation:
        B = m·k·w + (c_in·k·a + c_out·m·a)·t
        c_in = min(max(√(tp·(m/k)), 1), tp), copies of the inputs
        c_out = tp/c_in, copies of the outputs
        c_in = max(1, √(m/k)·tp), the early form
        c_out = max(1, √(k/m)·tp), the early form

    Where:
        m (rows): Rows. [1]
        k (columns): Columns. [1]
        w (model.weight_bytes): Bytes of a weight. [B]
        a (a): Bytes of an activation. [B]
        t (tokens): Tokens. [tokens]
        tp (tp): Shards. [1]
        c_in (copies_in): Copies of the inputs. [1]
        c_out (copies_out): Copies of the outputs. [1]

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
    """Share of the experts that t tokens touch. [1]

    Equation:
        u = 1 - (1 - 1/S)^t

    Where:
        S (sparsity): Sparsity factor. [1]
        t (tokens): Tokens. [tokens]

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
    """Bytes of all feed-forward layers of one kind. [B]

    Equation:
        B = L·(u·E·m·T)
        B = L·(u·E·m·T + m·T_shared), with shared experts

    Where:
        L (layer.num_layers): Layers. [1]
        u (touched): Share of the experts that is touched. [1]
        E (layer.num_experts): Experts. [1]
        m (layer.matrices): Matrices of one expert, m_in + m_out. [1]
        T (one): Bytes of one matrix of d × d_ff with t/S tokens, `matmul_bytes`. [B]
        T_shared (shared): The same of shared experts with t tokens. [B]
    """
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
    """Bytes of the projections of all attention layers of one kind, the cache aside. [B]

    Equation:
        B = Σ over layers and their matrices of `matmul_bytes`
    """
    one = (matmul_bytes(model, rows, columns, tokens, shards, form) for rows, columns in layer.projections)
    return layer.num_layers * total(one)


def unembedding_bytes(model: PublishedModel) -> float:
    """Bytes of the unembedding table. [B]

    Equation:
        B = w·V·d

    Where:
        w (model.weight_bytes): Bytes of a weight. [B]
        V (model.vocab_size): Vocabulary. [1]
        d (model.hidden_size): Model width. [1]
    """
    return model.weight_bytes * model.vocab_size * model.hidden_size
