"""Time to first token: the prompt's own work, the queue before it, the step that is running, and what servers add.

Source: the forward pass of `physics.decode` with the prompt work of `physics.prefill`; constants fitted to measured
times to first token (data/measurements/decode.csv).
"""

import numpy as np
import numpy.typing as npt

from infecon_core.physics.decode import ForwardPass
from infecon_core.schema import ServingConstants

Array = npt.NDArray[np.float64]

# A request waits for half of the step that is running, and its own follows. [steps]
STEPS_BEFORE_FIRST_TOKEN = 1.5


def prompt_s(target: ForwardPass) -> Array:
    """Time that a prompt adds to an instance whose stages are all busy. [s]

    Equation:
        t = (T_p - T_0)/p

    Where:
        T_p (carrying.total_s): A step of p sequences that brings p prompts. [s]
        T_0 (bare.total_s): The same without prompts. [s]
        p (stages): Pipeline stages. [1]

    Args:
        target (ForwardPass): The model on its layouts of p stages.

    Returns:
        array: Of the layouts' length. [s]
    """
    stages = target.stages
    bare, carrying = (target.five_times(stages, 1.0, prompts) for prompts in (0.0, stages))
    return (carrying.total_s - bare.total_s) / stages


def prompt_beside_s(target: ForwardPass, batch: Array, prompts: Array, alone: Array) -> Array:
    """Time that a prompt adds to an instance that is as busy as it is. [s]

    Less than t of mixtures of experts, whose readings it shares with the step's own tokens and the prompts beside it.

    Equation:
        t_w = (T_w - T_0)/w
        t_w = t, where no prompt comes with a step

    Where:
        T_w (carrying): A step of B sequences with w prompts. [s]
        T_0 (bare): The same without prompts. [s]
        t (alone): As from `prompt_s`. [s]
        w (prompts): Prompts that come with a step. [1]

    Args:
        target (ForwardPass): The model on its layouts.
        batch (array): B, sequences that decode; the last axis goes with the layouts. [1]
        prompts (array): w, prompts that come with a step. [1]
        alone (array): t, as from `prompt_s`, which is t_w where no prompt comes with a step. [s]

    Returns:
        array: Broadcast shape. [s]
    """
    bare, carrying = (target.five_times(batch, 1.0, w).total_s for w in (0.0, prompts))
    return np.where(prompts > 0, (carrying - bare) / np.where(prompts > 0, prompts, 1.0), alone)


def prompt_pass_s(target: ForwardPass, dp_attn: Array, prompt: Array) -> Array:
    """One prompt's way through all p stages, without the step that carries it. [s]

    Only one copy of attention works on a prompt and sends it, while t counts what dp_attn prompts on as many copies do
    at once.

    Equation:
        t_p = p·t + (dp - 1)·A

    Where:
        p (target.stages): Pipeline stages. [1]
        dp (dp_attn): Copies of attention in a stage. [1]
        A (alone): Attention and network of the prompts of all copies at once. [s]

    Args:
        target (ForwardPass): The model on its layouts of p stages; its prompt is the request's.
        dp_attn (array): Copies of attention in a stage. [1]
        prompt (array): t, as from `prompt_s`. [s]

    Returns:
        array: Of the layouts' length. [s]
    """
    alone = target.prompt.attention_s + target.prompt.network_bandwidth_s
    return np.asarray(target.stages * prompt + (dp_attn - 1) * alone)


def bare_step_s(target: ForwardPass) -> Array:
    """A step with one sequence a stage and no prompt. [s]

    With t_p it is a lower bound of the time to first token: nobody queues, nothing is tokenised or scheduled. That
    bound stands for prompts on GPUs of their own, whose queue depends on a number of GPUs that neither scenarios nor
    measurements tell.

    Equation:
        T_1 = T(p, 0), the five times of p sequences without prompts

    Args:
        target (ForwardPass): The model on its layouts of p stages.
    """
    return target.five_times(target.stages, 1.0, 0.0).total_s


def ttft_s(
    constants: ServingConstants,
    prompt_factor: npt.ArrayLike,
    step_s: npt.ArrayLike,
    prompt_pass: npt.ArrayLike,
    waiting_s: npt.ArrayLike,
) -> Array:
    """Mean time to first token where prompts share the GPUs that decode. [s]

    Equation:
        TTFT = t_0 + k·T + b·(t_p + W)

    Where:
        t_0 (constants.ttft_overhead_s): Tokenising, scheduling, the network of the server. [s]
        k (STEPS_BEFORE_FIRST_TOKEN): Half of the step that is running, and the request's own. [steps]

    Args:
        constants (ServingConstants): With the overhead of a first token.
        prompt_factor (array_like): b, as from `prompt_factor`. [1]
        step_s (array_like): T, a decoding step under load: TPOT, or a round of drafts and their check. [s]
        prompt_pass (array_like): t_p, as from `prompt_pass_s`. [s]
        waiting_s (array_like): W, the wait for prompts of others, as from `physics.queueing.waiting_s`. [s]

    Returns:
        array: Broadcast shape. [s]

    Notes:
        An estimate: of models left out of the fit half are within 30%. Servers differ among themselves as much; of
        SGLang twice as long was measured. Too short for prompts of 256 tokens and fewer. Copies of attention are hardly
        checked: 21 of 1,430 measured times have them. They come out too short: with 2 to 4 copies by two fifths, with
        8 and more by nearly half.
    """
    work = np.asarray(prompt_factor, dtype=np.float64) * (np.asarray(prompt_pass) + np.asarray(waiting_s))
    return np.asarray(constants.ttft_overhead_s + STEPS_BEFORE_FIRST_TOKEN * np.asarray(step_s) + work)


def prompt_factor(mixture: npt.ArrayLike, constants: ServingConstants) -> Array:
    """How many times its work alone a prompt takes beside decoding. [1]

    Fitted after all other constants.

    Equation:
        b = b_e, mixtures of experts: chunks of a prompt touch experts anew
        b = 1, without experts

    Where:
        b_e (constants.ttft_expert_prompt_factor): Expert prompt factor. [1]

    Args:
        mixture (array_like): Which are mixtures of experts, as from `formats.has_experts`.
        constants (ServingConstants): Constants of the engine.
    """
    return np.where(mixture, constants.ttft_expert_prompt_factor, 1.0)
