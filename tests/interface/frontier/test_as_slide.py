"""The slide of one frontier."""

import datetime as dt

import pytest

from infecon_ui.frontier import band, support, verdict
from infecon_ui.frontier.as_slide import as_slide, tab
from tests.support.shown import beyond, shown_with

DAY = dt.date(2026, 11, 21)


def test_the_slide_says_what_the_page_says() -> None:
    shown = beyond(shown_with(prompt=8000), {})
    slide = as_slide(shown, "http://example.org/?at=50", DAY)
    assert slide.headline == verdict.headline(shown)
    assert slide.subtitle == f"{verdict.support(shown)} · {support.in_one_line(shown, first=True)}"
    assert slide.source == f"{verdict.source(shown)} · {support.in_one_line(shown, first=False)}"
    assert slide.y_title == "$ per million output tokens"
    assert (slide.target, slide.money, slide.log_x, slide.log_y, slide.ranges) == (50, True, True, True, shown.ranges)
    assert (slide.link, slide.date) == ("http://example.org/?at=50", "21 Nov 2026")
    (curve,) = slide.curves
    assert (curve.x[1:] > curve.x[:-1]).all()
    assert curve.point == (shown.point["tokens_per_s_user"], shown.value)
    assert curve.ranges == band.ends(shown)
    assert curve.beyond is not None
    assert not curve.beyond.any()
    assert slide.scenarios == (shown.scenario,)


def test_the_bars_are_the_times_of_one_token() -> None:
    shown = shown_with(prompt=8000)
    bars = as_slide(shown, "", DAY).bars
    values = [bar.value for bar in bars]
    assert all(value is not None for value in values)
    assert sum(value or 0 for value in values) == pytest.approx(shown.point["tpot_s"] * 1e3)
    assert values == sorted(values, key=lambda value: -(value or 0))
    assert bars[0].name.lower() == shown.point["limit"]
    assert bars[0].text.endswith("%")


def test_out_of_reach_no_point_stands_on_the_curve() -> None:
    slide = as_slide(shown_with(gpu="h100-sxm", prompt=8000, at=120.0), "", DAY)
    assert slide.curves[0].point is None
    assert "cannot be served" in slide.headline


def test_the_tab_says_the_scenario() -> None:
    assert tab(shown_with(prompt=8000)) == ("DeepSeek V3 on B200", "50 tok/s")


def test_what_lies_beyond_what_was_measured_is_marked_and_told() -> None:
    shown = beyond(shown_with(prompt=8000), {0: "larger batch"})
    slide = as_slide(shown, "", DAY)
    (curve,) = slide.curves
    assert curve.beyond is not None
    # The slide's curves run from slow to fast.
    assert curve.beyond.tolist() == [False] * (len(shown.points) - 1) + [True]
    assert slide.source.endswith(" · dashed: beyond what was measured")
    assert "Beyond" not in slide.subtitle
    at_target = as_slide(beyond(shown, {shown.row: "larger batch"}), "", DAY)
    assert at_target.subtitle.endswith(" · Beyond what was measured: larger batch")


def test_an_engine_without_measurements_has_no_ranges() -> None:
    shown = shown_with(model="llama-3.1-70b", gpu="h100-sxm", engine="published")
    slide = as_slide(shown, "", DAY)
    assert slide.curves[0].ranges is None
    assert slide.subtitle == verdict.support(shown)
    told = support.whose(shown)
    assert slide.source == f"{verdict.source(shown)} · {told[0].upper()}{told[1:]}"
