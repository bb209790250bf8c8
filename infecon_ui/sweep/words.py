"""What the page says of a sweep: the claim, what all scenarios have in common, and what the numbers rest on."""

import math
import re
from collections import Counter
from collections.abc import Sequence

from infecon_core import catalog
from infecon_core.choices import Choice, Option, Quantity, Switch, Value
from infecon_core.choices.registry import ACCELERATOR, BASIS, MODEL, PRICE
from infecon_core.engines import engine_of
from infecon_core.schema import OWN
from infecon_core.schema.words import counted
from infecon_core.sweep.grid import AtTarget
from infecon_ui.frontier import cache, words
from infecon_ui.sweep.figures import PROPERTIES, Figure, Property, Shown
from infecon_ui.sweep.swept import Swept
from infecon_ui.text import formats

# Values that differ by less are the same in two digits; changes from this factor on are told as a factor.
_SAME, _FACTOR = 1.02, 1.5
_NAMED = 3  # properties that a sentence names
_TARGET = "at"
_YEARS = re.compile(r"^(\d\d)(\d\d)-(1[3-9]|[2-9]\d)$")
_LENGTHS = {"prompt": "in", "output": "out"}


def value(choice: Choice, chosen: Value) -> str:
    """A value of a choice as it stands over a column: "16,000", "FP8", "on"."""
    if isinstance(choice, Option):
        return choice.options[str(chosen)]
    if isinstance(choice, Switch):
        return "on" if chosen else "off"
    return "none" if chosen is None else formats.digits(float(chosen), 4)


def value_with_unit(choice: Choice, chosen: Value) -> str:
    """The same with its unit: "16,000 tokens"."""
    unit = choice.facts.shown or choice.facts.unit
    has_unit = isinstance(choice, Quantity) and chosen is not None and unit not in ("", "1")
    if has_unit and unit.startswith("USD"):
        return f"{formats.money(float(str(chosen)))}{unit.removeprefix('USD')}"
    return f"{value(choice, chosen)} {unit}" if has_unit else value(choice, chosen)


def scenario(swept: Swept, one: AtTarget) -> str:
    """What tells a scenario of a sweep from the others: "prompt 1,000 tokens, B200"."""
    return ", ".join(named(choice, chosen) for choice, chosen in zip(swept.choices, one.values, strict=True))


def named(choice: Choice, chosen: Value) -> str:
    """A value with the name of its choice where it does not say it itself: "prompt 1,000 tokens", "B200"."""
    if choice.key in (MODEL, ACCELERATOR, "draft"):
        return value(choice, chosen)
    return f"{_inside(choice.facts.label)} {value_with_unit(choice, chosen)}"


def target(swept: Swept, *, whole: bool = True) -> str:
    """What every scenario is held to, to follow a subject; empty where that is what is swept.

    Args:
        swept (Swept): The answers.
        whole (bool): Whether to say that it is per user.
    """
    if any(axis.key == _TARGET for axis in swept.axes):
        return ""
    speed = float(str(swept.base.value(_TARGET)))
    return f" at {formats.user_speed(speed)}" if whole else f" at {formats.user_speed(speed).removesuffix(' per user')}"


def claim(swept: Swept, shown: Shown) -> str:
    """What the sweep shows, in one sentence."""
    if isinstance(shown, Figure):
        known = [(one, number) for one in swept.found if math.isfinite(number := shown.number(one))]
    else:
        known = [(one, math.nan) for one in swept.found if shown.word(one)]
    if not known:
        return _nothing(swept)
    lost = _lost(swept, len(swept.found) - len(known))
    if not isinstance(shown, Figure):
        return f"{_over(swept)}: {_most_often(swept, shown)}{lost}"
    at = target(swept, whole=False) if shown.at_target else ""
    if len(known) == 1:
        one, number = known[0]
        return f"With {scenario(swept, one)} {shown.subject}{at} is {_phrased(shown, number)}{lost}"
    if len(swept.axes) == 1 and swept.numbers(0) is not None:
        return f"{_over(swept)}: {shown.subject}{at} {_course(swept, shown, known)}{lost}"
    low, high = (pick(known, key=lambda pair: pair[1]) for pick in (min, max))
    if high[1] <= _SAME * low[1]:
        return f"{_over(swept)}: {shown.subject}{at} is about {_phrased(shown, low[1])} everywhere{lost}"
    ends = [
        f"{text} ({_values(swept, one)})"
        for (one, _), text in ((low, shown.words(low[1])), (high, _phrased(shown, high[1])))
    ]
    course = _leader(swept, shown) or f"goes from {' to '.join(ends)}"
    return f"{_over(swept)}: {shown.subject}{at} {course}{lost}"


