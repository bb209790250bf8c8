"""What people take with them: the frontier, the scenario, the chart, and how to compute them again."""

import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence
from html import escape

import pandas as pd

from infecon_core import Scenario
from infecon_core.analysis.frontier_file import with_ranges
from infecon_core.engines import engine_of
from infecon_ui.charts.figure import Figure
from infecon_ui.frontier import cache
from infecon_ui.slide.content import Slide
from infecon_ui.slide.facts import Fact, facts

_SCENARIO_FILE = "scenario.json"
_STYLE = """
body { margin: 0 auto; padding: 1rem; max-width: 80rem; color: #16202c; background: #fff;
  font-family: "Source Sans 3", "Segoe UI", system-ui, sans-serif; line-height: 1.45; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0.5rem 0; }
header p { margin: 0 0 1rem; }
footer { font-size: 0.875rem; color: #3a4654; overflow-wrap: anywhere; }
"""


def file_stem(*words: str) -> str:
    """A file name without its ending, in plain letters: "infecon-llama-3.1-70b-fp8-h100-sxm"."""
    parts = (re.sub(r"[^a-z0-9.]+", "-", word.lower()).strip("-.") for word in words)
    return "-".join(["infecon", *(part for part in parts if part)])[:100]


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


def with_facts(frame: pd.DataFrame, known: Mapping[str, Fact]) -> pd.DataFrame:
    """A table with the same first columns in every row: filters, pivots and joins of several files find them."""
    before = pd.DataFrame({name: [value] * len(frame) for name, value in known.items()})
    return pd.concat([before, frame.reset_index(drop=True)], axis=1)


def scenario_json(scenario: Scenario) -> str:
    """A scenario as JSON that `--scenario` and `Scenario.model_validate_json` read back."""
    return scenario.model_dump_json(indent=2) + "\n"


def chart_html(figure: Figure, about: Slide) -> str:
    """A chart as one interactive page that works offline: plotly.js, 5 MB, comes with it.

    Args:
        figure (dict): The chart.
        about (Slide): What stands around it: headline, subtitle, source, link and date, and its scenarios.
    """
    from plotly.graph_objects import Figure as Checked  # noqa: PLC0415 - slow, and few people click

    # A page of its own has no theme to take colours from.
    plain = Checked(figure).update_layout(template="plotly_white")
    chart = plain.to_html(
        full_html=False, include_plotlyjs=True, config={"displaylogo": False, "responsive": True}, div_id="chart"
    )
    link = f'<a href="{escape(about.link)}">{escape(about.link)}</a>'
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(about.headline)}</title>
<meta name="description" content="{escape(about.subtitle)}">
<style>{_STYLE}</style>
</head>
<body>
<header><h1>{escape(about.headline)}</h1><p>{escape(about.subtitle)}</p></header>
<main>{chart}</main>
<footer><p>{escape(about.source)}</p><p>{link} · {escape(about.date)}</p></footer>
<script type="application/json" id="scenarios">{_data(about.scenarios)}</script>
</body>
</html>
"""


def _data(scenarios: Sequence[Scenario]) -> str:
    """Scenarios as JSON that may stand in a page."""
    text = json.dumps([scenario.model_dump(mode="json") for scenario in scenarios], ensure_ascii=False)
    return text.replace("<", "\\u003c")


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
