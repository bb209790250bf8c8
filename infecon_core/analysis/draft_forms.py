"""The paper's form of a speculative round beside that of Leviathan et al., on the same passes.

- arXiv:2506.04645, Equation 46: γ positions are checked after γ drafts, T = (1 - α)·(t_P(γ) + γ·t_Q) / (1 - α^γ).
- arXiv:2211.17192, Equation 1: γ + 1 positions, T = (1 - α)·(t_P(γ + 1) + γ·t_Q) / (1 - α^(γ+1)).

So the paper's round of γ is Leviathan's of γ - 1 with one draft that nobody uses: its T is longer by the share of that
draft in the round.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from infecon_core.analysis.draft_candidates import at_acceptance
from infecon_core.engines import engine_of
from infecon_core.physics.speculation import expected_tokens
from infecon_core.scenario import Scenario
from infecon_core.schema import Layout

Array = npt.NDArray[np.float64]


class Forms(NamedTuple):
    """Both forms at one setup, by draft length.

    Attributes:
        acceptance (float): α: the scenario's, or that of the first draft where tokens a round were measured. [1]
        draft_tokens (array): Draft lengths γ, from 1. [tokens]
        check_s (array): t_P over 1, 2, ... positions, one more than lengths. [s]
        draft_s (float): t_Q, drafting one token. [s]
    """

    acceptance: float
    draft_tokens: Array
    check_s: Array
    draft_s: float

    @property
    def paper_s(self) -> Array:
        """Time per token as Equation 46 has it, by length. [s]"""
        tokens = np.array([expected_tokens(self.acceptance, int(length) - 1) for length in self.draft_tokens])
        return np.asarray((self.check_s[:-1] + self.draft_tokens * self.draft_s) / tokens)

    @property
    def leviathan_s(self) -> Array:
        """Time per token with γ + 1 positions checked, by length. [s]"""
        tokens = np.array([expected_tokens(self.acceptance, int(length)) for length in self.draft_tokens])
        return np.asarray((self.check_s[1:] + self.draft_tokens * self.draft_s) / tokens)

    @property
    def difference(self) -> float:
        """How much faster the best round of Leviathan is than the paper's best, T_paper / T_Leviathan - 1. [1]"""
        return float(self.paper_s.min() / self.leviathan_s.min() - 1)


def forms(scenario: Scenario, layout: Layout, batch: float, longest: int) -> Forms:
    """Both forms of a round at one setup, from the same passes of the scenario's engine.

    Args:
        scenario (Scenario): With a draft.
        layout (Layout): One that the engine has.
        batch (float): Sequences; they fit. [1]
        longest (int): The longest draft. [tokens]

    Raises:
        ValueError: For a scenario without a draft, or a layout that the engine does not have.
    """
    draft = scenario.speculation
    if draft is None:
        raise ValueError("There is no draft whose rounds could be told; choose one.")
    acceptance = min(draft.accepted_lengths[0] - 1, 1.0) if draft.accepted_lengths else draft.acceptance
    constant = at_acceptance(scenario, acceptance)
    engine = engine_of(scenario)
    found = {}
    draft_s = 0.0
    for length in range(longest + 2):
        drafted = engine.rounds(constant, layout, [batch], length)
        found[round(drafted.positions)] = float(drafted.check.total_s[0])
        if length == 1:
            draft_s = float(drafted.draft.total_s[0])
    checks = np.array([found[positions] for positions in range(1, longest + 2)])
    return Forms(acceptance, np.arange(1.0, longest + 1), checks, draft_s)
