"""The three upper rungs of the published ladder: tensor, pipeline and expert parallelism.

Source: Erdil 2025, arXiv:2506.04645, and the figures of its reference implementation.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from infecon_core.paper.collectives import Lines, collective_lines, total_time
from infecon_core.paper.specs import Array, FeedForwardShape, PublishedAccelerator, PublishedModel
from infecon_core.paper.traffic import TrafficForm, attention_bytes, feed_forward_bytes, unembedding_bytes

Scheme = Literal["2-D", "1-D"]

DEPTHS = 10
SCALEDOWNS = 6


@dataclass(frozen=True)
class Rung:
    """What one rung of the ladder searches over.

    Attributes
    ----------
    schemes : tuple of str
        Tensor parallelism in two dimensions (ranks √N) or in one (ranks N).
    pipeline : bool
        Pipeline depths above 1.
    depths_follow_batch : bool
        Depths go to min(b, L) instead of L.
    attention_scaledown : bool
        Attention on fewer shards than the feed-forward layers.
    expert_parallel : bool
        Experts spread over GPUs, with two all-to-alls a layer.
    whole_gpus : bool
        At least one GPU and one sequence a stage.
    microbatch_cache : bool
        The capacity check counts the cache of one microbatch alone.
    traffic : str
        Form of the traffic formula.
    """

    schemes: tuple[Scheme, ...] = ("2-D", "1-D")
    pipeline: bool = True
    depths_follow_batch: bool = True
    attention_scaledown: bool = True
    expert_parallel: bool = True
    whole_gpus: bool = True
    microbatch_cache: bool = True
    traffic: TrafficForm = "final"


class Points(NamedTuple):
    """Setups whose layout is to be found, as arrays of one length.

    Attributes
    ----------
    n_gpu, batch : array
        GPUs and sequences. [1]
    context_tokens : array or float
        Context. [tokens]
    tokens_per_pass : float
        New tokens of each sequence. [tokens]
    """

    n_gpu: Array
    batch: Array
    context_tokens: Array
    tokens_per_pass: float


class Best(NamedTuple):
    """The fastest layout of each setup.

    Attributes
    ----------
    latency_s : array
        Time of one pass; infinite where nothing fits. [s]
    depth, scaledown : array
        Pipeline stages, and the factor by which attention uses fewer shards. [1]
    one_d : array of bool
        1-D instead of 2-D tensor parallelism.
    """

    latency_s: Array
    depth: Array
    scaledown: Array
    one_d: npt.NDArray[np.bool_]

    def at(self, rows: npt.NDArray[np.intp]) -> "Best":
        """Those setups alone."""
        return Best(self.latency_s[rows], self.depth[rows], self.scaledown[rows], self.one_d[rows])


def geometric(stop: npt.ArrayLike, count: int) -> Array:
    """`count` values geometric from 1 to `stop`, exactly 2**linspace(0, log2 stop, count), along the first axis.

    Notes
    -----
    The ends stay as rounded: an ulp above a node boundary is one node more, which moves some points by 2-4%.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(2.0 ** np.linspace(0, np.log2(np.asarray(stop, dtype=np.float64)), count))


def depths(model: PublishedModel, rung: Rung, batch: Array) -> Array:
    """Pipeline depths to try: 1, and 10 geometric values to L or to min(b, L), shape (depths, setups). [1]"""
    if not rung.pipeline:
        return np.ones((1, *batch.shape))
    stop = np.minimum(batch, model.layers) if rung.depths_follow_batch else np.full(batch.shape, float(model.layers))
    # The first of the ten is 1 itself, so that ten are enough.
    return geometric(stop, DEPTHS)


