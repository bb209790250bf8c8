"""Economics of serving large language models: speed against price, and where the time goes."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from infecon_core.analysis.reach import remedies
    from infecon_core.analysis.sensitivity import elasticities, neighbours
    from infecon_core.engines import approximations, frontier, frontiers, steady_frontier, step
    from infecon_core.measured.predict import predict
    from infecon_core.pareto import at_speed, cheapest, fastest, preferred
    from infecon_core.scenario import Scenario
    from infecon_core.schema import Layout, NothingFits, Step
    from infecon_core.validation.report import calibrate

__version__ = "0.9.0"

__all__ = [
    "Layout",
    "NothingFits",
    "Scenario",
    "Step",
    "approximations",
    "at_speed",
    "calibrate",
    "cheapest",
    "elasticities",
    "fastest",
    "frontier",
    "frontiers",
    "neighbours",
    "predict",
    "preferred",
    "remedies",
    "steady_frontier",
    "step",
]

# numpy and pandas take longer to import than all the rest: whoever lists models does not wait for them. The package
# itself is there at once, so that a command can be ended quietly from its first moment.
_ON_DEMAND = {
    **dict.fromkeys(("Layout", "NothingFits", "Step"), "infecon_core.schema"),
    "Scenario": "infecon_core.scenario",
    **dict.fromkeys(("at_speed", "cheapest", "fastest", "preferred"), "infecon_core.pareto"),
    **dict.fromkeys(("approximations", "frontier", "frontiers", "steady_frontier", "step"), "infecon_core.engines"),
    "calibrate": "infecon_core.validation.report",
    "predict": "infecon_core.measured.predict",
    "remedies": "infecon_core.analysis.reach",
    **dict.fromkeys(("elasticities", "neighbours"), "infecon_core.analysis.sensitivity"),
}


def __getattr__(name: str) -> Any:
    if name not in _ON_DEMAND:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_ON_DEMAND[name]), name)
