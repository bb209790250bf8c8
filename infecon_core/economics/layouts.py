"""All layouts that can be launched: whole numbers that divide what they cut."""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from infecon_core.physics.collectives import joined, linked
from infecon_core.physics.deployment import Shards
from infecon_core.spec import (
    Accelerator,
    Architecture,
    GroupedQueryAttention,
    Layout,
    LinearAttention,
    MixtureOfExperts,
)

Array = npt.NDArray[np.float64]


# Columns of a matrix below which a slice no longer fills a tile.
NARROWEST = 128


class Launchable(NamedTuple):
    """Layouts as arrays of one length.

    Attributes
    ----------
    shards : Shards
        Stages, GPUs a stage, copies and shards of attention. [1]
    ep : array
        Expert-parallel groups of a stage; 1 where experts are cut like everything else. [1]
    """

    shards: Shards
    ep: Array

    @property
    def n_gpu(self) -> Array:
        """GPUs of one instance. [1]"""
        return self.shards.stages * self.shards.gpus


def launchable(architecture: Architecture, accelerator: Accelerator, max_gpus: int) -> Launchable:
    """Every layout of the stated space.

    Tensor parallelism of attention: divisors of the query heads of every layer that divide the KV heads or are
    multiples of them, inside the scale-up domain. It also divides the inner widths, into slices of at least 128. Copies
    of attention (mixtures of experts only): 1, 2, 3, 4, 6, 8, 12, ...; with more than one, experts are spread over
    all GPUs of the stage, as far as their number divides. Stages: powers of two up to the layers. Instances up to
    `max_gpus`, and within one domain where no link leaves it.

    Parameters
    ----------
    architecture : Architecture
        Heads, experts, layers.
    accelerator : Accelerator
        Domain and links.
    max_gpus : int
        Largest instance. [1]

    Returns
    -------
    Launchable
        At least the single GPU.
    """
    domain, most = joined(accelerator), int(min(max_gpus, linked(accelerator)))
    experts = _experts(architecture)
    found = []
    for tp in _divisors(common_heads(architecture)):
        if tp > min(domain, most) or not _cuts_cache(architecture, tp):
            continue
        for copies in _copies(most // tp) if experts else [1]:
            gpus = tp * copies
            ep = expert_groups(architecture, gpus, copies)
            if not _cuts_feed_forward(architecture, gpus, copies, ep):
                continue
            stages = 1
            while stages <= architecture.layers and stages * gpus <= most:
                found.append((stages, gpus, copies, tp, ep))
                stages *= 2
    table = np.array(found, dtype=np.float64).T
    return Launchable(Shards(table[0], table[1], table[2], table[3]), table[4])


def has_copies(architecture: Architecture) -> bool:
    """Whether copies of attention are searched: for mixtures of experts."""
    return _experts(architecture) > 0


def expert_groups(architecture: Architecture, gpus: int, copies: int) -> int:
    """Expert-parallel groups of a stage: as many as its GPUs and experts allow where attention has copies. [1]"""
    return 1 if copies == 1 else math.gcd(gpus, _experts(architecture) or gpus)


def refusal(architecture: Architecture, accelerator: Accelerator, layout: Layout) -> str:
    """Why a layout cannot be launched, in one sentence; empty where it can.

    Tensor parallelism across domains and any number of stages can be launched; the search leaves them out.
    """
    name, experts, heads = architecture.name, _experts(architecture), common_heads(architecture)
    degrees = {degree: getattr(layout, degree) for degree in ("n_gpu", "tp", "pp", "dp_attn", "ep")}
    parts = next((f"{degree} is {value:g}" for degree, value in degrees.items() if value != round(value)), "")
    if parts:
        return f"The serving engine has whole layouts only; {parts}."
    gpus = round(layout.tp * layout.dp_attn)
    product = gpus * layout.pp
    faults = {
        f"TP {layout.tp:g} × PP {layout.pp:g} × DP {layout.dp_attn:g} are {product:g} GPUs, not {layout.n_gpu:g}; "
        "give degrees that multiply to them.": product != layout.n_gpu,
        f"The {heads} heads of {name} do not divide by TP {layout.tp:g}; give a divisor of {heads}.": heads % layout.tp
        != 0,
        f"{name} has {architecture.layers} layers, fewer than {layout.pp:g} stages; give fewer stages.": layout.pp
        > architecture.layers,
        f"{name} has no experts; copies of attention (DP) are for mixtures of experts.": layout.dp_attn > 1
        and not experts,
        f"TP {layout.tp:g} cuts the KV heads of {name} unevenly; give a divisor or a multiple.": not _cuts_cache(
            architecture, round(layout.tp)
        ),
        f"The inner widths of {name} cannot be dealt to {gpus} GPUs a stage in slices of at least {NARROWEST}; "
        "give fewer.": not _cuts_feed_forward(
            architecture, gpus, round(layout.dp_attn), expert_groups(architecture, gpus, round(layout.dp_attn))
        ),
        f"EP {layout.ep:g} does not go with this layout; it is "
        f"{expert_groups(architecture, gpus, round(layout.dp_attn))} here.": layout.ep
        not in (1, expert_groups(architecture, gpus, round(layout.dp_attn))),
        f"No link joins {layout.n_gpu:g} × {accelerator.name}; use at most {linked(accelerator):g}.": layout.n_gpu
        > linked(accelerator),
    }
    return next((sentence for sentence, true in faults.items() if true), "")


def batches(largest: float) -> Array:
    """Whole batch sizes, about eight an octave, from 1 to `largest`. [1]"""
    octaves = max(0.0, math.log2(max(largest, 1.0)))
    steps = np.arange(math.floor(8 * octaves) + 1) / 8
    return np.unique(np.round(2.0**steps))


def common_heads(architecture: Architecture) -> int:
    """The number whose divisors cut the heads of every layer; 64 where there are none. [1]"""
    heads = 0
    for group in architecture.layer_groups:
        if group.attention is not None:
            linear = isinstance(group.attention, LinearAttention)
            count = group.attention.heads if linear else group.attention.query_heads  # type: ignore[union-attr]
            heads = math.gcd(heads, int(count))
    return heads or 64


def _experts(architecture: Architecture) -> int:
    return math.gcd(
        *(g.feed_forward.experts for g in architecture.layer_groups if isinstance(g.feed_forward, MixtureOfExperts)), 0
    )


def _cuts_cache(architecture: Architecture, tp: int) -> bool:
    """Whether KV heads are dealt evenly: each rank holds as many, or as many ranks hold each."""
    return all(
        group.attention.kv_heads % tp == 0 or tp % group.attention.kv_heads == 0
        for group in architecture.layer_groups
        if isinstance(group.attention, GroupedQueryAttention)
    )


def _cuts_feed_forward(architecture: Architecture, gpus: int, copies: int, ep: int) -> bool:
    """Whether inner widths are dealt in whole slices that a tile still fills; beside copies only experts are cut."""
    for group in architecture.layer_groups:
        layer = group.feed_forward
        if layer is None or layer.width != int(layer.width):
            continue
        routed = isinstance(layer, MixtureOfExperts)
        parts = gpus // ep if routed else gpus if copies == 1 else 1
        if parts > 1 and (layer.width % parts or layer.width / parts < NARROWEST):
            return False
    return True


def _divisors(number: int) -> list[int]:
    return [n for n in range(1, number + 1) if number % n == 0]


def _copies(most: int) -> list[int]:
    powers = [2**i for i in range(most.bit_length())]
    return sorted(n for n in {*powers, *(3 * p for p in powers)} if n <= most)
