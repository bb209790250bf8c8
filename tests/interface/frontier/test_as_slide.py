"""The slide of one frontier."""

import datetime as dt

import pytest

from infecon_ui.frontier import verdict
from infecon_ui.frontier.as_slide import as_slide, tab
from tests.support.shown import shown_with

DAY = dt.date(2026, 11, 21)


def test_the_slide_says_what_the_page_says() -> None:
    shown = shown_with(prompt=8000)
    slide = as_slide(shown, "http://example.org/?at=50", DAY)
    assert slide.headline == verdict.headline(shown)
    assert slide.subtitle == verdict.support(shown)
    assert slide.source == verdict.source(shown)
    assert slide.y_title == "$ per million output tokens"
    assert (slide.target, slide.money, slide.log_axes, slide.ranges) == (50, True, True, shown.ranges)
    assert (slide.link, slide.date) == ("http://example.org/?at=50", "21 Nov 2026")
    (curve,) = slide.curves
    assert (curve.x[1:] > curve.x[:-1]).all()
    assert curve.point == (shown.point["tokens_per_s_user"], shown.value)
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
