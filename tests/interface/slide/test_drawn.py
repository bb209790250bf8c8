"""A drawing on a slide can be read, and has the numbers that it was given."""

from dataclasses import replace
from itertools import combinations

import pytest

from infecon_ui.charts.drawings import Panels
from infecon_ui.charts.palette import VARIANTS, contrast
from infecon_ui.slide.content import Slide
from infecon_ui.slide.drawing import Box, Disc, Part, Rectangle, Stroke, Text, texts_of
from infecon_ui.slide.layout import HEIGHT, LEAST_SIZE, WIDTH, layout
from tests.support.drawings import BARS, CELLS, DRAWINGS, LINES
from tests.support.slides import slide


def _parts(name: str, **changes: object) -> list[Part]:
    shown: Slide = replace(slide("b200-hgx", bars=False), drawing=DRAWINGS[name], **changes)
    return layout(shown).parts


@pytest.fixture(params=DRAWINGS, scope="module")
def texts(request: pytest.FixtureRequest) -> list[Text]:
    """The texts of every drawing."""
    return texts_of(_parts(request.param))


def test_no_text_overlaps_another(texts: list[Text]) -> None:
    assert [(a.words, b.words) for a, b in combinations(texts, 2) if a.box.meets(b.box)] == []


def test_no_text_runs_out_or_is_small(texts: list[Text]) -> None:
    page = Box(24, 12, WIDTH - 24, HEIGHT - 12)
    assert [text.words for text in texts if not page.holds(text.box)] == []
    assert min(text.size for text in texts) >= LEAST_SIZE


def test_lines_have_their_names_their_axes_and_their_points() -> None:
    parts = _parts("lines")
    words = [text.words for text in texts_of(parts)]
    assert {"H100 SXM", "B200", "An API", "measured", "load of today", "Requests per second"} <= set(words)
    dots = [part for part in parts if isinstance(part, Disc) and part.colour == VARIANTS[3]]
    assert len(dots) == 7
    dashes = {bool(part.dash) for part in parts if isinstance(part, Stroke) and part.colour == VARIANTS[1]}
    assert dashes == {True, False}


def test_bars_begin_at_zero_and_are_as_long_as_their_values() -> None:
    boxes = {
        (part.colour, round(part.box.top)): part.box
        for part in _parts("bars")
        if isinstance(part, Rectangle) and part.box.height > 24
    }
    (first, _), *_ = sorted(boxes.items(), key=lambda item: item[0][1])
    more, less = (
        next(box for (colour, top), box in boxes.items() if (colour, top) == (one, first[1])) for one in VARIANTS[:2]
    )
    assert more.right == pytest.approx(less.left)
    assert more.width / less.width == pytest.approx(0.21 / 0.17)
    words = {text.words for text in texts_of(_parts("bars"))}
    assert {row.text for row in BARS.rows} <= words
    assert {"10% more", "10% less"} <= words


def test_words_of_a_cell_read_on_its_colour() -> None:
    parts = _parts("cells")
    areas = [part for part in parts if isinstance(part, Rectangle) and part.box.height > 60]
    assert len(areas) == len(CELLS.rows) * len(CELLS.columns)
    for text in texts_of(parts):
        for area in areas:
            if area.box.holds(text.box):
                assert contrast(text.colour, area.colour) >= 4.5
    assert {"1k", "8k", "32k", *CELLS.rows, "cheap", "dear"} <= {text.words for text in texts_of(parts)}


def test_small_charts_have_their_titles_and_lie_side_by_side() -> None:
    titles = {text.words: text for text in texts_of(_parts("panels")) if text.words.startswith("batch")}
    assert set(titles) == {"batch 1", "batch 2", "batch 4", "batch 8"}
    assert titles["batch 1"].y == titles["batch 4"].y < titles["batch 8"].y


def test_small_charts_of_the_same_lines_name_them_once() -> None:
    lines = replace(LINES, at=None, at_words="")
    panels = Panels(tuple((f"batch {i}", lines) for i in range(6)))
    shown = replace(slide("b200-hgx", bars=False), drawing=panels)
    texts = texts_of(layout(shown).parts)
    words = [text.words for text in texts]
    names = {line.name for line in lines.lines if line.name}
    assert len(names) > 1
    assert [words.count(name) for name in names] == [1] * len(names)
    assert words.count(lines.y.title) == 1
    assert words.count(lines.x.title) == 3
    assert "" not in words
    assert [(a.words, b.words) for a, b in combinations(texts, 2) if a.box.meets(b.box)] == []


def test_the_target_of_a_drawing_is_its_own() -> None:
    words = [text.words for text in texts_of(_parts("lines", target=3.0))]
    assert LINES.at_words in words
    assert "at least 3" not in words


def test_lines_of_one_name_are_named_once() -> None:
    first = LINES.lines[0]
    twice = replace(LINES, lines=(first, replace(first, y=first.y / 2), *LINES.lines[1:]))
    shown = replace(slide("b200-hgx", bars=False), drawing=twice)
    assert [text.words for text in texts_of(layout(shown).parts)].count(first.name) == 1


def test_a_cell_with_room_has_its_second_line() -> None:
    cells = tuple(tuple(replace(cell, small="8 GPUs") for cell in row) for row in CELLS.cells)
    shown = replace(slide("b200-hgx", bars=False), drawing=replace(CELLS, cells=cells))
    texts = texts_of(layout(shown).parts)
    drawn = sum(cell.text != "" for row in cells for cell in row)
    assert [text.words for text in texts].count("8 GPUs") == drawn
    assert [(a.words, b.words) for a, b in combinations(texts, 2) if a.box.meets(b.box)] == []
