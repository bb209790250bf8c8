"""A scenario worked out on layouts: times of any batch with prompts and drafts, what fits, what it costs."""

from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from infecon_core.catalog.constants import shipped
from infecon_core.physics.decode import FiveTimes, ForwardPass, forward_pass, partial_pass
from infecon_core.physics.deployment import Deployment, Shards
from infecon_core.physics.memory import Memory, memory
from infecon_core.physics.speculation import accepted_length
from infecon_core.physics.ttft import prompt_s, ttft_s
from infecon_core.scenario import Scenario
from infecon_core.schema import DraftModel, SelfDraft, ServingConstants
from infecon_core.serving.layouts import LayoutArrays, common_heads

Array = npt.NDArray[np.float64]

# The search ends here where cache takes no memory, as of recurrent layers: 64 times the 1024 sequences that vLLM's
# server schedules by default. A choice, not a measurement.
LARGEST_BATCH = 65536.0


class Drafting(NamedTuple):
    """Drafting one token for every sequence, the fastest way that fits.

    Attributes:
        times (FiveTimes): [s]
        bytes_per_gpu (array): Weights and cache of the draft. [B]
    """

    times: FiveTimes
    bytes_per_gpu: Array


class Sweep(NamedTuple):
    """Setups of one scenario on given layouts, batches along the first axis and layouts along the second.

    Attributes:
        tpot_s (array): Time per output token of one user; infinite where it does not fit. [s]
        draft_tokens (array): Draft length; 0 where not speculating. [tokens]
    """

    tpot_s: Array
    draft_tokens: Array


