"""A comparison in words: the claim, who is the cheapest where, and what cannot be told or is not there."""

import math
from collections.abc import Mapping, Sequence

from infecon_core.analysis.compare import TIE, Ratio, Standing, Target, is_cost, ranked, ratio
from infecon_core.analysis.crossings import Crossing, Leader
from infecon_core.engines import engine_of

# What a little less than a round part of another is called: from, up to, word. Other parts from a fifth on are said as
# percent less, smaller ones as percent of the other.
_ROUND_PARTS = ((0.45, 1 / 2, "half"), (0.3, 1 / 3, "a third"), (0.22, 1 / 4, "a quarter"))
_SMALL = 0.2
_MOST_PARTS = 3  # stretches of speed that a sentence names one by one


def claim(found: Sequence[Standing], key: str, phrase: str, values: Mapping[str, str] | None = None) -> str:
    """What a comparison says in one sentence without a full stop, with at most two digits.

    The best is compared with the first, which is the present scenario; where that is the best itself or has no value,
    with the next best.

    Args:
        found (sequence of Standing): In the order of the comparison, at least two.
        key (str): Key of the choice that they differ in; empty for scenarios that differ in several.
        phrase (str): After a value: "per million output tokens".
        values (mapping): By name, the value of the choice after what has it: "with FP4 weights"; the name is lowered
            after "with" where there is none.
    """
    order, target = ranked(found), found[0].target
    reached = [standing for standing in order if standing.reached]
    if not reached:
        if math.isnan(order[0].fastest):
            return f"None of these {len(order)} has a figure"
        return (
            f"None of these {len(order)} reaches {_asked(target)}; the fastest is {order[0].name} with "
            f"{_speed(order[0].fastest)}"
        )
    best = reached[0]
    if len(reached) == 1:
        if all(standing.entrant.frontier is not None for standing in order):
            model = _common(found, "architecture")
            serving = f" with {model}" if model and key == "gpu" else ""
            return f"Only {best.name} reaches {_asked(target)}{serving}: {worth(best)} {phrase}"
        others = _listed([standing.name for standing in order[1:]])
        have = "has" if len(order) == 2 else "have"
        return f"At {_asked(target)}, {best.name} comes to {worth(best)} {phrase}; {others} {have} no figure"
    other = found[0] if found[0].reached and found[0] is not best else reached[1]
    if _in_doubt(best, other):
        first, second = _in_place(best, other, found, key, values or {})
        costs = f"{worth(best)} and {worth(other)} {phrase}{_without_prompts(best, other)}"
        same = "" if second == other.name else "the same "
        return f"At {_asked(target)}, our cost model does not separate {first} from {same}{second}: {costs}"
    said = _comparison(best, other, found, key, phrase, values or {})
    return f"At {_asked(target)}, {said}{_without_prompts(best, other)}"


def omits_prompts(standing: Standing) -> bool:
    """Whether its value leaves out prompts that the scenario has, because its engine computes none."""
    scenario = standing.entrant.scenario
    if standing.entrant.measured or scenario is None or not scenario.prompt_tokens:
        return False
    return not engine_of(scenario).capabilities.prompts


def ratio_sentence(both: Ratio, phrase: str, values: Mapping[str, str] | None = None) -> str:
    """Two of a comparison: by how much they differ.

    Args:
        both (Ratio): The two.
        phrase (str): After a value: "per million output tokens".
        values (mapping): As in `claim`; none where names say it better.
    """
    one, other = sorted((both.one, both.other), key=lambda standing: standing.cost)
    money, factor = is_cost(one.column), other.cost / one.cost
    if factor < 1 / (1 - TIE):
        text = f"{one.name} and {other.name} {'cost' if money else 'make'} the same"
    elif money and values:
        text = f"It costs {_times(factor)} times as much {values[other.name]} as {values[one.name]}"
    elif money:
        text = f"{other.name} costs {_times(factor)} times as much as {one.name}"
    else:
        text = f"{one.name} makes {_times(factor)} times as much as {other.name}"
    return f"{text}: {worth(one)} and {worth(other)} {phrase}."


def certainty_sentence(both: Ratio) -> str:
    """Whether the order of two can be told, and from what."""
    if both.one.entrant.measured or both.other.entrant.measured:
        return "What was measured has no error of the model."
    if both.difference is None:
        return "No measurement says how well these two are predicted relative to each other."
    if both.difference.n_pairs == 0:
        return "Both share the model's error, so their order is certain."
    what = "price" if is_cost(both.one.column) else "throughput"
    in_price = f"up to {_times(both.cost_factor)} times in {what} here"
    if math.isinf(both.cost_factor):
        in_price = "enough to put the target out of reach here"
    elif _times(both.cost_factor) == "1":
        in_price = f"next to nothing in {what} here"
    between = max(both.one.cost, both.other.cost) / min(both.one.cost, both.other.cost)
    text = (
        f"of {both.difference.n_pairs:,} {both.difference.which}, four of five are predicted within "
        f"{both.difference.factor - 1:.0%} of each other in time. That is {in_price}; the two differ "
        f"{_times(between)} times."
    )
    if both.told_apart:
        common = " Their ranges may overlap all the same: most of the error is common to both."
        return f"Our cost model separates the two: {text}{common}"
    return f"Our cost model does not separate the two: {text}"


def separated(found: Sequence[Standing]) -> bool:
    """Whether the best at the target is told apart from every other that has a value there."""
    reached = [standing for standing in ranked(found) if standing.reached]
    return not any(_in_doubt(reached[0], other) for other in reached[1:])


def _in_doubt(best: Standing, other: Standing) -> bool:
    """Whether the best is cheaper than another by less than the cost model can tell."""
    return ratio(best, other).told_apart is False and best.cost < (1 - TIE) * other.cost


