"""The values of a specification as links would read them, checked as a whole before anything is computed."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from infecon_core.choices import Choice, Choices, Quantity, Value
from infecon_core.choices.kinds import NONE
from infecon_core.choices.registry import BASIS, MODEL, PRICE, SPECULATION, choices
from infecon_core.schema import OWN
from infecon_core.schema.words import counted, quotable
from infecon_core.sweep.specification import Given, Range, Specification

# A choice: at hundreds of frontiers a second it is half a day of work, and what is meant is rarely more.
MOST_FRONTIERS = 10_000_000
ENGINE = "engine"


@dataclass(frozen=True)
class SweptValues:
    """What a specification gives, by key of a choice.

    Args:
        specification (Specification): What is swept.

    Raises:
        ValueError: One sentence that names the key and says what would be right.
    """

    specification: Specification

    def __post_init__(self) -> None:
        if (count := self.specification.frontiers) > MOST_FRONTIERS:
            raise ValueError(
                f"These are {counted(count, 'frontier')}; one sweep has at most {MOST_FRONTIERS:,}: "
                "give fewer values, or several specifications."
            )
        for place, key in self._places():
            self._check_key(place, key)
        self._check_price()
        _ = self.fixed, self.tables, self.axes  # every value is read once, which refuses what is wrong

    @cached_property
    def fixed(self) -> dict[str, Value]:
        """Values of all scenarios."""
        return {key: self._read("fixed", key, value) for key, value in self.specification.fixed.items()}

    @cached_property
    def tables(self) -> tuple[dict[str, Value], ...]:
        """Scenarios one by one; one empty table where there are none."""
        found = (
            {key: self._read(_listed(number), key, value) for key, value in table.items()}
            for number, table in enumerate(self.specification.scenarios, start=1)
        )
        return tuple(found) or ({},)

    @cached_property
    def axes(self) -> dict[str, tuple[Value, ...]]:
        """Values that are combined, each once."""
        return {
            key: self._each_once(key, [self._read("grid", key, value) for value in self._spread(key, values)])
            for key, values in self.specification.grid.items()
        }

    def _each_once(self, key: str, values: list[Value]) -> tuple[Value, ...]:
        """The values of an axis, of a range each once; ValueError where a list has one twice."""
        if isinstance(self.specification.grid[key], Range):
            return tuple(dict.fromkeys(values))
        if len(set(values)) < len(values):
            twice = next(value for value in values if values.count(value) > 1)
            raise ValueError(f"grid.{key} has the value {twice} twice; give each once.")
        return tuple(values)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """What is given at all, in the order of the specification."""
        return tuple(dict.fromkeys(key for _, key in self._places()))

    def appearing(self, key: str) -> tuple[Value, ...]:
        """Every value that a key has in some scenario, its default where some do not name it."""
        said = self.specification
        spread = self._spread(key, said.grid[key]) if key in said.grid else ()
        values = [self._read("grid", key, value) for value in spread]
        tables = list(enumerate(said.scenarios, start=1))
        values += [self._read(_listed(number), key, table[key]) for number, table in tables if key in table]
        if key in said.fixed:
            values.append(self._read("fixed", key, said.fixed[key]))
        elif key not in said.grid and (not tables or any(key not in table for _, table in tables)):
            values.append(Choices().value(key))
        return tuple(dict.fromkeys(values))

    def choice(self, key: str) -> Choice:
        """What can be chosen under a key that is given; of the first model where only some models have it."""
        return choices()[key] if key in choices() else choices(self.models[0])[key]

    @cached_property
    def models(self) -> tuple[str, ...]:
        """Every model that appears."""
        return tuple(map(str, self.appearing(MODEL)))

    @cached_property
    def _engines(self) -> frozenset[Value]:
        return frozenset(self.appearing(ENGINE))

    @cached_property
    def _drafts(self) -> frozenset[Value]:
        return frozenset(self.appearing(SPECULATION))

    def _places(self) -> Iterator[tuple[str, str]]:
        """Where each key is given, and the key."""
        yield from (("fixed", key) for key in self.specification.fixed)
        yield from (("grid", key) for key in self.specification.grid)
        for number, table in enumerate(self.specification.scenarios, start=1):
            yield from ((_listed(number), key) for key in table)

    def _check_key(self, place: str, key: str) -> None:
        choice = self._choice(place, key)
        if choice.facts.only and choice.facts.only not in self._engines:
            raise ValueError(f"{key} under {place} is for the {choice.facts.only} engine, which is not swept.")
        if choice.drafts and not self._drafts & set(choice.drafts):
            wanted = " or ".join(f'"{kind}"' for kind in choice.drafts)
            raise ValueError(f"{key} under {place} needs a draft: give {SPECULATION} = {wanted} beside it.")

    def _choice(self, place: str, key: str) -> Choice:
        """What can be chosen under a key; ValueError where a model that is swept has no such number."""
        lacking = [] if key in choices() else [model for model in self.models if key not in choices(model)]
        if not lacking:
            return self.choice(key)
        known = list(choices(lacking[0]))
        near = _spelled_otherwise(key) or next(iter(difflib.get_close_matches(key, known, n=1, cutoff=0.5)), "")
        hint = f"did you mean {near}?" if near else "keys are those of links, such as model and gpu."
        raise ValueError(f"There is no choice '{quotable(key)}' of {lacking[0]} (under {place}): {hint}")

    def _check_price(self) -> None:
        if PRICE in self.keys and set(self.appearing(BASIS)) - {OWN} and BASIS in self.keys:
            raise ValueError(f"Give {PRICE} or {BASIS}: a price of your own is on no other basis.")

    def _spread(self, key: str, values: tuple[Given, ...] | Range) -> tuple[Given, ...]:
        """The values of a list or a range, whole ones where only those are right."""
        if not isinstance(values, Range):
            return values
        choice = self._choice("grid", key)
        if not isinstance(choice, Quantity):
            raise ValueError(f"{key} under grid takes words, which have no range; give a list.")
        return tuple(round(value) for value in values.values) if choice.whole else values.values

    def _read(self, place: str, key: str, value: Given) -> Value:
        choice = self._choice(place, key)
        text = NONE if value is None else str(value).lower() if isinstance(value, bool) else str(value)
        try:
            return choice.parse(text)
        except ValueError as right:
            shown = repr(value) if len(repr(value)) <= 40 else repr(value)[:37] + "..."
            raise ValueError(f"{key} under {place} cannot be {shown}: it {right}.") from right


def _listed(number: int) -> str:
    return f"list, scenario {number:,}"


def _spelled_otherwise(name: str) -> str:
    """The key of a choice that somebody calls by its field or by its flag; empty where there is none."""
    plain = name.replace("-", "_").lower()
    for key, choice in choices().items():
        flag = (choice.facts.flag or "").removeprefix("--").replace("-", "_")
        if plain in (choice.facts.name, flag, key.lower()):
            return key
    return ""
