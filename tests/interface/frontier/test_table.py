"""The frontier as a table."""

import pytest

from infecon_ui.charts.measures import MEASURES
from infecon_ui.frontier.table import frontier_table
from tests.support.shown import shown_with


def test_rows_are_those_of_the_frontier_with_the_named_ones_marked() -> None:
    shown = shown_with(prompt=8000)
    table = frontier_table(shown.points, shown.row)
    assert len(table) <= 45
    speeds = [float(text.replace(",", "")) for text in table.index]
    assert speeds == sorted(speeds, reverse=True)
    marked = {name: speed for name, speed in zip(table["Point"], speeds, strict=True) if name}
    assert marked["at the target"] == pytest.approx(shown.point["tokens_per_s_user"], rel=1e-3)
    for name, row in shown.points.rows.items():
        assert marked[name] == pytest.approx(shown.points.speed[row], rel=1e-3)
    price = table[MEASURES["output"].title].iloc[speeds.index(marked["at the target"])]
    assert price == f"\\${shown.point['usd_per_million_tokens']:.3g}"


def test_measures_that_are_not_known_have_no_column() -> None:
    shown = shown_with(model="llama-3.1-70b", gpu="h100-sxm", engine="published")
    table = frontier_table(shown.points, shown.row)
    assert MEASURES["total"].title not in table.columns
    assert set(table["First token ≥, s"]) == {"–"}
