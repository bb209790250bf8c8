"""Economics of serving large language models: speed against price, and where the time goes."""

from infecon_core.economics.pareto import at_speed, cheapest, fastest, preferred
from infecon_core.engines import approximations, frontier, step
from infecon_core.scenario import Scenario
from infecon_core.spec import Layout, NothingFits, Step

__all__ = [
    "Layout",
    "NothingFits",
    "Scenario",
    "Step",
    "approximations",
    "at_speed",
    "cheapest",
    "fastest",
    "frontier",
    "preferred",
    "step",
]
