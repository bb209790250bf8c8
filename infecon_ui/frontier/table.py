"""The frontier as a table, for keyboards, screen readers and those who want the numbers."""

import pandas as pd
import streamlit as st

from infecon_ui.charts.measures import MEASURES
from infecon_ui.frontier import words
from infecon_ui.frontier.points import Points
from infecon_ui.frontier.shown import Shown
from infecon_ui.text.markdown import escaped

_ROWS = 40  # as many as can be read; every point is in the CSV


def show_table(shown: Shown) -> None:
    """The table, made when it is unfolded."""
    box = st.expander("The frontier as a table", key="open_table", on_change="rerun", icon=":material/table:")
    if box.open:
        # Plain HTML, which screen readers walk through; a data frame on a canvas they do not.
        box.table(frontier_table(shown.points, shown.row))


def frontier_table(points: Points, row: int) -> pd.DataFrame:
    """Points at even distances along a frontier, fastest first, the one at the target marked.

    Args:
        points (Points): The frontier.
        row (int): Row of the point at the target.
    """
    step = max(1, -(-len(points) // _ROWS))
    rows = sorted({*range(0, len(points), step), len(points) - 1, row, *points.rows.values()})
    named = {**points.named()}
    named[row] = " and ".join(["at the target", *([named[row]] if row in named else [])])
    columns = points.columns
    found = {
        "Point": [named.get(i, "") for i in rows],
        "Tokens/s per user": [f"{columns['tokens_per_s_user'][i]:,.4g}" for i in rows],
        **{
            MEASURES[key].title: [_written(float(points.values(MEASURES[key])[i]), MEASURES[key].money) for i in rows]
            for key in points.measures
        },
        "Layout": [words.in_words(points[i]) for i in rows],
        "Users at once": [f"{columns['batch'][i]:,.4g}" for i in rows],
        "First token ≥, s": [f"{columns['ttft_s'][i]:,.2g}".replace("nan", "–") for i in rows],
        "Slowest part": [str(columns["limit"][i]) for i in rows],
    }
    return pd.DataFrame(found).set_index("Tokens/s per user")


def _written(value: float, money: bool) -> str:
    digits = f"{value:,.3g}" if value < 1000 else f"{value:,.0f}"
    return escaped(f"${digits}") if money else digits
