"""Speculative decoding: who drafts, and how often the draft is right."""

from typing import Annotated, Literal

from pydantic import Field

from infecon_core.spec.architecture import Architecture
from infecon_core.spec.noun import Noun
from infecon_core.spec.precision import Precision


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
    """

    kind: Literal["draft_model"] = "draft_model"
    architecture: Architecture
    precision: Precision = Precision()
    acceptance: Annotated[float, Field(ge=0, le=1)] = 0.8
    max_draft_tokens: Annotated[int, Field(ge=2, le=64)] = 5
