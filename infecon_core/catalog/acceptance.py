"""Measured acceptance of drafted tokens: one curve a file in `data/acceptance/`."""

from collections.abc import Mapping
from functools import cache
from typing import Annotated

from pydantic import Field

from infecon_core.catalog.files import records
from infecon_core.schema import Record
from infecon_core.schema.speculation import AcceptedLength


class AcceptanceCurve(Record):
    """Mean tokens a round that one draft method reaches with one model.

    Args:
        id, target, method (str): Id of the curve; the model; who drafts.
        thinking (bool): Whether the model reasons before it answers, which is harder to guess.
        accepted_lengths (tuple of float): Mean tokens a round for 1, 2, ... drafts, the checked token included.
            [tokens]
        setting, source, date (str): Prompts and software; where it was published; when.
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

    Raises:
        ValueError: One sentence that names the faulty file.
    """
    return records("acceptance", AcceptanceCurve.model_validate)
