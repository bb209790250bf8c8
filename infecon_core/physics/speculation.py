"""Speculative decoding: drafts, one verification, expected tokens.

Source: Leviathan et al., arXiv:2211.17192, equation 1; measured lengths as in data/acceptance.
"""

from collections.abc import Sequence


def expected_tokens(acceptance: float, draft_tokens: int) -> float:
    """Expected tokens of a round of γ drafts and one check of γ + 1 positions. [tokens]

    Equation 1 of arXiv:2211.17192: every draft is accepted with probability α, independent of the others; the check
    adds one token of its own.

    Equation:
        E = (1 - α^(γ + 1))/(1 - α)
        E = γ + 1, where all are accepted

    Args:
        acceptance (float): α, from 0 to 1. [1]
        draft_tokens (int): γ, from 0. [tokens]

    Examples:
        Half of the drafts are accepted: 1 + 1/2 + 1/4 tokens of a round of two.

        >>> expected_tokens(0.5, 2), expected_tokens(1.0, 3), expected_tokens(0.0, 3)
        (1.75, 4.0, 1.0)
    """
    if acceptance == 1:
        return float(draft_tokens + 1)
    return (1 - acceptance ** (draft_tokens + 1)) / (1 - acceptance)


def accepted_length(acceptance: float | None, curve: Sequence[float], draft_tokens: int) -> float:
    """Tokens a round at one draft length, from a constant acceptance or from a measured curve. [tokens]

    Equation:
        E = (1 - α^(γ + 1))/(1 - α), from one acceptance
        E as measured for γ drafts, from a curve

    Args:
        acceptance (float or None): α; None counts as 0. [1]
        curve (sequence of float): Measured mean tokens a round for 1, 2, ... drafts, the checked token included; used
            where not empty. [tokens]
        draft_tokens (int): γ, from 1, no longer than the curve. [tokens]

    Examples:
        >>> accepted_length(0.5, (), 2), accepted_length(0.5, (1.8, 2.4), 2)
        (1.75, 2.4)
    """
    if curve:
        return float(curve[draft_tokens - 1])
    return expected_tokens(0.0 if acceptance is None else acceptance, draft_tokens)
