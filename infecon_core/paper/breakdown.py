"""Where the time of a setup goes: the terms that the search sums, one by one, on the critical path.

Source: Erdil 2025, arXiv:2506.04645; the terms are those of `terms`, `printed` and `toy`.
"""

from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from infecon_core.paper.collectives import split_time
from infecon_core.paper.inputs import Array, total
from infecon_core.paper.speculation import tokens_per_round
from infecon_core.paper.system import Best, Points, PublishedSystem
from infecon_core.paper.terms import (
    Stage,
    attention_collectives,
    expert_degrees,
    plain_flop,
    projection_bytes,
    projection_flop,
    stage_bytes,
    stage_collectives,
)
from infecon_core.paper.variants import single_layout_times
from infecon_core.schema.step import FIVE_TIMES

TimesByName = dict[str, Array]


class PassBreakdown(NamedTuple):
    """One pass, taken apart.

    Attributes:
        operators (dict of dict of arrays): By operator, its share of the five times. [s]
        moved_bytes (array): HBM traffic over all GPUs. [B]
        ep (array): Expert-parallel groups. [1]
    """

    operators: dict[str, TimesByName]
    moved_bytes: Array
    ep: Array


def take_apart(system: PublishedSystem, points: Points, layout: Best) -> PassBreakdown:
    """The operators of one pass at given layouts.

    The five times sum to the latency of the pass: of memory and arithmetic only the longer counts, and the
    other's operators have none.

    Args:
        system (PublishedSystem): Model, accelerator and variant.
        points (Points): Setups, which must fit.
        layout (Best): Depth, scale-down and scheme of each; its latency is not used.

    Returns:
        PassBreakdown: Arrays of the points' length.
    """
    if system.single_layout:
        return _single_layout(system, points)
    model, chip = system.model, system.accelerator
    n, sigma, stage = points.n_gpu, layout.scaledown, Stage.of(model, points, layout.depth)
    shards = stage.shards / sigma
    moved = {"Attention projections": sigma * projection_bytes(system, stage, shards), **stage_bytes(system, stage)}
    moved = {name: layout.depth * value for name, value in moved.items()}
    scaled = {name: sigma * value for name, value in projection_flop(model).items()}
    flop = {**scaled, **plain_flop(model, points.context_tokens)}
    s_per_flop = points.batch * points.tokens_per_pass / (n * chip.flop_per_s)
    operators = _roofline(
        {name: value / (n * chip.hbm_bytes_per_s) for name, value in moved.items()},
        {name: flop[name] * s_per_flop for name in moved},
    )
    attention = (attention_collectives(system, stage, shards, scheme) for scheme in system.space.schemes)
    for collective in chain(*attention, stage_collectives(system, stage)):
        latency, transfer = split_time(collective.costs, collective.n_bytes)
        repeats = collective.repeats
        if collective.scheme is not None:
            repeats = repeats * (layout.one_d == (collective.scheme == "1-D"))
        times = operators.setdefault(collective.name, _times(n))
        times["network_latency_s"] = times["network_latency_s"] + repeats * latency
        times["network_bandwidth_s"] = times["network_bandwidth_s"] + repeats * transfer
    operators["Kernel launches"] = _times(n, kernel_overhead_s=np.asarray(model.kernels * chip.kernel_launch_s))
    ep = np.ones(n.shape)
    for layer in model.feed_forwards:
        if layer.num_experts > 1:
            ep = stage.shards / expert_degrees(system, stage, layer)[1]
    return PassBreakdown(operators, total(moved.values()), ep)


def _single_layout(system: PublishedSystem, points: Points) -> PassBreakdown:
    n, parts = points.n_gpu, single_layout_times(system, points)
    name = "Matrix products and cache"
    operators = {
        **_roofline({name: parts["memory_s"]}, {name: parts["arithmetic_s"]}),
        "All-reduces": _times(
            n, network_latency_s=parts["network_latency_s"], network_bandwidth_s=parts["network_bandwidth_s"]
        ),
        "Kernel launches": _times(n, kernel_overhead_s=parts["kernel_overhead_s"]),
    }
    return PassBreakdown(operators, parts["memory_s"] * n * system.accelerator.hbm_bytes_per_s, np.ones(n.shape))


def _roofline(memory_s: dict[str, Array], arithmetic_s: dict[str, Array]) -> dict[str, TimesByName]:
    """Operators with the longer of memory and arithmetic, summed over all of them."""
    reads = total(memory_s.values()) >= total(arithmetic_s.values())
    return {
        name: _times(
            reads, memory_s=np.where(reads, memory_s[name], 0.0), arithmetic_s=np.where(reads, 0.0, arithmetic_s[name])
        )
        for name in memory_s
    }


def _times(shape_of: npt.NDArray[Any], **parts: Array) -> TimesByName:
    return {name: np.broadcast_to(parts.get(name, np.zeros(())), shape_of.shape) + 0.0 for name in FIVE_TIMES}


def sum_times(operators: dict[str, TimesByName]) -> TimesByName:
    """The five times of all operators together. [s]"""
    return {name: total(times[name] for times in operators.values()) for name in FIVE_TIMES}


def speculative_operators(
    target: PassBreakdown, draft: PassBreakdown, acceptance: float, draft_tokens: int
) -> dict[str, TimesByName]:
    """Operators of one token under speculation: (target's pass over γ tokens + γ draft passes) / E(γ). [s]"""
    per_token = 1 / tokens_per_round(acceptance, draft_tokens)
    operators = {
        name: {key: value * per_token for key, value in times.items()} for name, times in target.operators.items()
    }
    drafted = sum_times(draft.operators)
    operators["Draft model"] = {key: value * (draft_tokens * per_token) for key, value in drafted.items()}
    return operators
