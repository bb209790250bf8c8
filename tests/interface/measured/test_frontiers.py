"""Measured frontiers over ours: the chart, the sentences, the tables and the file."""

import io

import pandas as pd
import pytest

from infecon_core.validation.frontier_scores import by_model, shipped_sets
from infecon_ui.measured import frontier_figure, frontiers
from tests.support.figures import assert_valid
from tests.support.measured_sets import measured_set, scored_set

MEASURED = measured_set([100.0, 50.0, 20.0], [10.0, 40.0, 160.0])


def test_one_set_is_told_by_its_range_of_ratios() -> None:
    one = scored_set(MEASURED, [80.0, 50.0, 22.0], [10.0, 40.0, 160.0])
    assert frontiers.of_one(one) == (
        "Qwen3 32B on H100 SXM, FP8, 1,024 in, 1,024 out, measured with vLLM: at equal throughput our frontier is at "
        "×1.00 of the measured speed in the middle case, ×0.80 to ×1.10 along its 3 points."
    )


def test_throughput_out_of_reach_is_said() -> None:
    one = scored_set(MEASURED, [80.0, 50.0], [10.0, 40.0])
    assert "×0.80 to ×1.00 along its 3 points, and does not reach the throughput of 1." in frontiers.of_one(one)
    nothing = scored_set(MEASURED, [80.0], [1.0])
    assert "our frontier reaches none of the measured points" in frontiers.of_one(nothing)


def test_the_statement_names_the_engines_only_where_several_were_tried() -> None:
    one = scored_set(MEASURED, [90.0, 45.0, 18.0], [10.0, 40.0, 160.0])
    said = frontiers.statement([one])
    assert "at ×0.90 of the measured speed in the middle case of 1 setups" in said
    assert said.endswith("ours a typical one.")
    assert "the best is 5.3% faster than one of them." in frontiers.statement(shipped_sets())


def test_the_chart_has_both_frontiers_and_every_point() -> None:
    one = shipped_sets()[0]
    figure = frontiers.figure(one)
    assert_valid(figure)
    names = [trace["name"] for trace in figure["data"]]
    assert names[:2] == ["Measured, the best", "Ours"]
    dots = figure["data"][2:]
    assert {trace["name"] for trace in dots} == set(one.found.points["software"])
    assert sum(len(trace["text"]) for trace in dots) == len(one.found.points)


def test_more_kinds_of_software_than_symbols_are_all_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frontier_figure, "_SYMBOLS", ("circle",))
    one = next(one for one in shipped_sets() if one.found.points["software"].nunique() > 1)
    dots = frontiers.figure(one)["data"][2:]
    assert {trace["name"] for trace in dots} == set(one.found.points["software"])


def test_models_have_names() -> None:
    table = frontiers.model_table(shipped_sets())
    assert table["label"].tolist()[:2] == ["All", "DeepSeek R1"]
    assert table["error"].iloc[0] == 100 * by_model(shipped_sets())["error"].iloc[0]


def test_the_file_holds_every_point_of_the_measured_frontiers() -> None:
    rows = pd.read_csv(io.StringIO(frontiers.csv()))
    assert len(rows) == sum(one.found.measured.speed.size for one in shipped_sets())
    assert rows["our_speed_over_measured"].between(0, 5).all()
