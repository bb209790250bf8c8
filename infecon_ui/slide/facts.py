"""What a scenario is, as columns of a table: what every file that leaves the site says about its numbers."""

import datetime as dt
from collections.abc import Mapping

from infecon_core import Scenario, catalog
from infecon_core.analysis.frontier_file import correction_facts

Fact = str | float | int | None


def facts(scenario: Scenario, link: str, date: dt.date) -> Mapping[str, Fact]:
    """The choices behind a frontier, as they stand in every row of a CSV.

    Args:
        scenario (Scenario): What was computed.
        link (str): Where to open the same.
        date (date): The day.
    """
    precision, draft = scenario.precision, scenario.speculation
    return {
        "model": scenario.architecture.name,
        "accelerator": scenario.accelerator.name,
        "weights": precision.weights,
        "kv": precision.kv,
        "prompt_tokens": scenario.prompt_tokens,
        "output_tokens": scenario.output_tokens,
        "target_tokens_per_s_user": scenario.target_tokens_per_s_user,
        "target_ttft_s": scenario.target_ttft_s,
        "price_usd_per_gpu_hour": scenario.accelerator.price_usd_per_gpu_hour,
        "price_basis": scenario.price_basis,
        "speculation": "none" if draft is None else draft.kind,
        "max_gpus": scenario.max_gpus,
        "demand_tokens_per_s": scenario.demand_tokens_per_s,
        "engine": scenario.engine,
        **correction_facts(scenario),
        "data_version": catalog.data_version(),
        "date": date.isoformat(),
        "link": link,
    }


def day(date: dt.date) -> str:
    """A day as it is printed: "21 Nov 2026"."""
    # Month names are ours: those of the system change with its language.
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    return f"{date.day} {months[date.month - 1]} {date.year}"
