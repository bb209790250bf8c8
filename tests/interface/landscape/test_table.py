"""The table and the file against the market behind them."""

import io
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from infecon_core import at_speed, frontier
from infecon_core.choices import Choices
from infecon_ui.landscape import maps, table, words
from infecon_ui.landscape.dataset import DataSet
from infecon_ui.landscape.market import market
from infecon_ui.landscape.question import Question


def test_the_table_has_the_winner_of_every_model(data: DataSet, question: Question) -> None:
    rows, columns = table.at_target(data, question)
    found = market(data, question)
    assert rows["Model"].tolist() == ["Llama 3.3 70B Instruct", "DeepSeek V3", "Llama 3.1 8B"]
    assert set(columns) <= set(rows)
    for i, name in enumerate(data.models):
        row = rows[rows["Model"] == words.model(name)].iloc[0]
        first, second, *_ = np.sort(found.cost[i, found.asked])
        assert row["$ per M output"] == first
        assert row["$ per M output, next"] == pytest.approx(second, nan_ok=True) or np.isinf(second)
        assert row["Winner"] == words.accelerator(data.accelerators[found.winner[i, found.asked]])
        assert row["Tokens/s"] >= 50
        assert row["Frontier"].startswith("./?")
        rivals = [words.accelerator(data.accelerators[one]) for one in found.rivals(i, found.asked)]
        assert row["Within the error"] == ", ".join(rivals)


def test_values_are_shown_as_on_the_map(data: DataSet, question: Question) -> None:
    rows, _ = table.at_target(data, question)
    drawn = table.shown(rows, question).to_html()
    for value in rows["$ per M output"]:
        assert f">{words.worth(question, value)}<" in drawn
    assert words.worth(question, 1.0) == "$1.0"
    assert words.worth(question, 0.0998) == "$0.10"


def test_the_reason_why_nothing_like_a_setup_was_measured_is_in_table_and_file(shipped: DataSet, far: Question) -> None:
    rows, _ = table.at_target(shipped, far)
    assert rows["Beyond measured"].str.len().gt(0).any()
    every = pd.read_csv(io.StringIO(table.csv(shipped, far)))
    one = every[(every["rank"] == 1) & (every["prompt_tokens"] == 8000)].set_index("model")["beyond_measured"]
    said = [one.fillna("")[shipped.models[i]] for i in maps.model_order(shipped, far)]
    assert rows["Beyond measured"].tolist() == said


def test_a_model_that_nobody_serves_says_so(data: DataSet, question: Question) -> None:
    rows, _ = table.at_target(data, replace(question, target_tokens_per_s_user=300.0))
    assert "none reaches the target" in rows["Winner"].tolist()


def test_the_file_has_everything_that_takes_part(data: DataSet, question: Question) -> None:
    rows = pd.read_csv(io.StringIO(table.csv(data, question)))
    assert len(rows) == 3 * 3 * 2
    assert (rows["weights"] == "fp8").all()
    lost = rows[rows["usd_per_million_tokens"].isna()]
    assert lost["reason"].str.len().gt(5).all()
    assert rows.loc[rows["usd_per_million_tokens"].notna(), "reason"].isna().all()
    for _, row in rows[rows["rank"] == 1].iterrows():
        choices = Choices.parse(row["scenario"])[0]
        assert choices.scenario().target_tokens_per_s_user == 50
        point = at_speed(frontier(choices.scenario()), 50)
        assert row["usd_per_million_tokens"] == pytest.approx(point["usd_per_million_tokens"], rel=1e-9)
        assert row["n_gpu"] == point["n_gpu"]
        assert row["price_usd_per_gpu_hour"] == choices.scenario().accelerator.price_usd_per_gpu_hour
    text = table.csv(data, question).splitlines()
    place = text[0].split(",").index("n_gpu")
    assert not any(line.split(",")[place].endswith(".0") for line in text[1:])
    assert "beyond_measured" in rows
    for _, group in rows.groupby(["model", "prompt_tokens"]):
        known = group.dropna(subset="rank").sort_values("rank")
        assert known["usd_per_million_tokens"].is_monotonic_increasing
        assert known["rank"].tolist() == list(range(1, len(known) + 1))
