"""The serving engine behind a scenario: every launchable layout and batch in one sweep, and the non-dominated ones.

What counts as useful FLOP and bytes for MFU and MBU is said where it is summed; the definitions are `utilisation`'s.

Source: sums of what `physics` gives, at the peaks of the datasheets (data/accelerators).
"""

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from infecon_core.frontier_table import Frontiers, frontier_columns
from infecon_core.measured.envelope import beyond_measured
from infecon_core.pareto import Indices, NonDominated, near, non_dominated
from infecon_core.physics.decode import FiveTimes, forward_pass
from infecon_core.physics.formats import HEAD_FORMAT, attention_format
from infecon_core.physics.operators import cache_flop
from infecon_core.physics.roofline import arithmetic_rate, cache_rate
from infecon_core.scenario import Scenario
from infecon_core.schema import FIVE_TIMES, ServingConstants
from infecon_core.serving.evaluate import LayoutEvaluator, largest_batch, searched
from infecon_core.serving.feasibility import nothing_fits
from infecon_core.serving.layouts import batches
from infecon_core.serving.search_size import MOST_WORK, check_size, work
from infecon_core.utilisation import mbu, mfu

Array = npt.NDArray[np.float64]

# So much may two ways to compute one number differ. [1]
ROUNDING = 1e-9


def frontier(scenario: Scenario, latency_factor: float = 1.0) -> pd.DataFrame:
    """The Pareto frontier of a scenario over every launchable layout, one row a point, fastest first.

    Args:
        scenario (Scenario): What is served on what.
        latency_factor (float): Factor on the latency of every collective. [1]

    Raises:
        NothingFits: Where no setup runs, with the change that would help.
    """
    swept = sweep(scenario, latency_factor)
    return pd.DataFrame(frontier_columns(scenario, *swept.points(swept.front.setup)))


class Search:
    """A search of a scenario, which no price and no target changes but a target below the least speed considered.

    Attributes:
        near (NearFrontier): Its setups that are on the frontier, or near it.
        known (mapping), gpu_seconds (array): Of these setups, as from `points`.
    """

    def __init__(self, scenario: Scenario, tolerance: float) -> None:
        """Search; arguments and errors as for `engines.search`."""
        swept = sweep(scenario)
        self.near = near(swept.tpot_s, swept.cost, swept.layout, swept.front, tolerance)
        self.known, self.gpu_seconds = swept.points(self.near.setup)
        self._latency_s = swept.front.latency_s

    def frontiers(self, scenario: Scenario) -> Frontiers:
        """The frontier of a scenario, and the one whose layouts are held from its target, or the end nearest to it."""
        fast_enough = int(np.count_nonzero(1 / self._latency_s >= scenario.target_tokens_per_s_user))
        held = self.near.steady(max(fast_enough - 1, 0))
        table = pd.DataFrame(frontier_columns(scenario, self.known, self.gpu_seconds))
        exact, kept = (table.take(rows).reset_index(drop=True) for rows in (self.near.front, held))
        return Frontiers(exact, kept)


def fast_enough(scenario: Scenario) -> pd.DataFrame | None:
    """The part of a frontier that meets the target of speed, without a search where nothing can.

    No user is faster than with the fewest sequences, so that layouts that are too slow with them are left out.

    Args:
        scenario (Scenario): What is served on what.

    Returns:
        DataFrame or None: Rows as of `frontier`; None where no setup meets the target.
    """
    engine = searched(scenario)
    target, least = scenario.target_tokens_per_s_user, engine.least_batch
    rows = np.flatnonzero(engine.memory.free_bytes(least, engine.layouts.shards.dp_attn) >= 0)
    # What follows from other arithmetic may differ in its last digits.
    longest_s = (1 + ROUNDING) / target
    rows = rows[engine.take(rows).fastest(least[rows]).tpot_s <= longest_s] if rows.size else rows
    if not rows.size or work(engine) > MOST_WORK:
        return None
    some = engine.take(rows)
    batch = batches(largest_batch(engine))
    swept = some.sweep(batch)
    tpot = np.where(swept.tpot_s <= longest_s, swept.tpot_s, np.inf).ravel()
    front = non_dominated(tpot, some.gpu_seconds(batch[:, np.newaxis], swept.tpot_s).ravel())
    if not front.setup.size:
        return None
    which_batch, which_layout = np.divmod(front.setup, rows.size)
    drafts = swept.draft_tokens.ravel()[front.setup]
    table = pd.DataFrame(columns(some.take(which_layout), batch[which_batch], drafts))
    table = table[table["tokens_per_s_user"] >= target]
    return None if table.empty else table


