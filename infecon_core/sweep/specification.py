"""What is swept, as a file says it: values that stay, values that are combined, and scenarios one by one."""

import difflib
import json
import math
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, TypeAlias

from pydantic import ConfigDict, Field, ValidationError, field_validator, model_validator

from infecon_core.given_files import content_of
from infecon_core.schema.frontier import COLUMNS
from infecon_core.schema.record import Record, sentence
from infecon_core.schema.words import quotable

# A file of a million tables has about as many bytes; what is larger is no specification.
LARGEST_FILE = 16_000_000
# Values of one range. A choice: nobody reads a finer one off a chart.
MOST_VALUES = 10_000
# A range ends with the last value within this of its end, so that 0.1 + 0.1 + 0.1 reaches 0.3. [1]
ROUNDING = 1e-9
_DIGITS = 12

# `none` is the number that is not there, as in links; JSON says it as null, too.
Given: TypeAlias = str | bool | int | float | None
Table: TypeAlias = Mapping[str, Given]


class Range(Record):
    """Numbers from a first to a last one: a factor apart, or a step apart."""

    model_config = ConfigDict(populate_by_name=True)

    first: Annotated[float, Field(alias="from")]
    to: float
    factor: Annotated[float | None, Field(gt=1)] = None
    step: Annotated[float | None, Field(gt=0)] = None

    @model_validator(mode="after")
    def _can_be_counted(self) -> "Range":
        if (self.factor is None) == (self.step is None):
            raise ValueError("a range has from, to and either factor or step; give one of these two")
        if self.to < self.first:
            raise ValueError(f"a range goes upwards; {self.first:g} to {self.to:g} goes down")
        if self.factor is not None and self.first <= 0:
            raise ValueError(f"a range with a factor begins above 0, not at {self.first:g}; give step instead")
        if self._steps() >= MOST_VALUES:
            raise ValueError(f"a range has at most {MOST_VALUES:,} values; take a larger factor or step")
        return self

    def _steps(self) -> float:
        if self.step is not None:
            return (self.to - self.first) / self.step * (1 + ROUNDING) + ROUNDING
        return math.log(self.to / self.first) / math.log(self.factor or math.inf) * (1 + ROUNDING) + ROUNDING

    @property
    def values(self) -> tuple[float, ...]:
        """All of them, ascending, to twelve digits.

        Examples:
            >>> Range.model_validate({"from": 1000, "to": 8000, "factor": 2}).values
            (1000.0, 2000.0, 4000.0, 8000.0)
            >>> Range.model_validate({"from": 0.1, "to": 0.3, "step": 0.1}).values
            (0.1, 0.2, 0.3)
        """
        steps = range(math.floor(self._steps()) + 1)
        step, factor = self.step, self.factor or 1.0
        found = [self.first * factor**i if step is None else self.first + i * step for i in steps]
        return tuple(float(f"{value:.{_DIGITS}g}") for value in found)

    @property
    def text(self) -> str:
        """In one line, as `read_range` reads it.

        Examples:
            >>> Range.model_validate({"from": 1000, "to": 8000, "factor": 2}).text
            '1000..8000*2'
        """
        step = f"+{_plain_number(self.step)}" if self.step is not None else f"*{_plain_number(self.factor or 1.0)}"
        return f"{_plain_number(self.first)}..{_plain_number(self.to)}{step}"


_BETWEEN = ".."
_NUMBER = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?"
# A link has a space where somebody typed a plus.
_RANGE = re.compile(rf"\s*({_NUMBER})\s*\.\.\s*({_NUMBER})\s*([*×+ ])\s*({_NUMBER})\s*", re.IGNORECASE)


def is_range(text: str) -> bool:
    """Whether a text is meant to be a range."""
    return _BETWEEN in text


def read_range(text: str) -> Range:
    """A range in one line: "1000..8000*2" is 1000, 2000, 4000, 8000, and "0..1+0.5" is 0, 0.5, 1.

    Raises:
        ValueError: What would be right.

    Examples:
        >>> read_range("0..1+0.5").values
        (0.0, 0.5, 1.0)
    """
    found = _RANGE.fullmatch(text)
    if found is None:
        raise ValueError("a range is written 1000..8000*2, each twice the one before, or 0..1+0.5, half apart")
    first, to, sign, by = found.groups()
    try:
        return Range.model_validate({"from": first, "to": to, "factor" if sign in "*×" else "step": by})
    except ValidationError as error:
        raise ValueError(sentence(error).rstrip(".")) from error


def _plain_number(value: float) -> str:
    return repr(float(f"{value:.{_DIGITS}g}")).removesuffix(".0")


