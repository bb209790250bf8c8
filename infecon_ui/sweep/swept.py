"""A sweep with its answers: computed at once where that takes a moment, else in processes of their own."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from infecon_core.choices import Choice, Choices, Quantity, Value
from infecon_core.engines import ENGINES
from infecon_core.sweep import grid
from infecon_core.sweep.grid import AtTarget, Axis
from infecon_core.sweep.specification import Specification
from infecon_ui.bounded_cache import BoundedCache
from infecon_ui.sweep.asked import Asked
from infecon_ui.work.answer import answers

# What is larger is for the command line. A choice: some seconds of one core.
MOST_SCENARIOS = 400
# So many take less than a second on engines that search quickly; the others are computed beside the server, in parts.
AT_ONCE, IN_A_PART = 16, 20
KEPT = BoundedCache(16_000_000)


@dataclass(frozen=True)
class Swept:
    """A sweep with its answers; equal where it is of the same scenario over the same values.

    Args:
        base (Choices): What is chosen besides.
        axes (tuple of Axis): One or two.
        found (tuple of AtTarget): In the order of the axes, the first of which varies slowest.
    """

    base: Choices
    axes: tuple[Axis, ...]
    found: tuple[AtTarget, ...] = field(compare=False, repr=False)

    @property
    def choices(self) -> tuple[Choice, ...]:
        """What is swept."""
        return tuple(self.base.all[axis.key] for axis in self.axes)

    @property
    def second(self) -> tuple[Value, ...]:
        """The values of the second axis; one that stands for none where there is one axis alone."""
        return self.axes[1].values if len(self.axes) > 1 else ("",)

    def at(self, i: int, j: int = 0) -> AtTarget:
        """The answer for a value of the first and one of the second axis, counted from 0."""
        return self.found[i * len(self.second) + j]

    @cached_property
    def reached(self) -> tuple[AtTarget, ...]:
        """Those that meet their target."""
        return tuple(one for one in self.found if one.point is not None)

    def numbers(self, axis: int) -> tuple[float, ...] | None:
        """The values of an axis as numbers; None where they are words, or one of them is none."""
        if not isinstance(self.choices[axis], Quantity):
            return None
        values = [float(value) for value in self.axes[axis].values if isinstance(value, int | float)]
        return tuple(values) if len(values) == len(self.axes[axis].values) > 1 else None


def size(axes: Sequence[Axis]) -> int:
    """How many scenarios there are."""
    return math.prod(len(axis.values) for axis in axes)


def specification(base: Choices, asked: Asked) -> Specification:
    """What is swept, as the command line takes it."""
    labels = " and ".join(base.all[axis.key].facts.label for axis in asked.axes)
    return grid.around(base, asked.axes, f"{labels} of {base.model_id} on {base.accelerator_id}"[:200])


def answer(base: Choices, asked: Asked) -> Swept | str:
    """The answers, or a sentence on why there are none."""
    count = size(asked.axes)
    if not count:
        return "Give at least one value of each choice that is swept."
    if count > MOST_SCENARIOS:
        return (
            f"These are {count:,} scenarios, and a page computes {MOST_SCENARIOS:,} at most: give fewer values, or "
            "use the command line below."
        )
    try:
        return _swept(base, asked, count)
    except ValueError as reason:  # also what became of work that was not done
        return str(reason)


def _swept(base: Choices, asked: Asked, count: int) -> Swept:
    text = json.dumps(specification(base, asked).normal(), ensure_ascii=False)
    if count <= AT_ONCE and _quick(base, asked):
        return Swept(base, asked.axes, _at_once(text, count))
    parts = [(text, start, min(start + IN_A_PART, count)) for start in range(0, count, IN_A_PART)]
    found = answers(f"Computing {count:,} scenarios:", grid.at_target_of, parts)
    return Swept(base, asked.axes, tuple(one for part in found for one in part))


@KEPT.keep
def _at_once(text: str, count: int) -> tuple[AtTarget, ...]:
    return grid.at_target_of(text, 0, count)


def _quick(base: Choices, asked: Asked) -> bool:
    """Whether all engines that take part search in milliseconds."""
    engines = next((axis.values for axis in asked.axes if axis.key == "engine"), (base.engine,))
    return all(ENGINES[str(name)].capabilities.searches_again for name in engines)
