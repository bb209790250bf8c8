"""The comparison at the target as a table for people."""

import math
from typing import Any

import pandas as pd
import streamlit as st

from infecon_core.analysis import comparison_tables
from infecon_core.analysis.compare import Standing
from infecon_core.engines import engine_of
from infecon_ui.compare import words
from infecon_ui.compare.compared import Compared
from infecon_ui.frontier import words as frontier_words

_NUMBER = st.column_config.NumberColumn


def at_target(compared: Compared) -> tuple[pd.DataFrame, dict[str, Any]]:
    """One row for every scenario, the best first, and how its columns are shown."""
    found = comparison_tables.at_target(compared.ranked)
    setups = ["" if one.point is None else frontier_words.in_words(one.point.to_dict()) for one in compared.ranked]
    base = compared.reached[0].name if compared.reached else ""
    name = compared.measure.title
    rows = pd.DataFrame(
        {
            "Compared": found["compared"],
            name: found["value"],
            "As measured servers differ": [words.value_range(compared, one) for one in compared.ranked],
            "Speed at this value": [words.speed_range(one) for one in compared.ranked],
            f"times {base}" if base else "times": found["ratio"],
            "tokens/s per GPU": _column(found, "tokens_per_s_per_gpu"),
            "Note": [", ".join([*words.remarks(compared, one), *_bound(one)]) for one in compared.ranked],
            "Setup": setups,
            "Users at once": _column(found, "batch"),
            "First token, s": _column(found, "ttft_s"),
            "$ per GPU-hour": found["price_usd_per_gpu_hour"],
            "Why not": found["note"],
        }
    )
    # Two digits are what the ranges leave.
    columns = {
        name: _NUMBER(format="$%.2g" if compared.measure.money else "%.2g"),
        f"times {base}" if base else "times": _NUMBER(format="%.2g"),
        "tokens/s per GPU": _NUMBER(format="%.2g"),
        "First token, s": _NUMBER(format="%.2g"),
        "$ per GPU-hour": _NUMBER(format="dollar"),
    }
    rows = rows.drop(columns=[column for column in ("Note", "Speed at this value") if not rows[column].any()])
    return rows.dropna(axis=1, how="all"), columns


def _bound(standing: Standing) -> list[str]:
    """Says of a time to first token that is a lower bound that it is one."""
    scenario = standing.entrant.scenario
    if scenario is None or standing.point is None or standing.entrant.measured:
        return []
    known = engine_of(scenario).capabilities.prompts
    return ["first token at the least"] if known and scenario.serving.disaggregated else []


def _column(found: pd.DataFrame, name: str) -> pd.Series | float:
    return found.get(name, math.nan)
