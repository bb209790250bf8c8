"""Measured acceptance of drafts, and Leviathan's formula beside it."""

import tomllib
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import Field, ValidationError

from infecon_core.catalog import DATA
from infecon_core.economics.speculation import expected_tokens
from infecon_core.spec import Noun, sentence
from infecon_core.spec.speculation import AcceptedLength


class AcceptanceCurve(Noun):
    """Mean tokens a round that one draft method reaches with one model.

    Parameters
    ----------
    id, target, method : str
        Id of the curve; the model; who drafts.
    thinking : bool
        Whether the model reasons before it answers, which is harder to guess.
    accepted_lengths : tuple of float
        Mean tokens a round for 1, 2, ... drafts, the checked token included. [tokens]
    setting, source, date : str
        Prompts and software; where it was published; when.
    """

    id: str
    target: str
    method: str
    thinking: bool
    accepted_lengths: tuple[AcceptedLength, ...] = Field(min_length=1)
    setting: str
    source: str
    date: Annotated[str, Field(min_length=1)]

    @property
    def first_acceptance(self) -> float:
        """Acceptance of a single draft: its accepted length less the checked token. [1]"""
        return min(self.accepted_lengths[0] - 1, 1.0)


@cache
def curves() -> Mapping[str, AcceptanceCurve]:
    """All curves of `data/acceptance/` by id.

    Raises
    ------
    ValueError
        One sentence that names the faulty file.
    """
    found = {}
    for path in sorted((DATA / "acceptance").glob("*.toml")):
        try:
            curve = AcceptanceCurve.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
        except ValidationError as error:
            raise ValueError(f"data/acceptance/{path.name}: {sentence(error)}") from error
        if curve.id != path.stem:
            raise ValueError(f"data/acceptance/{path.name}: the id '{curve.id}' differs from the file's name.")
        found[curve.id] = curve
    return MappingProxyType(found)


def constant_rate(curve: AcceptanceCurve) -> float:
    """The constant acceptance whose expected tokens are nearest to a curve, least squares on the logarithm. [1]"""
    rates = np.linspace(0.0, 1.0, 1001)
    expected = np.array([_expected(rate, len(curve.accepted_lengths)) for rate in rates])
    miss = (np.log(expected / np.array(curve.accepted_lengths)) ** 2).sum(axis=1)
    return float(rates[np.argmin(miss)])


def _expected(rate: float, longest: int) -> list[float]:
    return [expected_tokens(rate, drafts) for drafts in range(1, longest + 1)]


def against_formula() -> pd.DataFrame:
    """Leviathan's expected tokens beside the measured ones, one row a curve and draft length.

    Returns
    -------
    DataFrame
        `curve`, `draft_tokens`, `measured`, `from_first` (with the acceptance of a single draft) and
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
