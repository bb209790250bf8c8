"""The serving engine behind the protocol that every engine satisfies."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy.typing as npt
import pandas as pd

from infecon_core.catalog.drafts import evidence, origin
from infecon_core.catalog.engine_levels import best_over_one_engine
from infecon_core.measured.neighbours import Correction, correction, time_factor
from infecon_core.physics.experts import routing_of
from infecon_core.physics.formats import STORED_BYTES, has_experts
from infecon_core.physics.rounds import Rounds
from infecon_core.scenario import Scenario
from infecon_core.schema import Format, Layout, MixtureOfExperts, SelfDraft, Step
from infecon_core.schema.capabilities import Capabilities
from infecon_core.schema.constants import STEP_OVERHEADS
from infecon_core.schema.traffic import Traffic
from infecon_core.serving import breakdown, load
from infecon_core.serving import frontier as search
from infecon_core.serving import setups as serving_setups
from infecon_core.serving.layouts import expert_groups
from infecon_core.serving.rounds import rounds
from infecon_core.serving.times import constants_of
from infecon_core.setups import Setups

# What the time to first token is, by whether prompts have GPUs of their own.
_FIRST_TOKEN = {
    False: "half of TTFTs are within 30%, SGLang's are double",
    True: "nobody queues for a prompt: TTFT is a lower bound",
}


class ServingEngine:
    """Layouts that can be launched, with prompts, calibrated on measured servers."""

    name = "serving"
    label = "Serving"
    help = "Layouts that can be launched, with prompts, calibrated on measured servers."
    # The constants are fitted to all measured engines together, and half of the measurements are of that year.
    stands_for = "a typical engine of 2026"
    error = ""
    capabilities = Capabilities(
        prompts=True,
        whole_gpus=True,
        uncertainty=True,
        searches_again=True,
        degrees=("n_gpu", "tp", "pp", "ep", "dp_attn"),
    )

    def frontier(self, scenario: Scenario, latency_factor: float = 1.0) -> pd.DataFrame:
        """The frontier over every launchable layout."""
        return search.frontier(scenario, latency_factor)

    def search(self, scenario: Scenario, tolerance: float) -> search.Search:
        """The search behind the frontier, and behind the one whose layouts are held."""
        return search.Search(scenario, tolerance)

    def fast_enough(self, scenario: Scenario) -> pd.DataFrame | None:
        """The part of the frontier that meets the target of speed."""
        return search.fast_enough(scenario)

    def top_speed_by_gpus(self, scenario: Scenario, latency_factor: float = 1.0) -> pd.DataFrame:
        """The fastest layout of each number of GPUs with one sequence for every copy of attention in every stage."""
        return search.top_speed_by_gpus(scenario, latency_factor)

    def step(self, scenario: Scenario, layout: Layout, batch: float, latency_factor: float = 1.0) -> Step:
        """The breakdown of one point."""
        return breakdown.step(scenario, layout, batch, latency_factor)

    def step_of_row(self, scenario: Scenario, row: Mapping[str, Any]) -> Step:
        """The breakdown of a row of the frontier."""
        return breakdown.step_of_row(scenario, row)

    def rounds(self, scenario: Scenario, layout: Layout, batch: npt.ArrayLike, draft_tokens: int) -> Rounds:
        """Rounds of one draft length at some batches."""
        return rounds(scenario, layout, batch, draft_tokens)

    def stored_bits(self, name: Format) -> float:
        """Bits of a stored weight with its block scales. [1]"""
        return 8 * STORED_BYTES[name]

    def touched_share(self, scenario: Scenario, layer: MixtureOfExperts, tokens: float) -> float:
        """Share of the experts of a layer that a pass touches, as `engines.Engine.touched_share`. [1]"""
        return float(routing_of(layer, constants_of(scenario)).touched_share(tokens))

    def load_curve(self, scenario: Scenario, layout: Layout, batch: float | None = None) -> pd.DataFrame:
        """Time to first token of one layout against load."""
        return load.load_curve(scenario, layout, batch)

    def setups(self, scenario: Scenario, traffic: Traffic) -> Setups:
        """Every launchable layout with every batch."""
        return serving_setups.setups(scenario, traffic)

    def layout(self, scenario: Scenario, degrees: Mapping[str, float]) -> Layout:
        """A layout from chosen degrees; TP takes a stage over the copies, EP all of a stage beside copies."""
        given = {"pp": 1.0, "dp_attn": 1.0, **degrees}
        stage = given["n_gpu"] / given["pp"]
        groups = expert_groups(round(stage), round(given["dp_attn"]))
        return Layout(**{"tp": stage / given["dp_attn"], "ep": groups, **given}, scheme="1-D")

    def neighbours(self, scenario: Scenario, layout: Layout, batch: float) -> Iterator[tuple[str, Layout, float]]:
        """Setups with one degree or the batch doubled or halved, each with its name."""
        tp, pp, copies = layout.tp, layout.pp, layout.dp_attn

        def at(tp: float, pp: float, copies: float) -> Layout:
            return self.layout(scenario, {"n_gpu": tp * pp * copies, "tp": tp, "pp": pp, "dp_attn": copies})

        yield "TP doubled", at(2 * tp, pp, copies), batch
        if tp > 1:
            yield "TP halved", at(tp // 2, pp, copies), batch
        yield "One more stage", at(tp, pp + 1, copies), batch
        if pp > 1:
            yield "Half the stages", at(tp, pp // 2, copies), batch
        if has_experts(scenario.architecture):
            yield "Attention copies doubled", at(tp, pp, 2 * copies), batch
        if copies > 1:
            yield "Attention copies halved", at(tp, pp, copies // 2), batch
        yield "Batch doubled", layout, 2 * batch
        if batch > 1:
            yield "Batch halved", layout, float(batch // 2)

    def with_overhead(self, scenario: Scenario, factor: float) -> Scenario:
        """The scenario with every kernel and scheduling overhead multiplied by a factor."""
        constants = constants_of(scenario)
        scaled = {name: getattr(constants, name) * factor for name in STEP_OVERHEADS}
        constants = constants.model_copy(update=scaled)
        return scenario.model_copy(update={"serving": scenario.serving.model_copy(update={"constants": constants})})

    def correction(self, scenario: Scenario) -> Correction | None:
        """By how much measurements of the same model on the same accelerator correct all times."""
        return correction(scenario)

    def with_held_correction(self, scenario: Scenario) -> Scenario:
        """The scenario with its correction as a factor of its own, which stays whatever else is changed."""
        held = scenario.serving.model_copy(update={"correction": "own", "time_factor": time_factor(scenario)})
        return scenario.model_copy(update={"serving": held})

    def approximations(self, scenario: Scenario) -> tuple[str, ...]:
        """Sentences that name what the engine can only approximate for this scenario."""
        notes = [
            "The constants are global fits to measured servers, mostly of 2025 and 2026; single engines differ by "
            f"10%, the best of several is on average {best_over_one_engine() - 1:.0%} faster than one of them.",
            f"Batches are steady, contexts at their mean; {_FIRST_TOKEN[scenario.serving.disaggregated]}.",
            "FP8, FP4, INT8 weights compute at their own rate, INT4 at 16 bits; activations keep 16.",
        ]
        accelerator = scenario.accelerator
        if accelerator.scale_out_bytes_per_s and scenario.max_gpus > accelerator.scale_up_domain:
            notes.append("Layouts across scale-up domains rest on published link rates; few measurements check them.")
        if accelerator.stack == "other":
            notes.append("No measurement of this maker's software was fitted; it is taken to be as good as CUDA's.")
        if scenario.serving.disaggregated:
            notes.append("Prompts run on GPUs of their own in the same layout; moving the KV cache is not counted.")
        elif has_experts(scenario.architecture) and scenario.max_gpus > 1:
            notes.append("Few TTFTs were measured with attention DP; half of them are off by more than a third.")
        if scenario.speculation is not None:
            notes.append("A rejected draft costs its time and nothing else; acceptance does not depend on the batch.")
            notes.append(evidence(scenario.speculation, scenario.architecture))
            if isinstance(scenario.speculation, SelfDraft):
                notes.append(origin(scenario.architecture))
        return tuple(notes)

    def summary(self, scenario: Scenario) -> str:
        """What computes a scenario, in one line."""
        options = scenario.serving
        constants = "constants set here" if options.constants else "constants fitted to measurements"
        parts = [f"Serving engine with {constants}"]
        if scenario.prompt_tokens:
            parts.append("prompts on GPUs of their own" if options.disaggregated else "prompts on the GPUs that decode")
        if options.overlap is not None:
            parts.append(f"{options.overlap:.0%} of the communication overlapped")
        if options.context_parallel:
            parts.append("KV cache shared along the context")
        return ", ".join(parts)
