"""The deployment that costs least at a demand within limits: layout, instances, GPUs, money and power.

Every setup of the search (a layout at a load) that keeps the limits says how much one instance of that layout takes:
R requests a second, or users at once. The peak P then needs n = ⌈P/(u·R)⌉ of them at the utilisation u, and k spare
ones besides. Of all layouts the one is taken whose (n + k) instances cost least; of those that cost the same, the one
that is fastest at the peak. Where prompts have instances of their own, they wait in one queue for all of those, and so
many come besides that the limits are kept.

Assumptions: requests come independently of each other and are dealt evenly to the n instances; spare ones cost and take
no load. Source: Little's law, users = requests a second · time of a request.
"""

from dataclasses import dataclass, fields
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from infecon_core.analysis.planner.waits import in_time, mean_first_s, mean_request_s, percentile_s
from infecon_core.catalog.power import waiting_share, working_share
from infecon_core.pricing import JOULE_PER_KWH, MILLION, SECONDS_PER_HOUR
from infecon_core.scenario import Scenario
from infecon_core.schema.requirements import Requirements
from infecon_core.schema.traffic import Traffic
from infecon_core.serving.servers import server_gpus
from infecon_core.setups import Setups

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]
LimitName = Literal["speed", "first_token", "end_to_end"]
LIMITS: tuple[LimitName, ...] = ("speed", "first_token", "end_to_end")

HOURS_PER_MONTH = 730.0  # 365 · 24 / 12
# So much may two ways to compute one number differ. [1]
_ROUNDING = 1e-9
# Times that a number of instances for prompts is raised to keep limits on time. A choice.
_MORE_PROMPT_INSTANCES = 100


@dataclass(frozen=True)
class Load:
    """One instance of the plan at some load.

    Attributes:
        requests_per_s, users (float): Of the instance. [1/s], [1]
        tpot_s (float): Time per output token. [s]
        first_token_s, end_to_end_s (float): At the percentile; NaN where the engine computes none. [s]
        power_share (float): What a board draws of its full power; NaN where unknown. [1]
    """

    requests_per_s: float
    users: float
    tpot_s: float
    first_token_s: float
    end_to_end_s: float
    power_share: float


