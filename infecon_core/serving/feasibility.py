"""Why no setup of a scenario runs, and the smallest change that would let one run."""

import math
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from infecon_core.physics.interconnect import linked_gpus
from infecon_core.scenario import MAX_GPUS, Scenario, infeasible, too_little_demand
from infecon_core.schema import NothingFits
from infecon_core.schema.feasibility import rounded_down, rounded_up
from infecon_core.serving.evaluate import LayoutEvaluator, searched
from infecon_core.serving.search_size import ONCE, Budget, TakesTooLongError

# Memory, stages, speed, demand, first token: more there are not to fall one after another. [1]
MOST_OBSTACLES = 5
# A larger instance is not offered for a quicker first token: beyond it are none that people rent. A choice. [1]
MOST_OFFERED = 1024


def nothing_fits(scenario: Scenario, engine: LayoutEvaluator) -> NothingFits:
    """Why no setup of a scenario runs, with changes that have been tried: with all of them one runs.

    The reason is the first obstacle. What removes it may meet the next one, whose removal then belongs to it; changes
    are empty where none is known that leads to a setup, or where it takes too long to find out.

    Args:
        scenario (Scenario): What nothing was found for.
        engine (LayoutEvaluator): The same on all its layouts.
    """
    budget = Budget(engine)
    try:
        first = first_obstacle(scenario, engine, budget)
    except TakesTooLongError:
        return _unknown(scenario)
    try:
        return infeasible(scenario, str(first), _tried(scenario, first.changes, budget))
    except TakesTooLongError:
        return infeasible(scenario, str(first), {})


def _tried(scenario: Scenario, first: Mapping[str, Any], budget: Budget) -> dict[str, Any]:
    """The first changes, and what the next obstacles take, until a setup runs; empty where none is known."""
    changes = dict(first)
    for _ in range(MOST_OBSTACLES):
        if not changes:
            break
        changed = scenario.changed(**changes)
        engine = searched(changed)
        if np.isfinite(budget.swept(engine)[1].tpot_s).any():
            break
        more = first_obstacle(changed, engine, budget).changes
        changes = {**changes, **more} if more else {}
    return changes


def first_obstacle(scenario: Scenario, engine: LayoutEvaluator, budget: Budget) -> NothingFits:
    """The first thing that keeps every setup of a scenario from running, and the smallest change against it.

    Args:
        scenario (Scenario): What nothing was found for.
        engine (LayoutEvaluator): The same on all its layouts.
        budget (Budget): What may be tried.

    Returns:
        NothingFits: By how much memory lacks, or which limit leaves nothing: the least speed, the demand, the time to
            first token, the sequences of an attention rank; changes that help, at least against what is said.

    Raises:
        TakesTooLongError: Where it takes more than the budget.
    """
    name, where = scenario.architecture.name, scenario.accelerator.name
    free = engine.free_bytes(engine.least_batch)
    if free.max() >= 0:
        return _limited(scenario, engine, budget)
    best = int(np.argmax(free))
    changes: dict[str, Any] = {}
    helps = []
    pipelines = scenario.serving.pipelines
    if not pipelines and _runs(scenario, budget, pipelines=True):
        changes = {"pipelines": True}
        helps.append("search pipelines")
    for gpus in (2**i for i in range(1, MAX_GPUS.bit_length())):
        if gpus > scenario.max_gpus and _runs(scenario, budget, max_gpus=gpus):
            changes = changes or {"max_gpus": gpus}
            helps.append(f"allow {gpus:,} GPUs")
            break
        if (
            not pipelines
            and not changes
            and gpus > scenario.max_gpus
            and _runs(scenario, budget, max_gpus=gpus, pipelines=True)
        ):
            changes = {"max_gpus": gpus, "pipelines": True}
            helps.append(f"allow {gpus:,} GPUs with pipelines")
            break
        if gpus >= linked_gpus(scenario.accelerator):
            break
    for weights in ("fp8", "fp4"):
        narrower = weights == "fp4" or scenario.precision.weights in ("bf16", "fp16")
        if narrower and scenario.precision.weights != weights and _runs(scenario, budget, weights=weights):
            changes = changes or {"weights": weights}
            helps.append(f"use {weights.upper()} weights")
            break
    shorter = _shorter_prompt(scenario, budget)
    if shorter is not None:
        changes = changes or {"prompt_tokens": shorter}
        helps.append(f"shorten the prompt to {shorter:,} tokens")
    many = engine.layouts.n_gpu[best] > 1
    return infeasible(
        scenario,
        f"{name} in {scenario.precision.weights.upper()} with requests of {scenario.request_tokens:,} tokens lacks "
        f"{_size(-float(free.max()))} on {'each of ' if many else ''}{engine.layouts.n_gpu[best]:,.0f} {where}, the "
        f"best of all layouts of up to {min(scenario.max_gpus, linked_gpus(scenario.accelerator)):,.0f}; "
        f"{' or '.join(helps) or 'choose an accelerator with more memory'}.",
        changes,
    )


