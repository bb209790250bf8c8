"""Time to first token without queueing, and what a prompt adds to an instance at work.

Source: the forward pass of `physics.decode` with the prompt work of `physics.prefill`.
"""

import numpy as np
import numpy.typing as npt

from infecon_core.physics.decode import ForwardPass

Array = npt.NDArray[np.float64]


def ttft_s(target: ForwardPass, dp_attn: Array) -> Array:
    """Time to first token: one pass with one sequence a stage, each with its prompt. [s]

    TTFT = T(1 sequence, 1 prompt) + (dp_attn - 1)·T_attention(prompt), as only one copy of attention works on a prompt.

    Args:
        target (ForwardPass): The model on its layouts; its prompt is the request's.
        dp_attn (array): Copies of attention in a stage. [1]

    Returns:
        array: Of the layouts' length. [s]

    Notes:
        A lower bound: no queue, no tokenising, no scheduling. Measured servers with few users take 2 to 6 times as long
        for prompts of 1,000 tokens and 1.2 to 2.5 times for 8,000.
    """
    carrying = target.five_times(target.stages, 1.0, target.stages)
    return carrying.total_s + (dp_attn - 1) * target.prompt.attention_s


def prompt_s(target: ForwardPass) -> Array:
    """Time that a prompt adds to an instance whose stages are all busy: (T(p sequences, p prompts) - T(p, 0)) / p. [s]

    Args:
        target (ForwardPass): The model on its layouts of p stages.

    Returns:
        array: Of the layouts' length. [s]
    """
    stages = target.stages
    bare, carrying = (target.five_times(stages, 1.0, prompts) for prompts in (0.0, stages))
    return (carrying.total_s - bare.total_s) / stages
