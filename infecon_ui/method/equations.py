"""An equation on the page: its formula, the same with this scenario's numbers, its symbols, range and source."""

import re

from infecon_core.documentation.docstrings import Symbol
from infecon_core.documentation.equations import Equation, Substituted, equations
from infecon_core.documentation.expressions import Line, latex, symbol_latex
from infecon_ui.method import quantities
from infecon_ui.text.markdown import escaped

SUBJECT_OF_ALL = "All subjects"


def found(subject: str, words: str, used: frozenset[str]) -> list[Equation]:
    """The equations of a subject in which all words occur, those that this point uses first.

    Args:
        subject (str): One of the library's subjects, or `SUBJECT_OF_ALL`.
        words (str): What is looked for, in any case; empty for all.
        used (set of str): Names of the equations that were computed.
    """
    wanted = words.casefold().split()
    kept = [
        equation
        for equation in equations()
        if subject in (SUBJECT_OF_ALL, equation.subject) and all(word in _text(equation) for word in wanted)
    ]
    return sorted(kept, key=lambda equation: equation.name not in used)


def _text(equation: Equation) -> str:
    said = equation.said
    symbols = (f"{symbol.symbol} {symbol.meaning}" for symbol in said.symbols)
    lines = (line.text for line in said.lines)
    return " ".join([equation.name, said.summary, said.body, said.source, *said.notes, *symbols, *lines]).casefold()


def formulas(equation: Equation, numbers: Substituted | None) -> str:
    """The lines of an equation as Markdown, each with its numbers where it holds in this call."""
    holds = numbers.holds if numbers else (True,) * len(equation.said.lines)
    lines = zip(equation.said.lines, holds, strict=True)
    return "\n\n".join(_formula(equation, line, numbers if held else None, held) for line, held in lines)


def _formula(equation: Equation, line: Line, numbers: Substituted | None, held: bool) -> str:
    nothing = numbers is not None and numbers.numbers.get(line.symbol) == 0  # experts of a dense model
    words = f"{prose(line.words)}; not so here" if line.words and (nothing or not held) else prose(line.words)
    behind = f" :gray[{words}]" if words else ""
    if line.right is None:
        return f"`{line.text}`"
    left = f"{symbol_latex(line.symbol)} = " if line.symbol else ""
    parts = [f"{left}{latex(line.right, symbol_latex)}"]
    if numbers is not None and any(name in numbers.numbers for name in line.names):
        units = units_of(equation)

        def written(symbol: str) -> str:
            known = numbers.numbers.get(symbol)
            return symbol_latex(symbol) if known is None else quantities.latex(known, units.get(symbol, ""))

        parts.append(f"= {latex(line.right, written)}")
        if line.symbol in numbers.numbers:
            parts.append(f"= {quantities.latex(numbers.numbers[line.symbol], units.get(line.symbol, ''))}")
    # Formulas of their own: lines of a narrow screen break between them.
    return " ".join(f"$\\displaystyle {part}$" for part in parts) + behind


def units_of(equation: Equation) -> dict[str, str]:
    """Unit of each symbol: as said of it, and of the first line that of what is returned."""
    said = equation.said
    found = {symbol.symbol: symbol.unit for symbol in said.symbols if symbol.symbol}
    if said.lines[0].symbol and said.units:
        found.setdefault(said.lines[0].symbol, said.units[0])
    return found


def symbols(equation: Equation, calls: tuple[Substituted, ...]) -> str:
    """The symbols as a table in Markdown: meaning, unit, and the value of each call in its column."""
    rows = [symbol for symbol in equation.said.symbols if symbol.symbol or symbol.meaning]
    heads = [f"Call {i}" for i in range(1, len(calls) + 1)] if len(calls) > 1 else ["Here"] * len(calls)
    lines = [_row(["Symbol", "Meaning", "Unit", *heads]), _row(["---"] * (3 + len(heads)))]
    lines += [_row([_name(one), prose(one.meaning), one.unit, *_values(one, calls)]) for one in rows]
    return "\n".join(lines) if rows else ""


def _name(symbol: Symbol) -> str:
    return f"${symbol_latex(symbol.symbol)}$" if symbol.symbol else f"`{symbol.path}`"


def _values(symbol: Symbol, calls: tuple[Substituted, ...]) -> list[str]:
    found = []
    for call in calls:
        known = call.numbers.get(symbol.symbol) if symbol.symbol else None
        word = call.told.get(symbol.symbol or symbol.path, "")
        found.append(quantities.quantity(known, symbol.unit) if known is not None else word)
    return found


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '') for cell in cells)} |"


def prose(text: str) -> str:
    """Sentences of a docstring as Markdown: names in backticks stay code, all else is shown as it is."""
    parts = re.split(r"(`[^`]+`)", " ".join(text.split()))
    return "".join(part if part.startswith("`") else escaped(part) for part in parts if part)
