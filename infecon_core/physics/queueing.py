"""How many prompts run beside a step, the load that they put on an instance, and how long a prompt waits for others.

Each of d copies of attention takes the prompts of its own C/d users one after another, while the others take theirs:
as an instance takes a prompt in t, a copy takes one in d·t. With 1/d of the requests λ each copy has the load of the
instance, ρ = (λ/d)·(d·t).

Source: the mean wait at a single server with constant service times, ρ/(2(1 - ρ)) of them (Pollaczek-Khinchine formula
for M/D/1), for C/d users who do not queue behind themselves; checked against measured times to first token
(data/measurements/decode.csv).
"""

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

# Beyond this load the formula leaves its range: small errors of the load become large ones of the queue. A choice.
LARGEST_LOAD = 0.95
# Requests that a client of a benchmark sends one after another, all clients starting at once; InferenceX and the
# launch scripts of engines send ten a client.
BENCHMARK_WAVES = 10


def prompts_beside(batch: npt.ArrayLike, output_tokens: npt.ArrayLike, tokens: float = 1.0) -> Array:
    """Prompts that an instance works through beside one step: max(B - 1, 0)·tokens/output. [1]

    Under continuous batching every finished sequence is followed by a prompt, one for each `output` tokens. A sequence
    decodes beside the prompts of the others, not beside its own.

    Args:
        batch (array_like): B, sequences decoding at once. [1]
        output_tokens (array_like): Output of a request, at least 1. [tokens]
        tokens (float): Tokens that a sequence gains with the step, more than one with drafts. [tokens]

    Examples:
        >>> prompts_beside([0.5, 1, 501], 500).tolist()
        [0.0, 0.0, 1.0]
    """
    return np.maximum(np.asarray(batch, dtype=np.float64) - 1, 0) * tokens / np.asarray(output_tokens, dtype=np.float64)


def prompt_load(users: npt.ArrayLike, prompt_s: npt.ArrayLike, decoding_s: npt.ArrayLike) -> Array:
    """Share of the time in which an instance works on prompts: ρ = min(C·t/(d + t), 0.95). [1]

    Each of C users asks again when the answer is there, after the prompt's work t and d of decoding. Who queues
    for a place besides is none of them.

    Args:
        users (array_like): C, those who hold a place in the batch. [1]
        prompt_s (array_like): t, time that one prompt takes of the instance under this load. With more, as where
            prompts are counted that read experts for themselves beside steps in whose time they share them, a longer
            prompt could have less of a load. [s]
        decoding_s (array_like): d = output · TPOT; infinite where a setup does not run. [s]

    Examples:
        >>> float(prompt_load(4, 0.5, 9.5))
        0.2
    """
    c, t, d = (np.asarray(x, dtype=np.float64) for x in (users, prompt_s, decoding_s))
    busy = d + t
    return np.minimum(c * t / np.where(busy > 0, busy, 1.0), LARGEST_LOAD)


def waiting_prompts(load: npt.ArrayLike, users: npt.ArrayLike) -> Array:
    """Prompts for whose work a prompt waits under steady arrivals: q = ρ/(2(1 - ρ)) · max(c - 1, 0)/c. [1]

    Args:
        load (array_like): ρ, from 0 and below 1. [1]
        users (array_like): c = C/d of one copy of attention, above 0; one who is alone waits for nobody. [1]

    Examples:
        >>> float(waiting_prompts(0.5, 4)), float(waiting_prompts(0.5, 1))
        (0.375, 0.0)
    """
    rho, c = np.asarray(load, dtype=np.float64), np.asarray(users, dtype=np.float64)
    return np.asarray(rho / (2 * (1 - rho)) * np.maximum(c - 1, 0) / c)


def waiting_from_start(users: npt.ArrayLike, waves: float = BENCHMARK_WAVES) -> Array:
    """What a benchmark adds to the mean wait by starting all its clients at once: max(c - 1, 0)/(2n) prompts. [1]

    Only in the first of n waves does each of the c prompts wait for half of the others. Nothing of a median.

    Args:
        users (array_like): c = C/d, clients of one copy of attention. [1]
        waves (float): n, requests of one client. [1]

    Examples:
        >>> float(waiting_from_start(21))
        1.0
    """
    return np.asarray(np.maximum(np.asarray(users, dtype=np.float64) - 1, 0) / (2 * waves))


def waiting_s(prompts: npt.ArrayLike, copies: npt.ArrayLike, prompt_s: npt.ArrayLike) -> Array:
    """Time for which a prompt waits for those before it at its copy of attention: q·d·t. [s]

    All that C clients ask for at once, C·t, is done after that time, by however many copies: the mean wait of a
    benchmark's start is (C - d)/(2n)·t. With several stages t is the time of one, and the next prompt enters the first
    stage when the one before has left that. d·t is no less than what a round of d prompts takes, as t counts the
    reading of experts that they share for each of them.

    Args:
        prompts (array_like): q, prompts for whose work the prompt waits. [1]
        copies (array_like): d, copies of attention in a stage. [1]
        prompt_s (array_like): t, time that one prompt takes of the instance. [s]

    Examples:
        >>> float(waiting_s(1.5, 4, 0.25))
        1.5
    """
    return np.asarray(np.asarray(prompts) * np.asarray(copies) * np.asarray(prompt_s))