def _phrased(shown: Figure, number: float) -> str:
    return f"{shown.words(number)} {shown.phrase}".rstrip()


def _values(swept: Swept, one: AtTarget) -> str:
    """What a scenario has of the axes that a sentence has named."""
    pairs = list(zip(swept.choices, one.values, strict=True))
    both = {choice.key for choice, _ in pairs} == _LENGTHS.keys()
    return ", ".join(
        f"{value(choice, chosen)} {_LENGTHS[choice.key]}" if both else value_with_unit(choice, chosen)
        for choice, chosen in pairs
    )


def _leader(swept: Swept, shown: Figure) -> str:
    """Which name has the best value along a number, and from where to where; empty where it is no such sweep.

    Who is within the difference that two digits show of the best has the best too.
    """
    across = next((axis for axis in range(len(swept.axes)) if swept.numbers(axis) is not None), None)
    if across is None or len(swept.axes) == 1 or swept.numbers(1 - across) is not None or not shown.best:
        return ""
    other, along = swept.choices[1 - across], swept.choices[across]
    low = shown.best == "lowest"
    places = []  # number, best value, names that have it, the first axis of names
    for x in sorted(set(swept.numbers(across) or ())):
        there = {
            one.values[1 - across]: shown.number(one) for one in swept.found if float(str(one.values[across])) == x
        }
        known = {name: number for name, number in there.items() if math.isfinite(number)}
        if known:
            best = (min if low else max)(known.values())
            near = [n for n, v in known.items() if (v <= best * _SAME if low else v * _SAME >= best)]
            places.append((x, best, near))
    if len(places) < 2:
        return ""
    often = Counter(name for _, _, near in places for name in near).most_common()
    if len(often) > 1 and often[1][1] == len(places):
        return ""
    values = [best for _, best, _ in places]
    ends = f"about {_phrased(shown, min(values))}"
    if max(values) > _SAME * min(values):
        ends = f"{shown.words(min(values))} to {_phrased(shown, max(values))}"
    name, count = often[0]
    if count == len(places):
        return f"is {shown.best} with {named(other, name)} throughout, {ends}"
    changes = _stretches([near for _, _, near in places])
    if len(changes) == 2:
        (before, start), (after, _) = changes
        until = value_with_unit(along, places[start - 1][0])
        return (
            f"is {shown.best} with {named(other, before)} up to {until}, then with {named(other, after)}; "
            f"{ends} at best"
        )
    return f"is {shown.best} with {named(other, name)} at {count} of {len(places)} values, {ends} at best"


def _stretches(places: Sequence[Sequence[Value]]) -> list[tuple[Value, int]]:
    """Names that have the best value one after the other, each with the place behind its last; as few as can be."""
    found, at = [], 0
    while at < len(places):
        reach = {
            name: next((i for i in range(at, len(places)) if name not in places[i]), len(places)) for name in places[at]
        }
        name = max(reach, key=lambda one: reach[one])
        found.append((name, reach[name]))
        at = reach[name]
    return found


def values_claim(swept: Swept) -> str:
    """What the map of all values shows, in one sentence."""
    count = len(swept.found)
    if not swept.reached:
        return claim(swept, PROPERTIES["layout"])
    every = f"All {count} scenarios reach their target" if count > 1 else "The scenario reaches its target"
    if len(swept.reached) < count:
        every = f"{len(swept.reached)} of {count} scenarios reach their target"
    layouts = len({PROPERTIES["layout"].word(one) for one in swept.reached})
    return f"{every}, with {counted(layouts, 'best layout')} between them" if count > 1 else every


