"""One model on one accelerator under one variant of the published model, and the setups and layouts of a search.

Source: Erdil 2025, arXiv:2506.04645, and its reference implementation.
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

import numpy as np
import numpy.typing as npt

from infecon_core.paper.inputs import Array, PublishedAccelerator, PublishedModel
from infecon_core.paper.traffic import TrafficForm
from infecon_core.schema.options import Variant

VARIANTS: tuple[Variant, ...] = get_args(Variant)

Scheme = Literal["2-D", "1-D"]


@dataclass(frozen=True)
class SearchSpace:
    """The layouts that one variant searches.

    Attributes:
        schemes (tuple of str): Tensor parallelism in two dimensions (ranks √N) or in one (ranks N).
        pipeline (bool): Pipeline depths above 1.
        depths_follow_batch (bool): Depths go to min(b, L) instead of L.
        attention_scaledown (bool): Attention on fewer shards than the feed-forward layers.
        expert_parallel (bool): Experts spread over GPUs, with two all-to-alls a layer.
        whole_gpus (bool): At least one GPU and one sequence a stage.
        microbatch_cache (bool): The capacity check counts the cache of one microbatch alone.
        traffic (str): Form of the traffic formula.
    """

    schemes: tuple[Scheme, ...]
    pipeline: bool
    depths_follow_batch: bool
    attention_scaledown: bool
    expert_parallel: bool
    whole_gpus: bool
    microbatch_cache: bool
    traffic: TrafficForm


@dataclass(frozen=True)
class PublishedSystem:
    """One model on one accelerator under one variant: what a search over setups needs.

    Attributes:
        model, accelerator (PublishedModel, PublishedAccelerator): In the published form.
        variant (str): `toy` (section 2.2), `printed` (3.6), `reference_2d`, `reference_pipeline` or `reference`.
        space (SearchSpace): The layouts that it searches.
    """

    model: PublishedModel
    accelerator: PublishedAccelerator
    variant: Variant
    space: SearchSpace

    @property
    def single_layout(self) -> bool:
        """Whether there is only one layout for each setup."""
        return self.variant in ("toy", "printed")

    def holds(self, n_gpu: Array, sequences: Array, context_tokens: Array) -> npt.NDArray[np.bool_]:
        """Whether links join N GPUs and their memory holds a cache of b sequences: not N·HBM < w·Total + kv(n)·b."""
        needed = self.model.resident_bytes(context_tokens, sequences)
        return ~(n_gpu * self.accelerator.hbm_bytes < needed) & (n_gpu <= self.accelerator.linked_gpus)


class Points(NamedTuple):
    """Setups whose layout is to be found, as arrays of one length.

    Attributes:
        n_gpu, batch (array): GPUs N and sequences b. [1]
        context_tokens (array): Context n. [tokens]
        tokens_per_pass (float): New tokens s of each sequence. [tokens]
    """

    n_gpu: Array
    batch: Array
    context_tokens: Array
    tokens_per_pass: float

    def at(self, rows: npt.NDArray[np.intp] | slice, tokens_per_pass: float | None = None) -> "Points":
        """Those setups alone, and with other tokens a pass where given."""
        tokens = self.tokens_per_pass if tokens_per_pass is None else tokens_per_pass
        return Points(self.n_gpu[rows], self.batch[rows], self.context_tokens[rows], tokens)


class Best(NamedTuple):
    """The fastest layout of each setup.

    Attributes:
        latency_s (array): Time of one pass; infinite where nothing fits. [s]
        depth, scaledown (array): Pipeline stages p, and the factor σ by which attention uses fewer shards. [1]
        one_d (array of bool): 1-D instead of 2-D tensor parallelism.
    """

    latency_s: Array
    depth: Array
    scaledown: Array
    one_d: npt.NDArray[np.bool_]

    @classmethod
    def unsplit(cls, latency_s: Array) -> "Best":
        """One stage with attention on all its shards, in 2-D."""
        ones = np.ones(latency_s.shape)
        return cls(latency_s, ones, ones.copy(), np.zeros(latency_s.shape, dtype=np.bool_))

    def at(self, rows: npt.NDArray[np.intp]) -> "Best":
        """Those setups alone."""
        return Best(self.latency_s[rows], self.depth[rows], self.scaledown[rows], self.one_d[rows])
