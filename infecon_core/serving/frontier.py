"""The serving engine behind a scenario: every launchable layout and batch in one sweep, and the non-dominated ones.

What counts as useful FLOP and bytes for MFU and MBU is said where it is summed; the definitions are `utilisation`'s.
"""

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from infecon_core.frontier_table import Frontiers, frontier_columns
from infecon_core.measured.envelope import beyond_measured
from infecon_core.pareto import Indices, NonDominated, non_dominated, steady
from infecon_core.physics.decode import FiveTimes, forward_pass
from infecon_core.physics.operators import cache_flop
from infecon_core.physics.roofline import arithmetic_rate
from infecon_core.scenario import Scenario
from infecon_core.schema import FIVE_TIMES, Architecture, ServingConstants
from infecon_core.serving.evaluate import LayoutEvaluator, largest_batch, searched
from infecon_core.serving.feasibility import nothing_fits
from infecon_core.serving.layouts import batches
from infecon_core.utilisation import mbu, mfu

Array = npt.NDArray[np.float64]


def frontier(scenario: Scenario, latency_factor: float = 1.0) -> pd.DataFrame:
    """The Pareto frontier of a scenario over every launchable layout, one row a point, fastest first.

    Args:
        scenario (Scenario): What is served on what.
        latency_factor (float): Factor on the latency of every collective. [1]

    Raises:
        NothingFits: Where no setup runs, with the change that would help.
    """
    swept = sweep(scenario, latency_factor)
    return pd.DataFrame(swept.columns(swept.front.setup))


def frontiers(scenario: Scenario, tolerance: float) -> Frontiers:
    """The frontier, and the one whose layouts are held, from one sweep.

    Args:
        scenario (Scenario): What is served on what; the steady frontier is exact at its target, or at the end of the
            frontier that is nearest to it.
        tolerance (float): How much slower or dearer a layout that is held may be than the best one. [1]

    Raises:
        NothingFits: As for `frontier`.
    """
    swept = sweep(scenario)
    front = swept.front
    fast_enough = int(np.count_nonzero(1 / front.latency_s >= scenario.target_tokens_per_s_user))
    held = steady(swept.tpot_s, swept.cost, swept.layout, front, max(fast_enough - 1, 0), tolerance)
    # The points of both are worked out together.
    both, place = np.unique(np.concatenate([front.setup, held]), return_inverse=True)
    table = pd.DataFrame(swept.columns(both))
    exact, kept = (table.take(rows).reset_index(drop=True) for rows in np.split(place, [front.setup.size]))
    return Frontiers(exact, kept)


class SweptScenario(NamedTuple):
    """Every setup that the search looks at, batch by batch and in each batch layout by layout.

    Attributes:
        engine (LayoutEvaluator): The scenario on all its layouts.
        batch (array): The batches that were tried. [1]
        tpot_s, cost (array): Time per output token and GPU-seconds of one, by setup; infinite where it does not run.
            [s]
        draft_tokens (array): Draft length, by setup. [tokens]
        front (NonDominated): The setups that no other beats; at least one.
    """

    engine: LayoutEvaluator
    batch: Array
    tpot_s: Array
    cost: Array
    draft_tokens: Array
    front: NonDominated

    @property
    def layout(self) -> Indices:
        """Layout of each setup."""
        return np.tile(np.arange(self.engine.layouts.n_gpu.size), self.batch.size)

    def columns(self, setups: Indices) -> dict[str, Any]:
        """The columns of a frontier for some of the setups."""
        which_batch, which_layout = np.divmod(setups, self.engine.layouts.n_gpu.size)
        return columns(self.engine.take(which_layout), self.batch[which_batch], self.draft_tokens[setups])


def sweep(scenario: Scenario, latency_factor: float = 1.0) -> SweptScenario:
    """Every layout that is searched with every batch; NothingFits where none runs."""
    engine = searched(scenario, latency_factor)
    batch = batches(largest_batch(engine))
    swept = engine.sweep(batch)
    tpot, cost = swept.tpot_s.ravel(), engine.gpu_seconds(batch[:, np.newaxis], swept.tpot_s).ravel()
    front = non_dominated(tpot, cost)
    if not front.setup.size:
        raise nothing_fits(scenario, engine)
    return SweptScenario(engine, batch, tpot, cost, swept.draft_tokens.ravel(), front)


