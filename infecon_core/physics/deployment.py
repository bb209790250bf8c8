"""What is served on which layouts, and the linear forms in which operators and collectives are kept.

Every operator's time is linear in four quantities, so that a layout is worked out once and then costs a few
multiplications a batch: 1, the sequences m of a microbatch, its tokens t = m·s, and the share of experts
u = 1 - (1 - k/E)^(t^x) that t tokens touch (one such share for each kind of expert layer).
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from infecon_core.spec import (
    Accelerator,
    Architecture,
    LatentAttention,
    LayerGroup,
    LinearAttention,
    MixtureOfExperts,
    Precision,
    ServingConstants,
)

Array = npt.NDArray[np.float64]

ACTIVATION_BYTES = 2.0
# The group of what runs once a step and belongs to no layers.
ONCE_A_STEP = "once a step"


@dataclass(frozen=True)
class Deployment:
    """What is served, on what, in which formats, with which constants.

    Attributes
    ----------
    architecture, accelerator, precision, constants
        The nouns.
    context_parallel : bool
        Ranks that would hold copies of the cache share it along the context instead.
    """

    architecture: Architecture
    accelerator: Accelerator
    precision: Precision
    constants: ServingConstants
    context_parallel: bool = False

    @property
    def rocm(self) -> bool:
        """Whether the software is ROCm, which reaches less of its memory and costs more a layer."""
        return self.accelerator.stack == "rocm"

    def memory_rate(self, share: float) -> float:
        """HBM bandwidth at one share of the peak. [B/s]"""
        factor = self.constants.rocm_memory_factor if self.rocm else 1.0
        return self.accelerator.hbm_bytes_per_s * share * factor


class Shards(NamedTuple):
    """Layouts as arrays of one length.

    Attributes
    ----------
    stages : array
        Pipeline stages. [1]
    gpus : array
        GPUs of one stage, G. [1]
    dp_attn, tp_attn : array
        Copies of attention in a stage, and shards of one copy; their product is G. [1]
    """

    stages: Array
    gpus: Array
    dp_attn: Array
    tp_attn: Array


class Linear(NamedTuple):
    """A time as a linear form of sequences, tokens and touched experts. [s]"""

    fixed: Array
    per_sequence: Array
    per_token: Array
    per_touched: Array


@dataclass(frozen=True)
class Operator:
    """One operator of all layers of one group.

    Attributes
    ----------
    name, group : str
        What it is, and whose layers.
    memory, arithmetic, overhead : Linear
        Its times. [s]
    experts : int
        Which kind of expert layer its `per_touched` belongs to.
    """

    name: str
    group: str
    memory: Linear
    arithmetic: Linear
    overhead: Linear
    experts: int = 0


@dataclass(frozen=True)
class Exchange:
    """A collective of all layers of one group, `count` times a pass.

    Attributes
    ----------
    name, group : str
        What it is, and whose layers.
    count : float or array
        Times a pass. [1]
    latency_s, s_per_token : tuple of arrays
        Ways to do it, of which the fastest counts. [s], [s/token]
    """

    name: str
    group: str
    count: Array
    latency_s: tuple[Array, ...]
    s_per_token: tuple[Array, ...]


@dataclass(frozen=True)
class ExpertKind:
    """Experts E, the k that a token passes, and the exponent x of correlated routing. [1]"""

    experts: int
    active: int
    exponent: float

    def touched_share(self, tokens: npt.ArrayLike) -> Array:
        """Share of the experts that t tokens touch: 1 - (1 - k/E)^(t^x). [1]"""
        if self.active >= self.experts:
            return np.ones_like(np.asarray(tokens, dtype=np.float64))
        t = np.asarray(tokens, dtype=np.float64) ** self.exponent
        return np.asarray(-np.expm1(t * np.log1p(-self.active / self.experts)))


def expert_kinds(deployment: Deployment) -> tuple[ExpertKind, ...]:
    """The different kinds of expert layers of a model."""
    exponent = deployment.constants.routing_exponent
    kinds = {
        ExpertKind(g.feed_forward.experts, g.feed_forward.active, exponent): None
        for g in deployment.architecture.layer_groups
        if isinstance(g.feed_forward, MixtureOfExperts)
    }
    return tuple(kinds)


def unevenness(layers: int, stages: Array) -> Array:
    """Layers of the fullest stage over the mean: stages·⌈layers/stages⌉/layers. [1]"""
    return np.asarray(stages * np.ceil(layers / stages) / layers)


def group_name(group: LayerGroup) -> str:
    """A group in words: "58 layers, latent attention, 256 experts"."""
    words = [f"{group.count} layers"]
    if group.attention is None:
        words.append("no attention")
    elif isinstance(group.attention, LatentAttention):
        words.append("latent attention")
    elif isinstance(group.attention, LinearAttention):
        words.append("linear attention")
    elif group.attention.window_tokens is not None:
        words.append(f"window of {group.attention.window_tokens:,}")
    else:
        words.append("full attention")
    if isinstance(group.feed_forward, MixtureOfExperts):
        words.append(f"{group.feed_forward.experts} experts")
    elif group.feed_forward is None:
        words.append("no feed-forward")
    else:
        words.append("dense")
    return ", ".join(words)
