"""The linear form in which the times of operators and collectives are kept.

Every operator's time is linear in four quantities, so that a layout is worked out once and then costs a few
multiplications a batch: 1, the sequences m of a microbatch, its tokens t = m·s with s new tokens of each sequence,
and the share u of the experts that t tokens touch (one such share for each routing of the model).

Reading and computing of one operator add up: against the measurements of data/measurements/decode.csv the sum
bytes/(B·η) + FLOP/C does better than the larger of the two.

Source: the coefficients are those of `operators`; the form is checked against data/measurements/decode.csv.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

# The group of what runs once a step and belongs to no layers.
ONCE_A_STEP = "once a step"


class LinearTime(NamedTuple):
    """A time as a linear form: fixed + per_sequence·m + per_token·t + per_touched·u, numbers or one a layout. [s]"""

    fixed: Array | float = 0.0
    per_sequence: Array | float = 0.0
    per_token: Array | float = 0.0
    per_touched: Array | float = 0.0

    def at(self, sequences: Array, tokens: Array, touched: Array) -> Array:
        """The form at m sequences, t tokens and a share u of touched experts. [s]

        Equation:
            T = T_0 + T_m·m + T_t·t + T_u·u

        Where:
            T_0 (self.fixed): Whatever the batch. [s]
            T_m (self.per_sequence): Of a sequence. [s]
            m (sequences): Sequences of a microbatch. [1]
            T_t (self.per_token): Of a token. [s]
            t (tokens): Tokens of a pass. [tokens]
            T_u (self.per_touched): Of all experts. [s]
            u (touched): Share of them that is touched. [1]
        """
        return np.asarray(
            self.fixed + self.per_sequence * sequences + self.per_token * tokens + self.per_touched * touched
        )

    def scaled(self, factor: float) -> "LinearTime":
        """The form times a factor. [s]"""
        return LinearTime(*(factor * values for values in self))


NOTHING = LinearTime()


@dataclass(frozen=True)
class OperatorCosts:
    """One operator of all layers of one group.

    Attributes:
        name, group (str): What it is, and whose layers.
        memory, arithmetic, overhead (LinearTime): Its times. [s]
        routing (int): Which of the model's routings its `per_touched` belongs to.
    """

    name: str
    group: str
    memory: LinearTime = NOTHING
    arithmetic: LinearTime = NOTHING
    overhead: LinearTime = NOTHING
    routing: int = 0


@dataclass(frozen=True)
class CollectiveCosts:
    """A collective of all layers of one group, `count` times a pass.

    Attributes:
        name, group (str): What it is, and whose layers.
        count (array): Times a pass. [1]
        latency_s, s_per_token (tuple of arrays): Ways to do it, of which the fastest counts: latency_s + s_per_token·t.
            [s], [s/token]
    """

    name: str
    group: str
    count: Array
    latency_s: tuple[Array, ...]
    s_per_token: tuple[Array, ...]

    def time(self, tokens: Array) -> tuple[Array, Array]:
        """Latency and transfer of the fastest way for t tokens, all repeats together. [s], [s]

        Equation:
            T_α = c·α
            T_β = c·β

        Where:
            T_α (return[0]): Latency of all repeats. [s]
            T_β (return[1]): Transfer of all repeats. [s]
            c (self.count): Times a pass. [1]
            α (latency): Latency of the fastest way. [s]
            β (transfer): Its transfer, s_per_token·t. [s]
        """
        latency, transfer = self.latency_s[0], self.s_per_token[0] * tokens
        if np.shape(latency) != transfer.shape:  # broadcasting to the same shape takes longer than all the rest
            latency = np.broadcast_to(latency, transfer.shape)
        for other_latency, slope in zip(self.latency_s[1:], self.s_per_token[1:], strict=True):
            other = slope * tokens
            faster = other_latency + other < latency + transfer
            latency, transfer = np.where(faster, other_latency, latency), np.where(faster, other, transfer)
        return self.count * latency, self.count * transfer
