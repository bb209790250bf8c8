"""The published model behind a scenario: its frontier, the decomposition of a point, its approximations."""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from infecon_core.paper.decomposition import Pass, speculative_operators, sum_times, take_apart
from infecon_core.paper.frontier import Chosen, choose, grid, mfu, price
from infecon_core.paper.ladder import Deployment, deployment
from infecon_core.paper.reading import published_accelerator, published_model
from infecon_core.paper.reference import Best, Points
from infecon_core.paper.specs import Array
from infecon_core.paper.speculation import expected_tokens
from infecon_core.spec import FORMAT_BITS, DraftModel, Format, Layout, NothingFits, Operator, Precision, Step
from infecon_core.spec.step import FIVE_TIMES

if TYPE_CHECKING:
    from infecon_core.scenario import Scenario

COLUMNS = (
    "tokens_per_s_user",
    "usd_per_million_tokens",
    "n_gpu",
    "tp",
    "pp",
    "ep",
    "dp_attn",
    "batch",
    "scheme",
    "draft_tokens",
    *FIVE_TIMES,
    "weight_bytes_per_gpu",
    "kv_bytes_per_gpu",
    "hbm_bytes_per_gpu",
    "mfu",
    "mbu",
    "limit",
    "tpot_s",
    "ttft_s",
)


def frontier(scenario: "Scenario") -> pd.DataFrame:
    """The Pareto frontier of a scenario, one row a point, fastest first; columns in `COLUMNS`.

    Raises
    ------
    NothingFits
        Where no setup runs, with the change that would help.
    """
    target, draft = _deployments(scenario)
    speculation = scenario.speculation
    chosen = choose(
        target,
        draft,
        acceptance=speculation.acceptance if speculation else 0.0,
        max_draft_tokens=speculation.max_draft_tokens if speculation else 0,
        context_tokens=scenario.context_tokens,
        demand_tokens_per_s=scenario.demand_tokens_per_s,
        max_gpus=min(scenario.max_gpus, target.accelerator.linked_gpus),
    )
    if not chosen.n_gpu.size:
        raise _nothing_fits(scenario, target, draft)
    layout = _layouts(target, chosen, scenario.context_tokens)
    return _table(scenario, target, draft, chosen, layout)


def step(scenario: "Scenario", layout: Layout, batch: float) -> Step:
    """The decomposition of one point of the published model.

    Parameters
    ----------
    scenario : Scenario
        What is served on what.
    layout : Layout
        GPUs, stages, attention copies and scheme; tp and ep follow from them in the published model.
    batch : float
        Sequences. [1]

    Raises
    ------
    NothingFits
        Where weights and cache do not fit into the GPUs of the layout, or it has more stages than GPUs or sequences.
    """
    if not (math.isfinite(batch) and 0 < batch <= 1e15):
        raise ValueError(f"The batch is a positive number up to 1e15; got {batch:g}.")
    target, draft = _deployments(scenario)
    n_gpu, sequences = np.array([layout.n_gpu]), np.array([float(batch)])
    one = Chosen(n_gpu, sequences, np.array([np.nan]), np.zeros(1))
    best = Best(
        np.full(1, np.nan), np.array([layout.pp]), np.array([layout.dp_attn]), np.array([layout.scheme == "1-D"])
    )
    _check_fit(scenario, target, layout, float(batch))
    shards = layout.n_gpu / layout.pp
    # One copy always fits: on a part of a GPU where the model is that small.
    if layout.dp_attn > max(1.0, shards) * (1 + 1e-9):
        raise ValueError(
            f"{layout.dp_attn:g} copies of attention need as many GPUs a stage; "
            f"{layout.n_gpu:g} GPUs over {layout.pp:g} stages are {shards:g}."
        )
    lengths = [0]
    if draft is not None and scenario.speculation is not None:
        lengths += range(2, scenario.speculation.max_draft_tokens + 1)
    tables = [
        _operators(scenario, target, draft, one._replace(draft_tokens=np.array([float(length)])), best, length)
        for length in lengths
    ]
    totals = [float(sum(values[0] for values in sum_times(operators).values())) for operators, _ in tables]
    winner = int(np.argmin(totals))
    operators, taken = tables[winner]
    latency = np.array([totals[winner]])
    return Step(
        **{name: float(values[0]) for name, values in sum_times(operators).items()},
        operators=tuple(
            Operator(name=name, **{key: float(values[0]) for key, values in times.items()})
            for name, times in operators.items()
            if any(values[0] > 0 for values in times.values())
        ),
        draft_tokens=lengths[winner],
        **_memory(scenario, target, layout.n_gpu, batch / layout.pp if target.rung.microbatch_cache else batch),
        mfu=float(mfu(target, n_gpu, sequences, latency, scenario.context_tokens)[0]),
        mbu=float(_mbu(target, taken, n_gpu, latency, lengths[winner], scenario)[0]),
    )


