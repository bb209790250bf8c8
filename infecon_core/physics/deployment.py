"""What is served on which layouts, and how its layers are counted along the pipeline.

Source: shapes as released configurations give them (data/models). Stages hold whole layers: the fullest sets the pace.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from infecon_core.schema import (
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


@dataclass(frozen=True)
class Deployment:
    """What is served, on what, in which formats, with which constants.

    Attributes:
        architecture, accelerator, precision, constants: Records of the schema.
        context_parallel (bool): Ranks that would hold copies of the cache share it along the context instead.
    """

    architecture: Architecture
    accelerator: Accelerator
    precision: Precision
    constants: ServingConstants
    context_parallel: bool = False

    @property
    def rocm(self) -> bool:
        """Whether the software is ROCm, which reaches less of its memory bandwidth."""
        return self.accelerator.stack == "rocm"

    def memory_rate(self, efficiency: float) -> float:
        """HBM bandwidth that is reached, less under ROCm. [B/s]

        Equation:
            R = B·η·f

        Where:
            B (self.accelerator.hbm_bytes_per_s): HBM bandwidth. [B/s]
            η (efficiency): Efficiency of reading. [1]
            f (factor): Factor of the software, 1 but for ROCm. [1]
        """
        factor = self.constants.rocm_memory_factor if self.rocm else 1.0
        return self.accelerator.hbm_bytes_per_s * efficiency * factor


class Shards(NamedTuple):
    """Layouts as arrays of one length.

    Attributes:
        stages (array): Pipeline stages. [1]
        gpus (array): GPUs of one stage, G. [1]
        dp_attn, tp_attn (array): Copies of attention in a stage, and shards of one copy; dp_attn·tp_attn = G. [1]
    """

    stages: Array
    gpus: Array
    dp_attn: Array
    tp_attn: Array

    @property
    def shared_shards(self) -> Array:
        """GPUs over which router and shared experts are cut. [1]

        Shards of a copy split its tokens where they dispatch them to experts, and each passes its part through shared
        experts of its own. Dense layers are cut over the tp_attn of a copy.

        Equation:
            g = G, with one copy of attention
            g = 1, beside other copies

        Where:
            G (self.gpus): GPUs of a stage. [1]

        Assumptions:
            Copies dispatch. SGLang without dispatch gathers all tokens and cuts these layers over all G instead.

        Source: vLLM since pull requests 24134 and 24982 (September 2025), SGLang's DeepEP layers since pull request
        4770 (March 2025); dense layers as in vLLM, and in SGLang with `moe_dense_tp_size` (pull requests 4836, 23996).
        """
        return np.where(self.dp_attn > 1, 1.0, self.gpus)


def unevenness(layers: int, stages: Array) -> Array:
    """Layers of the fullest pipeline stage over the mean. [1]

    Stages work in turn, so the fullest one sets the pace of all of them.

    Equation:
        u = p·⌈L/p⌉/L

    Args:
        layers (int): Layers L of the model. [1]
        stages (array): Pipeline stages p. [1]

    Examples:
        61 layers on 4 stages: one holds 16, the mean is 15.25.

        >>> unevenness(61, np.array([1.0, 4.0])) * 61
        array([61., 64.])
    """
    return np.asarray(stages * np.ceil(layers / stages) / layers)


def paced_layers(architecture: Architecture, stages: Array) -> Iterator[tuple[LayerGroup, Array]]:
    """Every layer group with its layers, counted as if every stage were as full as the fullest. [1]

    Equation:
        n = n_group·u

    Where:
        n (return[1]): Layers as counted. [1]
        n_group (group.num_layers): Its layers. [1]
        u (uneven): Unevenness of the stages. [1]

    Args:
        architecture (Architecture): Its layer groups, of L layers together.
        stages (array): Pipeline stages. [1]

    Yields:
        group, count: The group, and its layers as counted.
    """
    uneven = unevenness(architecture.num_hidden_layers, stages)
    for group in architecture.layer_groups:
        yield group, group.num_layers * uneven


def group_name(group: LayerGroup) -> str:
    """A group in words: "58 layers, latent attention, 256 experts"."""
    words = [f"{group.num_layers} layers"]
    if group.attention is None:
        words.append("no attention")
    elif isinstance(group.attention, LatentAttention):
        words.append("latent attention")
    elif isinstance(group.attention, LinearAttention):
        words.append("linear attention")
    elif group.attention.sliding_window is not None:
        words.append(f"window of {group.attention.sliding_window:,}")
    else:
        words.append("full attention")
    if isinstance(group.feed_forward, MixtureOfExperts):
        words.append(f"{group.feed_forward.num_experts} experts")
    elif group.feed_forward is None:
        words.append("no feed-forward")
    else:
        words.append("dense")
    return ", ".join(words)
