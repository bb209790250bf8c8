"""One decoding step: operators and collectives summed to the five times, prompts that share the GPUs included."""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from infecon_core.physics.deployment import (
    ONCE_A_STEP,
    Deployment,
    Exchange,
    ExpertKind,
    Linear,
    Operator,
    Shards,
    expert_kinds,
)
from infecon_core.physics.operators import operators as find_operators
from infecon_core.physics.prefill import Prompt, prompt_time

Array = npt.NDArray[np.float64]


class FiveTimes(NamedTuple):
    """Arithmetic, memory, network bandwidth, network latency and kernel overhead. [s]"""

    arithmetic_s: Array
    memory_s: Array
    network_bandwidth_s: Array
    network_latency_s: Array
    kernel_overhead_s: Array

    @property
    def total_s(self) -> Array:
        """Their sum, the time of the step. [s]"""
        return (
            self.arithmetic_s
            + self.memory_s
            + self.network_bandwidth_s
            + self.network_latency_s
            + self.kernel_overhead_s
        )


@dataclass(frozen=True)
class Pass:
    """A pass of one model over layouts, ready for any batch.

    Attributes
    ----------
    operators, exchanges : tuples
        Coefficients by operator.
    kinds : tuple of ExpertKind
        Kinds of expert layers.
    prompt : Prompt
        What one prompt costs.
    stages : array
        Pipeline stages. [1]
    hidden_share : float
        Share of the network's time that runs under arithmetic and memory. [1]
    """

    operators: tuple[Operator, ...]
    exchanges: tuple[Exchange, ...]
    kinds: tuple[ExpertKind, ...]
    prompt: Prompt
    stages: Array
    hidden_share: float = 0.0

    def five_times(self, batch: Array, positions: float, prompts_per_step: npt.ArrayLike = 0.0) -> FiveTimes:
        """The five times of one step.

        Parameters
        ----------
        batch : array
            Sequences of the instance; its last axis goes with the layouts. [1]
        positions : float
            New tokens of each sequence in this pass. [tokens]
        prompts_per_step : array_like
            Prompts that the instance works through during one step. [1]

        Returns
        -------
        FiveTimes
            Broadcast shape. [s]
        """
        m = batch / self.stages
        t = m * positions
        touched = tuple(kind.touched_share(t) for kind in self.kinds)
        sums = {name: self._sum(name, m, t, touched) for name in ("arithmetic", "memory", "overhead")}
        bandwidth: Array = np.zeros(())
        latency: Array = np.zeros(())
        for exchange in self.exchanges:
            slow, far = exchange_time(exchange, t)
            latency, bandwidth = latency + slow, bandwidth + far
        prompts = self.prompt_times(prompts_per_step, touched)
        arithmetic = sums["arithmetic"] + prompts.arithmetic_s
        memory = sums["memory"] + prompts.memory_s
        bandwidth = bandwidth + prompts.network_bandwidth_s
        shown = self._shown(bandwidth + latency, arithmetic + memory)
        return FiveTimes(arithmetic, memory, bandwidth * shown, latency * shown, sums["overhead"])

    def _shown(self, network_s: Array, busy_s: Array) -> Array:
        """Share of the network's time that is not hidden: no more hides than there is arithmetic and memory. [1]"""
        if not self.hidden_share:
            return np.ones(())
        hidden = np.minimum(self.hidden_share * network_s, busy_s)
        return np.asarray(1 - np.divide(hidden, network_s, out=np.zeros_like(network_s), where=network_s > 0))

    def prompt_times(self, prompts_per_step: npt.ArrayLike, touched: tuple[Array, ...]) -> FiveTimes:
        """What prompts add to a step that touches these shares of the experts, nothing hidden. [s]"""
        # Every stage works on a prompt in its turn: a step waits for one stage's part of it.
        w = np.asarray(prompts_per_step, dtype=np.float64) / self.stages
        waking = self.prompt.memory_s
        for share, spared in zip(touched, self.prompt.spared_memory_s, strict=True):
            waking = waking - share * spared
        zero = np.zeros_like(w)
        return FiveTimes(
            w * self.prompt.arithmetic_s,
            # Prompts of one pass share what is read.
            np.minimum(w, 1.0) * np.maximum(waking, 0.0),
            w * self.prompt.network_bandwidth_s,
            zero,
            zero,
        )

    def _sum(self, name: str, m: Array, t: Array, touched: tuple[Array, ...]) -> Array:
        forms = [getattr(operator, name) for operator in self.operators]
        total = (
            sum(f.fixed for f in forms) + m * sum(f.per_sequence for f in forms) + t * sum(f.per_token for f in forms)
        )
        for i, share in enumerate(touched):
            total = total + share * sum(
                form.per_touched for form, operator in zip(forms, self.operators, strict=True) if operator.experts == i
            )
        return np.asarray(total)


def exchange_time(exchange: Exchange, tokens: Array) -> tuple[Array, Array]:
    """Latency and transfer of the fastest way of an exchange, all its repeats. [s], [s]"""
    latency, transfer = exchange.latency_s[0], exchange.s_per_token[0] * tokens
    latency = np.broadcast_to(latency, transfer.shape)
    for other_latency, slope in zip(exchange.latency_s[1:], exchange.s_per_token[1:], strict=True):
        other = slope * tokens
        faster = other_latency + other < latency + transfer
        latency, transfer = np.where(faster, other_latency, latency), np.where(faster, other, transfer)
    return exchange.count * latency, exchange.count * transfer


def evaluate(form: Linear, m: Array, t: Array, touched: Array) -> Array:
    """A linear form at one batch. [s]"""
    return form.fixed + form.per_sequence * m + form.per_token * t + form.per_touched * touched


def part_of(target: Pass, share: float) -> Pass:
    """A pass through a share of the layers and the whole unembedding, as of a model that drafts for itself."""

    def scaled(form: Linear) -> Linear:
        return Linear(*(share * values for values in form))

    operators = tuple(
        replace(operator, overhead=scaled(operator.overhead))
        if operator.group == ONCE_A_STEP
        else replace(
            operator,
            memory=scaled(operator.memory),
            arithmetic=scaled(operator.arithmetic),
            overhead=scaled(operator.overhead),
        )
        for operator in target.operators
    )
    exchanges = tuple(replace(exchange, count=share * exchange.count) for exchange in target.exchanges)
    return replace(target, operators=operators, exchanges=exchanges)


def make_pass(
    deployment: Deployment,
    shards: Shards,
    context_tokens: npt.ArrayLike,
    prompt_tokens: npt.ArrayLike,
    *,
    hidden_share: float = 0.0,
    latency_factor: float = 1.0,
) -> Pass:
    """Work out a model's pass on layouts.

    Parameters
    ----------
    deployment : Deployment
        What is served on what.
    shards : Shards
        Layouts.
    context_tokens, prompt_tokens : array_like
        Mean context and prompt, numbers or one a layout. [tokens]
    hidden_share : float
        Share of the network's time hidden under compute. [1]
    latency_factor : float
        Factor on the latency of every exchange. [1]
    """
    found, exchanges = find_operators(deployment, shards, context_tokens)
    if latency_factor != 1:
        exchanges = tuple(
            replace(exchange, latency_s=tuple(latency_factor * way for way in exchange.latency_s))
            for exchange in exchanges
        )
    prompt = prompt_time(deployment, shards, prompt_tokens)
    return Pass(found, exchanges, expert_kinds(deployment), prompt, shards.stages, hidden_share)
