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
    """

    prompt_tokens: Array | float
    output_tokens: Array | float

    @property
    def context_tokens(self) -> Array | float:
        """Mean context while decoding, as `Scenario.context_tokens`. [tokens]"""
        return self.prompt_tokens + self.output_tokens / 2

    @property
    def request_tokens(self) -> Array | float:
        """Prompt and output, as `Scenario.request_tokens`. [tokens]"""
        return self.prompt_tokens + self.output_tokens

    @property
    def answer_tokens(self) -> Array | float:
        """Output, of which a request has at least one. [tokens]"""
        return np.maximum(self.output_tokens, 1)

    def take(self, rows: npt.NDArray[np.intp]) -> "Requests":
        """The same of some of the layouts."""
        return Requests(*(lengths[rows] if isinstance(lengths, np.ndarray) else lengths for lengths in self))


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
