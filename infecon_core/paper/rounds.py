"""Rounds of drafts and their check on one layout of the published model, whichever draft length is the fastest."""

import numpy as np
import numpy.typing as npt

from infecon_core.paper.breakdown import TimesByName, sum_times, take_apart
from infecon_core.paper.inputs import Array
from infecon_core.paper.speculation import tokens_per_round
from infecon_core.paper.system import Best, Points, PublishedSystem
from infecon_core.paper.variants import best_layouts
from infecon_core.physics.decode import FiveTimes
from infecon_core.physics.rounds import Rounds
from infecon_core.schema import FIVE_TIMES, Layout


def rounds(
    target: PublishedSystem,
    draft: PublishedSystem | None,
    layout: Layout,
    points: Points,
    runs: npt.NDArray[np.bool_],
    *,
    acceptance: float,
    draft_tokens: int,
) -> Rounds:
    """Rounds of one draft length: γ positions checked after γ drafts, (1 - α^γ)/(1 - α) tokens (Equation 46).

    Args:
        target, draft (PublishedSystem): Both on the same accelerator; the draft takes its own best layout.
        layout (Layout): Of the target's pass.
        points (Points): GPUs, batches and context, one token a pass.
        runs (array of bool): Which of them fit.
        acceptance (float): Probability α that a drafted token is accepted. [1]
        draft_tokens (int): Drafted tokens γ; 0 for none. [tokens]
    """
    ones = np.ones_like(points.n_gpu)
    cut = Best(ones, layout.pp * ones, layout.dp_attn * ones, np.full(ones.shape, layout.scheme == "1-D"))
    positions = float(draft_tokens or 1)
    check = take_apart(target, points._replace(tokens_per_pass=positions), cut)
    drafted = FiveTimes(*(np.zeros(ones.shape) for _ in FIVE_TIMES))
    tokens = 1.0
    if draft is not None and draft_tokens:
        best = best_layouts(draft, points)
        runs = runs & np.isfinite(best.latency_s)
        drafted = _five(sum_times(take_apart(draft, points, best).operators)).scaled(draft_tokens)
        tokens = tokens_per_round(acceptance, draft_tokens)
    return Rounds(draft_tokens, positions, tokens, _five(sum_times(check.operators)), drafted, runs)


def _five(times: TimesByName) -> FiveTimes:
    parts: list[Array] = [times[name] for name in FIVE_TIMES]
    return FiveTimes(*parts)
