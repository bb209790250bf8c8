"""The command `frontier`."""

import argparse

import numpy as np
import pandas as pd

from infecon_core.analysis.frontier_file import correction_facts, with_ranges
from infecon_core.analysis.reach import remedies
from infecon_core.cli.answers import footnotes, stamp, title
from infecon_core.cli.printing import as_json, format_of, lines, number, table, two_digits, wrapped
from infecon_core.engines import engine_of
from infecon_core.engines import frontier as frontier_of
from infecon_core.pareto import at_speed, cheapest, fastest, preferred
from infecon_core.scenario import Scenario
from infecon_core.schema.frontier import COLUMNS
from infecon_core.validation.uncertainty import price_range, speed_range, spread

TABLE_POINTS = 16


def frontier(args: argparse.Namespace, scenario: Scenario) -> str:
    """The frontier of a scenario, in the format that was asked for."""
    points = frontier_of(scenario)
    kind = format_of(args)
    if kind == "csv":
        table_of = with_ranges(points, scenario)
        if engine_of(scenario).capabilities.uncertainty:
            for place, (name, value) in enumerate(correction_facts(scenario).items()):
                table_of.insert(place, name, value)
        return str(table_of.to_csv(index=False, lineterminator="\n"))
    if kind == "json":
        point = at_speed(points, scenario.target_tokens_per_s_user)
        target = {
            "target": None if point is None else point.to_dict(),
            "target_reason": out_of_reach(scenario, points) if point is None else None,
        }
        return as_json({**stamp(scenario), **target, "points": points.to_dict(orient="records")})
    return frontier_table(scenario, points)


def frontier_table(scenario: Scenario, points: pd.DataFrame) -> str:
    """A frontier as a table: the cheapest point that meets the target, the fastest, preferred and cheapest, then steps.

    Where the target is out of reach, a sentence in its place says what would help.

    Args:
        scenario (Scenario): What was asked.
        points (DataFrame): Its frontier.
    """
    chosen = {"fastest": fastest(points), "preferred": preferred(points), "cheapest": cheapest(points)}
    target = at_speed(points, scenario.target_tokens_per_s_user)
    missed = []
    if target is None:
        missed = ["", *wrapped(out_of_reach(scenario, points))]
    else:
        chosen = {"target": target, **chosen}
    # Equal steps along the frontier, both ends included, are enough to see its shape.
    shown = min(TABLE_POINTS, len(points))
    steps = [points.iloc[round(i * (len(points) - 1) / max(shown - 1, 1))] for i in range(shown)]
    rows = [*chosen.values(), *steps]
    counts = ["n_gpu", "tp", "pp", "ep", "dp_attn", "batch", *(["draft_tokens"] if scenario.speculation else [])]
    columns = {
        "": [*chosen, *([""] * shown)],
        "tok/s/user": [number(row["tokens_per_s_user"]) for row in rows],
        "USD/Mtok": [two_digits(row["usd_per_million_tokens"]) for row in rows],
        **{COLUMNS[name].label: [number(row[name]) for row in rows] for name in counts},
        "MFU": [f"{row['mfu']:.0%}" for row in rows],
        "limit": [str(row["limit"]) for row in rows],
    }
    drawn = table(columns, right=set(columns) - {"", "limit"})
    head = 2 + len(chosen)
    count = f"{shown} of {len(points)} points; --format csv gives all of them in full precision."
    around = [] if target is None else wrapped(ranges(scenario, points, float(target["usd_per_million_tokens"])))
    return lines(
        *title(scenario), *missed, "", *drawn[:head], *around, "", *drawn[head:], "", count, *footnotes(scenario)
    )


def ranges(scenario: Scenario, points: pd.DataFrame, usd: float) -> str:
    """Between which prices and speeds comparable measurements lie at the target; empty where the engine has none.

    Args:
        scenario (Scenario): What was asked.
        points (DataFrame): Its frontier.
        usd (float): Price of a million output tokens at the target. [USD]
    """
    if not engine_of(scenario).capabilities.uncertainty:
        return ""
    found = spread(scenario)
    speed, price = (points[name].to_numpy(float) for name in ("tokens_per_s_user", "usd_per_million_tokens"))
    low, high = map(float, price_range(speed, price, found, scenario.target_tokens_per_s_user))
    slow, quick = map(float, speed_range(speed, price, found, usd))
    most = f"to {two_digits(high)}" if np.isfinite(high) else "and more"
    around = f"{two_digits(slow)} to {two_digits(quick)} tok/s/user" if slow > 0 else ""
    return (
        f"{found.condition}, the target costs {two_digits(low)} {most} USD/Mtok, "
        f"and its price gives {around or f'{two_digits(quick)} tok/s/user or less'}."
    )


def out_of_reach(scenario: Scenario, points: pd.DataFrame) -> str:
    """Why no point of a frontier meets the target, and what would: the remedies with the prices that they lead to."""
    reached = float(fastest(points)["tokens_per_s_user"])
    helps = [f"{remedy.words} at {two_digits(remedy.usd_per_million_tokens)} USD/Mtok" for remedy in remedies(scenario)]
    return (
        f"No setup gives {number(scenario.target_tokens_per_s_user)} tok/s/user: the fastest gives {number(reached)}; "
        + (f"it takes {', or '.join(helps)}." if helps else "no single change that was tried reaches it.")
    )