def leaders_sentence(found: Sequence[Leader], column: str, *, certain: bool = True) -> str:
    """Which is the best at which speeds: "Cheapest up to 11 tokens/s per user: MI355X; up to 120: GB200 NVL72."

    Args:
        found (sequence of Leader): From slow to fast.
        column (str): What is compared.
        certain (bool): Whether the cost model tells the best at the target apart from the others.
    """
    best = ("Cheapest" if is_cost(column) else "Most tokens") + ("" if certain else ", on our central values,")
    if len(found) == 1:
        return f"{best} at every speed up to {_speed(found[0].end)} tokens/s per user: {found[0].name}."
    named = len(found) if len(found) <= _MOST_PARTS + 1 else _MOST_PARTS
    slower, rest = found[:named], found[named:]
    parts = [
        f"up to {_speed(leader.end)}{'' if i else ' tokens/s per user'}: {leader.name}"
        for i, leader in enumerate(slower)
    ]
    if rest:
        parts.append(f"up to {_speed(rest[-1].end)}: {_listed([*dict.fromkeys(one.name for one in rest)])} in turn")
    return f"{best} {'; '.join(parts)}."


def crossings_sentence(names: tuple[str, str], found: Sequence[Crossing], column: str) -> str:
    """Where two curves cross, and which is the better one on either side."""
    if not found:
        return f"The curves of {names[0]} and {names[1]} do not cross."
    better = "cheaper" if is_cost(column) else "better"
    first, *rest = found
    text = f"Up to {_speed(first.tokens_per_s_user)} tokens/s per user {first.below} is {better}, then {first.above}"
    return "".join([text, *(f", from {_speed(cross.tokens_per_s_user)} on {cross.above}" for cross in rest), "."])


def worth(standing: Standing) -> str:
    """A value in two digits: "$1.3", "$0.37", "$12", "2,400"."""
    value = float(f"{standing.value:.2g}")
    if not is_cost(standing.column):
        return f"{value / 1e6:,g} million" if value >= 1e6 else f"{value:,.0f}" if value >= 10 else f"{value:g}"
    digits = 0 if value >= 10 else max(1, 1 - math.floor(math.log10(value))) if value > 0 else 0
    return f"${value:,.{digits}f}"


def _in_place(
    best: Standing, other: Standing, found: Sequence[Standing], key: str, values: Mapping[str, str]
) -> tuple[str, str]:
    """Two in a sentence: "DeepSeek V3 on B200 with FP4 weights", "with FP8 weights"; their names for whole things."""
    place = " on ".join(name for name in (_common(found, "architecture"), _common(found, "accelerator")) if name)
    if key in ("", "model", "gpu", "engine") or not place:
        return best.name, other.name
    first, second = (values.get(one.name) or f"with {_lower(one.name)}" for one in (best, other))
    return f"{place} {first}", second


def _comparison(
    best: Standing, other: Standing, found: Sequence[Standing], key: str, phrase: str, values: Mapping[str, str]
) -> str:
    """The better of two against the other, as the end of a sentence."""
    part, cost = best.cost / other.cost, is_cost(best.column)
    if part > 1 - TIE:
        return f"{best.name} and {other.name} {'cost the same' if cost else f'make the same {phrase}'}"
    one, rest = _in_place(best, other, found, key, values)
    if not cost:
        return f"{one} makes {_times(1 / part)} times as many {phrase} as {rest}"
    model, chip = _common(found, "architecture"), _common(found, "accelerator")
    place = " on ".join(name for name in (model, chip) if name)
    verb, whole = f"{one} costs", f"what {rest} costs"
    if key == "gpu" and model:
        verb = f"{best.name} serves {model} for"
    elif key == "engine" and place:
        verb, whole = f"{best.name} puts {place} at", f"what {other.name} says"
    elif rest != other.name:
        whole = f"what it costs {rest}"
    return f"{verb} {_less(part, whole, rest)}"


def _without_prompts(*pair: Standing) -> str:
    """Which of two leaves out prompts that the other one pays for, as the end of a sentence; empty for none."""
    left_out = [standing.name for standing in pair if omits_prompts(standing)]
    return f"; {left_out[0]} counts no prompts" if len(left_out) == 1 else ""


def _less(part: float, whole: str, other: str) -> str:
    """A part of another's cost: "less than half of what B200 costs", "12% of what B200 costs", "38% less than B200"."""
    for low, high, word in _ROUND_PARTS:
        if low <= part < high:
            return f"less than {word} of {whole}"
    if part < _SMALL:
        return f"{float(f'{100 * part:.2g}'):g}% of {whole}"
    return f"{1 - part:.0%} less than {other}"


def _common(found: Sequence[Standing], part: str) -> str:
    """Name of the model or the accelerator that all have; empty where they differ."""
    names = {getattr(s.entrant.scenario, part).name for s in found if s.entrant.scenario is not None}
    return str(names.pop()) if len(names) == 1 else ""


def _asked(target: Target) -> str:
    noun = "token/s" if target.tokens_per_s_user == 1 else "tokens/s"
    text = f"{target.tokens_per_s_user:,g} {noun} per user"
    return text if target.ttft_s is None else f"{text} with the first token within {target.ttft_s:g} s"


def _speed(tokens_per_s: float) -> str:
    return f"{float(f'{tokens_per_s:.2g}') if tokens_per_s < 100 else round(tokens_per_s):,g}"


def _times(factor: float) -> str:
    return f"{float(f'{factor:.2g}'):,g}"


def _lower(name: str) -> str:
    """A name inside a sentence: "Weights FP4" becomes "weights FP4", "GB200" stays."""
    return name[:1].lower() + name[1:] if name[1:2].islower() else name


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
