"""What drawings know of themselves: their ends, and what they say."""

import numpy as np
import pytest

from infecon_ui.charts import axes
from infecon_ui.charts.drawings import Bars, Line, Lines, Row, Scale
from infecon_ui.charts.palette import CURVE
from tests.support.drawings import BARS, CHANGES, DRAWINGS, LINES, PANELS


def test_axes_hold_all_values_and_the_line() -> None:
    left, right, low, high = LINES.ranges
    assert left <= 1
    assert right >= 1000
    assert low <= 30 / 1000**0.6
    assert high >= 40
    beyond = Lines(LINES.x, LINES.y, LINES.lines, at=5000.0)
    assert beyond.ranges[1] >= 5000


def test_linear_axes_begin_at_zero_unless_values_lie_below() -> None:
    assert CHANGES.ranges[:2] == (2016, 2026)
    assert CHANGES.ranges[2] < -0.1
    assert CHANGES.ranges[3] > 0.5
    assert Scale("one").ends([np.array([3.0, 4.0])])[0] == 0


@pytest.mark.parametrize("values", [[], [np.nan], [0.0, -1.0]])
def test_a_logarithmic_axis_without_values_has_ends_all_the_same(values: list[float]) -> None:
    low, high = Scale("none", log=True).ends([np.array(values)])
    assert 0 < low < high


def test_an_axis_of_one_value_has_a_length() -> None:
    for scale in (Scale("one"), Scale("one", log=True)):
        low, high = scale.ends([np.array([7.0])])
        assert low < 7 < high
    low, high = Scale("none").ends([np.array([0.0])])
    assert low < high


def test_bars_have_zero_and_ranges_inside() -> None:
    low, high = BARS.ends
    assert low < -0.21
    assert high >= 0.3
    assert Bars(Scale("none"), (Row("out", (), "out of reach"),)).ends[1] > 0


def test_panels_share_their_axes() -> None:
    assert len({lines.ranges for _, lines in PANELS.aligned}) == 1
    assert len({lines.ranges for _, lines in PANELS.panels}) > 1


def test_every_drawing_says_what_it_shows() -> None:
    said = {name: drawing.said for name, drawing in DRAWINGS.items()}
    assert "H100 SXM, B200, An API" in said["lines"]
    assert "HBM bandwidth −21% to +17%" in said["bars"]
    assert all(said.values())


def test_words_of_money_make_an_axis_of_money() -> None:
    assert Scale("price", words=axes.dollars).money
    assert not Lines(Scale("x"), Scale("y"), (Line("one", np.ones(1), np.ones(1), CURVE),)).y.money
