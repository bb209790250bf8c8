"""The five variants of the published model, from the toy to the full reference, under one name each.

Source: Erdil 2025, arXiv:2506.04645, and its reference implementation.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import get_args

import numpy as np
import numpy.typing as npt

from infecon_core.machine import cores
from infecon_core.paper.convert import published_accelerator, published_model
from infecon_core.paper.inputs import Array, PublishedAccelerator, PublishedModel
from infecon_core.paper.printed import printed_times
from infecon_core.paper.search import search
from infecon_core.paper.system import VARIANTS, Best, Points, PublishedSystem, SearchSpace
from infecon_core.paper.toy import toy_times
from infecon_core.paper.traffic import TrafficForm
from infecon_core.schema import Accelerator, Architecture, Precision
from infecon_core.schema.options import Variant
from infecon_core.utilisation import mfu

# Setups evaluated together: small enough that the arrays of a block stay in the processor's cache.
BLOCK = 16384
THREADS = min(4, cores())
# An allocator like glibc's hands the memory of a block back to the system, and fetches it again for the next, until it
# has seen something larger come and go: 8 MB that nobody touches save a tenth of the search.
np.empty(2**20)
MAX_TOKENS_PER_PASS = 1e6
MAX_NUMBER = 1e15


def best_layouts(system: PublishedSystem, points: Points) -> Best:
    """The fastest layout of each setup; `toy` and `printed` have only one.

    Args:
        system (PublishedSystem): Model, accelerator and variant.
        points (Points): Setups.

    Returns:
        Best: Arrays of the points' length; a setup's layout does not depend on the others. [s], [1]
    """
    if system.single_layout:
        return Best.unsplit(_single_layout_latency(system, points))
    if points.n_gpu.size <= BLOCK:
        return search(system, points)
    starts = range(0, points.n_gpu.size, BLOCK)
    # numpy lets go of the interpreter inside its loops, so threads share the work.
    with ThreadPoolExecutor(min(THREADS, len(starts))) as pool:
        blocks = pool.map(lambda start: search(system, points.at(slice(start, start + BLOCK))), starts)
        return Best(*(np.concatenate(parts) for parts in zip(*blocks, strict=True)))


def single_layout_times(system: PublishedSystem, points: Points) -> dict[str, Array]:
    """The five times of one pass of `toy` or `printed`; of memory and arithmetic only the longer counts. [s]"""
    model, chip = system.model, system.accelerator
    n, b, context, tokens = points
    if system.variant == "toy":
        return toy_times(model, chip, n, b)
    return printed_times(model, chip, n, b, context, tokens_per_pass=tokens)


def published_mfu(system: PublishedSystem, points: Points, latency_s: Array) -> Array:
    """MFU as the paper counts. [1]

    `toy` and `printed` leave out of their times what this counts, the arithmetic over the cache above all: theirs would
    exceed 1 at long contexts.

    Equation:
        MFU = min(F/(N·C·T), 1)

    Where:
        F (flop): FLOP of a pass of one token of every sequence. [FLOP]
        N (points.n_gpu): GPUs. [1]
        C (system.accelerator.peak_flop_per_s): Arithmetic peak. [FLOP/s]
        T (latency_s): Time of a token. [s]
    """
    peak = points.n_gpu * system.accelerator.peak_flop_per_s
    flop = system.model.pass_flop(points.batch, points.context_tokens)
    return np.minimum(mfu(flop / peak, latency_s), 1)


def _single_layout_latency(system: PublishedSystem, points: Points) -> Array:
    enough = system.holds(points.n_gpu, points.batch, points.context_tokens)
    if system.variant == "printed":
        enough &= points.n_gpu >= 1
    times = single_layout_times(system, points)
    others = times["kernel_overhead_s"] + times["network_latency_s"] + times["network_bandwidth_s"]
    return np.where(enough, others + np.maximum(times["memory_s"], times["arithmetic_s"]), np.inf)


def search_space(variant: Variant, *, pipeline: bool, attention_scaledown: bool, traffic: TrafficForm) -> SearchSpace:
    """The layouts that a variant searches."""
    without_experts = variant in ("reference_2d", "reference_pipeline")
    return SearchSpace(
        schemes=("2-D",) if variant == "reference_2d" else ("2-D", "1-D"),
        pipeline=pipeline and variant != "reference_2d",
        # The early form of the reference had pipeline depths up to L whatever the batch.
        depths_follow_batch=traffic == "final" and not without_experts,
        attention_scaledown=attention_scaledown and not without_experts,
        expert_parallel=not without_experts,
        whole_gpus=variant not in ("toy", "reference_2d"),
        microbatch_cache=not without_experts,
        traffic=traffic,
    )


def published_system(
    variant: Variant,
    model: str | Architecture | PublishedModel,
    accelerator: str | Accelerator | PublishedAccelerator,
    *,
    precision: Precision | None = None,
    pipeline: bool = False,
    attention_scaledown: bool = True,
    traffic: TrafficForm = "final",
) -> PublishedSystem:
    """A model and an accelerator in the published form, under one variant; parameters as in `token_latency`.

    Raises:
        ValueError: For an unknown variant, traffic formula or id, and where the accelerator has no rate for the
            weights.
    """
    if variant not in VARIANTS:
        raise ValueError(
            f"There is no variant '{variant}' of the published model; choose one of {', '.join(VARIANTS)}."
        )
    if traffic not in get_args(TrafficForm):
        raise ValueError(f"There is no traffic formula '{traffic}'; choose one of {', '.join(get_args(TrafficForm))}.")
    target = model if isinstance(model, PublishedModel) else published_model(model, precision)
    if not isinstance(accelerator, PublishedAccelerator):
        accelerator = published_accelerator(accelerator, target.weight_bytes)
    space = search_space(variant, pipeline=pipeline, attention_scaledown=attention_scaledown, traffic=traffic)
    return PublishedSystem(target, accelerator, variant, space)


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

    Args:
        variant (str): `toy` (section 2.2), `printed` (section 3.6), or the reference implementation with 2-D tensor
            parallelism alone (`reference_2d`), with pipelines and 1-D (`reference_pipeline`), or with expert
            parallelism and a degree of its own for attention (`reference`).
        model, accelerator (str, Architecture, Accelerator): Ids of the catalog (the paper's own begin with `erdil-`),
            or their numbers.
        n_gpu, batch (array_like): GPUs and sequences; neither need be whole. They broadcast with the context. [1]
        context_tokens (array_like): Context. [tokens]
        tokens_per_pass (int): New tokens of each sequence, which `toy` does not use. [tokens]
        pipeline, attention_scaledown (bool): Search pipeline depths (`reference_pipeline` and `reference`), and
            attention on fewer shards (`reference`).
        precision (Precision or None): Formats; None for the model's own.
        traffic (str): `final`, or `early` for the form behind the paper's Table 5.

    Returns:
        array: Broadcast shape; infinite where nothing fits. [s]

    Raises:
        ValueError: One sentence for unknown names, or numbers that are not finite and positive.

    Notes:
        Decoding alone: no prompts, no queue, no overlap of communication. Latencies of NCCL are those of up to 8 ranks
        a node; larger nodes are an extrapolation.

    Examples:
        Eight H100 and 32 sequences by the printed equations, in milliseconds:

        >>> t = token_latency("printed", "erdil-Llama_3_70B_8_bit", "erdil-H100", 8, 32)
        >>> round(float(t) * 1e3, 6)
        7.983958
    """
    system = published_system(
        variant,
        model,
        accelerator,
        precision=precision,
        pipeline=pipeline,
        attention_scaledown=attention_scaledown,
        traffic=traffic,
    )
    points, shape = setups(n_gpu, batch, context_tokens, tokens_per_pass)
    return best_layouts(system, points).latency_s.reshape(shape)


