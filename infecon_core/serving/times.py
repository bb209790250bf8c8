"""A scenario worked out on layouts: the times of a step and of a token, of any batch with prompts and drafts.

Source: sums of what `physics` gives; whole steps are checked against data/measurements/decode.csv.
"""

from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from infecon_core.catalog.constants import shipped
from infecon_core.measured.neighbours import time_factor
from infecon_core.physics.decode import FiveTimes, ForwardPass, forward_pass, partial_pass
from infecon_core.physics.deployment import Deployment, Shards
from infecon_core.physics.memory import Memory, memory
from infecon_core.physics.queueing import prompts_beside
from infecon_core.physics.speculation import accepted_length
from infecon_core.scenario import Scenario
from infecon_core.schema import DraftModel, SelfDraft, ServingConstants
from infecon_core.serving.layouts import LayoutArrays, common_heads
from infecon_core.serving.requests import PromptReader, Requests

Array = npt.NDArray[np.float64]


class Drafting(NamedTuple):
    """Drafting one token for every sequence, the fastest way that fits.

    Attributes:
        times (FiveTimes): [s]
        bytes_per_gpu (array): Weights and cache of the draft. [B]
    """

    times: FiveTimes
    bytes_per_gpu: Array


class LayoutTimes:
    """The times of a scenario on layouts, ready for any batch.

    Args:
        scenario (Scenario): What is served on what.
        layouts (LayoutArrays): Layouts.
        latency_factor (float): Factor on the latency of every collective, for the question what less of it would give.
            [1]
        requests (Requests, optional): Lengths that take the place of the scenario's, one a layout, so that one
            evaluator answers for scenarios that differ in nothing else.
    """

    def __init__(
        self,
        scenario: Scenario,
        layouts: LayoutArrays,
        latency_factor: float = 1.0,
        requests: Requests | None = None,
    ) -> None:
        self.scenario, self.layouts, self.latency_factor = scenario, layouts, latency_factor
        self.requests = requests or Requests(scenario.prompt_tokens, scenario.output_tokens)
        options = scenario.serving
        # A build that is slower than predicted is slower in all that it does.
        self.time_factor = time_factor(scenario)
        self.deployment = Deployment(
            scenario.architecture,
            scenario.accelerator,
            scenario.precision,
            constants_of(scenario),
            options.context_parallel,
        )
        self.memory = memory(self.deployment, layouts.shards, self.requests.request_tokens)

    @cached_property
    def target(self) -> ForwardPass:
        """The model's pass; what only asks for memory needs none."""
        return self._pass(self.deployment, self.layouts.shards)

    def _pass(self, deployment: Deployment, shards: Shards) -> ForwardPass:
        return forward_pass(
            deployment,
            shards,
            self.requests.context_tokens,
            self.requests.prompt_tokens,
            overlap=self.scenario.serving.overlap,
            latency_factor=self.latency_factor,
        )

    @cached_property
    def drafts(self) -> tuple[tuple[ForwardPass, Memory, Array], ...]:
        """Ways to run a draft model: cut like the target's attention, or whole on every GPU."""
        speculation = self.scenario.speculation
        if not isinstance(speculation, DraftModel):
            return ()
        draft = Deployment(
            speculation.architecture,
            self.scenario.accelerator,
            speculation.precision,
            self.deployment.constants,
        )
        target = self.layouts.shards
        ones = np.ones_like(target.gpus)
        cuts = np.gcd(target.tp_attn.astype(np.int64), common_heads(speculation.architecture)).astype(np.float64)
        ways = []
        for cut in (cuts, ones):
            shards = Shards(ones, cut, ones, cut)
            # The groups among which the batch is dealt: so many GPUs hold one copy of the draft.
            groups = target.gpus * target.stages / cut
            ways.append((self._pass(draft, shards), memory(draft, shards, self.requests.request_tokens), groups))
        return tuple(ways)

    @cached_property
    def own_layers(self) -> ForwardPass | None:
        """The pass of a model that drafts for itself; None where it does not."""
        share = self._own_share
        return partial_pass(self.target, share) if share else None

    @property
    def _own_share(self) -> float:
        """Share of the model's layers that draft for it; 0 where none do. [1]"""
        speculation = self.scenario.speculation
        layers = speculation.layers if isinstance(speculation, SelfDraft) else 0.0
        return layers / self.scenario.architecture.num_hidden_layers

    @cached_property
    def prompt_readers(self) -> tuple[PromptReader, ...]:
        """The model, and its draft where it has one: a draft model reads as it is cut like the model's attention."""
        dp_attn = self.layouts.shards.dp_attn
        ones = np.ones_like(dp_attn)
        readers = [PromptReader(self.target, ones, dp_attn)]
        if self.own_layers is not None:
            readers.append(PromptReader(self.own_layers, ones, dp_attn))
        elif self.drafts:
            way, _, copies = self.drafts[0]
            readers.append(PromptReader(way, copies, ones))
        return tuple(readers)

    def prompts_per_step(self, batch: Array, tokens: float) -> Array:
        """Prompts worked through during a step, as `queueing.prompts_beside`; none with GPUs of their own. [1]"""
        if self.scenario.serving.disaggregated:
            return np.zeros_like(batch)
        return prompts_beside(batch, self.requests.answer_tokens, tokens)

    def tokens_per_round(self, draft_tokens: int) -> float:
        """Mean tokens of a round, the checked one with them. [tokens]

        Equation:
            E = (1 - α^(γ + 1))/(1 - α), from one acceptance
            E as measured, from a curve
            E = 1, without drafts

        Where:
            α (self.scenario.speculation.acceptance): Acceptance. [1]
            γ (draft_tokens): Drafted tokens. [tokens]
        """
        speculation = self.scenario.speculation
        if not draft_tokens or speculation is None:
            return 1.0
        return accepted_length(speculation.acceptance, speculation.accepted_lengths, draft_tokens)

    def drafting(self, batch: Array) -> Drafting | None:
        """Drafting one token, None without speculation."""
        dp_attn = self.layouts.shards.dp_attn
        if self.own_layers is not None:
            held = self._own_share * (self.memory.weight_bytes + self.memory.cache_bytes(batch, dp_attn))
            return Drafting(self.own_layers.five_times(batch, 1.0), held)
        best: Drafting | None = None
        for way, memory_of_draft, groups in self.drafts:
            sequences = batch / groups
            times = way.five_times(np.maximum(sequences, 1.0), 1.0)
            held = memory_of_draft.weight_bytes + np.ceil(sequences) * memory_of_draft.sequence_bytes
            if best is None:
                best = Drafting(times, held)
            else:
                taken = (times.total_s < best.times.total_s) & (held <= self.memory.free_bytes(batch, dp_attn))
                both = zip(times, best.times, strict=True)
                best = Drafting(
                    FiveTimes(*(np.where(taken, a, b) for a, b in both)), np.where(taken, held, best.bytes_per_gpu)
                )
        return best

    def round_times(self, batch: Array, draft_tokens: int, drafting: Drafting | None = None) -> FiveTimes:
        """The five times per token at one draft length, 0 for none, as corrected; `drafting` where it is at hand. [s]

        Equation:
            TPOT = (T_check + γ·T_draft + T_read)/E·f, a round of drafts and their check
            TPOT = T_check·f, without drafts

        Where:
            TPOT (return.total_s): Time per output token. [s]
            T_check (check.total_s): The model's pass over γ + 1 positions, `ForwardPass.five_times`. [s]
            γ (draft_tokens): Drafted tokens. [tokens]
            T_draft (draft.times.total_s): Drafting one token for every sequence. [s]
            T_read (read.total_s): The draft's own reading of prompts. [s]
            E (tokens): Tokens of a round. [tokens]
            f (self.time_factor): Correction by measurements of the same model on the same accelerator. [1]
        """
        tokens = self.tokens_per_round(draft_tokens)
        prompts = self.prompts_per_step(batch, tokens)
        check = self.target.five_times(batch, draft_tokens + 1.0, prompts)
        if self.scenario.speculation is None:
            return check.scaled(self.time_factor)
        read = self.prompts_through_draft(prompts)
        draft = (drafting or self.drafting(batch)) if draft_tokens else None
        if draft is None:
            times = check.plus(read)
        else:
            times = check.plus(draft.times.scaled(draft_tokens)).plus(read).scaled(1 / tokens)
        return times.scaled(self.time_factor)

    def prompts_through_draft(self, prompts: Array) -> FiveTimes:
        """What the draft's own reading of w prompts adds to a step; it reads also where it drafts nothing. [s]

        Its network runs under its own arithmetic and memory. Prompts are dealt among the copies of a draft model.
        """
        _, draft = self.prompt_readers
        return draft.way.prompts_alone(prompts / draft.copies)


def constants_of(scenario: Scenario) -> ServingConstants:
    """The constants of a scenario: its own, or the shipped ones."""
    return scenario.serving.constants or shipped()
