"""The first map at the target as a table for people, and everything at it as a file."""

import math
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler

from infecon_ui.frontier import words as frontier_words
from infecon_ui.landscape import opening, words
from infecon_ui.landscape.curves import KEPT, NONE, curves, details
from infecon_ui.landscape.dataset import BEYOND, DETAILS, PRICE, SPEED, DataSet
from infecon_ui.landscape.maps import model_order
from infecon_ui.landscape.market import Market, choices_of, market, prices
from infecon_ui.landscape.question import Question

_NUMBER, _LINK = st.column_config.NumberColumn, st.column_config.LinkColumn


def at_target(data: DataSet, question: Question) -> tuple[pd.DataFrame, dict[str, Any]]:
    """One row a model at the target and length, in the order of the map, and how the columns are shown."""
    value, title = question.measure.label, question.measure.title
    return _rows(data, question).rename(columns={"value": value, "second": f"{value}, next"}), {
        "Model": st.column_config.TextColumn(pinned=True, width=120),
        "Winner": st.column_config.TextColumn(width=100),
        value: _NUMBER(width=105, help=title),
        "Next": st.column_config.TextColumn(width=100),
        f"{value}, next": _NUMBER(width=105, help=f"{title}, of the next accelerator"),
        "Within the error": st.column_config.TextColumn(
            width=120, help="Accelerators whose distance from the winner is within the model's error."
        ),
        "Setup": st.column_config.TextColumn(width=180),
        "Users": _NUMBER(format="%.0f", width=60, help="Users at once on this setup."),
        "Tokens/s": _NUMBER(format="%.0f", width=70, help="Of each user."),
        "TTFT, s": _NUMBER(format="%.2f", width=65, help="Time to first token."),
        "Beyond measured": st.column_config.TextColumn(
            width=110, help="Why nothing measured is like the winner's setup; empty where something is."
        ),
        "Frontier": _LINK(display_text="Open", width=65),
        "Compare": _LINK(display_text="Compare", width=75, help="The winner beside those next to it, up to six."),
    }


def shown(rows: pd.DataFrame, question: Question) -> Styler:
    """The table with its values in words, in as many digits as the map has; they sort as numbers all the same."""
    value = question.measure.label
    return rows.style.format(partial(words.worth, question), [value, f"{value}, next"], na_rep="")


@KEPT.keep
def _rows(data: DataSet, question: Question) -> pd.DataFrame:
    found = market(data, question)
    points = details(data, np.take_along_axis(found.point, np.maximum(found.winner, 0)[..., None], 2)[:, found.asked])
    return pd.DataFrame([_row(found, i, found.asked, points) for i in model_order(data, question)])


def csv(data: DataSet, question: Question) -> str:
    """Every model on every accelerator that takes part at the target, at all lengths, as CSV.

    Columns: what is asked; `usd_per_million_tokens` on the price basis, `rank` by the measure [1], `not_told_apart`
    (those that cannot be told from the cheapest, in its row), the point, and why there is none, and the scenario on
    that basis at that speed.
    """
    across = replace(question, across="length")
    found = market(data, across)
    points = details(data, found.point)
    rows = []
    for j, (speed, length) in enumerate(found.columns):
        known = curves(data, length, question.where)
        dollars = prices(data, question.basis, known)
        for i in model_order(data, question):
            order = list(found.order[i, j])
            for k, name in enumerate(question.accelerators):
                own = data.accelerators.index(name)
                point = int(found.point[i, j, k])
                usd = float(dollars[own] if dollars.ndim == 1 else dollars[i, own])
                reached = point != NONE
                rows.append(
                    {
                        "model": data.models[i],
                        "accelerator": name,
                        "prompt_tokens": length[0],
                        "output_tokens": length[1],
                        **dict(question.where),
                        "target_tokens_per_s_user": speed,
                        "price_basis": question.basis,
                        PRICE: usd,
                        question.measure.column: found.worth(float(found.cost[i, j, k])) if reached else math.nan,
                        "rank": order.index(k) + 1 if reached else math.nan,
                        "not_told_apart": ";".join(
                            question.accelerators[one]
                            for one in (found.rivals(i, j) if found.winner[i, j] == k else ())
                        ),
                        **(points[point] if reached else {**dict.fromkeys((SPEED, *DETAILS), math.nan), BEYOND: ""}),
                        "reason": _reason(known.job[i, own], str(known.reason[i, own]), reached=reached),
                        "scenario": _scenario(str(known.link[i, own]), question, speed),
                        "data_version": data.data_version,
                    }
                )
    # Counts are whole numbers though some rows have none.
    return str(pd.DataFrame(rows).convert_dtypes().to_csv(index=False, lineterminator="\n"))


def _scenario(link: str, question: Question, speed: float) -> str:
    """A scenario of the data set on the price basis and at the speed that are asked for; empty for none."""
    return choices_of(link, question.basis).with_values(at=speed).text() if link else ""


def _reason(job: int, reason: str, *, reached: bool) -> str:
    """Why a scenario has no point at the target; empty where it has one."""
    if reached:
        return ""
    return reason or ("not in the data set" if job == NONE else "slower than the target at any batch")


def _row(found: Market, i: int, column: int, points: dict[int, dict[str, Any]]) -> dict[str, Any]:
    question, data = found.question, found.data
    row: dict[str, Any] = {"Model": words.model(data.models[i])}
    best, *others = (int(one) for one in found.order[i, column])
    if found.winner[i, column] == NONE:
        return {**row, "Winner": "none reaches the target"}
    names = [question.accelerators[one] for one in (best, *others) if np.isfinite(found.cost[i, column, one])]
    cost = found.cost[i, column]
    point = points[int(found.point[i, column, best])]
    speed, length = found.columns[column]
    known = curves(data, length, question.where)
    link = str(known.link[i, data.accelerators.index(names[0])])
    asked = (link, question.basis, question.y, speed)
    second = float(cost[others[0]]) if len(names) > 1 else math.nan
    return {
        **row,
        "Winner": words.accelerator(names[0]),
        "value": found.worth(float(cost[best])),
        "Next": words.accelerator(names[1]) if len(names) > 1 else "",
        "second": found.worth(second),
        "Within the error": ", ".join(words.accelerator(question.accelerators[one]) for one in found.rivals(i, column)),
        "Setup": frontier_words.in_words(point),
        "Users": point["batch"],
        "Tokens/s": point[SPEED],
        "TTFT, s": point["ttft_s"],
        "Beyond measured": point[BEYOND],
        "Frontier": opening.frontier(*asked),
        "Compare": opening.comparison(*asked, tuple(names[1:])) if len(names) > 1 else None,
    }
