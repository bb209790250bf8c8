"""The command `plan`: how many GPUs a demand needs within limits, on one accelerator or on several side by side."""

import argparse
import math
from typing import Any

from infecon_core import catalog
from infecon_core.analysis.planner.answer import NUMBERS, numbers, planned, setups_or_reason
from infecon_core.analysis.planner.reach import reach
from infecon_core.analysis.planner.shortfall import Shortfall
from infecon_core.cli.answers import footnotes, title
from infecon_core.cli.printing import as_csv, as_json, format_of, lines, number, table, two_digits, wrapped
from infecon_core.cli.requirements import asked
from infecon_core.scenario import Scenario
from infecon_core.schema import OWN
from infecon_core.schema.requirements import Requirements
from infecon_core.schema.traffic import Traffic


def plan(args: argparse.Namespace, scenario: Scenario) -> str:
    """The plans, in the format that was asked for."""
    requirements, traffic = asked(args, scenario)
    found = [_row(one, requirements, traffic) for one in [scenario, *_beside(args, scenario)]]
    found.sort(key=lambda row: row["usd_per_month"] if row["usd_per_month"] is not None else math.inf)
    kind = format_of(args)
    if kind == "csv":
        return as_csv(found)
    if kind == "json":
        told = {"requirements": requirements.model_dump(mode="json"), "traffic": traffic.model_dump(mode="json")}
        return as_json({"data_version": catalog.data_version(), **told, "plans": found})
    return _text(scenario, requirements, found)


def _beside(args: argparse.Namespace, scenario: Scenario) -> list[Scenario]:
    """The scenario on other accelerators."""
    ids = [name.strip() for name in (args.beside or "").split(",") if name.strip()]
    if ids and scenario.price_basis == OWN:
        raise ValueError("--beside compares prices on one basis: give --price-basis in place of a price of your own.")
    found = []
    for name in ids:
        entry = catalog.accelerator(name)
        price = entry.price(scenario.price_basis).usd_per_gpu_hour
        chip = entry.accelerator.model_copy(update={"price_usd_per_gpu_hour": price})
        found.append(scenario.changed(accelerator=chip, price_basis=scenario.price_basis))
    return found


def _row(scenario: Scenario, requirements: Requirements, traffic: Traffic) -> dict[str, Any]:
    """One accelerator as a record; empty where there is no plan, with the reason."""
    setups, served = setups_or_reason(scenario, traffic), None
    found = planned(scenario, requirements, traffic, setups)
    reason = found.problem
    if found.plan is None and not reason:
        reason = "; ".join(map(_missed, found.shortfalls)) or "Several limits stand in the way together."
    if requirements.gpus_owned is not None and not isinstance(setups, str):
        most = reach(scenario, requirements, traffic, setups, requirements.gpus_owned)
        served = 0.0 if most is None else most.demand
    return {
        "accelerator": scenario.accelerator.name,
        **(numbers(found.plan) if found.plan else dict.fromkeys(NUMBERS)),
        "served_by_gpus_owned": served,
        "reason": reason,
    }


def _missed(one: Shortfall) -> str:
    units = {"speed": "tok/s/user", "first_token": "s to the first token", "end_to_end": "s to the last token"}
    return (
        f"{number(one.best)} {units[one.limit]} at best; {number(one.allowed)} would take {number(one.plan.gpus)} GPUs "
        f"and {one.plan.usd_per_month:,.0f} USD a month"
    )


def _text(scenario: Scenario, requirements: Requirements, found: list[dict[str, Any]]) -> str:
    """The plans as a table, and below it why there are none on some accelerators."""
    served = [row for row in found if row["gpus"] is not None]
    columns = {
        "accelerator": [row["accelerator"] for row in served],
        "GPUs": [number(row["gpus"]) for row in served],
        "instances": [str(row["instances"] + row["prompt_instances"] + row["spare_instances"]) for row in served],
        "of": [number(row["n_gpu"]) for row in served],
        "USD/month": [number(row["usd_per_month"]) for row in served],
        "USD/Mtok": [two_digits(row["usd_per_million_output_tokens"]) for row in served],
        "tok/s/user": [number(row["tokens_per_s_user_at_peak"]) for row in served],
        f"first p{requirements.percentile}": [_seconds(row["first_token_s_at_peak"]) for row in served],
        f"last p{requirements.percentile}": [_seconds(row["end_to_end_s_at_peak"]) for row in served],
        "kW": [number(row["power_kw"]) for row in served],
    }
    if requirements.gpus_owned is not None:
        columns[f"{requirements.gpus_owned} serve"] = [number(row["served_by_gpus_owned"]) for row in served]
    unit = "requests/s" if requirements.demand_unit == "requests_per_s" else "users at once"
    head = (
        f"{requirements.demand:g} {unit} on average, {requirements.peak_over_mean:g} times as much at the peak, "
        f"instances at {requirements.utilisation:.0%} of what keeps the limits; paid are "
        "the GPUs of instances; kW: boards at the mean load times PUE, without hosts and network"
    )
    drawn = ["", *table(columns, right=set(columns) - {"accelerator"})] if served else []
    without = [line for row in found if row["reason"] for line in wrapped(f"{row['accelerator']}: {row['reason']}")]
    return lines(*title(scenario), *wrapped(head), *drawn, *(["", *without] if without else []), *footnotes(scenario))


def _seconds(value: float) -> str:
    return "-" if math.isnan(value) else f"{number(value)} s"
