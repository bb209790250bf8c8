"""One decoding step: operators and collectives summed to the five times, prompts that share the GPUs included.

The parts are added: measured steps lie nearer the sum of memory and arithmetic than their maximum.

Source: checked against the measured decode points of data/measurements/decode.csv.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from infecon_core.physics.costs import ONCE_A_STEP, CollectiveCosts, OperatorCosts
from infecon_core.physics.deployment import Deployment, Shards
from infecon_core.physics.experts import ExpertRouting, expert_routings
from infecon_core.physics.interconnect import experts_leave_domain
from infecon_core.physics.operators import operators as find_operators
from infecon_core.physics.prefill import Prompt, prompt_time

Array = npt.NDArray[np.float64]
Kind = Literal["arithmetic", "memory", "overhead"]


class FiveTimes(NamedTuple):
    """Arithmetic, memory, network bandwidth, network latency and kernel overhead of the critical path. [s]"""

    arithmetic_s: Array
    memory_s: Array
    network_bandwidth_s: Array
    network_latency_s: Array
    kernel_overhead_s: Array

    @property
    def total_s(self) -> Array:
        """The time of a step, the sum of the five. [s]

        Equation:
            T = T_c + T_m + T_n + T_l + T_k

        Where:
            T_c (self.arithmetic_s): Arithmetic. [s]
            T_m (self.memory_s): Memory. [s]
            T_n (self.network_bandwidth_s): Network bandwidth. [s]
            T_l (self.network_latency_s): Network latency. [s]
            T_k (self.kernel_overhead_s): Kernel overhead. [s]
        """
        return (
            self.arithmetic_s
            + self.memory_s
            + self.network_bandwidth_s
            + self.network_latency_s
            + self.kernel_overhead_s
        )

    def plus(self, other: "FiveTimes") -> "FiveTimes":
        """What both take one after the other. [s]"""
        return FiveTimes(*(a + b for a, b in zip(self, other, strict=True)))

    def scaled(self, factor: Array | float) -> "FiveTimes":
        """The times a factor. [s]"""
        return FiveTimes(*(np.asarray(factor * seconds) for seconds in self))


class _LinearSum(NamedTuple):
    """Linear forms of several operators together, `per_touched` by routing. [s]"""

    fixed: Array | float
    per_sequence: Array | float
    per_token: Array | float
    per_touched: tuple[Array | float, ...]


@dataclass(frozen=True)
class ForwardPass:
    """A forward pass of one model over layouts, ready for any batch.

    Attributes:
        operators, collectives (tuples): Coefficients by operator and by collective.
        routings (tuple of ExpertRouting): The different routings of its expert layers.
        prompt (Prompt): What one prompt costs.
        stages (array): Pipeline stages p; the batch B runs as p microbatches of m = B/p sequences in turn. [1]
        overlap (float or array): Share of the network's time that runs under arithmetic and memory. [1]
    """

    operators: tuple[OperatorCosts, ...]
    collectives: tuple[CollectiveCosts, ...]
    routings: tuple[ExpertRouting, ...]
    prompt: Prompt
    stages: Array
    overlap: Array | float = 0.0

    def five_times(self, batch: Array, positions: float, prompts_per_step: npt.ArrayLike = 0.0) -> FiveTimes:
        """The five times of one step: a microbatch through all stages, and the part of prompts that comes with it.

        Equation:
            T = T_c + T_m + (T_n + T_l)·x + T_k
            t = m·s, tokens of a microbatch
            m = B/p, its sequences

        Where:
            T (return.total_s): The step. [s]
            T_c (arithmetic): Arithmetic, Σ over operators and prompts. [s]
            T_m (memory): Memory, Σ over operators and prompts. [s]
            T_n (bandwidth): Network bandwidth, Σ over collectives and prompts. [s]
            T_l (latency): Network latency, Σ over collectives. [s]
            x (exposed): Share of the network's time that is not overlapped. [1]
            T_k (overhead): Kernel overhead, Σ over operators. [s]
            t (t): Tokens of a microbatch. [tokens]
            m (m): Sequences of a microbatch. [1]
            s (positions): New tokens of each sequence. [tokens]
            B (batch): Sequences of the instance. [1]
            p (self.stages): Pipeline stages. [1]

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
        exposed = self.exposed_share(bandwidth + latency, arithmetic + memory)
        overhead = self._sum("overhead", m, t, touched)
        return FiveTimes(arithmetic, memory, bandwidth * exposed, latency * exposed, overhead)

    def exposed_share(self, network_s: Array, compute_s: Array) -> Array:
        """Share of the network's time that is not overlapped. [1]

        No more is overlapped than there is arithmetic and memory time, and nothing of what takes forever.

        Equation:
            x = 1 - min(o·T, T_c)/T
            x = 1, without overlap

        Where:
            o (self.overlap): Share that could run under arithmetic and memory. [1]
            T (linked_s): Time of the network. [s]
            T_c (compute_s): Arithmetic and memory. [s]
        """
        if not np.any(self.overlap):
            return np.ones(())
        linked_s = np.where(np.isfinite(network_s), network_s, 0.0)
        overlapped = np.minimum(self.overlap * linked_s, compute_s)
        return np.asarray(1 - overlapped / np.where(linked_s > 0, linked_s, 1.0))

    def prompt_times(self, prompts_per_step: npt.ArrayLike, touched: tuple[Array, ...]) -> FiveTimes:
        """What w prompts add to a step that touches these shares of the experts, before any overlap. [s]

        Every stage works on a prompt in its turn, so that a step waits for one stage's part of it: w/p of the
        prompt's time. Prompts of one pass share what is read, and so do the step's own tokens. A prompt of c full
        passes is read for in max(c, 1) steps, and w of them fill the passes of d copies.

        Equation:
            T_m = min(r, 1)·max(M, 0) + max(r - 1, 0)·A, reading for prompts
            T_c = w·t_c, their arithmetic
            T_n = w·t_n, their network
            r = max(min(max(c, 1)·w, 1), c·w/d), readings in a step

        Where:
            T_m (return.memory_s): Memory. [s]
            T_c (return.arithmetic_s): Arithmetic. [s]
            T_n (return.network_bandwidth_s): Network bandwidth. [s]
            r (reads): Readings in a step. [1]
            M (more): Reading the experts that the step does not touch anyway. [s]
            A (again): Reading all weights. [s]
            w (w): Prompts of a stage and step. [1]
            t_c (self.prompt.arithmetic_s): Arithmetic of a prompt. [s]
            t_n (self.prompt.network_bandwidth_s): Network of a prompt. [s]
            c (self.prompt.passes): Full passes of a prompt. [1]
            d (self.prompt.copies): Copies of attention. [1]

        Args:
            prompts_per_step (array_like): Prompts w of the instance. [1]
            touched (tuple of arrays): Share of the experts that the step's own tokens touch, by routing. [1]
        """
        w = np.asarray(prompts_per_step, dtype=np.float64) / self.stages
        more = self.prompt.memory_s
        for share, all_experts in zip(touched, self.prompt.all_experts_s, strict=True):
            more = more - share * all_experts
        again = self.prompt.memory_s + self.prompt.weights_s
        zero = 0.0 * w
        steps = np.minimum(np.maximum(self.prompt.passes, 1.0) * w, 1.0)
        reads = np.maximum(steps, self.prompt.passes * w / self.prompt.copies)
        return FiveTimes(
            w * self.prompt.arithmetic_s,
            np.minimum(reads, 1.0) * np.maximum(more, 0.0) + np.maximum(reads - 1.0, 0.0) * again,
            w * self.prompt.network_bandwidth_s,
            zero,
            zero,
        )

    def prompts_alone(self, prompts_per_step: npt.ArrayLike) -> FiveTimes:
        """What w prompts take of a step in which this model decodes nothing, without what is overlapped. [s]

        Equation:
            T_n = t_n·x

        Where:
            T_n (return.network_bandwidth_s): Network that is not overlapped; arithmetic and memory are those of the
                prompts. [s]
            t_n (network): Network of the prompts. [s]
            x (exposed): Share of it that is not overlapped. [1]

        Args:
            prompts_per_step (array_like): Prompts w of the instance. [1]
        """
        times = self.prompt_times(prompts_per_step, tuple(np.zeros(()) for _ in self.routings))
        network = times.network_bandwidth_s
        exposed = self.exposed_share(network, times.arithmetic_s + times.memory_s)
        return times._replace(network_bandwidth_s=network * exposed)

    def pooled_prompt_s(self) -> Array:
        """Time that one prompt takes of an instance that does nothing but prompts, many in every pass. [s]

        Every stage is busy with another prompt.

        Equation:
            t = (T_c + T_n·x)/p

        Where:
            T_c (computing): Arithmetic, and memory of full passes. [s]
            T_n (network): Network. [s]
            x (exposed): Share of it that is not overlapped. [1]
            p (self.stages): Pipeline stages. [1]
        """
        computing = self.prompt.arithmetic_s + self.prompt.pooled_memory_s
        network = self.prompt.network_bandwidth_s
        exposed = self.exposed_share(network, computing)
        return np.asarray((computing + network * exposed) / self.stages)

    @cached_property
    def _sums(self) -> dict[Kind, _LinearSum]:
        """The linear forms of all operators together, by kind of time: no batch changes them. [s]"""
        kinds: tuple[Kind, ...] = ("arithmetic", "memory", "overhead")
        return {kind: self._summed(kind) for kind in kinds}

    def _summed(self, kind: Kind) -> _LinearSum:
        forms = [getattr(operator, kind) for operator in self.operators]
        return _LinearSum(
            sum(f.fixed for f in forms),
            sum(f.per_sequence for f in forms),
            sum(f.per_token for f in forms),
            tuple(
                sum(f.per_touched for f, operator in zip(forms, self.operators, strict=True) if operator.routing == i)
                for i in range(len(self.routings))
            ),
        )

    def _sum(self, kind: Kind, m: Array, t: Array, touched: tuple[Array, ...]) -> Array:
        """One kind of time of all operators. [s]"""
        form = self._sums[kind]
        total = form.fixed + m * form.per_sequence + t * form.per_token
        for share, per_touched in zip(touched, form.per_touched, strict=True):
            total = total + share * per_touched
        return np.asarray(total)


