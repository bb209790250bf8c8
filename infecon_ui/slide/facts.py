"""What a scenario is, as columns of a table: what every file that leaves the site says about its numbers."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence

import pandas as pd

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


def with_facts(frame: pd.DataFrame, known: Mapping[str, Fact]) -> pd.DataFrame:
    """A table with the same first columns in every row: filters, pivots and joins of several files find them."""
    before = pd.DataFrame({name: [value] * len(frame) for name, value in known.items()})
    return pd.concat([before, frame.reset_index(drop=True)], axis=1)


def with_own_facts(frame: pd.DataFrame, known: Sequence[Mapping[str, Fact] | None]) -> pd.DataFrame:
    """A table with first columns that say of every row what it is of; empty where a row has no facts."""
    before = pd.DataFrame([{} if one is None else one for one in known])
    columns = list(dict.fromkeys(name for one in known if one is not None for name in one))
    return pd.concat([before.reindex(columns=columns), frame.reset_index(drop=True)], axis=1)


def file_stem(*words: str) -> str:
    """A file name without its ending, in plain letters: "infecon-llama-3.1-70b-fp8-h100-sxm"."""
    parts = (re.sub(r"[^a-z0-9.]+", "-", word.lower()).strip("-.") for word in words)
    return "-".join(["infecon", *(part for part in parts if part)])[:100]


def day(date: dt.date) -> str:
    """A day as it is printed: "21 Nov 2026"."""
    # Month names are ours: those of the system change with its language.
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    return f"{date.day} {months[date.month - 1]} {date.year}"
