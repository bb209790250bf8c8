"""One or two choices of a scenario at several values each, and where each combination stands at its target."""

import itertools
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from infecon_core.choices import Choices, Value
from infecon_core.choices.registry import ACCELERATOR, BASIS, MODEL, PRICE
from infecon_core.pareto import row_at_speed
from infecon_core.schema import OWN
from infecon_core.sweep.axes import Values
from infecon_core.sweep.compute import answers
from infecon_core.sweep.dataset import Answer
from infecon_core.sweep.jobs import Job, job_of
from infecon_core.sweep.specification import Specification
from infecon_core.sweep.values import SweptValues

SPEED = "tokens_per_s_user"
# Whose numbers are those of one preset alone.
_RECORDS = {MODEL: "architecture", ACCELERATOR: "accelerator"}


@dataclass(frozen=True)
class Axis:
    """A choice that is swept.

    Args:
        key (str): Its key in links.
        values (tuple): Its values, numbers in the unit of its label.
    """

    key: str
    values: Values


class AtTarget(NamedTuple):
    """Where one scenario stands at its target.

    Attributes:
        values (tuple): What it has of the axes, in their order.
        choices (Choices): What is chosen.
        point (mapping or None): The cheapest point of its frontier that meets the target, columns as in
            `schema.frontier`; None where none does.
        fastest (float): The highest speed of its frontier; NaN where it has none. [tokens/s]
        reason (str): Why it has no frontier, in a sentence; empty where it has one.
    """

    values: tuple[Value, ...]
    choices: Choices
    point: Mapping[str, Any] | None
    fastest: float
    reason: str

    @property
    def why(self) -> str:
        """Why it has no point, in a sentence; empty where it has one."""
        if self.point is not None:
            return ""
        if self.reason:
            return self.reason
        target = self.choices.value("at")
        within = self.choices.value("ttft") if self.choices.enters("ttft") else None
        first = "" if within is None else f" with the first token within {within:g} s"
        return f"It cannot reach {target:g} tokens/s per user{first}: its fastest is {self.fastest:,.3g}."


def around(base: Choices, axes: Sequence[Axis], name: str = "") -> Specification:
    """The specification that sweeps some choices of a scenario and keeps all others.

    Where models are swept, numbers changed of the present model's shape are left out, and where accelerators are swept
    those of the present datasheet: they belong to one of them. The price basis is kept for all accelerators, and so is
    a price by hand.

    Args:
        base (Choices): What is chosen.
        axes (sequence of Axis): One or two, of different choices.
        name (str): What the sweep is called.
    """
    swept = {axis.key for axis in axes}
    chosen: dict[str, Value] = {MODEL: base.model_id, ACCELERATOR: base.accelerator_id, **dict(base.changes)}
    if base.basis != OWN:
        chosen[BASIS] = base.basis
    for key in swept & {PRICE, BASIS}:
        chosen.pop(BASIS if key == PRICE else PRICE, None)
    gone = {record for key, record in _RECORDS.items() if key in swept}
    variants = [base, *(_variants(base, axes))]
    fixed = {
        key: value
        for key, value in chosen.items()
        if key not in swept
        and (key == PRICE or base.all[key].path[0] not in gone or key in _RECORDS)
        and any(one.enters(key) for one in variants if key in one.all)
    }
    return Specification(name=name, fixed=fixed, grid={axis.key: axis.values for axis in axes})


def at_target(specification: Specification, start: int = 0, stop: int | None = None) -> tuple[AtTarget, ...]:
    """Where scenarios of a grid stand at their targets; their frontiers are those that the sweep of it writes.

    Args:
        specification (Specification): With a grid and no list.
        start, stop (int): Which of them, counted from 0; the first axis varies slowest. All where not said.

    Raises:
        ValueError: One sentence where a value is none that its choice can have.
    """
    given = SweptValues(specification)
    places = list(itertools.islice(itertools.product(*given.axes.values()), start, stop))
    jobs = [job_of(start + i, {**given.fixed, **_named(given, values)}) for i, values in enumerate(places)]
    found = zip(places, jobs, answers(jobs), strict=True)
    return tuple(_standing(values, job, answer) for values, job, answer in found)


def at_target_of(text: str, start: int, stop: int) -> tuple[AtTarget, ...]:
    """The same of a specification as JSON: what a process of its own can be asked."""
    return at_target(Specification.model_validate(json.loads(text)), start, stop)


def _named(given: SweptValues, values: Sequence[Value]) -> Mapping[str, Value]:
    return dict(zip(given.axes, values, strict=True))


def _variants(base: Choices, axes: Sequence[Axis]) -> Iterator[Choices]:
    """The scenarios that decide which other choices have a part: another engine, another kind of draft."""
    deciding = [axis for axis in axes if axis.key in ("engine", "spec")]
    for values in itertools.product(*(axis.values for axis in deciding)):
        yield base.with_values(**{axis.key: value for axis, value in zip(deciding, values, strict=True)})


def _standing(values: tuple[Value, ...], job: Job, answer: Answer) -> AtTarget:
    if answer.frontier is None:
        return AtTarget(values, job.choices, None, math.nan, answer.reason)
    known = answer.frontier
    target = float(str(job.choices.value("at")))
    n_points = np.size(known[SPEED])
    named = pd.DataFrame({name: known[name] for name in (SPEED, "usd_per_million_tokens", "ttft_s")})
    row = row_at_speed(named, target)
    fastest = float(np.max(known[SPEED]))
    if row is None:
        return AtTarget(values, job.choices, None, fastest, "")
    point = {name: np.broadcast_to(column, n_points)[row] for name, column in known.items()}
    return AtTarget(values, job.choices, {name: _plain(value) for name, value in point.items()}, fastest, "")


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value
