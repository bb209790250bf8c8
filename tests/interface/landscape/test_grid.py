"""Maps as HTML: what stands in them, that nothing breaks out of them, and that their words can be read."""

import re

import pytest

from infecon_ui.charts.palette import contrast, themed, words_on
from infecon_ui.landscape import grid
from infecon_ui.landscape.grid import Cell, Head


def _shown(*cells: Cell) -> str:
    return grid.table("What it shows", "speed", [Head("50", now=True)] * len(cells), [(Head("A model", "8 B"), cells)])


def test_a_cell_is_a_link_with_its_words() -> None:
    html = _shown(Cell("B200", "$1.2", "c0 alone", ("B200: $1.2", "Then H100"), "./?at=3&v=1"))
    assert '<td class="c0 alone now"><a href="./?at=3&amp;v=1" target="_self"><b>B200</b><small>$1.2</small>' in html
    assert "<i>B200: $1.2</i><i>Then H100</i>" in html
    assert '<th scope="row">A model <small>8 B</small></th>' in html
    assert '<th scope="col" class="now">50</th>' in html
    assert "<figcaption>What it shows</figcaption>" in html


def test_a_cell_without_a_link_is_none() -> None:
    html = _shown(Cell("–", "does not fit"))
    assert "<a " not in html
    assert '<td class="none now"><div><b>–</b><small>does not fit</small></div></td>' in html


def test_names_are_words_and_no_markup() -> None:
    evil = "<img src=x onerror=alert(1)>\"'"
    html = grid.table(
        evil, evil, [Head(evil)], [(Head(evil, evil), [Cell(evil, evil, more=(evil,), link=f"./?{evil}")])]
    )
    assert "<img" not in html
    assert not re.search(r'="[^"]*<', html)
    assert "<img" not in grid.key([("c0", evil, 1.0)])


def test_details_stand_inside_the_map() -> None:
    one = Cell("x", more=("more",))
    html = grid.table("", "", [Head("a"), Head("b")], [(Head("1"), [one, one]), (Head("2"), [one, one])])
    assert re.findall(r'class="(tip[^"]*)"', html) == ["tip", "tip back", "tip up", "tip up back"]


def test_a_price_has_a_strength_and_nothing_else_has() -> None:
    assert '<td class="priced p11 now">' in _shown(Cell("$1", look=grid.PRICED, strength=1.0))
    assert '<td class="c0 open now">' in _shown(Cell("$1", look="c0 open", strength=1.0))


def test_a_setup_beyond_what_was_measured_has_a_sign() -> None:
    assert "<sup>*</sup>" in _shown(Cell("B200", look="c0 alone", beyond=True))
    assert "<sup>" not in _shown(Cell("B200", look="c0 alone"))
    assert "<b>*</b>beyond" in grid.key([(grid.BEYOND_SIGN, "beyond", 1.0)])


@pytest.mark.parametrize("dark", [False, True])
def test_prices_have_shades_from_one_end_to_the_other(*, dark: bool) -> None:
    shades, css = grid.shades(dark=dark), grid.style(dark=dark)
    assert contrast(shades[0], shades[-1]) > 8
    for i, shade in enumerate(shades):
        assert contrast(shade, words_on(shade)) >= 4.5
        assert f".p{i} {{ background: {shade}; color: {words_on(shade)}; }}" in css


@pytest.mark.parametrize("dark", [False, True])
def test_words_on_colours_can_be_read(*, dark: bool) -> None:
    css = grid.style(dark=dark)
    for i, colour in enumerate(grid.COLOURS):
        drawn = themed(colour, dark=dark)
        assert contrast(drawn, words_on(drawn)) >= 4.5
        assert f".c{i}, .infecon-key .c{i} {{ --c: {drawn}; --ink: {words_on(drawn)}; }}" in css


def test_winners_beyond_the_colours_share_the_last_one() -> None:
    assert grid.colour(0) == "c0"
    assert grid.colour(40) == grid.colour(len(grid.COLOURS)) == f"c{len(grid.COLOURS) - 1}"
