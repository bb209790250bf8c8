"""What others published on their servers, recomputed at their layouts and in their units.

A claim is recomputed by the engine that everything else is computed with: the shipped constants and the defaults of a
scenario, its overlap among them. No constant is of a claim. Ratios are ours over theirs.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from infecon_core import engines
from infecon_core.catalog.published_claims import (
    ClaimedLayout,
    DecodeClaim,
    FleetClaim,
    FrontierClaim,
    PromptClaim,
    PublishedClaim,
    published_claims,
)
from infecon_core.measured.capacity import lacking_bytes
from infecon_core.pareto import at_speed
from infecon_core.physics.deployment import Shards
from infecon_core.scenario import Scenario
from infecon_core.schema import SelfDraft, ServingConstants
from infecon_core.serving.evaluate import LayoutEvaluator, largest_batch
from infecon_core.serving.layouts import LayoutArrays

Array = npt.NDArray[np.float64]

SECONDS_PER_DAY = 86400.0
# Whoever publishes what a system reaches fills its memory, beyond the limit of the search.
MOST_SEQUENCES = 2048
GPUS_OF_A_NODE = 8
# A claim is met within a quarter: measurements of one setup with different software are as far apart.
MET = 0.25


class RecomputedClaim(NamedTuple):
    """A claim and what the engine makes of it.

    Attributes:
        claim: What was published.
        ours (float): In the claim's unit; NaN where it does not run.
        batch (float): Sequences of the instance that were decoded; NaN where none are. [1]
        speed (float): Speed of one of their users. [tokens/s]
        layout (str): The layout in words.
    """

    claim: PublishedClaim
    ours: float
    batch: float
    speed: float
    layout: str

    @property
    def ratio(self) -> float:
        """Ours over theirs. [1]"""
        return self.ours / self.claim.value

    @property
    def met(self) -> bool:
        """Whether ours is within a quarter of theirs: |ratio - 1| ≤ 0.25."""
        return abs(self.ratio - 1) <= MET


@lru_cache(maxsize=8)
def recomputed(constants: ServingConstants | None = None) -> tuple[RecomputedClaim, ...]:
    """Every published claim recomputed, kept for the next who asks.

    Args:
        constants (ServingConstants or None): Constants of the engine; the shipped ones where None.
    """
    claims = published_claims()
    return tuple(recompute(claim, claims, constants) for claim in claims.values())


def recompute(
    claim: PublishedClaim, others: Mapping[str, PublishedClaim], constants: ServingConstants | None = None
) -> RecomputedClaim:
    """One claim recomputed.

    Args:
        claim: What was published.
        others (mapping): Claims by id, where a claim rests on others.
        constants (ServingConstants or None): Constants of the engine; the shipped ones where None.
    """
    if isinstance(claim, DecodeClaim):
        return _decode(claim, constants)
    if isinstance(claim, PromptClaim):
        rate = prompt_tokens_per_s(claim, constants)
        return RecomputedClaim(claim, _in_unit(claim, rate, np.nan), np.nan, np.nan, _words(claim.layout))
    if isinstance(claim, FrontierClaim):
        return _frontier(claim, constants)
    return _fleet(claim, others, constants)


def decode_rates(claim: DecodeClaim, constants: ServingConstants | None = None) -> tuple[Array, Array]:
    """Batches of a claim's instance that run, and the time per output token of each.

    The stated batch, whatever the search's limits are, where weights, draft and cache of the mean context fit into the
    bare memory (`measured.capacity.lacking_bytes`): the search keeps room for whole requests besides, and a reserve,
    which a server that was measured need not. Where none is stated, one more sequence on every copy of attention at a
    time, as far as memory and the least speed of the search allow.

    Returns:
        batch, tpot_s (array): Both empty where nothing runs. [1], [s]
    """
    scenario = _scenario(
        claim, constants, prompt_tokens=claim.prompt_tokens, context=claim.context_tokens, disaggregated=True
    )
    scenario = scenario.changed(max_sequences_per_rank=MOST_SEQUENCES)
    engine = _evaluator(scenario, claim.layout)
    if claim.batch is not None:
        batch = np.array([claim.batch])
        lacking = lacking_bytes(engine.deployment, engine.layouts.shards, batch, claim.context_tokens)
        batch = batch[lacking + engine.draft_bytes_per_gpu(batch) <= 0]
        return batch, engine.round_times(batch, claim.draft_tokens).total_s
    copies = claim.layout.dp_attn
    batch = copies * np.arange(1, max(largest_batch(engine) // copies, 1) + 1)
    tpot = engine.sweep(batch).tpot_s[:, 0]
    return batch[np.isfinite(tpot)], tpot[np.isfinite(tpot)]


def prompt_tokens_per_s(claim: PromptClaim, constants: ServingConstants | None = None) -> float:
    """Prompt tokens/s of an instance whose GPUs work on prompts without a pause: length / time of one more prompt."""
    scenario = _scenario(
        claim, constants, prompt_tokens=claim.prompt_tokens, context=claim.prompt_tokens, disaggregated=True
    )
    return claim.prompt_tokens / float(_evaluator(scenario, claim.layout).pooled_prompt_s[0])


def _decode(claim: DecodeClaim, constants: ServingConstants | None) -> RecomputedClaim:
    batch, tpot = decode_rates(claim, constants)
    rates = np.where(1 / tpot >= claim.tokens_per_s_user, batch / tpot, -np.inf)
    if not rates.size or not np.isfinite(rates.max()):
        return RecomputedClaim(claim, np.nan, np.nan, np.nan, _words(claim.layout))
    best = int(rates.argmax())
    speed = float(1 / tpot[best])
    ours = _in_unit(claim, float(rates[best]), speed)
    return RecomputedClaim(claim, ours, float(batch[best]), speed, _words(claim.layout))


def _frontier(claim: FrontierClaim, constants: ServingConstants | None) -> RecomputedClaim:
    scenario = _scenario(
        claim,
        constants,
        prompt_tokens=claim.prompt_tokens,
        context=claim.prompt_tokens + claim.output_tokens / 2,
        disaggregated=claim.disaggregated,
    ).changed(max_gpus=claim.max_gpus)
    point = at_speed(engines.frontier(scenario), claim.tokens_per_s_user)
    if point is None:
        return RecomputedClaim(claim, np.nan, np.nan, np.nan, "none")
    both = (claim.prompt_tokens + claim.output_tokens) / claim.output_tokens
    layout = f"TP {point['tp']:g}, PP {point['pp']:g}, EP {point['ep']:g}, DP {point['dp_attn']:g}"
    return RecomputedClaim(
        claim,
        float(point["tokens_per_s_per_gpu"]) * both,
        float(point["batch"]),
        float(point["tokens_per_s_user"]),
        f"{point['n_gpu']:g} GPUs: {layout}",
    )


def _fleet(
    claim: FleetClaim, others: Mapping[str, PublishedClaim], constants: ServingConstants | None
) -> RecomputedClaim:
    """N = output/day / (86,400·decode rate of a GPU) + prompts/day / (86,400·prompt rate of a GPU)."""
    work = {claim.decode_claim: claim.output_tokens_per_day, claim.prompt_claim: claim.prompt_tokens_per_day}
    gpus = 0.0
    for name, tokens in work.items():
        part = others[name]
        per_gpu = recompute(part, others, constants).ours / _gpus_of(part)
        gpus += tokens / SECONDS_PER_DAY / per_gpu
    return RecomputedClaim(claim, gpus, np.nan, np.nan, "both pools")


def _gpus_of(claim: PublishedClaim) -> int:
    return GPUS_OF_A_NODE if claim.unit == "tokens/s per 8 GPUs" else 1


def _in_unit(claim: DecodeClaim | PromptClaim, tokens_per_s: float, speed: float) -> float:
    """Tokens/s of an instance in the unit of a claim."""
    if claim.unit == "tokens/s per user":
        return speed
    return tokens_per_s / claim.layout.n_gpu * _gpus_of(claim)


def _scenario(
    claim: PublishedClaim,
    constants: ServingConstants | None,
    *,
    prompt_tokens: int,
    context: float,
    disaggregated: bool,
) -> Scenario:
    """A claim's model, accelerator, formats and lengths, all else as by default.

    The mean context is prompt + output / 2, so that the output is 2·(context - prompt).
    """
    speculation = None
    if isinstance(claim, DecodeClaim | FrontierClaim) and claim.draft_tokens:
        speculation = SelfDraft(accepted_lengths=claim.accepted_lengths, max_draft_tokens=claim.draft_tokens)
    return Scenario.preset(
        claim.model_id,
        claim.accelerator_id,
        weights=claim.weights,
        kv=claim.kv,
        prompt_tokens=prompt_tokens,
        output_tokens=round(2 * (context - prompt_tokens)),
        disaggregated=disaggregated,
        constants=constants,
        correction="off",
        speculation=speculation,
    )


def _evaluator(scenario: Scenario, layout: ClaimedLayout) -> LayoutEvaluator:
    """The engine on a claim's layout, whether or not the search would try it."""
    n_gpu, copies = np.array([layout.n_gpu]), np.array([layout.dp_attn])
    shards = Shards(np.ones(1), n_gpu, copies, n_gpu / copies)
    return LayoutEvaluator(scenario, LayoutArrays(shards, np.array([layout.ep])))


