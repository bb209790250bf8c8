"""The sentences of the page, true for any plan and where there is none."""

from infecon_core import Scenario, catalog
from infecon_core.analysis.planner.plan import LimitName, Plan, at_peak
from infecon_core.analysis.planner.reach import Reach
from infecon_core.analysis.planner.shortfall import Shortfall
from infecon_core.analysis.planner.waits import jump
from infecon_core.engines import engine_of
from infecon_core.schema import OWN
from infecon_core.schema.requirements import Requirements
from infecon_core.schema.traffic import Traffic
from infecon_core.schema.words import counted
from infecon_ui.frontier import cache as answers
from infecon_ui.frontier import words
from infecon_ui.planner import cache
from infecon_ui.planner.asked import Asked, Entrant
from infecon_ui.text import formats

_LIMITS: dict[LimitName, str] = {
    "speed": "tokens/s per user",
    "first_token": "first token",
    "end_to_end": "last token",
}
# The button behind which what is seldom changed stands.
MORE = "Accelerators, lengths, prices"
# Costs within this part of each other are the same: engines differ by more. A choice.
_SAME = 0.005


def title(asked: Asked, entrants: list[Entrant]) -> str:
    """What the demand needs on the cheapest accelerator, or that none of them serves it."""
    first = entrants[0]
    what = f"{demand(asked.requirements)} of {asked.model}"
    if asked.requirements.gpus_owned is not None:
        return _owned(asked)
    if first.found.plan is None:
        if len(entrants) == 1:
            return f"{first.name} does not serve {what} within the limits"
        return f"None of these accelerators serves {what} within the limits"
    plan = first.found.plan
    needs = "needs" if asked.requirements.demand == 1 else "need"
    return f"{what} {needs} {gpus(plan.gpus)} × {first.name}: {dollars(plan.usd_per_month)} a month"


def _owned(asked: Asked) -> str:
    """How far GPUs that are owned reach on the chosen accelerator."""
    found, owned = reach_of(asked), asked.requirements.gpus_owned or 0
    name = next(iter(asked.scenarios))
    mine = f"{gpus(owned)} × {name}"
    if found is None:
        return f"{mine} cannot serve {asked.model} within the limits"
    share = found.demand / asked.requirements.demand
    of = f"{formats.digits(share, 2)} times" if share >= 1 else f"{formats.share(share)} of"
    unit = "requests/s" if asked.requirements.demand_unit == "requests_per_s" else "users at once"
    return f"{mine} serve up to {formats.digits(found.demand)} {unit} of {asked.model}: {of} what is asked"


def reach_of(asked: Asked) -> Reach | None:
    """How far the GPUs reach that are owned, of the chosen accelerator."""
    owned = asked.requirements.gpus_owned
    return None if owned is None else cache.reached(asked.scenario, asked.requirements, asked.traffic, owned)


def demand(requirements: Requirements) -> str:
    """The demand: "200 requests/s", "5,000 users"."""
    if requirements.demand_unit == "users":
        return f"{formats.digits(requirements.demand, 6)} {'user' if requirements.demand == 1 else 'users'} at once"
    return f"{formats.digits(requirements.demand, 6)} {'request' if requirements.demand == 1 else 'requests'}/s"


def rate(requests_per_s: float) -> str:
    """A rate of requests: "200 requests/s", "12 requests/hour".

    >>> rate(200.0), rate(0.01), rate(1.0)
    ('200 requests/s', '36 requests/hour', '1 request/s')
    """
    per_hour = requests_per_s < 0.1
    shown = formats.digits(requests_per_s * 3600 if per_hour else requests_per_s)
    return f"{shown} {'request' if shown == '1' else 'requests'}/{'hour' if per_hour else 's'}"


def support(asked: Asked, entrants: list[Entrant]) -> str:
    """How the cheapest plan is made, and what its tokens cost at this load, in one line."""
    plan = entrants[0].found.plan
    parts = [planned_for(asked)]
    if plan is not None:
        cheapest = f"{entrants[0].name}: " if asked.requirements.gpus_owned is not None else ""
        tokens = f"{formats.about(plan.usd_per_million_tokens)} per million output tokens at this load"
        parts = [claim(entrants), f"{cheapest}{setup(plan)}", tokens, *parts]
    text = " · ".join([*parts, "model, not measurement"])
    return f"{text[:1].upper()}{text[1:]}"


