"""The shape of a transformer: groups of equal layers, and the sizes that follow from them."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from infecon_core.spec.noun import Count, Noun, Size


class GroupedQueryAttention(Noun):
    """Multi-head, grouped-query or multi-query attention.

    Parameters
    ----------
    query_heads, kv_heads : number
        Heads of the queries, and of the keys (as many again for the values). [1]
    head_width : number
        Width of one head. [1]
    window_tokens : int or None
        Length of the sliding window (or chunk) that this layer sees; None for the whole context. [tokens]
    output_gate : bool
        Whether the query projection also makes a gate of the same width.
    """

    kind: Literal["grouped_query"] = "grouped_query"
    query_heads: Size
    kv_heads: Size
    head_width: Size
    window_tokens: Count | None = None
    output_gate: bool = False

    @model_validator(mode="after")
    def _heads_agree(self) -> "GroupedQueryAttention":
        if self.kv_heads > self.query_heads:
            raise ValueError(
                f"{self.kv_heads:g} KV heads are more than {self.query_heads:g} query heads; "
                "give at most as many KV heads as query heads"
            )
        return self

    def params(self, width: float) -> float:
        """Weights of one layer: queries (and gate), keys, values, output. [1]"""
        queries = self.query_heads * (2 if self.output_gate else 1)
        return (queries + 2 * self.kv_heads) * self.head_width * width + self.query_heads * self.head_width * width

    @property
    def kv_elements_per_token(self) -> float:
        """Elements that one token leaves in the cache of one layer: 2·kv_heads·head_width. [1]"""
        return 2 * self.kv_heads * self.head_width

    @property
    def state_bytes(self) -> float:
        """Bytes of one sequence that do not grow with context. [B]"""
        return 0.0


class LatentAttention(Noun):
    """Multi-head latent attention (MLA): keys and values are kept as one compressed vector.

    Parameters
    ----------
    query_heads : number
        Heads. [1]
    query_rank : number or None
        Width of the compressed queries; None where queries are not compressed. [1]
    kv_rank : number
        Width of the compressed keys and values. [1]
    nope_width, rope_width, value_width : number
        Width of a head's key without and with position, and of its value; `rope_width` may be 0. [1]
    index_heads, index_width : number
        Heads and width of the sparse-attention indexer; 0 where there is none. [1]
    index_tokens : int or None
        Tokens that the indexer lets through; None for the whole context. [tokens]
    """

    kind: Literal["latent"] = "latent"
    query_heads: Size
    query_rank: Size | None = None
    kv_rank: Size
    nope_width: Size
    rope_width: Annotated[int | float, Field(ge=0, le=10**6)] = 0
    value_width: Size
    index_heads: Annotated[int, Field(ge=0, le=10**6)] = 0
    index_width: Annotated[int, Field(ge=0, le=10**6)] = 0
    index_tokens: Count | None = None

    def params(self, width: float) -> float:
        """Weights of one layer: down and up projections of queries, keys and values, output, indexer. [1]"""
        query_in = width if self.query_rank is None else self.query_rank
        queries = query_in * self.query_heads * (self.nope_width + self.rope_width)
        if self.query_rank is not None:
            queries += width * self.query_rank
        keys_and_values = width * (self.kv_rank + self.rope_width) + self.kv_rank * self.query_heads * (
            self.nope_width + self.value_width
        )
        output = self.query_heads * self.value_width * width
        indexer = self.index_heads * self.index_width * query_in + (self.index_width + self.index_heads) * width
        return queries + keys_and_values + output + (indexer if self.index_heads else 0)

    @property
    def kv_elements_per_token(self) -> float:
        """Elements that one token leaves in the cache of one layer: kv_rank + rope_width (+ index_width). [1]"""
        return self.kv_rank + self.rope_width + self.index_width

    @property
    def window_tokens(self) -> int | None:
        """The whole context stays in the cache, also where an indexer reads only a part of it. [tokens]"""
        return None

    @property
    def state_bytes(self) -> float:
        """Bytes of one sequence that do not grow with context. [B]"""
        return 0.0


class LinearAttention(Noun):
    """Linear attention or a recurrent (state-space) layer: a state of fixed size instead of a cache.

    Parameters
    ----------
    heads : number
        Heads over which the layer can be sharded. [1]
    layer_params : number
        Weights of one layer. [1]
    state_bytes : number
        State of one sequence in one layer. [B]
    """

    kind: Literal["linear"] = "linear"
    heads: Size
    layer_params: Size
    state_bytes: Annotated[float, Field(ge=0, le=1e15)]

    def params(self, width: float) -> float:
        """Weights of one layer, as given (they do not follow from `width` alone). [1]"""
        return self.layer_params

    @property
    def kv_elements_per_token(self) -> float:
        """Nothing grows with context. [1]"""
        return 0.0

    @property
    def window_tokens(self) -> int | None:
        """There is no cache to bound. [tokens]"""
        return None


class DenseFeedForward(Noun):
    """A feed-forward layer that every token passes.

    Parameters
    ----------
    width : number
        Inner width. [1]
    gated : bool
        Two matrices in (gate and up) instead of one.
    """

    kind: Literal["dense"] = "dense"
    width: Size
    gated: bool = True

    def params(self, width: float) -> float:
        """Weights of one layer: (3 if gated, else 2) · width · inner width. [1]"""
        return (3 if self.gated else 2) * width * self.width

    def active_params(self, width: float) -> float:
        """Weights that one token passes: all. [1]"""
        return self.params(width)


class MixtureOfExperts(Noun):
    """A feed-forward layer of which every token passes a few experts.

    Parameters
    ----------
    experts, active : int
        Routed experts, and how many of them one token passes. [1]
    width : number
        Inner width of one routed expert. [1]
    shared_width : number
        Inner width of all shared experts together; 0 where there are none. [1]
    gated : bool
        Two matrices in (gate and up) instead of one.
    router : bool
        Whether the router's weights are counted.
    """

    kind: Literal["moe"] = "moe"
    experts: Count
    active: Count
    width: Size
    shared_width: Annotated[int | float, Field(ge=0, le=10**9)] = 0
    gated: bool = True
    router: bool = True

    @model_validator(mode="after")
    def _experts_agree(self) -> "MixtureOfExperts":
        if self.active > self.experts:
            raise ValueError(
                f"{self.active} active experts are more than the {self.experts} there are; "
                "give at most as many active experts as experts"
            )
        return self

    def _matrices(self) -> int:
        return 3 if self.gated else 2

    def params(self, width: float) -> float:
        """Weights of one layer: all experts, shared ones, router. [1]"""
        inner = self.experts * self.width + self.shared_width
        return self._matrices() * width * inner + (width * self.experts if self.router else 0)

    def active_params(self, width: float) -> float:
        """Weights that one token passes: its experts, the shared ones, the router. [1]"""
        inner = self.active * self.width + self.shared_width
        return self._matrices() * width * inner + (width * self.experts if self.router else 0)


Attention = Annotated[GroupedQueryAttention | LatentAttention | LinearAttention, Field(discriminator="kind")]
FeedForward = Annotated[DenseFeedForward | MixtureOfExperts, Field(discriminator="kind")]


class LayerGroup(Noun):
    """Layers of one shape; those of a group need not be neighbours.

    Parameters
    ----------
    count : int
        Layers. [1]
    attention, feed_forward : noun or None
        What a layer holds; a few models have layers with only one of the two.
    """

    count: Annotated[int, Field(gt=0, le=10_000)]
    attention: Attention | None = None
    feed_forward: FeedForward | None = None

    @model_validator(mode="after")
    def _not_empty(self) -> "LayerGroup":
        if self.attention is None and self.feed_forward is None:
            raise ValueError("a layer group holds an attention, a feed-forward layer, or both")
        return self


class Architecture(Noun):
    """The shape of a model.

    Parameters
    ----------
    name : str
        What people call it.
    width : number
        Model width. [1]
    vocabulary : int
        Rows of the embedding table; 0 leaves the tables out. [1]
    layer_groups : tuple of LayerGroup
        All layers.
    tied_embeddings : bool
        One table for embedding and unembedding.
    parallel_blocks : bool
        Attention and feed-forward of a layer run side by side (PaLM, Falcon, GPT-J).

    Notes
    -----
    Biases, norms and learned positions are left out of the parameter counts (below 0.1%).
    """

    name: str = Field(min_length=1, max_length=80)
    width: Size
    vocabulary: Annotated[int, Field(ge=0, le=10**8)]
    layer_groups: tuple[LayerGroup, ...] = Field(min_length=1, max_length=64)
    tied_embeddings: bool = False
    parallel_blocks: bool = False

    @property
    def layers(self) -> int:
        """Layers of all groups together. [1]"""
        return sum(group.count for group in self.layer_groups)

    @property
    def embedding_params(self) -> float:
        """Weights of the embedding and unembedding tables, one where they are tied. [1]"""
        return self.vocabulary * self.width * (1 if self.tied_embeddings else 2)

    @property
    def attention_params(self) -> float:
        """Weights of all attention layers. [1]"""
        return sum(g.count * g.attention.params(self.width) for g in self.layer_groups if g.attention)

    @property
    def feed_forward_params(self) -> float:
        """Weights of all feed-forward layers, all experts included. [1]"""
        return sum(g.count * g.feed_forward.params(self.width) for g in self.layer_groups if g.feed_forward)

    @property
    def total_params(self) -> float:
        """All weights. [1]"""
        return self.embedding_params + self.attention_params + self.feed_forward_params

    @property
    def active_params(self) -> float:
        """Weights that one token passes: all but the experts it skips, both tables included. [1]"""
        active = sum(g.count * g.feed_forward.active_params(self.width) for g in self.layer_groups if g.feed_forward)
        return self.embedding_params + self.attention_params + active

    def kv_elements(self, context_tokens: float) -> float:
        """Elements in the cache of one sequence, sliding windows counted to their length. [1]"""
        total = 0.0
        for group in self.layer_groups:
            if group.attention is not None:
                window = group.attention.window_tokens
                seen = context_tokens if window is None else min(context_tokens, window)
                total += group.count * group.attention.kv_elements_per_token * seen
        return total

    @property
    def state_bytes(self) -> float:
        """Bytes of one sequence that do not grow with context, all layers. [B]"""
        return sum(g.count * g.attention.state_bytes for g in self.layer_groups if g.attention)
