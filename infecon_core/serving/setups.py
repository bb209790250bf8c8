"""Setups for requests of several lengths: the serving engine's evaluator with their mean work, and what it says."""

from dataclasses import replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from infecon_core.physics.decode import FiveTimes, ForwardPass
from infecon_core.physics.deployment import Deployment, Shards
from infecon_core.physics.formats import has_experts
from infecon_core.physics.prefill import Prompt, prompt_time
from infecon_core.physics.ttft import bare_step_s, prompt_factor, ttft_s
from infecon_core.power import power_share
from infecon_core.scenario import Scenario
from infecon_core.schema.traffic import Traffic
from infecon_core.serving.evaluate import BLOCK, LayoutEvaluator, largest_batch, largest_batches, searched
from infecon_core.serving.feasibility import nothing_fits
from infecon_core.serving.layouts import LayoutArrays, batches
from infecon_core.serving.requests import Requests
from infecon_core.serving.search_size import check_size
from infecon_core.setups import Setups

Array = npt.NDArray[np.float64]


class TrafficEvaluator(LayoutEvaluator):
    """A scenario worked out on layouts for requests of several lengths, part of whose prompts is cached.

    Steps carry the mean work of a prompt, which is the sum of that of all lengths by their shares, and decode at the
    mean context of those that are decoded at one time.

    Args:
        scenario (Scenario): What is served on what; its lengths do not count.
        layouts (LayoutArrays): Layouts.
        traffic (Traffic): The requests.
    """

    def __init__(self, scenario: Scenario, layouts: LayoutArrays, traffic: Traffic) -> None:
        requests = Requests(
            traffic.prompt_tokens, traffic.answer_tokens, traffic.context_tokens, traffic.request_tokens
        )
        super().__init__(scenario, layouts, requests=requests)
        self.traffic = traffic

    @cached_property
    def alone(self) -> tuple["TrafficEvaluator", ...]:
        """The same for each length alone."""
        if len(self.traffic.lengths) == 1:
            return (self,)
        return tuple(TrafficEvaluator(self.scenario, self.layouts, one) for one in self.traffic.alone())

    def _pass(self, deployment: Deployment, shards: Shards) -> ForwardPass:
        cached = self.traffic.cached_share
        prompts = [
            prompt_time(deployment, shards, one.prompt_tokens, cached * one.prompt_tokens)
            for one in self.traffic.lengths
        ]
        return replace(super()._pass(deployment, shards), prompt=mean_prompt(prompts, self.traffic.shares))

    def first_s(self, tpot_s: Array, draft_tokens: Array) -> Array:
        """Time to first token of those who wait for nobody, lengths along the first axis; see `physics.ttft`. [s]"""
        if self.scenario.serving.disaggregated:
            steps = self._read(lambda reader: bare_step_s(reader.way))
            return np.stack([steps + one.prompt_pass_s + 0 * tpot_s for one in self.alone])
        constants = self.deployment.constants
        factor = prompt_factor(has_experts(self.scenario.architecture), constants)
        step = tpot_s if self.scenario.speculation is None else tpot_s * self._tokens_per_round(draft_tokens)
        return np.stack([ttft_s(constants, factor, step, one.prompt_pass_s, 0.0) for one in self.alone])

    def prompts_s(self) -> Array:
        """Time for which a prompt keeps others of its copy waiting, by length: b·d·t, as in `physics.queueing`. [s]

        Of GPUs of their own it is d·t of passes full of prompts.
        """
        if self.scenario.serving.disaggregated:
            return np.stack([self.layouts.shards.dp_attn * one.pooled_prompt_s for one in self.alone])
        factor = prompt_factor(has_experts(self.scenario.architecture), self.deployment.constants)
        return np.stack([factor * self.layouts.shards.dp_attn * one.prompt_s for one in self.alone])

    def places_held_s(self, tpot_s: Array) -> Array:
        """Time for which a request holds its place, by length: output·TPOT, and its own prompt where it is here. [s]"""
        own = 0.0 if self.scenario.serving.disaggregated else 1.0
        pairs = zip(self.traffic.lengths, self.alone, strict=True)
        return np.stack([length.answer_tokens * tpot_s + own * one.prompt_s for length, one in pairs])

    def five_times(self, batch: Array, draft_tokens: Array) -> FiveTimes:
        """The five times of a token, each setup at its own draft length. [s]"""
        found = self.round_times(batch, 0)
        for length in np.unique(draft_tokens[draft_tokens > 0]):
            drafted = self.round_times(batch, int(length))
            pairs = zip(drafted, found, strict=True)
            found = FiveTimes(*(np.where(draft_tokens == length, a, b) for a, b in pairs))
        return found


def mean_prompt(prompts: list[Prompt], shares: tuple[float, ...]) -> Prompt:
    """The mean work of prompts of several lengths: Σ share·work, of which each part is a time or a number of passes."""
    if len(prompts) == 1:
        return prompts[0]
    pairs = list(zip(shares, prompts, strict=True))
    known = {
        name: sum(part * getattr(one, name) for part, one in pairs)
        for name in Prompt._fields
        if name not in ("all_experts_s", "copies")
    }
    experts = zip(*(one.all_experts_s for one in prompts), strict=True)
    return Prompt(
        **known,
        all_experts_s=tuple(
            np.asarray(sum(part * s for part, s in zip(shares, group, strict=True))) for group in experts
        ),
        copies=prompts[0].copies,
    )


