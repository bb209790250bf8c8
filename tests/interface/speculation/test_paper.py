"""Equation 46 with the present numbers, and Table 5."""

import re

import pytest

from infecon_core.paper.exhibits.values import exhibit
from infecon_ui.charts.drawings import Cells, Lines
from infecon_ui.speculation import paper
from tests.support.speculation import asked_of


@pytest.mark.parametrize("values", [{}, {"model": "llama-3.1-70b", "engine": "published"}])
def test_the_numbers_in_the_formula_make_its_result(values: dict[str, str]) -> None:
    asked = asked_of(**values)
    for formula in paper.equations(asked):
        numbers = re.search(
            r"\\frac\{\(1-(0\.\d\d)\)\\,\(([\d.]+) \+ (\d)\\cdot ([\d.]+)\)\}\{1-0\.\d\d\^\{(\d)\}\}.* = ([\d.]+)\\ ",
            formula,
        )
        assert numbers is not None, formula
        alpha, check, gamma, draft, power, total = map(float, numbers.groups())
        assert (1 - alpha) * (check + gamma * draft) / (1 - alpha**power) == pytest.approx(total, rel=2e-3)
        assert power in (gamma, gamma + 1)


def test_an_acceptance_of_one_has_its_limit() -> None:
    first, second = paper.equations(asked_of(spec="self", acceptance=1.0))
    for formula in (first, second):
        numbers = re.search(r"\\frac\{([\d.]+) \+ (\d)\\cdot ([\d.]+)\}\{(\d)\}\\ .* = ([\d.]+)\\ ", formula)
        assert numbers is not None, formula
        check, gamma, draft, tokens, total = map(float, numbers.groups())
        assert (check + gamma * draft) / tokens == pytest.approx(total, rel=2e-3)


def test_the_difference_is_that_of_the_two_lines() -> None:
    plot = paper.forms_plot(asked_of())
    assert isinstance(plot.drawing, Lines)
    ours, leviathan = plot.drawing.lines
    percent = re.search(r"is ([\d.]+)% faster", plot.claim)
    assert percent is not None
    assert float(percent[1]) / 100 == pytest.approx(ours.y.min() / leviathan.y.min() - 1, rel=0.05)


def test_what_the_papers_tables_lose_is_told() -> None:
    assert "9 to 21% higher" in paper.explained(asked_of())


def test_table_5_stands_as_printed_beside_both_forms() -> None:
    plot = paper.table_plot()
    assert isinstance(plot.drawing, Cells)
    rows = exhibit("table-5").rows
    assert plot.drawing.rows == tuple(row.label for row in rows)
    for row, cells in zip(rows, plot.drawing.cells, strict=True):
        assert cells[0].text == f"{row.printed['tokens_per_s_user'].value:.0f} tokens/s"
        assert cells[0].link == ""
        assert cells[1].text == cells[0].text  # the early form gives what is printed
        assert "engine=published" in cells[2].link
    assert plot.drawing.cells[3][2].text == "57 tokens/s"
    assert "1.38 times the speed of Llama 3 70B as printed" in plot.claim