def fits(
    model: PublishedModel, accelerator: PublishedAccelerator, rung: Rung, points: Points, depth: Array
) -> npt.NDArray[np.bool_]:
    """Whether weights and cache fit and links join all: not N·HBM < kv·n·b + w·Total, and p ≤ min(N, b)."""
    resident = points.batch / depth if rung.microbatch_cache else points.batch
    needed = model.cache_bytes(points.context_tokens) * resident + model.weights_bytes
    enough = ~(points.n_gpu * accelerator.hbm_bytes < needed) & (points.n_gpu <= accelerator.linked_gpus)
    if rung.whole_gpus:
        enough &= ~(depth > np.minimum(points.n_gpu, points.batch))
    return np.asarray(enough)


class Grid(NamedTuple):
    """How the ranks of one tensor-parallel group talk: ranks an all-reduce, parallel reduces, lines of the time."""

    parallel: Array
    lines: Lines


def tensor_grid(accelerator: PublishedAccelerator, shards: Array, scheme: Scheme) -> Grid:
    """Layout of a degree x: 2-D r = √x, ρ = x/r, q = √ceil(x/node); 1-D r = x, ρ = 1, q = ceil(x/node)."""
    nodes = np.ceil(shards / accelerator.node_size)
    if scheme == "1-D":
        return Grid(np.ones(()), collective_lines(accelerator, shards, nodes, allreduce=True))
    ranks = np.sqrt(shards)
    return Grid(shards / ranks, collective_lines(accelerator, ranks, np.sqrt(nodes), allreduce=True))


def attention_reduces(
    model: PublishedModel, grid: Grid, scheme: Scheme, column_bytes: Array
) -> Iterator[tuple[int, Array]]:
    """Count and bytes of each all-reduce of attention; `column_bytes` are those of one column, t·a. [B]"""
    count = sum(a.count for a in model.attentions)
    per_column = column_bytes / grid.parallel
    yield count, model.width * per_column
    if scheme == "2-D":
        for layer in model.attentions:
            yield layer.count, layer.qkv_width * per_column


def feed_forward_reduces(
    model: PublishedModel,
    layer: FeedForwardShape,
    shards: Array,
    grid: Grid,
    scheme: Scheme,
    column_bytes: Array,
    ff_shards: Array,
) -> Iterator[tuple[int, Array]]:
    """Count and bytes of each all-reduce of one kind of feed-forward layer. [B]

    `shards` are all N_tp of the stage, `ff_shards` those that share one expert; grid is the layout of the latter.
    """
    ranks = ff_shards / grid.parallel if scheme == "2-D" else ff_shards
    per_column = column_bytes * ranks / shards
    if scheme == "2-D":
        inner = layer.active * layer.width + layer.shared_width
        yield layer.count, layer.matrices_in * inner * per_column
    copies = layer.active + (1 if layer.shared_width else 0)
    yield layer.count, copies * layer.matrices_out * model.width * per_column


def expert_shards(layer: FeedForwardShape, rung: Rung, shards: Array, microbatch: Array) -> Array:
    """Degree of expert parallelism: min(N_tp, E), but 1 where the microbatch is below 2·S sequences. [1]"""
    if not rung.expert_parallel or layer.experts == 1:
        return np.ones(())
    return np.where(microbatch < 2 * layer.sparsity, 1.0, np.minimum(shards, layer.experts))


def feed_forward_shards(rung: Rung, shards: Array, experts: Array) -> Array:
    """Shards of one expert: max(1, N_tp / N_ep) with expert parallelism, all N_tp without it. [1]"""
    return np.maximum(1.0, shards / experts) if rung.expert_parallel else shards


def exchange(
    model: PublishedModel,
    accelerator: PublishedAccelerator,
    layer: FeedForwardShape,
    experts: Array,
    shards: Array,
    column_bytes: Array,
) -> tuple[Lines, Array]:
    """Lines and bytes of one all-to-all over e = min(k, N_ep) ranks on ceil(e / node) nodes: d·t·a·e / N_tp. [B]"""
    ranks = np.minimum(layer.active, experts)
    lines = collective_lines(accelerator, ranks, np.ceil(ranks / accelerator.node_size), allreduce=False)
    return lines, model.width * column_bytes * ranks / shards


