"""Colours that everybody can tell apart, and read."""

import itertools
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from infecon_core.schema import FIVE_TIMES
from infecon_ui.charts.palette import (
    CURVE,
    GHOST,
    KV_CACHE,
    LIMITS,
    MUTED,
    TIME_COLUMNS,
    TIMES,
    VARIANTS,
    WEIGHTS,
    contrast,
    themed,
    words_on,
)

THEMES = ("light", "dark")
# What is left of a colour, in linear light, without the receptor for long, middle or short waves: Machado, Oliveira and
# Fernandes 2009, "A physiologically-based model for simulation of color vision deficiency", severity 1.0.
SIGHT = {
    "full": np.eye(3),
    "protan": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deutan": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritan": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}


@pytest.fixture(scope="module")
def settings() -> dict[str, Any]:
    root = Path(__file__).resolve().parents[3]
    theme: dict[str, Any] = tomllib.loads((root / ".streamlit/config.toml").read_text(encoding="utf-8"))["theme"]
    return theme


def test_contrast_is_that_of_the_guidelines() -> None:
    assert contrast("#000000", "#FFFFFF") == contrast("#FFFFFF", "#000000") == pytest.approx(21)
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.005)
    assert contrast("#123456", "#123456") == 1


def test_every_time_has_a_colour_of_its_own() -> None:
    assert tuple(FIVE_TIMES.values()) == LIMITS
    assert list(FIVE_TIMES) == TIME_COLUMNS
    assert len({time.colour for time in TIMES}) == 5


def test_a_comparison_begins_with_the_one_curve() -> None:
    assert VARIANTS[0] == CURVE
    assert len(set(VARIANTS)) == 6


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("theme", THEMES)
def test_curves_stay_apart(theme: str, sight: str) -> None:
    curves = _on(theme, VARIANTS)
    for one, other in itertools.combinations(curves, 2):
        assert _distance(one, other, sight) > 20, (one, other)


@pytest.mark.parametrize("sight", SIGHT)
def test_the_five_times_stay_apart(sight: str) -> None:
    for one, other in itertools.combinations(TIMES, 2):
        assert _distance(one.colour, other.colour, sight) > 20, (one, other)


@pytest.mark.parametrize("theme", THEMES)
def test_no_curve_has_the_colour_of_a_time_or_of_memory(theme: str) -> None:
    taken = [*(time.colour for time in TIMES), WEIGHTS, KV_CACHE, *_on(theme, [GHOST])]
    for curve, other in itertools.product(_on(theme, VARIANTS), taken):
        assert _distance(curve, other, "full") > 15, (curve, other)


@pytest.mark.parametrize("theme", THEMES)
def test_words_can_be_read_on_both_backgrounds_of_a_theme(settings: dict[str, Any], theme: str) -> None:
    words = _on(theme, [*VARIANTS, MUTED, *(time.text for time in TIMES)])
    colours = settings[theme]
    for background in (colours["backgroundColor"], colours["secondaryBackgroundColor"]):
        for word in (*words, colours["textColor"], colours["linkColor"]):
            assert contrast(word, background) >= 4.5, (word, background)


def test_curves_can_be_named_on_a_slide() -> None:
    assert min(contrast(colour, "#FFFFFF") for colour in VARIANTS) >= 7


@pytest.mark.parametrize("theme", THEMES)
def test_areas_and_lines_can_be_seen(settings: dict[str, Any], theme: str) -> None:
    background = settings[theme]["backgroundColor"]
    assert min(contrast(time.colour, background) for time in TIMES) > 2.2
    assert contrast(themed(GHOST, dark=theme == "dark"), background) >= 3


def test_words_can_be_read_on_every_area() -> None:
    for time in TIMES:
        assert contrast(words_on(time.colour), time.colour) >= 4.5, time


def test_words_keep_the_hue_of_their_time() -> None:
    for time in TIMES:
        for word in _on("light", [time.text]) + _on("dark", [time.text]):
            turn = _hue(word) - _hue(time.colour)
            assert abs((turn + 180) % 360 - 180) < 15, (time, word)


@pytest.mark.parametrize("theme", THEMES)
def test_uncoloured_charts_begin_with_the_colours_of_curves(settings: dict[str, Any], theme: str) -> None:
    assert settings[theme]["chartCategoricalColors"][:6] == _on(theme, VARIANTS)


def test_a_colour_for_both_themes_stays() -> None:
    assert themed(TIMES[0].colour, dark=True) == TIMES[0].colour
    assert themed(CURVE, dark=False) == CURVE != themed(CURVE, dark=True)
    assert themed(f"{CURVE}80", dark=True) == f"{CURVE}80"


def _on(theme: str, colours: Any) -> list[str]:
    return [themed(colour, dark=theme == "dark") for colour in colours]


def _distance(one: str, other: str, sight: str) -> float:
    """How far two colours lie apart for somebody: the distance in CIELAB."""
    lab = [_lab(SIGHT[sight] @ _linear(colour)) for colour in (one, other)]
    return float(np.linalg.norm(lab[0] - lab[1]))


def _hue(colour: str) -> float:
    """The angle of a colour in CIELAB. [degrees]"""
    _, a, b = _lab(_linear(colour))
    return float(np.degrees(np.arctan2(b, a)))


def _linear(colour: str) -> npt.NDArray[np.float64]:
    part = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)


def _lab(linear: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ linear.clip(0, 1)
    x, y, z = np.cbrt(xyz / np.array([0.9505, 1, 1.089]))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])
