"""The slide's font: widths and lines."""

import subprocess
import sys

import pytest
from PIL import ImageFont

from infecon_core import catalog
from infecon_ui.slide import typeface
from tests.support.repository import ROOT


def test_widths_are_those_of_the_font() -> None:
    # Advances of the digits are 497 of 1,000 units in this font, of the space 200.
    assert typeface.width("0123456789", 100) == pytest.approx(497)
    assert typeface.width("0 0", 10) == pytest.approx(11.94)


def test_pairs_are_kerned() -> None:
    apart = typeface.width("A", 100) + typeface.width("V", 100)
    assert typeface.width("AV", 100) < apart - 1


def test_semibold_is_wider() -> None:
    assert typeface.width("DeepSeek", 50, "Semibold") > typeface.width("DeepSeek", 50)


@pytest.mark.parametrize(
    ("words", "room", "lines"),
    [
        ("", 100, []),
        ("one two", 1000, ["one two"]),
        ("one two three", 100, ["one two", "three"]),
        ("one  two\nthree", 1000, ["one two three"]),
    ],
)
def test_lines_break_at_spaces(words: str, room: float, lines: list[str]) -> None:
    assert typeface.lines_of(words, 25, "Regular", room) == lines


def test_long_words_break_after_signs() -> None:
    link = "example.org/?gpu=b200-hgx&prompt=8000&output=1000"
    lines = typeface.lines_of(link, 25, "Regular", 300)
    assert "".join(lines) == link
    assert lines[0] == "example.org/?gpu=b200-"
    assert all(typeface.width(line, 25) <= 300 for line in lines)


def test_what_does_not_fit_ends_in_an_ellipsis() -> None:
    short = typeface.shortened("one two three four", 25, "Regular", 120)
    assert short.endswith("…")
    assert typeface.width(short, 25) <= 120
    lines = typeface.at_most("one two three four five six", 25, "Regular", 100, 2)
    assert lines[0] == "one two"
    assert lines[1].startswith("three")
    assert lines[1].endswith("…")


def test_a_long_link_keeps_its_beginning() -> None:
    link = "example.org/?" + "&".join(f"k{n}=1" for n in range(99))
    first, second = typeface.at_most(link, 25, "Regular", 400, 2)
    assert link.startswith(first + second.removesuffix("…"))


def test_balanced_lines_are_as_many_and_more_equal() -> None:
    words = "GB200 serves DeepSeek V3 for less than half of what B200 costs"
    greedy = typeface.lines_of(words, 50, "Semibold", 1100)
    even = typeface.balanced(words, 50, "Semibold", 1100)
    assert len(even) == len(greedy) == 2
    assert " ".join(even) == words

    def difference(lines: list[str]) -> float:
        first, second = (typeface.width(line, 50, "Semibold") for line in lines)
        return abs(first - second)

    assert difference(even) < difference(greedy)


def test_what_the_font_lacks_is_told_and_replaced() -> None:
    assert typeface.unknown("H100 ≥ 50 × · − ≤ → µ ü — 日本 日") == "日本"
    assert typeface.printable("a\tb\u200b\x07 日") == "a b ?"


def test_words_of_the_interface_can_be_printed() -> None:
    names = [entry.architecture.name for entry in catalog.models().values()]
    names += [entry.accelerator.name for entry in catalog.accelerators().values()]
    assert typeface.unknown("".join(names)) == ""


def test_the_fonts_carry_their_licence_and_no_reserved_name() -> None:
    licence = (typeface.FOLDER / "OFL.txt").read_text(encoding="utf-8")
    assert "SIL OPEN FONT LICENSE" in licence
    for weight in typeface.WEIGHTS:
        for ending in ("ttf", "woff2"):
            assert typeface.font_file(weight, ending).stat().st_size < 150_000
        assert "Source" not in ImageFont.truetype(typeface.font_file(weight)).getname()[0]


@pytest.mark.parametrize("weight", typeface.WEIGHTS)
def test_widths_agree_with_another_reader_of_the_font(weight: typeface.Weight) -> None:
    # Character by character: that reader takes kerning for a 64th of what it is.
    face = ImageFont.truetype(typeface.font_file(weight), 1000, layout_engine=ImageFont.Layout.BASIC)
    for character in "AVgi0 ≥×·−→µü—…":
        assert typeface.width(character, 1000, weight) == pytest.approx(face.getlength(character), abs=1)


def test_measuring_needs_no_streamlit() -> None:
    script = "import sys; sys.modules['streamlit'] = None; import infecon_ui.slide.svg, infecon_ui.slide.png"
    ran = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