def send(
    model: PublishedModel, accelerator: PublishedAccelerator, shards: Array, column_bytes: Array
) -> tuple[Lines, Array]:
    """Lines and bytes of one send between stages: 2 ranks on 2 nodes, d·t·a / N_tp. [B]

    Accelerators without a link between nodes send inside theirs, which the paper has no case of.
    """
    nodes = 2.0 if accelerator.net_allreduce_bytes_per_s > 0 else 1.0
    # Without any link a GPU is alone: it is the only stage and sends nothing.
    ranks = 2.0 if accelerator.linked_gpus > 1 else 1.0
    lines = collective_lines(accelerator, np.full((), ranks), np.full((), nodes), allreduce=False)
    return lines, model.width * column_bytes / shards


def has_exchange(layer: FeedForwardShape, rung: Rung) -> bool:
    """Whether the layer sends its tokens to experts on other GPUs."""
    return rung.expert_parallel and layer.experts > 1


def search(model: PublishedModel, accelerator: PublishedAccelerator, rung: Rung, points: Points) -> Best:
    """The fastest layout of each setup: the minimum over schemes × pipeline depths × attention scale-downs.

    T = kernels·launch + L·(Σ all-reduce + 2·all-to-all) + (p - 1)·send + max(traffic time, FLOP time)

    Parameters
    ----------
    model, accelerator : PublishedModel, PublishedAccelerator
        What is served, and on what.
    rung : Rung
        What is searched.
    points : Points
        Setups, arrays of one length.

    Returns
    -------
    Best
        Arrays of the same length. [s], [1]
    """
    n_setups = points.n_gpu.size
    best = Best(np.full(n_setups, np.inf), np.ones(n_setups), np.ones(n_setups), np.zeros(n_setups, dtype=np.bool_))
    for depth in depths(model, rung, points.batch):
        stages = _stages(model, accelerator, rung, points, depth)
        if stages is None:
            continue
        # No scale-down makes a stage faster than its bound, so what is already beaten needs no closer look.
        open_setups = np.flatnonzero(stages.bound_s < best.latency_s[stages.setups])
        if open_setups.size:
            _search_attention(model, accelerator, rung, stages.take(open_setups), best)
    return best


class _Stages(NamedTuple):
    """Setups at one pipeline depth, with everything that does not depend on the attention's shards."""

    setups: npt.NDArray[np.intp]
    depth: Array
    shards: Array
    tokens: Array
    # Launches, sends, exchanges, and the all-reduces of the feed-forward layers, by scheme. [s]
    other_s: tuple[Array, ...]
    # Traffic time but for attention's projections, and seconds a byte of those.
    memory_s: Array
    s_per_byte: Array
    # FLOP time but for the projections, and that of the projections on all shards.
    arithmetic_s: Array
    projection_s: Array
    bound_s: Array

    def take(self, kept: npt.NDArray[np.intp]) -> "_Stages":
        """Those setups alone."""
        if kept.size == self.setups.size:
            return self
        return _Stages(
            self.setups[kept],
            self.depth[kept],
            self.shards[kept],
            self.tokens[kept],
            tuple(seconds[kept] for seconds in self.other_s),
            self.memory_s[kept],
            self.s_per_byte[kept],
            self.arithmetic_s[kept],
            self.projection_s[kept],
            self.bound_s[kept],
        )


