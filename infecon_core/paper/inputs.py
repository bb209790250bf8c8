"""A model and an accelerator in the form that the published equations take.

Source: Erdil 2025, arXiv:2506.04645, section 3, and its reference implementation.
"""

import functools
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def total(parts: Iterable[Array]) -> Array:
    """Sum of arrays; quicker than `sum`, which adds the first to 0."""
    found = list(parts)
    return np.asarray(functools.reduce(np.add, found)) if found else np.zeros(())


@dataclass(frozen=True)
class AttentionShape:
    """The matrices of one kind of attention layer.

    Attributes:
        num_layers (int): Layers of this kind. [1]
        projections (tuple of (rows, columns)): Weight matrices, as the traffic formula takes them. [1]
        qkv_width (float): Width of queries, keys and values together: d_h·(h + h_kv2). [1]
        output_width (float): Width of all heads' outputs: h·d_h. [1]
        params (float): Weights of one layer. [1]
    """

    num_layers: int
    projections: tuple[tuple[float, float], ...]
    qkv_width: float
    output_width: float
    params: float


@dataclass(frozen=True)
class CacheShape:
    """What one kind of attention layer keeps of a sequence and computes over it.

    Attributes:
        num_layers (int): Layers of this kind. [1]
        elements (float): Cache elements of one token in one layer: h_kv2·d_h; with MLA the compressed width. [1]
        flop (float): FLOP of one new token over one token of context: 4·d_h·h; with MLA 4·c_kv·h. [FLOP]
        plain_elements, plain_flop (float): The same of the printed equations, which know no compression: h_kv2·d_h and
            4·d_h·h. [1], [FLOP]
        sliding_window (float): Tokens seen at the most; infinite without a sliding window. [tokens]
        state_bytes (float): State that does not grow with context. [B]
    """

    num_layers: int
    elements: float
    flop: float
    plain_elements: float
    plain_flop: float
    sliding_window: float = math.inf
    state_bytes: float = 0.0


@dataclass(frozen=True)
class FeedForwardShape:
    """The matrices of one kind of feed-forward layer.

    Attributes:
        num_layers (int): Layers of this kind. [1]
        intermediate_size (float): Inner width of one expert, d_ff; a dense layer is one expert. [1]
        matrices_in, matrices_out (int): Matrices d × d_ff and d_ff × d. [1]
        num_experts, num_experts_per_tok (int): Experts E, and the k that one token passes. [1]
        shared_intermediate_size (float): Inner width of what every token passes besides. [1]
    """

    num_layers: int
    intermediate_size: float
    matrices_in: int
    matrices_out: int = 1
    num_experts: int = 1
    num_experts_per_tok: int = 1
    shared_intermediate_size: float = 0.0

    @property
    def sparsity(self) -> int:
        """Sparsity factor. [1]

        Equation:
            S = ⌊E/k⌋

        Where:
            E (self.num_experts): Experts. [1]
            k (self.num_experts_per_tok): Experts that a token passes. [1]
        """
        return self.num_experts // self.num_experts_per_tok

    @property
    def matrices(self) -> int:
        """All matrices of one expert. [1]"""
        return self.matrices_in + self.matrices_out

    def routed_params(self, hidden_size: float) -> float:
        """Weights of all routed experts of these layers (of dense ones: all). [1]

        Equation:
            P = L·E·m·d·f

        Where:
            L (self.num_layers): Layers. [1]
            E (self.num_experts): Experts. [1]
            m (self.matrices): Matrices of one expert. [1]
            d (hidden_size): Model width. [1]
            f (self.intermediate_size): Inner width of one expert, d_ff. [1]
        """
        return self.num_layers * self.num_experts * self.matrices * hidden_size * self.intermediate_size

    def shared_params(self, hidden_size: float) -> float:
        """Weights of the shared experts of these layers. [1]

        Equation:
            P = L·m·d·f

        Where:
            L (self.num_layers): Layers. [1]
            m (self.matrices): Matrices of one expert. [1]
            d (hidden_size): Model width. [1]
            f (self.shared_intermediate_size): Inner width of shared experts. [1]
        """
        return self.num_layers * self.matrices * hidden_size * self.shared_intermediate_size


