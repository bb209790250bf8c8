"""The panels under the frontier: layouts and the five times, on the axis of the frontier."""

import re

import numpy as np
import pytest

from infecon_ui.charts.palette import TIMES, words_on
from infecon_ui.frontier import panels
from infecon_ui.frontier.points import Points
from infecon_ui.state.view import View
from tests.support.figures import assert_valid, numbers
from tests.support.shown import Shown, shown_with


@pytest.fixture(scope="module")
def shown() -> Shown:
    return shown_with(prompt=8000)


def test_every_speed_has_the_layout_of_the_point_that_serves_it(shown: Shown) -> None:
    points = shown.points.steady
    assert points is not None
    assert len(points.stretches) < len(shown.points.stretches) / 2
    (bars,) = panels.ribbon(points, shown.ranges, log_axes=True)
    assert_valid({"data": [bars]})
    starts = np.array(bars["base"])
    ends = starts + np.array(bars["x"])
    stretches = [stretch for stretch in points.stretches if stretch.fastest > stretch.slowest]
    assert 2 <= len(stretches) == len(starts) <= 12
    for speed in np.geomspace(points.speed.min() * 1.0001, points.speed.max() * 0.9999, 300):
        row = int(np.flatnonzero(points.speed >= speed).max())
        (bar,) = np.flatnonzero((starts < speed) & (speed <= ends))
        assert stretches[bar].first <= row <= stretches[bar].last
        text = bars["text"][bar]
        assert text.split(" ")[0] == f"{points[row]['n_gpu']:.0f}"


def test_layouts_that_are_fractions_have_no_ribbon() -> None:
    published = shown_with(model="llama-3.1-70b", gpu="h100-sxm", engine="published")
    assert panels.ribbon(published.points, published.ranges, log_axes=True) == []


def test_shares_are_those_of_the_rows(shown: Shown) -> None:
    frame = shown.points.frame.iloc[:20]
    found = {trace["name"]: trace for trace in panels.shares(Points.of(frame))}
    for time in TIMES:
        expected = (100 * frame[time.column] / frame["tpot_s"]).iloc[19::-1]
        assert numbers(found[time.label]["y"]) == pytest.approx(expected.to_numpy(), rel=1e-5)
        assert numbers(found[time.label]["x"]) == pytest.approx(frame["tokens_per_s_user"].iloc[19::-1].to_numpy())
        assert found[time.label]["fillcolor"] == time.colour
    assert sum(numbers(trace["y"]) for trace in found.values()) == pytest.approx(100, rel=1e-5)


@pytest.mark.parametrize("log_axes", [True, False])
def test_names_stand_inside_their_areas(log_axes: bool) -> None:
    shown = shown_with(View(axes="log" if log_axes else "linear"), prompt=8000)
    points = shown.points
    names = panels.share_names(points, shown.ranges, log_axes=log_axes)
    assert_valid({"data": names})
    assert {trace["text"][0] for trace in names} >= {"arithmetic", "kernel overhead"}
    shares = np.array([points.columns[time.column] / points.columns["tpot_s"] for time in TIMES])
    tops = 100 * np.cumsum(shares, axis=0)
    limits = [time.limit for time in TIMES]
    for trace in names:
        i = limits.index(trace["text"][0])
        (left,), (width,), (middle,), (height,) = (trace[key] for key in ("base", "x", "y", "width"))
        inside = (points.speed >= left) & (points.speed <= left + width)
        assert inside.any()
        # Between the points of the frontier the areas are straight.
        assert (middle + height / 2 <= tops[i][inside] + 2).all()
        assert (middle - height / 2 >= (tops[i - 1][inside] if i else np.zeros(1)) - 2).all()
        assert trace["insidetextfont"]["color"] == words_on(TIMES[i].colour)


def test_every_time_is_named_behind_its_colour() -> None:
    shown = shown_with(prompt=8000)
    text = panels.key(shown.points)["text"]
    assert re.findall(r'color:(#\w+)">■</span> ([a-z ]+[a-z])', text) == [(time.colour, time.limit) for time in TIMES]
    # One GPU has no network.
    alone = shown_with(model="llama-3.1-8b", gpu="h100-sxm", max=1)
    assert "network" not in panels.key(alone.points)["text"]


def test_a_single_point_has_panels_too(shown: Shown) -> None:
    single = Points.of(shown.points.frame.iloc[[5]])
    (bar,) = panels.ribbon(single, shown.ranges, log_axes=True)
    assert bar["x"][0] > 0
    assert all(len(numbers(trace["x"])) == 2 for trace in panels.shares(single))
    assert panels.share_names(single, shown.ranges, log_axes=True) == []