def columns(engine: LayoutEvaluator, batch: Array, draft_tokens: Array) -> dict[str, Any]:
    """The columns of a frontier with one point for each layout of an evaluator with its batch and draft length."""
    scenario, shards = engine.scenario, engine.layouts.shards
    times = FiveTimes(*(np.zeros(batch.size) for _ in FIVE_TIMES))
    for length in np.unique(draft_tokens):
        found = engine.round_times(batch, int(length))
        times = FiveTimes(*(np.where(draft_tokens == length, a, b) for a, b in zip(found, times, strict=True)))
    tpot = times.total_s
    memory = engine.memory
    points = {
        "n_gpu": engine.layouts.n_gpu,
        "idle_gpus": engine.paid_gpus - engine.layouts.n_gpu,
        "pp": shards.stages,
        "ep": engine.layouts.ep,
        "dp_attn": shards.dp_attn,
        "batch": batch,
        "scheme": "1-D",
        "beyond_measured": beyond_measured(scenario.architecture, scenario.accelerator, shards, batch),
        "draft_tokens": draft_tokens.astype(np.int64),
        **times._asdict(),
        "ttft_s": engine.ttft_s(batch, tpot, draft_tokens),
        "weight_bytes_per_gpu": memory.weight_bytes,
        "kv_bytes_per_gpu": memory.cache_bytes(batch, shards.dp_attn),
        "workspace_bytes_per_gpu": memory.workspace_bytes + memory.reserve_bytes + engine.draft_bytes_per_gpu(batch),
        "hbm_bytes_per_gpu": memory.hbm_bytes,
        "mfu": mfu(
            batch * flop_per_token(scenario.architecture, scenario.context_tokens),
            engine.layouts.n_gpu,
            arithmetic_rate(scenario.accelerator, scenario.precision.weights),
            tpot,
        ),
        "mbu": mbu(read_s_at_peak(engine, batch, draft_tokens), tpot),
    }
    return frontier_columns(scenario, points, engine.gpu_seconds(batch, tpot))


def flop_per_token(architecture: Architecture, context_tokens: float) -> float:
    """Useful FLOP of one decoded token: 2 · weights that it passes + attention over its context. [FLOP]

    Looking a token up in the embedding is no arithmetic.
    """
    attention = sum(
        group.num_layers * float(cache_flop(group.attention, context_tokens))
        for group in architecture.layer_groups
        if group.attention is not None
    )
    unembedding = architecture.vocab_size * architecture.hidden_size
    return 2 * (architecture.active_params - architecture.embedding_params + unembedding) + attention


def read_s_at_peak(engine: LayoutEvaluator, batch: Array, draft_tokens: Array) -> Array:
    """Time in which the GPUs read at their peak what decoding reads a token: bytes / (N·B) / tokens of a pass. [s]

    Weights, touched experts and cache of γ + 1 positions, drafts and prompts aside, all read efficiencies at 1.
    The memory time of a pass with efficiencies of 1, over the tokens of a round. In the time of a token every GPU of
    every stage reads its part once for each of the microbatches.
    """
    full = {name: 1.0 for name in ServingConstants.model_fields if name.endswith("_read_efficiency")}
    at_peak = replace(
        engine.deployment,
        constants=engine.deployment.constants.model_copy(update={**full, "rocm_memory_factor": 1.0}),
    )
    reading = forward_pass(at_peak, engine.layouts.shards, engine.scenario.context_tokens, 0)
    seconds: Array = np.zeros(batch.size)
    for length in np.unique(draft_tokens):
        found = reading.five_times(batch, float(length) + 1).memory_s / engine.tokens_per_round(int(length))
        seconds = np.where(draft_tokens == length, found, seconds)
    return seconds
