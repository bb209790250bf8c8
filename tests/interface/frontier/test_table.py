"""The frontier as a table."""

import pytest

from infecon_ui.charts.measures import MEASURES
from infecon_ui.frontier.table import frontier_table
from tests.support.shown import beyond, shown_with


def test_rows_are_those_of_the_frontier_with_the_named_ones_marked() -> None:
    shown = beyond(shown_with(prompt=8000), {})
    table = frontier_table(shown.points, shown.row, "first token")
    assert len(table) <= 45
    speeds = [float(text.replace(",", "")) for text in table.index]
    assert speeds == sorted(speeds, reverse=True)
    marked = {name: speed for name, speed in zip(table["Point"], speeds, strict=True) if name}
    assert marked["at the target"] == pytest.approx(shown.point["tokens_per_s_user"], rel=5e-3)
    for name, row in shown.points.rows.items():
        assert marked[name] == pytest.approx(shown.points.speed[row], rel=5e-3)
    first, whole = (
        table[name].iloc[speeds.index(marked["at the target"])] for name in ("First token, s", "Request, s")
    )
    assert first == f"{shown.point['ttft_s']:.2g}"
    assert float(whole.replace(",", "")) == pytest.approx(shown.point["end_to_end_s"], rel=0.05)
    price = table[MEASURES["output"].title].iloc[speeds.index(marked["at the target"])]
    assert price == f"\\${float(format(shown.point['usd_per_million_tokens'], '.2g')):g}"
    assert "Beyond what was measured" not in table


def test_measures_that_are_not_known_have_no_column() -> None:
    shown = shown_with(model="llama-3.1-70b", gpu="h100-sxm", engine="published")
    table = frontier_table(shown.points, shown.row, "first token ≥")
    assert MEASURES["total"].title not in table.columns
    assert set(table["First token ≥, s"]) == set(table["Request, s"]) == {"–"}


def test_points_beyond_what_was_measured_say_why() -> None:
    shown = shown_with(prompt=8000)
    table = frontier_table(beyond(shown, {shown.row: "larger batch"}).points, shown.row, "first token")
    assert dict(zip(table["Point"], table["Beyond what was measured"], strict=True))["at the target"] == "larger batch"
    assert (table["Beyond what was measured"] == "").sum() == len(table) - 1
