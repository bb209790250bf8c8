"""Speculative decoding after Leviathan et al., arXiv:2211.17192: drafts, one verification, expected tokens."""

from collections.abc import Sequence


def expected_tokens(acceptance: float, draft_tokens: int) -> float:
    """Expected tokens of a round of γ drafts and one check of γ + 1 positions: (1 - α^(γ+1)) / (1 - α). [tokens]

    Examples
    --------
    >>> expected_tokens(1.0, 3), expected_tokens(0.0, 3)
    (4.0, 1.0)
    """
    if acceptance == 1:
        return float(draft_tokens + 1)
    return (1 - acceptance ** (draft_tokens + 1)) / (1 - acceptance)


def accepted_length(acceptance: float | None, curve: Sequence[float], draft_tokens: int) -> float:
    """Tokens a round at one draft length, from a constant acceptance or from a measured curve. [tokens]

    A measured curve gives the mean accepted length for 1, 2, ... drafts, the checked token included.
    """
    if curve:
        return float(curve[draft_tokens - 1])
    return expected_tokens(0.0 if acceptance is None else acceptance, draft_tokens)
