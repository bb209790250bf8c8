"""Why no setup of a scenario runs, and the smallest change that would let one run."""

import math
from typing import Any

import numpy as np

from infecon_core.physics.interconnect import linked_gpus
from infecon_core.scenario import MAX_GPUS, Scenario, infeasible, too_little_demand
from infecon_core.schema import NothingFits
from infecon_core.schema.feasibility import rounded_down, rounded_up
from infecon_core.serving.evaluate import LayoutEvaluator, largest_batch, searched
from infecon_core.serving.layouts import batches

# A larger instance is not offered for a quicker first token: beyond it are none that people rent. A choice. [1]
MOST_OFFERED = 1024


def nothing_fits(scenario: Scenario, engine: LayoutEvaluator) -> NothingFits:
    """Why no setup of a scenario runs, and the smallest change that would let one run.

    Args:
        scenario (Scenario): What nothing was found for.
        engine (LayoutEvaluator): The same on all its layouts.

    Returns:
        NothingFits: By how much memory lacks, or which limit leaves nothing: the least speed, the demand, the time to
            first token, the sequences of an attention rank; changes that help, at least against what is said.
    """
    name, where = scenario.architecture.name, scenario.accelerator.name
    free = engine.free_bytes(engine.least_batch)
    if free.max() >= 0:
        return _limited(scenario, engine)
    best = int(np.argmax(free))
    changes: dict[str, Any] = {}
    helps = []
    pipelines = scenario.serving.pipelines
    if not pipelines and _runs(scenario, pipelines=True):
        changes = {"pipelines": True}
        helps.append("search pipelines")
    for gpus in (2**i for i in range(1, MAX_GPUS.bit_length())):
        if gpus > scenario.max_gpus and _runs(scenario, max_gpus=gpus):
            changes = changes or {"max_gpus": gpus}
            helps.append(f"allow {gpus:,} GPUs")
            break
        if (
            not pipelines
            and not changes
            and gpus > scenario.max_gpus
            and _runs(scenario, max_gpus=gpus, pipelines=True)
        ):
            changes = {"max_gpus": gpus, "pipelines": True}
            helps.append(f"allow {gpus:,} GPUs with pipelines")
            break
        if gpus >= linked_gpus(scenario.accelerator):
            break
    for weights in ("fp8", "fp4"):
        narrower = weights == "fp4" or scenario.precision.weights in ("bf16", "fp16")
        if narrower and scenario.precision.weights != weights and _runs(scenario, weights=weights):
            changes = changes or {"weights": weights}
            helps.append(f"use {weights.upper()} weights")
            break
    shorter = _shorter_prompt(scenario)
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


def _limited(scenario: Scenario, engine: LayoutEvaluator) -> NothingFits:
    """Why nothing is left though memory is there: a limit on sequences, speed, what an instance sells, first token."""
    ranks = _too_few_sequences(scenario, engine)
    if ranks is not None:
        return ranks
    least = scenario.least_tokens_per_s_user
    if least:
        fastest = _fastest(scenario, min_tokens_per_s_user=0.0)
        if not fastest:
            # Other limits leave nothing either: how fast it would be without them.
            fastest = _fastest(scenario, min_tokens_per_s_user=0.0, demand_tokens_per_s=None, target_ttft_s=None)
        if 0 < fastest < least:
            return _too_slow(scenario, fastest)
    if scenario.demand_tokens_per_s is not None:
        open_ended = LayoutEvaluator(scenario.changed(demand_tokens_per_s=None), engine.layouts)
        batch = batches(largest_batch(open_ended))
        swept = open_ended.sweep(batch).tpot_s
        with np.errstate(divide="ignore"):
            made = batch[:, np.newaxis] / open_ended.held_s(swept)
        least = float(made[np.isfinite(swept)].min(initial=math.inf))
        if math.isfinite(least):
            return too_little_demand(scenario, least)
    if scenario.target_ttft_s is not None:
        also: dict[str, Any] = {}
        shortest_s = _shortest_ttft_s(scenario)
        if math.isinf(shortest_s):
            also = {"demand_tokens_per_s": None}
            shortest_s = _shortest_ttft_s(scenario, **also)
        if math.isfinite(shortest_s):
            return _too_late(scenario, scenario.target_ttft_s, shortest_s, also)
    name, where = scenario.architecture.name, scenario.accelerator.name
    return NothingFits(f"No layout of {name} on {where} runs with {scenario.max_gpus:,} GPUs; allow more of them.")


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


def _fastest(scenario: Scenario, **changes: Any) -> float:
    """The most tokens per second that a user gets, 0 where nothing runs. [tokens/s]"""
    engine = searched(scenario.changed(**changes))
    return 1 / float(engine.sweep(batches(largest_batch(engine))).tpot_s.min(initial=math.inf))


def _too_late(scenario: Scenario, limit_s: float, shortest_s: float, also: dict[str, Any]) -> NothingFits:
    """Why every first token comes too late; with more GPUs it may not, with a longer limit it does not."""
    enough_s = rounded_up(shortest_s)
    most = linked_gpus(scenario.accelerator)
    more = (2**i for i in range(1, MOST_OFFERED.bit_length()) if scenario.max_gpus < 2**i <= most)
    gpus = next((n for n in more if _shortest_ttft_s(scenario, max_gpus=n, **also) <= limit_s), None)
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


def _shortest_ttft_s(scenario: Scenario, **changes: Any) -> float:
    """The shortest time to first token of all setups that run, whatever its limit; infinite where none does. [s]"""
    engine = searched(scenario.changed(**changes, target_ttft_s=None))
    batch = batches(largest_batch(engine))
    swept = engine.sweep(batch)
    runs = np.isfinite(swept.tpot_s)
    return float(engine.ttft_s(batch[:, np.newaxis], *swept)[runs].min(initial=math.inf))


def _shorter_prompt(scenario: Scenario) -> int | None:
    """The longest prompt of one leading digit that runs, None where none does. [tokens]"""
    if not _runs(scenario, prompt_tokens=0):
        return None
    digits = len(str(scenario.prompt_tokens))
    tried = [first * int(10.0**power) for power in reversed(range(digits)) for first in range(9, 0, -1)]
    for tokens in tried:
        if tokens < scenario.prompt_tokens and _runs(scenario, prompt_tokens=tokens):
            return tokens
    return 0


def _size(bytes_: float) -> str:
    return f"{bytes_ / 1e9:,.1f} GB" if bytes_ >= 5e7 else f"{bytes_ / 1e6:,.1f} MB"


def _runs(scenario: Scenario, **changes: Any) -> bool:
    """Whether memory holds some layout with its fewest sequences, whatever the other limits."""
    engine = searched(scenario.changed(**changes))
    return bool((engine.free_bytes(engine.least_batch) >= 0).any())
