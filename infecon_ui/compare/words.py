"""The words around a comparison: what is the same for all, on which prices, what is missing, and what stands behind."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType

from infecon_core import catalog
from infecon_core.analysis import claims
from infecon_core.analysis.compare import Standing
from infecon_core.catalog.drafts import measured_elsewhere
from infecon_core.catalog.engine_levels import best_over_one_engine
from infecon_core.choices import Choices, Member, Option
from infecon_core.choices.comparison import MEASURED
from infecon_core.choices.registry import ACCELERATOR, MODEL
from infecon_core.engines import engine_of
from infecon_core.scenario import Scenario
from infecon_core.schema import Architecture, Speculation
from infecon_core.validation.uncertainty import Spread
from infecon_ui.compare.compared import Compared, measured_of
from infecon_ui.compare.presets import BASIS, OWN, all_priced
from infecon_ui.frontier import cache
from infecon_ui.frontier.points import beyond_of, reason_beyond
from infecon_ui.frontier.support import typical
from infecon_ui.frontier.words import BEYOND, BEYOND_SHORT
from infecon_ui.state.chosen import chosen
from infecon_ui.text import formats


def support(compared: Compared, *, dated: bool = True) -> str:
    """What all have in common, and what the first has where they differ: model, accelerator, formats, lengths, GPUs.

    Args:
        compared (Compared): What is compared.
        dated (bool): Whether to say when the prices were read.
    """
    scenarios, base = _scenarios(compared), compared.scenario
    shown, own = list[str](), list[str]()
    for whole, parts in _PARTS:
        if _same(scenarios, whole):
            shown.append(whole(scenarios[0]))
            continue
        for key, part in parts.items():
            if _same(scenarios, part):
                shown.append(part(scenarios[0]))
            elif key != compared.comparison.key and base is not None:
                own.append(part(base))
    if own:
        # What differs besides the choice that is compared: names do not tell all of it.
        shown.append(f"{compared.names[0]} is {', '.join(own)}")
    if compared.target.ttft_s is not None:
        shown.append(f"first token within {formats.duration(compared.target.ttft_s)}")
    return " · ".join([*shown, prices(compared, dated=dated)])


def common_name(compared: Compared) -> str:
    """Model and accelerator as far as all have the same: "DeepSeek V3 on B200"; empty where both differ."""
    scenarios = _scenarios(compared)
    found = [{one.architecture.name for one in scenarios}, {one.accelerator.name for one in scenarios}]
    return " on ".join(names.pop() for names in found if len(names) == 1)


def prices(compared: Compared, *, dated: bool = True) -> str:
    """The price basis of all, and when the prices were read; arguments as for `support`."""
    bases = _by_basis(compared)
    told = []
    for basis, members in bases.items():
        notes = [", ".join(members)] if len(bases) > 1 else []
        notes += _when(members.values()) if dated else []
        read = f" ({', '.join(notes)})" if notes else ""
        told.append(f"{_lower(basis_name(compared.members[0].choices, basis))}{read}")
    return f"prices: {' and '.join(told)}" if told else "no prices"


def _by_basis(compared: Compared) -> dict[str, dict[str, Member]]:
    """The members that have a scenario, by their price basis and their name."""
    found: dict[str, dict[str, Member]] = {}
    for name, member in zip(compared.names, compared.members, strict=True):
        if member.scenario is not None:
            found.setdefault(member.scenario.price_basis, {})[name] = member
    return found


def _when(members: Iterable[Member]) -> list[str]:
    """When prices were read."""
    dates = sorted({price_date(member.choices) for member in members} - {""})
    days = [date for date in dates if date[:2] == "20"]
    when = [" to ".join(dict.fromkeys((days[0], days[-1])))] if days else []
    return when + (["some undated" if days else "undated"] if len(days) < len(dates) else [])


def gpu_hours(compared: Compared) -> str:
    """What a GPU-hour costs, once for each accelerator: "GPU-hours at $5.50 (B200), $2.10 (MI355X)"."""
    found: dict[str, dict[float, None]] = {}
    for one in _scenarios(compared):
        found.setdefault(one.accelerator.name, {})[one.accelerator.price_usd_per_gpu_hour] = None
    told = [f"{' or '.join(map(formats.money, values))} ({name})" for name, values in found.items()]
    return f"GPU-hours at {', '.join(told)}" if told else ""


def mixed(compared: Compared) -> str:
    """One sentence where prices are not on one basis and that is not what is compared; else empty."""
    if compared.comparison.key == BASIS:
        return ""
    bases = _by_basis(compared)
    if len(bases) < 2:
        return ""
    choices = compared.members[0].choices
    told = [f"{_lower(basis_name(choices, basis))} for {formats_list(list(names))}" for basis, names in bases.items()]
    return f"Prices are not on one basis: {'; '.join(told)}."


def missing(compared: Compared) -> list[str]:
    """One sentence for each member that has no value at the target."""
    found = []
    for standing in compared.ranked:
        if not standing.reached:
            found.append(_reason(standing))
    return found


def short_note(standing: Standing) -> str:
    """Why a bar has no length, in a few words."""
    if standing.entrant.scenario is None:
        return "no figure: see below" if not _no_price(standing) else "no price on this basis"
    if standing.entrant.frontier is None:
        return "not measured" if standing.entrant.measured else "nothing fits"
    return standing.note if not standing.note.endswith(".") else "not known"


def measured_note(compared: Compared) -> str:
    """How many measured points are shown, and of which lengths; empty where none are."""
    member = next((one for one in compared.members if one.measured), None)
    found = measured_of(member) if member is not None else None
    if found is None or not found.n_points:
        return ""
    lengths = formats_list([f"{isl:,} in / {osl:,} out" for isl, osl in found.lengths])
    count = "1 measurement" if found.n_points == 1 else f"{found.n_points:,} measurements"
    said = f"{MEASURED.capitalize()}: the best of {count} at {lengths}, GPU-seconds at the scenario's price."
    standing = next(one for one in compared.standings if one.entrant.measured)
    if standing.point is None or not standing.reached:
        return said
    around = [point for point in (standing.slower, standing.point) if point is not None]
    told = formats_list(
        [
            f"{value(compared, point[compared.measure.column])} at {formats.speed(point['tokens_per_s_user'])}"
            for point in around
        ]
    )
    if len(around) > 1:
        return f"{said} Its value at the target lies on the straight line, on logarithmic axes, between {told}."
    return f"{said} The nearest point fast enough is {told}."


def remarks(compared: Compared, standing: Standing) -> list[str]:
    """What makes one value unlike the others: where it was measured, on how many GPUs, whether prompts are left out."""
    if not standing.reached or standing.point is None:
        return []
    found = []
    if standing.slower is not None:
        low, high = (formats.number(point["tokens_per_s_user"]) for point in (standing.slower, standing.point))
        found.append(f"between points at {low} and {high} tok/s")
    elif standing.entrant.measured:
        found.append(f"at {formats.speed(standing.speed)}")
    if any(one.entrant.measured for one in compared.standings):
        found.append(formats.gpus(_most_gpus(standing)))
    if is_beyond(standing) and not all(map(is_beyond, compared.reached)):
        found.append(BEYOND_SHORT)
    if claims.omits_prompts(standing) and not all(map(claims.omits_prompts, compared.standings)):
        found.append("without prompts")
    return found


def is_beyond(standing: Standing) -> bool:
    """Whether its point at the target lies beyond what was measured."""
    return standing.point is not None and bool(reason_beyond(standing.point))


def speed_range(standing: Standing) -> str:
    """Between which speeds its value would be had if comparable measurements are right; empty where unknown."""
    if math.isnan(standing.slowest) or math.isnan(standing.quickest):
        return ""
    return formats.speed_range(standing.slowest, standing.quickest)


def _most_gpus(standing: Standing) -> float:
    return max(float(point["n_gpu"]) for point in (standing.point, standing.slower) if point is not None)


def source(compared: Compared) -> str:
    """What stands behind the figures: engines, error, prices, data."""
    scenarios = _scenarios(compared)
    engines = list(dict.fromkeys(engine_of(one).summary(one) for one in scenarios))
    fitted = [one for one in scenarios if engine_of(one).capabilities.uncertainty]
    without = [one.name for one in compared.standings if claims.omits_prompts(one)]
    parts = ["Model, not measurement", *engines[:2]]
    if without:
        parts.append(f"{formats_list(without)}: without prompts")
    if fitted:
        parts.append(_errors(fitted))
    parts += _corrections(compared)
    parts += _drafts(scenarios)
    drawn = [frame for one in compared.standings if (frame := compared.drawn(one)) is not None]
    if any((beyond_of(frame) != "").any() for frame in drawn):
        all_of_them = (
            ", as every value at the target is" if compared.reached and all(map(is_beyond, compared.reached)) else ""
        )
        parts.append(f"dashed: {BEYOND}{all_of_them}")
    stand_for = {engine_of(one).stands_for for one in scenarios} - {""}
    parts += [typical(name, best_over_one_engine()) for name in sorted(stand_for)]
    parts += sorted({engine_of(one).error for one in scenarios} - {""})
    hours = [text for text in (gpu_hours(compared), prices(compared)) if text]
    return " · ".join([*parts, ", ".join(hours), f"data {catalog.data_version()}"])


def _errors(fitted: Sequence[Scenario]) -> str:
    """How wrong predictions are: once where it is the same for all, else for each accelerator and class of models."""
    found: dict[Spread, list[Scenario]] = {}
    for one in fitted:
        found.setdefault(cache.spread(one), []).append(one)
    if len(found) == 1:
        (only,) = found
        points = f"of {only.n_points:,} {only.kind} 80% take"
        return f"{points} {only.low:.2g} to {only.high:.2g} times as long as predicted"
    models = len({one.architecture.name for one in fitted}) > 1
    told: dict[str, list[str]] = {}
    for spread, alike in found.items():
        names = dict.fromkeys(one.architecture.name if models else one.accelerator.name for one in alike)
        told.setdefault(spread.kind, []).append(f"{spread.low:.2g} to {spread.high:.2g} ({', '.join(names)})")
    return "; ".join(
        f"80% of {kind} take so many times as long as predicted: {', '.join(ranges)}" for kind, ranges in told.items()
    )


def _corrections(compared: Compared) -> list[str]:
    """By how much the times of each are corrected."""
    sizes = []
    for one in compared.standings:
        scenario = one.entrant.scenario
        found = engine_of(scenario).correction(scenario) if scenario is not None else None
        if found is not None:
            sizes.append(f"{found.size} ({one.name})")
    return [f"times corrected by {', '.join(sizes)}"] if sizes else []


def _drafts(scenarios: Sequence[Scenario]) -> list[str]:
    """What is assumed of drafts, where there are any."""
    found = dict.fromkeys(
        _measured(draft, one.architecture)
        if draft.accepted_lengths
        else f"{draft.acceptance:.0%} of drafted tokens accepted (an assumption)"
        for one in scenarios
        if (draft := one.speculation) is not None
    )
    return list(found)


def _measured(draft: Speculation, architecture: Architecture) -> str:
    """Whose tokens a round drafts have, where they were measured."""
    if other := measured_elsewhere(draft, architecture):
        return f"{architecture.name} drafts with tokens a round measured {other}"
    return "drafts with measured tokens a round"


def basis_name(choices: Choices, basis: str) -> str:
    """What a price basis is called."""
    choice = choices.all[BASIS]
    return choice.options[basis] if isinstance(choice, Option) else basis


def price_date(choices: Choices) -> str:
    """When the price of a GPU-hour was read; empty where it was given by hand."""
    label = choices.all["price"].label
    found = next((one for one in chosen(choices).sources if one.what == label), None)
    return found.date if found is not None else ""


def formats_list(names: Sequence[str]) -> str:
    """Names in a sentence."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def value(compared: Compared, number: float) -> str:
    """A value of the vertical axis, in two digits: "$1.3", "2,400"."""
    return formats.about(number) if compared.measure.money else formats.digits(number, 2)


