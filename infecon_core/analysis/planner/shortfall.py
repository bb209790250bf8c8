"""Why no setup keeps all limits, and which one limit, were it let go, would let the demand be served for least."""

from dataclasses import dataclass

import numpy as np

from infecon_core.analysis.planner.plan import LIMITS, LimitName, Plan, plan, within
from infecon_core.analysis.planner.waits import percentile_s
from infecon_core.scenario import Scenario
from infecon_core.schema.feasibility import rounded_down, rounded_up
from infecon_core.schema.requirements import Requirements
from infecon_core.schema.traffic import Traffic
from infecon_core.setups import Setups

# What the best setup just keeps, its smallest batches alone keep, and those cost most: a limit is let go further than
# there by this part. A choice. [1]
SLACK = 0.1


@dataclass(frozen=True)
class Shortfall:
    """A limit that alone is in the way.

    Attributes:
        limit (str): Which.
        best (float): The nearest to it that any setup comes within the other limits. [tokens/s] of a speed, else [s]
        allowed (float): A round value of the limit with which there is a plan. [tokens/s] or [s]
        plan (Plan): That plan.
    """

    limit: LimitName
    best: float
    allowed: float
    plan: Plan


def shortfalls(
    scenario: Scenario, requirements: Requirements, traffic: Traffic, setups: Setups
) -> tuple[Shortfall, ...]:
    """Each limit that alone is in the way, the one with the cheapest plan first; none where several are together.

    Args:
        scenario, requirements, traffic, setups: As for `plan`, which finds none.
    """
    found = []
    for limit in LIMITS:
        left = setups.take(within(scenario, requirements, traffic, setups, without=limit))
        if not left.size:
            continue
        best, allowed = _nearest(limit, requirements, traffic, left)
        relaxed = _with(scenario, requirements, limit, allowed)
        made = plan(*relaxed, traffic, setups) if np.isfinite(best) else None
        if made is not None:
            found.append(Shortfall(limit, best, allowed, made))
    return tuple(sorted(found, key=lambda one: one.plan.usd_per_hour))


def _nearest(limit: LimitName, requirements: Requirements, traffic: Traffic, left: Setups) -> tuple[float, float]:
    """How near to a limit some setups come, and the next round value that is kept."""
    if limit == "speed":
        fastest = float(1 / left.tpot_s.min())
        return fastest, rounded_down(fastest * (1 - SLACK))
    seconds = percentile_s(left, traffic, requirements.percentile, whole=limit == "end_to_end")
    known = seconds[np.isfinite(seconds)]
    if not known.size:
        return np.inf, np.inf
    return float(known.min()), rounded_up(float(known.min()) * (1 + SLACK) * (1 - 1e-9))


def _with(
    scenario: Scenario, requirements: Requirements, limit: LimitName, allowed: float
) -> tuple[Scenario, Requirements]:
    if limit == "speed":
        return scenario.model_copy(update={"target_tokens_per_s_user": allowed}), requirements
    if limit == "end_to_end":
        return scenario, requirements.model_copy(update={"end_to_end_s": allowed})
    return scenario.model_copy(update={"target_ttft_s": None}), requirements.model_copy(
        update={"first_token_s": allowed}
    )
