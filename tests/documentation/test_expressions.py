"""Equations in docstrings: read as arithmetic, computed, written as LaTeX; what is none stays text."""

import math

import pytest

from infecon_core.documentation.expressions import latex, line, symbol_latex, value

NUMBERS = {"a": 2.0, "b": 3.0, "n": 12.0, "g": 8.0, "t_0": 0.5, "α": 0.8, "γ": 3.0}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = a + b·n", 38.0),
        ("x = a - b - n", -13.0),
        ("x = a/b/n", 2 / 36),
        ("x = -a·b", -6.0),
        ("x = a·b^2", 18.0),
        ("x = ⌈n/g⌉·g", 16.0),
        ("x = g/⌊n/g⌋", 8.0),
        ("x = √n", math.sqrt(12)),
        ("x = √(n/b)", 2.0),
        ("x = log2(g) + exp(t_0)", 3 + math.exp(0.5)),
        ("x = min(a, max(b, n))", 2.0),
        ("x = (1 - α^(γ + 1))/(1 - α)", (1 - 0.8**4) / 0.2),
        ("x = 2 × a − t_0", 3.5),
    ],
)
def test_arithmetic_is_computed(text: str, expected: float) -> None:
    found = line(text)
    assert found.right is not None
    assert value(found.right, NUMBERS) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    "text",
    [
        "T = Σ over layers",
        "bytes = a·kv(n)",
        "x = a b",
        "x = 2d",
        "x = f(a)",
        "x = a if b else n",
        "x = 'a'",
        "x = a[0]",
        "",
    ],
)
def test_what_is_no_arithmetic_stays_text(text: str) -> None:
    found = line(text)
    assert (found.right, found.symbol, found.names) == (None, "", ())
    assert found.text == text


def test_words_behind_a_formula_are_told_apart() -> None:
    found = line("N = min(n, E), but 1 for small batches, as printed")
    assert (found.symbol, found.names, found.words) == ("N", ("n", "E"), "but 1 for small batches, as printed")


def test_a_symbol_without_a_number_is_refused() -> None:
    found = line("x = a + missing").right
    assert found is not None
    with pytest.raises(KeyError):
        value(found, NUMBERS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = a/b/n", r"\frac{a}{b \cdot n}"),
        ("x = a - (b - n)", r"a - \left(b - n\right)"),
        ("x = a - b - n", "a - b - n"),
        ("x = (a + b)·n", r"\left(a + b\right) \cdot n"),
        ("x = (a + b)^2", r"\left(a + b\right)^{2}"),
        ("x = √(a + b)", r"\sqrt{a + b}"),
        ("x = ⌈a/b⌉", r"\left\lceil \frac{a}{b} \right\rceil"),
        ("x = log2(a)", r"\log_2\left(a\right)"),
        ("x = 1000000·a", r"10^{6} \cdot a"),
    ],
)
def test_latex_keeps_what_binds_what(text: str, expected: str) -> None:
    found = line(text).right
    assert found is not None
    assert latex(found, symbol_latex) == expected


def test_a_number_with_a_unit_stands_in_parentheses_under_a_power() -> None:
    found = line("x = a^2").right
    assert found is not None
    assert latex(found, lambda _: r"3\,\mathrm{ms}") == r"\left(3\,\mathrm{ms}\right)^{2}"


@pytest.mark.parametrize(
    ("symbol", "expected"),
    [
        ("ρ_max", r"\rho_{\mathrm{max}}"),
        ("t_0", r"t_{\mathrm{0}}"),
        ("TTFT", r"\mathrm{TTFT}"),
        ("t0", "t_{0}"),
        ("W", "W"),
        ("R_MW", r"R_{\mathrm{MW}}"),
        ("T_w_x", r"T_{\mathrm{w\_x}}"),
    ],
)
def test_symbols_have_subscripts(symbol: str, expected: str) -> None:
    assert symbol_latex(symbol) == expected