def planned_for(asked: Asked) -> str:
    """The peak, and how full instances are then."""
    needs = asked.requirements
    peak = demand(needs.model_copy(update={"demand": needs.demand * needs.peak_over_mean}))
    return f"planned for a peak of {peak} with instances at {formats.share(needs.utilisation)} of what keeps the limits"


def setup(plan: Plan) -> str:
    """Instances and what each is: "97 instances of 4 GPUs, tensor-parallel 4, 51 users each at the peak"."""
    row = {name: float(getattr(plan.setup, name)[0]) for name in ("n_gpu", "tp", "pp", "ep", "dp_attn", "draft_tokens")}
    spare = f" and {plan.requirements.spares} spare" if plan.requirements.spares else ""
    prompts = f" and {plan.prompt_instances} for prompts" if plan.prompt_instances else ""
    each = formats.number(plan.peak.users)
    return (
        f"{counted(plan.instances, 'instance')}{prompts}{spare} of {words.in_words(row)}, "
        f"{each} {'user' if each == '1' else 'users'} each at the peak"
    )


def limits(asked: Asked) -> str:
    """What is kept at the peak."""
    needs, scenario = asked.requirements, asked.scenario
    kept = [formats.user_speed(scenario.target_tokens_per_s_user)]
    if not engine_of(scenario).capabilities.prompts:
        return f"{kept[0]}; this engine computes no first token, so that no limit on it holds"
    at = f"at the {percentile(needs.percentile)}"
    if needs.first_token_s is not None:
        kept.append(f"{words.first_token(scenario)} within {words.limit(needs.first_token_s)} {at}")
    if scenario.target_ttft_s is not None:
        kept.append(f"within {words.limit(scenario.target_ttft_s)} on average")
    if needs.end_to_end_s is not None:
        kept.append(f"last token within {words.limit(needs.end_to_end_s)} {at}")
    return ", ".join(kept)


def percentile(number: int) -> str:
    """What of a hundred requests so many do: "95th percentile"."""
    return f"{number}th percentile"


def jumps(asked: Asked, entrants: list[Entrant]) -> str:
    """Where a percentile of the cheapest plan jumps from one length to the next, a sentence; else empty."""
    plan = entrants[0].found.plan
    if plan is None or len(asked.traffic.lengths) == 1:
        return ""
    found = cache.setups(plan.scenario, asked.traffic)
    assert not isinstance(found, str)  # it has a plan
    row = at_peak(plan, found)
    which = percentile(asked.requirements.percentile)
    parts = []
    for token, whole in (("first", False), ("last", True)):
        if (ends := jump(row, asked.traffic, asked.requirements.percentile, whole=whole)) is not None:
            low, high = map(formats.duration, ends)
            parts.append(f"that of the {token} token lies anywhere between {low} and {high}")
    if not parts:
        return ""
    return (
        f"The {which} stands where one length ends and the next begins: with a few more or fewer long requests "
        f"{' and '.join(parts)}."
    )


def lengths(traffic: Traffic) -> str:
    """Lengths of the requests, and what of them is cached."""
    parts = [
        f"{formats.share(part)} {one.prompt_tokens:,} in / {one.output_tokens:,} out"
        for part, one in zip(traffic.shares, traffic.lengths, strict=True)
    ]
    one = traffic.lengths[0]
    text = ", ".join(parts) if len(parts) > 1 else f"{one.prompt_tokens:,} in / {one.output_tokens:,} out"
    return text + (f", {formats.share(traffic.cached_share)} of prompts cached" if traffic.cached_share else "")


def priced(asked: Asked) -> str:
    """Lengths, formats and what the price pays for."""
    weights = formats.number_format(asked.scenario.precision.weights)
    return f"{weights}, {lengths(asked.traffic)}, price {basis(asked)}"


def claim(entrants: list[Entrant]) -> str:
    """Which accelerator serves the demand for least, and how much more the next one costs."""
    served = [one for one in entrants if one.found.plan is not None]
    asked = [one for one in entrants if one.scenario is not None]
    if not served:
        return "None of these accelerators keeps the limits"
    first, plan = served[0], served[0].found.plan
    assert plan is not None
    if len(served) == 1:
        alone = "alone keeps the limits" if len(asked) > 1 else "keeps the limits"
        return f"{first.name} {alone}, for {dollars(plan.usd_per_month)} a month"
    other = served[1].found.plan
    assert other is not None
    ratio = other.usd_per_hour / plan.usd_per_hour
    if ratio <= 1 + _SAME:
        return f"{first.name} and {served[1].name} cost the same: {dollars(plan.usd_per_month)} a month"
    return (
        f"{first.name} costs least, {dollars(plan.usd_per_month)} a month; "
        f"{served[1].name} costs {formats.digits(ratio, 3 if ratio < 1.1 else 2)} times as much"
    )


