"""The lengths of requests, and who reads their prompts."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from infecon_core.physics.decode import ForwardPass

Array = npt.NDArray[np.float64]


class Requests(NamedTuple):
    """Lengths of requests, one or one a layout.

    Attributes:
        prompt_tokens, output_tokens (float or array): [tokens]
        mean_context_tokens, mean_request_tokens (float or array or None): Context while decoding, and prompt and output
            of those that hold a place, where requests of several lengths come: long ones hold theirs longer. None
            where all are of one length. [tokens]
    """

    prompt_tokens: Array | float
    output_tokens: Array | float
    mean_context_tokens: Array | float | None = None
    mean_request_tokens: Array | float | None = None

    @property
    def context_tokens(self) -> Array | float:
        """Mean context while decoding, as `Scenario.context_tokens`. [tokens]"""
        one = self.mean_context_tokens
        return self.prompt_tokens + self.output_tokens / 2 if one is None else one

    @property
    def request_tokens(self) -> Array | float:
        """Prompt and output, as `Scenario.request_tokens`. [tokens]"""
        one = self.mean_request_tokens
        return self.prompt_tokens + self.output_tokens if one is None else one

    @property
    def answer_tokens(self) -> Array | float:
        """Output, of which a request has at least one. [tokens]"""
        return np.maximum(self.output_tokens, 1)

    def take(self, rows: npt.NDArray[np.intp]) -> "Requests":
        """The same of some of the layouts."""
        prompt, output, context, request = (one[rows] if isinstance(one, np.ndarray) else one for one in self)
        assert prompt is not None and output is not None  # noqa: PT018 - they are what a request has
        return Requests(prompt, output, context, request)


class PromptReader(NamedTuple):
    """Who reads prompts: the model, and a draft that must know them as the model does.

    Attributes:
        way (ForwardPass): The pass in which it reads them.
        copies (array): Copies of it in an instance, which read different prompts. [1]
        dp_attn (array): Copies of attention in a stage of that pass. [1]
    """

    way: ForwardPass
    copies: Array
    dp_attn: Array