class LayoutEvaluator:
    """A scenario worked out on layouts, ready for any batch.

    Args:
        scenario (Scenario): What is served on what.
        layouts (LayoutArrays): Layouts.
        latency_factor (float): Factor on the latency of every collective, for the question what less of it would give.
            [1]
    """

    def __init__(self, scenario: Scenario, layouts: LayoutArrays, latency_factor: float = 1.0) -> None:
        self.scenario, self.layouts, self.latency_factor = scenario, layouts, latency_factor
        options = scenario.serving
        self.deployment = Deployment(
            scenario.architecture,
            scenario.accelerator,
            scenario.precision,
            constants_of(scenario),
            options.context_parallel,
        )
        shards = layouts.shards
        self.target = self._pass(self.deployment, shards)
        self.memory = memory(self.deployment, shards, scenario.context_tokens)
        self.drafts = self._draft_passes()

    def _pass(self, deployment: Deployment, shards: Shards) -> ForwardPass:
        scenario = self.scenario
        return forward_pass(
            deployment,
            shards,
            scenario.context_tokens,
            scenario.prompt_tokens,
            overlap=scenario.serving.overlap,
            latency_factor=self.latency_factor,
        )

    def _draft_passes(self) -> tuple[tuple[ForwardPass, Memory, Array], ...]:
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
            ways.append((self._pass(draft, shards), memory(draft, shards, self.scenario.context_tokens), groups))
        return tuple(ways)

    def prompts_per_step(self, batch: Array, tokens: float) -> Array:
        """Prompts that an instance works through during a step: max(B - 1, 0)·tokens/output. [1]

        Under continuous batching every finished sequence is followed by a prompt, one for each `output` tokens. A
        sequence decodes beside the prompts of the others, not beside its own. None with GPUs of their own.
        """
        if self.scenario.serving.disaggregated:
            return np.zeros_like(batch)
        return np.maximum(batch - 1, 0) * tokens / max(self.scenario.output_tokens, 1)

    def tokens_per_round(self, draft_tokens: int) -> float:
        """Mean tokens of a round: (1 - α^(γ+1)) / (1 - α) or as measured, the checked one with them; 1 for γ = 0."""
        speculation = self.scenario.speculation
        if not draft_tokens or speculation is None:
            return 1.0
        return accepted_length(speculation.acceptance, speculation.accepted_lengths, draft_tokens)

    def drafting(self, batch: Array) -> Drafting | None:
        """Drafting one token, None without speculation."""
        speculation = self.scenario.speculation
        dp_attn = self.layouts.shards.dp_attn
        if isinstance(speculation, SelfDraft):
            share = speculation.layers / self.scenario.architecture.num_hidden_layers
            held = share * (self.memory.weight_bytes + self.memory.cache_bytes(batch, dp_attn))
            return Drafting(partial_pass(self.target, share).five_times(batch, 1.0), held)
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
        """The five times per token at one draft length, 0 for none; `drafting` where it is at hand."""
        tokens = self.tokens_per_round(draft_tokens)
        check = self.target.five_times(batch, draft_tokens + 1.0, self.prompts_per_step(batch, tokens))
        draft = (drafting or self.drafting(batch)) if draft_tokens else None
        if draft is None:
            return check
        return FiveTimes(*((a + draft_tokens * b) / tokens for a, b in zip(check, draft.times, strict=True)))

    def draft_bytes_per_gpu(self, batch: Array) -> Array:
        """Weights and cache of the draft on one GPU, 0 without speculation. [B]"""
        draft = self.drafting(batch)
        return np.zeros_like(batch + self.layouts.n_gpu) if draft is None else draft.bytes_per_gpu

    def free_bytes(self, batch: Array, drafting: Drafting | None = None) -> Array:
        """What weights, cache, workspace, reserve and draft leave of one GPU, negative where they do not fit. [B]"""
        draft = self.draft_bytes_per_gpu(batch) if drafting is None else drafting.bytes_per_gpu
        return self.memory.free_bytes(batch, self.layouts.shards.dp_attn) - draft

    def fits(self, batch: Array, drafting: Drafting | None = None) -> npt.NDArray[np.bool_]:
        """Whether all fits into the memory, and every rank of every stage has a sequence."""
        return np.asarray((self.free_bytes(batch, drafting) >= 0) & (batch >= self.least_batch))

    @property
    def least_batch(self) -> Array:
        """One sequence for every copy of attention in every stage. [1]"""
        return self.layouts.shards.dp_attn * self.layouts.shards.stages

    def fastest(self, batch: Array, drafting: Drafting | None = None) -> Sweep:
        """Batches with the draft length that is fastest, whether they fit or not; their last axis is of the layouts."""
        drafting = drafting or self.drafting(batch)
        best = self.round_times(batch, 0).total_s
        drafted = np.zeros(best.shape)
        if self.scenario.speculation is not None:
            for length in range(1, self.scenario.speculation.longest + 1):
                times = self.round_times(batch, length, drafting).total_s
                better = times < best
                best, drafted = np.where(better, times, best), np.where(better, length, drafted)
        return Sweep(best, drafted)

    def sweep(self, batch: Array) -> Sweep:
        """All batches on all layouts; infinite where one does not fit, or misses the limit on TTFT or on demand."""
        b = batch[:, np.newaxis] + 0 * self.layouts.n_gpu
        drafting = self.drafting(b)
        best, drafted = self.fastest(b, drafting)
        best = np.where(self.fits(b, drafting) & np.isfinite(best), best, np.inf)
        if self.scenario.target_ttft_s is not None:
            best = np.where(self.ttft_s <= self.scenario.target_ttft_s, best, np.inf)
        if self.scenario.demand_tokens_per_s is not None:
            best = np.where(b / self.held_s(best) <= self.scenario.demand_tokens_per_s, best, np.inf)
        return Sweep(best, drafted)

    def held_s(self, tpot_s: Array) -> Array:
        """Time for which a sequence holds its place in the batch, per output token: TPOT + prompt/output. [s]

        Its own prompt comes first, unless prompts have GPUs of their own.
        """
        if self.scenario.serving.disaggregated:
            return tpot_s
        return tpot_s + self.prompt_s / max(self.scenario.output_tokens, 1)

    def gpu_seconds(self, batch: Array, tpot_s: Array) -> Array:
        """GPU-seconds per output token: N·(TPOT + prompt/output)/B. [s]

        A sequence's own prompt is no part of its TPOT, but of what it costs. N·(TPOT/B + prompt/output) where prompts
        have GPUs of their own, which do one prompt at a time.
        """
        seconds = self.held_s(tpot_s) / batch
        if self.scenario.serving.disaggregated:
            seconds = seconds + self.prompt_s / max(self.scenario.output_tokens, 1)
        return np.asarray(self.layouts.n_gpu * seconds)

    @cached_property
    def prompt_s(self) -> Array:
        """Time that one prompt adds to the work of an instance, as in `physics.ttft.prompt_s`. [s]"""
        return prompt_s(self.target)

    @property
    def ttft_s(self) -> Array:
        """Time to first token without queueing, as in `physics.ttft.ttft_s`. [s]"""
        return ttft_s(self.target, self.layouts.shards.dp_attn)

    def take(self, rows: npt.NDArray[np.intp]) -> "LayoutEvaluator":
        """The same on some of the layouts."""
        shards = self.layouts.shards
        return LayoutEvaluator(
            self.scenario,
            LayoutArrays(Shards(*(values[rows] for values in shards)), self.layouts.ep[rows]),
            self.latency_factor,
        )


def constants_of(scenario: Scenario) -> ServingConstants:
    """The constants of a scenario: its own, or the shipped ones."""
    return scenario.serving.constants or shipped()


def largest_batch(engine: LayoutEvaluator) -> float:
    """The largest batch that any layout holds, without a draft: copies · whole sequences of one copy. [1]"""
    dp_attn = engine.layouts.shards.dp_attn
    free = engine.memory.free_bytes(np.zeros(()), dp_attn)
    with np.errstate(divide="ignore"):
        held = dp_attn * np.floor(free / np.maximum(engine.memory.sequence_bytes, 1e-9))
    return float(np.clip(held.max(initial=0.0), 1.0, LARGEST_BATCH))
