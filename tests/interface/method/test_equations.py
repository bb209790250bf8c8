"""Equations as Markdown: formula, numbers, symbols; search; nothing that KaTeX or Markdown would break on."""

import re

import pytest

from infecon_core import Scenario
from infecon_core.documentation.equations import equations
from infecon_ui.method.cache import Worked, worked
from infecon_ui.method.equations import SUBJECT_OF_ALL, formulas, found, prose, symbols, units_of

BY_NAME = {equation.name: equation for equation in equations()}


@pytest.fixture(scope="module")
def point() -> Worked:
    found = worked(Scenario.preset("llama-3.1-70b", "h100-sxm"))
    assert isinstance(found, Worked)
    return found


def test_a_formula_goes_from_symbols_over_numbers_to_the_result(point: Worked) -> None:
    equation = BY_NAME["physics.queueing.waiting_s"]
    (call, *_) = point.numbers[equation.name]
    q, d, t = (call.numbers[symbol] for symbol in "qdt")
    text = formulas(equation, call)
    assert text.startswith(r"$\displaystyle W = q \cdot d \cdot t$ $\displaystyle = ")
    assert call.result[0] == pytest.approx(q * d * t, rel=1e-12)
    assert text.count("$") == 6


def test_lines_that_do_not_hold_say_so(point: Worked) -> None:
    equation = BY_NAME["physics.kv_cache.sequence_bytes"]
    plain, windowed = formulas(equation, point.numbers[equation.name][0]).split("\n\n")
    assert "MB" in plain or "kB" in plain
    assert windowed.endswith("not so here]")


def test_an_equation_without_a_call_stands_with_symbols_alone() -> None:
    assert formulas(BY_NAME["physics.queueing.waiting_from_start"], None) == (
        r"$\displaystyle q = \frac{\max\left(c - 1, 0\right)}{2 \cdot n}$"
    )


def test_symbols_are_a_table_with_a_column_for_each_call(point: Worked) -> None:
    name = "physics.collectives.all_reduce"
    calls = point.numbers[name]
    table = symbols(BY_NAME[name], calls).splitlines()
    assert table[0].count("|") == 4 + len(calls)
    assert all(row.count("|") == table[0].count("|") for row in table)
    assert any("Latency of a further rank" in row and "600 ns" in row for row in table)


@pytest.mark.parametrize("engine", ["serving", "published"])
def test_every_formula_is_whole(engine: str) -> None:
    found = worked(Scenario.preset("deepseek-v3", "b200-hgx", engine=engine))
    assert isinstance(found, Worked)
    for equation in equations():
        for call in (*found.numbers.get(equation.name, ()), None):
            for part in re.findall(r"\$([^$]+)\$", formulas(equation, call)):
                assert part.count("{") == part.count("}"), part
                assert part.count(r"\left") == part.count(r"\right"), part
                assert "nan" not in part
                assert "inf" not in part.replace(r"\infty", "")


def test_the_first_symbol_has_the_unit_of_the_result() -> None:
    assert units_of(BY_NAME["physics.ttft.ttft_s"])["TTFT"] == "s"
    assert units_of(BY_NAME["pricing.usd_per_million_tokens"])["U"] == "USD"


def test_all_words_of_a_search_must_occur() -> None:
    names = {equation.name for equation in found(SUBJECT_OF_ALL, "KV Cache grouped", frozenset())}
    assert "physics.kv_cache.cache_shards" in names
    assert all("physics.queueing" not in name for name in names)
    assert found(SUBJECT_OF_ALL, "zebra", frozenset()) == []


def test_what_a_point_uses_comes_first() -> None:
    used = frozenset({"physics.queueing.waiting_s"})
    first, *others = found("Prompts and first token", "", used)
    assert first.name in used
    assert len(others) > 5


def test_prose_keeps_code_and_escapes_the_rest() -> None:
    assert prose("It costs $1 as in `a_b`,\n  see <b>x</b>_y_") == r"It costs \$1 as in `a_b`, see \<b\>x\</b\>\_y\_"
