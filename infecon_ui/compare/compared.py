"""What a comparison shows: its members with their frontiers, where they stand at the target, and who leads where."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from infecon_core import Scenario
from infecon_core.analysis import claims, compare, crossings
from infecon_core.analysis.compare import Entrant, Standing, Target
from infecon_core.analysis.measured_points import MeasuredPoints, measured_points
from infecon_core.choices import Comparison, Member
from infecon_ui.charts.measures import Measure
from infecon_ui.charts.palette import VARIANTS
from infecon_ui.compare.phrases import WHOLE, after
from infecon_ui.frontier import cache

# Two curves that part by no more are one for a reader who asks where they change places.
TOUCHING = 0.05
# The longest name at the end of a curve: longer ones take the room of the curves. [characters]
LONGEST = 18


@dataclass(frozen=True, eq=False)
class Compared:
    """A comparison on the page.

    Args:
        comparison (Comparison): What is compared.
        measure (Measure): What the vertical axis shows.
        target (Target): What is asked of all.
        standings (tuple of Standing): Where each stands, in the order of the members.
    """

    comparison: Comparison
    measure: Measure
    target: Target
    standings: tuple[Standing, ...]

    @property
    def members(self) -> tuple[Member, ...]:
        """What is compared, the present scenario first."""
        return self.comparison.members

    @cached_property
    def names(self) -> tuple[str, ...]:
        """What tells them apart, no two the same."""
        return tuple(standing.name for standing in self.standings)

    @cached_property
    def short(self) -> dict[str, str]:
        """By name, what stands at the end of a curve: cut where it is long, unless two would then be the same."""
        cut = {name: name if len(name) <= LONGEST else f"{name[: LONGEST - 1].rstrip(' ,(·')}…" for name in self.names}
        found = list(cut.values())
        return {name: short if found.count(short) == 1 else name for name, short in cut.items()}

    @cached_property
    def colours(self) -> dict[str, str]:
        """Colour of each by its name."""
        return dict(zip(self.names, VARIANTS, strict=False))

    @cached_property
    def ranked(self) -> tuple[Standing, ...]:
        """The best first; what has no value last."""
        return compare.ranked(self.standings)

    @cached_property
    def reached(self) -> tuple[Standing, ...]:
        """Those that have a value at the target, the best first."""
        return tuple(standing for standing in self.ranked if standing.reached)

    @property
    def scenario(self) -> Scenario | None:
        """The present scenario; None where its numbers make none."""
        return self.members[0].scenario

    @cached_property
    def claim(self) -> str:
        """What the comparison says, in one sentence."""
        return claims.claim(self.standings, self.comparison.key, self.measure.phrase, self.values)

    @cached_property
    def values(self) -> dict[str, str]:
        """By name, what is chosen, after what has it: "with FP4 weights"; empty where whole scenarios are compared."""
        choice = self.comparison.choice
        if choice is None or choice.key in WHOLE or self.comparison.pinned:
            return {}
        return {name: after(choice, value) for name, value in zip(self.names, self.comparison.values, strict=False)}

    @cached_property
    def curves(self) -> tuple[crossings.Curve, ...]:
        """Cost over speed of every computed frontier whose values are known."""
        return tuple(
            crossings.Curve.of(
                standing.name,
                frame["tokens_per_s_user"].to_numpy(),
                frame[self.measure.column].to_numpy() ** (1 if self.measure.money else -1),
            )
            for standing in self.standings
            if (frame := self.drawn(standing)) is not None and not standing.entrant.measured
        )

    @cached_property
    def leaders(self) -> tuple[crossings.Leader, ...]:
        """Which is the best at which speeds, up to the end of the curve that reaches farthest."""
        return crossings.leaders(self.curves, TOUCHING) if self.curves else ()

    def crossings(self, one: str, other: str) -> tuple[crossings.Crossing, ...] | None:
        """Where two curves change places; None where one of them has no curve."""
        found = {curve.name: curve for curve in self.curves}
        if one not in found or other not in found:
            return None
        return crossings.crossings(found[one], found[other], TOUCHING)

    def drawn(self, standing: Standing) -> pd.DataFrame | None:
        """The frontier of one; None where there is none or its values are not known."""
        frame = standing.entrant.frontier
        return frame if frame is not None and np.isfinite(frame[self.measure.column].to_numpy()).all() else None

    @property
    def drawable(self) -> bool:
        """Whether any of them has a curve."""
        return any(self.drawn(one) is not None for one in self.standings)


@cache.ANSWERS.keep
def compared(comparison: Comparison, measure: Measure) -> Compared | None:
    """A comparison at the target of its first scenario; None where that has no scenario.

    Args:
        comparison (Comparison): What is compared.
        measure (Measure): What the vertical axis shows.
    """
    base = comparison.members[0].scenario
    if base is None:
        return None
    target = Target.of(base)
    names = _apart([member.name for member in comparison.members])
    entrants = [_entrant(name, member, target) for name, member in zip(names, comparison.members, strict=True)]
    return Compared(comparison, measure, target, compare.standings(entrants, measure.column, target))


@cache.ANSWERS.keep
def measured_of(member: Member) -> MeasuredPoints | None:
    """The measured points near a member's scenario; None where it has no scenario."""
    scenario, choices = member.scenario, member.choices
    return None if scenario is None else measured_points(scenario, choices.model_id, choices.accelerator_id)


def _entrant(name: str, member: Member, target: Target) -> Entrant:
    if member.scenario is None:
        return Entrant(name, None, None, member.problem)
    scenario = compare.asked(member.scenario, target)
    if member.measured:
        found = measured_of(member)
        assert found is not None  # it has a scenario
        return Entrant(name, scenario, found.frontier, found.problem, measured=True)
    result = cache.frontier(scenario)
    return Entrant(name, scenario, result.points.frame if result.points else None, result.problem or "")


def _apart(names: list[str]) -> list[str]:
    """Names, those that are there already with a number."""
    found: list[str] = []
    for name in names:
        number, shown = 1, name or "Now"
        while shown in found:
            number += 1
            shown = f"{name or 'Now'} ({number})"
        found.append(shown)
    return found
