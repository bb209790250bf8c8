"""Speculative decoding: who drafts, and how often the draft is right."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from infecon_core.schema.architecture import Architecture
from infecon_core.schema.field import about
from infecon_core.schema.precision import Precision
from infecon_core.schema.record import Line, Record

Acceptance = Annotated[
    float, about("Acceptance", "Probability that the model accepts one drafted token.", unit="1", ge=0, le=1, step=0.01)
]
# Longer drafts nobody runs: the longest of the measured curves has 8 tokens. [tokens]
LONGEST_DRAFT = 16
AcceptedLength = Annotated[float, Field(ge=1, le=LONGEST_DRAFT + 1)]

# A longer draft cannot give fewer tokens; measured curves fall by up to 8% where they are flat and noisy.
LARGEST_FALL = 0.1


def _possible(lengths: tuple[float, ...]) -> tuple[float, ...]:
    for drafts, length in enumerate(lengths, start=1):
        if length > drafts + 1:
            raise ValueError(
                f"a round gives at most one token more than it drafts, {drafts + 1} for {drafts}; got {length:g}"
            )
        longest = max(lengths[:drafts])
        if length < (1 - LARGEST_FALL) * longest:
            raise ValueError(
                f"a longer draft gives no fewer tokens a round, but {length:g} for {drafts} follow {longest:g}; "
                "give the means for 1, 2, ... drafts in this order"
            )
    return lengths


AcceptedLengths = Annotated[
    tuple[AcceptedLength, ...],
    Field(max_length=LONGEST_DRAFT),
    AfterValidator(_possible),
    about(
        "Tokens a round",
        "One acceptance for every drafted token, or the tokens a round that a draft was measured to give.",
        link="curve",
        only="serving",
    ),
]
MeasuredOn = Annotated[Line, Field(max_length=200)]


def _longest(ge: int, link: str) -> Any:
    help = "Every point takes the best length up to this one."
    return about("Longest draft", help, unit="tokens", ge=ge, le=LONGEST_DRAFT, link=link)


class DraftModel(Record):
    """A smaller model proposes tokens, the target checks them in one pass.

    Accepted lengths are means over rounds of 1, 2, ... drafts, the checked token included; the serving engine takes
    them in place of the acceptance where there are any. `measured_on` tells what they were measured on; empty where
    nobody said.
    """

    kind: Annotated[Literal["draft_model"], about("Draft", "A smaller model drafts.", link=None, flag=None)] = (
        "draft_model"
    )
    architecture: Annotated[
        Architecture,
        about("Draft", "The model that drafts, in its own formats.", link="draft", flag="--draft", closed=True),
    ]
    precision: Precision = Precision()
    accepted_lengths: AcceptedLengths = ()
    measured_on: MeasuredOn = ""
    acceptance: Acceptance = 0.8
    max_draft_tokens: Annotated[int, _longest(2, "gamma")] = 5

    @property
    def longest(self) -> int:
        """The longest draft tried: no longer than a measured curve. [tokens]"""
        return min(self.max_draft_tokens, len(self.accepted_lengths) or self.max_draft_tokens)


class SelfDraft(Record):
    """The model drafts for itself with a few layers of its own (MTP, EAGLE and the like); lengths as above."""

    kind: Annotated[
        Literal["self_draft"],
        about("Self-draft", "The model drafts with a few layers of its own.", link=None, flag=None, only="serving"),
    ] = "self_draft"
    layers: Annotated[
        float,
        about(
            "Layers of the draft",
            "Layers of the model's own size that one drafted token passes: 1 for MTP and EAGLE.",
            unit="1",
            ge=0.01,
            le=100,
            link="selflayers",
            flag="--self-draft",
        ),
    ] = 1.0
    accepted_lengths: AcceptedLengths = ()
    measured_on: MeasuredOn = ""
    acceptance: Acceptance = 0.7
    max_draft_tokens: Annotated[int, _longest(1, "selfgamma")] = 3

    @property
    def longest(self) -> int:
        """The longest draft tried: no longer than a measured curve. [tokens]"""
        return min(self.max_draft_tokens, len(self.accepted_lengths) or self.max_draft_tokens)


Speculation = Annotated[DraftModel | SelfDraft, Field(discriminator="kind")]
