"""What the frontier page shows: a choice and its frontier."""

from dataclasses import dataclass

from infecon_core import Scenario
from infecon_core.engines import engine_of
from infecon_core.schema.capabilities import Capabilities
from infecon_ui.frontier.points import Point, Points
from infecon_ui.frontier.words import Served
from infecon_ui.state.chosen import Chosen


@dataclass(frozen=True)
class Shown:
    """A frontier on the page.

    Args:
        choice (Chosen): What the sidebar chose.
        scenario (Scenario): Its scenario.
        points (Points): Its frontier.
    """

    choice: Chosen
    scenario: Scenario
    points: Points

    @property
    def served(self) -> Served:
        """What is served on what."""
        return Served(self.choice.model_name, self.scenario.precision.weights, self.choice.accelerator_name)

    @property
    def preferred(self) -> Point:
        """The point that is shown where none was picked."""
        return self.points[self.points.rows["preferred"]]

    @property
    def capabilities(self) -> Capabilities:
        """What the engine of the scenario can do."""
        return engine_of(self.scenario).capabilities
