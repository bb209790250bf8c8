"""The shape of a transformer: groups of equal layers, and the sizes that follow from them."""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from infecon_core.schema.field import about
from infecon_core.schema.record import Name, Record

# Shapes are whole numbers in released models and fractions in the paper's scaled ones.
Size = int | float


# Bounds of models that can be imagined: several times the largest released one.
def _size(label: str, help: str, *, ge: int = 1, le: int = 10**6, **facts: Any) -> Any:
    return about(label, help, **{"unit": "1", "ge": ge, "le": le, **facts})


def _heads(label: str = "Query heads", help: str = "Attention heads of one layer.", *, ge: int = 1) -> Any:
    return _size(label, help, ge=ge, le=2**16)


def _tokens(label: str, help: str, **facts: Any) -> Any:
    return _size(label, help, le=10**7, unit="tokens", **facts)


class GroupedQueryAttention(Record):
    """Multi-head, grouped-query or multi-query attention; a gate is as wide as the queries."""

    kind: Literal["grouped_query"] = "grouped_query"
    num_attention_heads: Annotated[Size, _heads()]
    num_key_value_heads: Annotated[
        Size, _heads("KV heads", "Heads kept in the KV cache; fewer than query heads with grouping.")
    ]
    head_dim: Annotated[Size, _size("Head width", "Width of one head.")]
    sliding_window: Annotated[
        int | None, _tokens("Window", "Tokens that the layer sees; empty for the whole context.", usual=4096)
    ] = None
    attn_output_gate: bool = False

    @model_validator(mode="after")
    def _heads_agree(self) -> "GroupedQueryAttention":
        if self.num_key_value_heads > self.num_attention_heads:
            raise ValueError(
                f"{self.num_key_value_heads:g} KV heads are more than {self.num_attention_heads:g} query heads; "
                "give at most as many KV heads as query heads"
            )
        return self

    def params(self, hidden_size: float) -> float:
        """Weights of one layer: queries (and gate), keys, values, output. [1]"""
        gates = self.num_attention_heads if self.attn_output_gate else 0
        return (2 * self.num_attention_heads + gates + 2 * self.num_key_value_heads) * self.head_dim * hidden_size

    @property
    def kv_elements_per_token(self) -> float:
        """Elements that one token leaves in the cache of one layer: 2·num_key_value_heads·head_dim. [1]"""
        return 2 * self.num_key_value_heads * self.head_dim

    @property
    def state_bytes(self) -> float:
        """Bytes of one sequence that do not grow with context. [B]"""
        return 0.0


class LatentAttention(Record):
    """Multi-head latent attention (MLA): keys and values are kept as one compressed vector."""

    kind: Literal["latent"] = "latent"
    num_attention_heads: Annotated[Size, _heads()]
    q_lora_rank: Annotated[
        Size | None,
        _size("Query rank", "Width of the compressed queries; empty where they are not compressed.", usual=1536),
    ] = None
    kv_lora_rank: Annotated[
        Size, _size("KV rank", "Width of the compressed keys and values, which the KV cache holds.")
    ]
    qk_nope_head_dim: Annotated[
        Size, _size("Head width without position", "Part of a head's key without rotary position.")
    ]
    qk_rope_head_dim: Annotated[
        Size, _size("Head width with position", "Part of a head's key with rotary position.", ge=0)
    ] = 0
    v_head_dim: Annotated[Size, _size("Value width", "Width of a head's value.")]
    index_n_heads: Annotated[
        int, _heads("Indexer heads", "Heads of the sparse-attention indexer; 0 where there is none.", ge=0)
    ] = 0
    index_head_dim: Annotated[
        int, _size("Indexer width", "Width of one indexer head; 0 where there is none.", ge=0)
    ] = 0
    index_topk: Annotated[
        int | None, _tokens("Indexed tokens", "Tokens that the indexer lets through; empty for all.", usual=2048)
    ] = None

    def params(self, hidden_size: float) -> float:
        """Weights of one layer: down and up projections of queries, keys and values, output, indexer. [1]"""
        query_in = hidden_size if self.q_lora_rank is None else self.q_lora_rank
        queries = query_in * self.num_attention_heads * (self.qk_nope_head_dim + self.qk_rope_head_dim)
        if self.q_lora_rank is not None:
            queries += hidden_size * self.q_lora_rank
        heads = self.num_attention_heads
        compressed = hidden_size * (self.kv_lora_rank + self.qk_rope_head_dim)
        expanded = self.kv_lora_rank * heads * (self.qk_nope_head_dim + self.v_head_dim)
        output = heads * self.v_head_dim * hidden_size
        indexer = self.index_n_heads * self.index_head_dim * query_in
        indexer += (self.index_head_dim + self.index_n_heads) * hidden_size
        return queries + compressed + expanded + output + (indexer if self.index_n_heads else 0)

    @property
    def kv_elements_per_token(self) -> float:
        """Cache elements of one token and layer: kv_lora_rank + qk_rope_head_dim (+ index_head_dim). [1]"""
        return self.kv_lora_rank + self.qk_rope_head_dim + self.index_head_dim

    @property
    def sliding_window(self) -> int | None:
        """The whole context stays in the cache, also where an indexer reads only a part of it. [tokens]"""
        return None

    @property
    def state_bytes(self) -> float:
        """Bytes of one sequence that do not grow with context. [B]"""
        return 0.0