def top_speed_by_gpus(scenario: Scenario, latency_factor: float = 1.0) -> pd.DataFrame:
    """The fastest layout of each number of GPUs with the fewest sequences; as `engines.top_speed_by_gpus`."""
    engine = searched(scenario.model_copy(update={"speculation": None}), latency_factor)
    batch, n_gpu = engine.least_batch, engine.layouts.n_gpu
    times = engine.round_times(batch, 0)
    tpot_s = np.where(engine.fits(batch), times.total_s, np.inf)
    # The fastest layout comes first among those of its number of GPUs.
    order = np.lexsort((tpot_s, n_gpu))
    order = order[np.isfinite(tpot_s[order])]
    rows = order[np.unique(n_gpu[order], return_index=True)[1]]
    found = {"n_gpu": n_gpu, "batch": batch, "tpot_s": tpot_s, **times._asdict()}
    return pd.DataFrame({name: values[rows] for name, values in found.items()})


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

    def points(self, setups: Indices) -> tuple[dict[str, Any], Array]:
        """Some of the setups, as from `points`."""
        which_batch, which_layout = np.divmod(setups, self.engine.layouts.n_gpu.size)
        return points(self.engine.take(which_layout), self.batch[which_batch], self.draft_tokens[setups])


def sweep(scenario: Scenario, latency_factor: float = 1.0) -> SweptScenario:
    """Every layout that is searched with every batch; NothingFits where none runs, or where they are too many."""
    engine = searched(scenario, latency_factor)
    check_size(scenario, engine)
    batch = batches(largest_batch(engine))
    swept = engine.sweep(batch)
    tpot, cost = swept.tpot_s.ravel(), engine.gpu_seconds(batch[:, np.newaxis], swept.tpot_s).ravel()
    front = non_dominated(tpot, cost)
    if not front.setup.size:
        raise nothing_fits(scenario, engine)
    return SweptScenario(engine, batch, tpot, cost, swept.draft_tokens.ravel(), front)


def columns(engine: LayoutEvaluator, batch: Array, draft_tokens: Array) -> dict[str, Any]:
    """The columns of a frontier with one point for each layout of an evaluator with its batch and draft length."""
    return frontier_columns(engine.scenario, *points(engine, batch, draft_tokens))


def points(engine: LayoutEvaluator, batch: Array, draft_tokens: Array) -> tuple[dict[str, Any], Array]:
    """What `frontier_columns` takes of the points of `columns`: all that follows from no price, and GPU-seconds."""
    scenario, shards = engine.scenario, engine.layouts.shards
    times = FiveTimes(*(np.zeros(batch.size) for _ in FIVE_TIMES))
    for length in np.unique(draft_tokens):
        found = engine.round_times(batch, int(length))
        times = FiveTimes(*(np.where(draft_tokens == length, a, b) for a, b in zip(found, times, strict=True)))
    tpot = times.total_s
    memory = engine.memory
    known = {
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
        "mfu": mfu(batch * gpu_s_at_peak(scenario, engine.requests.context_tokens) / engine.layouts.n_gpu, tpot),
        "mbu": mbu(read_s_at_peak(engine, batch, draft_tokens), tpot),
    }
    return known, engine.gpu_seconds(batch, tpot)


def gpu_s_at_peak(scenario: Scenario, context_tokens: npt.ArrayLike) -> Array:
    """Time in which one GPU computes at its peaks what one decoded token needs. [s]

    2 FLOP a weight that the token passes, and attention over its context; each at the rate C of the format that
    computes it. Looking a token up in the embedding is no arithmetic.

    Equation:
        t = Σ FLOP/C over the products of a token
    """
    model, chip, precision = scenario.architecture, scenario.accelerator, scenario.precision
    of_attention = arithmetic_rate(chip, attention_format(model, precision))
    of_cache, of_weights = cache_rate(chip, precision.kv), arithmetic_rate(chip, precision.weights)
    seconds = np.asarray(2 * model.vocab_size * model.hidden_size / arithmetic_rate(chip, HEAD_FORMAT))
    for group in model.layer_groups:
        if group.attention is not None:
            projections = 2 * group.attention.params(model.hidden_size) / of_attention
            over_cache = cache_flop(group.attention, context_tokens) / of_cache
            seconds = seconds + group.num_layers * (projections + over_cache)
        if group.feed_forward is not None:
            seconds = seconds + group.num_layers * 2 * group.feed_forward.active_params(model.hidden_size) / of_weights
    return seconds


def read_s_at_peak(engine: LayoutEvaluator, batch: Array, draft_tokens: Array) -> Array:
    """Time in which the GPUs read at their peak what decoding reads a token. [s]

    Weights, touched experts and cache of γ + 1 positions, drafts and prompts aside, all read efficiencies at 1.
    The memory time of a pass with efficiencies of 1, over the tokens of a round. In the time of a token every GPU of
    every stage reads its part once for each of the microbatches.

    Equation:
        t = Σ bytes/(N·B) over what a pass reads, over the tokens of a round
    """
    full = {name: 1.0 for name in ServingConstants.model_fields if name.endswith("_read_efficiency")}
    at_peak = replace(
        engine.deployment,
        constants=engine.deployment.constants.model_copy(update={**full, "rocm_memory_factor": 1.0}),
    )
    reading = forward_pass(at_peak, engine.layouts.shards, engine.requests.context_tokens, 0)
    seconds: Array = np.zeros(batch.size)
    for length in np.unique(draft_tokens):
        found = reading.five_times(batch, float(length) + 1).memory_s / engine.tokens_per_round(int(length))
        seconds = np.where(draft_tokens == length, found, seconds)
    return seconds