def setups(scenario: Scenario, traffic: Traffic) -> Setups:
    """Every layout of the search with every batch that runs, for requests of several lengths.

    Args:
        scenario (Scenario): What is served on what. Of its limits those on sequences, on GPUs, on the least speed that
            is considered and on the demand are kept; the targets are not.
        traffic (Traffic): The requests.

    Raises:
        NothingFits: Where nothing runs, with the change that would help.
    """
    bare = scenario.model_copy(update={"target_ttft_s": None})
    layouts = searched(bare).layouts
    engine = TrafficEvaluator(bare, layouts, traffic)
    check_size(bare, engine)
    shared = batches(largest_batch(engine))
    # Each layout tries its own largest batch too, between two of the shared ones.
    largest = np.maximum(np.floor(largest_batches(engine)), 1.0)
    tried = np.vstack([np.repeat(shared[:, np.newaxis], largest.size, axis=1), largest])
    tried.sort(axis=0)
    rows = max(1, BLOCK // largest.size)
    parts = [_block(engine, tried[i : i + rows]) for i in range(0, len(tried), rows)]
    known = {name: np.concatenate([part[name] for part in parts], axis=-1) for name in parts[0]}
    if not known["batch"].size:
        raise nothing_fits(_of_one_length(bare, traffic), engine)
    order = np.lexsort((known["batch"], known["layout"]))
    known = {name: values[..., order] for name, values in known.items()}
    layout = known["layout"]
    last = np.r_[layout[1:] != layout[:-1], True]
    # The largest batch that fits, also of those that are too slow.
    fullest = np.flatnonzero(last)[np.cumsum(last) - last]
    known["places"], known["full_requests_per_s"] = known["batch"][fullest], known["requests_per_s"][fullest]
    known["elasticity"] = _elasticity(layout, known["batch"], known["requests_per_s"])
    keep = known.pop("fast").astype(np.bool_)
    if not keep.any():
        raise nothing_fits(_of_one_length(bare, traffic), engine)
    return Setups(**known).take(keep)


def _of_one_length(scenario: Scenario, traffic: Traffic) -> Scenario:
    """A scenario whose requests are as long as those that hold a place on average, for what is said of it."""
    output = round(traffic.answer_tokens)
    return scenario.changed(prompt_tokens=max(round(traffic.request_tokens) - output, 0), output_tokens=output)


def _elasticity(layout: Array, batch: Array, requests_per_s: Array) -> Array:
    """d ln R/d ln B between the neighbours of each setup of its layout; 1 where it is alone, at least 0.01. [1]"""
    found = np.ones(layout.size)
    for part in np.split(np.arange(layout.size), np.flatnonzero(np.diff(layout)) + 1):
        if part.size > 1:
            found[part] = np.gradient(np.log(requests_per_s[part]), np.log(batch[part]))
    return np.maximum(found, 0.01)


def _block(engine: TrafficEvaluator, batch: Array) -> dict[str, Array]:
    """All that is known of some batches on all layouts, where they fit."""
    scenario, layouts = engine.scenario, engine.layouts
    drafting = engine.drafting(batch)
    tpot_s, drafted = engine.fastest(batch, drafting)
    runs = engine.fits(batch, drafting) & (batch <= engine.most_sequences) & np.isfinite(tpot_s)
    runs[1:] &= batch[1:] > batch[:-1]
    tokens_per_s = engine.tokens_per_s(batch, tpot_s)
    fast = tpot_s * scenario.least_tokens_per_s_user <= 1
    if scenario.demand_tokens_per_s is not None:
        fast &= tokens_per_s <= scenario.demand_tokens_per_s
    # Loads that no mean is taken for have their waits here, which are long: up to those that never end.
    load = engine.prompt_load(batch, tpot_s, largest=1.0)
    times = engine.five_times(batch, drafted)
    of_layout = {
        "layout": np.arange(layouts.n_gpu.size),
        "n_gpu": layouts.n_gpu,
        "tp": layouts.shards.tp_attn,
        "pp": layouts.shards.stages,
        "ep": layouts.ep,
        "dp_attn": layouts.shards.dp_attn,
        "paid_gpus": engine.paid_gpus,
        "prompt_instances_s": (
            engine.pooled_prompt_s if scenario.serving.disaggregated else np.zeros(layouts.n_gpu.size)
        ),
    }
    of_setup = {
        "batch": batch,
        "draft_tokens": drafted,
        "tpot_s": tpot_s,
        "requests_per_s": tokens_per_s / engine.requests.answer_tokens,
        "prompt_servers": np.ones(batch.shape),
        "prompt_load": load if not scenario.serving.disaggregated else 0 * load,
        "power_share": power_share(times._asdict(), tpot_s, scenario.accelerator.stack),
        "fast": fast,
    }
    found = {name: np.broadcast_to(values, batch.shape)[runs] for name, values in (of_layout | of_setup).items()}
    prompts = np.broadcast_to(engine.prompts_s()[:, np.newaxis, :], (len(engine.alone), *batch.shape))
    by_length = {
        "first_s": engine.first_s(tpot_s, drafted),
        "prompt_s": prompts,
        "held_s": engine.places_held_s(tpot_s),
    }
    return {**found, **{name: values[:, runs] for name, values in by_length.items()}}
