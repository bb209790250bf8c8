"""Rounds of drafts and their check on one layout of the serving engine, whichever draft length is the fastest."""

import numpy as np
import numpy.typing as npt

from infecon_core.physics.decode import FiveTimes
from infecon_core.physics.rounds import Rounds
from infecon_core.scenario import Scenario
from infecon_core.schema import FIVE_TIMES, Layout
from infecon_core.serving.breakdown import evaluator_at


def rounds(scenario: Scenario, layout: Layout, batch: npt.ArrayLike, draft_tokens: int) -> Rounds:
    """Rounds of one draft length at some batches.

    Args:
        scenario (Scenario): What is served on what; with a draft where tokens are drafted.
        layout (Layout): Whole degrees of parallelism.
        batch (array_like): Sequences of the instance. [1]
        draft_tokens (int): Drafted tokens γ; 0 for none. [tokens]

    Returns:
        Rounds: The check passes γ + 1 positions (arXiv:2211.17192); the draft reads the prompts too.

    Raises:
        ValueError: For a layout that cannot be launched.
    """
    engine = evaluator_at(scenario, layout)
    b = np.asarray(batch, np.float64)
    tokens = engine.tokens_per_round(draft_tokens)
    prompts = engine.prompts_per_step(b, tokens)
    check = engine.target.five_times(b, draft_tokens + 1.0, prompts)
    if scenario.speculation is not None:
        check = check.plus(engine.prompts_through_draft(prompts))
    drafting = engine.drafting(b)
    none = FiveTimes(*(np.zeros(b.shape) for _ in FIVE_TIMES))
    draft = drafting.times.scaled(draft_tokens) if drafting is not None and draft_tokens else none
    runs = engine.fits(b, drafting) & (b <= engine.most_sequences)
    factor = engine.time_factor
    return Rounds(draft_tokens, draft_tokens + 1.0, tokens, check.scaled(factor), draft.scaled(factor), runs)
