"""The engines behind one protocol, and the choice between them: a scenario says which one computes it."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Protocol

import numpy.typing as npt
import pandas as pd

from infecon_core.catalog.accelerators import PRICE
from infecon_core.frontier_table import Frontiers
from infecon_core.measured.neighbours import Correction
from infecon_core.paper.engine import PublishedEngine
from infecon_core.pareto import STEADY_TOLERANCE
from infecon_core.physics.rounds import Rounds
from infecon_core.scenario import LEAST_TARGET, Scenario
from infecon_core.schema import OWN, Format, Layout, MixtureOfExperts, Step
from infecon_core.schema.capabilities import Capabilities
from infecon_core.schema.traffic import Traffic
from infecon_core.serving.engine import ServingEngine
from infecon_core.setups import Setups


class Search(Protocol):
    """What was found for a scenario, and for those that differ from it in price, its basis and target."""

    def frontiers(self, scenario: Scenario) -> Frontiers:
        """The frontier, and the one whose layouts are held within the tolerance of the search.

        Both are the frontier itself where layouts are fractions that glide along it.
        """
        ...


class Engine(Protocol):
    """What an engine answers.

    Attributes:
        name, label, help (str): Its name in scenarios and links, on a control, and what it computes in a sentence.
        capabilities (Capabilities): What it can do.
        stands_for (str): Whose times its predictions are, to follow "times of"; empty where no engine was measured.
        error (str): How far its times are from measured ones, in words; empty where scenarios have an error each.
    """

    @property
    def name(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def help(self) -> str: ...
    @property
    def capabilities(self) -> Capabilities: ...
    @property
    def stands_for(self) -> str: ...
    @property
    def error(self) -> str: ...

    def frontier(self, scenario: Scenario, latency_factor: float = 1.0) -> pd.DataFrame:
        """The frontier, columns as in `schema.frontier`, fastest first; NothingFits where no setup runs.

        With a factor on the latency of the network only where the engine `searches_again`.
        """
        ...

    def search(self, scenario: Scenario, tolerance: float) -> Search:
        """The search behind `frontiers`, which answers for all scenarios with the same `searched_as`; errors alike."""
        ...

    def fast_enough(self, scenario: Scenario) -> pd.DataFrame | None:
        """The rows of the frontier that meet the target of speed; None where none does or nothing runs."""
        ...

    def top_speed_by_gpus(self, scenario: Scenario, latency_factor: float = 1.0) -> pd.DataFrame:
        """The fastest setup of each number of GPUs with the fewest sequences, whatever it costs and without drafts.

        Columns `n_gpu`, `batch`, `tpot_s` and the five times, fewest GPUs first; no rows where no setup runs. With a
        factor on the latency of the network only where the engine `searches_again`.
        """
        ...

    def step(self, scenario: Scenario, layout: Layout, batch: float, latency_factor: float = 1.0) -> Step:
        """The breakdown of one point; NothingFits or ValueError where it does not run."""
        ...

    def step_of_row(self, scenario: Scenario, row: Mapping[str, Any]) -> Step:
        """The breakdown of a row of the scenario's frontier; its numbers are those of the row."""
        ...

    def rounds(self, scenario: Scenario, layout: Layout, batch: npt.ArrayLike, draft_tokens: int) -> Rounds:
        """Rounds of one draft length at some batches, also where another length is faster; ValueError as for `step`.

        The check passes as many positions as the engine's scheme has, which `Rounds.positions` says.
        """
        ...

    def stored_bits(self, name: Format) -> float:
        """Bits in which a weight of a format is stored, with its block scales where the engine counts them. [1]"""
        ...

    def touched_share(self, scenario: Scenario, layer: MixtureOfExperts, tokens: float) -> float:
        """Share of the experts of a layer that a pass over some tokens touches. [1]"""
        ...

    def load_curve(self, scenario: Scenario, layout: Layout, batch: float | None = None) -> pd.DataFrame:
        """Time to first token of one layout against load, columns as in `schema.load`.

        Without rows where nobody queues for a prompt. ValueError for a layout that the engine does not have.
        """
        ...

    def setups(self, scenario: Scenario, traffic: Traffic) -> Setups:
        """Every setup of which a deployment may be made; NothingFits where none runs."""
        ...

    def layout(self, scenario: Scenario, degrees: Mapping[str, float]) -> Layout:
        """A layout from the chosen degrees, among `capabilities.degrees`; the others follow."""
        ...

    def neighbours(self, scenario: Scenario, layout: Layout, batch: float) -> Iterator[tuple[str, Layout, float]]:
        """Name, layout and batch of the setups around one point; they need not run."""
        ...

    def with_overhead(self, scenario: Scenario, factor: float) -> Scenario:
        """The scenario with kernel overhead multiplied by a factor."""
        ...

    def correction(self, scenario: Scenario) -> Correction | None:
        """By how much measurements correct the times of a scenario; None where nothing does."""
        ...

    def with_held_correction(self, scenario: Scenario) -> Scenario:
        """The scenario with the correction that it has now, whatever else of it is changed afterwards."""
        ...

    def approximations(self, scenario: Scenario) -> tuple[str, ...]:
        """Sentences that name what the engine can only approximate for a scenario."""
        ...

    def summary(self, scenario: Scenario) -> str:
        """What computes a scenario, in one line."""
        ...