def _course(swept: Swept, shown: Figure, known: Sequence[tuple[AtTarget, float]]) -> str:
    """How a figure goes along a number."""
    along = sorted(known, key=lambda pair: float(str(pair[0].values[0])))
    (first, start), (last, end) = along[0], along[-1]
    lowest, highest = (pick(along, key=lambda pair: pair[1]) for pick in (min, max))
    if highest[1] <= _SAME * lowest[1]:
        course = f"stays at about {_phrased(shown, start)}"
    elif max(start, end) <= _SAME * min(start, end):
        course = f"begins and ends at about {_phrased(shown, start)}"
    else:
        verb, ratio = ("rises", end / start) if end > start else ("falls", start / end)
        by = f"{formats.digits(ratio, 2)}×" if ratio >= _FACTOR else f"by {formats.percent(abs(end / start - 1))}"
        course = f"{verb} {by}, from {shown.words(start)} to {_phrased(shown, end)}"
    for (one, number), word in ((lowest, "lowest"), (highest, "highest")):
        beyond = number * _SAME < min(start, end) if word == "lowest" else number > _SAME * max(start, end)
        if beyond:
            course += f", {word} at {value_with_unit(swept.choices[0], one.values[0])} with {shown.words(number)}"
    limits = [str(one.point["limit"]) for one in (first, last) if one.point is not None]
    if shown.at_target and len(set(limits)) > 1:
        course += f"; the slowest part changes from {limits[0]} to {limits[1]}"
    return course


def _over(swept: Swept) -> str:
    """What is swept, before a colon: "Prompt from 250 to 16,000 tokens", "Prompt by accelerator"."""
    first = swept.choices[0]
    numbers = swept.numbers(0)
    second = f" by {_inside(swept.choices[1].facts.label)}" if len(swept.axes) > 1 else ""
    if numbers is None and second and (along := swept.numbers(1)) is not None:
        ends = f"{value(swept.choices[1], min(along))} to {value_with_unit(swept.choices[1], max(along))}"
        return f"{first.facts.label}{second} from {ends}"
    if numbers is None or (second and swept.numbers(1) is not None):
        return f"{first.facts.label}{second}"
    return f"{first.facts.label} from {value(first, min(numbers))} to {value_with_unit(first, max(numbers))}{second}"


def _most_often(swept: Swept, shown: Property) -> str:
    """Which properties there are, the most frequent first."""
    counts = Counter(word for one in swept.found if (word := shown.told(one))).most_common()
    total, at = sum(count for _, count in counts), target(swept, whole=False)
    if len(counts) == 1:
        return f"{shown.subject}{at} is everywhere {counts[0][0]}"
    (first, often), *others = counts
    rest = [f"{word} ({count})" for word, count in others[: len(others) if len(others) <= _NAMED else _NAMED - 1]]
    more = f" or one of {len(others) - len(rest)} others" if len(others) > len(rest) else ""
    return f"{shown.subject}{at} is {first} in {often} of {total}; else {' or '.join(rest)}{more}"


def _lost(swept: Swept, lost: int) -> str:
    """How many have no value; empty for none."""
    if not lost:
        return ""
    none = sum(1 for one in swept.found if one.point is None and one.reason)
    if none:
        return f"; {lost} of {len(swept.found)} {'has' if lost == 1 else 'have'} none"
    reach = "does not reach its speed" if lost == 1 else "do not reach their speed"
    return f"; {lost} of {len(swept.found)} {reach}"


def _nothing(swept: Swept) -> str:
    """Why there is nothing to show."""
    count = len(swept.found)
    fastest = [one for one in swept.found if math.isfinite(one.fastest)]
    if not fastest:
        reasons = Counter(one.reason for one in swept.found)
        whole = "The scenario does not run" if count == 1 else f"None of the {count} scenarios runs"
        return f"{whole}: {_inside(reasons.most_common(1)[0][0]).rstrip('.')}"
    best = max(fastest, key=lambda one: one.fastest)
    made = f"{formats.digits(best.fastest)} tokens/s"
    if not target(swept):
        asked = [float(str(one.choices.value(_TARGET))) for one in swept.found]
        speeds = formats.user_speed(min(asked))
        if max(asked) > min(asked):
            speeds = f"{formats.digits(min(asked))} to {formats.user_speed(max(asked))}"
        others = [
            (choice, chosen) for choice, chosen in zip(swept.choices, best.values, strict=True) if choice.key != _TARGET
        ]
        beside = "".join(f", with {named(choice, chosen)}," for choice, chosen in others)
        none = "The scenario does not reach" if count == 1 else f"None of the {count} scenarios reaches"
        return f"{none} the speed it asks for, {speeds}: the fastest{beside} makes {made}"
    whole = "The scenario does not reach" if count == 1 else f"None of the {count} scenarios reaches"
    goal = target(swept).removeprefix(" at ") or "its target"
    return f"{whole} {goal}: the fastest, with {scenario(swept, best)}, makes {made}"