@dataclass(frozen=True)
class Plan:
    """A deployment.

    Attributes:
        scenario, requirements, traffic: What it was made for.
        setup (Setups): The layout at the most load with which it keeps the limits; one row.
        instances (int): That the peak needs; spare ones come besides. [1]
        prompt_instances (int): Instances for prompts alone, among none of the others. [1]
        mean, peak (Load): Of one instance, at the mean demand and at the peak.
    """

    scenario: Scenario
    requirements: Requirements
    traffic: Traffic
    setup: Setups
    instances: int
    prompt_instances: int
    mean: Load
    peak: Load

    @property
    def all_instances(self) -> int:
        """Instances with spare ones and those for prompts. [1]"""
        return self.instances + self.prompt_instances + self.requirements.spares

    @property
    def gpus(self) -> float:
        """GPUs that are paid for: those of all instances. Room of servers that they leave is not among them. [1]"""
        return self.all_instances * float(self.setup.paid_gpus[0])

    @property
    def server_gpus(self) -> int:
        """GPUs of one server. [1]"""
        return server_gpus(self.scenario.accelerator)

    @property
    def servers(self) -> int:
        """Whole servers that hold all instances: several in one where there is room, or several for one. [1]"""
        return units(self.all_instances, float(self.setup.n_gpu[0]), self.server_gpus)

    @property
    def domains(self) -> int:
        """Scale-up domains that hold all instances. [1]"""
        return units(self.all_instances, float(self.setup.n_gpu[0]), self.scenario.accelerator.scale_up_domain)

    @property
    def requests_per_s(self) -> float:
        """Mean of the whole deployment. [1/s]"""
        return self.instances * self.mean.requests_per_s

    @property
    def usd_per_hour(self) -> float:
        """Rent of all GPUs. [USD/h]"""
        return self.gpus * self.scenario.accelerator.price_usd_per_gpu_hour

    @property
    def usd_per_month(self) -> float:
        """Rent of all GPUs in 730 hours. [USD]"""
        return self.usd_per_hour * HOURS_PER_MONTH

    @property
    def usd_per_million_tokens(self) -> float:
        """Rent over the output tokens of the mean demand: not at full load. [USD]"""
        tokens_per_hour = self.requests_per_s * self.traffic.answer_tokens * SECONDS_PER_HOUR
        return self.usd_per_hour / tokens_per_hour * MILLION

    @property
    def usd_per_million_tokens_at_capacity(self) -> float:
        """The same were every instance, none of them spare, always as full as the limits allow. [USD]"""
        own = float(self.setup.paid_gpus[0])
        each = 1 / float(self.setup.requests_per_s[0]) + float(self.setup.prompt_instances_s[0])
        usd_per_s = self.scenario.accelerator.price_usd_per_gpu_hour / SECONDS_PER_HOUR
        return own * each * usd_per_s / self.traffic.answer_tokens * MILLION

    @property
    def power_w(self) -> float:
        """What boards draw at the mean load, times PUE: full power where the share is unknown; NaN without that. [W]

        Spare instances wait; those for prompts work for the part of the time that their load is, and wait for the rest.
        Hosts and network come on top.
        """
        board = self.scenario.accelerator.board_power_w
        if board is None:
            return float("nan")
        if not np.isfinite(self.mean.power_share):
            return self.gpus * board * self.requirements.pue
        waiting = waiting_share(self.scenario.accelerator.stack)
        working = working_share(self.scenario.accelerator.stack)
        # Instances' worth of work on prompts.
        prompts = self.requests_per_s * float(self.setup.prompt_instances_s[0]) if self.prompt_instances else 0.0
        idle = self.requirements.spares + self.prompt_instances - prompts
        full = self.instances * self.mean.power_share + prompts * working + idle * waiting
        return full * float(self.setup.paid_gpus[0]) * board * self.requirements.pue

    @property
    def energy_usd_per_month(self) -> float:
        """What that power costs in 730 hours. [USD]"""
        joule = self.power_w * HOURS_PER_MONTH * SECONDS_PER_HOUR
        return joule / JOULE_PER_KWH * self.requirements.usd_per_kwh


def plan(scenario: Scenario, requirements: Requirements, traffic: Traffic, setups: Setups) -> Plan | None:
    """The cheapest deployment within the limits; None where no setup keeps them.

    Args:
        scenario (Scenario): Its target of speed and of the mean time to first token are limits, its price pays.
        requirements (Requirements): Demand and limits.
        traffic (Traffic): The requests.
        setups (Setups): Of the scenario with this traffic, as from `engines.setups`.
    """
    best = best_of_each_layout(setups.take(within(scenario, requirements, traffic, setups)), requirements, traffic)
    if not best.size:
        return None
    peak = requirements.demand * requirements.peak_over_mean
    needed, prompts = instances_for(scenario, best, requirements, traffic, np.array([peak]))
    cost = ((needed + prompts + requirements.spares) * best.paid_gpus)[0]
    if np.isinf(cost).all():
        return None
    plans = [
        _planned(scenario, requirements, traffic, setups, best.take(np.array([row])), needed[0, row], prompts[0, row])
        for row in np.flatnonzero(cost <= cost.min() * (1 + _ROUNDING))
    ]
    return min(plans, key=lambda one: one.peak.tpot_s)


def within(
    scenario: Scenario,
    requirements: Requirements,
    traffic: Traffic,
    setups: Setups,
    without: LimitName | None = None,
) -> npt.NDArray[np.bool_]:
    """Which setups keep all limits, or all but one; limits on time where the engine knows of times.

    Args:
        scenario, requirements, traffic, setups: As for `plan`.
        without (str, optional): A limit that does not count.
    """
    kept = np.ones(setups.size, dtype=np.bool_)
    if without != "speed":
        kept &= setups.tpot_s * scenario.target_tokens_per_s_user <= 1 + _ROUNDING
    return kept & _in_time(scenario, requirements, traffic, setups, without)