def value_range(compared: Compared, standing: Standing) -> str:
    """Where the value would lie if comparable measurements are right; empty where unknown."""
    low, high = standing.low, standing.high
    if math.isnan(low) or math.isnan(high):
        return ""
    return formats.value_range(low, high, lambda number: value(compared, number))


def said(compared: Compared, standing: Standing) -> str:
    """Value and range of one, or why there is none."""
    if not standing.reached:
        return short_note(standing)
    notes = [text for text in (value_range(compared, standing), *remarks(compared, standing)) if text]
    return value(compared, standing.value) + (f" ({'; '.join(notes)})" if notes else "")


def gaps(compared: Compared) -> bool:
    """Whether a member has no price on the basis of the others."""
    return any(one.entrant.scenario is None and _no_price(one) for one in compared.standings)


def common_bases(compared: Compared) -> tuple[str, ...]:
    """The price bases, other than the present one, on which every member has a price."""
    comparison, now = compared.comparison, compared.comparison.base.value(BASIS)
    choice = comparison.base.all[BASIS]
    if comparison.key == BASIS or not isinstance(choice, Option):
        return ()
    found = []
    for basis in choice.options:
        other = comparison.with_base(comparison.base.with_values(**{BASIS: basis}))
        alone = {member.scenario.price_basis for member in other.members if member.scenario is not None} == {basis}
        if basis not in (OWN, now) and alone and all_priced(other):
            found.append(basis)
    return tuple(found)


