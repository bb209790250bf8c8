"""What each engine takes for granted, and what else could be: one file an engine in `data/assumptions/`."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import Field

from infecon_core.catalog.files import DATA, tables
from infecon_core.schema import Provenance, Record
from infecon_core.schema.record import Line

# Where a price lies if the assumption does not hold.
Direction = Literal["dearer", "cheaper", "either", "none"]


class Alternative(Record):
    """What else could be assumed, as a change of a scenario.

    Args:
        words (str): What is then so, to follow "with".
        set (mapping): Keywords of `Scenario.changed` with their values; empty text for none.
        times (mapping): Keywords with the factor by which the scenario's own value is multiplied. [1]
    """

    words: Line
    set: dict[str, bool | float | str] = Field(default_factory=dict)
    times: dict[str, float] = Field(default_factory=dict)


class Assumption(Provenance):
    """What an engine takes for granted.

    Args:
        title, states (str): In a few words, and in a sentence.
        direction (str): What a token would cost if it did not hold.
        why (str): Why, and how far it is from what is served.
        alternatives (tuple of Alternative): What a search can compute instead; empty where there is no switch.
    """

    title: Annotated[Line, Field(min_length=1)]
    states: Annotated[Line, Field(min_length=1)]
    direction: Direction
    why: Annotated[Line, Field(min_length=1)]
    alternatives: tuple[Alternative, ...] = ()


@cache
def assumptions() -> Mapping[str, Mapping[str, Assumption]]:
    """All assumptions by engine and name.

    Raises:
        ValueError: One sentence that names the faulty file.
    """
    files = sorted((DATA / "assumptions").glob("*.toml"))
    return MappingProxyType({path.stem: tables(path, Assumption.model_validate) for path in files})
