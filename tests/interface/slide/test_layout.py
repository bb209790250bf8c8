"""That a slide can be read: nothing overlaps, nothing is small or pale, nothing runs out."""

import math
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from infecon_ui.slide.content import Bar, Curve, Slide
from infecon_ui.slide.drawing import Box, Disc, Part, Rectangle, Stroke, Text, contrast, texts_of
from infecon_ui.slide.layout import HEIGHT, LEAST_SIZE, WIDTH, layout
from tests.support.slides import longest_names, slide

SIX = ("b200-hgx", "gb200-nvl72", "mi355x", "h200-sxm", "h100-sxm", "rtx-pro-6000-ws")
LONG = "At 50 tokens/s per user, GB200 NVL72 serves DeepSeek V3 for less than half of what B200 costs, and more " * 4
FIVE_TIMES = tuple(
    Bar(name, value, math.nan, math.nan, "", "#226FE4", text=f"{value:.1f} ms, {value / 20:.0%}")
    for name, value in {
        "Arithmetic": 4.1, "Memory": 9.2, "Network bandwidth": 2.2, "Network latency": 0.6, "Kernel overhead": 3.9
    }.items()
)  # fmt: skip
SLIDES: dict[str, Slide] = {
    "one curve": slide("b200-hgx", bars=False),
    "one curve and its times": replace(slide("b200-hgx", bars=False), bars=FIVE_TIMES, bars_title="Time per token"),
    "three": slide(*SIX[:3]),
    "six": slide(*SIX),
    "six, linear axes": slide(*SIX, log_axes=False),
    "six, tokens/s per GPU": slide(*SIX, per_gpu=True),
    "six without bars": slide(*SIX, bars=False),
    "six with the longest accelerators": slide(*SIX, names=longest_names("accelerators")),
    "six with the longest models": slide(*SIX, names=longest_names("models")),
    "a long headline": slide(*SIX, headline=LONG),
    "long words": replace(slide(*SIX), headline="W" * 300, subtitle="m" * 500, source="q" * 900, y_title="y" * 60),
    "a frozen link": replace(slide(*SIX), link="https://example.org/?" + "&".join(f"s_{n}=1.25" for n in range(200))),
    "a target at the left end": slide(*SIX[:3], at=1.2),
    "a target that nobody reaches": slide(*SIX, at=1e5),
    "no target": replace(slide(*SIX[:2]), target=None),
    "nothing but words": replace(slide("b200-hgx", bars=False), source="", link="", date="", subtitle=""),
    "one point": replace(
        slide("b200-hgx"),
        curves=(Curve("Measured", np.array([60.0]), np.array([0.1]), "#B23A30", (60.0, 0.1)),),
        ranges=(10.0, 200.0, 0.05, 2.0),
    ),
}


@pytest.fixture(params=SLIDES, scope="module")
def shown(request: pytest.FixtureRequest) -> Slide:
    """Every slide in turn."""
    return SLIDES[request.param]


@pytest.fixture(scope="module")
def texts(shown: Slide) -> list[Text]:
    """Its texts."""
    return texts_of(layout(shown).parts)


def test_no_text_overlaps_another(texts: list[Text]) -> None:
    met = [(a.words, b.words) for a, b in combinations(texts, 2) if a.box.meets(b.box)]
    assert met == []


def test_no_text_runs_out(texts: list[Text]) -> None:
    page = Box(24, 12, WIDTH - 24, HEIGHT - 12)
    assert [text.words for text in texts if not page.holds(text.box)] == []


def test_no_text_is_small(texts: list[Text]) -> None:
    assert texts
    assert min(text.size for text in texts) >= LEAST_SIZE


def test_every_text_reads_on_white(texts: list[Text]) -> None:
    assert min(contrast(text.colour) for text in texts) >= 7


def test_no_text_stands_on_a_curve_or_a_point(shown: Slide, texts: list[Text]) -> None:
    parts = layout(shown).parts
    colours = {curve.colour for curve in shown.curves}
    for part in parts:
        if isinstance(part, Disc):
            assert [text.words for text in texts if text.box.meets(part.box)] == []
        if isinstance(part, Stroke) and part.colour in colours and part.width > 4:
            for (x0, y0), (x1, y1) in zip(part.points, part.points[1:], strict=False):
                steps = [(x0 + (x1 - x0) * n / 8, y0 + (y1 - y0) * n / 8) for n in range(9)]
                spots = [Box(x - 0.1, y - 0.1, x + 0.1, y + 0.1) for x, y in steps]
                assert [text.words for text in texts if any(text.box.meets(spot) for spot in spots)] == []


def test_curves_stay_in_their_panel(shown: Slide) -> None:
    found = layout(shown)
    colours = {curve.colour for curve in shown.curves}
    strokes = [part for part in found.parts if isinstance(part, Stroke) and part.colour in colours and part.width > 4]
    x, y = np.array([point for stroke in strokes for point in stroke.points]).T
    # Half a pixel: ends are cut by division.
    assert found.plot.left - 0.5 <= x.min() <= x.max() <= found.plot.right + 0.5
    assert found.plot.top - 0.5 <= y.min() <= y.max() <= found.plot.bottom + 0.5


