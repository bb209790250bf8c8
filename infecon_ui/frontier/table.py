"""The frontier as a table, for keyboards, screen readers and those who want the numbers."""

import pandas as pd
import streamlit as st

from infecon_ui.charts.measures import MEASURES, Measure
from infecon_ui.frontier import verdict, words
from infecon_ui.frontier.points import Points
from infecon_ui.frontier.shown import Shown
from infecon_ui.text.markdown import escaped

_ROWS = 40  # as many as can be read; every point is in the CSV


def show_table(shown: Shown) -> None:
    """The table, made when it is unfolded."""
    box = st.expander("The frontier as a table", key="open_table", on_change="rerun", icon=":material/table:")
    if box.open:
        # Plain HTML, which screen readers walk through; a data frame on a canvas they do not.
        box.table(frontier_table(shown.points, shown.row, words.first_token(shown.scenario)))


def frontier_table(points: Points, row: int, first_token: str) -> pd.DataFrame:
    """Points at even distances along a frontier, fastest first, the one at the target marked.

    Args:
        points (Points): The frontier.
        row (int): Row of the point at the target.
        first_token (str): What a time to first token is called.
    """
    step = max(1, -(-len(points) // _ROWS))
    rows = sorted({*range(0, len(points), step), len(points) - 1, row, *points.rows.values()})
    named = {**points.named()}
    named[row] = " and ".join(["at the target", *([named[row]] if row in named else [])])
    columns = points.columns
    found = {
        "Point": [named.get(i, "") for i in rows],
        "Tokens/s per user": [f"{columns['tokens_per_s_user'][i]:,.3g}" for i in rows],
        **{
            MEASURES[key].title: [_written(MEASURES[key], float(points.values(MEASURES[key])[i])) for i in rows]
            for key in points.measures
        },
        "Layout": [words.in_words(points[i]) for i in rows],
        "Users at once": [f"{columns['batch'][i]:,.4g}" for i in rows],
        f"{first_token.capitalize()}, s": [_seconds(columns["ttft_s"][i]) for i in rows],
        "Request, s": [_seconds(columns["end_to_end_s"][i]) for i in rows],
        "Slowest part": [str(columns["limit"][i]) for i in rows],
        **({words.BEYOND.capitalize(): points.beyond[rows]} if (points.beyond != "").any() else {}),
    }
    return pd.DataFrame(found).set_index("Tokens/s per user")


def _seconds(value: float) -> str:
    return f"{value:,.2g}".replace("nan", "–") if not value >= 100 else f"{value:,.0f}"


def _written(measure: Measure, value: float) -> str:
    return escaped(verdict.amount(measure, value))
