"""What the frontier page shows: a choice, its frontier, the point at the target, and how they are looked at."""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from infecon_core import Scenario
from infecon_core.engines import engine_of
from infecon_core.schema.capabilities import Capabilities
from infecon_core.validation.uncertainty import Spread, price_range, speed_range
from infecon_ui.charts.axes import Ranges
from infecon_ui.charts.measures import Measure
from infecon_ui.frontier import cache
from infecon_ui.frontier.points import Array, Point, Points
from infecon_ui.frontier.words import Served
from infecon_ui.state.chosen import Chosen
from infecon_ui.state.view import View


class TargetRanges(NamedTuple):
    """Where comparable measurements lie around the point at the target.

    Attributes:
        slowest, quickest (float): Speeds at its value; 0 where out of reach. [tokens/s]
        low, high (float): Values at the target; an infinite price or no throughput where out of reach.
    """

    slowest: float
    quickest: float
    low: float
    high: float


@dataclass(frozen=True)
class Shown:
    """A frontier on the page.

    Args:
        choice (Chosen): What the sidebar chose.
        scenario (Scenario): Its scenario.
        points (Points): Its frontier.
        view (View): How it is looked at.
        ranges (Ranges): What the axes show.
        before (Scenario or None): What was shown before the last change of the curve, while that is the last change.
        past (bool): Whether this is what was shown last, and what is chosen now cannot be shown.
    """

    choice: Chosen
    scenario: Scenario
    points: Points
    view: View
    ranges: Ranges
    before: Scenario | None = None
    past: bool = False

    @property
    def served(self) -> Served:
        """What is served on what."""
        return Served(self.choice.model_name, self.scenario.precision.weights, self.choice.accelerator_name)

    @property
    def target(self) -> float:
        """The speed that every user shall get at the least. [tokens/s]"""
        return self.scenario.target_tokens_per_s_user

    @cached_property
    def row_at_target(self) -> int | None:
        """Row of the cheapest point that is fast enough; None where none is."""
        return self.points.at(self.target)

    @property
    def reached(self) -> bool:
        """Whether any point is fast enough."""
        return self.row_at_target is not None

    @property
    def row(self) -> int:
        """Row of the point that the figures are taken at: at the target, or the fastest where none is fast enough."""
        return self.points.rows["fastest"] if self.row_at_target is None else self.row_at_target

    @cached_property
    def point(self) -> Point:
        """The point that the figures are taken at."""
        return self.points[self.row]

    @property
    def measure(self) -> Measure:
        """What the vertical axis shows."""
        return self.points.measure(self.view.y)

    @property
    def values(self) -> Array:
        """What the vertical axis shows of each point."""
        return self.points.values(self.measure)

    @property
    def value(self) -> float:
        """The same of the point that the figures are taken at."""
        return float(self.values[self.row])

    @property
    def capabilities(self) -> Capabilities:
        """What the engine of the scenario can do."""
        return engine_of(self.scenario).capabilities

    @cached_property
    def spread(self) -> Spread | None:
        """How far comparable measurements lie from their predictions; None where the engine has none."""
        return cache.spread(self.scenario) if self.capabilities.uncertainty else None

    def range_at(self, speed: Array | float) -> tuple[Array, Array] | None:
        """Between which values points at some speeds lie if comparable measurements say how wrong the engine is.

        Args:
            speed (array or float): Where. [tokens/s]

        Returns:
            low, high (array): In the unit of the vertical axis; infinite prices and throughputs of 0 are out of reach.
                None where the engine has no comparable measurements.
        """
        if self.spread is None:
            return None
        low, high = price_range(self.points.speed, self._cost(self.values), self.spread, speed)
        return (low, high) if self.measure.money else (1 / high, 1 / low)

    def speeds_at(self, value: Array | float) -> tuple[Array, Array] | None:
        """Between which speeds points at some values lie, as `range_at` along the other axis.

        Args:
            value (array or float): In the unit of the vertical axis.

        Returns:
            low, high (array): 0 where out of reach; None where the engine has no comparable measurements. [tokens/s]
        """
        if self.spread is None:
            return None
        return speed_range(self.points.speed, self._cost(self.values), self.spread, self._cost(value))

    @cached_property
    def target_ranges(self) -> TargetRanges | None:
        """What comparable measurements say of the target's point; None where it is out of reach or there are none."""
        values, speeds = self.range_at(self.target), self.speeds_at(self.value)
        if values is None or speeds is None or not self.reached:
            return None
        (low, high), (slowest, quickest) = ((float(one), float(other)) for one, other in (values, speeds))
        return TargetRanges(slowest, quickest, low, high)

    def scaled(self, ratio: float) -> tuple[Array, Array]:
        """The curve if every step took `ratio` times as long: that much slower, and that much dearer.

        Returns:
            speed, values (array): Of its points, in the units of the axes.
        """
        return self.points.speed / ratio, self.values * ratio if self.measure.money else self.values / ratio

    def _cost(self, values: Array | float) -> Array | float:
        """Work per token, which is what a price and the inverse of a throughput have in common."""
        return values if self.measure.money else 1 / values