def _no_price(standing: Standing) -> bool:
    return "price" in standing.note.lower()


def _reason(standing: Standing) -> str:
    """A whole sentence on why there is no value, with the name."""
    if not standing.note.endswith("."):
        return f"{standing.name} {standing.note}."
    return standing.note if standing.name in standing.note else f"{standing.name}: {standing.note}"


def _scenarios(compared: Compared) -> list[Scenario]:
    return [one.entrant.scenario for one in compared.standings if one.entrant.scenario is not None]


def _same(scenarios: Sequence[Scenario], part: Callable[[Scenario], str]) -> bool:
    return len({part(one) for one in scenarios}) == 1


def _most_gpus_of(scenario: Scenario) -> str:
    return f"up to {formats.gpus(scenario.max_gpus)}"


def _formats(scenario: Scenario) -> str:
    weights, kv = scenario.precision.weights, scenario.precision.kv
    shown = formats.number_format(weights)
    return shown if kv == weights else f"{shown} with {formats.number_format(kv)} KV cache"


def _lengths(scenario: Scenario) -> str:
    return f"{scenario.prompt_tokens:,} in / {scenario.output_tokens:,} out"


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


# What a scenario is in words, and the choices that are parts of it.
_PARTS: tuple[tuple[Callable[[Scenario], str], Mapping[str, Callable[[Scenario], str]]], ...] = tuple(
    (whole, MappingProxyType(parts))
    for whole, parts in (
        (lambda one: one.architecture.name, {MODEL: lambda one: one.architecture.name}),
        (lambda one: one.accelerator.name, {ACCELERATOR: lambda one: one.accelerator.name}),
        (
            _formats,
            {
                "w": lambda one: f"{formats.number_format(one.precision.weights)} weights",
                "kv": lambda one: f"{formats.number_format(one.precision.kv)} KV cache",
            },
        ),
        (
            _lengths,
            {
                "prompt": lambda one: f"{one.prompt_tokens:,} tokens in",
                "output": lambda one: f"{one.output_tokens:,} tokens out",
            },
        ),
        (_most_gpus_of, {"max": _most_gpus_of}),
    )
)
