"""A sweep as lines, bars, a map, or small charts."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from infecon_core.choices import Comparison, Value
from infecon_core.choices.registry import PRICE
from infecon_core.measured.envelope import beyond_sentence
from infecon_core.sweep.grid import AtTarget
from infecon_ui.charts.drawings import Bars, Cell, Cells, Drawing, Line, Lines, Panels, Row, Scale, Span
from infecon_ui.charts.palette import CURVE, GHOST, MUTED, TIMES, VARIANTS, shade
from infecon_ui.frontier import words as frontier_words
from infecon_ui.frontier.points import BEYOND
from infecon_ui.plots.cells import NO_VALUE
from infecon_ui.state import links
from infecon_ui.sweep import words
from infecon_ui.sweep.asked import LINES, MAP, PANELS
from infecon_ui.sweep.figures import FIGURES, PROPERTIES, Figure, Property, Shown
from infecon_ui.sweep.swept import Swept
from infecon_ui.text import formats

MOST_LINES, MOST_PANELS = len(VARIANTS), 9
BEYOND_SIGN = "*"
_LOG = 5.0  # from this factor on between its ends, an axis is logarithmic
_SHADES = 5  # of the key
_ROOT = "./"


def drawing(swept: Swept, shown: Shown, form: str) -> Drawing:
    """What is drawn: in the form that is asked for where that is possible, else as a map.

    Args:
        swept (Swept): The answers.
        shown (Figure or Property): What is shown.
        form (str): A key of `asked.FORMS`.
    """
    return {LINES: _chart, PANELS: _panels, MAP: cells}[possible(swept, shown, form)](swept, shown)


def possible(swept: Swept, shown: Shown, form: str) -> str:
    """The form that is drawn where one is asked for."""
    if form == MAP or isinstance(shown, Property) or not any(math.isfinite(shown.number(one)) for one in swept.found):
        return MAP
    if len(swept.axes) == 1:
        return LINES
    across = _across(swept)
    if across is None:
        return MAP
    count = len(swept.axes[1 - across].values)
    if form == PANELS:
        return PANELS if count <= MOST_PANELS else MAP
    return LINES if count <= MOST_LINES else PANELS if count <= MOST_PANELS else MAP


def _across(swept: Swept) -> int | None:
    """Which axis runs horizontally: one of numbers, the first of two; None where there is none."""
    return next((axis for axis in range(len(swept.axes)) if swept.numbers(axis) is not None), None)


def _chart(swept: Swept, shown: Shown) -> Drawing:
    assert isinstance(shown, Figure)
    across = _across(swept)
    return _bars(swept, shown) if across is None else _lines(swept, shown, across)


def _lines(swept: Swept, shown: Figure, across: int) -> Lines:
    named = _series(swept, shown, across)
    every = [y for line in named for y in line.y if math.isfinite(y)]
    log = min(every) > 0 and max(every) > _LOG * min(every)
    numbers = swept.numbers(across) or ()
    choice = swept.choices[across]
    now = swept.base.value(choice.key)
    at = float(now) if isinstance(now, int | float) and min(numbers) <= now <= max(numbers) else None
    return Lines(
        Scale(choice.label, min(numbers) > 0 and max(numbers) > _LOG * min(numbers)),
        Scale(shown.title, log, shown.ticks),
        named,
        at,
        "" if at is None else f"now {words.value(choice, now)}",
    )


def _series(swept: Swept, shown: Figure, across: int) -> tuple[Line, ...]:
    """One line for each value of the other axis, along the numbers of one."""
    numbers = np.array(swept.numbers(across))
    order = np.argsort(numbers, kind="stable")
    other = swept.choices[1 - across] if len(swept.axes) > 1 else None
    others: tuple[Value, ...] = swept.axes[1 - across].values if other is not None else ("",)
    found = []
    for j, chosen in enumerate(others):
        along = [swept.at(i, j) if across == 0 else swept.at(j, i) for i in order]
        found.append(
            Line(
                words.named(other, chosen) if other is not None else _own_name(swept),
                numbers[order],
                np.array([shown.number(one) for one in along]),
                VARIANTS[j % len(VARIANTS)],
                np.array([_is_beyond(one) for one in along]) if shown.at_target else None,
                marked=True,
                notes=tuple("\n".join(setup(one)) for one in along),
            )
        )
    return tuple(found)


def _own_name(swept: Swept) -> str:
    """The name of the only line."""
    model, accelerator = (swept.base.all[key] for key in ("model", "gpu"))
    swept_keys = {axis.key for axis in swept.axes}
    chosen = [words.value(one, swept.base.value(one.key)) for one in (accelerator, model) if one.key not in swept_keys]
    return chosen[0] if chosen else ""


def _panels(swept: Swept, shown: Shown) -> Panels:
    """One small chart for each value of the second axis, its line before the others."""
    assert isinstance(shown, Figure)
    across = _across(swept) or 0
    whole = _lines(swept, shown, across)
    panels = []
    for j, own in enumerate(whole.lines):
        others = tuple(Line("", line.x, line.y, GHOST) for i, line in enumerate(whole.lines) if i != j)
        shown_line = Line("", own.x, own.y, CURVE, own.dashed, marked=True, notes=own.notes)
        name = own.name if np.isfinite(own.y).any() else f"{own.name}: none reaches it"
        panels.append((name, Lines(whole.x, whole.y, (*others, shown_line), whole.at, "")))
    return Panels(tuple(panels))


def _bars(swept: Swept, shown: Figure) -> Bars:
    """One bar for each value of the only axis, the least first; those without a value last."""
    choice = swept.choices[0]
    order = sorted(swept.found, key=lambda one: (math.isnan(shown.number(one)), shown.number(one)))
    rows = []
    for one in order:
        number = shown.number(one)
        spans = () if math.isnan(number) else (Span(0.0, number, CURVE, shown.label),)
        text = lost(one) if math.isnan(number) else shown.words(number)
        rows.append(Row(words.value(choice, one.values[0]), spans, text))
    return Bars(Scale(shown.title, words=shown.ticks), tuple(rows))


def cells(swept: Swept, shown: Shown) -> Cells:
    """A map of links: both axes, or the only one with what else is known of each of its values."""
    if len(swept.axes) == 1:
        return _table(swept, shown)
    (x, y), (columns, rows) = swept.choices, (axis.values for axis in swept.axes)
    colours = _colours(swept, shown)
    return Cells(
        x.label,
        y.label,
        tuple(words.value(x, one) for one in columns),
        tuple(words.value(y, one) for one in rows),
        tuple(
            tuple(_cell(swept, swept.at(i, j), shown, colours) for i in range(len(columns))) for j in range(len(rows))
        ),
        _key(swept, shown, colours),
        (_now(swept, 1), _now(swept, 0)),
    )


def _table(swept: Swept, shown: Shown) -> Cells:
    """The values of the only axis by row; what is shown first, then what else is known."""
    choice = swept.choices[0]
    first: Shown = shown if isinstance(shown, Figure) else FIGURES["output"]
    columns: list[Shown] = [first, *PROPERTIES.values(), FIGURES["batch"], FIGURES["ttft"], FIGURES["fastest"]]
    columns = list(dict.fromkeys(columns))
    coloured = {first: _colours(swept, first), PROPERTIES["limit"]: _colours(swept, PROPERTIES["limit"])}
    if isinstance(shown, Property):
        coloured[shown] = _colours(swept, shown)
    return Cells(
        "",
        choice.label,
        tuple(column.label for column in columns),
        tuple(words.value(choice, one) for one in swept.axes[0].values),
        tuple(
            tuple(_cell(swept, one, column, coloured.get(column, {}), alone=True) for column in columns)
            for one in swept.found
        ),
        _key(swept, shown, coloured[shown]),
        (_now(swept, 0), None),
    )


def _now(swept: Swept, axis: int) -> int | None:
    """The place of the present value on an axis; None where it is not on it."""
    now, values = swept.base.value(swept.axes[axis].key), swept.axes[axis].values
    return values.index(now) if now in values else None


Colours = Mapping[str, str]


def _colours(swept: Swept, shown: Shown) -> Colours:
    """Colours by what stands in a cell."""
    if isinstance(shown, Figure):
        numbers = [number for one in swept.found if math.isfinite(number := shown.number(one))]
        return {repr(number): shade(_strength(number, numbers)) for number in numbers}
    if shown is PROPERTIES["limit"]:
        return {time.limit: time.colour for time in TIMES}
    often = [word for word, _ in Counter(filter(None, map(shown.word, swept.found))).most_common()]
    return {word: VARIANTS[i] if i < len(VARIANTS) else MUTED for i, word in enumerate(often)}


def _strength(number: float, among: Sequence[float]) -> float:
    """Where a number stands among others, from 0 to 1: by its logarithm where all have one. [1]"""
    low, high = min(among), max(among)
    if high - low <= 1e-9 * abs(high):
        return 0.5
    if low > 0:
        return math.log(number / low) / math.log(high / low)
    return (number - low) / (high - low)


def _key(swept: Swept, shown: Shown, colours: Colours) -> tuple[tuple[str, str], ...]:
    if isinstance(shown, Property):
        there = {shown.word(one) for one in swept.found}
        own = {colour: word for word, colour in colours.items() if word in there}
        return tuple((colour, "others" if colour == MUTED else word) for colour, word in own.items())
    numbers = sorted({float(number) for number in colours})
    if len(numbers) < 2:
        return ()
    picked = [numbers[round(i * (len(numbers) - 1) / (_SHADES - 1))] for i in range(_SHADES)]
    return tuple((colours[repr(number)], shown.words(number)) for number in dict.fromkeys(picked))


def _cell(swept: Swept, one: AtTarget, shown: Shown, colours: Colours, *, alone: bool = False) -> Cell:
    """One cell.

    Args:
        swept (Swept): The whole.
        one (AtTarget): What it is of.
        shown (Figure or Property): What stands in it.
        colours (mapping): Behind what stands in it.
        alone (bool): Whether other cells of its row say what stands below it in a map.
    """
    beside = (words.scenario(swept, one), *setup(one))
    link = address(one)
    if isinstance(shown, Figure):
        number = shown.number(one)
        text, colour = ("", "") if math.isnan(number) else (shown.words(number), colours.get(repr(number), ""))
        below = frontier_words.short(one.point) if one.point else ""
    else:
        text = shown.word(one)
        colour, below = colours.get(text, ""), _price(one)
    if not text:
        return Cell(NO_VALUE, small="" if alone else lost(one), more=beside, link=link)
    sign = BEYOND_SIGN if _is_beyond(one) and (not alone or shown.label == FIGURES["output"].label) else ""
    return Cell(text, colour, "" if alone else below, beside, link, sign)


def setup(one: AtTarget) -> tuple[str, ...]:
    """What stands beside a value: its price, setup and slowest part, or why there is none."""
    if one.point is None:
        return (one.why,)
    point = one.point
    users = formats.number(point["batch"])
    first = [f"first token {formats.duration(point['ttft_s'])}"] if math.isfinite(point["ttft_s"]) else []
    return (
        f"{_price(one)} per million output tokens",
        f"{frontier_words.in_words(point)}; {users} {'user' if users == '1' else 'users'} at once",
        ", ".join([f"{formats.speed(point['tokens_per_s_user'])} each", *first]),
        frontier_words.bottleneck(point),
        *filter(None, [beyond_sentence(point[BEYOND]) if isinstance(point[BEYOND], str) else ""]),
    )


def _price(one: AtTarget) -> str:
    return "" if one.point is None else formats.money(float(one.point["usd_per_million_tokens"]))


def lost(one: AtTarget) -> str:
    """Why there is no value, in few words."""
    if one.point is not None:
        return "not known"
    if one.reason and one.choices.value(PRICE) is None:
        return "no price"
    return "cannot run" if one.reason else f"{formats.digits(one.fastest, 2)} tok/s at most"


def has_beyond(swept: Swept) -> bool:
    """Whether the setup of any value lies beyond what was measured."""
    return any(map(_is_beyond, swept.found))


def _is_beyond(one: AtTarget) -> bool:
    return one.point is not None and bool(isinstance(one.point[BEYOND], str) and one.point[BEYOND])


def address(one: AtTarget) -> str:
    """Where the first page shows the scenario; relative, so that it holds below any path."""
    return links.address(_ROOT, links.encode(Comparison(one.choices)))
