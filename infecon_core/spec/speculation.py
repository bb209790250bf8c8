"""Speculative decoding: who drafts, and how often the draft is right."""

from typing import Annotated, Literal

from pydantic import Field

from infecon_core.spec.architecture import Architecture
from infecon_core.spec.noun import Noun
from infecon_core.spec.precision import Precision

Acceptance = Annotated[float, Field(ge=0, le=1)]
AcceptedLength = Annotated[float, Field(ge=1, le=65)]


class DraftModel(Noun):
    """A smaller model proposes tokens, the target checks them in one pass.

    Parameters
    ----------
    architecture : Architecture
        The draft model.
    precision : Precision
        Its formats.
    acceptance : float
        Probability that the target accepts one drafted token, independent of the others. [1]
    max_draft_tokens : int
        The longest draft tried; the best length up to it is taken. [tokens]
    accepted_lengths : tuple of float
        Measured mean tokens a round for 1, 2, ... drafts, the checked token included; used in place of the
        acceptance by the serving engine where given. [tokens]
    """

    kind: Literal["draft_model"] = "draft_model"
    architecture: Architecture
    precision: Precision = Precision()
    acceptance: Acceptance = 0.8
    max_draft_tokens: Annotated[int, Field(ge=2, le=64)] = 5
    accepted_lengths: tuple[AcceptedLength, ...] = ()

    @property
    def longest(self) -> int:
        """The longest draft tried: no longer than a measured curve. [tokens]"""
        return min(self.max_draft_tokens, len(self.accepted_lengths) or self.max_draft_tokens)


class SelfDraft(Noun):
    """The model drafts for itself with a few layers of its own (MTP, EAGLE and the like).

    Parameters
    ----------
    layers : float
        Layers that one drafted token passes, a part of the model's own. [1]
    acceptance : float
        Probability that one drafted token is accepted, independent of the others. [1]
    max_draft_tokens : int
        The longest draft tried. [tokens]
    accepted_lengths : tuple of float
        As for a draft model. [tokens]
    """

    kind: Literal["self_draft"] = "self_draft"
    layers: Annotated[float, Field(gt=0, le=100)] = 1.0
    acceptance: Acceptance = 0.7
    max_draft_tokens: Annotated[int, Field(ge=1, le=64)] = 3
    accepted_lengths: tuple[AcceptedLength, ...] = ()

    @property
    def longest(self) -> int:
        """The longest draft tried: no longer than a measured curve. [tokens]"""
        return min(self.max_draft_tokens, len(self.accepted_lengths) or self.max_draft_tokens)


Speculation = Annotated[DraftModel | SelfDraft, Field(discriminator="kind")]