def test_every_curve_is_named_and_every_bar_valued(shown: Slide, texts: list[Text]) -> None:
    words = " ".join(text.words for text in texts)
    for curve in shown.curves:
        assert all(word in words for word in curve.name.split())
    for bar in shown.bars:
        assert all(word in words for word in bar.name.split())
        if bar.value is None:
            assert bar.note in words
        elif bar.text:
            assert bar.text in words


def test_a_short_headline_is_large_and_a_long_one_takes_two_lines() -> None:
    def headline(shown: Slide) -> list[Text]:
        subtitle = next(t for t in texts_of(layout(shown).parts) if t.words.startswith("$ per million output tokens ·"))
        return [text for text in texts_of(layout(shown).parts) if text.y < subtitle.y]

    short = headline(SLIDES["three"])
    assert short[0].size >= 48
    long = headline(SLIDES["a long headline"])
    assert len(long) == 2
    assert long[-1].words.endswith("…")


def test_bars_are_as_long_as_their_values() -> None:
    shown = SLIDES["three"]
    rectangles = {part.colour: part.box for part in layout(shown).parts if isinstance(part, Rectangle)}
    lengths = [rectangles[bar.colour].width for bar in shown.bars]
    values = [bar.value for bar in shown.bars]
    assert np.array(lengths) / lengths[0] == pytest.approx(np.array(values) / values[0])


def test_ranges_stand_in_words_beside_the_values() -> None:
    bars = (
        Bar("a", 5.79, 3.28, 15.4, "", "#226FE4"),
        Bar("b", 5.79, 3.28, math.inf, "", "#226FE4"),
        Bar("c", 5.79, math.nan, math.nan, "", "#226FE4"),
    )
    words = [text.words for text in texts_of(layout(replace(SLIDES["three"], bars=bars)).parts)]
    assert words.count("$5.8") == 3
    assert "$3.3 to $15" in words
    assert "$3.3 or more" in words


def test_the_point_stands_where_its_numbers_are() -> None:
    shown = replace(
        SLIDES["one curve"],
        curves=(Curve("a", np.array([10.0, 1000.0]), np.array([1.0, 100.0]), "#2F6DB5", (100.0, 10.0)),),
        ranges=(10.0, 1000.0, 1.0, 100.0),
        target=100.0,
    )
    parts = layout(shown).parts
    stroke = next(part for part in parts if isinstance(part, Stroke) and part.colour == "#2F6DB5" and part.width > 4)
    disc = next(part for part in parts if isinstance(part, Disc))
    (left, bottom), (right, top) = stroke.points
    assert disc.x == pytest.approx((left + right) / 2)
    assert disc.y == pytest.approx((top + bottom) / 2)
    assert "$10" in [text.words for text in texts_of(parts)]


def _one_curve(**changes: Any) -> list[Part]:
    """The parts of a slide with a straight curve of eleven points through the middle of its axes."""
    x = np.geomspace(10.0, 1000.0, 11)
    curve = Curve("a", x, x / 10, "#2F6DB5", (100.0, 10.0), **changes)
    return layout(replace(SLIDES["one curve"], curves=(curve,), ranges=(10.0, 1000.0, 1.0, 100.0))).parts


def test_a_curve_is_dashed_beyond_what_was_measured() -> None:
    beyond = np.arange(11) > 7
    lines = [part for part in _one_curve(beyond=beyond) if isinstance(part, Stroke) and part.colour == "#2F6DB5"]
    assert [(bool(line.dash), len(line.points)) for line in lines] == [(False, 8), (True, 4)]
    assert lines[0].points[-1] == lines[1].points[0]
    (whole,) = [part for part in _one_curve() if isinstance(part, Stroke) and part.colour == "#2F6DB5"]
    assert not whole.dash


def test_whiskers_show_the_ranges_along_both_axes() -> None:
    plain, parts = _one_curve(), _one_curve(ranges=((50.0, 200.0), (5.0, math.inf)))
    disc = next(part for part in parts if isinstance(part, Disc))
    across, left, right, up, low = [part for part in parts if isinstance(part, Stroke) and part not in plain]
    assert [y for _, y in across.points] == pytest.approx([disc.y, disc.y])
    assert [x for x, _ in up.points] == pytest.approx([disc.x, disc.x])
    # A factor of two either way, on axes of the same scale.
    (before, _), (after, _) = across.points
    assert disc.x - before == pytest.approx(after - disc.x)
    assert [cap.points[0][0] for cap in (left, right)] == pytest.approx([before, after])
    # What is out of reach ends at the edge, without a line across.
    assert low.points[0][1] == pytest.approx(up.points[0][1])
    curve = next(part for part in plain if isinstance(part, Stroke) and part.colour == "#2F6DB5")
    assert up.points[1][1] == pytest.approx(min(y for _, y in curve.points))
