"""The two maps: who wins where, and what tokens cost over sizes of models and lengths."""

import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from infecon_core import catalog
from infecon_core.measured.envelope import beyond_sentence
from infecon_ui.frontier import words as frontier_words
from infecon_ui.landscape import grid, opening, words
from infecon_ui.landscape.curves import KEPT, NONE, curves, details
from infecon_ui.landscape.dataset import BEYOND, SPEED, DataSet
from infecon_ui.landscape.market import Market, colour_order, lasting, market
from infecon_ui.landscape.question import Question
from infecon_ui.plots.map_table import Head, TableCell, table
from infecon_ui.text import formats

CHEAPEST = ""  # in place of an accelerator: the one that wins
_STEPS = 5  # of the key to prices
_LISTED = 3  # rivals that a cell names
_DIGITS_BESIDE = 3  # of prices beside a cell: their difference in percent follows from what is read


@KEPT.keep
def wins(data: DataSet, question: Question) -> str:
    """Who wins: models by speeds or lengths, the colour that of the winner, as HTML."""
    found = market(data, question)
    colours = {name: i for i, name in enumerate(colour_order(data, lasting(data, question)))}
    points = details(data, np.take_along_axis(found.point, np.maximum(found.winner, 0)[..., None], 2))
    rows = []
    for i in model_order(data, question):
        cells = []
        for j in range(len(found.columns)):
            best = int(found.winner[i, j])
            if best == NONE:
                cells.append(_without(found, i, j, None))
                continue
            name = question.accelerators[best]
            look = f"{grid.colour(colours.get(name, len(grid.COLOURS)))} {words.sure(found, i, j)}"
            value = words.worth(question, found.worth(float(found.cost[i, j, best])))
            more = tuple(_beside(found, i, j, points))
            beyond = bool(points[int(found.point[i, j, best])][BEYOND])
            cells.append(
                TableCell(
                    *(words.accelerator(name), value, look),
                    more=more,
                    link=_link(found, i, j, best),
                    sign=grid.BEYOND_SIGN * beyond,
                )
            )
        rows.append((_row(data, i), cells))
    return _table(_caption(question), found, rows)


@KEPT.keep
def wins_key(data: DataSet, question: Question) -> str:
    """What the colours of the first map mean, as HTML."""
    found = market(data, question)
    order = colour_order(data, lasting(data, question))
    there = {question.accelerators[int(one)] for one in found.winner.ravel() if one != NONE}
    entries = [
        (f"{grid.colour(i)} {grid.ALONE}", words.accelerator(name)) for i, name in enumerate(order) if name in there
    ]
    sign = (grid.BEYOND_SIGN, "the setup lies beyond what was measured")
    if words.alone(question):
        return grid.key([*entries, sign])
    first = grid.colour(0)
    looks = {
        grid.ALONE: "solid: the lead over every other is larger than the model's error",
        grid.MAKER: "pale: the lead over other makers' only",
        grid.OPEN: "hatched: neither",
    }
    return grid.key(entries) + grid.key([*((f"{first} {look}", text) for look, text in looks.items()), sign])


class OnAccelerator(NamedTuple):
    """What the target costs where one accelerator serves, or the cheapest of all.

    Attributes:
        own (int or None): Place of the accelerator among those that take part; None for the cheapest.
        places (array): Which of them serves each cell.
        cost (array): What the target costs there, in the unit of the market; infinite where it is out of reach.
    """

    own: int | None
    places: np.ndarray
    cost: np.ndarray


def on_accelerator(found: Market, question: Question, accelerator: str) -> OnAccelerator:
    """What the target costs on an accelerator, an id of those that take part, or on the `CHEAPEST`."""
    own = None if accelerator == CHEAPEST else question.accelerators.index(accelerator)
    places = found.order[..., 0] if own is None else np.full(found.winner.shape, own)
    return OnAccelerator(own, places, np.take_along_axis(found.cost, places[..., None], 2)[..., 0])


