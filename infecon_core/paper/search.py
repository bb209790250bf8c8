"""The fastest layout of each setup in the three reference variants.

Source: Erdil 2025, arXiv:2506.04645, section 3, and the search of its reference implementation.
"""

import functools
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from infecon_core.paper.inputs import Array, total
from infecon_core.paper.system import Best, Points, PublishedSystem
from infecon_core.paper.terms import (
    Stage,
    attention_collectives,
    plain_flop,
    projection_bytes,
    projection_flop,
    stage_bytes,
    stage_collectives,
)

DEPTHS = 10
SCALEDOWNS = 6


def geometric(stop: npt.ArrayLike, count: int) -> Array:
    """`count` values geometric from 1 to `stop`, 2**linspace(0, log2 stop, count), along the first axis.

    Notes:
        The ends stay as rounded: an ulp above a node boundary is one node more, which moves some points by 2-4%. Each
        stop is treated as numpy's linspace treats a single number; of arrays it rounds all otherwise where one stop is
        1.

    Examples:
        >>> geometric([8.0, 1.0], 4).T
        array([[1., 2., 4., 8.],
               [1., 1., 1., 1.]])
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        last = np.log2(np.asarray(stop, dtype=np.float64))
        exponents = np.arange(float(count)).reshape(-1, *(1,) * last.ndim) * (last / (count - 1))
    exponents[-1] = last
    return np.asarray(2.0**exponents)


def depths(system: PublishedSystem, batch: Array) -> Array:
    """Pipeline depths to try: 1, and 10 geometric values to L or to min(b, L), shape (depths, setups). [1]"""
    if not system.space.pipeline:
        return np.ones((1, *batch.shape))
    deepest = np.full(batch.shape, float(system.model.num_hidden_layers))
    # The first of the ten is 1 itself, so that ten are enough.
    return geometric(np.minimum(batch, deepest) if system.space.depths_follow_batch else deepest, DEPTHS)


def fits(system: PublishedSystem, points: Points, depth: Array) -> npt.NDArray[np.bool_]:
    """Whether the GPUs hold weights and cache (of one microbatch in the full reference), and p ≤ min(N, b)."""
    resident = points.batch / depth if system.space.microbatch_cache else points.batch
    enough = system.holds(points.n_gpu, resident, points.context_tokens)
    if system.space.whole_gpus:
        enough &= ~(depth > np.minimum(points.n_gpu, points.batch))
    return enough


def search(system: PublishedSystem, points: Points) -> Best:
    """The fastest layout of each setup: the minimum over schemes × pipeline depths × attention scale-downs.

    Kernels, collectives and sends follow one another; of reading and computing only the longer counts.

    Equation:
        T = kernels·launch + L·(Σ all-reduce + 2·all-to-all) + (p - 1)·send + max(traffic time, FLOP time)
        traffic time = p·(rest + σ·projections)/(N·B)
        FLOP time = (rest + σ·projections)/(N·C)

    Args:
        system (PublishedSystem): One of the three reference variants.
        points (Points): Setups.

    Returns:
        Best: Arrays of the points' length. [s], [1]

    Notes:
        GPUs, stages, shards and microbatches may be fractions. p microbatches keep p stages full, and nothing overlaps.
    """
    best = Best.unsplit(np.full(points.n_gpu.size, np.inf))
    for depth in depths(system, points.batch):
        _search_depth(system, points, depth, best)
    return best


def _search_depth(system: PublishedSystem, points: Points, depth: Array, best: Best) -> None:
    """Try all layouts of one pipeline depth, and keep in `best` what is faster."""
    setups = np.flatnonzero(fits(system, points, depth))
    if not setups.size:
        return
    points = points.at(setups)
    stage = Stage.of(system.model, points, depth[setups])
    sums = _sums(system, points, stage)
    # No scale-down makes a stage faster than its bound, so what is already beaten needs no closer look.
    kept = np.flatnonzero(sums.bound_s < best.latency_s[setups])
    if kept.size:
        # All of them are taken as they are, without a copy.
        rows = slice(None) if kept.size == setups.size else kept
        stage = Stage._make(values[rows] for values in stage)
        sums = _Sums(tuple(seconds[rows] for seconds in sums.other_s), *(values[rows] for values in sums[1:]))
        _search_attention(system, setups[rows], stage, sums, best)


class _Sums(NamedTuple):
    """The sums of all terms that do not depend on attention's shards."""

    # Launches, sends, exchanges, and the all-reduces of the feed-forward layers, by scheme. [s]
    other_s: tuple[Array, ...]
    # Traffic time but for attention's projections, and seconds a byte of those.
    memory_s: Array
    s_per_byte: Array
    # FLOP time but for the projections, and that of the projections on all shards.
    arithmetic_s: Array
    projection_s: Array
    bound_s: Array


def _sums(system: PublishedSystem, points: Points, stage: Stage) -> _Sums:
    model, chip, schemes = system.model, system.accelerator, system.space.schemes
    shared: Array = np.asarray(model.kernels * chip.kernel_launch_s)
    reduces = dict.fromkeys(schemes, np.zeros(()))
    for collective in stage_collectives(system, stage):
        if collective.scheme is None:
            shared = shared + collective.time_s()
        else:
            reduces[collective.scheme] = reduces[collective.scheme] + collective.time_s()
    tokens = points.batch * points.tokens_per_pass
    s_per_flop = 1 / (points.n_gpu * chip.flop_per_s)
    s_per_byte = stage.depth / (points.n_gpu * chip.hbm_bytes_per_s)
    arithmetic = total(plain_flop(model, points.context_tokens).values()) * tokens * s_per_flop
    projection = sum(projection_flop(model).values()) * tokens * s_per_flop
    memory = total(stage_bytes(system, stage).values()) * s_per_byte
    weights = model.weight_bytes * model.attention_params * s_per_byte
    other = tuple(shared + seconds for seconds in reduces.values())
    bound = functools.reduce(np.minimum, other) + np.maximum(memory + weights, arithmetic + projection)
    return _Sums(other, memory, s_per_byte, arithmetic, projection, bound)


def _search_attention(
    system: PublishedSystem, setups: npt.NDArray[np.intp], stage: Stage, sums: _Sums, best: Best
) -> None:
    """Try all scale-downs and schemes at one depth, and keep in `best` what is faster."""
    schemes = system.space.schemes
    fastest = best.latency_s[setups]
    winner = np.full(setups.size, -1)
    scaledowns = geometric(stage.shards, SCALEDOWNS) if system.space.attention_scaledown else np.ones((1, setups.size))
    for i, scaledown in enumerate(scaledowns):
        shards = stage.shards / scaledown
        roofline = np.maximum(
            sums.memory_s + projection_bytes(system, stage, shards) * (scaledown * sums.s_per_byte),
            sums.arithmetic_s + scaledown * sums.projection_s,
        )
        for j, scheme in enumerate(schemes):
            time = sums.other_s[j] + roofline
            for collective in attention_collectives(system, stage, shards, scheme):
                time = time + collective.time_s()
            better = time < fastest
            fastest = np.where(better, time, fastest)
            winner[better] = i * len(schemes) + j
    found = np.flatnonzero(winner >= 0)
    rows = setups[found]
    which, scheme_index = np.divmod(winner[found], len(schemes))
    best.latency_s[rows] = fastest[found]
    best.depth[rows] = stage.depth[found]
    best.scaledown[rows] = scaledowns[which, found]
    best.one_d[rows] = np.array([name == "1-D" for name in schemes])[scheme_index]
