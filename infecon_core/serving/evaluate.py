"""A scenario worked out on layouts: what fits, how fast it is, and what it costs, of any batch.

Source: sums of what `physics` gives; times to first token are checked against data/measurements/decode.csv.
"""

from collections.abc import Callable
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from infecon_core.physics.deployment import Shards
from infecon_core.physics.formats import has_experts
from infecon_core.physics.queueing import LARGEST_LOAD, prompt_load, waiting_prompts, waiting_s
from infecon_core.physics.ttft import bare_step_s, prompt_beside_s, prompt_factor, prompt_pass_s, prompt_s, ttft_s
from infecon_core.scenario import Scenario
from infecon_core.serving.layouts import LayoutArrays, launchable
from infecon_core.serving.requests import PromptReader
from infecon_core.serving.servers import paid_gpus
from infecon_core.serving.times import Drafting, LayoutTimes

Array = npt.NDArray[np.float64]

# Setups worked out together: so few that their arrays stay in the processor's cache, and memory is no question.
BLOCK = 2**15


class Sweep(NamedTuple):
    """Setups of one scenario on given layouts, batches along the first axis and layouts along the second.

    Attributes:
        tpot_s (array): Time per output token of one user; infinite where it does not fit. [s]
        draft_tokens (array): Draft length; 0 where not speculating. [tokens]
    """

    tpot_s: Array
    draft_tokens: Array


class LayoutEvaluator(LayoutTimes):
    """A scenario worked out on layouts: what fits, how fast it is, and what it costs; arguments as of `LayoutTimes`."""

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
        """Time for which a sequence holds its place in the batch, per output token. [s]

        Its own prompt comes first, unless prompts have GPUs of their own. A batch B are the sequences that hold a
        place; price, throughput, demand and the load of prompts all count so. Who queues holds none.

        Equation:
            h = TPOT + t/o
            h = TPOT, prompts have GPUs of their own

        Where:
            TPOT (tpot_s): Time per output token. [s]
            t (self.prompt_s): Time that one prompt adds to the work of an instance. [s]
            o (self.requests.answer_tokens): Output of a request. [tokens]
        """
        if self.scenario.serving.disaggregated:
            return tpot_s
        return tpot_s + self.prompt_s / self.requests.answer_tokens

    def tokens_per_s(self, batch: Array, tpot_s: Array) -> Array:
        """Output tokens that an instance makes in a second. [tokens/s]

        Equation:
            R = B/h
            h = TPOT + t/o, a sequence holds its place so long per token

        Where:
            B (batch): Sequences. [1]
            TPOT (tpot_s): Time per output token. [s]
            t (self.prompt_s): Time of one prompt. [s]
            o (self.requests.answer_tokens): Output of a request. [tokens]
        """
        return np.asarray(batch / self.held_s(tpot_s))

    def requests_per_s(self, batch: Array, tpot_s: Array) -> Array:
        """Requests that an instance answers in a second. [1/s]

        Equation:
            λ = R/o

        Where:
            R (rate): Output tokens per second, `tokens_per_s`. [tokens/s]
            o (self.requests.answer_tokens): Output of a request. [tokens]
        """
        rate = self.tokens_per_s(batch, tpot_s)
        return rate / self.requests.answer_tokens

    def prompt_load(self, batch: Array, tpot_s: Array, largest: float = LARGEST_LOAD) -> Array:
        """ρ, the share of its time in which an instance works on prompts. [1]

        `physics.queueing.prompt_load` with those who hold a place, which are C there, and what a prompt adds to steps
        without drafts of that batch.

        Equation:
            ρ = min(B·t/(o·TPOT + t), ρ_max)

        Where:
            B (batch): Sequences. [1]
            t (beside): Time that one prompt takes beside steps of that batch. [s]
            o (self.requests.answer_tokens): Output of a request. [tokens]
            TPOT (tpot_s): Time per output token. [s]
            ρ_max (largest): The largest load that the formula is taken for. [1]
        """
        alone = prompt_s(self.target)
        spared = alone - prompt_beside_s(self.target, batch, self.prompts_per_step(batch, 1.0), alone)
        beside = self.prompt_s - self.time_factor * spared
        return prompt_load(batch, beside, self.requests.answer_tokens * tpot_s, largest)

    def gpu_seconds(self, batch: Array, tpot_s: Array) -> Array:
        """GPU-seconds per output token, with the GPUs that are paid for. [s]

        A sequence's own prompt is no part of its TPOT, but of what it costs. GPUs of their own have passes full of
        prompts.

        Equation:
            x = N·h/B
            x = N·(h/B + t/o), prompts have GPUs of their own

        Where:
            N (self.paid_gpus): GPUs that are paid for. [1]
            h (held): Time for which a sequence holds its place, per token. [s]
            B (batch): Sequences. [1]
            t (self.pooled_prompt_s): Time of one prompt on GPUs that do nothing else. [s]
            o (self.requests.answer_tokens): Output of a request. [tokens]
        """
        held = self.held_s(tpot_s)
        seconds = held / batch
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
