"""One point of the serving engine taken apart: operators, layer groups, prompts, the draft."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from infecon_core.frontier_table import numbers_of_a_step
from infecon_core.physics.decode import FiveTimes, ForwardPass
from infecon_core.physics.deployment import Shards
from infecon_core.scenario import Scenario
from infecon_core.schema import FIVE_TIMES, Layout, NothingFits, Operator, Step
from infecon_core.serving.evaluate import LayoutEvaluator
from infecon_core.serving.frontier import columns
from infecon_core.serving.layouts import LayoutArrays, refusal

Array = npt.NDArray[np.float64]


def step(scenario: Scenario, layout: Layout, batch: float, latency_factor: float = 1.0) -> Step:
    """The breakdown of one point of the serving engine.

    Args:
        scenario (Scenario): What is served on what.
        layout (Layout): Whole degrees of parallelism: stages · copies · shards of attention are the GPUs.
        batch (float): Sequences of the instance. [1]
        latency_factor (float): Factor on the latency of every collective. [1]

    Raises:
        ValueError: For a layout that cannot be launched, or a batch that is not positive.
        NothingFits: Where the layout lacks memory or sequences.
    """
    engine = evaluator_at(scenario, layout, latency_factor)
    if not (math.isfinite(batch) and 0 < batch <= 1e9):
        raise ValueError(f"The batch is a positive number up to 1e9; got {batch:g}.")
    b = np.array([float(batch)])
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
    drafted = engine.fastest(b).draft_tokens
    # The same numbers as in the row of a frontier: only the operators are worked out besides.
    numbers = numbers_of_a_step(columns(engine, b, drafted))
    return Step(**numbers, operators=_operators(engine, b, int(drafted[0])))


def step_of_row(scenario: Scenario, row: Mapping[str, Any]) -> Step:
    """The breakdown of a row of the frontier, of which only the operators are worked out: it has the other numbers.

    Args:
        scenario (Scenario): What is served on what.
        row (mapping): A row of its frontier, by column.
    """
    engine = evaluator_at(scenario, Layout.of(row))
    operators = _operators(engine, np.array([float(row["batch"])]), int(row["draft_tokens"]))
    return Step(**numbers_of_a_step(row), operators=operators)


def evaluator_at(scenario: Scenario, layout: Layout, latency_factor: float = 1.0) -> LayoutEvaluator:
    """The evaluator of one layout.

    Raises:
        ValueError: For a layout that cannot be launched.
    """
    fault = refusal(scenario.architecture, scenario.accelerator, layout)
    if fault:
        raise ValueError(fault)
    one = [np.array([float(x)]) for x in (layout.pp, layout.tp * layout.dp_attn, layout.dp_attn, layout.tp)]
    return LayoutEvaluator(scenario, LayoutArrays(Shards(*one), np.array([float(layout.ep)])), latency_factor)


def _operators(engine: LayoutEvaluator, batch: Array, length: int) -> tuple[Operator, ...]:
    tokens = engine.tokens_per_round(length)
    found = [
        (name, group, times.scaled(1 / tokens))
        for name, group, times in _of_pass(engine.target, batch, length + 1.0, engine.prompts_per_step(batch, tokens))
    ]
    if engine.scenario.speculation is not None:
        read = engine.prompts_through_draft(engine.prompts_per_step(batch, tokens))
        found.append(("Prompts of other users, draft", "", read.scaled(1 / tokens)))
    draft = engine.drafting(batch) if length else None
    if draft is not None:
        found.append(("Drafting", "", draft.times.scaled(length / tokens)))
    corrected = [(name, group, times.scaled(engine.time_factor)) for name, group, times in found]
    return tuple(
        Operator(name=name, group=group, **{key: float(np.ravel(getattr(times, key))[0]) for key in FIVE_TIMES})
        for name, group, times in corrected
        if float(np.ravel(times.total_s)[0]) > 0
    )


def _of_pass(target: ForwardPass, batch: Array, positions: float, prompts: Array) -> list[tuple[str, str, FiveTimes]]:
    """Every operator, every collective and the prompts of one pass, as the five times. [s]"""
    m = batch / target.stages
    t = m * positions
    touched = [routing.touched_share(t) for routing in target.routings] or [np.zeros_like(t)]
    whole = target.five_times(batch, positions, prompts)
    zero = np.zeros_like(t)
    found = []
    for operator in target.operators:
        share = touched[operator.routing]
        parts = [form.at(m, t, share) for form in (operator.arithmetic, operator.memory, operator.overhead)]
        found.append((operator.name, operator.group, FiveTimes(parts[0], parts[1], zero, zero, parts[2])))
    for collective in target.collectives:
        latency, transfer = collective.time(t)
        found.append((collective.name, collective.group, FiveTimes(zero, zero, transfer, latency, zero)))
    times = target.prompt_times(prompts, tuple(touched[: len(target.routings)]))
    found.append(("Prompts of other users", "", times))
    network = sum((t.network_bandwidth_s + t.network_latency_s for _, _, t in found), zero)
    # What runs under arithmetic and memory is taken from every collective alike.
    exposed = (whole.network_bandwidth_s + whole.network_latency_s) / np.where(network > 0, network, 1.0)
    return [
        (
            name,
            group,
            parts._replace(
                network_bandwidth_s=parts.network_bandwidth_s * exposed,
                network_latency_s=parts.network_latency_s * exposed,
            ),
        )
        for name, group, parts in found
    ]