def _in_time(
    scenario: Scenario, requirements: Requirements, traffic: Traffic, setups: Setups, without: LimitName | None
) -> npt.NDArray[np.bool_]:
    """Which setups keep the limits on time; all where the engine knows of no times."""
    kept = np.ones(setups.size, dtype=np.bool_)
    if np.isnan(setups.first_s).all():
        return kept
    late = requirements.percentile
    if without != "first_token" and requirements.first_token_s is not None:
        kept &= in_time(setups, traffic, late, requirements.first_token_s)
    if without != "first_token" and scenario.target_ttft_s is not None:
        kept &= mean_first_s(setups, traffic) <= scenario.target_ttft_s
    if without != "end_to_end" and requirements.end_to_end_s is not None:
        kept &= in_time(setups, traffic, late, requirements.end_to_end_s, whole=True)
    return kept


def taken(setups: Setups, requirements: Requirements, traffic: Traffic) -> Array:
    """What an instance takes, in the unit of the demand: requests a second, or users at once by Little's law. [1]"""
    if requirements.demand_unit == "requests_per_s":
        return setups.requests_per_s
    return setups.requests_per_s * mean_request_s(setups, traffic)


def best_of_each_layout(setups: Setups, requirements: Requirements, traffic: Traffic) -> Setups:
    """Of each layout the setup that takes most: more of it never needs more instances."""
    if not setups.size:
        return setups
    order = np.lexsort((taken(setups, requirements, traffic), setups.layout))
    layout = setups.layout[order]
    return setups.take(order[np.r_[layout[1:] != layout[:-1], True]])


def instances_for(
    scenario: Scenario, setups: Setups, requirements: Requirements, traffic: Traffic, peaks: Array
) -> tuple[Array, Array]:
    """Instances that peaks need of each setup, n = ⌈P/(u·R)⌉, and those for prompts alone. [1]

    Those are at least ⌈λ·t/u⌉, and so many more that the limits on time are kept with the queue for them, of setups at
    the most load with which they keep them.

    Args:
        setups (Setups): Each at the most load with which it keeps the limits.
        scenario, requirements, traffic: As for `plan`.
        peaks (array): P, in the unit of the demand. [1/s] or [1]

    Returns:
        (array, array): Peaks along the first axis, setups along the second; without bound where no number is enough.
    """
    each = taken(setups, requirements, traffic)
    use = requirements.utilisation
    needed = np.maximum(np.ceil(peaks[:, np.newaxis] / (use * each) * (1 - _ROUNDING)), 1.0)
    requests_per_s = peaks[:, np.newaxis] / each * setups.requests_per_s
    work = requests_per_s * setups.prompt_instances_s
    least = np.maximum(np.ceil(work / use * (1 - _ROUNDING)), np.floor(work) + (work > 0))
    if not work.any():
        return needed, least
    rows = setups.take(np.tile(np.arange(setups.size), peaks.size))
    prompts, late = least.ravel(), np.ones(rows.size, dtype=np.bool_)
    for _ in range(_MORE_PROMPT_INSTANCES):
        left = np.flatnonzero(late)
        dealt = rows.take(left).with_prompt_instances(requests_per_s.ravel()[left], prompts[left])
        late[left] = ~_in_time(scenario, requirements, traffic, dealt, without=None)
        if not late.any():
            break
        # One by one; of very many by a part of what their number spreads by.
        prompts = prompts + late * np.maximum(np.floor(np.sqrt(prompts) / 8), 1.0)
    return needed, np.where(late, np.inf, prompts).reshape(work.shape)


