"""The requests that come: how long they are, and how much of their prompts is known already."""

import re
from typing import Annotated

from pydantic import Field, ValidationError

from infecon_core.schema.field import about
from infecon_core.schema.record import Record, sentence
from infecon_core.schema.words import quotable

MOST_LENGTHS = 8
EXAMPLE = "1000/500:70,8000/1000:30"
_LENGTH = re.compile(r"(\d{1,9})\s*/\s*(\d{1,9})\s*(?::\s*(\d{1,9}(?:\.\d{1,9})?)\s*%?)?")
# The longest prompt and the longest answer, of a scenario too. [tokens]
MAX_TOKENS = 10_000_000


class Length(Record):
    """Requests of one length.

    Args:
        prompt_tokens, output_tokens (int): Prompt and answer. [tokens]
        share (float): How many of them come, in parts of all shares together. [1]
    """

    prompt_tokens: Annotated[int, about("Prompt", "Tokens that a request brings.", unit="tokens", ge=0, le=MAX_TOKENS)]
    output_tokens: Annotated[
        int, about("Output", "Tokens that a request gets back.", unit="tokens", ge=0, le=MAX_TOKENS)
    ]
    share: Annotated[
        float,
        about("Share", "How many requests are so long.", unit="1", ge=1e-6, le=1e6),
    ] = 1.0

    @property
    def answer_tokens(self) -> int:
        """Output, of which a request has at least one. [tokens]"""
        return max(self.output_tokens, 1)


def lengths_of(text: str) -> tuple[Length, ...]:
    """Lengths as people write them: prompt/output:share, one after the other with commas.

    Raises:
        ValueError: One sentence that says what is wrong and what would be right.

    Examples:
        >>> [(one.prompt_tokens, one.output_tokens, one.share) for one in lengths_of("1000/500:70, 8000/1000:30")]
        [(1000, 500, 70.0), (8000, 1000, 30.0)]
    """
    found = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        match = _LENGTH.fullmatch(part)
        if match is None:
            raise ValueError(f"'{quotable(part)}' is no length; write prompt/output:share, as in {EXAMPLE}.")
        try:
            found.append(Length(prompt_tokens=int(match[1]), output_tokens=int(match[2]), share=float(match[3] or 1)))
        except ValidationError as error:
            raise ValueError(f"Of '{quotable(part)}' {sentence(error)}.") from error
    if not 1 <= len(found) <= MOST_LENGTHS:
        raise ValueError(f"Give 1 to {MOST_LENGTHS} lengths, as in {EXAMPLE}; these are {len(found)}.")
    return tuple(found)


class Traffic(Record):
    """Requests of one length or of several.

    Args:
        lengths (tuple of Length): At least one, at most eight.
        cached_share (float): Part of the prompt tokens whose keys and values are in the cache already: nothing is
            computed for them, and they take their room all the same. [1]
    """

    lengths: Annotated[tuple[Length, ...], Field(min_length=1, max_length=MOST_LENGTHS)]
    cached_share: Annotated[
        float,
        about(
            "Prompt tokens found in the cache",
            "Share of the prompt tokens that earlier requests left in the KV cache: no work, but room for them.",
            unit="1",
            ge=0,
            le=0.99,
            flag="--cached",
        ),
    ] = 0.0

    @property
    def shares(self) -> tuple[float, ...]:
        """Part of all requests that each length is. [1]"""
        total = sum(one.share for one in self.lengths)
        return tuple(one.share / total for one in self.lengths)

    @property
    def prompt_tokens(self) -> float:
        """Mean prompt of a request. [tokens]"""
        return sum(part * one.prompt_tokens for part, one in zip(self.shares, self.lengths, strict=True))

    @property
    def answer_tokens(self) -> float:
        """Mean answer of a request. [tokens]"""
        return sum(part * one.answer_tokens for part, one in zip(self.shares, self.lengths, strict=True))

    @property
    def context_tokens(self) -> float:
        """Mean context while decoding: Σ s·o·(p + o/2) / Σ s·o, as long answers are decoded for longer. [tokens]"""
        if len(self.lengths) == 1:  # the same digits as a scenario of that length
            return self.lengths[0].prompt_tokens + self.lengths[0].output_tokens / 2
        return self._while_decoding([one.prompt_tokens + one.output_tokens / 2 for one in self.lengths])

    @property
    def request_tokens(self) -> float:
        """Mean prompt and output of those that decode at one time, for which the cache keeps room. [tokens]"""
        if len(self.lengths) == 1:
            return self.lengths[0].prompt_tokens + self.lengths[0].output_tokens
        return self._while_decoding([one.prompt_tokens + one.output_tokens for one in self.lengths])

    def _while_decoding(self, tokens: list[float]) -> float:
        weights = [part * one.answer_tokens for part, one in zip(self.shares, self.lengths, strict=True)]
        return sum(w * n for w, n in zip(weights, tokens, strict=True)) / sum(weights)

    def alone(self) -> tuple["Traffic", ...]:
        """Each length for itself."""
        return tuple(Traffic(lengths=(one,), cached_share=self.cached_share) for one in self.lengths)
