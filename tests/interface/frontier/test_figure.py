"""The frontier's figure says what its rows say."""

import math

import numpy as np
import pytest

from infecon_core import Scenario, frontier
from infecon_core.validation.uncertainty import Spread
from infecon_ui.charts.figure import Figure
from infecon_ui.charts.palette import TIMES
from infecon_ui.frontier import hover
from infecon_ui.frontier.figure import MARKERS, frontier_figure, picked_row
from infecon_ui.frontier.points import Points
from tests.support.figures import assert_valid, markers, numbers

PUBLISHED = Scenario.preset("llama-3.1-70b", "h100-sxm", weights="fp8", engine="published")
SCENARIO = Scenario.preset("llama-3.1-70b", "h100-sxm", weights="fp8", max_gpus=64)
SPREAD = Spread(0.8, 1.25, 321, "dense models on NVIDIA GPUs")


@pytest.fixture(scope="module", params=[SCENARIO, PUBLISHED], ids=["serving", "published"])
def points(request: pytest.FixtureRequest) -> Points:
    """A real frontier of each engine."""
    return Points.of(frontier(request.param))


def _texts(figure: Figure) -> list[str]:
    return [annotation["text"] for annotation in figure["layout"]["annotations"]]


@pytest.mark.parametrize("log_axes", [True, False])
def test_plotly_knows_every_property(points: Points, log_axes: bool) -> None:
    assert_valid(frontier_figure(points, title="A", log_axes=log_axes, spread=SPREAD))
    assert_valid(frontier_figure(Points.of(points.frame.iloc[[5]])))


def test_markers_stand_where_their_rows_do(points: Points) -> None:
    shown = 0
    for trace in markers(frontier_figure(points)):
        columns = (numbers(trace[name]) for name in ("x", "y", "customdata"))
        for x, y, fields in zip(*columns, strict=True):
            row = points[int(fields[0])]
            assert x == pytest.approx(row["tokens_per_s_user"], rel=1e-6)
            assert y == pytest.approx(row["usd_per_million_tokens"], rel=1e-6)
            carried = dict(zip(hover.FIELDS, fields, strict=True))
            assert carried["batch"] == pytest.approx(row["batch"], rel=1e-6)
            assert trace["name"] == f"limited by {row['limit']}"
            shown += 1
    assert 0.5 * min(MARKERS, len(points)) <= shown <= 300


def test_headlines_have_the_largest_markers(points: Points) -> None:
    large = {
        int(fields[0])
        for trace in markers(frontier_figure(points))
        for fields, size in zip(numbers(trace["customdata"]), numbers(trace["marker"]["size"]), strict=True)
        if size == 13
    }
    assert large == set(points.rows.values())


def test_the_line_keeps_every_point(points: Points) -> None:
    lines = [t for t in frontier_figure(points)["data"] if t["mode"] == "lines" and "yaxis" not in t]
    for axis, column in (("x", "tokens_per_s_user"), ("y", "usd_per_million_tokens")):
        drawn = np.concatenate([numbers(trace[axis]) for trace in lines])
        assert set(drawn[np.isfinite(drawn)]) == set(points.columns[column].astype(np.float32))


def test_a_limit_that_comes_back_leaves_a_gap() -> None:
    limits = ["memory", "arithmetic", "arithmetic", "memory", "memory"]
    found = Points.of(frontier(SCENARIO).iloc[:5].assign(limit=limits, tokens_per_s_user=[5.0, 4, 3, 2, 1]))
    lines = {
        t["line"]["color"]: numbers(t["x"]).tolist()
        for t in frontier_figure(found)["data"]
        if t["mode"] == "lines" and "color" in t["line"]
    }
    colours = {time.limit: time.colour for time in TIMES}
    np.testing.assert_equal(lines[colours["memory"]], [5, 4, math.nan, 2, 1])
    assert lines[colours["arithmetic"]] == [4, 3, 2]


