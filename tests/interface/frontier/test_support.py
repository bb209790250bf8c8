"""The sentences beside the verdict."""

from typing import Any

import pytest

from infecon_core.catalog.engine_levels import best_over_one_engine
from infecon_core.catalog.measurements import shipped_points
from infecon_core.engines import ENGINES
from infecon_core.validation.uncertainty import price_range, speed_range
from infecon_ui.frontier import correction, speculation, support, verdict
from infecon_ui.frontier.shown import Shown
from infecon_ui.state.view import View
from infecon_ui.text import formats
from tests.support.shown import beyond, shown_with

PUBLISHED: dict[str, Any] = {"model": "llama-3.1-70b", "gpu": "h100-sxm", "engine": "published"}


def test_the_ranges_are_those_of_the_point_at_the_target() -> None:
    shown = shown_with(prompt=8000)
    assert shown.spread is not None
    curve = shown.points.speed, shown.points.price, shown.spread
    prices, speeds = price_range(*curve, 50.0), speed_range(*curve, shown.value)
    assert support.ranges(shown) == (
        "If servers differ as measured ones do: "
        f"{formats.about(float(prices.low))} to {formats.about(float(prices.high))} at this speed, "
        f"{float(speeds.low):.2g} to {float(speeds.high):.2g} tok/s at this price"
    )
    assert float(prices.low) < shown.value < float(prices.high)
    assert float(speeds.low) < shown.point["tokens_per_s_user"] < float(speeds.high)


def test_the_ranges_of_a_throughput_are_those_of_its_price_turned_round() -> None:
    prices, per_gpu = shown_with(prompt=8000), shown_with(View(y="gpu"), prompt=8000)
    one, other = prices.range_at(50.0), per_gpu.range_at(50.0)
    assert one is not None
    assert other is not None
    assert per_gpu.value / float(other[0]) == pytest.approx(float(one[1]) / prices.value)
    assert per_gpu.value / float(other[1]) == pytest.approx(float(one[0]) / prices.value)
    assert per_gpu.speeds_at(per_gpu.value) == pytest.approx(prices.speeds_at(prices.value))
    assert support.ranges(per_gpu).endswith(" tok/s at this throughput")
    assert "$" not in support.ranges(per_gpu)


def test_what_is_out_of_reach_is_said() -> None:
    fast = 0.99 * float(shown_with(prompt=8000).points.speed.max())
    assert " to out of reach at this speed" in support.ranges(shown_with(prompt=8000, at=fast))
    assert ": out of reach to " in support.ranges(shown_with(View(y="gpu"), prompt=8000, at=fast))
    cheapest = support.ranges(shown_with(prompt=8000, at=1.0))
    assert cheapest.endswith(" tok/s at most at this price")


def test_of_a_target_out_of_reach_the_range_is_that_of_the_fastest() -> None:
    shown = shown_with(gpu="h100-sxm", prompt=8000, at=500.0)
    assert shown.spread is not None
    fastest = shown.points.speed.max()
    assert support.ranges(shown) == (
        f"If servers differ as measured ones do: the fastest at {formats.digits(fastest / shown.spread.high, 2)} to "
        f"{formats.digits(fastest / shown.spread.low, 2)} tok/s"
    )


def test_only_a_point_beyond_what_was_measured_says_so() -> None:
    shown = beyond(shown_with(prompt=8000), {})
    other = next(row for row in range(len(shown.points)) if row != shown.row)
    assert support.beyond(shown) == ""
    assert support.beyond(beyond(shown, {other: "larger batch"})) == ""
    found = beyond(shown, {shown.row: "larger batch"})
    assert support.beyond(found) == "Beyond what was measured: larger batch"
    assert support.Sentence("Beyond what was measured: larger batch", first=True) in support.sentences(found)


def test_an_accelerator_that_nobody_measured_says_so() -> None:
    shown = shown_with(model="llama-3.1-70b", gpu="tpu-v7x")
    first, second, *_ = _texts(shown)
    assert first.startswith("If servers differ as on accelerators left out of the fit: $")
    assert second == "Beyond what was measured: accelerator never measured"
    assert "measurements, none of them on this accelerator" in verdict.source(shown)
    assert "none of them" not in verdict.source(shown_with(model="llama-3.1-70b", gpu="h100-sxm"))


def test_a_prediction_says_whose_times_it_stands_for() -> None:
    assert support.whose(shown_with(prompt=8000)) == (
        f"Times of a typical engine of 2026; the best of several is about {best_over_one_engine() - 1:.0%} faster"
    )
    assert support.whose(shown_with(**PUBLISHED)) == (
        "the published model's times are off by 41% in the median of measured points, too short by 42% on average"
    )
    assert support.typical("a typical engine", 1.0712) == (
        "Times of a typical engine; the best of several is about 7% faster"
    )


def test_what_corrects_and_what_drafts_is_said_beside_the_verdict() -> None:
    shown = shown_with(prompt=8000, spec="self")
    said = _texts(shown)
    assert speculation.sentence(shown) in said
    told = correction.told(shown.scenario)
    assert f"C{told.removeprefix('c')}" in said
    assert not any("orrected" in text for text in _texts(shown_with(prompt=8000, correction="off")))


def _texts(shown: Shown) -> list[str]:
    return [one.text for one in support.sentences(shown)]


def test_the_year_is_that_of_the_measurements() -> None:
    years = sorted(shipped_points()["date"].dropna().str[:4])
    assert ENGINES["serving"].stands_for.endswith(f" of {years[len(years) // 2]}")


def test_sentences_are_parts_of_one_line() -> None:
    shown = beyond(shown_with(prompt=8000), {shown_with(prompt=8000).row: "larger batch"})
    found = support.sentences(shown)
    assert len(found) >= 4
    assert not any(one.text.endswith(".") or not one.text for one in found)
    assert support.in_one_line(shown) == " · ".join(one.text for one in found)
    above, below = (support.in_one_line(shown, first=first) for first in (True, False))
    assert above.startswith("If servers differ as measured ones do: ")
    assert "Beyond" in above
    assert "typical" in below
    assert set(above.split(" · ")) | set(below.split(" · ")) == {one.text for one in found}
    (only,) = support.sentences(shown_with(**PUBLISHED))
    assert only.text.startswith("The published model's times are off by ")
