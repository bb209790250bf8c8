"""All layouts that can be launched: whole numbers that divide what they cut."""

import math
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from infecon_core.physics.deployment import Shards
from infecon_core.physics.formats import has_experts
from infecon_core.physics.interconnect import domain_gpus, linked_gpus
from infecon_core.schema import (
    Accelerator,
    Architecture,
    GroupedQueryAttention,
    Layout,
    LinearAttention,
    MixtureOfExperts,
)

Array = npt.NDArray[np.float64]

# Columns of a slice below which its product fills no tile: the width of FP8 weight blocks (DeepSeek-V3,
# arXiv:2412.19437, section 3.3) and of common tensor-core tiles. A choice of the search, not a measurement.
NARROWEST = 128


class LayoutArrays(NamedTuple):
    """Layouts as arrays of one length.

    Attributes:
        shards (Shards): Stages, GPUs a stage, copies and shards of attention. [1]
        ep (array): Expert-parallel groups of a stage; 1 where experts are cut like everything else. [1]
    """

    shards: Shards
    ep: Array

    @property
    def n_gpu(self) -> Array:
        """GPUs of one instance. [1]"""
        return self.shards.stages * self.shards.gpus


def launchable(
    architecture: Architecture, accelerator: Accelerator, max_gpus: int, *, pipelines: bool = True
) -> LayoutArrays:
    """Every layout of the stated space.

    Tensor parallelism of attention: divisors of the query heads of every layer that divide the KV heads or are
    multiples of them, inside the scale-up domain. It also divides the intermediate sizes, into slices of at least 128.
    Copies of attention (mixtures of experts only): powers of two, and three and nine times them; with more than one,
    whole experts are spread over all GPUs of the stage, some of them twice where their number does not divide. Stages:
    powers of two up to the layers. Instances up to `max_gpus`, and within one domain where no link leaves it.

    Args:
        architecture (Architecture): Heads, experts, layers.
        accelerator (Accelerator): Domain and links.
        max_gpus (int): Largest instance. [1]
        pipelines (bool): Whether more than one stage is tried.

    Returns:
        LayoutArrays: At least the single GPU.
    """
    domain, most = domain_gpus(accelerator), int(min(max_gpus, linked_gpus(accelerator)))
    return _launchable(architecture, min(domain, most), most, architecture.num_hidden_layers if pipelines else 1)