def units(instances: int, n_gpu: float, size: int) -> int:
    """Servers or domains of some GPUs that instances of n GPUs need: ⌈instances/⌊size/n⌋⌉, or instances·⌈n/size⌉. [1]

    Examples:
        Five of 4 on servers of 8; three of 12.

        >>> units(5, 4, 8), units(3, 12, 8)
        (3, 6)
    """
    if n_gpu <= size:
        return int(np.ceil(instances / np.floor(size / n_gpu)))
    return int(instances * np.ceil(n_gpu / size))


def at_load(
    setups: Setups,
    requirements: Requirements,
    traffic: Traffic,
    each: float,
    instances: float = 1.0,
    prompt_instances: float = 0.0,
    waiting_share: float = 1.0,
) -> Load:
    """One instance of a layout at a load between those of its setups.

    Args:
        setups (Setups): Of one layout, loads ascending.
        requirements, traffic: As for `plan`.
        each (float): Load of the instance, in the unit of the demand. [1/s] or [1]
        instances, prompt_instances (float): Of the deployment: so many send their prompts to so many for prompts alone.
            [1]
        waiting_share (float): What a board that has nothing to do draws of its full power. [1]
    """
    row = between(setups, taken(setups, requirements, traffic), each, waiting_share)
    row = row.with_prompt_instances(instances * row.requests_per_s, prompt_instances)
    request_s = float(mean_request_s(row, traffic)[0])
    requests = each if requirements.demand_unit == "requests_per_s" else each / request_s
    first_s, last_s = (
        float(percentile_s(row, traffic, requirements.percentile, whole=whole)[0]) for whole in (False, True)
    )
    return Load(requests, requests * request_s, float(row.tpot_s[0]), first_s, last_s, float(row.power_share[0]))


def between(setups: Setups, loads: Array, load: float, waiting_share: float = 1.0) -> Setups:
    """A setup of one layout at a load, by straight lines between its neighbours; one row.

    Below the least load steps take as long as there, and sequences, requests and prompts are fewer in proportion: for
    the rest of the time boards wait.

    Args:
        setups (Setups): Of one layout.
        loads (array): Their loads, in any unit.
        load (float): In the same unit.
        waiting_share (float): What a board that waits draws of its full power. [1]
    """
    order = np.argsort(loads, kind="stable")

    def at(values: Array) -> Array:
        return np.array([np.interp(load, loads[order], values[order])])

    part = min(load / float(loads.min()), 1.0)
    scaled = {"batch": part, "requests_per_s": part, "prompt_load": part}
    found: dict[str, Any] = {"layout": setups.layout[:1]}
    for field in fields(setups):
        values = getattr(setups, field.name)
        if field.name != "layout":
            here = np.stack([at(one) for one in values]) if values.ndim > 1 else at(values)
            found[field.name] = here * scaled.get(field.name, 1.0)
    found["power_share"] = part * found["power_share"] + (1 - part) * waiting_share
    return Setups(**found)


def at_peak(made: Plan, setups: Setups) -> Setups:
    """The layout of a plan at its peak; one row. `setups` are those that it was made of."""
    own = setups.of_layout(int(made.setup.layout[0]))
    row = between(own, own.requests_per_s, made.peak.requests_per_s)
    return row.with_prompt_instances(made.instances * row.requests_per_s, made.prompt_instances)


def _planned(
    scenario: Scenario,
    requirements: Requirements,
    traffic: Traffic,
    setups: Setups,
    best: Setups,
    instances: float,
    prompt_instances: float,
) -> Plan:
    """The plan on one layout."""
    own = setups.of_layout(int(best.layout[0]))
    waiting = waiting_share(scenario.accelerator.stack)
    mean, peak = (
        at_load(own, requirements, traffic, demand / instances, instances, prompt_instances, waiting)
        for demand in (requirements.demand, requirements.demand * requirements.peak_over_mean)
    )
    return Plan(scenario, requirements, traffic, best, int(instances), int(prompt_instances), mean, peak)
