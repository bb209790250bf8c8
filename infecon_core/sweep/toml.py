"""A specification as the text of a TOML file."""

import json
from collections.abc import Iterator

from infecon_core.choices.kinds import NONE
from infecon_core.sweep.specification import Given, Range, Specification


def toml(specification: Specification, comment: str = "") -> str:
    """The text of a file that `specification.read` reads as the same specification.

    Args:
        specification (Specification): What is swept.
        comment (str): Stands above it, in one line or several.

    Examples:
        >>> print(toml(Specification(fixed={"at": 50}, grid={"w": ("fp8", "fp4")})), end="")
        [fixed]
        at = 50
        <BLANKLINE>
        [grid]
        w = ["fp8", "fp4"]
    """
    return "\n\n".join(part for part in _parts(specification, comment) if part) + "\n"


def _parts(specification: Specification, comment: str) -> Iterator[str]:
    yield "\n".join(f"# {line}" for line in comment.splitlines())
    head = [f"name = {_value(specification.name)}"] if specification.name else []
    if specification.columns:
        head.append(f"columns = [{', '.join(map(_value, specification.columns))}]")
    yield "\n".join(head)
    for title, table in (("[fixed]", specification.fixed), ("[grid]", specification.grid)):
        if table:
            yield "\n".join([title, *(f"{_word(key)} = {_values(values)}" for key, values in table.items())])
    for table in specification.scenarios:
        yield "\n".join(["[[list]]", *(f"{_word(key)} = {_value(value)}" for key, value in table.items())])


def _values(values: Given | tuple[Given, ...] | Range) -> str:
    if isinstance(values, Range):
        return _value(values.text)
    return f"[{', '.join(map(_value, values))}]" if isinstance(values, tuple) else _value(values)


def _value(value: Given) -> str:
    # A string of JSON is one of TOML too; a number that is not there is said by its word.
    return json.dumps(NONE if value is None else value, ensure_ascii=False)


def _word(key: str) -> str:
    return key if key.replace("_", "").replace("-", "").isalnum() and key.isascii() else json.dumps(key)
