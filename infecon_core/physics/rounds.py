"""Rounds of speculative decoding: so many drafted tokens and the pass that checks them, at some batches.

Source: Leviathan et al., arXiv:2211.17192; the passes are those of `decode`.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from infecon_core.physics.decode import FiveTimes

Array = npt.NDArray[np.float64]


class Rounds(NamedTuple):
    """Rounds of one draft length on one layout, one for each of some batches.

    Attributes:
        draft_tokens (int): Drafted tokens γ; 0 for a plain step. [tokens]
        positions (float): New positions of every sequence that the check passes: γ + 1, or γ as the paper counts.
            [tokens]
        tokens (float): Mean tokens that a round gives, E. [tokens]
        check (FiveTimes): The pass over these positions, with the prompts that are worked through beside it. [s]
        draft (FiveTimes): Drafting, all γ tokens. [s]
        runs (array of bool): Whether the batch fits, and is one that the engine searches.
    """

    draft_tokens: int
    positions: float
    tokens: float
    check: FiveTimes
    draft: FiveTimes
    runs: npt.NDArray[np.bool_]

    @property
    def tpot_s(self) -> Array:
        """Time per output token of one user of a round; NaN where it does not run. [s]

        Equation:
            TPOT = (T_check + T_draft)/E

        Where:
            T_check (self.check.total_s): The check. [s]
            T_draft (self.draft.total_s): Drafting. [s]
            E (self.tokens): Tokens of a round. [tokens]
        """
        seconds = (self.check.total_s + self.draft.total_s) / self.tokens
        return np.where(self.runs, seconds, np.nan)
