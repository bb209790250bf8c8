"""What is changed on the page: the chosen scenario, its numbers, and the words for both."""

from dataclasses import dataclass
from functools import cached_property

from infecon_core import Scenario
from infecon_core.analysis.design import Number, numbers
from infecon_core.analysis.tornado import Figure
from infecon_core.engines import engine_of
from infecon_ui.design import words
from infecon_ui.frontier import cache, verdict
from infecon_ui.frontier.points import Points
from infecon_ui.frontier.shown import Shown
from infecon_ui.state.chosen import Chosen
from infecon_ui.state.view import View
from infecon_ui.text import formats


@dataclass(frozen=True)
class Subject:
    """A scenario whose numbers are changed.

    Args:
        choice (Chosen): What the sidebar chose.
        scenario (Scenario): Its scenario.
    """

    choice: Chosen
    scenario: Scenario

    @property
    def model(self) -> str:
        """The model's name."""
        return self.choice.model_name

    @property
    def accelerator(self) -> str:
        """The accelerator's name."""
        return self.choice.accelerator_name

    @property
    def target(self) -> float:
        """The speed that every user shall get. [tokens/s]"""
        return self.scenario.target_tokens_per_s_user

    @property
    def at_target(self) -> str:
        """The model at the target, to begin a sentence: "Llama 3.1 70B at 50 tokens/s per user"."""
        return f"{self.model} at {formats.user_speed(self.target)}"

    @cached_property
    def held(self) -> Scenario:
        """The scenario with its correction held, whatever is changed of it."""
        return engine_of(self.scenario).with_held_correction(self.scenario)

    @cached_property
    def points(self) -> Points | None:
        """Its frontier as it is; None where nothing runs."""
        return cache.frontier(self.scenario).points

    @property
    def row(self) -> int | None:
        """The row of its frontier at the target; None where that is out of reach."""
        return None if self.points is None else self.points.at(self.target)

    @property
    def usd(self) -> float | None:
        """What the target costs today; None where it is out of reach. [USD per million output tokens]"""
        return None if self.points is None or self.row is None else float(self.points.price[self.row])

    @property
    def top_speed(self) -> float:
        """The most that a user gets today; 0 where nothing runs. [tokens/s]"""
        return 0.0 if self.points is None else float(self.points.speed.max())

    @cached_property
    def labels(self) -> dict[str, Number]:
        """The numbers that can be changed, by label."""
        return {number.label: number for number in numbers(self.scenario).values()}

    def served(self, *, priced: bool = True) -> str:
        """What is served on what, and the price basis, in one line."""
        name = f"{self.model} on {self.accelerator}"
        shown = self._shown(self.points)
        if shown is None:
            return name
        return f"{name} · {verdict.conditions(shown)}" + (f" · {verdict.price(shown)}" if priced else "")

    def source(self, other: Points | None = None, *, priced: bool = True) -> str:
        """What stands behind the numbers, and what stays as they change.

        Args:
            other (Points, optional): A frontier where the scenario itself has none.
            priced (bool): Whether the price of a GPU-hour stays.
        """
        shown, engine = self._shown(self.points or other), engine_of(self.scenario)
        held = ["the price of a GPU-hour"] if priced else []
        held += ["the correction by measurements"] if engine.correction(self.scenario) is not None else []
        source = engine.summary(self.scenario) if shown is None else verdict.source(shown)
        return " · ".join([source, *(f"{words.capital(part)} stays as it is" for part in held)])

    def _shown(self, points: Points | None) -> Shown | None:
        """A frontier as the first page shows it, for its sentences."""
        if points is None:
            return None
        ranges = points.ranges(points.measure("output"), target=self.target, log_axes=True)
        return Shown(self.choice, self.scenario, points, View(), ranges)


def gained(figure: Figure, change: float) -> str:
    """A change of a price or a speed in words: "42% cheaper", "2.1 times as fast".

    >>> gained("price", -0.415), gained("price", 1.1), gained("speed", 0.275), gained("speed", -0.1)
    ('42% cheaper', '2.1 times as dear', '28% faster', '10% slower')
    """
    more, less, dear = ("dearer", "cheaper", "dear") if figure == "price" else ("faster", "slower", "fast")
    if change >= 1:
        return f"{formats.digits(1 + change, 2)} times as {dear}"
    return f"{formats.percent(abs(change))} {more if change > 0 else less}"
