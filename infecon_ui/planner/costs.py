"""The accelerators side by side: a bar for what each costs a month, and all numbers of the plans as a table."""

import math

import pandas as pd
import streamlit as st

from infecon_core.analysis.planner.answer import numbers
from infecon_core.analysis.planner.plan import Plan
from infecon_ui.charts.drawings import Bars, Row, Scale, Span
from infecon_ui.charts.palette import CURVE
from infecon_ui.frontier import words as layouts
from infecon_ui.planner import words
from infecon_ui.planner.asked import Asked, Entrant
from infecon_ui.plots.plot import Plot
from infecon_ui.text import formats


def plot(asked: Asked, entrants: list[Entrant]) -> Plot | None:
    """What each accelerator costs a month, the cheapest first; None where none serves the demand."""
    plans = [one.found.plan for one in entrants if one.found.plan is not None]
    if not plans:
        return None
    unit, per = _unit(max(plan.usd_per_month for plan in plans))
    return Plot(
        name="costs",
        claim=words.claim(entrants),
        subtitle=(
            f"{words.demand(asked.requirements)} of {asked.model}, {words.planned_for(asked)}: {words.limits(asked)} · "
            f"{words.priced(asked)}"
        ),
        drawing=Bars(Scale(f"{unit} a month", words=_amounts), tuple(_row(one, per) for one in entrants)),
        source=words.source(asked),
        table=lambda: table(entrants),
        scenarios=tuple(one.scenario for one in entrants if one.scenario is not None),
    )


def _unit(most: float) -> tuple[str, float]:
    """The unit of an axis of money up to some dollars, and how many dollars it is."""
    if most >= 2e6:
        return "Million dollars", 1e6
    return ("Thousand dollars", 1e3) if most >= 2e3 else ("Dollars", 1.0)


def _amounts(values: list[float]) -> list[str]:
    return [f"{value:,.4g}" for value in values]


def _row(one: Entrant, per: float) -> Row:
    plan = one.found.plan
    if plan is None:
        return Row(one.name, (), words.why_not(one))
    text = f"{words.dollars(plan.usd_per_month)} · {words.gpus(plan.gpus)} GPUs"
    return Row(one.name, (Span(0.0, plan.usd_per_month / per, CURVE, "Rent of the GPUs"),), text)


def table(entrants: list[Entrant]) -> pd.DataFrame:
    """All numbers of the plans, one row an accelerator; empty cells where there is none."""
    rows = []
    for one in entrants:
        row: dict[str, object] = {"accelerator": one.name}
        row |= numbers(one.found.plan) if one.found.plan else {"why_not": words.helps(one)}
        rows.append(row)
    return pd.DataFrame(rows)


def show_table(entrants: list[Entrant]) -> None:
    """The plans as a table."""
    found = [one for one in entrants if one.found.plan is not None]
    if not found:
        return
    st.header("The plans in numbers", anchor=False)
    rows = {one.name: _shown(one.found.plan) for one in found if one.found.plan}
    frame = pd.DataFrame(rows)
    # A label stays on one line: on a phone the table is wider than the page and moves within it.
    frame.index = pd.Index([str(label).replace(" ", "\u00a0") for label in frame.index])
    st.table(frame)
    st.caption(
        "Dollars pay for the GPUs of instances, not for room that they leave in their servers; servers are whole ones. "
        "Power is that of boards at the mean load times PUE, without hosts and network."
    )


def _shown(plan: Plan) -> dict[str, str]:
    """One plan as people read it, line by line."""
    domain = plan.scenario.accelerator.scale_up_domain
    servers = formats.digits(plan.servers, 6)
    needs = plan.requirements
    if domain > plan.server_gpus:
        servers += f", {formats.digits(plan.domains, 6)} of {domain}"
    return {
        "Layout": layouts.short(_degrees(plan)),
        "Instances": f"{plan.instances:,}"
        + (f" + {plan.prompt_instances:,} for prompts" if plan.prompt_instances else "")
        + (f" + {needs.spares:,} spare" if needs.spares else ""),
        "GPUs": words.gpus(plan.gpus),
        "Servers, domains": servers,
        "Users each, at peak": formats.number(plan.peak.users),
        "Tokens/s/user, at peak": formats.digits(1 / plan.peak.tpot_s),
        f"First token, {needs.percentile}th": formats.duration(plan.peak.first_token_s),
        f"Last token, {needs.percentile}th": formats.duration(plan.peak.end_to_end_s),
        "$ an hour": words.dollars(plan.usd_per_hour),
        "$ a month": words.dollars(plan.usd_per_month),
        "$/M output tokens": formats.money(plan.usd_per_million_tokens),
        "…, were all always full": formats.money(plan.usd_per_million_tokens_at_capacity),
        "Boards × PUE, kW": formats.digits(plan.power_w / 1e3),
        "Energy, $ a month": "n/a" if math.isnan(plan.power_w) else words.dollars(plan.energy_usd_per_month),
    }


def _degrees(plan: Plan) -> dict[str, float]:
    return {name: float(getattr(plan.setup, name)[0]) for name in ("n_gpu", "tp", "pp", "ep", "dp_attn")}
