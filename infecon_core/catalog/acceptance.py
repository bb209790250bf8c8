"""Measured acceptance of drafted tokens: one curve a file in `data/acceptance/`."""

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Literal

from pydantic import Field

from infecon_core.catalog.files import records
from infecon_core.schema import Record
from infecon_core.schema.speculation import AcceptedLengths


class AcceptanceCurve(Record):
    """Mean tokens a round that one draft method reaches with one model.

    Args:
        id, target, method (str): Id of the curve; the model; who drafts.
        model_ids (tuple of str): The model in the catalog, all ids that it has there; empty where it is not there.
        drafter (str): Kind of the draft: `self_draft` (layers of the model, or a head trained for it) or `draft_model`.
        thinking (bool): Whether the model reasons before it answers, which is harder to guess.
        accepted_lengths (tuple of float): Mean tokens a round for 1, 2, ... drafts, the checked token included.
            [tokens]
        setting, source, date (str): Prompts and software; where it was published; when.
    """

    id: str
    target: str
    method: str
    model_ids: tuple[str, ...]
    drafter: Literal["self_draft", "draft_model"]
    thinking: bool
    accepted_lengths: Annotated[AcceptedLengths, Field(min_length=1)]
    setting: str
    source: str
    date: Annotated[str, Field(min_length=1)]

    @property
    def name(self) -> str:
        """What it was measured on: "Qwen3.5-397B-A17B, MTP, thinking"."""
        return f"{self.target}, {self.method}, {'thinking' if self.thinking else 'direct answers'}"

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