def approximations(scenario: "Scenario") -> tuple[str, ...]:
    """Sentences that name what the published model can only approximate for this scenario."""
    model = published_model(scenario.architecture, scenario.precision)
    chip = published_accelerator(scenario.accelerator, model.weight_bytes)
    notes = ["GPUs, batches and degrees of parallelism may be fractions; an instance you can rent may not."]
    if scenario.published.pipeline and scenario.published.variant == "reference":
        notes.append(
            "With pipeline stages, the capacity check counts the cache of one microbatch, though all are resident; "
            "this is the paper's, and makes the cheap end of long contexts up to 1.4 times too cheap."
        )
    if scenario.speculation is not None:
        notes.append(
            "Speculation follows the paper: γ drafts and γ positions checked, and the draft's memory is not counted."
        )
    notes.append("Prompts are not computed: the price is that of decoding alone.")
    return (*notes, *model.approximations, *chip.approximations)


def _deployments(scenario: "Scenario") -> tuple[Deployment, Deployment | None]:
    options = scenario.published

    def read(architecture: Any, precision: Precision) -> Deployment:
        return deployment(
            options.variant,
            architecture,
            scenario.accelerator,
            precision=precision,
            pipeline=options.pipeline,
            attention_scaledown=options.attention_scaledown,
            traffic=options.traffic,
        )

    target = read(scenario.architecture, scenario.precision)
    if scenario.speculation is None:
        return target, None
    if not isinstance(scenario.speculation, DraftModel):
        raise NothingFits(
            "The published model speculates with a draft model only; choose one, or the serving engine.",
            {"engine": "serving"},
        )
    return target, read(scenario.speculation.architecture, scenario.speculation.precision)


def _points(chosen: Chosen, context_tokens: float, tokens_per_pass: float) -> Points:
    return Points(chosen.n_gpu, chosen.batch, np.full(chosen.n_gpu.shape, context_tokens), tokens_per_pass)


def _layouts(target: Deployment, chosen: Chosen, context_tokens: float) -> Best:
    """The layout of each chosen setup: that of the target's pass, over γ tokens where it speculates."""
    best = target.best(_points(chosen, context_tokens, 1.0))
    for gamma in np.unique(chosen.draft_tokens[chosen.draft_tokens > 0]):
        rows = np.flatnonzero(chosen.draft_tokens == gamma)
        part = Chosen(*(values[rows] for values in chosen))
        for ours, theirs in zip(best, target.best(_points(part, context_tokens, gamma)), strict=True):
            ours[rows] = theirs
    return best


def _operators(
    scenario: "Scenario", target: Deployment, draft: Deployment | None, chosen: Chosen, layout: Best, length: int
) -> tuple[dict[str, dict[str, Array]], Pass]:
    """Operators per token of setups that all draft the same length; the draft takes its own best layout."""
    taken = take_apart(target, _points(chosen, scenario.context_tokens, float(length or 1)), layout)
    if draft is None or scenario.speculation is None or not length:
        return taken.operators, taken
    drafter_points = _points(chosen, scenario.context_tokens, 1.0)
    drafted = take_apart(draft, drafter_points, draft.best(drafter_points))
    return speculative_operators(taken, drafted, scenario.speculation.acceptance, length), taken


def _table(
    scenario: "Scenario", target: Deployment, draft: Deployment | None, chosen: Chosen, layout: Best
) -> pd.DataFrame:
    parts = []
    for length in np.unique(chosen.draft_tokens):
        rows = np.flatnonzero(chosen.draft_tokens == length)
        some = Chosen(*(values[rows] for values in chosen))
        layouts = layout.at(rows)
        operators, taken = _operators(scenario, target, draft, some, layouts, int(length))
        resident = some.batch / layouts.depth if target.rung.microbatch_cache else some.batch
        columns: dict[str, Any] = {
            "row": rows,
            "tp": taken.tp,
            "pp": layouts.depth,
            "ep": taken.ep,
            "dp_attn": layouts.scaledown,
            "scheme": np.where(layouts.one_d, "1-D", "2-D"),
            **sum_times(operators),
            **_memory(scenario, target, some.n_gpu, resident),
            "mbu": _mbu(target, taken, some.n_gpu, some.latency_s, int(length), scenario),
        }
        parts.append(pd.DataFrame(columns))
    frame = pd.concat(parts).set_index("row").sort_index()
    frame.index.name = None
    frame["tokens_per_s_user"] = 1 / chosen.latency_s
    frame["usd_per_million_tokens"] = price(target, chosen.n_gpu, chosen.batch, chosen.latency_s)
    frame["n_gpu"], frame["batch"] = chosen.n_gpu, chosen.batch
    frame["draft_tokens"] = chosen.draft_tokens.astype(np.int64)
    frame["mfu"] = mfu(target, chosen.n_gpu, chosen.batch, chosen.latency_s, scenario.context_tokens)
    largest = frame[list(FIVE_TIMES)].to_numpy().argmax(axis=1)
    frame["limit"] = np.array(list(FIVE_TIMES.values()))[largest]
    frame["tpot_s"], frame["ttft_s"] = chosen.latency_s, np.nan
    return frame[list(COLUMNS)]


