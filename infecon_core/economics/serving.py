"""The serving engine behind a scenario: every launchable layout and batch in one sweep, and what survives it."""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from infecon_core.economics.layouts import batches, launchable
from infecon_core.economics.pareto import staircase
from infecon_core.economics.remedies import nothing_fits
from infecon_core.economics.setups import SECONDS_PER_HOUR, Engine, largest_batch
from infecon_core.economics.speculation import accepted_length
from infecon_core.physics.decode import FiveTimes, make_pass
from infecon_core.physics.deployment import Deployment
from infecon_core.physics.operators import cache_flop
from infecon_core.physics.roofline import arithmetic_rate
from infecon_core.spec import FIVE_TIMES

if TYPE_CHECKING:
    from infecon_core.scenario import Scenario

Array = npt.NDArray[np.float64]

JOULE_PER_KWH = 3.6e6


def frontier(scenario: "Scenario", latency_factor: float = 1.0) -> pd.DataFrame:
    """The Pareto frontier of a scenario over every launchable layout, one row a point, fastest first.

    Parameters
    ----------
    scenario : Scenario
        What is served on what.
    latency_factor : float
        Factor on the latency of every exchange. [1]

    Raises
    ------
    NothingFits
        Where no setup runs, with the change that would help.
    """
    layouts = launchable(scenario.architecture, scenario.accelerator, scenario.max_gpus)
    engine = Engine(scenario, layouts, latency_factor)
    batch = batches(largest_batch(engine))
    swept = engine.sweep(batch)
    cost = engine.gpu_seconds(batch[:, np.newaxis], swept.tpot_s)
    stairs = staircase(swept.tpot_s.ravel(), cost.ravel())
    if not stairs.setup.size:
        raise nothing_fits(scenario, engine)
    which_batch, which_layout = np.divmod(stairs.setup, layouts.n_gpu.size)
    return table(engine.take(which_layout), batch[which_batch], swept.draft_tokens.ravel()[stairs.setup])


def table(engine: Engine, batch: Array, draft_tokens: Array) -> pd.DataFrame:
    """One row for each layout of an engine with its batch and draft length."""
    scenario, shards = engine.scenario, engine.layouts.shards
    times = FiveTimes(*(np.zeros(batch.size) for _ in FIVE_TIMES))
    for length in np.unique(draft_tokens):
        found = engine.round_times(batch, int(length))
        times = FiveTimes(*(np.where(draft_tokens == length, a, b) for a, b in zip(found, times, strict=True)))
    tpot = times.total_s
    gpu_seconds = engine.gpu_seconds(batch, tpot)
    hourly = scenario.accelerator.price_usd_per_gpu_hour
    usd = 1e6 * gpu_seconds * hourly / SECONDS_PER_HOUR
    output = max(scenario.output_tokens, 1)
    requested = (scenario.prompt_tokens + output) / output
    power = scenario.accelerator.board_power_w or np.nan
    frame = pd.DataFrame(
        {
            "tokens_per_s_user": 1 / tpot,
            "usd_per_million_tokens": usd,
            "n_gpu": engine.layouts.n_gpu,
            "tp": shards.tp_attn,
            "pp": shards.stages,
            "ep": engine.layouts.ep,
            "dp_attn": shards.dp_attn,
            "batch": batch,
            "scheme": "1-D",
            "draft_tokens": draft_tokens.astype(np.int64),
            **{name: getattr(times, name) for name in FIVE_TIMES},
            "weight_bytes_per_gpu": engine.memory.weight_bytes,
            "kv_bytes_per_gpu": engine.memory.cache_bytes(batch, shards.dp_attn),
            "workspace_bytes_per_gpu": engine.memory.workspace_bytes
            + engine.memory.reserve_bytes
            + engine.draft_bytes_per_gpu(batch),
            "hbm_bytes_per_gpu": engine.memory.hbm_bytes,
            "mfu": mfu(engine, batch, tpot),
            "mbu": mbu(engine, batch, tpot, draft_tokens),
            "limit": np.array(list(FIVE_TIMES.values()))[np.argmax(np.stack(times), axis=0)],
            "tpot_s": tpot,
            "ttft_s": engine.ttft_s,
            "usd_per_million_tokens_blended": usd / requested,
            "kwh_per_million_tokens": 1e6 * gpu_seconds * power / JOULE_PER_KWH,
        }
    )
    return frame.reset_index(drop=True)


def approximations(scenario: "Scenario") -> tuple[str, ...]:
    """Sentences that name what the serving engine can only approximate for this scenario."""
    notes = [
        "The constants are global fits to measured servers, mostly of 2025 and 2026; engines differ by 10%.",
        "Batches are steady, contexts at their mean; nobody queues, so TTFT is a lower bound.",
        "FP8, FP4, INT8 weights compute at their own rate, INT4 at 16 bits; activations keep 16.",
    ]
    if scenario.accelerator.scale_out_bytes_per_s and scenario.max_gpus > scenario.accelerator.scale_up_domain:
        notes.append("Layouts across scale-up domains rest on published link rates; few measurements check them.")
    if scenario.accelerator.stack == "other":
        notes.append("No measurement of this maker's software was fitted; it is taken to be as good as CUDA's.")
    if scenario.serving.disaggregated:
        notes.append("Prompts run on GPUs of their own in the same layout; moving the KV cache is not counted.")
    if scenario.speculation is not None:
        notes.append("A rejected draft costs its time and nothing else; acceptance does not depend on the batch.")
    return tuple(notes)


def mfu(engine: Engine, batch: Array, tpot_s: Array) -> Array:
    """Model FLOP utilisation of decoding: B·(2·active + attention)/(N·C·TPOT), C that of the weights' format. [1]

    Looking a token up in the embedding is no arithmetic.
    """
    scenario = engine.scenario
    attention = sum(
        group.count * float(cache_flop(group.attention, scenario.context_tokens))
        for group in scenario.architecture.layer_groups
        if group.attention is not None
    )
    architecture = scenario.architecture
    unembedding = architecture.vocabulary * architecture.width
    multiplied = architecture.active_params - architecture.embedding_params + unembedding
    flop = batch * (2 * multiplied + attention)
    rate = arithmetic_rate(scenario.accelerator, scenario.precision.weights)
    return np.asarray(flop / (engine.layouts.n_gpu * rate * tpot_s))


def mbu(engine: Engine, batch: Array, tpot_s: Array, draft_tokens: Array) -> Array:
    """Model bandwidth utilisation: bytes that decoding reads a token, drafts and prompts aside / (N·B·TPOT). [1]

    In the time of a token every GPU of every stage reads its part once for each of the microbatches.
    """
    full = dict.fromkeys(("weight_read_share", "cache_read_share", "expert_read_share", "rocm_memory_factor"), 1.0)
    deployment = engine.deployment
    at_peak = Deployment(
        deployment.architecture,
        deployment.accelerator,
        deployment.precision,
        deployment.constants.model_copy(update=full),
        deployment.context_parallel,
    )
    reading = make_pass(at_peak, engine.layouts.shards, engine.scenario.context_tokens, 0)
    seconds: Array = np.zeros(batch.size)
    for length in np.unique(draft_tokens):
        speculation = engine.scenario.speculation
        tokens = 1.0
        if length and speculation is not None:
            tokens = accepted_length(speculation.acceptance, speculation.accepted_lengths, int(length))
        found = reading.five_times(batch, float(length) + 1).memory_s / tokens
        seconds = np.where(draft_tokens == length, found, seconds)
    return np.asarray(seconds / tpot_s)
