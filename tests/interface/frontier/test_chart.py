"""The two ways to move the target."""

import numpy as np
import pytest

from infecon_ui.charts.axes import Ranges
from infecon_ui.frontier import chart
from tests.support.shown import shown_with


@pytest.mark.parametrize("factor", [1.0, 3.7, 123.4])
def test_a_click_sets_a_target_that_its_point_meets(factor: float) -> None:
    for speed in np.geomspace(0.02, 900, 400) * factor:
        seen = float(np.float32(speed))
        target = chart.picked_speed(seen)
        assert target <= speed
        assert target == pytest.approx(speed, rel=0.011)
        assert len(f"{target:.10g}".replace(".", "").strip("0")) <= 3


def test_a_click_on_a_round_speed_sets_the_next_lower_one() -> None:
    # In 32 bits a speed just below 50 reads 50, which the point would not reach.
    assert chart.picked_speed(float(np.float32(49.9999999))) == 49.9
    assert chart.picked_speed(50.04) == 50.0


@pytest.mark.parametrize(
    ("ranges", "log_axes"), [((4, 150, 1, 9), True), ((0, 150, 0, 9), False), ((0.7, 3, 1, 9), True)]
)
def test_the_slider_stands_along_the_axis_and_at_round_speeds(ranges: tuple[float, ...], log_axes: bool) -> None:
    found = chart.stops(Ranges(*ranges), log_axes=log_axes)
    assert found == sorted(set(found))
    assert 100 <= len(found) <= 170
    low, high = found[0], found[-1]
    assert high == pytest.approx(ranges[1], rel=0.01)
    along = np.linspace(0, 1, len(found))
    expected = low * (high / low) ** along if log_axes else low + along * (high - low)
    # A stop at a round speed stands within one step of its place.
    assert np.abs(np.array(found) - expected).max() / expected[np.abs(np.array(found) - expected).argmax()] < 0.12
    for mark in (2, 5, 10, 20, 50, 100):
        if low < mark < high:
            assert mark in found


def test_the_read_out_says_what_the_hover_says() -> None:
    shown = shown_with(prompt=8000)
    text = chart.read_out(shown)
    point = shown.point
    for part in (
        f"{point['tokens_per_s_user']:,.0f} tokens/s per user",
        f"${point['usd_per_million_tokens']:.2g} per million output tokens",
        f"{point['n_gpu']:.0f} GPUs",
        f"first token {point['ttft_s']:.2g} s",
    ):
        assert part in text
    published = shown_with(model="llama-3.1-70b", gpu="h100-sxm", engine="published")
    assert "first token" not in chart.read_out(published)
