"""A model and an accelerator in the form that the published equations take.

Source: Erdil 2025, arXiv:2506.04645, section 3.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class AttentionShape:
    """The matrices of one kind of attention layer.

    Attributes
    ----------
    count : int
        Layers of this kind. [1]
    projections : tuple of (rows, columns)
        Weight matrices, as the traffic formula takes them. [1]
    qkv_width : float
        Width of queries, keys and values together: d_h·(h + h_kv2). [1]
    output_width : float
        Width of all heads' outputs: h·d_h. [1]
    params : float
        Weights of one layer. [1]
    """

    count: int
    projections: tuple[tuple[float, float], ...]
    qkv_width: float
    output_width: float
    params: float


@dataclass(frozen=True)
class CacheShape:
    """What one kind of attention layer keeps of a sequence and computes over it.

    Attributes
    ----------
    count : int
        Layers of this kind. [1]
    elements : float
        Cache elements of one token in one layer: h_kv2·d_h; with MLA the compressed width. [1]
    flop : float
        FLOP of one new token over one token of context: 4·d_h·h; with MLA 4·c_kv·h. [FLOP]
    plain_elements, plain_flop : float
        The same of the printed equations, which know no compression: h_kv2·d_h and 4·d_h·h. [1], [FLOP]
    window_tokens : float
        Tokens seen at the most; infinite without a sliding window. [tokens]
    state_bytes : float
        State that does not grow with context. [B]
    """

    count: int
    elements: float
    flop: float
    plain_elements: float
    plain_flop: float
    window_tokens: float
    state_bytes: float


@dataclass(frozen=True)
class FeedForwardShape:
    """The matrices of one kind of feed-forward layer.

    Attributes
    ----------
    count : int
        Layers of this kind. [1]
    width : float
        Inner width of one expert, d_ff; a dense layer is one expert. [1]
    matrices_in, matrices_out : int
        Matrices d × d_ff and d_ff × d. [1]
    experts, active : int
        Experts E, and the k that one token passes. [1]
    shared_width : float
        Inner width of what every token passes besides. [1]
    """

    count: int
    width: float
    matrices_in: int
    matrices_out: int
    experts: int
    active: int
    shared_width: float

    @property
    def sparsity(self) -> int:
        """Sparsity factor S = floor(E / k). [1]"""
        return self.experts // self.active

    @property
    def matrices(self) -> int:
        """All matrices of one expert. [1]"""
        return self.matrices_in + self.matrices_out


@dataclass(frozen=True)
class PublishedModel:
    """A model as the published model reads it.

    Attributes
    ----------
    width : float
        Model width d. [1]
    layers : int
        Layers L. [1]
    vocabulary : float
        Rows V of the embedding table. [1]
    embedding_params : float
        Embedding and unembedding tables together: 2·V·d, V·d where they are tied. [1]
    attentions, caches, feed_forwards : tuple
        Kinds of layers, equal ones merged.
    weight_bytes, activation_bytes, kv_bytes : float
        Bytes of one weight, activation, cache element. [B]
    parallel_blocks : bool
        Attention and feed-forward side by side.
    approximations : tuple of str
        What this form leaves out or simplifies, in sentences.
    """

    width: float
    layers: int
    vocabulary: float
    embedding_params: float
    attentions: tuple[AttentionShape, ...]
    caches: tuple[CacheShape, ...]
    feed_forwards: tuple[FeedForwardShape, ...]
    weight_bytes: float
    activation_bytes: float
    kv_bytes: float
    parallel_blocks: bool
    approximations: tuple[str, ...] = ()

    @property
    def attention_params(self) -> float:
        """Weights of all attention layers. [1]"""
        return sum(a.count * a.params for a in self.attentions)

    @property
    def routed_params(self) -> float:
        """Weights of all routed experts (of dense layers: all): L·E·(m_in + m_out)·d·d_ff. [1]"""
        return sum(f.count * f.experts * f.matrices * self.width * f.width for f in self.feed_forwards)

    @property
    def shared_params(self) -> float:
        """Weights of all shared experts. [1]"""
        return sum(f.count * f.matrices * self.width * f.shared_width for f in self.feed_forwards)

    @property
    def active_feed_forward_params(self) -> float:
        """Feed-forward weights that one token passes: FF / S, and the shared experts. [1]"""
        routed = sum(f.count * f.experts * f.matrices * self.width * f.width / f.sparsity for f in self.feed_forwards)
        return routed + self.shared_params

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
        """Bytes of all weights: w·Total. [B]"""
        return self.weight_bytes * self.total_params

    @property
    def kernels(self) -> int:
        """Kernels of one pass: four a layer, two where a layer holds only one of its halves. [1]"""
        return 2 * sum(a.count for a in self.attentions) + 2 * sum(f.count for f in self.feed_forwards)

    def cache_bytes(self, context_tokens: npt.ArrayLike) -> Array:
        """Cache of one sequence: Σ elements·min(n, window)·a, and the states. [B]"""
        n = np.asarray(context_tokens, dtype=np.float64)
        growing = sum(c.count * c.elements * np.minimum(n, c.window_tokens) for c in self.caches)
        return np.asarray(growing * self.kv_bytes + sum(c.count * c.state_bytes for c in self.caches))

    def cache_flop(self, context_tokens: npt.ArrayLike) -> Array:
        """FLOP of one new token over its context: Σ flop·min(n, window). [FLOP]"""
        n = np.asarray(context_tokens, dtype=np.float64)
        return np.asarray(sum(c.count * c.flop * np.minimum(n, c.window_tokens) for c in self.caches) + 0.0 * n)

    def plain_cache(self, context_tokens: npt.ArrayLike) -> tuple[Array, Array]:
        """Cache bytes of one sequence and FLOP of one new token over it, without compression. [B], [FLOP]"""
        n = np.asarray(context_tokens, dtype=np.float64)
        elements = sum(c.count * c.plain_elements * np.minimum(n, c.window_tokens) for c in self.caches) + 0.0 * n
        flop = sum(c.count * c.plain_flop * np.minimum(n, c.window_tokens) for c in self.caches) + 0.0 * n
        states = sum(c.count * c.state_bytes for c in self.caches)
        return np.asarray(elements * self.kv_bytes + states), np.asarray(flop)

    def pass_flop(self, tokens: npt.ArrayLike, context_tokens: npt.ArrayLike) -> Array:
        """FLOP of a pass over `tokens` new tokens: 2·Active·t + attention over the cache. [FLOP]"""
        return np.asarray(tokens, dtype=np.float64) * (2 * self.active_params + self.cache_flop(context_tokens))


@dataclass(frozen=True)
class PublishedAccelerator:
    """An accelerator as the published model reads it.

    Attributes
    ----------
    flop_per_s, peak_flop_per_s : float
        Arithmetic rate at the width of the weights, after the cap and before it. [FLOP/s]
    hbm_bytes_per_s, peak_hbm_bytes_per_s : float
        Memory bandwidth after the cap and before it. [B/s]
    hbm_bytes : float
        Memory. [B]
    node_allreduce_bytes_per_s, net_allreduce_bytes_per_s : float
        All-reduce bandwidth inside a node and between nodes, half of the one-directional link; 0 where there is
        no such link. [B/s]
    node_size : int
        Accelerators a node (scale-up domain). [1]
    torus : bool
        TPU-like collectives instead of NCCL's.
    kernel_launch_s : float
        Time to launch one kernel. [s]
    price_usd_per_gpu_hour : float
        Rent. [USD/h]
    approximations : tuple of str
        What this form simplifies, in sentences.
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
