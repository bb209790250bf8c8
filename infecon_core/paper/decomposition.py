"""Where the time of a setup goes: the search's terms one by one, on the critical path.

Source: Erdil 2025, arXiv:2506.04645; the terms are those of `reference.search`, `printed` and `toy`.
"""

from typing import NamedTuple

import numpy as np

from infecon_core.paper.collectives import Lines, split_time
from infecon_core.paper.ladder import Deployment
from infecon_core.paper.reference import (
    Best,
    Points,
    attention_reduces,
    exchange,
    expert_shards,
    feed_forward_reduces,
    feed_forward_shards,
    has_exchange,
    send,
    tensor_grid,
)
from infecon_core.paper.specs import Array
from infecon_core.paper.speculation import expected_tokens
from infecon_core.paper.traffic import attention_bytes, feed_forward_bytes, unembedding_bytes
from infecon_core.spec.step import FIVE_TIMES

Times = dict[str, Array]


class Pass(NamedTuple):
    """One pass, taken apart.

    Attributes
    ----------
    operators : dict of dict of arrays
        By operator, its share of the five times. [s]
    moved_bytes : array
        HBM traffic over all GPUs. [B]
    tp, ep : array
        Shards of one expert and expert-parallel groups. [1]
    """

    operators: dict[str, Times]
    moved_bytes: Array
    tp: Array
    ep: Array


def take_apart(target: Deployment, points: Points, layout: Best) -> Pass:
    """The operators of one pass at given layouts.

    The five times sum to the latency of the pass: of memory and arithmetic only the longer counts, and the
    other's operators have none.

    Parameters
    ----------
    target : Deployment
        Model, accelerator and rung.
    points : Points
        Setups.
    layout : Best
        Depth, scale-down and scheme of each; its latency is not used.

    Returns
    -------
    Pass
        Arrays of the points' length.
    """
    if target.variant in ("toy", "printed"):
        return _closed_rung(target, points)
    model, chip, rung = target.model, target.accelerator, target.rung
    n, b, p, sigma = points.n_gpu, points.batch, layout.depth, layout.scaledown
    shards, microbatch = n / p, b / p
    t = microbatch * points.tokens_per_pass
    column_bytes = t * model.activation_bytes
    tokens = b * points.tokens_per_pass
    attention_shards = shards / sigma
    operators: dict[str, Times] = {}
    network: dict[str, tuple[Array, Array]] = {}

    def exchanged(name: str, count: float | Array, lines: Lines, n_bytes: Array) -> None:
        latency, transfer = split_time(lines, n_bytes)
        before = network.get(name, (np.zeros(()), np.zeros(())))
        network[name] = (before[0] + count * latency, before[1] + count * transfer)

    projections = sum(
        (attention_bytes(model, a, t, attention_shards, rung.traffic) for a in model.attentions), np.zeros(())
    )
    ff_bytes: Array = np.zeros(())
    tp, ep = shards, np.ones(n.shape)
    for scheme in rung.schemes:
        chosen = layout.one_d == (scheme == "1-D")
        grid = tensor_grid(chip, attention_shards, scheme)
        for count, n_bytes in attention_reduces(model, grid, scheme, column_bytes):
            exchanged("All-reduce after attention", count * chosen, grid.lines, n_bytes)
    for layer in model.feed_forwards:
        experts = expert_shards(layer, rung, shards, microbatch)
        ff_shards = feed_forward_shards(rung, shards, experts)
        ff_bytes = ff_bytes + feed_forward_bytes(model, layer, t, ff_shards, rung.traffic)
        if layer.experts > 1 or len(model.feed_forwards) == 1:
            tp, ep = ff_shards, shards / ff_shards
        for scheme in rung.schemes:
            chosen = layout.one_d == (scheme == "1-D")
            grid = tensor_grid(chip, ff_shards, scheme)
            for count, n_bytes in feed_forward_reduces(model, layer, shards, grid, scheme, column_bytes, ff_shards):
                exchanged("All-reduce after feed-forward", count * chosen, grid.lines, n_bytes)
        if has_exchange(layer, rung):
            exchanged(
                "Expert all-to-all", 2 * layer.count, *exchange(model, chip, layer, experts, shards, column_bytes)
            )
    exchanged("Pipeline send", p - 1, *send(model, chip, shards, column_bytes))

    moved = {
        "Attention projections": p * sigma * projections,
        "Attention over KV cache": model.cache_bytes(points.context_tokens) * b,
        "Feed-forward": p * ff_bytes,
        "Unembedding": p * unembedding_bytes(model),
    }
    flop = {
        "Attention projections": 2 * model.attention_params * tokens * sigma,
        "Attention over KV cache": model.cache_flop(points.context_tokens) * tokens,
        "Feed-forward": 2 * model.active_feed_forward_params * tokens,
        "Unembedding": 2 * model.embedding_params * tokens * sigma,
    }
    for name, times in _roofline(target, n, moved, flop).items():
        operators[name] = times
    for name, (latency, transfer) in network.items():
        operators[name] = _times(n, network_latency_s=latency, network_bandwidth_s=transfer)
    operators["Kernel launches"] = _times(n, kernel_overhead_s=np.asarray(model.kernels * chip.kernel_launch_s))
    return Pass(operators, np.broadcast_to(sum(moved.values(), np.zeros(())), n.shape), tp, ep)