class LinearAttention(Record):
    """Linear attention or a recurrent (state-space) layer: a state of fixed size instead of a cache."""

    kind: Literal["linear"] = "linear"
    num_heads: Annotated[Size, _heads("Heads", "Heads over which the layer can be sharded.")]
    layer_params: Annotated[Size, _size("Weights of one layer", "Parameters of one such attention layer.", le=10**12)]
    state_bytes: Annotated[
        Size,
        _size(
            "State",
            "State of one sequence in one layer; it does not grow with context.",
            unit="B",
            shown="bytes",
            ge=0,
            le=10**12,
        ),
    ]

    def params(self, hidden_size: float) -> float:
        """Weights of one layer, as given (they do not follow from `hidden_size` alone). [1]"""
        return self.layer_params

    @property
    def kv_elements_per_token(self) -> float:
        """Nothing grows with context. [1]"""
        return 0.0

    @property
    def sliding_window(self) -> int | None:
        """There is no cache to bound. [tokens]"""
        return None


class DenseFeedForward(Record):
    """A feed-forward layer that every token passes; where gated, two matrices lead in instead of one."""

    kind: Literal["dense"] = "dense"
    intermediate_size: Annotated[Size, _size("Feed-forward width", "Inner width of the feed-forward layer.")]
    gated: bool = True

    def params(self, hidden_size: float) -> float:
        """Weights of one layer: (3 if gated, else 2) · width · inner width. [1]"""
        return (3 if self.gated else 2) * hidden_size * self.intermediate_size

    def active_params(self, hidden_size: float) -> float:
        """Weights that one token passes: all. [1]"""
        return self.params(hidden_size)


class MixtureOfExperts(Record):
    """A feed-forward layer of which every token passes a few experts; `router` says whether its weights count."""

    kind: Literal["moe"] = "moe"
    num_experts: Annotated[int, _size("Experts", "Routed experts of one layer.", le=2**16)]
    num_experts_per_tok: Annotated[int, _size("Active experts", "Routed experts that one token passes.", le=2**16)]
    moe_intermediate_size: Annotated[Size, _size("Expert width", "Inner width of one routed expert.")]
    shared_expert_intermediate_size: Annotated[
        Size, _size("Shared expert width", "Inner width of all shared experts together; 0 for none.", ge=0)
    ] = 0
    gated: bool = True
    router: bool = True

    @model_validator(mode="after")
    def _experts_agree(self) -> "MixtureOfExperts":
        if self.num_experts_per_tok > self.num_experts:
            raise ValueError(
                f"{self.num_experts_per_tok} active experts are more than the {self.num_experts} there are; "
                "give at most as many active experts as experts"
            )
        return self

    @property
    def _matrices(self) -> int:
        return 3 if self.gated else 2

    def expert_params(self, hidden_size: float) -> float:
        """Weights of one routed expert: (3 if gated, else 2) · hidden size · its inner width. [1]"""
        return self._matrices * hidden_size * self.moe_intermediate_size

    def shared_params(self, hidden_size: float) -> float:
        """Weights that every token passes: shared experts and router. [1]"""
        router = hidden_size * self.num_experts if self.router else 0
        return self._matrices * hidden_size * self.shared_expert_intermediate_size + router

    def params(self, hidden_size: float) -> float:
        """Weights of one layer: all experts, shared ones, router. [1]"""
        return self.num_experts * self.expert_params(hidden_size) + self.shared_params(hidden_size)

    def active_params(self, hidden_size: float) -> float:
        """Weights that one token passes: its experts, the shared ones, the router. [1]"""
        return self.num_experts_per_tok * self.expert_params(hidden_size) + self.shared_params(hidden_size)


