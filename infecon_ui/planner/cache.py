"""Setups and plans, kept over reruns and visitors; nobody may change one."""

from infecon_core import Scenario, engines
from infecon_core.analysis.planner import answer
from infecon_core.analysis.planner.answer import Planned, setups_or_reason
from infecon_core.analysis.planner.break_even import OwnCost, own_cost
from infecon_core.analysis.planner.reach import Reach, reach
from infecon_core.schema.requirements import Requirements
from infecon_core.schema.traffic import Traffic
from infecon_core.setups import Setups
from infecon_ui.bounded_cache import BoundedCache

# Setups take 0.1 to 1 MB a scenario: those of some dozen visitors who compare six accelerators.
ANSWERS = BoundedCache(32_000_000)


def setups(scenario: Scenario, traffic: Traffic) -> Setups | str:
    """The setups of a scenario, whatever its price and targets; or why there are none."""
    searched = engines.searched_as(scenario)
    # A target below the least speed widens the search, and stays.
    return _setups(searched.model_copy(update={"target_ttft_s": None}), traffic)


@ANSWERS.keep
def _setups(scenario: Scenario, traffic: Traffic) -> Setups | str:
    return setups_or_reason(scenario, traffic)


@ANSWERS.keep
def planned(scenario: Scenario, requirements: Requirements, traffic: Traffic) -> Planned:
    """The plan of a scenario, or what is in its way."""
    return answer.planned(scenario, requirements, traffic, setups(scenario, traffic))


@ANSWERS.keep
def reached(scenario: Scenario, requirements: Requirements, traffic: Traffic, gpus: int) -> Reach | None:
    """How far GPUs that are owned reach."""
    found = setups(scenario, traffic)
    return None if isinstance(found, str) else reach(scenario, requirements, traffic, found, gpus)


@ANSWERS.keep
def cost(scenario: Scenario, requirements: Requirements, traffic: Traffic) -> OwnCost | None:
    """What own GPUs cost over load."""
    found = setups(scenario, traffic)
    return None if isinstance(found, str) else own_cost(scenario, requirements, traffic, found)
