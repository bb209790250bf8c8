"""What matters most: every number of the hardware and of the model changed in turn."""

import math
from collections.abc import Callable, Mapping
from functools import partial

import pandas as pd

from infecon_core.analysis.design import OVERHEAD, Group, Number, numbers
from infecon_core.analysis.tornado import Effect, Figure, Size, Tornado, tornado
from infecon_ui.charts import axes
from infecon_ui.charts.drawings import Bars, Row, Scale, Span
from infecon_ui.charts.palette import VARIANTS
from infecon_ui.design import words
from infecon_ui.design.part import Part
from infecon_ui.design.subject import Subject, gained
from infecon_ui.page_controls import PageControls
from infecon_ui.plots.plot import Plot
from infecon_ui.text import formats
from infecon_ui.work.answer import answer as worked

_FIGURES: Mapping[str, Figure] = {"Price at the target": "price", "Top speed": "speed"}
_SIZES: Mapping[str, Size] = {"Half and twice": "double", "10% less and more": "tenth"}
_NAMES: Mapping[Size, tuple[str, str]] = {"double": ("half of it", "twice of it"), "tenth": ("10% less", "10% more")}
_CHARTS: Mapping[Group, str] = {"accelerator": "hardware", "model": "model"}
# Rows of a chart; the rest changes less than they do.
_MOST = 12
# A bar ends here, whatever its number: one that is ten times as long would hide all others. [1]
_LONGEST = 1.5
# Gains that differ by less than this are the same. [1]
_SAME = 0.002


def ask(controls: PageControls, subject: Subject) -> Callable[[], Part]:
    """The controls of what is changed by how much; what is returned answers."""
    figure = controls.pick("Figure", _FIGURES, "figure")
    size = controls.pick("Each number is changed to", _SIZES, "size")
    return lambda: answer(subject, figure, size)


def answer(subject: Subject, figure: Figure, size: Size) -> Part:
    """Which number matters most.

    Args:
        subject (Subject): What is changed.
        figure (str): Price at the target, or top speed; the latter where the target is out of reach.
        size (str): By how much each number is changed.
    """
    if subject.points is None:
        problem = f"{subject.model} does not run on {subject.accelerator} as chosen"
        return Part(problem, "Nothing can be compared with it: choose in the sidebar what runs, or ask what if.")
    notes: tuple[str, ...] = ()
    if figure == "price" and subject.usd is None:
        figure = "speed"
        notes = (
            f"{formats.user_speed(subject.target)} are out of reach, so that they have no price: shown is what each "
            f"number does to the top speed of {formats.digits(subject.top_speed)} tokens/s.",
        )
    found: Tornado = worked("Searching with every number changed.", tornado, subject.scenario, figure, size)
    today = formats.about(found.today) if figure == "price" else f"{formats.digits(found.today)} tokens/s"
    support = f"{subject.served()} · {today} as it is · model, not measurement"
    charts = {
        chart: partial(_plot, subject, found, size, group)
        for group, chart in _CHARTS.items()
        if _keys(found, subject, group)
    }
    headings = {"hardware": "", "model": "Numbers of the model"}
    return Part(claim(subject, found, size, "accelerator"), support, charts, headings, notes=notes)


def _keys(found: Tornado, subject: Subject, group: Group) -> list[str]:
    known = numbers(subject.scenario)
    return [key for key in found.ranked if known[key].group == group]