def _times(shape_of: Array, **parts: Array) -> Times:
    return {name: np.broadcast_to(parts.get(name, np.zeros(())), shape_of.shape) + 0.0 for name in FIVE_TIMES}


def _roofline(target: Deployment, n: Array, moved: dict[str, Array], flop: dict[str, Array]) -> dict[str, Times]:
    memory = {name: value / (n * target.accelerator.hbm_bytes_per_s) for name, value in moved.items()}
    arithmetic = {name: value / (n * target.accelerator.flop_per_s) for name, value in flop.items()}
    reads = sum(memory.values(), np.zeros(())) >= sum(arithmetic.values(), np.zeros(()))
    return {
        name: _times(
            n, memory_s=np.where(reads, memory[name], 0.0), arithmetic_s=np.where(reads, 0.0, arithmetic[name])
        )
        for name in moved
    }


def _closed_rung(target: Deployment, points: Points) -> Pass:
    n = points.n_gpu
    parts = target.closed_parts(points)
    reads = parts["memory_s"] >= parts["arithmetic_s"]
    moved = parts["memory_s"] * n * target.accelerator.hbm_bytes_per_s
    layers = _times(
        n, memory_s=np.where(reads, parts["memory_s"], 0.0), arithmetic_s=np.where(reads, 0.0, parts["arithmetic_s"])
    )
    operators = {
        "Matrix products and cache": layers,
        "All-reduces": _times(
            n, network_latency_s=parts["network_latency_s"], network_bandwidth_s=parts["network_bandwidth_s"]
        ),
        "Kernel launches": _times(n, kernel_overhead_s=parts["kernel_overhead_s"]),
    }
    return Pass(operators, moved, n, np.ones(n.shape))


def sum_times(operators: dict[str, Times]) -> Times:
    """The five times of all operators together. [s]"""
    return {name: np.asarray(sum((times[name] for times in operators.values()), np.zeros(()))) for name in FIVE_TIMES}


def speculative_operators(target: Pass, draft: Pass, acceptance: float, draft_tokens: int) -> dict[str, Times]:
    """Operators of one token under speculation: (target's pass over γ tokens + γ draft passes) / E(γ). [s]"""
    per_token = 1 / expected_tokens(acceptance, draft_tokens)
    operators = {
        name: {key: value * per_token for key, value in times.items()} for name, times in target.operators.items()
    }
    drafted = sum_times(draft.operators)
    operators["Draft model"] = {key: value * (draft_tokens * per_token) for key, value in drafted.items()}
    return operators
