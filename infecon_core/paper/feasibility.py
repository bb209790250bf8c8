"""Why no setup of the published model runs, and the change that would let one run."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from infecon_core.paper.convert import published_model
from infecon_core.paper.frontier import grid
from infecon_core.paper.system import PublishedSystem
from infecon_core.paper.variants import best_layouts
from infecon_core.scenario import MAX_GPUS, Scenario, infeasible, too_little_demand
from infecon_core.schema import FORMAT_BITS, Format, Layout, NothingFits, Precision


def check_fit(scenario: Scenario, target: PublishedSystem, layout: Layout, batch: float) -> None:
    if layout.pp > min(layout.n_gpu, batch) and target.space.whole_gpus:
        raise NothingFits(
            f"Pipeline stages need at least as many GPUs and sequences; there are {layout.pp:g} stages, "
            f"{layout.n_gpu:g} GPUs and {batch:g} sequences."
        )
    if layout.n_gpu > target.accelerator.linked_gpus:
        raise NothingFits(
            f"Links join {target.accelerator.linked_gpus:g} {scenario.accelerator.name}; "
            f"an instance of {layout.n_gpu:g} needs a scale-out link."
        )
    resident = batch / layout.pp if target.space.microbatch_cache else batch
    needed = float(target.model.resident_bytes(scenario.context_tokens, resident))
    if layout.n_gpu * target.accelerator.hbm_bytes < needed:
        gpus = math.ceil(needed / target.accelerator.hbm_bytes)
        raise NothingFits(
            f"Weights and cache take {needed / 1e9:,.1f} GB, and the memory of {layout.n_gpu:g} × "
            f"{scenario.accelerator.name} is {layout.n_gpu * target.accelerator.hbm_bytes / 1e9:,.1f} GB; "
            f"use at least {gpus} GPUs or a smaller batch."
        )


def nothing_fits(scenario: Scenario, target: PublishedSystem, draft: PublishedSystem | None) -> NothingFits:
    chip, model = target.accelerator, target.model
    name, where = scenario.architecture.name, scenario.accelerator.name
    one = float(model.resident_bytes(scenario.context_tokens, 1))
    if draft is not None:
        one = max(one, float(draft.model.resident_bytes(scenario.context_tokens, 1)))
    needed = one / chip.hbm_bytes
    linked = chip.linked_gpus
    formats = f"{scenario.precision.weights.upper()} with a context of {scenario.context_tokens:,.0f} tokens"
    if needed > min(scenario.max_gpus, linked):
        changes: dict[str, Any] = {}
        larger = 2 ** math.ceil(math.log2(max(needed, 1.0)))
        help_text = ""
        if larger <= min(linked, MAX_GPUS):
            changes["max_gpus"] = larger
            help_text = f"allow {larger:,} GPUs"
        narrower = _narrower_weights(scenario, min(scenario.max_gpus, linked))
        if narrower is not None:
            if not changes:
                changes["weights"] = narrower
            help_text += (" or use " if help_text else "use ") + f"{narrower.upper()} weights"
        limit = (
            f"the largest instance is {scenario.max_gpus:,}"
            if scenario.max_gpus <= linked
            else f"links join only {linked:,}"
        )
        return infeasible(
            scenario,
            f"{name} in {formats} needs at least {math.ceil(needed):,} {where} for one sequence, and {limit}; "
            f"{help_text or 'choose an accelerator with more memory, or a shorter context'}.",
            changes,
        )
    if scenario.demand_tokens_per_s is not None:
        points = grid(target, scenario.context_tokens, min(scenario.max_gpus, linked))
        latency = best_layouts(target, points).latency_s
        fit = np.isfinite(latency)
        least = float(np.min(points.batch[fit] / latency[fit], initial=math.inf))
        if scenario.demand_tokens_per_s < least < math.inf:
            return too_little_demand(scenario, least)
    return infeasible(
        scenario,
        f"No setup of {name} on {where} runs within {scenario.max_gpus:,} GPUs; allow a larger instance.",
        {"max_gpus": min(MAX_GPUS, 8 * scenario.max_gpus)} if scenario.max_gpus < MAX_GPUS else {},
    )


def _narrower_weights(scenario: Scenario, max_gpus: float) -> Format | None:
    """The widest format of the weights with which one sequence fits, or None."""
    bits = FORMAT_BITS[scenario.precision.weights]
    narrower: Mapping[int, Format] = {8: "fp8", 4: "fp4"}
    for width, name in narrower.items():
        if width < bits:
            precision = Precision.model_validate({**scenario.precision.model_dump(), "weights": name})
            model = published_model(scenario.architecture, precision)
            needed = float(model.resident_bytes(scenario.context_tokens, 1))
            if needed <= max_gpus * scenario.accelerator.hbm_bytes:
                return name
    return None
