"""Names stand beside the panel or at ends, and no two overlap."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infecon_ui.charts.ends import LINE, places, spread

PANEL = (480.0, 366.0)
HEIGHTS = st.lists(st.floats(0, 1), min_size=1, max_size=6)
ENDS = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=6)


@given(HEIGHTS)
def test_names_keep_their_distance_and_stay_inside(wanted: list[float]) -> None:
    found = spread(wanted, 0.1, 0.0, 1.05)
    assert all(one - other >= 0.1 - 1e-9 for one, other in itertools.pairwise(found))
    assert found[0] <= 1.05 + 1e-9
    assert found[-1] >= -1e-9


def test_names_that_have_room_stand_where_they_want() -> None:
    assert spread([0.9, 0.5, 0.1], 0.1, 0.0, 1.0) == pytest.approx([0.9, 0.5, 0.1])


@given(ENDS)
def test_no_two_names_beside_the_panel_overlap(ends: list[tuple[float, float]]) -> None:
    found = places(ends, [f"name {i}" for i in range(len(ends))], *PANEL)
    assert [(one.x, one.y) for one in found] == [(x, y) for x, y in ends]
    beside = sorted(one.at_y for one in found if one.beside)
    assert all(other - one >= LINE / PANEL[1] - 1e-9 for one, other in itertools.pairwise(beside))
    assert all(one.at_x > 1 for one in found if one.beside)


def test_lines_to_the_names_do_not_cross() -> None:
    # Three leave through the upper edge: the one farthest left is named on top. Two leave through the lower edge.
    ends = [(0.8, 1.0), (0.7, 1.0), (0.9, 1.0), (0.95, 0.5), (0.75, 0.0), (0.85, 0.0)]
    found = places(ends, ["name"] * 6, *PANEL)
    from_top = sorted(range(6), key=lambda i: -found[i].at_y)
    assert from_top == [1, 0, 2, 3, 5, 4]


def test_a_curve_that_ends_far_from_the_side_is_named_there() -> None:
    near, far = places([(0.3, 0.9), (0.95, 1.0)], ["slow", "fast"], *PANEL)
    assert not near.beside
    assert far.beside
    assert near.at_x < 0.4
