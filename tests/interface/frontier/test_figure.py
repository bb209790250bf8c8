"""The frontier's figure says what its rows say."""

import math
from typing import Any

import numpy as np
import pytest

from infecon_core import Scenario
from infecon_ui.charts.figure import Figure
from infecon_ui.charts.palette import CURVE, GHOST
from infecon_ui.frontier import hover, labels
from infecon_ui.frontier.figure import POINTS, frontier_figure
from infecon_ui.frontier.shown import Shown
from infecon_ui.frontier.words import BEYOND
from infecon_ui.state.view import View
from tests.support.figures import Trace, assert_valid, markers, numbers
from tests.support.shown import beyond, chosen_with, shown_with

PUBLISHED: dict[str, Any] = {"model": "llama-3.1-70b", "gpu": "h100-sxm", "engine": "published"}


@pytest.fixture(scope="module", params=[{"prompt": 8000}, PUBLISHED], ids=["serving", "published"])
def shown(request: pytest.FixtureRequest) -> Shown:
    """A real frontier of each engine."""
    return shown_with(**request.param)


def _named(figure: Figure, name: str) -> Trace:
    (trace,) = [trace for trace in figure["data"] if trace["name"] == name]
    return trace


def _texts(figure: Figure) -> list[str]:
    return [annotation["text"] for annotation in figure["layout"]["annotations"]]


@pytest.mark.parametrize("axes", ["log", "linear"])
@pytest.mark.parametrize("y", ["output", "total", "gpu", "mw"])
def test_plotly_knows_every_property(y: str, axes: str) -> None:
    for values in ({"prompt": 8000}, PUBLISHED, {"prompt": 8000, "at": 500.0}):
        assert_valid(frontier_figure(shown_with(View(y=y, axes=axes), **values), phone=True))


def test_points_stand_where_their_rows_do(shown: Shown) -> None:
    trace = _named(frontier_figure(shown), "frontier")
    rows = {float(speed): i for i, speed in enumerate(shown.points.speed.astype(np.float32))}
    for x, y, text, fields in zip(
        *(numbers(trace[name]) for name in ("x", "y")), trace["text"], numbers(trace["customdata"]), strict=True
    ):
        row = shown.points[rows[float(x)]]
        assert y == pytest.approx(row["usd_per_million_tokens"], rel=1e-6)
        assert dict(zip(hover.FIELDS, fields, strict=True))["batch"] == pytest.approx(row["batch"], rel=1e-6)
        assert text == hover.layouts(shown.points, np.array([rows[float(x)]]))[0]
    assert min(POINTS, len(shown.points)) * 0.5 <= len(trace["text"]) <= POINTS + 10


def test_the_curve_is_grey_where_it_is_too_slow(shown: Shown) -> None:
    figure = frontier_figure(beyond(shown, {}))
    slow, fast = (_named(figure, name) for name in ("too slow", "fast enough"))
    at = shown.point["tokens_per_s_user"]
    assert (slow["line"]["color"], fast["line"]["color"]) == (GHOST, CURVE)
    assert numbers(slow["x"]).max() == pytest.approx(at) == numbers(fast["x"]).min()
    assert numbers(slow["x"]).min() == pytest.approx(shown.points.speed.min())
    assert numbers(fast["x"]).max() == pytest.approx(shown.points.speed.max())


@pytest.mark.parametrize(
    ("y", "column"), [("total", "usd_per_million_tokens_blended"), ("gpu", "tokens_per_s_per_gpu")]
)
def test_the_axis_shows_the_measure(y: str, column: str) -> None:
    shown = shown_with(View(y=y), prompt=8000)
    figure = frontier_figure(shown)
    (x,), (value,) = (numbers(_named(figure, "target")[axis]) for axis in ("x", "y"))
    assert (x, value) == pytest.approx((shown.point["tokens_per_s_user"], shown.point[column]), rel=1e-6)
    assert f"<b>{shown.measure.title}</b>" in _texts(figure)
    low, high = figure["layout"]["yaxis"]["range"]
    assert low < math.log10(value) < high


