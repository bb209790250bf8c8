"""The kinds of choices: an option, a switch, a quantity; how each is read from a link and written into one."""

import difflib
import math
from dataclasses import dataclass

# What stands in a link for a number that is not there: no FP8 path, no window, no ceiling.
NONE = "none"


@dataclass(frozen=True)
class Option:
    """One of a few ids.

    Parameters
    ----------
    key : str
        Name in links and in the session.
    default : str
        Where the reader chose nothing.
    options : tuple of str
        All ids.
    """

    key: str
    default: str
    options: tuple[str, ...]

    def parse(self, text: str) -> str:
        """Read an id, whatever its capitals; ValueError says what would be right."""
        folded = {option.lower(): option for option in self.options}
        wanted = text.strip().lower()
        if wanted in folded:
            return folded[wanted]
        near = difflib.get_close_matches(wanted, folded, n=2, cutoff=0.5)
        raise ValueError("is, for example, " + " or ".join([folded[name] for name in near] or [self.default]))

    def text(self, value: object) -> str:
        """Write an id."""
        return str(value)


@dataclass(frozen=True)
class Switch:
    """On or off.

    Parameters
    ----------
    key : str
        Name in links and in the session.
    label, help : str
        What stands beside it.
    default : bool
        Where the reader chose nothing.
    path : tuple
        Where it lands in the noun that it customises.
    """

    key: str
    label: str
    help: str
    default: bool
    path: tuple[str | int, ...] = ()

    def parse(self, text: str) -> bool:
        """Read `true` or `false`; ValueError says what would be right."""
        wanted = text.strip().lower()
        if wanted not in ("true", "false"):
            raise ValueError("is true or false")
        return wanted == "true"

    def text(self, value: object) -> str:
        """Write `true` or `false`."""
        return "true" if value else "false"


@dataclass(frozen=True)
class Quantity:
    """A number, in the unit that its label names.

    Parameters
    ----------
    key : str
        Name in links and in the session.
    label, help : str
        What stands beside it; the label ends with the unit.
    default : number or None
        Where the reader chose nothing.
    minimum, maximum : number
        Sensible range, both ends included.
    whole : bool
        Whole numbers only.
    optional : bool
        Whether there may be no number.
    per_unit : float
        SI units in one unit of the label.
    path : tuple
        Where it lands in the noun that it customises.
    """

    key: str
    label: str
    help: str
    default: int | float | None
    minimum: int | float
    maximum: int | float
    whole: bool = False
    optional: bool = False
    per_unit: float = 1
    path: tuple[str | int, ...] = ()

    def parse(self, text: str) -> int | float | None:
        """Read a number (or `none`); ValueError says what would be right."""
        wanted = text.strip().lower()
        if self.optional and wanted == NONE:
            return None
        try:
            number = float(wanted)
        except ValueError:
            number = math.nan
        if not self.minimum <= number <= self.maximum or (self.whole and number != int(number)):
            raise ValueError(self._right())
        return int(number) if self.whole else number

    def text(self, value: object) -> str:
        """Write a number so that reading it gives the same one, 8192 rather than 8192.0."""
        if value is None:
            return NONE
        return repr(value).removesuffix(".0")

    def si(self, value: int | float | None) -> int | float | None:
        """The value in SI units."""
        # A product such as 4.2 · 1e-6 may end in digits that nobody typed.
        if value is None or self.per_unit == 1:
            return value
        return float(f"{value * self.per_unit:.12g}")

    def _right(self) -> str:
        noun = "a whole number" if self.whole else "a number"
        none = f", or {NONE}" if self.optional else ""
        return f"is {noun} from {self.minimum:,.12g} to {self.maximum:,.12g}{none}"


Parameter = Option | Switch | Quantity


def in_units(value: float | None, per_unit: float) -> float | None:
    """An SI value in a label's unit, without the last digits that the division invents."""
    return None if value is None else float(f"{value / per_unit:.12g}")
