"""The terms of one pass in the three reference variants: collectives, HBM traffic and FLOP of a layout.

The search sums them and the breakdown lists them. Source: Erdil 2025, arXiv:2506.04645, section 3, and its reference
implementation.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from infecon_core.paper.collectives import ProtocolCosts, protocol_costs, total_time
from infecon_core.paper.inputs import Array, FeedForwardShape, PublishedAccelerator, PublishedModel, total
from infecon_core.paper.system import Points, PublishedSystem, Scheme
from infecon_core.paper.traffic import attention_bytes, feed_forward_bytes, unembedding_bytes


class Stage(NamedTuple):
    """Setups cut into pipeline stages, as arrays of one length.

    Attributes:
        depth, shards (array): Stages p, and GPUs of one stage N_tp = N/p. [1]
        microbatch, tokens (array): Sequences of a microbatch b/p [1] and its new tokens t = (b/p)·s. [tokens]
        column_bytes (array): Bytes of one element of the activations of these tokens, t·a. [B]
        context_tokens (array): Context n. [tokens]
    """

    depth: Array
    shards: Array
    microbatch: Array
    tokens: Array
    column_bytes: Array
    context_tokens: Array

    @classmethod
    def of(cls, model: PublishedModel, points: Points, depth: Array) -> "Stage":
        """Setups at given depths."""
        microbatch = points.batch / depth
        tokens = microbatch * points.tokens_per_pass
        column_bytes = tokens * model.activation_bytes
        return cls(depth, points.n_gpu / depth, microbatch, tokens, column_bytes, points.context_tokens)


class Collective(NamedTuple):
    """One kind of collective in a pass.

    Attributes:
        name (str): What it is.
        scheme (str or None): The scheme of tensor parallelism that it belongs to; None for all.
        repeats (int or array): How often it runs in a pass, one after another. [1]
        costs (ProtocolCosts): Its latency and time a byte.
        n_bytes (array): Bytes of one rank. [B]
    """

    name: str
    scheme: Scheme | None
    repeats: int | Array
    costs: ProtocolCosts
    n_bytes: Array

    def time_s(self) -> Array:
        """Time of all of them in the fastest protocol. [s]"""
        return self.repeats * total_time(self.costs, self.n_bytes)


def tensor_group(accelerator: PublishedAccelerator, shards: Array, scheme: Scheme) -> tuple[Array, ProtocolCosts]:
    """Ranks and costs of an all-reduce over x shards on q nodes: in 2-D √q of them. [1]

    Equation:
        r = √x, in two dimensions
        r = x, in one

    Where:
        r (return[0]): Ranks of an all-reduce. [1]
        x (shards): Shards. [1]
    """
    nodes = np.ceil(shards / accelerator.node_size)
    ranks, nodes = (np.sqrt(shards), np.sqrt(nodes)) if scheme == "2-D" else (shards, nodes)
    return ranks, protocol_costs(accelerator, ranks, nodes, allreduce=True)


def expert_degrees(system: PublishedSystem, stage: Stage, layer: FeedForwardShape) -> tuple[Array, Array]:
    """Degree of expert parallelism and shards of one expert.

    Without expert parallelism 1 and N_tp.

    Equation:
        N_ep = min(N_tp, E)
        N_ep = 1, microbatches below 2·S sequences, and dense layers
        N_ff = max(1, N_tp/N_ep)

    Where:
        N_ep (return[0]): Degree of expert parallelism. [1]
        N_ff (return[1]): Shards of one expert. [1]
        N_tp (stage.shards): GPUs of a stage. [1]
        E (layer.num_experts): Experts. [1]

    Returns:
        experts, shards (arrays): [1]
    """
    if not system.space.expert_parallel:
        return np.ones(()), stage.shards
    if layer.num_experts == 1:
        return np.ones(()), np.maximum(1.0, stage.shards)
    experts = np.where(stage.microbatch < 2 * layer.sparsity, 1.0, np.minimum(stage.shards, layer.num_experts))
    return experts, np.maximum(1.0, stage.shards / experts)


def attention_collectives(system: PublishedSystem, stage: Stage, shards: Array, scheme: Scheme) -> Iterator[Collective]:
    """All-reduces of attention on its shards x, ρ = x/ranks side by side. [B]

    Bytes of one rank and layer.

    Equation:
        V = d·c/ρ, in two dimensions
        V = q·c/ρ, in two dimensions
        V = d·c, in one
        ρ = x/r, side by side

    Where:
        V (return.n_bytes): Bytes of one rank. [B]
        d (model.hidden_size): Model width. [1]
        c (stage.column_bytes): Bytes of one element of the activations of a microbatch, t·a. [B]
        x (shards): Shards of attention. [1]
        r (ranks): Ranks of an all-reduce. [1]
        q (layer.qkv_width): Width of queries, keys and values, d_h·(h + h_kv2). [1]
    """
    model, name = system.model, "All-reduce after attention"
    ranks, costs = tensor_group(system.accelerator, shards, scheme)
    per_column = stage.column_bytes / (shards / ranks) if scheme == "2-D" else stage.column_bytes
    repeats = sum(layer.num_layers for layer in model.attentions)
    yield Collective(name, scheme, repeats, costs, model.hidden_size * per_column)
    if scheme == "2-D":
        for layer in model.attentions:
            yield Collective(name, scheme, layer.num_layers, costs, layer.qkv_width * per_column)


def stage_collectives(system: PublishedSystem, stage: Stage) -> Iterator[Collective]:
    """Collectives that do not depend on attention's shards. [B]

    Bytes of one rank, and of a layer where there are several; a shared expert counts as one more.

    Equation:
        V = m_in·i·c·r/N_tp, all-reduces of the first matrices in two dimensions
        V = m_out·o·c·r/N_tp, all-reduces of the last matrix
        V = d·c·r/N_tp, two all-to-alls a layer over r = min(k, N_ep) ranks
        V = d·c/N_tp, p - 1 sends between 2 ranks

    Where:
        V (return.n_bytes): Bytes of one rank. [B]
        m_in (layer.matrices_in): First matrices of a feed-forward layer. [1]
        m_out (layer.matrices_out): Last matrices of it. [1]
        i (inner): Inner widths that a token passes, k·d_ff and that of a shared expert. [1]
        o (outer): Outer widths, k·d, and d for a shared expert. [1]
        r (ranks): Ranks. [1]
        c (stage.column_bytes): Bytes of one element of the activations of a microbatch, t·a. [B]
        N_tp (stage.shards): GPUs of a stage. [1]
        d (model.hidden_size): Model width. [1]
    """
    model, chip = system.model, system.accelerator
    for layer in model.feed_forwards:
        name, shared = "All-reduce after feed-forward", layer.shared_intermediate_size
        experts, shards = expert_degrees(system, stage, layer)
        for scheme in system.space.schemes:
            ranks, costs = tensor_group(chip, shards, scheme)
            per_column = stage.column_bytes * ranks / stage.shards
            if scheme == "2-D":
                inner = layer.num_experts_per_tok * layer.intermediate_size + shared
                yield Collective(name, scheme, layer.num_layers, costs, layer.matrices_in * inner * per_column)
            outer = (layer.num_experts_per_tok + (1 if shared else 0)) * model.hidden_size
            yield Collective(name, scheme, layer.num_layers, costs, layer.matrices_out * outer * per_column)
        if system.space.expert_parallel and layer.num_experts > 1:
            ranks = np.minimum(layer.num_experts_per_tok, experts)
            costs = protocol_costs(chip, ranks, np.ceil(ranks / chip.node_size), allreduce=False)
            n_bytes = model.hidden_size * stage.column_bytes * ranks / stage.shards
            yield Collective("Expert all-to-all", None, 2 * layer.num_layers, costs, n_bytes)
    # Without a link between nodes GPUs send inside theirs, and without any a GPU is alone: the paper has no such case.
    ranks = np.full((), 2.0 if chip.linked_gpus > 1 else 1.0)
    nodes = np.full((), 2.0 if chip.net_allreduce_bytes_per_s > 0 else 1.0)
    costs = protocol_costs(chip, ranks, nodes, allreduce=False)
    yield Collective(
        "Pipeline send", None, stage.depth - 1, costs, model.hidden_size * stage.column_bytes / stage.shards
    )


def projection_bytes(system: PublishedSystem, stage: Stage, shards: Array) -> Array:
    """HBM traffic of attention's projections on its shards, of one microbatch. [B]

    Equation:
        B = Σ over attention layers and their matrices of `matmul_bytes`
    """
    model, form = system.model, system.space.traffic
    return total(attention_bytes(model, layer, stage.tokens, shards, form) for layer in model.attentions)


def stage_bytes(system: PublishedSystem, stage: Stage) -> dict[str, Array]:
    """HBM traffic of one microbatch by operator, attention's projections aside. [B]

    Equation:
        B_kv = k·m, attention over the cache
        B_head = w·V·d, unembedding
        B_ff = Σ over feed-forward layers of `feed_forward_bytes`

    Where:
        B_head (return[Unembedding]): Of the unembedding. [B]
        m (stage.microbatch): Sequences of a microbatch, b/p. [1]
        w (model.weight_bytes): Bytes of a weight. [B]
        V (model.vocab_size): Vocabulary. [1]
        d (model.hidden_size): Model width. [1]
    """
    model, form = system.model, system.space.traffic
    return {
        "Attention over KV cache": model.cache_bytes(stage.context_tokens) * stage.microbatch,
        "Feed-forward": total(
            feed_forward_bytes(model, layer, stage.tokens, expert_degrees(system, stage, layer)[1], form)
            for layer in model.feed_forwards
        ),
        "Unembedding": np.asarray(unembedding_bytes(model)),
    }


def plain_flop(model: PublishedModel, context_tokens: Array) -> dict[str, Array]:
    """FLOP of one token by operator, the projections aside. [FLOP]

    Equation:
        F_ff = 2·P, feed-forward weights that a token passes
        F_kv = Σ over attention layers of flop·min(n, window)

    Where:
        F_ff (return[Feed-forward]): Of feed-forward. [FLOP]
        P (model.active_feed_forward_params): Feed-forward weights that a token passes, FF/S and the shared ones. [1]
    """
    return {
        "Attention over KV cache": model.cache_flop(context_tokens),
        "Feed-forward": np.asarray(2 * model.active_feed_forward_params),
    }


def projection_flop(model: PublishedModel) -> dict[str, float]:
    """FLOP of one token in attention's projections and both embedding tables, which take σ times as long. [FLOP]

    Equation:
        F_attn = 2·P
        F_embed = 2·V

    Where:
        F_attn (return[Attention projections]): Of the projections. [FLOP]
        F_embed (return[Unembedding]): Of the tables. [FLOP]
        P (model.attention_params): Weights of attention. [1]
        V (model.embedding_params): Weights of both embedding tables. [1]
    """
    return {"Attention projections": 2 * model.attention_params, "Unembedding": 2 * model.embedding_params}
