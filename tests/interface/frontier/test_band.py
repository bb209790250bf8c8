"""The area of comparable measurements, and the whiskers of the point at the target."""

from typing import Any

import numpy as np
import pytest

from infecon_ui.frontier import band
from infecon_ui.frontier.figure import frontier_figure
from infecon_ui.frontier.shown import Shown
from infecon_ui.state.view import View
from tests.support.figures import Trace, assert_valid, numbers
from tests.support.shown import shown_with

PUBLISHED: dict[str, Any] = {"model": "llama-3.1-70b", "gpu": "h100-sxm", "engine": "published"}


def _area(shown: Shown) -> Trace:
    (found,) = [trace for trace in frontier_figure(shown)["data"] if trace["name"] == "80% of comparable measurements"]
    return found


@pytest.mark.parametrize("y", ["output", "total", "gpu", "mw"])
def test_the_area_lies_between_the_curve_moved_both_ways_along_both_axes(y: str) -> None:
    shown = shown_with(View(y=y), prompt=8000)
    assert shown.spread is not None
    x, edge = (numbers(_area(shown)[axis]) for axis in ("x", "y"))
    half = len(x) // 2
    for ratio, part in ((shown.spread.low, slice(None, half)), (shown.spread.high, slice(None, half - 1, -1))):
        # Undone, both edges are the curve itself.
        speed = x[part] * ratio
        value = edge[part] / ratio if shown.measure.money else edge[part] * ratio
        rows = np.abs(shown.points.speed[:, None] - speed).argmin(axis=0)
        assert speed == pytest.approx(shown.points.speed[rows], rel=1e-6)
        assert value == pytest.approx(shown.values[rows], rel=1e-6)
        assert {0, len(shown.points) - 1} <= set(rows.tolist())


def test_no_area_where_nothing_was_measured_or_a_reader_hides_it() -> None:
    assert band.area(shown_with(**PUBLISHED)) == []
    names = [trace["name"] for trace in frontier_figure(shown_with(prompt=8000), spread=False)["data"]]
    assert not any(name.startswith("80% of ") for name in names)
    assert len(names) > 5


@pytest.mark.parametrize("y", ["output", "gpu"])
def test_the_whiskers_are_the_ranges_that_are_told(y: str) -> None:
    shown = shown_with(View(y=y), prompt=8000)
    prices, speeds = shown.range_at(50.0), shown.speeds_at(shown.value)
    assert prices is not None
    assert speeds is not None
    found = band.whiskers(shown)
    for name, (low, high), at in (
        ("error_x", speeds, shown.point["tokens_per_s_user"]),
        ("error_y", prices, shown.value),
    ):
        assert at - found[name]["arrayminus"][0] == pytest.approx(float(low))
        assert at + found[name]["array"][0] == pytest.approx(float(high))
        assert low < at < high
    (target,) = [trace for trace in frontier_figure(shown)["data"] if trace["name"] == "target"]
    assert target["error_x"] == found["error_x"]
    (bare,) = [trace for trace in frontier_figure(shown, spread=False)["data"] if trace["name"] == "target"]
    assert "error_x" not in bare


@pytest.mark.parametrize("axes", ["log", "linear"])
@pytest.mark.parametrize("y", ["output", "gpu"])
@pytest.mark.parametrize("slow", [True, False], ids=["slow", "fast"])
def test_whiskers_out_of_reach_end_beyond_the_axes(axes: str, y: str, slow: bool) -> None:
    at = 1.0 if slow else 0.99 * float(shown_with(prompt=8000).points.speed.max())
    shown = shown_with(View(y=y, axes=axes), prompt=8000, at=at)
    ends = band.ends(shown)
    assert ends is not None
    assert np.isfinite(ends).all()
    (slowest, _), (low, high) = ends
    if slow:
        assert slowest < shown.ranges.slowest
    elif y == "output":
        assert high > shown.ranges.dearest
    else:
        assert low < shown.ranges.cheapest
    if axes == "log":
        assert np.min(ends) > 0
    assert_valid(frontier_figure(shown))
    for line in band.whisker_lines(shown):
        assert shown.ranges.slowest <= line[0].min() <= line[0].max() <= shown.ranges.fastest


def test_no_whiskers_where_there_is_nothing_to_read_off() -> None:
    for shown in (shown_with(**PUBLISHED), shown_with(gpu="h100-sxm", prompt=8000, at=500.0)):
        assert band.whiskers(shown) == {}
        assert band.whisker_lines(shown) == []
