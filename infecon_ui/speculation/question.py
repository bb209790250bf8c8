"""What the page is about: a scenario with drafts and without, and the setup that is held where one is."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from infecon_core import Layout, Scenario
from infecon_core.analysis.draft_candidates import Candidate, assumed
from infecon_core.analysis.draft_gains import plain
from infecon_core.engines import engine_of
from infecon_core.schema.capabilities import Capabilities
from infecon_ui.frontier import cache as frontiers
from infecon_ui.frontier import verdict
from infecon_ui.frontier.points import Point, Points
from infecon_ui.frontier.shown import Shown
from infecon_ui.frontier.speculation import acceptance
from infecon_ui.speculation import cache
from infecon_ui.state.chosen import Chosen
from infecon_ui.state.view import View
from infecon_ui.text import formats

# The longest of the measured curves, and the longest draft that charts over draft length show. [tokens]
LONGEST = 8

_WITHOUT_DRAFT = (
    "The catalog has no smaller model with the tokens of {model}, and this engine takes draft models alone: choose a "
    "draft in the sidebar under Speculative decoding, or the serving engine."
)

# Setups that can be held, by what stands in a link; that of the target is the fastest where none is fast enough.
TARGET, FASTEST, CHEAPEST = "Of the target", "Fastest", "Cheapest"
SETUPS: Mapping[str, str] = MappingProxyType({TARGET: "target", FASTEST: "fastest", CHEAPEST: "cheapest"})


@dataclass(frozen=True)
class Question:
    """A scenario with drafts and without.

    Args:
        choice (Chosen): What the sidebar chose.
        draft (Candidate): Who drafts, with the scenario that it drafts in.
        drafted (Points): The frontier with drafts.
        without (Points or None): That without; None where nothing runs.
        setup (str): Which setup of the drafted frontier is held: "target", "fastest" or "cheapest".
        acceptances (tuple of float): Those side by side. [1]
        model_acceptance, own_acceptance (float): Of draft models, and of layers of the model's own, where candidates
            stand side by side. [1]
    """

    choice: Chosen
    draft: Candidate
    drafted: Points
    without: Points | None
    setup: str = "target"
    acceptances: tuple[float, ...] = (0.6, 0.7, 0.8, 0.9)
    model_acceptance: float = 0.8
    own_acceptance: float = 0.7

    @property
    def scenario(self) -> Scenario:
        """The scenario with drafts."""
        return self.draft.scenario

    @cached_property
    def plain(self) -> Scenario:
        """The scenario without drafts."""
        return plain(self.scenario)

    @property
    def target(self) -> float:
        """The speed that every user shall get at the least. [tokens/s]"""
        return self.scenario.target_tokens_per_s_user

    @property
    def capabilities(self) -> Capabilities:
        """What the engine can do."""
        return engine_of(self.scenario).capabilities

    @property
    def assumed(self) -> bool:
        """Whether the page assumes the draft, as the scenario has none."""
        return self.draft.who != "chosen"

    @property
    def with_usd(self) -> float | None:
        """What the target costs with drafts; None where it is out of reach. [USD]"""
        return price_at(self.drafted, self.target)

    @property
    def without_usd(self) -> float | None:
        """What it costs without. [USD]"""
        return price_at(self.without, self.target)

    @cached_property
    def row(self) -> int:
        """Row of the drafted frontier whose setup is held."""
        at_target = self.drafted.at(self.target) if self.setup == "target" else None
        if at_target is not None:
            return at_target
        return self.drafted.rows["cheapest" if self.setup == "cheapest" else "fastest"]

    @property
    def point(self) -> Point:
        """The point whose setup is held."""
        return self.drafted[self.row]

    @cached_property
    def layout(self) -> Layout:
        """The layout that is held."""
        return Layout.of(self.point)

    @property
    def batch(self) -> float:
        """Sequences of the setup that is held. [1]"""
        return float(self.point["batch"])

    @cached_property
    def longest(self) -> int:
        """The longest draft that charts over draft length show: no longer than a measured curve. [tokens]"""
        draft = self.scenario.speculation
        measured = len(draft.accepted_lengths) if draft is not None else 0
        return min(LONGEST, measured or LONGEST)

    @cached_property
    def batches(self) -> tuple[float, ...]:
        """Batches that run on the layout that is held, with drafts. [1]"""
        found = cache.batches_at(self.plain, self.layout)
        runs = np.isfinite(cache.gains(self.scenario, self.layout, tuple(found), 1).tpot_s[0]) if found.size else found
        return tuple(float(batch) for batch in found[runs.astype(bool)])

    def some_batches(self, count: int) -> tuple[float, ...]:
        """So many of them at the most, evenly spaced in octaves, the ends among them. [1]"""
        places = np.unique(np.linspace(0, len(self.batches) - 1, min(count, len(self.batches))).round().astype(int))
        return tuple(self.batches[place] for place in places)

    @cached_property
    def shown(self) -> Shown:
        """The drafted frontier as the first page shows it, for its sentences."""
        ranges = self.drafted.ranges(self.drafted.measure("output"), target=self.target, log_axes=True)
        return Shown(self.choice, self.scenario, self.drafted, View(), ranges)

    @property
    def drafter(self) -> str:
        """Who drafts and whose acceptance that is: "Llama 3.2 1B at an acceptance of 0.80 (assumed)"."""
        draft = self.scenario.speculation
        return "" if draft is None else f"{self.draft.name} {acceptance(draft, self.scenario.architecture)}"

    @property
    def served(self) -> str:
        """What is served on what, and the price basis, for subtitles."""
        name = f"{self.choice.model_name} on {self.choice.accelerator_name}"
        return f"{name} · {verdict.conditions(self.shown)} · {verdict.price(self.shown)}"

    @property
    def held(self) -> str:
        """The setup that is held: "4 × H100 SXM, TP 4, 59 users at once"."""
        return f"{formats.gpus(self.point['n_gpu'])}{_degrees(self.point)}"

    @property
    def source(self) -> str:
        """What stands behind the numbers."""
        return verdict.source(self.shown)


class NothingToShow(NamedTuple):
    """Why a choice has no question: in a sentence."""

    reason: str


def question(choice: Chosen) -> Question | NothingToShow:
    """The question of a choice, with the draft that it has or one that is assumed."""
    if choice.scenario is None:
        return NothingToShow(choice.problem or "")
    draft = assumed(choice.scenario)
    if draft is None:
        return NothingToShow(_WITHOUT_DRAFT.format(model=choice.model_name))
    drafted = frontiers.frontier(draft.scenario).points
    if drafted is None:
        reason = frontiers.frontier(draft.scenario).problem or ""
        bare = frontiers.frontier(plain(draft.scenario))
        if bare.points is None:
            return NothingToShow(f"Nothing runs, with drafts or without. {bare.problem or ''}".strip())
        return NothingToShow(f"With drafts by {draft.name} nothing runs. {reason}".strip())
    return Question(choice, draft, drafted, frontiers.frontier(plain(draft.scenario)).points)


def price_at(points: Points | None, tokens_per_s: float) -> float | None:
    """Price of a speed on a frontier; None where nothing is fast enough. [USD]"""
    row = None if points is None else points.at(tokens_per_s)
    return None if points is None or row is None else float(points.price[row])


def prices_at(points: Points | None, speeds: np.ndarray) -> np.ndarray:
    """Prices of several speeds; NaN where nothing is fast enough. [USD]"""
    found = (price_at(points, float(speed)) for speed in speeds)
    return np.array([math.nan if price is None else price for price in found])


def _degrees(point: Point) -> str:
    names = {"tp": "TP", "dp_attn": "attention copies", "pp": "PP"}
    return "".join(f", {label} {formats.number(point[name])}" for name, label in names.items() if point[name] > 1.01)