def _memory(scenario: "Scenario", target: Deployment, n_gpu: Any, resident: Any) -> dict[str, Any]:
    return {
        "weight_bytes_per_gpu": target.model.weights_bytes / n_gpu,
        "kv_bytes_per_gpu": target.model.cache_bytes(scenario.context_tokens) * resident / n_gpu,
        "hbm_bytes_per_gpu": target.accelerator.hbm_bytes,
    }


def _mbu(target: Deployment, taken: Pass, n_gpu: Array, latency_s: Array, length: int, scenario: "Scenario") -> Array:
    """Bytes that the target moves a token / (N·B_peak·T); the draft's are left out. [1]"""
    rounds = 1.0
    if length and scenario.speculation is not None:
        rounds = 1 / expected_tokens(scenario.speculation.acceptance, length)
    return np.asarray(rounds * taken.moved_bytes / (n_gpu * target.accelerator.peak_hbm_bytes_per_s * latency_s))


def _check_fit(scenario: "Scenario", target: Deployment, layout: Layout, batch: float) -> None:
    if layout.pp > min(layout.n_gpu, batch) and target.rung.whole_gpus:
        raise NothingFits(
            f"Pipeline stages need at least as many GPUs and sequences; there are {layout.pp:g} stages, "
            f"{layout.n_gpu:g} GPUs and {batch:g} sequences."
        )
    if layout.n_gpu > target.accelerator.linked_gpus:
        raise NothingFits(
            f"Links join {target.accelerator.linked_gpus:g} {scenario.accelerator.name}; "
            f"an instance of {layout.n_gpu:g} needs a scale-out link."
        )
    resident = batch / layout.pp if target.rung.microbatch_cache else batch
    needed = target.model.weights_bytes + float(target.model.cache_bytes(scenario.context_tokens)) * resident
    if layout.n_gpu * target.accelerator.hbm_bytes < needed:
        gpus = math.ceil(needed / target.accelerator.hbm_bytes)
        raise NothingFits(
            f"Weights and cache take {needed / 1e9:,.1f} GB, and the memory of {layout.n_gpu:g} × "
            f"{scenario.accelerator.name} is {layout.n_gpu * target.accelerator.hbm_bytes / 1e9:,.1f} GB; "
            f"use at least {gpus} GPUs or a smaller batch."
        )


def _nothing_fits(scenario: "Scenario", target: Deployment, draft: Deployment | None) -> NothingFits:
    chip, model = target.accelerator, target.model
    name, where = scenario.architecture.name, scenario.accelerator.name
    one = model.weights_bytes + float(model.cache_bytes(scenario.context_tokens))
    if draft is not None:
        alone = draft.model.weights_bytes + float(draft.model.cache_bytes(scenario.context_tokens))
        one = max(one, alone)
    needed = one / chip.hbm_bytes
    linked = chip.linked_gpus
    formats = f"{scenario.precision.weights.upper()} with a context of {scenario.context_tokens:,.0f} tokens"
    if needed > min(scenario.max_gpus, linked):
        changes: dict[str, Any] = {}
        larger = 2 ** math.ceil(math.log2(max(needed, 1.0)))
        help_text = ""
        if larger <= min(linked, 2**18):
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
        return NothingFits(
            f"{name} in {formats} needs at least {math.ceil(needed):,} {where} for one sequence, and {limit}; "
            f"{help_text or 'choose an accelerator with more memory, or a shorter context'}.",
            changes,
        )
    if scenario.demand_tokens_per_s is not None:
        points = grid(target, scenario.context_tokens, min(scenario.max_gpus, linked))
        latency = target.best(points).latency_s
        fit = np.isfinite(latency)
        least = float(np.min(points.batch[fit] / latency[fit], initial=math.inf))
        if scenario.demand_tokens_per_s < least < math.inf:
            enough = 10 ** math.ceil(math.log10(least * 2))
            return NothingFits(
                f"Every setup of {name} on {where} makes at least {least:,.3g} tokens/s, more than the demand of "
                f"{scenario.demand_tokens_per_s:,.3g}; raise the demand to {enough:,g} tokens/s or leave it open.",
                {"demand_tokens_per_s": enough},
            )
    return NothingFits(
        f"No setup of {name} on {where} runs within {scenario.max_gpus:,} GPUs; allow a larger instance.",
        {"max_gpus": min(2**18, 8 * scenario.max_gpus)} if scenario.max_gpus < 2**18 else {},
    )


def _narrower_weights(scenario: "Scenario", max_gpus: float) -> Format | None:
    """The widest format of the weights with which one sequence fits, or None."""
    bits = FORMAT_BITS[scenario.precision.weights]
    narrower: Mapping[int, Format] = {8: "fp8", 4: "fp4"}
    for width, name in narrower.items():
        if width < bits:
            precision = Precision.model_validate({**scenario.precision.model_dump(), "weights": name})
            model = published_model(scenario.architecture, precision)
            needed = model.weights_bytes + float(model.cache_bytes(scenario.context_tokens))
            if needed <= max_gpus * scenario.accelerator.hbm_bytes:
                return name
    return None