Attention = Annotated[GroupedQueryAttention | LatentAttention | LinearAttention, Field(discriminator="kind")]
FeedForward = Annotated[DenseFeedForward | MixtureOfExperts, Field(discriminator="kind")]


class LayerGroup(Record):
    """Layers of one shape, which need not be neighbours; a few models have layers with only one of the two parts."""

    num_layers: Annotated[int, _size("Layers", "Layers of this shape.", le=2000)]
    attention: Annotated[Attention | None, about("Attention", "The attention of one layer.")] = None
    feed_forward: Annotated[FeedForward | None, about("Feed-forward", "The feed-forward layer, or the experts.")] = None

    @model_validator(mode="after")
    def _not_empty(self) -> "LayerGroup":
        if self.attention is None and self.feed_forward is None:
            raise ValueError("a layer group holds an attention, a feed-forward layer, or both")
        return self


class Architecture(Record):
    """The shape of a model; `parallel_attn` where attention and feed-forward of a layer run side by side (PaLM).

    Notes:
        Biases, norms and learned positions are left out of the parameter counts (below 0.1%).
    """

    name: Name
    hidden_size: Annotated[Size, _size("Model width", "Width of the residual stream.")]
    vocab_size: Annotated[
        int, _size("Vocabulary", "Rows of the embedding table; 0 leaves the tables out.", ge=0, le=10**7)
    ]
    tie_word_embeddings: Annotated[bool, about("Tied embeddings", "One table for embedding and unembedding.")] = False
    layer_groups: Annotated[
        tuple[LayerGroup, ...], Field(min_length=1, max_length=16), about("Layers", "All layers, grouped by shape.")
    ]
    parallel_attn: bool = False

    @property
    def num_hidden_layers(self) -> int:
        """Layers of all groups together. [1]"""
        return sum(group.num_layers for group in self.layer_groups)

    @property
    def embedding_params(self) -> float:
        """Weights of the embedding and unembedding tables, one where they are tied. [1]"""
        return self.vocab_size * self.hidden_size * (1 if self.tie_word_embeddings else 2)

    @property
    def attention_params(self) -> float:
        """Weights of all attention layers. [1]"""
        return sum(g.num_layers * g.attention.params(self.hidden_size) for g in self.layer_groups if g.attention)

    @property
    def feed_forward_params(self) -> float:
        """Weights of all feed-forward layers, all experts included. [1]"""
        return sum(g.num_layers * g.feed_forward.params(self.hidden_size) for g in self.layer_groups if g.feed_forward)

    @property
    def total_params(self) -> float:
        """All weights. [1]"""
        return self.embedding_params + self.attention_params + self.feed_forward_params

    @property
    def active_params(self) -> float:
        """Weights that one token passes: all but the experts it skips, both tables included. [1]"""
        active = sum(
            g.num_layers * g.feed_forward.active_params(self.hidden_size) for g in self.layer_groups if g.feed_forward
        )
        return self.embedding_params + self.attention_params + active

    def kv_elements(self, context_tokens: float) -> float:
        """Elements in the cache of one sequence, sliding windows counted to their length. [1]"""
        total = 0.0
        for group in self.layer_groups:
            if group.attention is not None:
                window = group.attention.sliding_window
                seen = context_tokens if window is None else min(context_tokens, window)
                total += group.num_layers * group.attention.kv_elements_per_token * seen
        return total

    @property
    def state_bytes(self) -> float:
        """Bytes of one sequence that do not grow with context, all layers. [B]"""
        return sum(g.num_layers * g.attention.state_bytes for g in self.layer_groups if g.attention)
