"""The charts of the paper's figures."""

import pytest

from infecon_core.paper.exhibits.values import exhibit
from infecon_ui.charts.palette import VARIANTS
from infecon_ui.paper import exhibits
from infecon_ui.paper.figures import curves_figure, figure_of
from tests.support.figures import assert_valid, numbers


def test_printed_points_stand_on_the_curves() -> None:
    curves = exhibits.curves(exhibit("figure-1"))
    figure = figure_of(exhibit("figure-1"), exhibits.table("figure-1"), curves)
    assert figure is not None
    assert_valid(figure)
    for (name, frame), line in zip(curves.items(), figure["data"], strict=False):
        assert line["name"] == name
        ends = numbers(line["x"])[[0, -1]]
        assert ends == pytest.approx(frame["tokens_per_s_user"].to_numpy()[[0, -1]])
    printed = next(trace for trace in figure["data"] if trace["name"] == "Printed in the paper")
    assert printed["x"] == [149.66, 134, 517.27, 352]
    assert printed["y"][1] == 0.89
    assert printed["y"][0] == pytest.approx(1.7935, rel=1e-4)


def test_curves_come_in_pairs_or_each_in_a_colour_of_its_own() -> None:
    curves = exhibits.curves(exhibit("figure-1"))
    pairs = curves_figure(curves, pairs=True)["data"]
    assert [(line["line"]["color"], line["line"]["dash"]) for line in pairs] == [
        (VARIANTS[0], "solid"),
        (VARIANTS[0], "dot"),
        (VARIANTS[1], "solid"),
        (VARIANTS[1], "dot"),
    ]
    figure = curves_figure(curves)
    assert_valid(figure)
    assert [line["line"]["color"] for line in figure["data"]] == list(VARIANTS[:4])
    assert {line["line"]["dash"] for line in figure["data"]} == {"solid"}


def test_law_runs_through_the_measurements() -> None:
    figure = figure_of(exhibit("figure-2"), exhibits.table("figure-2"), {})
    assert figure is not None
    assert_valid(figure)
    law, measured = figure["data"]
    assert measured["y"] == [4, 13, 32]
    # A line of slope one half in logarithms.
    assert law["y"][-1] / law["y"][0] == pytest.approx((law["x"][-1] / law["x"][0]) ** 0.5)


def test_tables_have_no_chart() -> None:
    assert figure_of(exhibit("table-1"), exhibits.table("table-1"), {}) is None
