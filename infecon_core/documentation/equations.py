"""Every equation of the engines, and the numbers that one point puts into it."""

import inspect
import math
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib import import_module
from types import CodeType, MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from infecon_core.documentation.calls import Call, noted
from infecon_core.documentation.docstrings import Documented, Symbol, documented
from infecon_core.documentation.expressions import value
from infecon_core.engines import engine_of
from infecon_core.scenario import Scenario
from infecon_core.schema import Layout, Step

# Modules by subject, in the order in which a reader follows them.
SUBJECTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "Step": ("physics.decode", "physics.operators", "physics.costs", "physics.roofline", "physics.experts"),
        "KV cache and memory": ("physics.kv_cache", "physics.memory", "physics.deployment"),
        "Communication": ("physics.communication", "physics.collectives", "physics.interconnect"),
        "Prompts and first token": ("physics.prefill", "physics.ttft", "physics.queueing"),
        "Speculation": ("physics.speculation", "physics.rounds", "paper.speculation"),
        "Price, energy, utilisation": (
            "pricing",
            "power",
            "utilisation",
            "serving.times",
            "serving.evaluate",
            "serving.servers",
            "serving.frontier",
            "frontier_table",
        ),
        "Published model": (
            "paper.search",
            "paper.terms",
            "paper.traffic",
            "paper.inputs",
            "paper.collectives",
            "paper.printed",
            "paper.toy",
            "paper.variants",
        ),
    }
)
# Calls of one equation that differ are told up to this many.
MOST_CALLS = 8
# What follows from other arithmetic may differ in its last digits.
ROUNDING = 1e-9
_STEP_OF_PATH = re.compile(r"\.?(\w+)|\[([^\]]+)\]")


class Equation(NamedTuple):
    """An equation of the library.

    Attributes:
        name (str): Module and function: "physics.ttft.ttft_s".
        subject (str): What it is about, a key of `SUBJECTS`.
        said (Documented): What its docstring says.
        code (code): Of the function.
        around (mapping): Constants of its module, by name.
    """

    name: str
    subject: str
    said: Documented
    code: CodeType
    around: Mapping[str, Any]


class Substituted(NamedTuple):
    """An equation with the numbers of one call.

    Attributes:
        numbers (mapping): Values by symbol, in SI units: those of the code, and those that lines define.
        holds (tuple of bool): Of each line, whether its value is what the code gives; True where that is not known.
        told (mapping): Arguments that are words, such as a format or the name of a collective.
        result (tuple of float): The numbers that were returned.
        times (int): Calls with these numbers. [1]
    """

    numbers: Mapping[str, float]
    holds: tuple[bool, ...]
    told: Mapping[str, str]
    result: tuple[float, ...]
    times: int = 1


@cache
def equations() -> tuple[Equation, ...]:
    """Every public function, method and property with an equation in its docstring."""
    return tuple(
        Equation(f"{module}.{name}", subject, said, _plain(function).__code__, vars(_module(module)))
        for subject, modules in SUBJECTS.items()
        for module in modules
        for name, function in public(module)
        if (said := documented(function)).lines
    )


def public(module: str) -> Iterator[tuple[str, Callable[..., Any] | property]]:
    """Public functions of a module, and public methods and properties of its public classes, in their order.

    Args:
        module (str): Below `infecon_core`.

    Yields:
        name, function: As "ForwardPass.five_times".
    """
    for name, member in vars(_module(module)).items():
        if name.startswith("_") or getattr(member, "__module__", "") != f"infecon_core.{module}":
            continue
        if inspect.isclass(member):
            for own, inside in vars(member).items():
                found = getattr(inside, "func", inside)  # of a cached property
                if not own.startswith("_") and (inspect.isfunction(found) or isinstance(found, property)):
                    yield f"{name}.{own}", found
        elif inspect.isfunction(inspect.unwrap(member)):
            yield name, member


def at_point(scenario: Scenario, layout: Layout, batch: float) -> tuple[Step, Mapping[str, tuple[Substituted, ...]]]:
    """Every equation with the numbers that one point puts into it, noted while the point is worked out.

    Args:
        scenario (Scenario): What is served on what.
        layout (Layout): How it is spread over GPUs.
        batch (float): Sequences of one instance. [1]

    Returns:
        step, numbers: The breakdown of the point; by the name of each equation that was computed, its different calls,
            at most `MOST_CALLS` of them.

    Raises:
        ValueError, NothingFits: Where the point does not run.
    """
    known = {equation.code: equation for equation in equations()}
    with noted(known) as calls:
        step = engine_of(scenario).step(scenario, layout, batch)
    return step, MappingProxyType(
        {known[code].name: _different(known[code], found) for code, found in calls.items() if found}
    )


