"""What people take with them: the frontier, the scenario, the chart, and how to compute them again."""

import datetime as dt

import pandas as pd

from infecon_core import Scenario
from infecon_core.analysis.frontier_file import with_ranges
from infecon_core.engines import engine_of
from infecon_ui.frontier import cache
from infecon_ui.slide.facts import facts, with_facts

_SCENARIO_FILE = "scenario.json"


def frontier_csv(frame: pd.DataFrame, scenario: Scenario, link: str, date: dt.date) -> str:
    """A frontier as CSV, every number with all its digits, and in every row what it was computed from.

    The ranges of comparable measurements stand behind the columns of the frontier, and before them what they rest on.

    Args:
        frame (DataFrame): The frontier, or another curve.
        scenario (Scenario): What it was computed from.
        link (str): Where to open the same.
        date (date): The day.
    """
    spread = cache.spread(scenario) if engine_of(scenario).capabilities.uncertainty else None
    return with_facts(with_ranges(frame, scenario, spread), facts(scenario, link, date)).to_csv(index=False)


def scenario_json(scenario: Scenario) -> str:
    """A scenario as JSON that `--scenario` and `Scenario.model_validate_json` read back."""
    return scenario.model_dump_json(indent=2) + "\n"


def command_line(scenario: Scenario) -> str:
    """Shell commands that compute the same frontier."""
    return (
        f"cat > {_SCENARIO_FILE} <<'JSON'\n{scenario_json(scenario)}JSON\n"
        f"python -m infecon_core frontier --scenario {_SCENARIO_FILE} --format csv --out frontier.csv\n"
    )


def python_snippet(scenario: Scenario) -> str:
    """A Python script that computes the same frontier."""
    return (
        "from infecon_core import Scenario, frontier, preferred\n\n"
        f'scenario = Scenario.model_validate_json(r"""\n{scenario_json(scenario)}""")\n'
        "points = frontier(scenario)\n"
        "print(preferred(points))\n"
    )