@KEPT.keep
def costs(data: DataSet, question: Question, accelerator: str) -> str:
    """What the target costs over models and lengths on one accelerator, or on the cheapest of all, as HTML.

    Args:
        data (DataSet): What is asked.
        question (Question): Of `lengths`.
        accelerator (str): An id of those that take part, or `CHEAPEST`.
    """
    found = market(data, question)
    own, places, cost = on_accelerator(found, question, accelerator)
    points = details(data, np.take_along_axis(found.point, places[..., None], 2))
    rows = []
    for i in model_order(data, question):
        cells = []
        for j in range(len(found.columns)):
            place = int(places[i, j])
            if not math.isfinite(cost[i, j]):
                cells.append(_without(found, i, j, None if own is None else place))
                continue
            value = words.worth(question, found.worth(float(cost[i, j])))
            point = points[int(found.point[i, j, place])]
            name = words.accelerator(question.accelerators[place])
            small = frontier_words.short(point) if own is not None else name
            told = words.worth(question, found.worth(float(cost[i, j])), _DIGITS_BESIDE)
            more = (f"{name}: {told} {question.measure.phrase}", *_setup(point))
            look, sign = grid.priced(strength(float(cost[i, j]), cost)), grid.BEYOND_SIGN * bool(point[BEYOND])
            cells.append(TableCell(value, small, look, more=more, link=_link(found, i, j, place), sign=sign))
        rows.append((_row(data, i), cells))
    on = "the cheapest accelerator" if own is None else words.accelerator(accelerator)
    caption = (
        f"{question.measure.title} at {formats.user_speed(question.target_tokens_per_s_user)} on {on}; below it "
        f"{'which that is' if own is None else 'GPUs and how they share the work'}. Empty cells say why; "
        f"{grid.BEYOND_SIGN} marks setups beyond what was measured."
    )
    return _table(caption, found, rows)


@KEPT.keep
def costs_key(data: DataSet, question: Question, accelerator: str) -> str:
    """What the strengths of the second map mean, as HTML; arguments as for `costs`."""
    found = market(data, question)
    cost = found.cost.min(axis=2)
    if accelerator != CHEAPEST:
        cost = found.cost[..., question.accelerators.index(accelerator)]
    known = cost[np.isfinite(cost)]
    if not known.size:
        return ""
    ends = np.geomspace(known.min(), known.max(), _STEPS if known.max() > 1.05 * known.min() else 1)
    return grid.key(
        [(grid.priced(strength(float(one), cost)), words.worth(question, found.worth(float(one)))) for one in ends]
    )


def strength(cost: float, among: np.ndarray) -> float:
    """Strength of the colour behind a cost, on a logarithmic scale: 0 for the cheapest, 1 for the dearest. [1]"""
    known = np.log(among[np.isfinite(among)])
    low, high = float(known.min()), float(known.max())
    return 0.5 if high - low < 1e-9 else (math.log(cost) - low) / (high - low)


def model_order(data: DataSet, question: Question) -> Sequence[int]:
    """Places of the models of a data set, the largest first."""

    def size(i: int) -> float:
        shape = catalog.model(data.models[i]).architecture
        return shape.active_params if question.by == "active" else shape.total_params

    return sorted(range(len(data.models)), key=lambda i: -size(i))


def _table(caption: str, found: Market, rows: Sequence[tuple[Head, Sequence[TableCell]]]) -> str:
    return table(
        *(caption, _corner(found.question), _columns(found), rows),
        below=caption,
        swipe=grid.SWIPE,
        first=True,
        look=grid.LOOK,
    )


def _row(data: DataSet, i: int) -> Head:
    return Head(words.model(data.models[i]), words.size(data.models[i]))


def _columns(found: Market) -> list[Head]:
    question = found.question
    if question.across == "speed":
        return [Head(f"{speed:g}", now=speed == question.target_tokens_per_s_user) for speed, _ in found.columns]
    return [
        Head(f"{words.thousands(prompt)} in", f"{words.thousands(output)} out", now=(prompt, output) == question.length)
        for _, (prompt, output) in found.columns
    ]