# 0.06 MB at most for a model of the catalog, 0.7 MB at the bounds of model and domain: together at most 45 MB.
@lru_cache(maxsize=64)
def _launchable(architecture: Architecture, largest_tp: float, most: int, layers: float) -> LayoutArrays:
    """The same with tensor parallelism, instances and stages of at most so many GPUs and layers; read-only."""
    found = []
    for tp in _divisors(common_heads(architecture)):
        if tp > largest_tp or not _cuts_cache(architecture, tp):
            continue
        for copies in _copies(most // tp) if has_experts(architecture) else [1]:
            gpus = tp * copies
            ep = expert_groups(gpus, copies)
            if not _cuts_feed_forward(architecture, gpus, copies):
                continue
            stages = 1
            while stages <= layers and stages * gpus <= most:
                found.append((stages, gpus, copies, tp, ep))
                stages *= 2
    table = np.array(found, dtype=np.float64).T
    table.setflags(write=False)
    return LayoutArrays(Shards(table[0], table[1], table[2], table[3]), table[4])


def expert_groups(gpus: int, copies: int) -> int:
    """Expert-parallel groups of a stage: each of its GPUs where attention has copies, otherwise 1. [1]

    Examples:
        >>> expert_groups(48, 1), expert_groups(48, 6)
        (1, 48)
    """
    return 1 if copies == 1 else gpus


def refusal(architecture: Architecture, accelerator: Accelerator, layout: Layout) -> str:
    """Why a layout cannot be launched, in one sentence; empty where it can.

    Tensor parallelism across domains and any number of stages can be launched; the search leaves them out.
    """
    return next(_faults(architecture, accelerator, layout), "")


def _faults(architecture: Architecture, accelerator: Accelerator, layout: Layout) -> Iterator[str]:
    name, heads, layers = architecture.name, common_heads(architecture), architecture.num_hidden_layers
    for degree in ("n_gpu", "tp", "pp", "dp_attn", "ep"):
        if (value := getattr(layout, degree)) != round(value):
            yield f"The serving engine has whole layouts only; {degree} is {value:g}."
    tp, pp, copies, n_gpu = round(layout.tp), round(layout.pp), round(layout.dp_attn), layout.n_gpu
    gpus = tp * copies
    groups = expert_groups(gpus, copies)
    if gpus * pp != n_gpu:
        yield (
            f"TP {tp} × PP {pp} × DP {copies} are {gpus * pp} GPUs, not {n_gpu:g}; give degrees that multiply to them."
        )
    if heads % tp:
        yield f"The {heads} heads of {name} do not divide by TP {tp}; give a divisor of {heads}."
    if pp > layers:
        yield f"{name} has {layers} layers, fewer than {pp} stages; give fewer stages."
    if copies > 1 and not has_experts(architecture):
        yield f"{name} has no experts; copies of attention (DP) are for mixtures of experts."
    if not _cuts_cache(architecture, tp):
        yield f"TP {tp} cuts the KV heads of {name} unevenly; give a divisor or a multiple."
    if not _cuts_feed_forward(architecture, gpus, copies):
        yield (
            f"The inner widths of {name} cannot be dealt to {gpus} GPUs a stage in slices of at least {NARROWEST}; "
            "give fewer."
        )
    if layout.ep not in (1, groups):
        yield f"EP {layout.ep:g} does not go with this layout; it is {groups} here."
    if n_gpu > linked_gpus(accelerator):
        yield f"No link joins {n_gpu:g} × {accelerator.name}; use at most {linked_gpus(accelerator):g}."


def batches(largest: float) -> Array:
    """Whole batch sizes from 1 to the largest whole one, both included: 2**(k/8) rounded, 9% apart where large. [1]

    A choice: eight an octave keep a search within milliseconds, and moving to a neighbour changes price and speed by
    less than engines differ. More memory can so make a speed up to 9% dearer, 3.5% in a hundred cases: the largest
    batch that was held before need not be one of these.

    Examples:
        >>> batches(20.9)[-5:].tolist()
        [15.0, 16.0, 17.0, 19.0, 20.0]
    """
    last = max(1, math.floor(largest))
    steps = np.arange(math.floor(8 * math.log2(last)) + 1) / 8
    return np.unique(np.append(np.round(2.0**steps), last))


def common_heads(architecture: Architecture) -> int:
    """The number whose divisors cut the heads of every layer; 64 where there are none. [1]"""
    heads = 0
    for group in architecture.layer_groups:
        if group.attention is not None:
            layer = group.attention
            own = layer.num_heads if isinstance(layer, LinearAttention) else layer.num_attention_heads
            heads = math.gcd(heads, int(own))
    return heads or 64


def _cuts_cache(architecture: Architecture, tp: int) -> bool:
    """Whether KV heads are dealt evenly: each rank holds as many, or as many ranks hold each."""
    return all(
        group.attention.num_key_value_heads % tp == 0 or tp % group.attention.num_key_value_heads == 0
        for group in architecture.layer_groups
        if isinstance(group.attention, GroupedQueryAttention)
    )


def _cuts_feed_forward(architecture: Architecture, gpus: int, copies: int) -> bool:
    """Whether inner widths are dealt in whole slices that a tile still fills; beside copies nothing is cut."""
    if copies > 1 or gpus == 1:
        return True
    for group in architecture.layer_groups:
        layer = group.feed_forward
        if layer is None:
            continue
        inner = layer.moe_intermediate_size if isinstance(layer, MixtureOfExperts) else layer.intermediate_size
        if inner == int(inner) and (inner % gpus or inner / gpus < NARROWEST):
            return False
    return True


def _divisors(number: int) -> list[int]:
    """All divisors, ascending: those up to the root, and their partners."""
    small = [n for n in range(1, math.isqrt(number) + 1) if number % n == 0]
    return sorted({*small, *(number // n for n in small)})


def _copies(most: int) -> list[int]:
    powers = [2**i for i in range(most.bit_length())]
    return sorted(n for p in powers for n in (p, 3 * p, 9 * p) if n <= most)
