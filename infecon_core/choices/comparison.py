"""Scenarios side by side, as a value: one choice that holds several values, and scenarios that were pinned."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Self

from infecon_core.choices.kinds import Choice, Option, Switch, Value
from infecon_core.choices.values import Choices, Fault
from infecon_core.scenario import Scenario

MOST_MEMBERS = 6
# Beside the engines that compute, what was measured of the same model on the same accelerator.
ENGINE, MEASURED = "engine", "measured"
_MEASURED_NAME = "Measured"
_BASIS, _OWN = "basis", "own"
_MODEL, _ACCELERATOR = "model", "gpu"
_SEPARATOR = ","


@dataclass(frozen=True)
class Member:
    """One of the scenarios that are compared.

    Args:
        name (str): What tells it from the others, short enough for the end of a curve.
        choices (Choices): What is chosen.
        measured (bool): Whether the measured points of these choices are meant, not what an engine computes.
    """

    name: str
    choices: Choices
    measured: bool = False

    @cached_property
    def scenario(self) -> Scenario | None:
        """The scenario; None where the choices make none."""
        return _made(self.choices)[0]

    @property
    def problem(self) -> str:
        """One sentence on why there is no scenario; empty where there is one."""
        return _made(self.choices)[1]


@dataclass(frozen=True)
class Comparison:
    """One scenario, and those that are compared with it; equal where all of it is equal.

    Args:
        base (Choices): The scenario of the controls, first of all.
        key (str): The choice that holds several values; empty for none.
        others (tuple): Its further values, besides that of the base.
        pinned (tuple of Choices): Scenarios kept as they were.
    """

    base: Choices
    key: str = ""
    others: tuple[Value, ...] = ()
    pinned: tuple[Choices, ...] = field(default=())

    @property
    def active(self) -> bool:
        """Whether there is anything to compare."""
        return len(self.members) > 1

    @property
    def choice(self) -> Choice | None:
        """The choice that holds several values; None where none does."""
        return self.base.all.get(self.key) if self.others else None

    @property
    def values(self) -> tuple[Value, ...]:
        """All values of that choice, that of the base first; empty where no choice holds several."""
        return (self.base.value(self.key), *self.others) if self.choice else ()

    @cached_property
    def members(self) -> tuple[Member, ...]:
        """What is compared, the base first; at most six.

        All are on the price basis of the base, so that no comparison mixes bases unless the bases are what is
        compared, or a price was given by hand.
        """
        choice = self.choice
        found = [Member(self._name(choice, self.base.value(self.key)) if choice else self._own_name, self.base)]
        if choice:
            found += [self._member(choice, value) for value in self.others]
        found += [Member(_difference(one, self.base), one) for one in self.pinned]
        return tuple(found[:MOST_MEMBERS])

    def with_values(self, key: str, values: tuple[Value, ...]) -> Self:
        """The same with one choice at several values, the first of them that of the base; duplicates are dropped.

        Raises:
            ValueError: For a choice that cannot hold several.
        """
        if not comparable(self.base, key):
            raise ValueError(f"'{key}' cannot hold several values.")
        first, *rest = dict.fromkeys(values)
        base = self.base.with_values(**{key: first})
        return type(self)(base, key if rest else "", tuple(rest), self.pinned)

    def with_base(self, base: Choices) -> Self:
        """The same around another base: what the base holds now, and what it cannot hold, is dropped."""
        if not self.others or not comparable(base, self.key):
            return type(self)(base, pinned=self.pinned)
        others = tuple(value for value in self.others if value != base.value(self.key))
        return type(self)(base, self.key if others else "", others, self.pinned)

    def _member(self, choice: Choice, value: Value) -> Member:
        name = self._name(choice, value)
        if self.key == ENGINE and value == MEASURED:
            return Member(name, self.base, measured=True)
        basis = self.base.value(_BASIS)
        held = {} if basis == _OWN else {_BASIS: basis}
        return Member(name, self.base.with_values(**{**held, self.key: value}))

    def _name(self, choice: Choice, value: Value) -> str:
        return _MEASURED_NAME if value == MEASURED and self.key == ENGINE else shown(choice, value)

    @property
    def _own_name(self) -> str:
        """What tells the base from the pinned scenarios, by at most two of its choices."""
        differing = [key for one in self.pinned for key in one.changed(self.base) if key in self.base.all]
        keys = list(dict.fromkeys(differing))[:2] or ([_MODEL, _ACCELERATOR] if self.pinned else [])
        return ", ".join(shown(self.base.all[key], self.base.value(key)) for key in keys)


def comparable(choices: Choices, key: str) -> bool:
    """Whether a choice can hold several values: all but the target, which is what comparisons are made at."""
    return key in choices.all and choices.enters(key) and choices.all[key].facts.section != "target"


def shown(choice: Choice, value: Value) -> str:
    """What a value is called where it stands alone: "B200", "Weights FP8", "Prompt 8,000"."""
    if isinstance(choice, Option):
        name = choice.options[str(value)]
        return name if choice.key in (_MODEL, _ACCELERATOR, ENGINE, "draft", _BASIS) else f"{choice.facts.label} {name}"
    if isinstance(choice, Switch):
        return f"{choice.facts.label}: {'on' if value else 'off'}"
    return f"{choice.facts.label} {'none' if value is None else f'{value:,.12g}'}"


def read(query: Mapping[str, str], start: Choices) -> tuple[Comparison, tuple[Fault, ...]]:
    """A base and one list from the parameters of a link; further lists keep their first value.

    Args:
        query (mapping): Parameters of the first scenario, without those of pinned ones.
        start (Choices): What stands where nothing is said.

    Returns:
        comparison (Comparison): What was understood.
        faults (tuple of Fault): What was not.
    """
    lists = {key: text.split(_SEPARATOR) for key, text in query.items() if _SEPARATOR in text and key in start.all}
    base, read_faults = start.read({**query, **{key: parts[0] for key, parts in lists.items()}})
    faults = list(read_faults)
    made = Comparison(base)
    for key, parts in lists.items():
        given = f"{key}={query[key]}"
        if made.others or not comparable(base, key):
            right = "one choice at a time holds a list" if made.others else f"{key} holds one value"
            faults.append(Fault(given, right))
            continue
        values: list[Value] = [base.value(key)]
        for part in parts[1:]:
            try:
                values.append(MEASURED if (key, part) == (ENGINE, MEASURED) else base.all[key].parse(part))
            except ValueError as right:
                faults.append(Fault(f"{key}={part}", f"{key} {right}"))
        if len(values) > MOST_MEMBERS:
            faults.append(Fault(given, f"at most {MOST_MEMBERS} are compared"))
        made = made.with_values(key, tuple(values[:MOST_MEMBERS]))
    return made, tuple(faults)


def query(comparison: Comparison) -> dict[str, str]:
    """What `read` reads, without pinned scenarios: what differs from all defaults, and the list."""
    found = comparison.base.query()
    if choice := comparison.choice:
        found[choice.key] = _SEPARATOR.join(
            MEASURED if value == MEASURED else choice.text(value) for value in comparison.values
        )
    return found


def _difference(choices: Choices, base: Choices) -> str:
    """What tells a pinned scenario from the base, by at most two of its choices."""
    own = {key: value for key, value in choices.changed(base).items() if key in choices.all}
    if not own:
        return "The same, pinned"
    return ", ".join(shown(choices.all[key], value) for key, value in list(own.items())[:2])


@lru_cache(maxsize=256)
def _made(choices: Choices) -> tuple[Scenario | None, str]:
    try:
        return choices.scenario(), ""
    except ValueError as error:
        return None, str(error)
