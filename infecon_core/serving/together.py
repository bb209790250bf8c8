"""Frontiers of many scenarios of one shape from one sweep: they differ in lengths, which are one more axis, and prices.

The same equations over longer arrays: each pair of lengths has a copy of the layouts of its own. Points are those of
`frontier` but for rounding: at most 1e-12 of a figure, as numpy sums arrays of another shape in another order.
"""

from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from infecon_core.frontier_table import frontier_columns
from infecon_core.pareto import non_dominated
from infecon_core.physics.deployment import Shards
from infecon_core.scenario import Scenario
from infecon_core.schema import NothingFits
from infecon_core.serving.evaluate import LayoutEvaluator, largest_batches, searched
from infecon_core.serving.feasibility import nothing_fits
from infecon_core.serving.frontier import points
from infecon_core.serving.layouts import LayoutArrays, batches
from infecon_core.serving.requests import Requests
from infecon_core.serving.search_size import MOST_WORK, check_size, work_of

Array = npt.NDArray[np.float64]
Lengths: TypeAlias = tuple[int, int]
Points: TypeAlias = tuple[dict[str, Any], Array]

# Setups of one sweep, about: with fewer the calls take the time and not the arithmetic, with more the arrays only take
# memory. benchmarks/sweep.py measures it. [1]
SETUPS = 100_000


def frontiers_together(scenarios: Sequence[Scenario]) -> list[dict[str, Any] | NothingFits]:
    """The frontiers of scenarios that differ in nothing but lengths, price, price basis, board power and target.

    Args:
        scenarios (sequence of Scenario): At least one; all with the same `least_tokens_per_s_user`.

    Returns:
        list: For each scenario the columns of its frontier, as those of `frontier`, or why it has none.
    """
    # Requests of one size hold batches of one size: who is swept together tries about the same ones.
    lengths = sorted({(one.prompt_tokens, one.output_tokens) for one in scenarios}, key=sum)
    found = dict(_searched(scenarios[0], lengths))
    refusals: dict[Lengths, NothingFits] = {}
    answers: list[dict[str, Any] | NothingFits] = []
    for scenario in scenarios:
        key = scenario.prompt_tokens, scenario.output_tokens
        answer = found[key]
        if isinstance(answer, NothingFits):
            answers.append(answer)
            continue
        known, gpu_seconds = answer
        if gpu_seconds.size:
            answers.append(frontier_columns(scenario, known, gpu_seconds))
        else:
            if key not in refusals:
                refusals[key] = nothing_fits(scenario, searched(scenario))
            answers.append(refusals[key])
    return answers


def _searched(scenario: Scenario, lengths: Sequence[Lengths]) -> Iterator[tuple[Lengths, Points | NothingFits]]:
    """The points of a frontier for all lengths, as from `frontier.points`, in sweeps of a size that pays.

    Where the search would take too long alone, its refusal.
    """
    alone = searched(scenario).layouts
    drafts = 1 if scenario.speculation is None else 1 + scenario.speculation.longest
    first = 0
    while first < len(lengths):
        # Nobody holds larger batches than the shortest requests.
        most = batches(float(_largest(_evaluator(scenario, alone, lengths[first : first + 1]), 1)[0]))
        count = max(1, int(SETUPS / (most.size * alone.n_gpu.size * drafts)))
        together = lengths[first : first + count]
        engine = _evaluator(scenario, alone, together)
        refused = _refused(engine, together)
        yield from refused.items()
        if refused:
            together = [key for key in together if key not in refused]
            engine = _evaluator(scenario, alone, together) if together else engine
        if together:
            yield from zip(together, _swept(engine, len(together)), strict=True)
        first += count


def _refused(engine: LayoutEvaluator, lengths: Sequence[Lengths]) -> dict[Lengths, NothingFits]:
    """The lengths for which a search alone would take too long, with its refusal."""
    found = {}
    width = engine.layouts.n_gpu.size // len(lengths)
    for key, largest in zip(lengths, _largest(engine, len(lengths)), strict=True):
        if work_of(engine, width, float(largest)) > MOST_WORK:
            one = engine.scenario.changed(prompt_tokens=key[0], output_tokens=key[1])
            try:
                check_size(one, searched(one))
            except NothingFits as refusal:
                found[key] = refusal
    return found


def _evaluator(scenario: Scenario, alone: LayoutArrays, lengths: Sequence[Lengths]) -> LayoutEvaluator:
    """A scenario on as many copies of its layouts as there are lengths, one after the other."""
    count = len(lengths)
    layouts = LayoutArrays(Shards(*(np.tile(values, count) for values in alone.shards)), np.tile(alone.ep, count))
    prompt, output = np.repeat(np.array(lengths, dtype=np.float64), alone.n_gpu.size, axis=0).T
    return LayoutEvaluator(scenario, layouts, requests=Requests(prompt, output))


def _largest(engine: LayoutEvaluator, count: int) -> Array:
    """The largest batch of each of so many copies of the layouts. [1]"""
    return np.asarray(np.maximum(np.floor(largest_batches(engine).reshape(count, -1).max(axis=1)), 1.0))


def _swept(engine: LayoutEvaluator, count: int) -> Iterator[Points]:
    """The points of the frontier on each of so many copies of the layouts; no points where nothing runs."""
    width = engine.layouts.n_gpu.size // count
    largest = _largest(engine, count)
    shared = batches(float(largest.max()))
    # Each tries those of the shared batches that lie below its largest one, and that one itself in a row of its own.
    tried = np.vstack([np.repeat(shared[:, np.newaxis], engine.layouts.n_gpu.size, axis=1), np.repeat(largest, width)])
    swept = engine.sweep(tried)
    cost = engine.gpu_seconds(tried, swept.tpot_s)
    rows, layouts = [], []
    for place, most in enumerate(largest):
        own = np.append(np.flatnonzero(shared < most), shared.size)
        columns = slice(place * width, (place + 1) * width)
        front = non_dominated(swept.tpot_s[own, columns].ravel(), cost[own, columns].ravel())
        row, column = np.divmod(front.setup, width)
        rows.append(own[row])
        layouts.append(place * width + column)
    row, layout = np.concatenate(rows), np.concatenate(layouts)
    known, gpu_seconds = points(engine.take(layout), tried[row, layout], swept.draft_tokens[row, layout])
    for stop, size in zip(np.cumsum([one.size for one in rows]), map(len, rows), strict=True):
        part = slice(stop - size, stop)
        yield (
            {name: value[part] if isinstance(value, np.ndarray) else value for name, value in known.items()},
            gpu_seconds[part],
        )