def claim(subject: Subject, found: Tornado, size: Size, group: Group) -> str:
    """Which number of the accelerator, or of the model, helps most, in one sentence."""
    # The claim on a chip is about the chip: overhead is the software's.
    known, keys = numbers(subject.scenario), [key for key in _keys(found, subject, group) if key != OVERHEAD]
    what = subject.at_target if found.figure == "price" else f"one user of {subject.model}"
    best = found.best(keys)
    owner = subject.accelerator if group == "accelerator" else subject.model
    if best is None:
        by = " or ".join(_NAMES[size])
        better = "cheaper" if found.figure == "price" else "faster"
        return f"No number of {owner} makes {what} {better}, {by}"
    equal = [
        effect
        for effect in found.effects
        if effect.key in keys and found.gain(best) - found.gain(effect) < _SAME and effect.key != best.key
    ]
    first = words.change(known[best.key], best.value)
    if group == "model" and not best.more:
        first += " (a smaller model)"
    effect = f"{what} is {gained(found.figure, best.change)}"
    if equal:
        other = words.change(known[equal[0].key], equal[0].value)
        return f"Two numbers of {owner} help most, each as much: with {first}, or {other}, {effect}"
    return f"Of all numbers of {owner} one helps most: with {first}, {effect}"


def _plot(subject: Subject, found: Tornado, size: Size, group: Group) -> Plot:
    known, keys = numbers(subject.scenario), _keys(found, subject, group)
    shown = keys[:_MOST]
    title = f"Change of the {'price at the target' if found.figure == 'price' else 'top speed'}"
    rows = tuple(_row(known[key], found, size) for key in shown)
    idle = [words.name(known[key]) for key in found.idle if known[key].group == group]
    idle += [f"{words.name(known[key])} (little)" for key in keys[_MOST:]]
    remarks = [f"No difference: {', '.join(idle)}"] if idle else []
    if OVERHEAD in shown:
        remarks.append("Kernel overhead is the software's")
    if any(one.change > _LONGEST for key in shown for one in found.of(key)):
        remarks.append(f"Bars end at +{_LONGEST:.0%}")
    figure = f"at {formats.user_speed(subject.target)}, " if found.figure == "price" else ""
    return Plot(
        _CHARTS[group],
        claim(subject, found, size, group),
        f"{subject.served()} · {figure}every number searched again",
        Bars(Scale(title, words=axes.percent), rows),
        " · ".join((*remarks, subject.source())),
        partial(_table, subject, found),
        (subject.scenario,),
    )


def _row(number: Number, found: Tornado, size: Size) -> Row:
    effects = found.of(number.key)
    names = dict(zip((False, True), _NAMES[size], strict=True))
    colours = dict(zip((False, True), VARIANTS, strict=False))
    spans = [Span(0.0, _ended(one.change), colours[one.more], names[one.more]) for one in effects]
    # Where both go the same way the longer bar is drawn first, so that it does not hide the other.
    if len(spans) > 1 and spans[0].end * spans[1].end > 0:
        spans.sort(key=lambda span: -abs(span.end))
    known = {one.more: _effect(one) for one in effects}
    return Row(number.name, tuple(spans), " / ".join(known.get(more, "–") for more in (False, True)))


def _ended(change: float) -> float:
    return min(change, _LONGEST)


def _effect(effect: Effect) -> str:
    """What a change does, short: "−42%"."""
    if effect.change == -1.0:
        return "does not run"
    return signed(effect.change) if math.isfinite(effect.change) else "out of reach"


def signed(change: float) -> str:
    """A change with its sign: "+8%", "−0.4%", "0%".

    >>> signed(0.0801), signed(-0.0042), signed(0.0001)
    ('+8.0%', '−0.4%', '0%')
    """
    shown = formats.percent(abs(change))
    return "0%" if shown == "0.0%" else f"{'+' if change > 0 else '−'}{shown}"


def _table(subject: Subject, found: Tornado) -> pd.DataFrame:
    """Every effect, one row each."""
    known = numbers(subject.scenario)
    figure = "usd_per_million_tokens" if found.figure == "price" else "top_tokens_per_s_user"
    rows = [
        {
            "group": known[one.key].group,
            "number": known[one.key].label,
            "now": known[one.key].value,
            "changed_to": one.value,
            figure: one.figure if math.isfinite(one.figure) else math.nan,
            "change": one.change if math.isfinite(one.change) else math.nan,
            "reached": math.isfinite(one.change) and one.change > -1,
        }
        for key in (*found.ranked, *found.idle)
        for one in found.of(key)
    ]
    return pd.DataFrame(rows)
