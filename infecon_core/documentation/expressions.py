"""Equations as they stand in docstrings, turned into formulas that can be drawn and computed.

"N·(TPOT + prompt/output)/B" is read as arithmetic: · × for products, ^ for powers, √ ⌈⌉ ⌊⌋, and min, max, log2, exp.
What cannot be read so stays text.
"""

import ast
import math
import operator
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import NamedTuple

# Signs of an equation, and how they are written in a programming language.
_SIGNS = str.maketrans({"·": "*", "×": "*", "−": "-", "^": "@"})
_BRACKETS = (("⌈", "⌉", "ceil"), ("⌊", "⌋", "floor"))
_ROOT = re.compile(r"√(\w+|(?=\())")

_FUNCTIONS: Mapping[str, Callable[..., float]] = {
    "min": min,
    "max": max,
    "ceil": math.ceil,
    "floor": math.floor,
    "sqrt": math.sqrt,
    "log2": math.log2,
    "exp": math.exp,
}
_GREEK = dict(
    zip("αβγδηλμρσΣ", ("alpha", "beta", "gamma", "delta", "eta", "lambda", "mu", "rho", "sigma", "Sigma"), strict=True)
)
_OPERATIONS: Mapping[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
_PRECEDENCE: Mapping[type[ast.operator], int] = {ast.Add: 1, ast.Sub: 1, ast.Mult: 2, ast.Div: 2, ast.Pow: 4}

_WRITTEN: Mapping[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "\\cdot"}
_AROUND: Mapping[str, tuple[str, str]] = {
    "ceil": ("\\left\\lceil ", " \\right\\rceil"),
    "floor": ("\\left\\lfloor ", " \\right\\rfloor"),
    "sqrt": ("\\sqrt{", "}"),
    "log2": ("\\log_2\\left(", "\\right)"),
}


class Line(NamedTuple):
    """One line of an equation.

    Attributes:
        text (str): As it stands in the docstring.
        symbol (str): What it gives, its left side; empty where it has none.
        right (ast.expr or None): Its right side; None where it cannot be read as arithmetic.
        words (str): What is said behind it, such as when it holds.
    """

    text: str
    symbol: str
    right: ast.expr | None
    words: str

    @property
    def names(self) -> tuple[str, ...]:
        """The symbols of its right side, in their order."""
        return () if self.right is None else symbols(self.right)


@cache
def line(text: str) -> Line:
    """Read one line: "u = 1 - (1 - k/E)^t, where every token draws its own".

    Args:
        text (str): "symbol = expression", and words behind it after a comma.

    Examples:
        >>> line("W = q·d·t").names
        ('q', 'd', 't')
        >>> line("Σ over all layers").right is None
        True
    """
    left, equals, right = text.partition(" = ")
    if not equals:
        left, right = "", text
    formula, words = _split(right)
    found = _parsed(formula)
    if found is None or (left and not left.strip().isidentifier()):
        return Line(text, "", None, "")
    return Line(text, left.strip(), found, words)


def symbols(expression: ast.expr) -> tuple[str, ...]:
    """The symbols of an expression, each once, in their order."""
    called = {node.func for node in ast.walk(expression) if isinstance(node, ast.Call)}
    found = [node for node in ast.walk(expression) if isinstance(node, ast.Name) and node not in called]
    return tuple(dict.fromkeys(node.id for node in sorted(found, key=lambda node: node.col_offset)))


def value(expression: ast.expr, numbers: Mapping[str, float]) -> float:
    """The value of an expression.

    Args:
        expression (ast.expr): Of a line.
        numbers (mapping): Value of each of its symbols, in SI units.

    Raises:
        KeyError: For a symbol without a value.

    Examples:
        >>> value(line("x = ⌈n/g⌉·√4 + 2^3").right, {"n": 12, "g": 8})
        12.0
    """
    match expression:
        case ast.Constant(value=int() | float() as number):
            found = float(number)
        case ast.Name(id=symbol):
            found = float(numbers[symbol])
        case ast.UnaryOp(operand=operand):
            found = -value(operand, numbers)
        case ast.Call(func=ast.Name(id=name), args=args):
            found = float(_FUNCTIONS[name](*(value(arg, numbers) for arg in args)))
        case ast.BinOp(left=left, op=sign, right=right):
            found = _OPERATIONS[type(sign)](value(left, numbers), value(right, numbers))
        case _:
            raise TypeError(f"{ast.dump(expression)} is no arithmetic.")
    return found


def latex(expression: ast.expr, written: Callable[[str], str]) -> str:
    r"""An expression as LaTeX.

    Args:
        expression (ast.expr): Of a line.
        written (callable): LaTeX of a symbol: `symbol_latex`, or a number in its place.

    Examples:
        >>> latex(line("T = w·P/(N·B)").right, symbol_latex)
        '\\frac{w \\cdot P}{N \\cdot B}'
    """
    return _latex(expression, written, 0)


def symbol_latex(symbol: str) -> str:
    r"""A symbol as LaTeX: single letters in italics, words upright, subscripts after the first underscore.

    Examples:
        >>> symbol_latex("η_kv"), symbol_latex("TPOT"), symbol_latex("N")
        ('\\eta_{\\mathrm{kv}}', '\\mathrm{TPOT}', 'N')
    """
    head, _, below = symbol.partition("_")
    if head in _GREEK:
        letter = f"\\{_GREEK[head]}"
    elif len(head) == 1:
        letter = head
    else:
        digits = re.fullmatch(r"([A-Za-z])(\d+)", head)
        if digits and not below:
            return f"{digits[1]}_{{{digits[2]}}}"
        return f"\\mathrm{{{_plain(symbol)}}}"
    return f"{letter}_{{\\mathrm{{{_plain(below)}}}}}" if below else letter


def _plain(words: str) -> str:
    return words.replace("_", r"\_")


def _split(text: str) -> tuple[str, str]:
    """The longest beginning that is arithmetic, and the words behind it."""
    if _parsed(text) is not None:
        return text, ""
    for found in reversed(list(re.finditer(", ", text))):
        head = text[: found.start()]
        if head.strip() and _parsed(head) is not None:
            return head, text[found.end() :].strip()
    return text, ""


@cache
def _parsed(text: str) -> ast.expr | None:
    """An expression of numbers, symbols, + - · / ^ and known functions; None for anything else."""
    for start, end, name in _BRACKETS:
        text = text.replace(start, f"{name}(").replace(end, ")")
    text = _ROOT.sub(lambda found: f"sqrt({found[1]})" if found[1] else "sqrt", text).translate(_SIGNS)
    try:
        found = ast.parse(text.replace("@", "**").strip(), mode="eval").body
    except (SyntaxError, ValueError):
        return None
    return found if _known(found) else None


def _known(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return type(node.value) in (int, float)
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.op, ast.USub) and _known(node.operand)
    if isinstance(node, ast.BinOp):
        return type(node.op) in _PRECEDENCE and _known(node.left) and _known(node.right)
    if isinstance(node, ast.Call):
        named = isinstance(node.func, ast.Name) and node.func.id in _FUNCTIONS
        return named and not node.keywords and all(map(_known, node.args))
    return isinstance(node, ast.Name)


def _latex(node: ast.expr, written: Callable[[str], str], around: int) -> str:
    """LaTeX of a part, in parentheses where it binds less than what stands around it."""
    match node:
        case ast.Constant(value=int() | float() as number):
            text = f"{number:g}" if abs(number) < 1e4 else _power_of_ten(number)
        case ast.Name(id=symbol):
            text = written(symbol)
            # A number with its unit is several signs.
            text = f"\\left({text}\\right)" if around > _PRECEDENCE[ast.Pow] and "\\," in text else text
        case ast.UnaryOp(operand=operand):
            text = f"-{_latex(operand, written, 3)}"
        case ast.Call(func=ast.Name(id=name), args=args):
            text = _call(name, ", ".join(_latex(arg, written, 0) for arg in args))
        case ast.BinOp(left=ast.BinOp(left=left, op=ast.Div(), right=inner), op=ast.Div(), right=right):
            # One fraction for a/b/c.
            whole = ast.BinOp(left, ast.Div(), ast.BinOp(inner, ast.Mult(), right))
            text = _latex(whole, written, around)
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            text = f"\\frac{{{_latex(left, written, 0)}}}{{{_latex(right, written, 0)}}}"
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            text = f"{_latex(left, written, 5)}^{{{_latex(right, written, 0)}}}"
        case ast.BinOp(left=left, op=sign, right=right):
            own = _PRECEDENCE[type(sign)]
            behind = _latex(right, written, own + isinstance(sign, ast.Sub))
            text = f"{_latex(left, written, own)} {_WRITTEN[type(sign)]} {behind}"
            text = f"\\left({text}\\right)" if own < around else text
        case _:
            raise TypeError(f"{ast.dump(node)} is no arithmetic.")
    return text


def _call(name: str, inside: str) -> str:
    start, end = _AROUND.get(name, (f"\\{name}\\left(", "\\right)"))
    return f"{start}{inside}{end}"


def _power_of_ten(number: float) -> str:
    mantissa, _, exponent = f"{number:.3e}".partition("e")
    digits = f"{float(mantissa):g}"
    return f"10^{{{int(exponent)}}}" if digits == "1" else f"{digits} \\cdot 10^{{{int(exponent)}}}"
