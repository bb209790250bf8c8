"""The published model behind the protocol that every engine satisfies."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from infecon_core.catalog.engine_levels import published_error
from infecon_core.frontier_table import Frontiers, frontier_columns, numbers_of_a_step
from infecon_core.paper.breakdown import sum_times
from infecon_core.paper.convert import published_accelerator, published_model
from infecon_core.paper.feasibility import check_fit, nothing_fits
from infecon_core.paper.frontier import ChosenSetups, choose
from infecon_core.paper.inputs import Array
from infecon_core.paper.published_scenario import PublishedScenario
from infecon_core.paper.rounds import rounds
from infecon_core.paper.setups import setups_of
from infecon_core.paper.speculation import SHORTEST_DRAFT
from infecon_core.paper.system import Best, PublishedSystem
from infecon_core.paper.top_speed import top_speed_by_gpus
from infecon_core.paper.traffic import touched_share
from infecon_core.physics.rounds import Rounds
from infecon_core.scenario import Scenario
from infecon_core.schema import FORMAT_BITS, Format, Layout, MixtureOfExperts, NothingFits, Operator, Step
from infecon_core.schema.capabilities import Capabilities
from infecon_core.schema.load import LOAD_COLUMNS
from infecon_core.schema.options import Variant
from infecon_core.schema.traffic import Traffic
from infecon_core.setups import Setups

VARIANT_NAMES: Mapping[Variant, str] = {
    "toy": "its first sketch with network latency (chapter 2.2)",
    "printed": "its printed equations (chapter 3.6)",
    "reference_2d": "2-D tensor parallelism alone",
    "reference_pipeline": "without expert parallelism",
    "reference": "in full",
}


class PublishedEngine:
    """The model of arXiv:2506.04645, with fractions of GPUs and without prompts."""

    name = "published"
    label = "Published"
    help = "The model of arXiv:2506.04645, with fractions of GPUs and without prompts."
    stands_for = ""
    capabilities = Capabilities(
        prompts=False,
        whole_gpus=False,
        uncertainty=False,
        # Ten searches take seconds, and the grid is coarser than what 10% change.
        searches_again=False,
        degrees=("n_gpu", "pp", "dp_attn", "scheme"),
    )

    @property
    def error(self) -> str:
        """How far its times are from measured ones: much too short."""
        found = published_error()
        return (
            f"the published model's times are off by {found.median:.0%} in the median of measured points, "
            f"too short by {1 - found.bias:.0%} on average"
        )

    def frontier(self, scenario: Scenario, latency_factor: float = 1.0) -> pd.DataFrame:
        """The frontier over the published grid; it has no factor on the latency of the network."""
        if latency_factor != 1:
            raise ValueError("The published search has no factor on network latency; give 1.")
        return search(scenario)

    def search(self, scenario: Scenario, tolerance: float) -> "Search":
        """The search over the published grid."""
        return Search(scenario)

    def fast_enough(self, scenario: Scenario) -> pd.DataFrame | None:
        """The part of the frontier that meets the target of speed; None where nothing does."""
        try:
            found = search(scenario)
        except NothingFits:
            return None
        found = found[found["tokens_per_s_user"] >= scenario.target_tokens_per_s_user]
        return None if found.empty else found

    def top_speed_by_gpus(self, scenario: Scenario, latency_factor: float = 1.0) -> pd.DataFrame:
        """The fastest layout of each number of GPUs of the published grid with one sequence.

        With a little more than one, stages may fill better: the grid's fastest setup is up to 0.5% faster.
        """
        if latency_factor != 1:
            raise ValueError("The published search has no factor on network latency; give 1.")
        return top_speed_by_gpus(scenario)

    def step(self, scenario: Scenario, layout: Layout, batch: float, latency_factor: float = 1.0) -> Step:
        """The breakdown of one point."""
        return take_point_apart(scenario, layout, batch, latency_factor)

    def step_of_row(self, scenario: Scenario, row: Mapping[str, Any]) -> Step:
        """The breakdown of a row of the frontier."""
        return take_point_apart(scenario, Layout.of(row), row["batch"])

    def rounds(self, scenario: Scenario, layout: Layout, batch: npt.ArrayLike, draft_tokens: int) -> Rounds:
        """Rounds of one draft length at some batches, as the paper counts them."""
        return _rounds(scenario, layout, np.asarray(batch, np.float64), draft_tokens)

    def stored_bits(self, name: Format) -> float:
        """Bits of a stored weight; the published model has no block scales. [1]"""
        return float(FORMAT_BITS[name])

    def touched_share(self, scenario: Scenario, layer: MixtureOfExperts, tokens: float) -> float:
        """Share of the experts of a layer that a pass touches, as `engines.Engine.touched_share`. [1]"""
        return float(touched_share(layer.num_experts // layer.num_experts_per_tok, tokens))

    def load_curve(self, scenario: Scenario, layout: Layout, batch: float | None = None) -> pd.DataFrame:
        """No rows: nobody waits for prompts that are not computed."""
        return pd.DataFrame(columns=LOAD_COLUMNS, dtype=np.float64)

    def setups(self, scenario: Scenario, traffic: Traffic) -> Setups:
        """The points of the frontier at the traffic's mean context."""
        lengths = {"prompt_tokens": round(traffic.context_tokens), "output_tokens": 0}
        return setups_of(self.frontier(scenario.changed(**lengths, target_ttft_s=None)), traffic)

    def layout(self, scenario: Scenario, degrees: Mapping[str, Any]) -> Layout:
        """A layout from chosen degrees; TP and EP follow from the GPUs."""
        given = {"pp": 1.0, "dp_attn": 1.0, **degrees}
        return Layout(**given, tp=given["n_gpu"] / given["pp"] / given["dp_attn"])

    def neighbours(self, scenario: Scenario, layout: Layout, batch: float) -> Iterator[tuple[str, Layout, float]]:
        """Setups with GPUs, stages, copies of attention or batch doubled or halved, each with its name."""

        def at(n_gpu: float = layout.n_gpu, pp: float = layout.pp, dp_attn: float = layout.dp_attn) -> Layout:
            return self.layout(scenario, {"n_gpu": n_gpu, "pp": pp, "dp_attn": dp_attn, "scheme": layout.scheme})

        yield "GPUs doubled", at(n_gpu=2 * layout.n_gpu), batch
        yield "GPUs halved", at(n_gpu=layout.n_gpu / 2), batch
        if scenario.published.pipeline:
            yield "Stages doubled", at(pp=2 * layout.pp), batch
        if layout.pp > 1:
            yield "Half the stages", at(pp=max(1.0, layout.pp / 2)), batch
        if scenario.published.attention_scaledown:
            yield "Attention copies doubled", at(dp_attn=2 * layout.dp_attn), batch
        if layout.dp_attn > 1:
            yield "Attention copies halved", at(dp_attn=max(1.0, layout.dp_attn / 2)), batch
        yield "Batch doubled", layout, 2 * batch
        yield "Batch halved", layout, batch / 2

    def with_overhead(self, scenario: Scenario, factor: float) -> Scenario:
        """The scenario with the time to launch a kernel multiplied by a factor."""
        chip = scenario.accelerator
        quicker = chip.model_copy(update={"kernel_launch_s": chip.kernel_launch_s * factor})
        return scenario.model_copy(update={"accelerator": quicker})

    def correction(self, scenario: Scenario) -> None:
        """None: the published model is what its paper says."""

    def with_held_correction(self, scenario: Scenario) -> Scenario:
        """The scenario itself: nothing corrects it."""
        return scenario

    def approximations(self, scenario: Scenario) -> tuple[str, ...]:
        """Sentences that name what the published model can only approximate for this scenario."""
        model = published_model(scenario.architecture, scenario.precision)
        chip = published_accelerator(scenario.accelerator, model.weight_bytes)
        notes = ["GPUs, batches and degrees of parallelism may be fractions; an instance you can rent may not."]
        if scenario.published.pipeline and scenario.published.variant == "reference":
            notes.append(
                "With pipeline stages, the capacity check counts the cache of one microbatch, though all are resident; "
                "this is the paper's, and makes the cheap end of long contexts up to 1.4 times too cheap."
            )
        if scenario.speculation is not None:
            notes.append(
                "Speculation follows the paper: γ drafts and γ positions checked, and the draft's memory is "
                "not counted."
            )
        notes.append("Prompts are not computed: the price is that of decoding alone.")
        return (*notes, *model.approximations, *chip.approximations)

    def summary(self, scenario: Scenario) -> str:
        """What computes a scenario, in one line."""
        return f"Published model (arXiv:2506.04645), {VARIANT_NAMES[scenario.published.variant]}"


