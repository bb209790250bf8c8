"""What a million tokens of one's own GPUs costs over load, and from which load on that is less than a price.

GPUs are paid whether they work or not, so that tokens get cheaper with load until one more instance is needed.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from infecon_core.analysis.planner.plan import best_of_each_layout, instances_for, within
from infecon_core.pricing import MILLION, SECONDS_PER_HOUR
from infecon_core.scenario import Scenario
from infecon_core.schema.requirements import Requirements
from infecon_core.schema.traffic import Traffic
from infecon_core.setups import Setups

Array = npt.NDArray[np.float64]

# How far below and above the demand the curve reaches, and how many loads are looked at: so many that two of them are
# 2.3% apart. Choices.
BELOW, ABOVE, POINTS = 300.0, 30.0, 400
# Of very many steps so many are looked at, with the loads besides; and so many loads at once. Choices.
_MOST_STEPS, _AT_ONCE = 20_000, 2_000
# Just after a step. [1]
_AFTER = 1e-7


@dataclass(frozen=True)
class OwnCost:
    """The cheapest deployment at any load.

    Attributes:
        scenario (Scenario): What is served, and at what price.
        best (Setups): Of each layout the setup that takes most; at least one.
        requirements, traffic: Demand aside, as for `plan`; in requests a second.
    """

    scenario: Scenario
    best: Setups
    requirements: Requirements
    traffic: Traffic

    def usd_per_hour(self, requests_per_s: Array) -> Array:
        """Rent of the cheapest deployment whose mean load is so high. [USD/h]"""
        peaks = requests_per_s * self.requirements.peak_over_mean
        needed, prompts = instances_for(self.scenario, self.best, self.requirements, self.traffic, peaks)
        gpus = (needed + prompts + self.requirements.spares) * self.best.paid_gpus
        return np.asarray(gpus.min(axis=1) * self.scenario.accelerator.price_usd_per_gpu_hour)

    def usd_per_million_tokens(self, requests_per_s: Array) -> Array:
        """The same over the output tokens of that load. [USD]"""
        tokens_per_hour = requests_per_s * self.traffic.answer_tokens * SECONDS_PER_HOUR
        return self.usd_per_hour(requests_per_s) / tokens_per_hour * MILLION


def own_cost(scenario: Scenario, requirements: Requirements, traffic: Traffic, setups: Setups) -> OwnCost | None:
    """What the cheapest deployment costs at any load; None where no setup keeps the limits. Arguments as for `plan`."""
    asked = requirements.model_copy(update={"demand_unit": "requests_per_s"})
    best = best_of_each_layout(setups.take(within(scenario, asked, traffic, setups)), asked, traffic)
    return OwnCost(scenario, best, asked, traffic) if best.size else None


def loads(requests_per_s: float) -> Array:
    """Loads around one, in even steps of a ratio, that one among them. [1/s]"""
    return np.unique(np.append(np.geomspace(requests_per_s / BELOW, requests_per_s * ABOVE, POINTS), requests_per_s))


def cheaper_from(cost: OwnCost, price_usd: float, requests_per_s: Array) -> float | None:
    """The load from which on own GPUs cost no more than a price, up to the highest load that is looked at. [1/s]

    Between two loads at which an instance more is needed the rent is the same, so that own GPUs are dearest just after
    the first: they cost more up to the load at which that rent comes to the price.

    Args:
        cost (OwnCost): Of own GPUs.
        price_usd (float): Of a million output tokens, prompts included. [USD]
        requests_per_s (array): The loads that are looked at, ascending. [1/s]

    Returns:
        float or None: The least load from which on they always are, the first of those looked at where they are at
            all; None where they are not for good before the highest.
    """
    first, last = float(requests_per_s[0]), float(requests_per_s[-1])
    usd_per_request = price_usd * cost.traffic.answer_tokens * SECONDS_PER_HOUR / MILLION  # times 1/s: USD/h
    always = _always_from(cost, usd_per_request)
    starts = np.r_[first, np.unique(np.r_[_steps(cost, first, min(last, always)), requests_per_s]) * (1 + _AFTER)]
    starts = np.unique(starts[(starts >= first) & (starts <= min(last * (1 + 2 * _AFTER), always))])
    if not starts.size:
        return first
    parts = [cost.usd_per_hour(starts[i : i + _AT_ONCE]) for i in range(0, starts.size, _AT_ONCE)]
    until = np.minimum(np.concatenate(parts) / usd_per_request, np.r_[starts[1:], np.inf])
    dearer = np.flatnonzero(until > starts * (1 + _AFTER))
    if not dearer.size:
        return first
    # Beyond what is looked at, and no less than where the rent of that many is too much.
    found = float(until[dearer[-1]])
    return found if found < last else None


def cheaper_somewhere(cost: OwnCost, price_usd: float, requests_per_s: Array) -> bool:
    """Whether own GPUs cost no more than a price at any load up to the highest: full instances are cheapest."""
    first, last = float(requests_per_s[0]), float(requests_per_s[-1])
    tried = np.r_[requests_per_s, _steps(cost, first, last)]
    return any(
        bool((cost.usd_per_million_tokens(tried[i : i + _AT_ONCE]) <= price_usd).any())
        for i in range(0, tried.size, _AT_ONCE)
    )


def _always_from(cost: OwnCost, usd_per_request: float) -> float:
    """A load from which on some layout is cheaper however its instances are rounded up: (b)/(price - a). [1/s]

    Of instances a·λ + b, with one more than load asks for, spare ones, and one more for prompts; without bound where
    prompts queue for instances of their own, of which more may come.
    """
    best, needs = cost.best, cost.requirements
    if best.prompt_instances_s.any():
        return np.inf
    rent = best.paid_gpus * cost.scenario.accelerator.price_usd_per_gpu_hour
    slope = rent * needs.peak_over_mean / (needs.utilisation * best.requests_per_s)
    more = usd_per_request - slope
    found = np.where(more > 0, rent * (1 + needs.spares) / np.where(more > 0, more, 1.0), np.inf)
    return float(found.min())


def _steps(cost: OwnCost, first: float, last: float) -> Array:
    """Loads at which a layout needs one instance more, for answers or for prompts; the first of very many. [1/s]"""
    best, needs = cost.best, cost.requirements
    full = best.requests_per_s * needs.utilisation / needs.peak_over_mean
    own = best.prompt_instances_s > 0
    prompts = needs.utilisation / needs.peak_over_mean / best.prompt_instances_s[own]
    found = [
        one * np.arange(max(np.floor(first / one), 1), min(np.floor(last / one), first / one + _MOST_STEPS) + 1)
        for one in np.unique(np.r_[full, prompts])
    ]
    steps = np.unique(np.concatenate(found)) if found else np.empty(0)
    return steps[(steps >= first) & (steps <= last)][:_MOST_STEPS]
