"""What an accelerator comes to: its plan, or what is in the way of one; and a plan as a record of numbers."""

from dataclasses import dataclass

from infecon_core import engines
from infecon_core.analysis.planner.plan import Plan, plan
from infecon_core.analysis.planner.shortfall import Shortfall, shortfalls
from infecon_core.scenario import Scenario
from infecon_core.schema import NothingFits
from infecon_core.schema.requirements import Requirements
from infecon_core.schema.traffic import Traffic
from infecon_core.setups import Setups


@dataclass(frozen=True)
class Planned:
    """What an accelerator comes to.

    Attributes:
        plan (Plan or None): Where the limits can be kept.
        shortfalls (tuple of Shortfall): Otherwise, which one limit is in the way.
        problem (str): Otherwise, why nothing runs at all; empty where something does.
    """

    plan: Plan | None
    shortfalls: tuple[Shortfall, ...] = ()
    problem: str = ""


def setups_or_reason(scenario: Scenario, traffic: Traffic) -> Setups | str:
    """The setups of a scenario, or why there are none."""
    try:
        return engines.setups(scenario, traffic)
    except NothingFits as reason:
        return str(reason)


def planned(scenario: Scenario, requirements: Requirements, traffic: Traffic, found: Setups | str) -> Planned:
    """The plan of a scenario, or what is in its way.

    Args:
        scenario, requirements, traffic: As for `plan`.
        found (Setups or str): As from `setups_or_reason`.
    """
    if isinstance(found, str):
        return Planned(None, problem=found)
    made = plan(scenario, requirements, traffic, found)
    return Planned(made) if made else Planned(None, shortfalls(scenario, requirements, traffic, found))


def numbers(made: Plan) -> dict[str, float]:
    """All numbers of a plan, by names that say their units; NaN where the engine knows none."""
    one = made.setup
    return {
        **{name: float(getattr(one, name)[0]) for name in ("n_gpu", "tp", "pp", "ep", "dp_attn", "draft_tokens")},
        "instances": made.instances,
        "prompt_instances": made.prompt_instances,
        "spare_instances": made.requirements.spares,
        "gpus": made.gpus,
        "servers": made.servers,
        "scale_up_domains": made.domains,
        "users_per_instance_at_peak": made.peak.users,
        "requests_per_s_mean": made.requests_per_s,
        "usd_per_hour": made.usd_per_hour,
        "usd_per_month": made.usd_per_month,
        "usd_per_million_output_tokens": made.usd_per_million_tokens,
        "usd_per_million_output_tokens_at_capacity": made.usd_per_million_tokens_at_capacity,
        "tokens_per_s_user_at_peak": 1 / made.peak.tpot_s,
        "first_token_s_at_peak": made.peak.first_token_s,
        "end_to_end_s_at_peak": made.peak.end_to_end_s,
        "percentile": made.requirements.percentile,
        "power_kw": made.power_w / 1e3,
        "energy_usd_per_month": made.energy_usd_per_month,
    }


NUMBERS = (
    *("n_gpu", "tp", "pp", "ep", "dp_attn", "draft_tokens", "instances", "prompt_instances", "spare_instances"),
    *("gpus", "servers", "scale_up_domains", "users_per_instance_at_peak", "requests_per_s_mean"),
    *("usd_per_hour", "usd_per_month", "usd_per_million_output_tokens", "usd_per_million_output_tokens_at_capacity"),
    *("tokens_per_s_user_at_peak", "first_token_s_at_peak", "end_to_end_s_at_peak", "percentile"),
    *("power_kw", "energy_usd_per_month"),
)