def why_not(one: Entrant) -> str:
    """Why there is no plan on an accelerator, in few words."""
    if one.scenario is None:
        return "no price on this basis"
    if one.found.problem:
        return "nothing fits"
    return f"{nearest(one.found.shortfalls[0])} at best" if one.found.shortfalls else "several limits together"


def nearest(shortfall: Shortfall) -> str:
    """How near to a limit an accelerator comes: "43 tokens/s per user", "first token 1.3 s"."""
    if shortfall.limit == "speed":
        return f"{formats.number(shortfall.best)} {_LIMITS['speed']}"
    return f"{_LIMITS[shortfall.limit]} {formats.duration(shortfall.best)}"


def helps(one: Entrant, chosen: Scenario | None = None) -> str:
    """What would give a plan on an accelerator that has none, in a sentence.

    Args:
        one (Entrant): The accelerator.
        chosen (Scenario, optional): That of the sidebar, for which other changes are tried too.
    """
    if one.scenario is None or one.found.problem:
        problem = one.found.problem
        return f"{one.name}: {problem[:1].lower()}{problem[1:].rstrip('.')}."
    if not one.found.shortfalls:
        return f"{one.name}: several limits stand in the way together; let go of one after the other."
    text = f"{one.name}: {'; '.join(_relaxed(shortfall) for shortfall in one.found.shortfalls)}."
    if one.scenario != chosen or one.found.shortfalls[0].limit != "speed":
        return text
    others = [remedy.words for remedy in answers.remedies(chosen)]
    return f"{text} {one.name} would be as fast with {' or '.join(others)}." if others else text


def _relaxed(shortfall: Shortfall) -> str:
    plan = shortfall.plan
    if shortfall.limit == "speed":
        allowed = formats.user_speed(shortfall.allowed)
    else:
        allowed = f"the {_LIMITS[shortfall.limit]} within {words.limit(shortfall.allowed)}"
    return (
        f"{nearest(shortfall)} at best; with {allowed} it takes {gpus(plan.gpus)} GPUs and "
        f"{dollars(plan.usd_per_month)} a month"
    )


def source(asked: Asked) -> str:
    """Whose numbers these are: the engine and its error, what is paid, the data."""
    engine = engine_of(asked.scenario)
    parts = [engine.summary(asked.scenario)]
    if engine.capabilities.uncertainty:
        found = answers.error(asked.scenario.serving.constants)
        error = f"median error in time {formats.percent(found.median)} on {found.n:,} measurements"
        parts = [f"Model, not measurement: {engine.label.lower()} engine, {error}"]
    paid = "GPU-hours of the instances' GPUs alone, 730 a month"
    return " · ".join([*parts, f"{paid}, price {basis(asked)}", f"data {catalog.data_version()}"])


def basis(asked: Asked) -> str:
    """What the price pays for: "on demand"."""
    own = asked.scenario.price_basis == OWN
    others = [
        name
        for name, one in asked.scenarios.items()
        if isinstance(one, Scenario) and one.price_basis == OWN and not own
    ]
    by_hand = f" ({', '.join(others)}: given by hand)" if others else ""
    return "given by hand" if own else f"{words.on_basis(asked.scenario.price_basis)}{by_hand}"


def dollars(usd: float) -> str:
    """A sum of money to three digits: "$736,000", "$1.43 million", "$5.20".

    >>> dollars(736424.0), dollars(1434538.4), dollars(5.2), dollars(999_999.0)
    ('$736,000', '$1.43 million', '$5.20', '$1.00 million')
    """
    shown = float(f"{usd:.3g}")
    if shown >= 1e9:
        return f"${shown / 1e9:.3g} billion"
    return f"${formats.rounded(usd / 1e6, 3)} million" if shown >= 1e6 else formats.money(shown)


def gpus(count: float) -> str:
    """A number of GPUs: "1,104"; with a fraction where an engine has some."""
    return f"{count:,.0f}" if abs(count - round(count)) < 1e-6 else formats.digits(count)