class Search:
    """A search over the published grid, which no price and no target changes."""

    def __init__(self, scenario: Scenario) -> None:
        """Search; NothingFits where no setup runs, with the change that would help."""
        setups = PublishedScenario.of(scenario)
        speculation = scenario.speculation
        chosen = choose(
            setups.target,
            setups.draft,
            acceptance=speculation.acceptance if speculation else 0.0,
            max_draft_tokens=speculation.max_draft_tokens if speculation else 0,
            context_tokens=scenario.context_tokens,
            demand_tokens_per_s=scenario.demand_tokens_per_s,
            max_gpus=min(scenario.max_gpus, setups.target.accelerator.linked_gpus),
        )
        if not chosen.n_gpu.size:
            raise nothing_fits(scenario, setups.target, setups.draft)
        self.known, self.gpu_seconds = setups.points_of(chosen, setups.layouts(chosen))

    def frontiers(self, scenario: Scenario) -> Frontiers:
        """The frontier twice: its degrees are fractions that glide along the curve, so that no layout can be held."""
        found = self.frontier(scenario)
        return Frontiers(found, found)

    def frontier(self, scenario: Scenario) -> pd.DataFrame:
        """The frontier, one row a point, fastest first."""
        return pd.DataFrame(frontier_columns(scenario, self.known, self.gpu_seconds))


