"""The command `frontier`."""

import argparse

import pandas as pd

from infecon_core.cli.answers import footnotes, stamp, title
from infecon_core.cli.printing import as_json, format_of, lines, number, table
from infecon_core.engines import frontier as frontier_of
from infecon_core.pareto import cheapest, fastest, preferred
from infecon_core.scenario import Scenario
from infecon_core.schema.frontier import COLUMNS

TABLE_POINTS = 20


def frontier(args: argparse.Namespace, scenario: Scenario) -> str:
    """The frontier of a scenario, in the format that was asked for."""
    points = frontier_of(scenario)
    kind = format_of(args)
    if kind == "csv":
        return str(points.to_csv(index=False, lineterminator="\n"))
    if kind == "json":
        return as_json({**stamp(scenario), "points": points.to_dict(orient="records")})
    return frontier_table(scenario, points)


def frontier_table(scenario: Scenario, points: pd.DataFrame) -> str:
    """A frontier as a table: its fastest, preferred and cheapest point, then steps along it.

    Args:
        scenario (Scenario): What was asked.
        points (DataFrame): Its frontier.
    """
    chosen = {"fastest": fastest(points), "preferred": preferred(points), "cheapest": cheapest(points)}
    # Equal steps along the frontier, both ends included, are enough to see its shape.
    shown = min(TABLE_POINTS, len(points))
    steps = [points.iloc[round(i * (len(points) - 1) / max(shown - 1, 1))] for i in range(shown)]
    rows = [*chosen.values(), *steps]
    counts = ["n_gpu", "tp", "pp", "ep", "dp_attn", "batch", *(["draft_tokens"] if scenario.speculation else [])]
    columns = {
        "": [*chosen, *([""] * shown)],
        "tok/s/user": [number(row["tokens_per_s_user"]) for row in rows],
        "USD/Mtok": [number(row["usd_per_million_tokens"]) for row in rows],
        **{COLUMNS[name].label: [number(row[name]) for row in rows] for name in counts},
        "MFU": [f"{row['mfu']:.0%}" for row in rows],
        "limit": [str(row["limit"]) for row in rows],
    }
    drawn = table(columns, right=set(columns) - {"", "limit"})
    head = 2 + len(chosen)
    count = f"{shown} of {len(points)} points; --format csv gives all of them in full precision."
    return lines(*title(scenario), "", *drawn[:head], "", *drawn[head:], "", count, *footnotes(scenario))