def test_one_meaning_one_colour(points: Points) -> None:
    figure = frontier_figure(points)
    colours = {time.limit: time.colour for time in TIMES}
    for trace in markers(figure):
        assert trace["marker"]["color"] == colours[trace["name"].removeprefix("limited by ")]
    shares = [trace for trace in figure["data"] if "stackgroup" in trace]
    assert [trace["fillcolor"] for trace in shares] == [time.colour for time in TIMES]


def test_shares_are_those_of_the_rows(points: Points) -> None:
    frame = points.frame.iloc[:20]
    shares = {t["name"]: t for t in frontier_figure(Points.of(frame))["data"] if "stackgroup" in t}
    for time in TIMES:
        expected = (100 * frame[time.column] / frame["tpot_s"]).iloc[19::-1]
        assert numbers(shares[time.label]["y"]) == pytest.approx(expected.to_numpy(), rel=1e-5)
        assert numbers(shares[time.label]["x"]) == pytest.approx(frame["tokens_per_s_user"].iloc[19::-1].to_numpy())
    assert sum(numbers(trace["y"]) for trace in shares.values()) == pytest.approx(100, rel=1e-5)


def test_the_three_headlines_are_written_on_the_chart(points: Points) -> None:
    texts = " ".join(_texts(frontier_figure(points)))
    for name in ("Fastest", "Preferred", "Cheapest"):
        assert f"<b>{name}</b>" in texts


def test_one_point_carries_all_three_names(points: Points) -> None:
    single = points.frame.iloc[[5]]
    figure = frontier_figure(Points.of(single))
    assert any("Preferred, fastest and cheapest" in text for text in _texts(figure))
    assert sum(len(numbers(trace["x"])) for trace in markers(figure)) == 1
    low, high = figure["layout"]["xaxis"]["range"]
    assert low < math.log10(single["tokens_per_s_user"].iloc[0]) < high


def test_locked_axes_hold_still(points: Points) -> None:
    ranges = points.ranges(log_axes=True)
    other, far = (Points.of(points.frame.assign(usd_per_million_tokens=factor * points.price)) for factor in (3.0, 1e4))
    assert frontier_figure(other, ranges=ranges)["layout"]["yaxis"]["range"] == [
        math.log10(ranges.cheapest),
        math.log10(ranges.dearest),
    ]
    names = [text for text in _texts(frontier_figure(far, ranges=ranges)) if "<b>" in text]
    assert names
    assert all("↑" in name for name in names)


def test_a_title_is_text_and_no_markup(points: Points) -> None:
    assert frontier_figure(points, title="a<br>b")["layout"]["title"]["text"] == "a&lt;br&gt;b"


def test_a_click_names_its_row(points: Points) -> None:
    assert picked_row([{"customdata": {"0": 7, "1": 2.5}}], points) == 7
    assert picked_row([{"customdata": [7, 2.5]}], points) == 7
    assert picked_row([], points) is None
    assert picked_row([{"x": 1.0}], points) is None
    assert picked_row([{"customdata": {"0": len(points)}}], points) is None


def test_the_uncertainty_lies_around_the_curve(points: Points) -> None:
    plain, banded = (frontier_figure(points, spread=given) for given in (None, SPREAD))
    assert not [trace for trace in plain["data"] if "fill" in trace]
    (band,) = [trace for trace in banded["data"] if "fill" in trace]
    assert band["name"] == "80% of 321 comparable measurements lie within"
    x, y = numbers(band["x"]), numbers(band["y"])
    assert x[: len(points)] == pytest.approx(points.speed / 0.8, rel=1e-6)
    assert y[: len(points)] == pytest.approx(points.price * 0.8, rel=1e-6)
    assert x[len(points) :][::-1] == pytest.approx(points.speed / 1.25, rel=1e-6)
    assert y[len(points) :][::-1] == pytest.approx(points.price * 1.25, rel=1e-6)
    assert plain["layout"]["xaxis"]["range"] == banded["layout"]["xaxis"]["range"]