def common(swept: Swept) -> str:
    """What all scenarios have in common, in one line."""
    base, axes = swept.base, {axis.key for axis in swept.axes}
    served = [value(base.all[key], base.value(key)) for key in (MODEL, ACCELERATOR) if key not in axes]
    parts = [" on ".join(served)] if served else []
    formats_shown = [
        f"{value(base.all[key], base.value(key))}{suffix}"
        for key, suffix in (("w", " weights"), ("kv", " KV cache"))
        if key not in axes and not (MODEL in axes and key not in dict(base.changes))
    ]
    lengths = [
        f"{formats.tokens(float(str(base.value(key))))} {suffix}"
        for key, suffix in (("prompt", "in"), ("output", "out"))
        if key not in axes
    ]
    parts += [", ".join(formats_shown), " / ".join(lengths), price(swept)]
    other = [
        named(base.all[key], chosen)
        for key, chosen in base.changes
        if key not in axes | {"w", "kv", "prompt", "output", PRICE, BASIS, _TARGET} and base.enters(key)
    ]
    return " · ".join(part for part in (*parts, *other[:_NAMED], "…" if len(other) > _NAMED else "") if part)


def price(swept: Swept) -> str:
    """What a GPU-hour costs, or on which basis it is; empty where that is what is swept."""
    base, axes = swept.base, {axis.key for axis in swept.axes}
    if axes & {PRICE, BASIS}:
        return ""
    usd = float(str(base.value(PRICE)))
    if PRICE in dict(base.changes):
        return f"{formats.money(usd)} per GPU-hour, set by hand"
    if ACCELERATOR in axes:
        return "each accelerator at its own price" if base.basis == OWN else f"prices {words.on_basis(base.basis)}"
    if base.basis == OWN:
        return f"{formats.money(usd)} per GPU-hour"
    return f"{formats.money(usd)} per GPU-hour {words.on_basis(base.basis)}"


def source(swept: Swept) -> str:
    """What stands behind the numbers: engine, its error, when prices were read, the data."""
    of = swept.base.scenario()
    engine = engine_of(of)
    model = engine.summary(of)
    if engine.capabilities.uncertainty:
        found = cache.error(of.serving.constants)
        error = f"median error in time {formats.percent(found.median)} on {found.n:,} measurements"
        model = f"Model, not measurement: {engine.label.lower()} engine, {error}"
    return " · ".join([model, *_dates(swept), f"data {catalog.data_version()}"])


def _dates(swept: Swept) -> list[str]:
    """When prices were read; none where they are given by hand."""
    priced = {PRICE, BASIS} & {axis.key for axis in swept.axes}
    bases = [swept.base.basis] if not priced else next((a.values for a in swept.axes if a.key == BASIS), ())
    names = next((axis.values for axis in swept.axes if axis.key == ACCELERATOR), (swept.base.accelerator_id,))
    prices = [catalog.accelerator(str(name)).prices for name in names]
    dates = sorted(
        {price.provenance.date for known in prices for key, price in known.items() if key in bases and key != OWN}
    )
    if not dates:
        return []
    # Of two years, as "2025-26", a span has the first or the last one.
    first, last = _YEARS.sub(r"\1\2", dates[0]), _YEARS.sub(r"\1\3", dates[-1])
    if len(dates) == 1:
        return [f"price read {first}" if first == last else f"price read {first} to {last}"]
    return [f"prices read {first} to {last}"]


def _inside(label: str) -> str:
    """A label inside a sentence: FP8 and HBM keep their capitals."""
    first = label.partition(" ")[0]
    return label if first[:2].isupper() or not first else f"{label[:1].lower()}{label[1:]}"
