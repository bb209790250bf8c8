"""A scenario worked out on layouts: times of any batch with prompts and drafts, what fits, what it costs."""

from collections.abc import Callable
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from infecon_core.catalog.constants import shipped
from infecon_core.measured.neighbours import time_factor
from infecon_core.physics.decode import FiveTimes, ForwardPass, forward_pass, partial_pass
from infecon_core.physics.deployment import Deployment, Shards
from infecon_core.physics.formats import has_experts
from infecon_core.physics.memory import Memory, memory
from infecon_core.physics.queueing import prompt_load, prompts_beside, waiting_prompts, waiting_s
from infecon_core.physics.speculation import accepted_length
from infecon_core.physics.ttft import bare_step_s, prompt_beside_s, prompt_factor, prompt_pass_s, prompt_s, ttft_s
from infecon_core.scenario import Scenario
from infecon_core.schema import DraftModel, SelfDraft, ServingConstants
from infecon_core.serving.layouts import LayoutArrays, common_heads, launchable
from infecon_core.serving.requests import PromptReader, Requests
from infecon_core.serving.servers import paid_gpus

Array = npt.NDArray[np.float64]

# Setups worked out together: so few that their arrays stay in the processor's cache, and memory is no question.
BLOCK = 2**15


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
        """Mean tokens of a round: (1 - α^(γ+1)) / (1 - α) or as measured, the checked one with them; 1 for γ = 0."""
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
        """The five times per token at one draft length, 0 for none, as corrected; `drafting` where it is at hand."""
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

    @property
    def most_sequences(self) -> Array:
        """The largest batch that is searched: the most sequences of an attention rank on every copy. [1]"""
        return self.layouts.shards.dp_attn * self.scenario.serving.max_sequences_per_rank

    @cached_property
    def paid_gpus(self) -> Array:
        """GPUs that an instance pays for, idle ones of its servers included. [1]"""
        return paid_gpus(self.scenario.accelerator, self.layouts.n_gpu)

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
        """All batches on all layouts; infinite where one does not fit, or lies beyond a limit of the scenario.

        Args:
            batch (array): Batches for all layouts, or rows of one for each layout. [1]
        """
        rows = max(1, BLOCK // self.layouts.n_gpu.size)
        blocks = [self._sweep_block(batch[i : i + rows]) for i in range(0, len(batch), rows)]
        return Sweep(*(np.concatenate(parts) for parts in zip(*blocks, strict=True)))

    def _sweep_block(self, batch: Array) -> Sweep:
        b = (batch if batch.ndim > 1 else batch[:, np.newaxis]) + 0 * self.layouts.n_gpu
        drafting = self.drafting(b)
        best, drafted = self.fastest(b, drafting)
        runs = self.fits(b, drafting) & (b <= self.most_sequences) & np.isfinite(best)
        if self.scenario.least_tokens_per_s_user:
            runs &= best * self.scenario.least_tokens_per_s_user <= 1
        best = np.where(runs, best, np.inf)
        if self.scenario.target_ttft_s is not None:
            best = np.where(self.ttft_s(b, best, drafted) <= self.scenario.target_ttft_s, best, np.inf)
        if self.scenario.demand_tokens_per_s is not None:
            best = np.where(self.tokens_per_s(b, best) <= self.scenario.demand_tokens_per_s, best, np.inf)
        return Sweep(best, drafted)

    def held_s(self, tpot_s: Array) -> Array:
        """Time for which a sequence holds its place in the batch, per output token: TPOT + prompt/output. [s]

        Its own prompt comes first, unless prompts have GPUs of their own. A batch B are the sequences that hold a
        place; price, throughput, demand and the load of prompts all count so. Who queues holds none.
        """
        if self.scenario.serving.disaggregated:
            return tpot_s
        return tpot_s + self.prompt_s / self.requests.answer_tokens

    def tokens_per_s(self, batch: Array, tpot_s: Array) -> Array:
        """Output tokens that an instance makes in a second: B/held. [tokens/s]"""
        return np.asarray(batch / self.held_s(tpot_s))

    def requests_per_s(self, batch: Array, tpot_s: Array) -> Array:
        """Requests that an instance answers in a second: B/(output·held). [1/s]"""
        return self.tokens_per_s(batch, tpot_s) / self.requests.answer_tokens

    def prompt_load(self, batch: Array, tpot_s: Array) -> Array:
        """ρ, the share of its time in which an instance works on prompts, up to 0.95. [1]

        `physics.queueing.prompt_load` with those who hold a place, which are C there, and what a prompt adds to steps
        without drafts of that batch.
        """
        alone = prompt_s(self.target)
        spared = alone - prompt_beside_s(self.target, batch, self.prompts_per_step(batch, 1.0), alone)
        beside = self.prompt_s - self.time_factor * spared
        return prompt_load(batch, beside, self.requests.answer_tokens * tpot_s)

    def gpu_seconds(self, batch: Array, tpot_s: Array) -> Array:
        """GPU-seconds per output token: N·(TPOT + prompt/output)/B, with the N GPUs that are paid for. [s]

        A sequence's own prompt is no part of its TPOT, but of what it costs. N·(TPOT/B + prompt/output) where prompts
        have GPUs of their own, whose passes are full of them.
        """
        seconds = self.held_s(tpot_s) / batch
        if self.scenario.serving.disaggregated:
            seconds = seconds + self.pooled_prompt_s / self.requests.answer_tokens
        return np.asarray(self.paid_gpus * seconds)

    @cached_property
    def prompt_s(self) -> Array:
        """Time that one prompt adds to the work of an instance, as corrected; the draft reads it too. [s]"""
        return self._read(lambda reader: prompt_s(reader.way) / reader.copies)

    @property
    def pooled_prompt_s(self) -> Array:
        """Time that one prompt takes of GPUs that do nothing else, as corrected; the draft reads it too. [s]"""
        return self._read(lambda reader: reader.way.pooled_prompt_s() / reader.copies)

    @cached_property
    def prompt_pass_s(self) -> Array:
        """One prompt's way through all stages, as corrected; the draft reads it too, on one of its copies. [s]"""
        return self._read(lambda reader: prompt_pass_s(reader.way, reader.dp_attn, prompt_s(reader.way)))

    def _read(self, seconds: Callable[[PromptReader], Array]) -> Array:
        """A time of the model's reading and of the draft's, one after the other and as corrected. [s]"""
        return np.asarray(self.time_factor * sum(map(seconds, self.prompt_readers)))

    def ttft_s(self, batch: Array, tpot_s: Array, draft_tokens: Array) -> Array:
        """Mean time to first token under steady arrivals, as in `physics.ttft.ttft_s`. [s]

        C of the queue is the batch B, all who hold a place as in `held_s`, and not those who queue besides. The fit
        takes the clients of a benchmark for both B and C, who are more by those who queue. The step that a request
        waits for is a round of drafts and their check where there are drafts. A lower bound that no load moves where
        prompts have GPUs of their own.

        Args:
            batch, tpot_s, draft_tokens (array): Setups, TPOT infinite where one does not run; the last axis goes with
                the layouts. [1], [s], [tokens]
        """
        scenario = self.scenario
        if scenario.serving.disaggregated:
            steps = self._read(lambda reader: bare_step_s(reader.way))
            return np.asarray(steps + self.prompt_pass_s + 0 * batch)
        copies = self.layouts.shards.dp_attn
        prompts = waiting_prompts(self.prompt_load(batch, tpot_s), batch / copies)
        step = tpot_s if scenario.speculation is None else tpot_s * self._tokens_per_round(draft_tokens)
        constants = self.deployment.constants
        factor = prompt_factor(has_experts(scenario.architecture), constants)
        queued_s = waiting_s(prompts, copies, self.prompt_s)
        return ttft_s(constants, factor, step, self.prompt_pass_s, queued_s)

    def _tokens_per_round(self, draft_tokens: Array) -> Array:
        lengths = np.arange(int(draft_tokens.max(initial=0)) + 1)
        return np.array([self.tokens_per_round(int(length)) for length in lengths])[draft_tokens.astype(np.int64)]

    def take(self, rows: npt.NDArray[np.intp]) -> "LayoutEvaluator":
        """The same on some of the layouts."""
        shards = self.layouts.shards
        return LayoutEvaluator(
            self.scenario,
            LayoutArrays(Shards(*(values[rows] for values in shards)), self.layouts.ep[rows]),
            self.latency_factor,
            self.requests.take(rows),
        )


def constants_of(scenario: Scenario) -> ServingConstants:
    """The constants of a scenario: its own, or the shipped ones."""
    return scenario.serving.constants or shipped()


def searched(scenario: Scenario, latency_factor: float = 1.0) -> LayoutEvaluator:
    """A scenario on every layout that its search tries."""
    pipelines = scenario.serving.pipelines
    layouts = launchable(scenario.architecture, scenario.accelerator, scenario.max_gpus, pipelines=pipelines)
    return LayoutEvaluator(scenario, layouts, latency_factor)


def largest_batch(engine: LayoutEvaluator) -> float:
    """The largest batch that any layout holds and the search tries. [1]"""
    return max(float(largest_batches(engine).max(initial=0.0)), 1.0)


def largest_batches(engine: LayoutEvaluator) -> Array:
    """The largest batch that each layout holds and the search tries: copies · whole sequences of one copy. [1]

    Drafts aside.
    """
    dp_attn = engine.layouts.shards.dp_attn
    free = engine.memory.free_bytes(np.zeros(()), dp_attn)
    with np.errstate(divide="ignore"):
        held = dp_attn * np.floor(free / np.maximum(engine.memory.sequence_bytes, 1e-9))
    return np.minimum(held, engine.most_sequences)
