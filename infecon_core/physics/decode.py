"""One decoding step: operators and collectives summed to the five times, prompts that share the GPUs included.

The parts are added: measured steps lie nearer the sum of memory and arithmetic than their maximum.

Source: checked against the measured decode points of data/measurements/decode.csv.
"""

from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from infecon_core.physics.costs import ONCE_A_STEP, CollectiveCosts, OperatorCosts
from infecon_core.physics.deployment import Deployment, Shards
from infecon_core.physics.experts import ExpertRouting, expert_routings
from infecon_core.physics.operators import operators as find_operators
from infecon_core.physics.prefill import Prompt, prompt_time

Array = npt.NDArray[np.float64]


class FiveTimes(NamedTuple):
    """Arithmetic, memory, network bandwidth, network latency and kernel overhead of the critical path. [s]"""

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
class ForwardPass:
    """A forward pass of one model over layouts, ready for any batch.

    Attributes:
        operators, collectives (tuples): Coefficients by operator and by collective.
        routings (tuple of ExpertRouting): The different routings of its expert layers.
        prompt (Prompt): What one prompt costs.
        stages (array): Pipeline stages p; the batch B runs as p microbatches of m = B/p sequences in turn. [1]
        overlap (float): Share of the network's time that runs under arithmetic and memory. [1]
    """

    operators: tuple[OperatorCosts, ...]
    collectives: tuple[CollectiveCosts, ...]
    routings: tuple[ExpertRouting, ...]
    prompt: Prompt
    stages: Array
    overlap: float = 0.0

    def five_times(self, batch: Array, positions: float, prompts_per_step: npt.ArrayLike = 0.0) -> FiveTimes:
        """The five times of one step: a microbatch through all stages, and the part of prompts that comes with it.

        Args:
            batch (array): Sequences of the instance; its last axis goes with the layouts. [1]
            positions (float): New tokens of each sequence in this pass. [tokens]
            prompts_per_step (array_like): Prompts that the instance works through during one step. [1]

        Returns:
            FiveTimes: Broadcast shape. [s]
        """
        m = batch / self.stages
        t = m * positions
        touched = tuple(routing.touched_share(t) for routing in self.routings)
        bandwidth: Array = np.zeros(())
        latency: Array = np.zeros(())
        for collective in self.collectives:
            waiting, transfer = collective.time(t)
            latency, bandwidth = latency + waiting, bandwidth + transfer
        prompts = self.prompt_times(prompts_per_step, touched)
        arithmetic = self._sum("arithmetic", m, t, touched) + prompts.arithmetic_s
        memory = self._sum("memory", m, t, touched) + prompts.memory_s
        bandwidth = bandwidth + prompts.network_bandwidth_s
        exposed = self._exposed_share(bandwidth + latency, arithmetic + memory)
        overhead = self._sum("overhead", m, t, touched)
        return FiveTimes(arithmetic, memory, bandwidth * exposed, latency * exposed, overhead)

    def _exposed_share(self, network_s: Array, compute_s: Array) -> Array:
        """Share of the network's time that is not overlapped: 1 - min(overlap·network, compute)/network. [1]

        No more is overlapped than there is arithmetic and memory time.
        """
        if not self.overlap:
            return np.ones(())
        overlapped = np.minimum(self.overlap * network_s, compute_s)
        return np.asarray(1 - overlapped / np.where(network_s > 0, network_s, 1.0))

    def prompt_times(self, prompts_per_step: npt.ArrayLike, touched: tuple[Array, ...]) -> FiveTimes:
        """What w prompts add to a step that touches these shares of the experts, before any overlap. [s]

        Every stage works on a prompt in its turn, so that a step waits for one stage's part of it: w/p of the
        prompt's time. Prompts of one pass share what is read: min(w/p, 1)·max(memory - Σ share·all experts, 0).

        Args:
            prompts_per_step (array_like): Prompts w of the instance. [1]
            touched (tuple of arrays): Share of the experts that the step's own tokens touch, by routing. [1]
        """
        w = np.asarray(prompts_per_step, dtype=np.float64) / self.stages
        more = self.prompt.memory_s
        for share, all_experts in zip(touched, self.prompt.all_experts_s, strict=True):
            more = more - share * all_experts
        zero = 0.0 * w
        return FiveTimes(
            w * self.prompt.arithmetic_s,
            np.minimum(w, 1.0) * np.maximum(more, 0.0),
            w * self.prompt.network_bandwidth_s,
            zero,
            zero,
        )

    def _sum(
        self, name: Literal["arithmetic", "memory", "overhead"], m: Array, t: Array, touched: tuple[Array, ...]
    ) -> Array:
        """One kind of time of all operators. [s]"""
        forms = [getattr(operator, name) for operator in self.operators]
        total = (
            sum(f.fixed for f in forms) + m * sum(f.per_sequence for f in forms) + t * sum(f.per_token for f in forms)
        )
        for i, share in enumerate(touched):
            total = total + share * sum(
                form.per_touched for form, operator in zip(forms, self.operators, strict=True) if operator.routing == i
            )
        return np.asarray(total)


def partial_pass(target: ForwardPass, share: float) -> ForwardPass:
    """A pass through a share of the layers and the whole unembedding, as of a model that drafts for itself.

    Sampling and the sends between stages are scaled with the layers.
    """
    operators = tuple(
        replace(operator, overhead=operator.overhead.scaled(share))
        if operator.group == ONCE_A_STEP
        else replace(
            operator,
            memory=operator.memory.scaled(share),
            arithmetic=operator.arithmetic.scaled(share),
            overhead=operator.overhead.scaled(share),
        )
        for operator in target.operators
    )
    collectives = tuple(replace(collective, count=share * collective.count) for collective in target.collectives)
    return replace(target, operators=operators, collectives=collectives)


def forward_pass(
    deployment: Deployment,
    shards: Shards,
    context_tokens: npt.ArrayLike,
    prompt_tokens: npt.ArrayLike,
    *,
    overlap: float = 0.0,
    latency_factor: float = 1.0,
) -> ForwardPass:
    """Work out a model's forward pass on layouts.

    Args:
        deployment (Deployment): What is served on what.
        shards (Shards): Layouts.
        context_tokens, prompt_tokens (array_like): Mean context and prompt, numbers or one a layout. [tokens]
        overlap (float): Share of the network's time that runs under arithmetic and memory. [1]
        latency_factor (float): Factor on the latency of every collective. [1]
    """
    found, collectives = find_operators(deployment, shards, context_tokens)
    if latency_factor != 1:
        collectives = tuple(
            replace(collective, latency_s=tuple(latency_factor * way for way in collective.latency_s))
            for collective in collectives
        )
    prompt = prompt_time(deployment, shards, prompt_tokens)
    return ForwardPass(found, collectives, expert_routings(deployment), prompt, shards.stages, overlap)
