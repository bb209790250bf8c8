"""How cells of the landscape look: colours of winners, shades of prices, and that words on them can be read."""

import pytest

from infecon_ui.charts.palette import SHADES, contrast, themed, words_on
from infecon_ui.landscape import grid


def test_a_price_has_a_shade_by_its_strength() -> None:
    assert (grid.priced(0.0), grid.priced(1.0)) == ("priced p0", "priced p11")


def test_keys_are_words_and_no_markup() -> None:
    assert "<img" not in grid.key([("c0", "<img src=x onerror=alert(1)>")])


def test_setups_beyond_what_was_measured_have_a_sign() -> None:
    assert "<b>*</b>beyond" in grid.key([(grid.BEYOND_SIGN, "beyond")])
    assert '<s class="c0 alone"></s>B200' in grid.key([("c0 alone", "B200")])


@pytest.mark.parametrize("dark", [False, True])
def test_prices_have_shades_from_one_end_to_the_other(*, dark: bool) -> None:
    shades, css = grid.shades(dark=dark), grid.style(dark=dark)
    assert len(shades) == len(SHADES)
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