@dataclass(frozen=True)
class PublishedModel:
    """A model as the published model reads it.

    Attributes:
        hidden_size (float): Model width d. [1]
        num_hidden_layers (int): Layers L. [1]
        vocab_size (float): Rows V of the embedding table. [1]
        embedding_params (float): Embedding and unembedding tables together: 2·V·d, V·d where they are tied. [1]
        attentions, caches, feed_forwards (tuple): Kinds of layers, equal ones merged.
        weight_bytes, activation_bytes, kv_bytes (float): Bytes of one weight, activation, cache element. [B]
        parallel_attn (bool): Attention and feed-forward side by side.
        approximations (tuple of str): What this form leaves out or simplifies, in sentences.
    """

    hidden_size: float
    num_hidden_layers: int
    vocab_size: float
    embedding_params: float
    attentions: tuple[AttentionShape, ...]
    caches: tuple[CacheShape, ...]
    feed_forwards: tuple[FeedForwardShape, ...]
    weight_bytes: float
    activation_bytes: float
    kv_bytes: float
    parallel_attn: bool
    approximations: tuple[str, ...] = ()

    @property
    def attention_params(self) -> float:
        """Weights of all attention layers. [1]"""
        return sum(a.num_layers * a.params for a in self.attentions)

    @property
    def routed_params(self) -> float:
        """Weights of all routed experts (of dense layers: all): L·E·(m_in + m_out)·d·d_ff. [1]"""
        return sum(f.routed_params(self.hidden_size) for f in self.feed_forwards)

    @property
    def shared_params(self) -> float:
        """Weights of all shared experts. [1]"""
        return sum(f.shared_params(self.hidden_size) for f in self.feed_forwards)

    @property
    def active_feed_forward_params(self) -> float:
        """Feed-forward weights that one token passes: FF / S, and the shared experts. [1]"""
        return sum(f.routed_params(self.hidden_size) / f.sparsity for f in self.feed_forwards) + self.shared_params

    @property
    def total_params(self) -> float:
        """All weights. [1]"""
        return self.attention_params + self.routed_params + self.shared_params + self.embedding_params

    @property
    def active_params(self) -> float:
        """Weights that one token passes, both tables included. [1]"""
        return self.attention_params + self.active_feed_forward_params + self.embedding_params

    @property
    def sparsity(self) -> int:
        """The largest sparsity factor of any layer. [1]"""
        return max((f.sparsity for f in self.feed_forwards), default=1)

    @property
    def weights_bytes(self) -> float:
        """Bytes of all weights. [B]

        Equation:
            B = w·P

        Where:
            w (self.weight_bytes): Bytes of a weight. [B]
            P (self.total_params): All weights. [1]
        """
        return self.weight_bytes * self.total_params

    @property
    def kernels(self) -> int:
        """Kernels of one pass: four a layer, two where a layer holds only one of its halves. [1]"""
        return 2 * sum(a.num_layers for a in self.attentions) + 2 * sum(f.num_layers for f in self.feed_forwards)

    def cache_bytes(self, context_tokens: npt.ArrayLike) -> Array:
        """Cache of one sequence. [B]

        Elements are h_kv2·d_h, with latent attention c_kv and its rotary part.

        Equation:
            K = G·a + S

        Where:
            G (growing): Σ over layers of elements·min(n, window). [1]
            a (self.kv_bytes): Bytes of an element. [B]
            S (self._state_bytes): States that do not grow. [B]

        Args:
            context_tokens (array_like): Context n. [tokens]

        Examples:
            The paper's 360 KB a token for Mistral Large 2: 2·8 KV heads · 128 · 88 layers · 2 bytes.

            >>> from infecon_core.paper.convert import published_model
            >>> float(published_model("erdil-Mistral_Large_2").cache_bytes(1))
            360448.0
        """
        growing = self._over_context(context_tokens, lambda c: c.elements)
        return np.asarray(growing * self.kv_bytes + self._state_bytes)

    def cache_flop(self, context_tokens: npt.ArrayLike) -> Array:
        """FLOP of one new token over its context. [FLOP]

        Equation:
            F = Σ over layers of flop·min(n, window)
        """
        return self._over_context(context_tokens, lambda c: c.flop)

    def plain_cache(self, context_tokens: npt.ArrayLike) -> tuple[Array, Array]:
        """Cache bytes of one sequence and FLOP of one new token over it, without compression. [B], [FLOP]"""
        elements = self._over_context(context_tokens, lambda c: c.plain_elements)
        flop = self._over_context(context_tokens, lambda c: c.plain_flop)
        return np.asarray(elements * self.kv_bytes + self._state_bytes), flop

    def _over_context(self, context_tokens: npt.ArrayLike, per_token: Callable[[CacheShape], float]) -> Array:
        n = np.asarray(context_tokens, dtype=np.float64)
        seen = [c.num_layers * per_token(c) * np.minimum(n, c.sliding_window) for c in self.caches]
        return total(seen) if seen else np.zeros(n.shape)

    @property
    def _state_bytes(self) -> float:
        return sum(c.num_layers * c.state_bytes for c in self.caches)

    def resident_bytes(self, context_tokens: npt.ArrayLike, sequences: npt.ArrayLike) -> Array:
        """Weights, and the cache of some sequences of one context. [B]

        Equation:
            M = K·b + W

        Where:
            K (cache): Cache of one sequence. [B]
            b (sequences): Sequences. [1]
            W (self.weights_bytes): All weights, w·P. [B]
        """
        cache = self.cache_bytes(context_tokens)
        return np.asarray(cache * np.asarray(sequences) + self.weights_bytes)

    def pass_flop(self, tokens: npt.ArrayLike, context_tokens: npt.ArrayLike) -> Array:
        """FLOP of a pass over t new tokens. [FLOP]

        Equation:
            F = t·(2·P + F_kv)

        Where:
            t (tokens): New tokens. [tokens]
            P (self.active_params): Weights that a token passes. [1]
            F_kv (over_cache): Attention of one token over the cache. [FLOP]

        Args:
            tokens (array_like): New tokens t of all sequences together. [tokens]
            context_tokens (array_like): Context of each, which does not grow within the pass. [tokens]

        Examples:
            Without context two FLOP a weight, both embedding tables included:

            >>> from infecon_core.paper.convert import published_model
            >>> llama = published_model("erdil-Llama_3_70B")
            >>> float(llama.pass_flop(3, 0)) == 3 * 2 * 70_552_387_584
            True
        """
        over_cache = self.cache_flop(context_tokens)
        return np.asarray(tokens, dtype=np.float64) * (2 * self.active_params + over_cache)


