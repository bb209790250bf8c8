"""Links from the paper to the first page."""

from urllib.parse import parse_qsl

import pytest

from infecon_core.paper.exhibits.scenarios import choices_of
from infecon_core.paper.exhibits.values import exhibit
from infecon_ui.paper import exhibits, opening
from infecon_ui.state import links


def _read(address: str) -> links.Link:
    assert address.startswith("./?")
    return links.decode(dict(parse_qsl(address.removeprefix("./?"))))


def test_a_row_opens_at_its_own_speed() -> None:
    shown, table = exhibit("figure-1"), exhibits.table("figure-1")
    found = opening.of_rows(shown, table)
    assert list(found) == [(row.label, "") for row in shown.rows]
    link = _read(found["Llama 3 70B, within $0.90 a million", ""])
    assert not link.faults
    assert not link.comparison.active
    assert link.comparison.base.value("at") == 133.9
    assert link.comparison.base.scenario().engine == "published"
    assert max(map(len, found.values())) <= 200


def test_what_is_solved_by_hand_or_fitted_does_not_open() -> None:
    for name in ("table-1", "figure-2"):
        assert not opening.of_rows(exhibit(name), exhibits.table(name))


def test_all_curves_of_a_figure_stand_side_by_side() -> None:
    curves = exhibit("figure-9").curves
    link = _read(opening.together(curves))
    assert not link.faults
    assert [member.choices for member in link.comparison.members] == [choices_of(line.setup) for line in curves]


def test_more_curves_than_can_be_compared_open_one_by_one() -> None:
    curves = exhibit("figure-9").curves * 2
    assert opening.together(curves) == ""
    assert "side by side" not in opening.sentence(curves)


@pytest.mark.parametrize("one", exhibits.drawn().sets, ids=lambda one: one.label)
def test_sets_of_curves_open_together(one: exhibits.CurveSet) -> None:
    link = _read(opening.together(one.curves))
    assert not link.faults
    assert len(link.comparison.members) == len(one.curves)
