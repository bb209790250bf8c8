"""What moves the price of a scenario, searched in a process of its own: some fifty searches take a second."""

from infecon_core import Scenario
from infecon_core.analysis.assumptions import Effects, effects
from infecon_ui.work.answer import answer
from infecon_ui.work.pool import WorkError

SEARCHING = "Searching again with each constant and assumption changed."


def effects_of(scenario: Scenario) -> Effects | str:
    """What moves the price, or one sentence on why nothing can be said."""
    try:
        return answer(SEARCHING, effects, scenario)
    except WorkError as reason:
        return str(reason)