@dataclass(frozen=True)
class PublishedAccelerator:
    """An accelerator as the published model reads it.

    Attributes:
        flop_per_s, peak_flop_per_s (float): Arithmetic rate at the width of the weights, after the cap and before it.
            [FLOP/s]
        hbm_bytes_per_s, peak_hbm_bytes_per_s (float): Memory bandwidth after the cap and before it. [B/s]
        hbm_bytes (float): Memory. [B]
        node_allreduce_bytes_per_s, net_allreduce_bytes_per_s (float): All-reduce bandwidth inside a node and between
            nodes, half of the one-directional link; 0 where there is no such link. [B/s]
        node_size (int): Accelerators a node (scale-up domain). [1]
        torus (bool): TPU-like collectives instead of NCCL's.
        kernel_launch_s (float): Time to launch one kernel. [s]
        price_usd_per_gpu_hour (float): Rent. [USD/h]
        approximations (tuple of str): What this form simplifies, in sentences.
    """

    flop_per_s: float
    peak_flop_per_s: float
    hbm_bytes_per_s: float
    peak_hbm_bytes_per_s: float
    hbm_bytes: float
    node_allreduce_bytes_per_s: float
    net_allreduce_bytes_per_s: float
    node_size: int
    torus: bool
    kernel_launch_s: float
    price_usd_per_gpu_hour: float
    approximations: tuple[str, ...] = ()

    @property
    def linked_gpus(self) -> float:
        """The most GPUs that links join: those of one node where no link leaves it. [1]"""
        if self.net_allreduce_bytes_per_s > 0:
            return math.inf
        return 1 if self.torus else self.node_size
