"""What the shipped measurements span, and which setups lie beyond it.

Source: data/measurements/decode.csv, without the points that may not be scored.
"""

import math
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from infecon_core.catalog.measurements import shipped_points
from infecon_core.measured.accelerators import measured_as
from infecon_core.measured.rows import read_rows
from infecon_core.physics.deployment import Shards
from infecon_core.physics.formats import has_experts
from infecon_core.physics.interconnect import domain_gpus, experts_leave_domain
from infecon_core.schema import Accelerator, Architecture

Array = npt.NDArray[np.float64]

# So many points make a setup measured: fewer may be one bad run. A choice.
ENOUGH = 5
NEVER = "accelerator never measured"


class Envelope(NamedTuple):
    """What measurements of dense models, or of mixtures of experts, span; each bound is reached by `ENOUGH` points.

    Attributes:
        sequences_per_rank (float): The largest batch of one copy of attention. [1]
        gpus (float): The most GPUs of one instance. [1]
        pipelines (bool): Several stages were measured.
        domains (bool): Instances across scale-up domains were measured.
        expert_domains (bool): Expert parallelism across scale-up domains was measured.
    """

    sequences_per_rank: float
    gpus: float
    pipelines: bool
    domains: bool
    expert_domains: bool


def beyond_measured(
    architecture: Architecture, accelerator: Accelerator, shards: Shards, batch: npt.ArrayLike
) -> npt.NDArray[np.object_]:
    """Why setups lie beyond what was measured, in words; empty where they do not.

    Args:
        architecture (Architecture): Dense models are compared with measurements of such, mixtures with theirs.
        accelerator (Accelerator): Whether it was ever measured, and its scale-up domain.
        shards (Shards): Layouts.
        batch (array_like): Sequences of each. [1]

    Returns:
        array of str: Of the layouts' length: "more than 8 GPUs, pipeline stages".
    """
    span = envelope(has_experts(architecture))
    across = shards.stages * shards.gpus > domain_gpus(accelerator)
    experts_across = experts_leave_domain(accelerator, shards.dp_attn, shards.gpus)
    reasons = (
        (
            np.asarray(batch) / shards.dp_attn > span.sequences_per_rank,
            f"more than {math.floor(span.sequences_per_rank):,} sequences on an attention rank",
        ),
        (shards.stages * shards.gpus > span.gpus, f"more than {span.gpus:,.0f} GPUs"),
        ((shards.stages > 1) & (not span.pipelines), "pipeline stages"),
        (experts_across & (not span.expert_domains), "expert parallelism across scale-up domains"),
        (across & ~experts_across & (not span.domains), "GPUs in several scale-up domains"),
    )
    words = np.full(shards.gpus.shape, "" if measured_as(accelerator) else NEVER, dtype=object)
    for holds, reason in reasons:
        words = words + np.where(holds, np.where(words == "", reason, ", " + reason), "")
    return words


def beyond_sentence(words: str) -> str:
    """A sentence on one setup from its words in `beyond_measured`; empty for none.

    Examples:
        >>> beyond_sentence("more than 8 GPUs, pipeline stages")
        'Beyond what was measured: more than 8 GPUs, pipeline stages.'
    """
    return f"Beyond what was measured: {words}." if words else ""


@cache
def envelope(mixture: bool) -> Envelope:
    """What the shipped measurements of mixtures of experts, or of dense models, span."""
    groups = [
        group for group in read_rows(shipped_points())[0] if has_experts(group.deployment.architecture) == mixture
    ]
    gpus = np.concatenate([group.n_gpu for group in groups])
    copies = np.concatenate([group.shards.dp_attn for group in groups])
    stage = np.concatenate([group.shards.gpus for group in groups])
    experts_across = np.concatenate(
        [
            experts_leave_domain(group.deployment.accelerator, group.shards.dp_attn, group.shards.gpus)
            for group in groups
        ]
    )
    domain = np.concatenate([np.full(group.index.size, domain_gpus(group.deployment.accelerator)) for group in groups])
    return Envelope(
        sequences_per_rank=_reached(np.concatenate([group.batch for group in groups]) / copies),
        gpus=_reached(gpus),
        pipelines=bool(np.sum(gpus > stage) >= ENOUGH),
        domains=bool(np.sum(gpus > domain) >= ENOUGH),
        expert_domains=bool(np.sum(experts_across) >= ENOUGH),
    )


def _reached(values: Array) -> float:
    """The largest value that `ENOUGH` points reach, 0 where there are fewer."""
    return float(np.sort(values)[-ENOUGH]) if values.size >= ENOUGH else 0.0
