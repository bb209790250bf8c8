"""What a reader asks of the planner, as a value: it is the key of every answer that is kept."""

from collections.abc import Mapping
from dataclasses import dataclass

from infecon_core import Scenario
from infecon_core.analysis.planner.answer import Planned
from infecon_core.catalog.api_prices import ApiPrice
from infecon_core.schema.requirements import Requirements
from infecon_core.schema.traffic import Traffic
from infecon_ui.planner import cache


@dataclass(frozen=True)
class Entrant:
    """An accelerator that is looked at.

    Attributes:
        name (str): Of the accelerator.
        scenario (Scenario or None): What is served on it; None where it has no price that compares.
        found (Planned): What it comes to.
    """

    name: str
    scenario: Scenario | None
    found: Planned


@dataclass(frozen=True)
class Asked:
    """What the controls say.

    Attributes:
        scenario (Scenario): The chosen one.
        model (str): Name of the model.
        requirements, traffic: Demand, limits, requests.
        scenarios (mapping): Names of accelerators with the scenario on them, the chosen one first; in place of one
            that has no price on the same basis, the sentence that says so.
        prices (tuple of ApiPrice): What others ask for tokens of this model.
        simulated (bool): Whether the plan is simulated.
    """

    scenario: Scenario
    model: str
    requirements: Requirements
    traffic: Traffic
    scenarios: Mapping[str, Scenario | str]
    prices: tuple[ApiPrice, ...]
    simulated: bool

    @property
    def entrants(self) -> list[Entrant]:
        """All that are looked at: those with a plan by cost, then those without."""
        found = []
        for name, scenario in self.scenarios.items():
            if isinstance(scenario, str):
                found.append(Entrant(name, None, Planned(None, problem=scenario)))
            else:
                found.append(Entrant(name, scenario, cache.planned(scenario, self.requirements, self.traffic)))
        return sorted(found, key=lambda one: one.found.plan.usd_per_hour if one.found.plan else float("inf"))
