"""Charts of predicted against measured times."""

import pandas as pd
import pytest

from infecon_ui.charts.palette import MUTED, VARIANTS
from infecon_ui.measured.figures import OWN, Mark, ends_of, marks_of, own_figure, residual_figure, scatter_figure
from infecon_ui.measured.points import PREDICTORS, SHOWN_POINTS, measured_points, thinned
from tests.support.figures import assert_valid, markers, numbers


def test_scatter_draws_every_point_in_its_colour() -> None:
    points = measured_points()
    drawn = thinned(points)
    marks = marks_of(points["family"])
    ends = ends_of(points, [predictor.column for predictor in PREDICTORS])
    figure = scatter_figure(drawn, "serving_ms", "family", marks, ends)
    assert_valid(figure)
    clouds = markers(figure)
    assert sum(len(trace["text"]) for trace in clouds) == len(drawn) <= SHOWN_POINTS
    assert {trace["name"]: Mark(trace["marker"]["color"], trace["marker"]["symbol"]) for trace in clouds} == marks
    for trace in clouds:
        own = drawn[drawn["family"] == trace["name"]]
        assert numbers(trace["x"]) == pytest.approx(own["tpot_ms"].to_numpy())
        assert numbers(trace["y"]) == pytest.approx(own["serving_ms"].to_numpy())
        assert trace["text"] == list(own["hover"])
        assert numbers(trace["y"]).min() > ends[0]
        assert numbers(trace["x"]).max() < ends[1]


def test_hover_says_how_far_off_a_point_is() -> None:
    frame = pd.DataFrame({"tpot_ms": [10.0, 10.0], "serving_ms": [12.0, 5.0], "family": "A", "hover": "x"})
    (cloud,) = markers(scatter_figure(frame, "serving_ms", "family", {"A": Mark("#000000")}, (1.0, 100.0)))
    assert numbers(cloud["customdata"]).tolist() == pytest.approx([20, -50])


def test_guides_are_the_diagonal_and_a_quarter_to_both_sides() -> None:
    frame = pd.DataFrame({"tpot_ms": [10.0], "serving_ms": [12.0], "family": "A", "hover": "x"})
    figure = scatter_figure(frame, "serving_ms", "family", {}, (1.0, 100.0))
    lines = [trace for trace in figure["data"] if trace["mode"] == "lines"]
    assert [trace["y"][1] / trace["x"][1] for trace in lines] == pytest.approx([1, 1.25, 0.8])


def test_colours_stay_when_filters_change() -> None:
    points = measured_points()
    marks = marks_of(points["accelerator"])
    assert len(set(marks.values())) == len(marks) == 11
    ends = ends_of(points, ["serving_ms"])
    few = points[points["accelerator"] == list(marks)[8]]
    figure = scatter_figure(few, "serving_ms", "accelerator", marks, ends)
    assert figure["data"][-1]["marker"]["color"] == marks[few["accelerator"].iloc[0]].colour
    # A group alone is named too.
    assert figure["layout"]["showlegend"] is True


def test_a_colour_means_one_group() -> None:
    marks = marks_of(measured_points()["accelerator"])
    assert [mark.colour for mark in marks.values()][: len(VARIANTS)] == list(VARIANTS)
    assert {mark.colour for mark in list(marks.values())[len(VARIANTS) :]} == {MUTED}


def test_own_points_stand_over_the_shipped_ones() -> None:
    points = measured_points()
    figure = own_figure(points.head(20), points.tail(5), "serving_ms", (0.1, 1000.0), most=3)
    assert_valid(figure)
    shipped, own = markers(figure)
    assert (len(shipped["text"]), len(own["text"])) == (20, 3)
    assert own["marker"]["color"] == OWN != shipped["marker"]["color"]


def test_residuals_reach_from_the_10th_to_the_90th_percentile() -> None:
    bins = pd.DataFrame({"bin": ["<4", "4+"], "n": [3, 2], "low": [0.8, 0.9], "middle": [1.0, 1.1], "high": [1.5, 1.2]})
    figure = residual_figure(bins, "Batch")
    assert_valid(figure)
    (trace,) = figure["data"]
    assert trace["y"] == [1.0, 1.1]
    assert trace["error_y"]["array"] == pytest.approx([0.5, 0.1])
    assert trace["error_y"]["arrayminus"] == pytest.approx([0.2, 0.2])
