"""A drawn map on the page: its colours on both themes, what is marked, and where there is no value."""

import re
from dataclasses import replace

import pytest

from infecon_ui.charts.drawings import Cell, Cells
from infecon_ui.charts.palette import SHADES, contrast, shade, themed
from infecon_ui.plots.cells import NO_VALUE, cells_html

MAP = Cells(
    "Prompt",
    "Model",
    ("1k", "2k", "4k"),
    ("A", "B"),
    (
        (Cell("$1", SHADES[0]), Cell("$2", SHADES[6], sign="*"), Cell("$3", SHADES[-1])),
        (Cell(NO_VALUE, more=("Too slow.",)), Cell("1"), Cell("")),
    ),
    ((SHADES[0], "$1"), (SHADES[-1], "$3")),
    (1, 0),
)


@pytest.mark.parametrize("dark", [False, True])
def test_words_on_colours_can_be_read(*, dark: bool) -> None:
    html = cells_html(MAP, "", dark=dark)
    pairs = re.findall(r"background:(#\w{6});color:(#\w{6})", html)
    assert len(pairs) == 3
    assert all(contrast(*pair) >= 4.5 for pair in pairs)


def test_the_dark_theme_has_shades_of_its_own() -> None:
    assert themed(SHADES[0], dark=True) != SHADES[0]
    assert SHADES[0] not in cells_html(MAP, "", dark=True)
    page = "#14171C"
    contrasts = [contrast(themed(one, dark=True), page) for one in SHADES]
    assert contrasts == sorted(contrasts)
    assert contrasts[-1] > 8


def test_shades_go_from_end_to_end() -> None:
    assert (shade(0.0), shade(1.0)) == (SHADES[0], SHADES[-1])
    assert len(set(SHADES)) == len(SHADES)


def test_what_has_no_value_is_told_from_what_has_no_colour() -> None:
    html = cells_html(MAP, "", dark=False)
    assert len(re.findall(r'<td class="none[^"]*"', html)) == 2
    assert '<td class="none now"><div tabindex="0"><b>–</b>' in html
    assert '<td class=""><div><b>1</b>' in html


def test_the_present_row_and_column_are_marked() -> None:
    html = cells_html(MAP, "", dark=False)
    assert '<th scope="col" class="now">1k</th>' in html
    assert '<th scope="row" class="now">B</th>' in html
    assert 'class="now"' not in cells_html(replace(MAP, now=(None, None)), "", dark=False)


def test_phones_are_told_to_swipe_where_columns_have_no_room() -> None:
    assert "Swipe" in cells_html(MAP, "", dark=False)
    two = replace(MAP, columns=("1k", "2k"), cells=tuple(row[:2] for row in MAP.cells))
    assert "Swipe" not in cells_html(two, "", dark=False)