def _different(equation: Equation, calls: list[Call]) -> tuple[Substituted, ...]:
    found: dict[Any, Substituted] = {}
    for call in calls:
        one = substituted(equation, call)
        key = (tuple(one.numbers.items()), tuple(one.told.items()), one.result)
        found[key] = one._replace(times=found[key].times + 1) if key in found else one
    return tuple(found.values())[:MOST_CALLS]


def substituted(equation: Equation, call: Call) -> Substituted:
    """An equation with the numbers of one call; a symbol without a number in it has none here."""
    said = equation.said
    numbers, told = dict[str, float](), dict[str, str]()
    for symbol in said.symbols:
        found = _found(symbol, call, equation.around)
        number = _number(found)
        if symbol.symbol and number is not None:
            numbers[symbol.symbol] = number
        elif isinstance(found, str) and found:
            told[symbol.symbol or symbol.path] = found
    given = dict(numbers)
    first = said.lines[0].symbol
    result = _numbers(call.result)
    if first and first not in {symbol.symbol for symbol in said.symbols} and len(result) == 1:
        given[first] = result[0]
    # A line may stand on symbols that later lines define.
    for line in reversed(said.lines):
        if line.symbol and line.right is not None and line.symbol not in given:
            computed = _value(line.right, numbers)
            if computed is not None:
                numbers[line.symbol] = computed
    holds = _holding(said, numbers, given)
    return Substituted({**numbers, **given}, holds, told, result)


def _holding(said: Documented, numbers: Mapping[str, float], given: Mapping[str, float]) -> tuple[bool, ...]:
    """Of each line, whether it may be what the code does: of several for one symbol, those that give its value."""
    values = [None if line.right is None else _value(line.right, numbers) for line in said.lines]
    known = [line.symbol in given and line.right is not None for line in said.lines]
    agree = [
        value is not None and here and math.isclose(value, given[line.symbol], rel_tol=ROUNDING, abs_tol=1e-300)
        for line, value, here in zip(said.lines, values, known, strict=True)
    ]
    found = {line.symbol for line, agreed in zip(said.lines, agree, strict=True) if agreed}
    return tuple(
        not here or agreed or (value is None and line.symbol not in found)
        for line, value, here, agreed in zip(said.lines, values, known, agree, strict=True)
    )


def _value(right: Any, numbers: Mapping[str, float]) -> float | None:
    """Value of a right side; None where a symbol has none, or where the numbers are out of its range."""
    try:
        found = value(right, numbers)
    except (KeyError, ZeroDivisionError, OverflowError, ValueError):
        return None
    return found if isinstance(found, float) and math.isfinite(found) else None


def _found(symbol: Symbol, call: Call, around: Mapping[str, Any]) -> Any:
    """What a symbol is in one call; None where there is no such thing in it."""
    try:
        return _at(symbol.path, {**around, **call.variables, "return": call.result})
    except (AttributeError, IndexError, KeyError, TypeError):
        return None


def _at(path: str, names: Mapping[str, Any]) -> Any:
    """What stands at a path: "accelerator.hbm_bytes", "return[0].fixed", "STORED_BYTES[name]", "return[memory_s]"."""
    start = re.match(r"\w+", path)
    assert start is not None  # a test reads every path
    found = names[start[0]]
    for attribute, index in _STEP_OF_PATH.findall(path[start.end() :]):
        found = getattr(found, attribute) if attribute else found[_key(index, names)]
    return found


def _key(index: str, names: Mapping[str, Any]) -> Any:
    """What stands in brackets: a place, what a variable holds, or else the name of a part."""
    if index.isdigit():
        return int(index)
    return _at(index, names) if index.partition(".")[0] in names else index


def _number(found: Any) -> float | None:
    numbers = _numbers(found) if not isinstance(found, str | tuple) else ()
    return numbers[0] if len(numbers) == 1 and math.isfinite(numbers[0]) else None


def _numbers(found: Any) -> tuple[float, ...]:
    """The numbers of a result of one setup."""
    if isinstance(found, bool) or found is None:
        return ()
    if isinstance(found, int | float | np.ndarray | np.generic):
        array = np.ravel(np.asarray(found))
        alike = array.size and array.dtype.kind in "fiu" and bool(np.all(array == array[0]))
        return (float(array[0]),) if alike else ()
    if isinstance(found, tuple):
        return tuple(number for part in found for number in _numbers(part))
    return ()


def _module(name: str) -> Any:
    return import_module(f"infecon_core.{name}")


def _plain(function: Callable[..., Any] | property) -> Any:
    return function.fget if isinstance(function, property) else inspect.unwrap(function)
