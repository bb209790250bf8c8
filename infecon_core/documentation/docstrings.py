"""What a docstring says: a sentence, the equation with its symbols and units, the range, the source.

The sections are those of Google's style, and of two more: `Equation:`, a line each, and `Where:`, which says what a
symbol is in the code: an argument, a part of one, a local variable, or a part of what is returned.
"""

import inspect
import re
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

from docstring_parser import DocstringParam
from docstring_parser.google import DEFAULT_SECTIONS, GoogleParser, Section, SectionType

from infecon_core.documentation.expressions import Line, line

_ONE = SectionType.SINGULAR
_PARSER = GoogleParser(
    [
        *DEFAULT_SECTIONS,
        Section("Equation", "equation", _ONE),
        Section("Where", "where", SectionType.MULTIPLE),
        Section("Notes", "notes", _ONE),
        Section("Assumptions", "assumptions", _ONE),
    ]
)
_UNIT = re.compile(r"\[([^\[\]]+)\]")
_SOURCE = re.compile(r"Source: (.+?)(?:\n\n|$)", re.DOTALL)
# A word that may be a symbol: a letter, with a subscript or a digit; "a" is an article unless `Where` says otherwise.
_SYMBOL = re.compile(r"(?<![\w`])(?!a\b|A\b)([A-Za-zα-ωΑ-Ω](?:_\w+|\d)?)(?![\w`'])")


class Symbol(NamedTuple):
    """A symbol of an equation.

    Attributes:
        symbol (str): As it stands in the equation; empty for an argument that has none.
        path (str): What it is in the code: "batch", "accelerator.hbm_bytes", "return.latency_s[0]".
        meaning (str): In words.
        unit (str): "s", "B", "1"; empty where none is said.
    """

    symbol: str
    path: str
    meaning: str
    unit: str


class Documented(NamedTuple):
    """What a function says of itself.

    Attributes:
        summary (str): One sentence, without its unit.
        units (tuple of str): Of what it gives.
        lines (tuple of Line): Its equation; the first line gives what it returns unless `Where` says otherwise.
        symbols (tuple of Symbol): Those of the equation, then the arguments that are none of it.
        body (str): The other sentences.
        notes (tuple of str): Range, errors, assumptions.
        source (str): Where it comes from, or what it was checked against; that of its module where it has none.
    """

    summary: str
    units: tuple[str, ...]
    lines: tuple[Line, ...]
    symbols: tuple[Symbol, ...]
    body: str
    notes: tuple[str, ...]
    source: str


def documented(function: Callable[..., Any] | property) -> Documented:
    """What a function or a property says of itself."""
    plain = function.fget if isinstance(function, property) else inspect.unwrap(function)
    assert plain is not None  # a property can be read
    module = inspect.getmodule(plain)
    return read(inspect.getdoc(plain) or "", inspect.getdoc(module) or "" if module else "")


@cache
def read(text: str, around: str = "") -> Documented:
    """What a docstring says.

    Args:
        text (str): The docstring, without indentation.
        around (str): That of the module, whose source holds where the function names none.

    Examples:
        >>> found = read("The wait.\\n\\nEquation:\\n    W = q·t\\n\\nArgs:\\n    n (float): q, prompts. [1]")
        >>> found.lines[0].text, found.symbols[0]
        ('W = q·t', Symbol(symbol='q', path='n', meaning='q, prompts.', unit='1'))
    """
    source = _SOURCE.search(text) or _SOURCE.search(around)
    found = _PARSER.parse(_SOURCE.sub("", text))
    sections = {meta.args[0]: _joined(meta.description or "") for meta in found.meta if len(meta.args) == 1}
    raw = next((meta.description or "" for meta in found.meta if meta.args == ["equation"]), "")
    lines = tuple(line(part) for part in _lines(raw))
    where = [_where(meta.args[1], _joined(meta.description or "")) for meta in found.meta if meta.args[:1] == ["where"]]
    returns = found.returns.description if found.returns and found.returns.description else ""
    summary = _joined(found.short_description or "")
    units = _units(returns) or _units(summary)
    return Documented(
        summary=_without_units(summary),
        units=units,
        lines=lines,
        symbols=(*where, *_arguments(found.params, lines, {one.symbol for one in where})),
        body=(found.long_description or "").strip(),
        notes=tuple(sections[name] for name in ("notes", "assumptions") if sections.get(name)),
        source=_joined(source[1]) if source else "",
    )


def _lines(text: str) -> list[str]:
    """The lines of an equation; what is indented goes on with the line before."""
    found: list[str] = []
    for part in text.splitlines():
        if part.startswith(" ") and found:
            found[-1] += f" {part.strip()}"
        elif part.strip():
            found.append(part.strip())
    return found


def _where(head: str, text: str) -> Symbol:
    """One entry of `Where`: "W (accelerator.scale_up_bytes_per_s): The fast link. [B/s]"."""
    symbol, _, path = head.partition(" ")
    return Symbol(symbol, path.strip("()") or symbol, _without_units(text), "".join(_units(text)[:1]))


def _arguments(params: list[DocstringParam], lines: tuple[Line, ...], known: set[str]) -> list[Symbol]:
    """The arguments, each with the symbol that its description names and the equation has."""
    wanted = {name for one in lines for name in one.names} - known
    found = []
    for param in params:
        if param.args[0] != "param":
            continue
        names, text = param.arg_name.split(", "), _joined(param.description or "")
        said = list(dict.fromkeys(symbol for symbol in _SYMBOL.findall(text) if symbol in wanted))
        units = _units(text)
        for place, name in enumerate(names):
            symbol = name if name in wanted else said[place] if len(said) > place and len(said) >= len(names) else ""
            wanted.discard(symbol)
            unit = units[place] if len(units) == len(names) else units[0] if units else ""
            found.append(Symbol(symbol, name, _without_units(text), unit))
    return found


def _units(text: str) -> tuple[str, ...]:
    return tuple(_UNIT.findall(re.sub(r"`[^`]*`", "", text)))


def _without_units(text: str) -> str:
    return re.sub(r"\s*\[[^\[\]]+\](?:, )?", "", text).strip()


def _joined(text: str) -> str:
    return " ".join(text.split())