def test_one_point_is_emphasised_and_three_are_named(shown: Shown) -> None:
    figure = frontier_figure(shown)
    (x,) = numbers(_named(figure, "target")["x"])
    assert x == pytest.approx(shown.point["tokens_per_s_user"], rel=1e-6)
    small = _named(figure, "named")
    assert set(numbers(small["x"])) == set(shown.points.speed[list(shown.points.rows.values())].astype(np.float32))
    assert small["marker"]["size"] < _named(figure, "target")["marker"]["size"]
    texts = " ".join(_texts(figure))
    for name in ("fastest", "cheapest", "preferred"):
        assert name in texts


def test_the_target_has_its_line_and_what_is_too_slow_is_shaded(shown: Shown) -> None:
    layout = frontier_figure(shown)["layout"]
    shade, *lines = layout["shapes"]
    low, high = layout["xaxis"]["range"]
    at = (math.log10(50) - low) / (high - low)
    assert (shade["x0"], shade["x1"]) == pytest.approx((0, at))
    assert [line["x0"] for line in lines] == pytest.approx([at, at])
    assert "at least 50 tok/s" in [annotation["text"] for annotation in layout["annotations"]]


def test_out_of_reach_all_is_too_slow() -> None:
    shown = beyond(shown_with(gpu="h100-sxm", prompt=8000, at=120.0), {})
    assert not shown.reached
    figure = frontier_figure(shown)
    assert len(numbers(_named(figure, "too slow")["x"])) > 10
    assert not [trace for trace in figure["data"] if trace["name"] == "fast enough"]
    assert numbers(_named(figure, "target")["x"]) == pytest.approx(shown.points.speed.max())
    # A target far beyond the axis has no line.
    far = frontier_figure(shown_with(gpu="h100-sxm", prompt=8000, at=5000.0))["layout"]
    assert [shape["type"] for shape in far["shapes"]] == ["rect"]
    assert far["shapes"][0]["x1"] == 1


def _ghost(before: Scenario, y: str = "output") -> list[Trace]:
    figure = frontier_figure(shown_with(View(y=y), prompt=8000, before=before))
    return [trace for trace in figure["data"] if trace["name"] == "before"]


def test_the_curve_of_before_is_a_grey_ghost() -> None:
    before = chosen_with(prompt=8000, price=9.0).scenario
    assert before is not None
    (ghost,) = _ghost(before)
    assert ghost["line"]["color"] == GHOST
    now = shown_with(prompt=8000)
    assert numbers(ghost["y"]).max() == pytest.approx(now.points.price.max() * 9.0 / 5.5, rel=0.03)
    unknown = chosen_with(**PUBLISHED).scenario
    assert unknown is not None
    # The published engine knows no prompts, so no price with them.
    assert _ghost(unknown, "total") == []


def test_labels_keep_off_the_curve_of_before(monkeypatch: pytest.MonkeyPatch) -> None:
    before = chosen_with(prompt=8000, price=9.0).scenario
    assert before is not None
    asked = []
    drawn = labels.drawn

    def seen(lines: Any) -> Any:
        asked.append(len(lines))
        return drawn(lines)

    monkeypatch.setattr(labels, "drawn", seen)
    frontier_figure(shown_with(prompt=8000, before=before))
    frontier_figure(shown_with(prompt=8000))
    # The curve and two whiskers besides.
    assert asked == [4, 3]


def test_what_linear_axes_leave_out_is_named_at_the_upper_edge() -> None:
    shown = shown_with(View(axes="linear"), model="llama-3.1-70b", gpu="h100-sxm")
    fastest = shown.points.rows["fastest"]
    assert shown.values[fastest] > shown.ranges.dearest
    (label,) = [one for one in frontier_figure(shown)["layout"]["annotations"] if one["text"].startswith("↑ fastest")]
    assert label["y"] == 1
    assert not [text for text in _texts(frontier_figure(shown_with(prompt=8000))) if text.startswith("↑")]


