"""One point of the serving engine taken apart: operators, layer groups, prompts, the draft."""

import math
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from infecon_core.economics.layouts import Launchable, refusal
from infecon_core.economics.serving import mbu, mfu
from infecon_core.economics.setups import Engine
from infecon_core.economics.speculation import accepted_length
from infecon_core.physics.decode import FiveTimes, Pass, evaluate, exchange_time
from infecon_core.physics.deployment import Shards
from infecon_core.spec import FIVE_TIMES, Layout, NothingFits, Operator, Step

if TYPE_CHECKING:
    from infecon_core.scenario import Scenario

Array = npt.NDArray[np.float64]


def step(scenario: "Scenario", layout: Layout, batch: float) -> Step:
    """The decomposition of one point of the serving engine.

    Parameters
    ----------
    scenario : Scenario
        What is served on what.
    layout : Layout
        Whole degrees of parallelism: stages · copies · shards of attention are the GPUs.
    batch : float
        Sequences of the instance. [1]

    Raises
    ------
    ValueError
        For a layout that cannot be launched, or a batch that is not positive.
    NothingFits
        Where the layout lacks memory or sequences.
    """
    engine = engine_at(scenario, layout)
    if not (math.isfinite(batch) and 0 < batch <= 1e9):
        raise ValueError(f"The batch is a positive number up to 1e9; got {batch:g}.")
    b = np.array([float(batch)])
    shards = engine.layouts.shards
    if batch < layout.dp_attn * layout.pp:
        raise NothingFits(
            f"Attention DP {layout.dp_attn:g} over PP {layout.pp:g} needs a batch of at least "
            f"{layout.dp_attn * layout.pp:g}; it is {batch:g}."
        )
    free = float(engine.free_bytes(b)[0])
    if free < 0:
        raise NothingFits(
            f"Weights, cache and workspace lack {-free / 1e9:,.1f} GB on each of {layout.n_gpu:g} × "
            f"{scenario.accelerator.name}; use more GPUs, a smaller batch, narrower weights or a shorter context."
        )
    lengths = range(scenario.speculation.longest + 1 if scenario.speculation else 1)
    totals = [float(engine.round_times(b, length).total_s[0]) for length in lengths]
    length = int(np.argmin(totals))
    times, tpot = engine.round_times(b, length), np.array([totals[length]])
    drafted = np.array([float(length)])
    workspace = engine.memory.workspace_bytes + engine.memory.reserve_bytes + engine.draft_bytes_per_gpu(b)
    return Step(
        **{name: float(getattr(times, name)[0]) for name in FIVE_TIMES},
        operators=_operators(engine, b, length),
        draft_tokens=length,
        weight_bytes_per_gpu=float(engine.memory.weight_bytes[0]),
        kv_bytes_per_gpu=float(engine.memory.cache_bytes(b, shards.dp_attn)[0]),
        workspace_bytes_per_gpu=float(workspace[0]),
        hbm_bytes_per_gpu=engine.memory.hbm_bytes,
        mfu=float(mfu(engine, b, tpot)[0]),
        mbu=float(mbu(engine, b, tpot, drafted)[0]),
    )


def engine_at(scenario: "Scenario", layout: Layout) -> Engine:
    """The engine of one layout.

    Raises
    ------
    ValueError
        For a layout that cannot be launched.
    """
    fault = refusal(scenario.architecture, scenario.accelerator, layout)
    if fault:
        raise ValueError(fault)
    one = [np.array([float(x)]) for x in (layout.pp, layout.tp * layout.dp_attn, layout.dp_attn, layout.tp)]
    return Engine(scenario, Launchable(Shards(*one), np.array([float(layout.ep)])))


def _operators(engine: Engine, batch: Array, length: int) -> tuple[Operator, ...]:
    speculation = engine.scenario.speculation
    tokens = 1.0
    if length and speculation is not None:
        tokens = accepted_length(speculation.acceptance, speculation.accepted_lengths, length)
    found = [
        (name, group, FiveTimes(*(seconds / tokens for seconds in times)))
        for name, group, times in _of_pass(engine.target, batch, length + 1.0, engine.prompts_per_step(batch, tokens))
    ]
    draft = engine.drafting(batch) if length else None
    if draft is not None:
        found.append(("Drafting", "", FiveTimes(*(length * seconds / tokens for seconds in draft.times))))
    return tuple(
        Operator(name=name, group=group, **{key: float(np.ravel(getattr(times, key))[0]) for key in FIVE_TIMES})
        for name, group, times in found
        if float(np.ravel(times.total_s)[0]) > 0
    )


def _of_pass(target: Pass, batch: Array, positions: float, prompts: Array) -> list[tuple[str, str, FiveTimes]]:
    """Every operator, exchange and the prompts of one pass, as the five times. [s]"""
    m = batch / target.stages
    t = m * positions
    touched = [kind.touched_share(t) for kind in target.kinds] or [np.zeros_like(t)]
    whole = target.five_times(batch, positions, prompts)
    zero = np.zeros_like(t)
    found = []
    for operator in target.operators:
        share = touched[operator.experts]
        parts = [evaluate(form, m, t, share) for form in (operator.arithmetic, operator.memory, operator.overhead)]
        found.append((operator.name, operator.group, FiveTimes(parts[0], parts[1], zero, zero, parts[2])))
    for exchange in target.exchanges:
        latency, transfer = exchange_time(exchange, t)
        found.append((exchange.name, exchange.group, FiveTimes(zero, zero, transfer, latency, zero)))
    times = target.prompt_times(prompts, tuple(touched[: len(target.kinds)]))
    found.append(("Prompts of other users", "", times))
    network = sum((t.network_bandwidth_s + t.network_latency_s for _, _, t in found), zero)
    # What runs under arithmetic and memory is taken from every exchange alike.
    shown = (whole.network_bandwidth_s + whole.network_latency_s) / np.where(network > 0, network, 1.0)
    return [
        (
            name,
            group,
            parts._replace(
                network_bandwidth_s=parts.network_bandwidth_s * shown,
                network_latency_s=parts.network_latency_s * shown,
            ),
        )
        for name, group, parts in found
    ]
