"""Leviathan's expected tokens beside measured acceptance."""

import numpy as np
import pandas as pd

from infecon_core.catalog.acceptance import AcceptanceCurve, curves
from infecon_core.physics.speculation import expected_tokens


def constant_rate(curve: AcceptanceCurve) -> float:
    """The constant acceptance α whose expected tokens are nearest to a measured curve L(γ). [1]

    α minimises Σ_γ ln²(E(α, γ)/L(γ)) with E of Leviathan et al., arXiv:2211.17192, to three digits.
    """
    rates = np.linspace(0.0, 1.0, 1001)
    expected = np.array([_expected(rate, len(curve.accepted_lengths)) for rate in rates])
    miss = (np.log(expected / np.array(curve.accepted_lengths)) ** 2).sum(axis=1)
    return float(rates[np.argmin(miss)])


def _expected(rate: float, longest: int) -> list[float]:
    return [expected_tokens(rate, drafts) for drafts in range(1, longest + 1)]


def against_formula() -> pd.DataFrame:
    """Leviathan's expected tokens beside the measured ones, one row a curve and draft length.

    Returns:
        DataFrame: `curve`, `draft_tokens`, `measured`, `from_first` (with the acceptance of a single draft) and
            `from_constant` (with the nearest constant acceptance). [tokens]
    """
    rows = []
    for curve in curves().values():
        nearest = constant_rate(curve)
        for drafts, measured in enumerate(curve.accepted_lengths, start=1):
            rows.append(
                {
                    "curve": curve.id,
                    "draft_tokens": drafts,
                    "measured": measured,
                    "from_first": expected_tokens(curve.first_acceptance, drafts),
                    "from_constant": expected_tokens(nearest, drafts),
                }
            )
    return pd.DataFrame(rows)