def _limited(scenario: Scenario, engine: LayoutEvaluator, budget: Budget) -> NothingFits:
    """Why nothing is left though memory is there: a limit on sequences, speed, what an instance sells, first token."""
    ranks = _too_few_sequences(scenario, engine)
    if ranks is not None:
        return ranks
    least = scenario.least_tokens_per_s_user
    if least:
        fastest = _fastest(scenario, budget, min_tokens_per_s_user=0.0)
        if not fastest:
            # Other limits leave nothing either: how fast it would be without them.
            fastest = _fastest(
                scenario, budget, min_tokens_per_s_user=0.0, demand_tokens_per_s=None, target_ttft_s=None
            )
        if 0 < fastest < least:
            return _too_slow(scenario, fastest)
    if scenario.demand_tokens_per_s is not None:
        open_ended = LayoutEvaluator(scenario.changed(demand_tokens_per_s=None), engine.layouts)
        batch, (swept, _) = budget.swept(open_ended)
        with np.errstate(divide="ignore"):
            made = batch[:, np.newaxis] / open_ended.held_s(swept)
        least = float(made[np.isfinite(swept)].min(initial=math.inf))
        if math.isfinite(least):
            return too_little_demand(scenario, least)
    if scenario.target_ttft_s is not None:
        also: dict[str, Any] = {}
        shortest_s = _shortest_ttft_s(scenario, budget)
        if math.isinf(shortest_s):
            also = {"demand_tokens_per_s": None}
            shortest_s = _shortest_ttft_s(scenario, budget, **also)
        if math.isfinite(shortest_s):
            return _too_late(scenario, scenario.target_ttft_s, shortest_s, also, budget)
    name, where = scenario.architecture.name, scenario.accelerator.name
    return NothingFits(f"No layout of {name} on {where} runs with {scenario.max_gpus:,} GPUs; allow more of them.")


def _unknown(scenario: Scenario) -> NothingFits:
    """What can be said of a scenario of which it takes too long to find the obstacle."""
    return NothingFits(
        f"Nothing of {scenario.architecture.name} on {scenario.accelerator.name} runs on {_up_to(scenario)} within all "
        "limits, and to find which of them is in the way takes too long; loosen one, or allow fewer GPUs."
    )


def _too_few_sequences(scenario: Scenario, engine: LayoutEvaluator) -> NothingFits | None:
    """Why no layout that memory holds has its sequences: each of its stages needs one on every attention rank."""
    fitting = engine.free_bytes(engine.least_batch) >= 0
    stages = int(engine.layouts.shards.stages[fitting].min())
    limit = scenario.serving.max_sequences_per_rank
    if stages <= limit:
        return None
    return infeasible(
        scenario,
        f"{scenario.architecture.name} on {scenario.accelerator.name} fits on {stages} stages and more, each of which "
        f"needs a sequence on every attention rank, more than the limit of {limit}; allow {stages}.",
        {"max_sequences_per_rank": stages},
    )


