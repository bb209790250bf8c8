"""Speed against price over the published grid of setups.

Source: Erdil 2025, arXiv:2506.04645, and the grid of its reference implementation.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from infecon_core.paper.inputs import Array
from infecon_core.paper.speculation import Pair, Speculative, check_speculation, speculate
from infecon_core.paper.system import Points, PublishedSystem
from infecon_core.paper.traffic import TrafficForm
from infecon_core.paper.variants import best_layouts, published_mfu, published_system
from infecon_core.pareto import cheapest_within, non_dominated
from infecon_core.pricing import usd_per_million_tokens
from infecon_core.scenario import MAX_GPUS
from infecon_core.schema import Accelerator, Architecture, Precision
from infecon_core.schema.options import Variant

GRID = 400
LIMITS = 1000
# The slowest limit over the fastest.
SLOWEST = 100.0


class ChosenSetups(NamedTuple):
    """The setups of a frontier, fastest first.

    Attributes:
        n_gpu, batch (array): GPUs and sequences. [1]
        latency_s (array): Mean time of one token. [s]
        draft_tokens (array): Draft length; 0 where not speculating. [tokens]
    """

    n_gpu: Array
    batch: Array
    latency_s: Array
    draft_tokens: Array


def grid(target: PublishedSystem, context_tokens: float, max_gpus: float | None = None) -> Points:
    """All setups: N from (w·Total / HBM) to 2^18, b from 1 to 2^(18 + log2 S), 400 values each, geometric in base 2.

    With a largest instance, what is larger falls away, and that instance itself is tried too.
    """
    n_gpu = gpu_counts(target, max_gpus)
    batch = 2.0 ** np.linspace(0, np.log2(MAX_GPUS) + np.log2(target.model.sparsity), GRID)
    n, b = np.meshgrid(n_gpu, batch, indexing="ij")
    return Points(n.ravel(), b.ravel(), np.full(n.size, float(context_tokens)), 1.0)


def gpu_counts(target: PublishedSystem, max_gpus: float | None = None) -> Array:
    """GPUs of the grid: 400 values geometric from w·Total / HBM to 2^18, cut at a largest instance. [1]"""
    smallest = target.model.weights_bytes / target.accelerator.hbm_bytes
    n_gpu = 2.0 ** np.linspace(np.log2(smallest), np.log2(MAX_GPUS), GRID)
    if max_gpus is not None and max_gpus < n_gpu[-1]:
        n_gpu = np.append(n_gpu[n_gpu < max_gpus], float(max_gpus))
    return n_gpu


def choose(
    target: PublishedSystem,
    draft: PublishedSystem | None,
    *,
    acceptance: float = 0.0,
    max_draft_tokens: int = 0,
    context_tokens: float = 0.0,
    demand_tokens_per_s: float | None = None,
    max_gpus: float | None = None,
) -> ChosenSetups:
    """The setups of the frontier: for 1000 latency limits, from the fastest to 100 times slower, the cheapest within.

    Cost is N·T/b; a demand ceiling leaves out setups with b/T above it. Limits are 0.5% apart and begin at the fastest
    setup, GPUs and batches 3%: faster hardware moves the limits, and what a speed cost before it costs at one that is
    0.5% lower; more memory moves the GPUs, and a speed can be 6% dearer.

    Args:
        target, draft (PublishedSystem): The model, and the draft model if any.
        acceptance, max_draft_tokens: Speculation, where there is a draft. [1], [tokens]
        context_tokens (float): Context. [tokens]
        demand_tokens_per_s (float or None): Most tokens per second that one instance can sell. [tokens/s]
        max_gpus (float or None): Largest instance. [1]

    Returns:
        ChosenSetups: Empty where nothing fits.
    """
    points = grid(target, context_tokens, max_gpus)
    if draft is None:
        found = Speculative(best_layouts(target, points).latency_s, np.zeros(points.n_gpu.size))
    else:
        pair = Pair(target, draft, acceptance, max_draft_tokens)
        found = speculate(pair, points, frontier_only=True, demand_tokens_per_s=demand_tokens_per_s)
    latency = found.latency_s
    if demand_tokens_per_s is not None:
        latency = np.where(points.batch / latency <= demand_tokens_per_s, latency, np.inf)
    front = non_dominated(latency, points.n_gpu * latency / points.batch)
    if not front.setup.size:
        kept = front.setup
    else:
        quickest = front.latency_s[0]
        kept = cheapest_within(front, np.geomspace(quickest, SLOWEST * quickest, LIMITS))
    return ChosenSetups(points.n_gpu[kept], points.batch[kept], latency[kept], found.draft_tokens[kept])


def frontier(
    variant: Variant,
    model: str | Architecture,
    accelerator: str | Accelerator,
    *,
    draft: str | Architecture | None = None,
    acceptance: float | None = None,
    max_draft_tokens: int = 5,
    context_tokens: float = 0,
    demand_tokens_per_s: float | None = None,
    pipeline: bool = False,
    traffic: TrafficForm = "final",
    attention_scaledown: bool = True,
    precision: Precision | None = None,
    draft_precision: Precision | None = None,
) -> pd.DataFrame:
    """The published model's Pareto frontier of speed against price.

    Args:
        variant, model, accelerator, pipeline, attention_scaledown, precision, traffic: As in `token_latency`; the
            paper's Tables 2, 3, 4 and 6 search pipeline depths.
        draft (str, Architecture or None): Draft model of speculative decoding.
        acceptance (float or None): Probability that a drafted token is accepted; needed with a draft. [1]
        max_draft_tokens (int): The longest draft. [tokens]
        context_tokens (float): Context. [tokens]
        demand_tokens_per_s (float or None): Most tokens per second that one instance can sell. [tokens/s]
        draft_precision (Precision or None): Formats of the draft; None for its own.

    Returns:
        DataFrame: Fastest first, `tokens_per_s_user` [tokens/s], `usd_per_million_tokens` [USD], `n_gpu`, `batch`,
            `mfu` [1]. Empty where nothing fits.

    Raises:
        ValueError: One sentence for unknown names and numbers out of range.
    """
    options = {"pipeline": pipeline, "attention_scaledown": attention_scaledown}
    target = published_system(variant, model, accelerator, precision=precision, traffic=traffic, **options)
    drafter = None
    if draft is not None:
        if acceptance is None:
            raise ValueError("A draft model needs an acceptance; give a probability from 0 to 1.")
        check_speculation(acceptance, max_draft_tokens)
        drafter = published_system(variant, draft, accelerator, precision=draft_precision, traffic=traffic, **options)
    if not 0 <= context_tokens <= 1e12:
        raise ValueError(f"The context is a number of tokens from 0 to 1e12; got {context_tokens:g}.")
    if demand_tokens_per_s is not None and not demand_tokens_per_s > 0:
        raise ValueError(f"A demand ceiling is a positive number of tokens per second; got {demand_tokens_per_s:g}.")
    n, b, latency, _ = choose(
        target,
        drafter,
        acceptance=acceptance or 0.0,
        max_draft_tokens=max_draft_tokens,
        context_tokens=context_tokens,
        demand_tokens_per_s=demand_tokens_per_s,
    )
    chip = target.accelerator
    points = Points(n, b, np.full(n.shape, float(context_tokens)), 1.0)
    return pd.DataFrame(
        {
            "tokens_per_s_user": 1 / latency,
            "usd_per_million_tokens": usd_per_million_tokens(n * latency / b, chip.price_usd_per_gpu_hour),
            "n_gpu": n,
            "batch": b,
            "mfu": published_mfu(target, points, latency),
        }
    )