def test_held_axes_stay() -> None:
    shown = shown_with(prompt=8000)
    wider = shown.ranges._replace(dearest=9999.0)
    held = Shown(shown.choice, shown.scenario, shown.points, shown.view, wider)
    assert frontier_figure(held)["layout"]["yaxis"]["range"][1] == pytest.approx(math.log10(9999))


def test_nothing_on_the_chart_can_be_dragged_or_zoomed(shown: Shown) -> None:
    layout = frontier_figure(shown)["layout"]
    assert layout["dragmode"] is False
    axes = [axis for name, axis in layout.items() if name.startswith(("xaxis", "yaxis"))]
    assert len(axes) == 5
    assert all(axis["fixedrange"] for axis in axes)


def test_a_phone_has_one_label_of_its_own_first(shown: Shown) -> None:
    wide, phone = (frontier_figure(shown, phone=phone)["layout"]["annotations"] for phone in (False, True))
    assert phone[1:] == wide
    assert phone[0]["text"].startswith("<b>$")
    # The style sheet shows the second one besides.
    assert phone[1]["text"] == f"<b>{shown.measure.title}</b>"


def test_a_single_point_has_a_figure(shown: Shown) -> None:
    single = type(shown.points).of(shown.points.frame.iloc[[5]])
    ranges = single.ranges(shown.measure, target=50, log_axes=True)
    figure = frontier_figure(Shown(shown.choice, shown.scenario, single, shown.view, ranges))
    assert_valid(figure)
    assert sum(len(numbers(trace["x"])) for trace in markers(figure)) >= 2


def test_no_chart_has_more_points_than_a_browser_draws_at_once(shown: Shown) -> None:
    figure = frontier_figure(shown)
    drawn = [len(numbers(trace["x"])) for trace in figure["data"] if trace.get("mode") == "markers"]
    assert sum(drawn) <= 800


@pytest.mark.parametrize("at", [8.0, 50.0, 115.0])
def test_the_curve_is_dashed_beyond_what_was_measured(at: float) -> None:
    shown = shown_with(prompt=8000, at=at)
    slow, quick = float(shown.points.speed[-12]), float(shown.points.speed[8])
    rows = [row for row, speed in enumerate(shown.points.speed) if not slow <= speed <= quick]
    shown = beyond(shown, dict.fromkeys(rows, "larger batch"))
    figure = frontier_figure(shown)
    lines = {trace["name"]: trace for trace in figure["data"] if trace.get("mode") == "lines"}
    drawn = {name: lines[name] for name in lines if name.startswith(("too slow", "fast enough"))}
    seen = set[float]()
    for name, trace in drawn.items():
        x = numbers(trace["x"])
        dashed = name.endswith(BEYOND)
        assert trace["line"]["dash"] == ("7px,5px" if dashed else "solid")
        inside = (x > slow * 1.0001) & (x < quick * 0.9999)
        assert not (inside & dashed).any(), name
        seen |= {float(value) for value in x if np.isfinite(value)}
    # No point is lost.
    assert seen == set(shown.points.speed.astype(np.float32).tolist())
    assert sum(name.endswith(BEYOND) for name in drawn) >= 1
    assert _texts(figure).count(BEYOND) == 1
    assert_valid(figure)


def test_a_point_beyond_what_was_measured_is_hollow() -> None:
    shown = beyond(shown_with(prompt=8000), {})
    inside, outside = (
        _named(frontier_figure(one), "target")["marker"] for one in (shown, beyond(shown, {shown.row: "larger batch"}))
    )
    assert (inside.get("symbol"), outside["symbol"]) == (None, "circle-open")
    assert not any(BEYOND in str(trace["name"]) for trace in frontier_figure(shown)["data"])