def partial_pass(target: ForwardPass, share: float) -> ForwardPass:
    """A pass through a share of the layers and the whole unembedding, as of a model that drafts for itself.

    The sends between stages are scaled with the layers, and so is what a prompt costs.
    """
    operators = tuple(
        operator
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
    return replace(target, operators=operators, collectives=collectives, prompt=target.prompt.scaled(share))


def forward_pass(
    deployment: Deployment,
    shards: Shards,
    context_tokens: npt.ArrayLike,
    prompt_tokens: npt.ArrayLike,
    *,
    overlap: float | None = None,
    latency_factor: float = 1.0,
) -> ForwardPass:
    """Work out a model's forward pass on layouts.

    Args:
        deployment (Deployment): What is served on what.
        shards (Shards): Layouts.
        context_tokens, prompt_tokens (array_like): Mean context and prompt, numbers or one a layout. [tokens]
        overlap (float or None): Share of the network's time that runs under arithmetic and memory; where None,
            `overlap_across_domains` of the constants for layouts whose experts are spread over several scale-up
            domains, and none for all others. [1]
        latency_factor (float): Factor on the latency of every collective. [1]
    """
    found, collectives = find_operators(deployment, shards, context_tokens)
    if latency_factor != 1:
        collectives = tuple(
            replace(collective, latency_s=tuple(latency_factor * way for way in collective.latency_s))
            for collective in collectives
        )
    prompt = prompt_time(deployment, shards, prompt_tokens)
    hidden = default_overlap(deployment, shards) if overlap is None else overlap
    return ForwardPass(found, collectives, expert_routings(deployment), prompt, shards.stages, hidden)


def default_overlap(deployment: Deployment, shards: Shards) -> Array:
    """Share of the network's time that engines hide where nobody says how much. [1]

    Engines run two half batches in turn where experts are spread over domains. That the halves read the weights twice
    is not counted.

    Equation:
        o = o_x, copies of attention share experts across scale-up domains
        o = 0, elsewhere

    Where:
        o_x (deployment.constants.overlap_across_domains): Overlap across domains. [1]
    """
    spread = experts_leave_domain(deployment.accelerator, shards.dp_attn, shards.gpus)
    return np.where(spread, deployment.constants.overlap_across_domains, 0.0)