class Specification(Record):
    """What is swept.

    Every scenario is one of `scenarios`, where there are any, with one combination of `grid` and all of `fixed`. Keys
    are those of links (`model`, `gpu`, `w`, `prompt`, ...), values are in their units; what is not given is as in a
    link that does not name it.

    Args:
        name (str): What it is called.
        fixed (mapping): Values of all scenarios.
        grid (mapping): Values that are combined, each key with a list or a range; the first key varies slowest, but
            for model and accelerator, by which the data set is parted.
        scenarios (tuple of mapping): Scenarios one by one, `[[list]]` in a file.
        columns (tuple of str): Columns of the frontier that are kept; all where empty.
    """

    name: Annotated[str, Field(max_length=200)] = ""
    fixed: Annotated[dict[str, Given], Field(default_factory=dict)]
    grid: Annotated[dict[str, tuple[Given, ...] | Range], Field(default_factory=dict)]
    scenarios: Annotated[tuple[dict[str, Given], ...], Field(alias="list")] = ()
    columns: tuple[str, ...] = ()

    @field_validator("grid", mode="before")
    @classmethod
    def _lists_or_ranges(cls, grid: Any) -> Any:
        if not isinstance(grid, Mapping):
            return grid
        read: dict[str, Any] = {}
        for key, values in grid.items():
            if isinstance(values, Mapping):
                try:
                    read[key] = Range.model_validate(values)
                except ValidationError as error:
                    raise ValueError(f"grid.{quotable(key)}: {sentence(error).rstrip('.')}") from error
            elif isinstance(values, list | tuple):
                for value in values:
                    _check_value(f"grid.{quotable(key)}", value)
                read[key] = tuple(values)
            elif isinstance(values, Range):
                read[key] = values
            elif isinstance(values, str) and is_range(values):
                try:
                    read[key] = read_range(values)
                except ValueError as error:
                    raise ValueError(f"grid.{quotable(key)}: {error}") from error
            else:
                raise ValueError(f"grid.{quotable(key)} is a list of values or a range; one value belongs under fixed")
        return read

    @field_validator("fixed", mode="before")
    @classmethod
    def _single_values(cls, fixed: Any) -> Any:
        for key, value in fixed.items() if isinstance(fixed, Mapping) else ():
            _check_value(f"fixed.{quotable(str(key))}", value)
        return fixed

    @model_validator(mode="after")
    def _says_one_thing_once(self) -> "Specification":
        for key, values in self.grid.items():
            if isinstance(values, tuple) and not values:
                raise ValueError(f"grid.{quotable(key)} is an empty list; give at least one value, or leave it out")
            if isinstance(values, tuple) and len({repr(value) for value in values}) < len(values):
                raise ValueError(f"grid.{quotable(key)} has a value twice; give each once")
        seen = set()
        for number, table in enumerate(self.scenarios, start=1):
            if not table:
                raise ValueError(f"scenario {number} of list is empty; give it values, or leave it out")
            if (shown := repr(sorted(table.items()))) in seen:
                raise ValueError(f"scenario {number} of list stands there before; give each once")
            seen.add(shown)
        listed = {key for table in self.scenarios for key in table}
        for one, other, keys in (
            ("fixed", "grid", self.fixed.keys() & self.grid.keys()),
            ("fixed", "list", self.fixed.keys() & listed),
            ("grid", "list", self.grid.keys() & listed),
        ):
            if keys:
                raise ValueError(f"'{quotable(min(keys))}' stands under {one} and under {other}; give it in one place")
        unknown = [name for name in self.columns if name not in COLUMNS]
        if unknown:
            raise ValueError(f"'{quotable(unknown[0])}' under columns is no column of a frontier; {_near(unknown[0])}")
        if len(set(self.columns)) < len(self.columns):
            raise ValueError("columns names a column twice; give each once")
        return self

    @property
    def lengths(self) -> dict[str, int]:
        """How many values each key of the grid has."""
        return {key: len(values.values if isinstance(values, Range) else values) for key, values in self.grid.items()}

    @property
    def frontiers(self) -> int:
        """How many scenarios there are."""
        return math.prod(self.lengths.values()) * max(len(self.scenarios), 1)

    def normal(self) -> dict[str, Any]:
        """Plain data from which the same specification can be read."""
        return self.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def _check_value(place: str, value: Any) -> None:
    known = value is None or isinstance(value, bool | str | int | float)
    if not known or (isinstance(value, float) and not math.isfinite(value)):
        raise ValueError(f"{place} cannot be {quotable(str(value))}; a value is a word, a finite number, true or false")


def _near(name: str) -> str:
    near = difflib.get_close_matches(name, COLUMNS, n=1)
    return f"did you mean {near[0]}?" if near else f"there are {', '.join(list(COLUMNS)[:3])} and others"


def read(path: Path) -> Specification:
    """The specification of a file, TOML or JSON by its ending.

    Raises:
        ValueError: One sentence that names the file and what is wrong in it.
    """
    data = content_of(path, "a specification", LARGEST_FILE, endings=(".toml", ".json"))
    try:
        return Specification.model_validate(_plain(data, path.suffix.lower()))
    except ValidationError as error:
        raise ValueError(f"{path}: {sentence(error)}") from error
    except ValueError as error:
        raise ValueError(f"{path} cannot be read: {str(error).rstrip('.')}.") from error


def _plain(data: bytes, ending: str) -> Any:
    try:
        text = data.decode("utf-8-sig")
        plain = json.loads(text, object_pairs_hook=_once) if ending == ".json" else tomllib.loads(text)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    except UnicodeDecodeError as error:
        raise ValueError("it is not UTF-8 text") from error
    except ValueError as error:
        if "digits" not in str(error):
            raise
        raise ValueError("a number in it has more digits than any value needs") from error
    if not isinstance(plain, dict):
        raise ValueError("it is no table; give fixed, grid or list")
    if isinstance(plain.get("list"), dict):
        raise ValueError("list is one table; give each scenario one, [[list]] in TOML")
    if not any(plain.get(part) for part in ("fixed", "grid", "list")):
        known = {one.alias or name for name, one in Specification.model_fields.items()}
        if not plain.keys() - known:
            raise ValueError("nothing is swept; give fixed, grid or list")
    return plain


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON, each of whose keys stands there once."""
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"'{quotable(next(key for key in keys if keys.count(key) > 1))}' stands there twice")
    return found