def _too_slow(scenario: Scenario, fastest: float) -> NothingFits:
    """Why every user gets less than the least speed that is considered."""
    lower = rounded_down(fastest)
    return infeasible(
        scenario,
        f"{scenario.architecture.name} on {scenario.accelerator.name} gives one user at most {fastest:,.3g} tokens/s "
        f"on {_up_to(scenario)}, less than the least speed considered, {scenario.least_tokens_per_s_user:,g}; lower "
        f"that to {lower:,g} tokens/s.",
        {"min_tokens_per_s_user": lower},
    )


def _fastest(scenario: Scenario, budget: Budget, **changes: Any) -> float:
    """The most tokens per second that a user gets, 0 where nothing runs. [tokens/s]"""
    _, swept = budget.swept(searched(scenario.changed(**changes)))
    return 1 / float(swept.tpot_s.min(initial=math.inf))


def _too_late(
    scenario: Scenario, limit_s: float, shortest_s: float, also: dict[str, Any], budget: Budget
) -> NothingFits:
    """Why every first token comes too late; with more GPUs it may not, with a longer limit it does not."""
    enough_s = rounded_up(shortest_s)
    most = linked_gpus(scenario.accelerator)
    more = [2**i for i in range(1, MOST_OFFERED.bit_length()) if scenario.max_gpus < 2**i <= most]
    try:
        gpus = _first(more, lambda n: _shortest_ttft_s(scenario, budget, max_gpus=n, **also) <= limit_s)
    except TakesTooLongError:
        gpus = None  # a longer limit helps anyway
    helps = f"allow {enough_s:g} s" + (f" or {gpus:,} GPUs" if gpus else "")
    return infeasible(
        scenario,
        f"The first token of {scenario.architecture.name} on {scenario.accelerator.name} takes at least "
        f"{enough_s:g} s with a prompt of {scenario.prompt_tokens:,} tokens on {_up_to(scenario)}, longer than the "
        f"limit of {limit_s:g} s; {helps}{' and leave the demand open' if also else ''}.",
        {**also, **({"max_gpus": gpus} if gpus else {"target_ttft_s": enough_s})},
    )


def _up_to(scenario: Scenario) -> str:
    most = min(scenario.max_gpus, linked_gpus(scenario.accelerator))
    return f"up to {most:,.0f} GPUs" if most > 1 else "1 GPU"


def _shortest_ttft_s(scenario: Scenario, budget: Budget, **changes: Any) -> float:
    """The shortest time to first token of all setups that run, whatever its limit; infinite where none does. [s]"""
    engine = searched(scenario.changed(**changes, target_ttft_s=None))
    batch, swept = budget.swept(engine)
    runs = np.isfinite(swept.tpot_s)
    return float(engine.ttft_s(batch[:, np.newaxis], *swept)[runs].min(initial=math.inf))


def _shorter_prompt(scenario: Scenario, budget: Budget) -> int | None:
    """The longest prompt of one leading digit that runs, None where none does. [tokens]"""
    if not _runs(scenario, budget, prompt_tokens=0):
        return None
    digits = len(str(scenario.prompt_tokens))
    tried = [first * 10**power for power in reversed(range(digits)) for first in range(9, 0, -1)]
    shorter = [tokens for tokens in tried if tokens < scenario.prompt_tokens]
    return _first(shorter, lambda tokens: _runs(scenario, budget, prompt_tokens=tokens)) or 0


def _first(values: Sequence[int], helps: Callable[[int], bool]) -> int | None:
    """The first of some values that helps, where all after it help as well; None where the last one does not."""
    if not values or not helps(values[-1]):
        return None
    return values[bisect_left(values[:-1], True, key=helps)]


def _size(bytes_: float) -> str:
    return f"{bytes_ / 1e9:,.1f} GB" if bytes_ >= 5e7 else f"{bytes_ / 1e6:,.1f} MB"


def _runs(scenario: Scenario, budget: Budget, **changes: Any) -> bool:
    """Whether memory holds some layout with its fewest sequences, whatever the other limits."""
    engine = searched(scenario.changed(**changes))
    budget.spend(ONCE * engine.layouts.n_gpu.size)
    return bool((engine.free_bytes(engine.least_batch) >= 0).any())