def _corner(question: Question) -> str:
    return "tokens/s per user" if question.across == "speed" else "tokens of a request"


def _caption(question: Question) -> str:
    what = "least" if question.measure.money else "most"
    return (
        f"Who has the {what} {question.measure.title.replace('Output', 'output')}, with that value; models by "
        f"{question.by} parameters. A click opens the frontier."
    )


def _link(found: Market, i: int, j: int, place: int) -> str:
    speed, length = found.columns[j]
    question = found.question
    own = found.data.accelerators.index(question.accelerators[place])
    link = str(curves(found.data, length, question.where).link[i, own])
    return opening.frontier(link, question.basis, question.y, speed)


def _beside(found: Market, i: int, j: int, points: dict[int, dict[str, Any]]) -> Iterator[str]:
    """Winner, runner-up and by how much, who cannot be told apart, the setup."""
    question = found.question
    best, *others = (int(one) for one in found.order[i, j] if np.isfinite(found.cost[i, j, one]))
    name = words.accelerator(question.accelerators[best])
    cost = float(found.cost[i, j, best])
    yield f"{name}: {words.worth(question, found.worth(cost), _DIGITS_BESIDE)} {question.measure.phrase}"
    if others:
        second = float(found.cost[i, j, others[0]])
        than = f"{formats.percent(second / cost - 1)} {'more' if question.measure.money else 'GPU time more'}"
        runner = words.accelerator(question.accelerators[others[0]])
        yield f"Then {runner}: {words.worth(question, found.worth(second), _DIGITS_BESIDE)}, {than}"
        rivals = [words.accelerator(question.accelerators[one]) for one in found.rivals(i, j)]
        more = f" and {len(rivals) - _LISTED} more" if len(rivals) > _LISTED else ""
        named = f"The lead is within the model's error for {', '.join(rivals[:_LISTED])}{more}"
        yield named if rivals else "The lead over every other is larger than the model's error"
    yield from _setup(points[int(found.point[i, j, best])])


def _setup(point: dict[str, Any]) -> tuple[str, ...]:
    said = frontier_words.in_words(point)
    users = formats.number(point["batch"])
    return (
        f"{said}; {users} {'user' if users == '1' else 'users'} at once",
        f"{formats.speed(point[SPEED])} each, first token {formats.duration(point['ttft_s'])}",
        *filter(None, [beyond_sentence(point[BEYOND])]),
    )


def _without(found: Market, i: int, j: int, place: int | None) -> TableCell:
    """An empty cell with its reason, in few words and in a sentence: of one accelerator, or of all that take part."""
    if place is None:
        return _none_reaches(found, i, j)
    _, length = found.columns[j]
    known = curves(found.data, length, found.question.where)
    own = found.data.accelerators.index(found.question.accelerators[place])
    if known.job[i, own] == NONE:
        return TableCell("–", "not in the set", more=("The data set has no such scenario.",))
    if reason := str(known.reason[i, own]):
        return TableCell("–", "does not fit", more=(reason,))
    fastest = float(known.fastest[i, own])
    return TableCell(
        "–", f"{formats.number(fastest)} tok/s at most", more=(f"Its fastest is {formats.speed(fastest)}.",)
    )


def _none_reaches(found: Market, i: int, j: int) -> TableCell:
    """The cell of a model that no accelerator serves as asked."""
    _, length = found.columns[j]
    known = curves(found.data, length, found.question.where)
    own = [found.data.accelerators.index(name) for name in found.question.accelerators]
    speeds = [(float(known.fastest[i, place]), place) for place in own if np.isfinite(known.fastest[i, place])]
    if speeds:
        speed, place = max(speeds)
        name = words.accelerator(found.data.accelerators[place])
        return TableCell("–", "too slow", more=(f"The fastest is {name} with {formats.speed(speed)}.",))
    if reasons := [str(known.reason[i, place]) for place in own if known.job[i, place] != NONE]:
        return TableCell("–", "does not fit", more=(reasons[0],))
    return TableCell("–", "not in the set", more=("The data set has no such scenario.",))
