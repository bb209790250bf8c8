"""Bisection: against trying every place, and how few are tried."""

import math

import pytest

from infecon_core.bisection import last_inside, whole_middle


@pytest.mark.parametrize("change", range(1, 18))
def test_the_change_is_found_from_both_sides(change: int) -> None:
    tried: list[float] = []

    def below(n: float) -> bool:
        tried.append(n)
        return n < change

    assert last_inside(0, 17, below) == (change - 1, change)
    assert last_inside(17, 0, lambda n: not below(n)) == (change, change - 1)
    assert not {0, 17} & set(tried)
    assert len(tried) <= 2 * math.ceil(math.log2(17))


def test_neighbours_are_the_answer_already() -> None:
    assert last_inside(3, 4, lambda n: pytest.fail(f"{n} was tried")) == (3, 4)
    assert (whole_middle(3, 4), whole_middle(4, 3), whole_middle(-1, 2), whole_middle(2, -1)) == (3, 4, 0, 1)


def test_places_need_not_be_whole() -> None:
    def middle(one: float, other: float) -> float:
        return math.sqrt(one * other) if abs(math.log(one / other)) > 1e-6 else one

    inside, outside = last_inside(1.0, 100.0, lambda x: x * x <= 2, middle)
    assert inside <= math.sqrt(2) < outside
    assert outside / inside == pytest.approx(1, abs=2e-6)