def _words(layout: ClaimedLayout) -> str:
    return f"{layout.n_gpu:g} GPUs: EP {layout.ep:g}, DP {layout.dp_attn:g}"


def claims_table(claims: tuple[RecomputedClaim, ...]) -> pd.DataFrame:
    """Recomputed claims as a table, one row each.

    Returns:
        DataFrame: `id`, `label`, `what`, `publisher`, `model_id`, `accelerator_id`, `layout`, `unit`, `theirs` and
            `ours` [unit], `ratio` [1], `within_25`, `batch` [1], `tokens_per_s_user` [tokens/s], `reason`,
            `assumptions`, `note`, `kind`, `source`, `url`, `date`.
    """
    return pd.DataFrame(
        {
            "id": found.claim.id,
            "label": found.claim.label,
            "what": found.claim.what,
            "publisher": found.claim.publisher,
            "model_id": found.claim.model_id,
            "accelerator_id": found.claim.accelerator_id,
            "layout": found.layout,
            "unit": found.claim.unit,
            "theirs": found.claim.value,
            "ours": found.ours,
            "ratio": found.ratio,
            "within_25": found.met,
            "batch": found.batch,
            "tokens_per_s_user": found.speed,
            "reason": found.claim.reason,
            "assumptions": " ".join(found.claim.assumptions),
            "note": found.claim.note,
            "kind": found.claim.kind,
            "source": found.claim.source,
            "url": found.claim.url,
            "date": found.claim.date,
        }
        for found in claims
    )