def _stages(
    model: PublishedModel, accelerator: PublishedAccelerator, rung: Rung, points: Points, depth: Array
) -> _Stages | None:
    setups = np.flatnonzero(fits(model, accelerator, rung, points, depth))
    if not setups.size:
        return None
    n, b, p = points.n_gpu[setups], points.batch[setups], depth[setups]
    context = points.context_tokens[setups]
    shards = n / p
    microbatch = b / p
    t = microbatch * points.tokens_per_pass
    column_bytes = t * model.activation_bytes
    lines, n_bytes = send(model, accelerator, shards, column_bytes)
    other = model.kernels * accelerator.kernel_launch_s + (p - 1) * total_time(lines, n_bytes)
    traffic = model.cache_bytes(context) * microbatch + unembedding_bytes(model)
    reduces = [np.zeros(setups.size) for _ in rung.schemes]
    for layer in model.feed_forwards:
        experts = expert_shards(layer, rung, shards, microbatch)
        ff_shards = feed_forward_shards(rung, shards, experts)
        traffic = traffic + feed_forward_bytes(model, layer, t, ff_shards, rung.traffic)
        for i, scheme in enumerate(rung.schemes):
            grid = tensor_grid(accelerator, ff_shards, scheme)
            for count, n_bytes in feed_forward_reduces(model, layer, shards, grid, scheme, column_bytes, ff_shards):
                reduces[i] = reduces[i] + count * total_time(grid.lines, n_bytes)
        if has_exchange(layer, rung):
            lines, n_bytes = exchange(model, accelerator, layer, experts, shards, column_bytes)
            other = other + 2 * layer.count * total_time(lines, n_bytes)
    tokens = b * points.tokens_per_pass
    s_per_flop = 1 / (n * accelerator.flop_per_s)
    arithmetic = (2 * model.active_feed_forward_params + model.cache_flop(context)) * tokens * s_per_flop
    projection = 2 * (model.attention_params + model.embedding_params) * tokens * s_per_flop
    s_per_byte = p / (n * accelerator.hbm_bytes_per_s)
    memory = traffic * s_per_byte
    other_s = tuple(other + network for network in reduces)
    attention_weights = model.weight_bytes * model.attention_params * s_per_byte
    fastest_other = other_s[0] if len(other_s) == 1 else np.minimum(*other_s)
    bound = fastest_other + np.maximum(memory + attention_weights, arithmetic + projection)
    return _Stages(setups, p, shards, t, other_s, memory, s_per_byte, arithmetic, projection, bound)


def _search_attention(
    model: PublishedModel, accelerator: PublishedAccelerator, rung: Rung, stages: _Stages, best: Best
) -> None:
    """Try all scale-downs and schemes at one depth, and keep in `best` what is faster."""
    fastest = best.latency_s[stages.setups]
    winner = np.full(fastest.size, -1)
    scaledowns = geometric(stages.shards, SCALEDOWNS) if rung.attention_scaledown else np.ones((1, fastest.size))
    column_bytes = stages.tokens * model.activation_bytes
    for i, scaledown in enumerate(scaledowns):
        shards = stages.shards / scaledown
        projections: Array = np.zeros(())
        for attention in model.attentions:
            projections = projections + attention_bytes(model, attention, stages.tokens, shards, rung.traffic)
        roofline = np.maximum(
            stages.memory_s + projections * (scaledown * stages.s_per_byte),
            stages.arithmetic_s + scaledown * stages.projection_s,
        )
        for j, scheme in enumerate(rung.schemes):
            grid = tensor_grid(accelerator, shards, scheme)
            time = stages.other_s[j] + roofline
            for count, n_bytes in attention_reduces(model, grid, scheme, column_bytes):
                time = time + count * total_time(grid.lines, n_bytes)
            better = time < fastest
            fastest = np.where(better, time, fastest)
            winner[better] = i * len(rung.schemes) + j
    found = np.flatnonzero(winner >= 0)
    setups = stages.setups[found]
    which, scheme_index = np.divmod(winner[found], len(rung.schemes))
    best.latency_s[setups] = fastest[found]
    best.depth[setups] = stages.depth[found]
    best.scaledown[setups] = scaledowns[which, found]
    best.one_d[setups] = np.array([scheme == "1-D" for scheme in rung.schemes])[scheme_index]
