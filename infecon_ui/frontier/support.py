"""What stands beside the verdict: how sure it is, what was done to it, and whose times it stands for.

Each sentence comes from one function, has no full stop, and is empty where there is nothing to say.
"""

from collections.abc import Callable
from typing import NamedTuple

from infecon_core.catalog.engine_levels import best_over_one_engine
from infecon_core.engines import engine_of
from infecon_ui.charts.measures import MEASURES
from infecon_ui.frontier import correction, energy, speculation, verdict, words
from infecon_ui.frontier.shown import Shown
from infecon_ui.text import formats


class Sentence(NamedTuple):
    """A sentence beside the verdict.

    Attributes:
        text (str): What it says, without a full stop.
        first (bool): Whether it stands above the chart on a phone too, which has room for little there.
    """

    text: str
    first: bool = False


def sentences(shown: Shown) -> list[Sentence]:
    """All that is to be said, the most important first."""
    found = ((make(shown), first) for make, first in _SENTENCES)
    return [Sentence(f"{text[:1].upper()}{text[1:]}", first) for text, first in found if text]


def in_one_line(shown: Shown, *, first: bool | None = None) -> str:
    """The sentences as a list in one line.

    Args:
        shown (Shown): What the page shows.
        first (bool, optional): Only those that stand above the chart on a phone, or only the others.
    """
    return " · ".join(one.text for one in sentences(shown) if first in (None, one.first))


def ranges(shown: Shown) -> str:
    """Between which prices and which speeds comparable measurements lie; empty where the engine has none."""
    found = shown.target_ranges
    if shown.spread is None:
        return ""
    if found is None:
        fastest = shown.point["tokens_per_s_user"]
        speeds = formats.speed_range(fastest / shown.spread.high, fastest / shown.spread.low)
        return f"{shown.spread.condition}: the fastest at {speeds}"
    values = formats.value_range(found.low, found.high, lambda value: verdict.amount(shown.measure, value))
    what = "price" if shown.measure.money else "throughput"
    return (
        f"{shown.spread.condition}: {values} at this speed, "
        f"{formats.speed_range(found.slowest, found.quickest)} at this {what}"
    )


def beyond(shown: Shown) -> str:
    """In which respect the point at the target lies beyond what was measured; empty where in none."""
    reason = shown.points.beyond[shown.row]
    return f"{words.BEYOND.capitalize()}: {reason}" if reason else ""


def power(shown: Shown) -> str:
    """What the boards draw, where the vertical axis is per megawatt."""
    return energy.drawn(shown.point) if shown.measure is MEASURES["mw"] else ""


def whose(shown: Shown) -> str:
    """Whose times the prediction stands for, or how far they are from measured ones where it stands for none."""
    engine = engine_of(shown.scenario)
    return typical(engine.stands_for, best_over_one_engine()) or engine.error


def typical(stands_for: str, best: float) -> str:
    """Whose times a prediction stands for, and how far those of the best are away.

    Args:
        stands_for (str): Whose, as the engine says it: "a typical engine of 2026"; empty for no measured one.
        best (float): How many times as fast the best of several engines is. [1]

    >>> typical("a typical engine of 2026", 1.053)
    'Times of a typical engine of 2026; the best of several is about 5% faster'
    """
    return f"Times of {stands_for}; the best of several is about {best - 1:.0%} faster" if stands_for else ""


_SENTENCES: tuple[tuple[Callable[[Shown], str], bool], ...] = (
    (ranges, True),
    (beyond, True),
    (speculation.sentence, False),
    (power, False),
    (lambda shown: correction.told(shown.scenario), False),
    (whose, False),
)
