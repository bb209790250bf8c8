"""Maps as HTML: what stands in them, that nothing breaks out of them, and where details stand."""

import re

from infecon_ui.plots.map_table import Head, TableCell, key, style, table


def _shown(*cells: TableCell) -> str:
    return table(
        *("What it shows", "speed"),
        [Head("50", now=True)] * len(cells),
        [(Head("A model", "8 B"), cells)],
        below="Said",
    )


def test_a_cell_is_a_link_with_its_words() -> None:
    html = _shown(TableCell("B200", "$1.2", "c0 alone", more=("B200: $1.2", "Then H100"), link="./?at=3&v=1"))
    assert '<td class="c0 alone now"><a href="./?at=3&amp;v=1" target="_self"><b>B200</b><small>$1.2</small>' in html
    assert "<i>B200: $1.2</i><i>Then H100</i>" in html
    assert '<th scope="row">A model <small>8 B</small></th>' in html
    assert '<th scope="col" class="now">50</th>' in html
    assert "<figcaption>Said</figcaption>" in html


def test_a_cell_without_a_link_is_none() -> None:
    html = _shown(TableCell("–", "does not fit"))
    assert "<a " not in html
    assert '<td class="none now"><div><b>–</b><small>does not fit</small></div></td>' in html


def test_details_of_a_cell_without_a_link_can_be_reached_by_keys() -> None:
    assert '<div tabindex="0"><b>–</b>' in _shown(TableCell("–", more=("It does not fit.",)))


def test_names_are_words_and_no_markup() -> None:
    evil = "<img src=x onerror=alert(1)>\"'"
    cell = TableCell(evil, evil, style=evil, more=(evil,), link=f"./?{evil}", sign=evil)
    html = table(evil, evil, [Head(evil)], [(Head(evil, evil), [cell])], below=evil, swipe=evil)
    assert "<img" not in html
    assert not re.search(r'="[^"]*<', html)
    assert "<img" not in key([("<s></s>", evil)])


def test_details_stand_inside_the_map() -> None:
    one = TableCell("x", more=("more",))
    html = table("", "", [Head("a"), Head("b")], [(Head("1"), [one, one]), (Head("2"), [one, one])])
    assert re.findall(r'class="(tip[^"]*)"', html) == ["tip", "tip back", "tip up", "tip up back"]


def test_a_sign_stands_in_the_corner() -> None:
    assert "<sup>*</sup>" in _shown(TableCell("B200", sign="*"))
    assert "<sup>" not in _shown(TableCell("B200"))


def test_a_map_with_many_columns_scrolls_for_itself() -> None:
    cells = [TableCell("x")] * 30
    many = table("", "", [Head("a")] * 30, [(Head("1"), cells)])
    few = table("", "", [Head("a")] * 3, [(Head("1"), cells[:3])])
    assert 'class="infecon-map many"' in many
    assert 'class="infecon-map"' in few


def test_rules_of_a_page_come_after_those_of_all() -> None:
    assert style(dark=True, more=".own {}").endswith(".own {}</style>")
    assert style(dark=True) != style(dark=False)