def setups(
    n_gpu: npt.ArrayLike, batch: npt.ArrayLike, context_tokens: npt.ArrayLike, tokens_per_pass: float
) -> tuple[Points, tuple[int, ...]]:
    """Broadcast setups to flat arrays, and the shape they came in; refuses what is not finite and positive."""
    if np.ndim(tokens_per_pass) or not 1 <= float(tokens_per_pass) <= MAX_TOKENS_PER_PASS:
        raise ValueError(f"A pass has 1 to 1,000,000 new tokens a sequence, one number; got {tokens_per_pass}.")
    try:
        n, b, context = np.broadcast_arrays(*(np.asarray(x, dtype=np.float64) for x in (n_gpu, batch, context_tokens)))
    except (TypeError, ValueError) as error:
        raise ValueError(
            "GPU count, batch and context are numbers or arrays of numbers whose shapes broadcast with each other."
        ) from error
    for name, values, zero in (("GPU count", n, False), ("batch", b, False), ("context", context, True)):
        bad = ~np.isfinite(values) | (values < 0) | (values > MAX_NUMBER) | ((values == 0) & (not zero))
        if np.any(bad):
            raise ValueError(
                f"The {name} is a finite {'number from 0' if zero else 'positive number'} up to 1e15; "
                f"got {values[bad].flat[0]:g}."
            )
    return Points(n.ravel(), b.ravel(), context.ravel(), float(tokens_per_pass)), n.shape
