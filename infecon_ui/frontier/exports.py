"""What people take with them: the frontier, the scenario, the chart, and how to compute them again."""

import re

import pandas as pd

from infecon_core import Scenario
from infecon_ui.charts.figure import Figure

_SCENARIO_FILE = "scenario.json"


def file_stem(*words: str) -> str:
    """A file name without its ending, in plain letters: "infecon-llama-3.1-70b-fp8-h100-sxm"."""
    parts = (re.sub(r"[^a-z0-9.]+", "-", word.lower()).strip("-.") for word in words)
    return "-".join(["infecon", *(part for part in parts if part)])[:100]


def frontier_csv(frame: pd.DataFrame) -> str:
    """A frontier as CSV, every number with all its digits."""
    return frame.to_csv(index=False)


def scenario_json(scenario: Scenario) -> str:
    """A scenario as JSON that `--scenario` and `Scenario.model_validate_json` read back."""
    return scenario.model_dump_json(indent=2) + "\n"


def chart_html(figure: Figure) -> str:
    """A chart as one interactive page that works offline: plotly.js, 5 MB, comes with it."""
    from plotly.graph_objects import Figure as Checked  # noqa: PLC0415 - slow, and few people click

    # A page of its own has no theme to take colours from.
    plain = Checked(figure).update_layout(template="plotly_white")
    return str(plain.to_html(include_plotlyjs=True, config={"displaylogo": False, "responsive": True}))


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
