"""Why there is no answer, and what would give one."""

import math
from collections.abc import Mapping
from typing import Any


class NothingFits(ValueError):  # noqa: N818 - it is an answer, not a fault
    """No setup of a scenario can run.

    Args:
        reason (str): One sentence: what is wrong and what would help.
        changes (mapping): Changes of the scenario, by the names of `Scenario.preset`, that make it fit; may be empty.
    """

    def __init__(self, reason: str, changes: Mapping[str, Any] | None = None) -> None:
        super().__init__(reason)
        self.changes = dict(changes or {})


def rounded_up(value: float, digits: int = 2) -> float:
    """The smallest number of few digits that is no less than a positive one, as a person would set a limit.

    Examples:
        >>> rounded_up(0.4231), rounded_up(0.43), rounded_up(1234.0, 1)
        (0.43, 0.43, 2000.0)
    """
    place = digits - 1 - math.floor(math.log10(value))
    found = round(value, place)
    return found if found >= value else round(found + 10.0**-place, place)


def rounded_down(value: float, digits: int = 2) -> float:
    """The largest number of few digits that is no more than a positive one, as a person would set a limit.

    Examples:
        >>> rounded_down(0.4271), rounded_down(0.43), rounded_down(1934.0, 1)
        (0.42, 0.43, 1000.0)
    """
    place = digits - 1 - math.floor(math.log10(value))
    found = round(value, place)
    return found if found <= value else round(found - 10.0**-place, place)
