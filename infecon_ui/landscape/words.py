"""What the page says: the claim, what it rests on, and the lines beside a cell."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from infecon_core import catalog
from infecon_core.choices import Value
from infecon_core.choices.kinds import Choice, Option, Quantity
from infecon_core.choices.registry import choices, names
from infecon_core.schema import OWN
from infecon_core.schema.words import counted
from infecon_ui.frontier import words as frontier_words
from infecon_ui.landscape.curves import NONE, details
from infecon_ui.landscape.dataset import BEYOND, DataSet, Length
from infecon_ui.landscape.grid import ALONE, MAKER, OPEN
from infecon_ui.landscape.market import Market, prices, told_within
from infecon_ui.landscape.question import Question
from infecon_ui.text import formats

_NAMED = 3  # that many more winners a sentence names


def accelerator(name: str) -> str:
    """What an accelerator is called."""
    return names("accelerators")[name]


def model(name: str) -> str:
    """What a model is called."""
    return names("models")[name]


def size(name: str) -> str:
    """Parameters of a model: "37.6 B of 671 B", "70.6 B" for one that uses all of them."""
    shape = catalog.model(name).architecture
    every, active = (f"{formats.digits(n / 1e9)} B" for n in (shape.total_params, shape.active_params))
    return every if every == active else f"{active} of {every}"


def length(value: Length) -> str:
    """Prompt and output: "8k in / 1k out"."""
    return f"{thousands(value[0])} in / {thousands(value[1])} out"


def thousands(tokens: int) -> str:
    """A number of tokens [tokens]: "8k", "128k", "1,024"."""
    return f"{tokens // 1000:,}k" if tokens and tokens % 1000 == 0 else f"{tokens:,}"


def choice_of(name: str) -> Choice | None:
    """The choice whose values a column of the data set holds."""
    return next((choice for choice in choices().values() if choice.path and choice.path[-1] == name), None)


def value(name: str, stored: Value) -> str:
    """A value of a dimension of the data set in words, without the dimension: "FP8"."""
    choice = choice_of(name)
    if isinstance(choice, Option):
        return choice.options.get(str(stored), str(stored))
    if isinstance(choice, Quantity) and isinstance(stored, int | float):
        return f"{choice.shown(stored):,.12g}"
    return "none" if stored is None else {True: "on", False: "off"}[stored] if isinstance(stored, bool) else str(stored)


def stored_default(choice: Choice) -> Value:
    """The default of a choice as the data set has it, in SI units."""
    return choice.stored(choice.default) if isinstance(choice, Quantity) else choice.default


def dimension(name: str, stored: Value) -> str:
    """The same with the dimension: "Weights FP8"."""
    choice = choice_of(name)
    return f"{name if choice is None else choice.facts.label} {value(name, stored)}"


def worth(question: Question, value: float, n_digits: int = 2) -> str:
    """A value of the measure in so many digits."""
    return f"{'$' if question.measure.money else ''}{formats.rounded(value, n_digits)}"


def sure(found: Market, i: int, j: int) -> str:
    """How sure the winner of a cell is: told from all others, from those of other makers, or from neither."""
    makers = [catalog.accelerator(name).vendor for name in found.question.accelerators]
    rivals = {makers[one] for one in found.rivals(i, j)}
    own = makers[found.winner[i, j]]
    others = {makers[k] for k in range(len(makers)) if np.isfinite(found.cost[i, j, k])} - {own}
    return ALONE if not rivals else MAKER if rivals == {own} and others else OPEN


def claim(found: Market) -> str:
    """Who wins most models at the target and length that are asked for, and for how many by more than the error."""
    question, models, column = found.question, len(found.data.models), found.asked
    asked = formats.user_speed(found.columns[column][0])
    counts = Counter(int(one) for one in found.winner[:, column] if one != NONE)
    if alone(question):
        name = accelerator(question.accelerators[0])
        return f"{name} reaches {asked} for {counts[0] or 'none'} of {counted(models, 'model')}"
    if not counts:
        return f"None of these {len(question.accelerators)} accelerators serves any of {models} models at {asked}"
    best, most = counts.most_common(1)[0]
    name = accelerator(question.accelerators[best])
    does = "comes out cheapest" if question.measure.money else f"comes out with the most {question.measure.phrase}"
    sure_of = sum(sure(found, i, column) == ALONE for i, one in enumerate(found.winner[:, column]) if one == best)
    many = "none" if not sure_of else "all of them" if sure_of == most else f"{sure_of} of them"
    leads = ("" if sure_of else "not ") if most == 1 else f"for {many} "
    return f"At {asked}, {name} {does} for {most} of {counted(models, 'model')}, {leads}by more than the model's error"


def alone(question: Question) -> bool:
    """Whether one accelerator takes part alone, so that there is nothing to be cheaper than."""
    return len(question.accelerators) == 1


def support(found: Market) -> str:
    """Who wins the others, for how many that can be told, and how many winners lie beyond what was measured."""
    question, column = found.question, found.asked
    counts = Counter(int(one) for one in found.winner[:, column] if one != NONE).most_common()
    if not counts:
        remedy = "choose another accelerator" if alone(question) else "let other accelerators take part"
        return f"Lower the target, or {remedy}."
    won = [i for i, one in enumerate(found.winner[:, column]) if one != NONE]
    if alone(question):
        return _beyond(found, len(won))
    others = [f"{accelerator(question.accelerators[place])} for {n}" for place, n in counts[1:]]
    more = f" and {len(others) - _NAMED} more" if len(others) > _NAMED else ""
    parts = [f"then {', '.join(others[:_NAMED])}{more}"] if others else []
    if lost := len(found.data.models) - len(won):
        parts.append(f"none reaches it for {lost}")
    text = "; ".join(parts)
    first = f"{text[:1].upper()}{text[1:]}. " if text else ""
    return f"{first}{_leads(found, won)} {_beyond(found, len(won))}".strip()


def _leads(found: Market, won: Sequence[int]) -> str:
    """For how many of the models that have a winner its lead is larger than the error of such comparisons."""
    looks = Counter(sure(found, i, found.asked) for i in won)
    clear, makers = looks[ALONE], looks[ALONE] + looks[MAKER]
    over = f", over other makers' accelerators for {_of(makers, len(won))}" if makers > clear else ""
    if not clear:
        return f"For no model is the lead larger than the error of such comparisons{over}."
    return f"For {_of(clear, len(won))} models the lead is larger than the error of such comparisons{over}."


def _beyond(found: Market, won: int) -> str:
    """How many winners at the target have a setup that nothing measured is like; empty for none."""
    winner = np.maximum(found.winner[:, found.asked], 0)
    points = np.take_along_axis(found.point[:, found.asked], winner[:, None], 1)
    beyond = sum(bool(point[BEYOND]) for point in details(found.data, points).values())
    if not beyond:
        return ""
    return (
        f"The setup lies beyond what was measured for {_of(beyond, won)}."
        if won > 1
        else ("The setup lies beyond what was measured.")
    )


def _of(part: int, whole: int) -> str:
    """A part of a number of models in words: "all 22", "9 of 22", "none"."""
    return "none" if not part else f"all {whole}" if part == whole and whole > 1 else f"{part} of {whole}"


def chosen(question: Question, *, lengths: bool = True) -> str:
    """What all of it has in common: weights, lengths where they are the same everywhere, prices."""
    parts = [dimension(name, value) for name, value in question.where]
    if lengths:
        parts.append(length(question.length))
    if question.measure.money:
        parts.append(f"price {on_basis(question)}")
    parts.append(counted(len(question.accelerators), "accelerator"))
    return ", ".join(parts)


def on_basis(question: Question) -> str:
    """What prices pay for, to follow "price"."""
    return "of the data set" if question.basis == OWN else frontier_words.on_basis(question.basis)


def source(data: DataSet, question: Question) -> str:
    """What the page rests on, in sentences."""
    parts = ["Model, not measurement."]
    if question.measure.money and question.basis != OWN:
        priced = [catalog.accelerator(name).prices.get(question.basis) for name in question.accelerators]
        dates = sorted({price.provenance.date for price in priced if price is not None})
        span = dates[0] if len(dates) == 1 else f"{dates[0]} to {dates[-1]}" if dates else "no date"
        parts.append(f"Prices of a GPU-hour {on_basis(question)}, read {span}.")
    parts += [
        f"{'The shipped data set' if data.shipped else 'A data set of the operator'} of {data.date}, data version "
        f"{data.data_version}: {data.frontiers:,} frontiers, {data.points:,} points.",
        "Whether a model was trained for a prompt as long as asked does not count here.",
    ]
    return " ".join(parts)


def told_apart(data: DataSet, question: Question) -> str:
    """What the error of a comparison is, with the factors of measured pairs; empty where one takes part alone."""
    if alone(question):
        return ""
    factors = told_within(data, question.accelerators, question.where)
    makers = [catalog.accelerator(name).accelerator.stack for name in question.accelerators]
    same, other = set[float](), set[float]()
    for i, one in enumerate(makers):
        for j, another in enumerate(makers[:i]):
            if factors[i, j] == factors[i, j]:
                (same if one == another else other).add(float(factors[i, j]))
    parts = [
        f"within {max(found) - 1:.0%} {where}"
        for found, where in ((same, "where one maker's software runs both"), (other, "where two makers' do"))
        if found
    ]
    if not parts:
        return "No measurement says how wrong such comparisons are, so no lead counts as larger than their error."
    return (
        f"The error of such comparisons is that of measured pairs: four of five ratios of their times were predicted "
        f"{', '.join(parts)}. A lead is larger where the order still holds with both times wrong by that much."
    )


def stale(data: DataSet) -> str:
    """Says that the data have changed since; empty where they have not."""
    if not data.stale:
        return ""
    remedy = (
        "`make landscape` computes it anew." if data.shipped else "The same sweep into another folder is up to date."
    )
    return (
        f"This data set was computed with data version {data.data_version}; now it is {catalog.data_version()}, so "
        f"Frontier may say something else. {remedy}"
    )


def without(data: DataSet, question: Question, wanted: Sequence[str]) -> str:
    """Which accelerators of those wanted take no part, and why; empty where all do."""
    missing = [accelerator(name) for name in wanted if name not in question.accelerators]
    if not missing:
        return ""
    listed = missing[0] if len(missing) == 1 else f"{', '.join(missing[:-1])} and {missing[-1]}"
    takes = "takes" if len(missing) == 1 else "take"
    if not question.measure.money:
        return f"{listed} {takes} no part: no board power is known."
    return f"{listed} {takes} no part: no price {on_basis(question)} is known."


def priced(data: DataSet, question: Question, wanted: Sequence[str]) -> tuple[str, ...]:
    """Of some accelerators those that can be compared: by a price on the basis, or by a power of their boards."""
    if question.y == "mw":
        return tuple(name for name in wanted if catalog.accelerator(name).accelerator.board_power_w is not None)
    if not question.measure.money or question.basis == OWN:
        return tuple(wanted)
    known = prices(data, question.basis)
    return tuple(name for name in wanted if known[data.accelerators.index(name)] > 0)
