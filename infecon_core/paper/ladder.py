"""The ladder of latency models, from the toy to the full reference, under one name each.

Source: Erdil 2025, arXiv:2506.04645.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from infecon_core.paper.printed import printed_parts
from infecon_core.paper.reading import published_accelerator, published_model
from infecon_core.paper.reference import Best, Points, Rung, search
from infecon_core.paper.specs import Array, PublishedAccelerator, PublishedModel
from infecon_core.paper.toy import toy_latency
from infecon_core.paper.traffic import TrafficForm
from infecon_core.spec import Accelerator, Architecture, Precision

Variant = Literal["toy", "printed", "reference_2d", "reference_pipeline", "reference"]
VARIANTS: tuple[Variant, ...] = get_args(Variant)

# Setups evaluated together: small enough that the arrays of a block stay in the processor's cache.
BLOCK = 16384
THREADS = min(4, os.cpu_count() or 1)


@dataclass(frozen=True)
class Deployment:
    """One model on one accelerator under one rung of the ladder: what a search over setups needs.

    Attributes
    ----------
    model, accelerator : PublishedModel, PublishedAccelerator
        In the published form.
    variant : str
        The rung.
    rung : Rung
        What the three upper rungs search over.
    """

    model: PublishedModel
    accelerator: PublishedAccelerator
    variant: Variant
    rung: Rung

    def best(self, points: Points) -> Best:
        """The fastest layout of each setup; for the two lowest rungs there is only one."""
        if self.variant in ("toy", "printed"):
            latency = self._closed_rungs(points)
            return Best(
                latency, np.ones(latency.shape), np.ones(latency.shape), np.zeros(latency.shape, dtype=np.bool_)
            )
        if points.n_gpu.size <= BLOCK:
            return search(self.model, self.accelerator, self.rung, points)
        starts = range(0, points.n_gpu.size, BLOCK)
        # numpy lets go of the interpreter inside its loops, so threads share the work.
        with ThreadPoolExecutor(min(THREADS, len(starts))) as pool:
            blocks = pool.map(
                lambda start: search(self.model, self.accelerator, self.rung, _slice(points, start)), starts
            )
            return Best(*(np.concatenate(parts) for parts in zip(*blocks, strict=True)))

    def _closed_rungs(self, points: Points) -> Array:
        n, b = points.n_gpu, points.batch
        needed = self.model.cache_bytes(points.context_tokens) * b + self.model.weights_bytes
        fit = ~(n * self.accelerator.hbm_bytes < needed) & (n <= self.accelerator.linked_gpus)
        parts = self.closed_parts(points)
        others = parts["kernel_overhead_s"] + parts["network_latency_s"] + parts["network_bandwidth_s"]
        total = others + np.maximum(parts["memory_s"], parts["arithmetic_s"])
        return np.where(fit if self.variant == "toy" else fit & (n >= 1), total, np.inf)

    def closed_parts(self, points: Points) -> dict[str, Array]:
        """The five parts of one pass on the two lowest rungs; of memory and arithmetic only the longer counts. [s]"""
        n, b = points.n_gpu, points.batch
        if self.variant == "printed":
            return printed_parts(
                self.model, self.accelerator, n, b, points.context_tokens, tokens_per_pass=points.tokens_per_pass
            )
        network, memory, arithmetic = toy_latency(self.model, self.accelerator, n, b)
        return {
            "kernel_overhead_s": np.zeros(n.shape),
            "network_latency_s": network,
            "network_bandwidth_s": np.zeros(n.shape),
            "memory_s": memory,
            "arithmetic_s": arithmetic,
        }


def _slice(points: Points, start: int) -> Points:
    block = slice(start, start + BLOCK)
    return Points(points.n_gpu[block], points.batch[block], points.context_tokens[block], points.tokens_per_pass)


def rung(
    variant: Variant, *, pipeline: bool = False, attention_scaledown: bool = True, traffic: TrafficForm = "final"
) -> Rung:
    """What a rung of the ladder searches over; the two lowest have one layout for each setup."""
    if variant == "reference_2d":
        return Rung(
            schemes=("2-D",),
            pipeline=False,
            attention_scaledown=False,
            expert_parallel=False,
            whole_gpus=False,
            microbatch_cache=False,
            traffic=traffic,
        )
    if variant == "reference_pipeline":
        return Rung(
            pipeline=pipeline,
            depths_follow_batch=False,
            attention_scaledown=False,
            expert_parallel=False,
            microbatch_cache=False,
            traffic=traffic,
        )
    if variant == "toy":
        return Rung(whole_gpus=False)
    # The early form of the reference had pipeline depths up to L whatever the batch.
    return Rung(
        pipeline=pipeline,
        attention_scaledown=attention_scaledown,
        depths_follow_batch=traffic == "final",
        traffic=traffic,
    )


def deployment(
    variant: Variant,
    model: str | Architecture | PublishedModel,
    accelerator: str | Accelerator | PublishedAccelerator,
    *,
    precision: Precision | None = None,
    pipeline: bool = False,
    attention_scaledown: bool = True,
    traffic: TrafficForm = "final",
) -> Deployment:
    """Read a model and an accelerator in the published form and fix the rung.

    Raises
    ------
    ValueError
        For an unknown rung or id, and where the accelerator has no rate for the weights.
    """
    if variant not in VARIANTS:
        raise ValueError(f"There is no rung '{variant}' on the ladder; choose one of {', '.join(VARIANTS)}.")
    if traffic not in get_args(TrafficForm):
        raise ValueError(f"There is no traffic formula '{traffic}'; choose one of {', '.join(get_args(TrafficForm))}.")
    target = model if isinstance(model, PublishedModel) else published_model(model, precision)
    if not isinstance(accelerator, PublishedAccelerator):
        accelerator = published_accelerator(accelerator, target.weight_bytes)
    search_over = rung(variant, pipeline=pipeline, attention_scaledown=attention_scaledown, traffic=traffic)
    return Deployment(target, accelerator, variant, search_over)


def token_latency(
    variant: Variant,
    model: str | Architecture,
    accelerator: str | Accelerator,
    n_gpu: npt.ArrayLike,
    batch: npt.ArrayLike,
    *,
    context_tokens: npt.ArrayLike = 0,
    tokens_per_pass: int = 1,
    pipeline: bool = False,
    attention_scaledown: bool = True,
    precision: Precision | None = None,
    traffic: TrafficForm = "final",
) -> Array:
    """Time of one forward pass in the published model.

    Parameters
    ----------
    variant : str
        `toy` (section 2.2), `printed` (3.6), `reference_2d`, `reference_pipeline` or `reference`.
    model, accelerator : str or noun
        Ids of the catalog (the paper's own begin with `erdil-`), or nouns.
    n_gpu, batch : array_like
        GPUs and sequences; neither need be whole. They broadcast with the context. [1]
    context_tokens : array_like
        Context. [tokens]
    tokens_per_pass : int
        New tokens of each sequence. The toy does not use it. [tokens]
    pipeline, attention_scaledown : bool
        Search pipeline depths (the two upper rungs) and attention on fewer shards (the top rung).
    precision : Precision or None
        Formats; None for the model's own.
    traffic : str
        `final`, or `early` for the form behind the paper's Table 5.

    Returns
    -------
    array
        Broadcast shape; infinite where nothing fits. [s]

    Raises
    ------
    ValueError
        One sentence for unknown names, or numbers that are not finite and positive.

    Examples
    --------
    >>> t = token_latency("printed", "erdil-Llama_3_70B_8_bit", "erdil-H100", 8, 32)
    >>> round(float(t) * 1e3, 6)
    7.983958
    """
    setup = deployment(
        variant,
        model,
        accelerator,
        precision=precision,
        pipeline=pipeline,
        attention_scaledown=attention_scaledown,
        traffic=traffic,
    )
    points, shape = setups(n_gpu, batch, context_tokens, tokens_per_pass)
    return setup.best(points).latency_s.reshape(shape)


def setups(
    n_gpu: npt.ArrayLike, batch: npt.ArrayLike, context_tokens: npt.ArrayLike, tokens_per_pass: float
) -> tuple[Points, tuple[int, ...]]:
    """Broadcast setups to flat arrays, and the shape they came in; refuses what is not finite and positive."""
    if np.ndim(tokens_per_pass) or not 1 <= float(tokens_per_pass) <= 1e6:
        raise ValueError(f"A pass has 1 to 1,000,000 new tokens a sequence, one number; got {tokens_per_pass}.")
    try:
        n, b, context = np.broadcast_arrays(*(np.asarray(x, dtype=np.float64) for x in (n_gpu, batch, context_tokens)))
    except (TypeError, ValueError) as error:
        raise ValueError(
            "GPU count, batch and context are numbers or arrays of numbers whose shapes broadcast with each other."
        ) from error
    for name, values, low in (("GPU count", n, 0.0), ("batch", b, 0.0), ("context", context, -1e-300)):
        bad = ~np.isfinite(values) | (values <= low) | (values > 1e15)
        if np.any(bad):
            raise ValueError(
                f"The {name} is a finite {'number from 0' if low < 0 else 'positive number'} up to 1e15; "
                f"got {values[bad].flat[0]:g}."
            )
    return Points(n.ravel(), b.ravel(), context.ravel(), float(tokens_per_pass)), n.shape
