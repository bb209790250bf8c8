"""Speculative decoding: a draft model proposes tokens, the target checks them in one pass.

Source: Erdil 2025, arXiv:2506.04645, after Leviathan et al., arXiv:2211.17192.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from infecon_core.paper.inputs import Array
from infecon_core.paper.system import Points, PublishedSystem
from infecon_core.paper.traffic import TrafficForm
from infecon_core.paper.variants import best_layouts, published_system, setups
from infecon_core.pareto import non_dominated
from infecon_core.physics.speculation import expected_tokens
from infecon_core.schema import Accelerator, Architecture, Precision
from infecon_core.schema.options import Variant
from infecon_core.schema.speculation import LONGEST_DRAFT

SHORTEST_DRAFT = 2
# Of so many setups one is worked out first.
SAMPLE_STRIDE = 29


@dataclass(frozen=True)
class Pair:
    """A target and its draft.

    Attributes:
        target, draft (PublishedSystem): Both on the same accelerator.
        acceptance (float): Probability that the target accepts one drafted token. [1]
        max_draft_tokens (int): The longest draft. [tokens]
    """

    target: PublishedSystem
    draft: PublishedSystem
    acceptance: float
    max_draft_tokens: int

    def round_time(self, target_s: Array, draft_s: Array, draft_tokens: int) -> Array:
        """Mean time of one token. [s]

        Equation:
            T = (t_P + γ·t_Q)/E
            E = (1 - α^γ)/(1 - α)

        Where:
            t_P (target_s): The target over γ tokens. [s]
            γ (draft_tokens): Drafted tokens. [tokens]
            t_Q (draft_s): The draft. [s]
            α (self.acceptance): Acceptance. [1]
        """
        return (target_s + draft_tokens * draft_s) / tokens_per_round(self.acceptance, draft_tokens)


class Speculative(NamedTuple):
    """Speculative decoding at each setup.

    Attributes:
        latency_s (array): Mean time of one token. [s]
        draft_tokens (array): The best draft length; 0 where not speculating is best. [tokens]
    """

    latency_s: Array
    draft_tokens: Array


def tokens_per_round(acceptance: float, draft_tokens: int) -> float:
    """Expected tokens of a round of γ drafts in the paper. [tokens]

    Those of the scheme of Leviathan et al. with one draft fewer: it checks γ + 1 positions after γ drafts.

    Equation:
        E = (1 - α^γ)/(1 - α)
        E = γ, where all are accepted

    Args:
        acceptance (float): Probability α that a drafted token is accepted, whatever came before it. [1]
        draft_tokens (int): γ, from 1. [tokens]

    Examples:
        1 + 0.8 + 0.64:

        >>> round(tokens_per_round(0.8, 3), 2)
        2.44
    """
    return expected_tokens(acceptance, draft_tokens - 1)


def speculate(
    pair: Pair, points: Points, *, frontier_only: bool = False, demand_tokens_per_s: float | None = None
) -> Speculative:
    """Best draft length at each setup: min over γ of (t_P(γ) + γ·t_Q) / E(γ), and never worse than not speculating.

    Args:
        pair (Pair): Target, draft and acceptance; γ runs from 2 to the longest draft.
        points (Points): Setups.
        frontier_only (bool): Setups that cannot come onto the frontier of latency and N·T/b may keep a slower latency.
        demand_tokens_per_s (float or None): With `frontier_only`, setups that make more than this do not come onto it.
            [tokens/s]

    Returns:
        Speculative: Arrays of the points' length. [s], [tokens]

    Notes:
        A pass over more tokens is never faster. So the time of a shorter pass bounds that of a longer one from below,
        and a setup whose bound beats neither its own best nor, with `frontier_only`, what other setups reach, is left
        out. Others count that make no more than the demand even at their bound.
    """
    best = best_layouts(pair.target, points).latency_s
    target_s = best.copy()
    draft_s = np.zeros(best.size)
    draft_tokens = np.zeros(best.size)
    gammas = range(SHORTEST_DRAFT, pair.max_draft_tokens + 1)
    if frontier_only:
        # A few setups worked out first show how far the frontier reaches, which rules out most of the others.
        sample = np.arange(0, best.size, SAMPLE_STRIDE)
        best[sample], draft_tokens[sample] = speculate(pair, points.at(sample))
    limits = _Limits(pair, points, demand_tokens_per_s) if frontier_only else None
    reached = limits.reached(best, target_s, draft_s, SHORTEST_DRAFT) if limits else None
    # While the draft's time is not known, the longest draft has the lowest bound.
    wanted = _may_improve(points, best, pair.round_time(target_s, draft_s, pair.max_draft_tokens), reached)
    known = np.flatnonzero(wanted)
    draft_s[known] = best_layouts(pair.draft, points.at(known)).latency_s
    for gamma in gammas:
        bound = pair.round_time(target_s, draft_s, gamma)
        reached = limits.reached(best, target_s, draft_s, gamma) if limits else None
        rows = np.flatnonzero(wanted & _may_improve(points, best, bound, reached))
        if not rows.size:
            continue
        target_s[rows] = best_layouts(pair.target, points.at(rows, float(gamma))).latency_s
        time = pair.round_time(target_s[rows], draft_s[rows], gamma)
        better = time < best[rows]
        best[rows[better]] = time[better]
        draft_tokens[rows[better]] = gamma
    return Speculative(best, draft_tokens)


class _Reached(NamedTuple):
    """What setups reach that are known to count.

    Attributes:
        latency_s, cost (array): The frontier of their latency [s] and GPU-seconds of a token. [s]
        possible (array of bool): Setups that do not make more than the demand already.
    """

    latency_s: Array
    cost: Array
    possible: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class _Limits:
    """What rules setups out that cannot come onto the frontier; arguments as for `speculate`."""

    pair: Pair
    points: Points
    demand_tokens_per_s: float | None

    def reached(self, best_s: Array, target_s: Array, draft_s: Array, shortest: int) -> _Reached:
        """What is reached while drafts from the shortest on have still to be tried."""
        batch, cost = self.points.batch, self.points.n_gpu / self.points.batch * best_s
        usable = np.isfinite(best_s)
        possible = np.ones(best_s.size, dtype=np.bool_)
        if self.demand_tokens_per_s is not None:
            lowest = best_s
            for gamma in range(shortest, self.pair.max_draft_tokens + 1):
                lowest = np.minimum(lowest, self.pair.round_time(target_s, draft_s, gamma))
            possible = ~(batch > self.demand_tokens_per_s * best_s)
            usable &= batch <= self.demand_tokens_per_s * lowest
        rows = np.flatnonzero(usable)
        front = non_dominated(best_s[rows], cost[rows])
        return _Reached(front.latency_s, cost[rows[front.setup]], possible)


def _may_improve(points: Points, best_s: Array, bound_s: Array, reached: _Reached | None) -> npt.NDArray[np.bool_]:
    open_setups = bound_s < best_s
    if reached is None:
        return np.asarray(open_setups)
    open_setups &= reached.possible
    if not reached.latency_s.size:
        return np.asarray(open_setups)
    rows = np.flatnonzero(open_setups)
    steps = np.searchsorted(reached.latency_s, bound_s[rows], side="right") - 1
    least = points.n_gpu[rows] / points.batch[rows] * bound_s[rows]
    open_setups[rows] = ~((steps >= 0) & (reached.cost[np.maximum(steps, 0)] < least))
    return np.asarray(open_setups)


def speculative_token_latency(
    variant: Variant,
    model: str | Architecture,
    draft: str | Architecture,
    accelerator: str | Accelerator,
    n_gpu: npt.ArrayLike,
    batch: npt.ArrayLike,
    *,
    acceptance: float,
    max_draft_tokens: int,
    context_tokens: npt.ArrayLike = 0,
    pipeline: bool = False,
    attention_scaledown: bool = True,
    precision: Precision | None = None,
    draft_precision: Precision | None = None,
    traffic: TrafficForm = "final",
) -> Array:
    """Mean time of one token under speculative decoding in the published model.

    (1 - α)·(t_P(γ) + γ·t_Q) / (1 - α^γ), the best γ from 2 on, and never worse than not speculating.

    Args:
        variant, model, accelerator, n_gpu, batch, context_tokens, pipeline, attention_scaledown, precision, traffic: As
            in `token_latency`.
        draft (str or Architecture): The draft model; it runs on the same GPUs and batch and must fit by itself.
        acceptance (float): Probability α that a drafted token is accepted. [1]
        max_draft_tokens (int): The longest draft. [tokens]
        draft_precision (Precision or None): The draft's formats; None for its own.

    Returns:
        array: Broadcast shape; infinite where nothing fits. [s]

    Raises:
        ValueError: One sentence for unknown names and numbers out of range.
    """
    check_speculation(acceptance, max_draft_tokens)
    options = {"pipeline": pipeline, "attention_scaledown": attention_scaledown}
    target = published_system(variant, model, accelerator, precision=precision, traffic=traffic, **options)
    drafter = published_system(variant, draft, accelerator, precision=draft_precision, traffic=traffic, **options)
    points, shape = setups(n_gpu, batch, context_tokens, 1)
    result = speculate(Pair(target, drafter, acceptance, max_draft_tokens), points)
    return result.latency_s.reshape(shape)


def check_speculation(acceptance: float, max_draft_tokens: int) -> None:
    """Refuse an acceptance outside 0 to 1 and drafts that are not 2 to `LONGEST_DRAFT` tokens."""
    if not 0 <= acceptance <= 1:
        raise ValueError(f"An acceptance is a probability from 0 to 1; got {acceptance:g}.")
    if not SHORTEST_DRAFT <= max_draft_tokens <= LONGEST_DRAFT or max_draft_tokens != int(max_draft_tokens):
        raise ValueError(
            f"The longest draft is a whole number from {SHORTEST_DRAFT} to {LONGEST_DRAFT} tokens; "
            f"got {max_draft_tokens:g}."
        )
