"""The kinds of choices: an option, a switch, a quantity; how each is read from a link and written into one."""

import difflib
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from infecon_core import catalog
from infecon_core.catalog import Kind, found, is_own
from infecon_core.schema.field import FieldFacts, Path

Value: TypeAlias = str | bool | int | float | None

# What stands in a link for a number that is not there: no FP8 path, no window, no ceiling.
NONE = "none"


@dataclass(frozen=True)
class _Choice:
    """What all kinds have in common.

    Args:
        key (str): Name in links and in the session.
        facts (FieldFacts): What the schema says of the field.
        path (tuple): Where the value lands in a scenario.
        drafts (tuple of str): Options of speculative decoding with which it enters the scenario; empty where it always
            does.
        heading (str): What stands above it where it begins a group.
    """

    key: str
    facts: FieldFacts
    path: Path
    drafts: tuple[str, ...] = field(default=(), kw_only=True)
    heading: str = field(default="", kw_only=True)

    @property
    def label(self) -> str:
        """Its label, with the unit."""
        return self.facts.title

    @property
    def help(self) -> str:
        """What it is."""
        return self.facts.help


@dataclass(frozen=True)
class Option(_Choice):
    """One of a few ids.

    Args:
        default (str): Where nothing is chosen.
        options (mapping): What every id is called, no two the same; it finds ids of one's own too, and lists none.
        engines (mapping): The engine that knows an id, for ids that not every engine knows.
        catalog (str): Which entries of the catalog the ids are; empty where they are none.
    """

    default: str
    options: Mapping[str, str]
    engines: Mapping[str, str] = field(default_factory=dict)
    catalog: Kind | Literal[""] = ""

    def known_to(self, engine: str) -> tuple[str, ...]:
        """The ids that one engine knows."""
        return tuple(name for name in self.options if self.engines.get(name, engine) == engine)

    def knows(self, value: Value, engine: str) -> bool:
        """Whether an id is one of these, and one that an engine knows."""
        return str(value) in self.options and self.engines.get(str(value), engine) == engine

    def cleaned(self, value: Value) -> str:
        """An id."""
        return str(value)

    def parse(self, text: str) -> str:
        """Read an id, whatever its capitals; ValueError says what would be right."""
        if self.catalog and is_own(text.strip()):
            return self._own(text.strip())
        folded = {option.lower(): option for option in self.options}
        wanted = text.strip().lower()
        if wanted in folded:
            return folded[wanted]
        near = found(self.catalog, wanted) if self.catalog else difflib.get_close_matches(wanted, folded, cutoff=0.5)
        raise ValueError("is, for example, " + " or ".join([folded[n.lower()] for n in near[:2]] or [self.default]))

    def _own(self, text: str) -> str:
        """Read the id of an entry of one's own, whose capitals count."""
        try:
            entry = catalog.model(text) if self.catalog == "models" else catalog.accelerator(text)
        except ValueError as error:
            why = str(error).rstrip(".")
            raise ValueError(f"cannot be read: {why[:1].lower()}{why[1:]}") from error
        return entry.id

    def text(self, value: Value) -> str:
        """Write an id."""
        return str(value)


@dataclass(frozen=True)
class Switch(_Choice):
    """On or off.

    Args:
        default (bool): Where nothing is chosen.
    """

    default: bool

    def cleaned(self, value: Value) -> bool:
        """On or off."""
        return bool(value)

    def parse(self, text: str) -> bool:
        """Read `true` or `false`; ValueError says what would be right."""
        wanted = text.strip().lower()
        if wanted not in ("true", "false"):
            raise ValueError("is true or false")
        return wanted == "true"

    def text(self, value: Value) -> str:
        """Write `true` or `false`."""
        return "true" if value else "false"


# Python reads digits of every script as numbers, and underscores between them.
_DECIMAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?")


@dataclass(frozen=True)
class Quantity(_Choice):
    """A number, in the unit that its label names.

    Args:
        default (number or None): Where nothing is chosen.
        whole (bool): Whole numbers only.
    """

    default: int | float | None
    whole: bool

    @property
    def minimum(self) -> int | float:
        """The least value."""
        return math.ceil(self.facts.ge) if self.whole else self.shown(self.facts.ge)

    @property
    def maximum(self) -> int | float:
        """The greatest value."""
        return int(self.facts.le) if self.whole else self.shown(self.facts.le)

    def cleaned(self, value: Value) -> int | float | None:
        """A number of the right type; the default where there is none and must be one."""
        if value is None:
            return None if self.facts.optional else self.default
        return int(value) if self.whole else float(value)

    def parse(self, text: str) -> int | float | None:
        """Read a number (or `none`); ValueError says what would be right."""
        wanted = text.strip().lower()
        if self.facts.optional and wanted == NONE:
            return None
        number = float(wanted) if _DECIMAL.fullmatch(wanted) else math.nan
        if not self.minimum <= number <= self.maximum or (self.whole and number != int(number)):
            raise ValueError(self._right())
        return int(number) if self.whole else number

    def text(self, value: Value) -> str:
        """Write a number so that reading it gives the same one, 8192 rather than 8192.0."""
        return NONE if value is None else repr(value).removesuffix(".0")

    def shown(self, value: float) -> float:
        """A value of the schema in the unit of the label, without the last digits that the division invents."""
        return float(f"{value / self.facts.per_shown:.12g}")

    def stored(self, value: Value) -> Value:
        """A value in the unit of the schema."""
        # A product such as 4.2 · 1e-6 may end in digits that nobody typed.
        if value is None or self.facts.per_shown == 1:
            return value
        return float(f"{float(value) * self.facts.per_shown:.12g}")

    def _right(self) -> str:
        number = "a whole number" if self.whole else "a number"
        none = f", or {NONE}" if self.facts.optional else ""
        return f"is {number} from {self.minimum:,.12g} to {self.maximum:,.12g}{none}"


Choice: TypeAlias = Option | Switch | Quantity