def search(scenario: Scenario) -> pd.DataFrame:
    """The Pareto frontier of a scenario, one row a point, fastest first.

    Raises:
        NothingFits: Where no setup runs, with the change that would help.
    """
    return Search(scenario).frontier(scenario)


def take_point_apart(scenario: Scenario, layout: Layout, batch: float, latency_factor: float = 1.0) -> Step:
    """The breakdown of one point of the published model.

    Args:
        scenario (Scenario): What is served on what.
        layout (Layout): GPUs, stages, attention copies and scheme; tp and ep follow from them in the published model.
        batch (float): Sequences. [1]
        latency_factor (float): Factor on the latency of every collective. [1]

    Raises:
        ValueError: For a batch that is not positive, or more copies of attention than GPUs.
        NothingFits: Where weights and cache do not fit into the GPUs of the layout, or it has more stages than GPUs or
            sequences.
    """
    if not (math.isfinite(batch) and 0 < batch <= 1e15):
        raise ValueError(f"The batch is a positive number up to 1e15; got {batch:g}.")
    setups = PublishedScenario.of(scenario, latency_factor)
    check_fit(scenario, setups.target, layout, float(batch))
    shards = layout.n_gpu / layout.pp
    # One copy always fits: on a part of a GPU where the model is that small.
    if layout.dp_attn > max(1.0, shards) * (1 + 1e-9):
        raise ValueError(
            f"{layout.dp_attn:g} copies of attention need as many GPUs a stage; "
            f"{layout.n_gpu:g} GPUs over {layout.pp:g} stages are {shards:g}."
        )
    one = ChosenSetups(np.array([layout.n_gpu]), np.array([float(batch)]), np.array([np.nan]), np.zeros(1))
    best = Best(one.latency_s, np.array([layout.pp]), np.array([layout.dp_attn]), np.array([layout.scheme == "1-D"]))
    lengths = [0]
    if scenario.speculation is not None and setups.draft_fits(one):
        lengths += range(SHORTEST_DRAFT, scenario.speculation.max_draft_tokens + 1)
    operators = {length: setups.operators(one, best, length)[0] for length in lengths}
    totals = {length: np.asarray(sum(sum_times(operators[length]).values())) for length in lengths}
    length = min(lengths, key=lambda length: float(totals[length][0]))
    chosen = one._replace(latency_s=totals[length], draft_tokens=np.array([float(length)]))
    return Step(
        **numbers_of_a_step(setups.columns(chosen, best)),
        operators=tuple(
            Operator(name=name, **{key: float(values[0]) for key, values in times.items()})
            for name, times in operators[length].items()
            if any(values[0] > 0 for values in times.values())
        ),
    )


def _rounds(scenario: Scenario, layout: Layout, batch: Array, draft_tokens: int) -> Rounds:
    setups = PublishedScenario.of(scenario)
    n_gpu = np.full(batch.shape, layout.n_gpu)
    points = setups.points(ChosenSetups(n_gpu, batch, np.full(batch.shape, np.nan), np.zeros(batch.shape)), 1.0)
    runs = np.array([_fits(scenario, setups.target, layout, float(sequences)) for sequences in batch])
    acceptance = scenario.speculation.acceptance if scenario.speculation else 0.0
    return rounds(setups.target, setups.draft, layout, points, runs, acceptance=acceptance, draft_tokens=draft_tokens)


def _fits(scenario: Scenario, target: PublishedSystem, layout: Layout, batch: float) -> bool:
    try:
        check_fit(scenario, target, layout, batch)
    except NothingFits:
        return False
    return True
