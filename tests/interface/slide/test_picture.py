"""The files of a slide: what they hold, and that they are always the same."""

import io
import json
import math
import re
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from infecon_core import Scenario
from infecon_ui.slide.drawing import contrast, readable
from infecon_ui.slide.png import CARD, card, png
from infecon_ui.slide.svg import description, svg
from tests.support.slides import LINK, SOURCE, SUBTITLE, scenario, slide

SPACE = "{http://www.w3.org/2000/svg}"
SHOWN = slide("b200-hgx", "mi355x", headline='B200 & MI355X: "less" < half')


@pytest.fixture(scope="module")
def drawn() -> str:
    return svg(SHOWN)


@pytest.fixture(scope="module")
def picture(drawn: str) -> Image.Image:
    found = Image.open(io.BytesIO(png(drawn)))
    found.load()
    return found


def test_the_svg_shows_its_words_and_link(drawn: str) -> None:
    root = ElementTree.fromstring(drawn)
    words = [element.text or "" for element in root.iter(SPACE + "text")]
    assert SHOWN.headline in words
    assert SUBTITLE in words
    assert SOURCE in words
    assert SHOWN.date in words
    assert LINK.removeprefix("https://") in words
    assert LINK in [element.get("href") for element in root.iter(SPACE + "a")]


def test_the_svg_carries_scenarios_that_can_be_computed_again(drawn: str) -> None:
    root = ElementTree.fromstring(drawn)
    carried = json.loads(root.findtext(SPACE + "metadata") or "")
    assert [Scenario.model_validate(one) for one in carried["scenarios"]] == [scenario("b200-hgx"), scenario("mi355x")]
    assert carried["link"] == LINK
    assert root.findtext(SPACE + "title") == SHOWN.headline
    assert root.findtext(SPACE + "desc") == description(SHOWN)


def test_the_svg_asks_nobody_for_anything(drawn: str) -> None:
    addresses = re.findall(r"url\(([^)]*)\)|(?:href|src)=\"([^\"]*)\"", drawn)
    assert {a or b for a, b in addresses if not (a or b).startswith("data:")} == {LINK.replace("&", "&amp;")}
    assert "font/woff2;base64" in drawn


def test_the_description_tells_the_bars() -> None:
    value = SHOWN.bars[0].value
    assert value is not None
    assert f"{SHOWN.bars[0].name}: ${value:.2f}" in description(SHOWN)
    gap = replace(SHOWN, bars=(replace(SHOWN.bars[0], value=None, low=math.nan, high=math.nan),))
    assert "cannot reach 60 tokens/s" in description(gap)


def test_the_png_is_large_and_says_what_it_shows(picture: Image.Image) -> None:
    assert picture.format == "PNG"
    assert picture.size == (3840, 2160)
    assert picture.info["Title"] == SHOWN.headline
    assert picture.info["Description"] == description(SHOWN)
    assert json.loads(picture.info["Scenario"])["scenarios"][0]["engine"] == "serving"


def test_the_png_is_drawn_with_its_font(picture: Image.Image) -> None:
    # Ink where the headline stands, none in the margin beside it.
    pixels = np.asarray(picture.convert("L"))
    assert (pixels[100:220, 144:1000] < 90).mean() > 0.05
    assert (pixels[:, :120] == 255).all()


def test_the_same_slide_gives_the_same_files(drawn: str) -> None:
    again = svg(slide("b200-hgx", "mi355x", headline=SHOWN.headline))
    assert again == drawn
    assert png(again) == png(drawn)


def test_a_card_holds_the_whole_slide(drawn: str) -> None:
    found = Image.open(io.BytesIO(card(drawn)))
    assert found.size == CARD
    pixels = np.asarray(found.convert("L"))
    # The slide is narrower than the card: white at both sides, ink from its headline to its foot.
    assert (pixels[:, :40] == 255).all()
    assert (pixels[:, -40:] == 255).all()
    rows = np.flatnonzero((pixels < 128).any(axis=1))
    assert rows[0] < 45
    assert rows[-1] > CARD[1] - 40


def test_what_cannot_stand_in_xml_is_left_out() -> None:
    ElementTree.fromstring(svg(replace(SHOWN, headline="a\x00b\x1fc <&> ]]>", link='"><script>')))


@pytest.mark.parametrize(("colour", "ratio"), [("#FFFFFF", 1.0), ("#000000", 21.0), ("#777777", 4.48)])
def test_contrast_is_that_of_the_standard(colour: str, ratio: float) -> None:
    assert contrast(colour) == pytest.approx(ratio, abs=0.005)


@pytest.mark.parametrize("colour", ["#E5B800", "#18AC78", "#FFFFFF", "#16202C"])
def test_colours_of_names_are_darkened_as_little_as_it_takes(colour: str) -> None:
    found = readable(colour)
    assert contrast(found) >= 7
    assert found == colour if contrast(colour) >= 7 else contrast(found) < 7.6
