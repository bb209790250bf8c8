"""A chart as an interactive page of its own, with what a slide says around it."""

import json
from collections.abc import Sequence
from html import escape

from infecon_core import Scenario
from infecon_ui.charts.figure import Figure
from infecon_ui.slide.content import Slide

_STYLE = """
body { margin: 0 auto; padding: 1rem; max-width: 80rem; color: #16202c; background: #fff;
  font-family: "Source Sans 3", "Segoe UI", system-ui, sans-serif; line-height: 1.45; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0.5rem 0; }
header p { margin: 0 0 1rem; }
footer { font-size: 0.875rem; color: #3a4654; overflow-wrap: anywhere; }
"""


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