_ALL: tuple[Engine, ...] = (ServingEngine(), PublishedEngine())
ENGINES: Mapping[str, Engine] = MappingProxyType({engine.name: engine for engine in _ALL})


def engine_of(scenario: Scenario) -> Engine:
    """The engine that a scenario names."""
    return ENGINES[scenario.engine]


def frontier(scenario: Scenario) -> pd.DataFrame:
    """The Pareto frontier of speed against price of a scenario.

    Args:
        scenario (Scenario): What is served, on what, and the limits of the search.

    Returns:
        DataFrame: One row a point, fastest first; columns as in `schema.frontier.FRONTIER_COLUMNS`, NaN where the
            engine does not know.

    Raises:
        NothingFits: Where no setup runs; says what would help.
    """
    return engine_of(scenario).frontier(scenario)


def frontiers(scenario: Scenario, tolerance: float = STEADY_TOLERANCE) -> Frontiers:
    """The Pareto frontier and the steady one, from one search.

    Args:
        scenario (Scenario): As for `frontier`; its target is where both are the same.
        tolerance (float): How much slower or dearer a layout that is held may be than the best one. [1]

    Returns:
        Frontiers: `exact`, as from `frontier`, and `steady`, as from `steady_frontier`.

    Raises:
        NothingFits: Where no setup runs; says what would help.
    """
    return search(scenario, tolerance).frontiers(scenario)


def search(scenario: Scenario, tolerance: float = STEADY_TOLERANCE) -> Search:
    """The search behind `frontiers`, for whoever asks again at another price or target.

    Args:
        scenario, tolerance: As for `frontiers`.

    Returns:
        Search: Answers for every scenario whose `searched_as` is the same.

    Raises:
        NothingFits: Where no setup runs; says what would help.
    """
    return engine_of(scenario).search(scenario, tolerance)


def searched_as(scenario: Scenario) -> Scenario:
    """A scenario at the price and target at which one search answers for all that differ in these alone.

    A price scales what a frontier says, and a target picks a row of it; a target below the least speed that is
    considered widens the search, and stays.
    """
    priced = scenario.accelerator.model_copy(update={PRICE: 1.0})
    target = max(scenario.least_tokens_per_s_user, LEAST_TARGET)
    return scenario.model_copy(update={"accelerator": priced, "price_basis": OWN, "target_tokens_per_s_user": target})


