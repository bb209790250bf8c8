"""The comparison at the target as a table for people."""

import math
from typing import Any

import pandas as pd
import streamlit as st

from infecon_core.analysis import comparison_tables
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
            "Comparable measurements": [words.value_range(compared, one) for one in compared.ranked],
            f"times {base}" if base else "times": found["ratio"],
            "tokens/s per GPU": _column(found, "tokens_per_s_per_gpu"),
            "Note": [", ".join(words.remarks(compared, one)) for one in compared.ranked],
            "Setup": setups,
            "Users at once": _column(found, "batch"),
            "First token, s": _column(found, "ttft_s"),
            "$ per GPU-hour": found["price_usd_per_gpu_hour"],
            "Why not": found["note"],
        }
    )
    money = "dollar" if compared.measure.money else "localized"
    columns = {
        name: _NUMBER(format=money),
        f"times {base}" if base else "times": _NUMBER(format="%.2f"),
        "tokens/s per GPU": _NUMBER(format="%.0f"),
        "First token, s": _NUMBER(format="%.2f"),
        "$ per GPU-hour": _NUMBER(format="dollar"),
    }
    if not rows["Note"].any():
        rows = rows.drop(columns="Note")
    return rows.dropna(axis=1, how="all"), columns


def _column(found: pd.DataFrame, name: str) -> pd.Series | float:
    return found.get(name, math.nan)