def top_speed_by_gpus(scenario: Scenario, latency_factor: float = 1.0) -> pd.DataFrame:
    """The fastest setup of each number of GPUs with the fewest sequences, whatever it costs and without drafts.

    No user is faster than with the fewest sequences, so that the fastest of them has the scenario's top speed: that of
    its frontier where it has no draft, at a fraction of the work. Limits on demand, on the first token and on the least
    speed do not count.

    Args:
        scenario (Scenario): What is served, on what, and the largest instance.
        latency_factor (float): Factor on the latency of every collective, for engines that `searches_again`. [1]

    Returns:
        DataFrame: One row a number of GPUs that runs, fewest first: `n_gpu`, `batch` [1], `tpot_s` and the five times
            [s]. No rows where no setup runs: `frontier` says why.

    Raises:
        NothingFits: Where the engine has no rate for the weights.
    """
    return engine_of(scenario).top_speed_by_gpus(scenario, latency_factor)


def steady_frontier(scenario: Scenario, tolerance: float = STEADY_TOLERANCE) -> pd.DataFrame:
    """The frontier with layouts held along the curve while they are at most `tolerance` slower or dearer than the best.

    `pareto.steady` says how. At the scenario's target it is the frontier: the cheapest point that meets the target is
    the same row; so are the fastest and the cheapest point, ties aside. Elsewhere ask `frontier` for what a speed
    costs: a few percent of speed are much of the price where a curve is steep.

    Args:
        scenario, tolerance: As for `frontiers`, which gives both curves for one search.

    Returns:
        DataFrame: As from `frontier`, with fewer rows; that itself where layouts are fractions. No row costs more than
            1 + tolerance times the frontier's price at its own speed, and each row of the frontier has one here that is
            at most that much slower and dearer.

    Raises:
        NothingFits: Where no setup runs; says what would help.
    """
    return frontiers(scenario, tolerance).steady


def step(scenario: Scenario, layout: Layout, batch: float) -> Step:
    """The breakdown of one point by operator and by the five times, with its price.

    Args:
        scenario (Scenario): What is served on what.
        layout (Layout): How it is spread over GPUs.
        batch (float): Sequences of one instance. [1]

    Raises:
        ValueError: For a layout that the engine does not have, or a batch that is not positive.
        NothingFits: Where the point cannot run.
    """
    return engine_of(scenario).step(scenario, layout, batch)


def step_of_row(scenario: Scenario, row: Mapping[str, Any]) -> Step:
    """The breakdown of a row of a frontier: `step`, in a third of its time, as the numbers of the row are known.

    Args:
        scenario (Scenario): What is served on what.
        row (mapping): A row of its frontier, by column.
    """
    return engine_of(scenario).step_of_row(scenario, row)


def load_curve(scenario: Scenario, layout: Layout, batch: float | None = None) -> pd.DataFrame:
    """Time to first token, per token and of a whole request while more and more requests reach one layout.

    Args:
        scenario (Scenario): What is served on what. Of its limits only that on sequences is kept.
        layout (Layout): That of one instance.
        batch (float, optional): A batch that the curve holds besides those that it has anyway. [1]

    Returns:
        DataFrame: One row a batch, smallest first; columns as in `schema.load`. Without rows where nobody queues:
            prompts have GPUs of their own, or the engine computes none.

    Raises:
        ValueError: For a layout that the engine does not have.
    """
    return engine_of(scenario).load_curve(scenario, layout, batch)


def setups(scenario: Scenario, traffic: Traffic) -> Setups:
    """Every setup of which a deployment may be made: layouts, each at all loads that are searched.

    Args:
        scenario (Scenario): What is served on what; its lengths, price and targets do not count.
        traffic (Traffic): The requests that come.

    Raises:
        NothingFits: Where no setup runs; says what would help.
    """
    return engine_of(scenario).setups(scenario, traffic)


def approximations(scenario: Scenario) -> tuple[str, ...]:
    """Sentences that name what the scenario's engine can only approximate."""
    return engine_of(scenario).approximations(scenario)
