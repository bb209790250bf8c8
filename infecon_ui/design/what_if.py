"""What if: some numbers changed at once, the frontier before and after."""

import math
from collections.abc import Callable, Mapping
from functools import partial

import pandas as pd
import streamlit as st

from infecon_core import Scenario
from infecon_core.analysis.design import Number, designed, paths_of
from infecon_core.choices import Quantity
from infecon_core.choices.registry import PRICE as PRICE_KEY
from infecon_core.engines import engine_of
from infecon_ui.charts import axes
from infecon_ui.charts.drawings import Line, Lines, Scale
from infecon_ui.charts.palette import MUTED, VARIANTS
from infecon_ui.design import words
from infecon_ui.design.part import Part
from infecon_ui.design.subject import Subject, gained
from infecon_ui.frontier import cache
from infecon_ui.frontier.points import PRICE, SPEED, Points
from infecon_ui.frontier.words import bottleneck, in_words
from infecon_ui.page_controls import PageControls
from infecon_ui.plots.plot import Plot
from infecon_ui.state import session
from infecon_ui.text import formats
from infecon_ui.text.markdown import escaped

CHART = "before_after"
OTHER = "Other"
FACTORS: Mapping[str, float | None] = {"0.5×": 0.5, "0.75×": 0.75, "1.5×": 1.5, "2×": 2.0, "4×": 4.0, OTHER: None}
# What most people ask first.
FIRST = "a_bandwidth"
MOST_CHANGES = 8
_PER = "per million output tokens"
# A smaller change of a price is none to speak of. [1]
_NOTHING = 0.005


def ask(controls: PageControls, subject: Subject) -> Callable[[], Part]:
    """The control of which numbers are changed; what is returned draws theirs, and answers."""
    first = [label for label, number in subject.labels.items() if number.key == FIRST]
    chosen = controls.several("Changed numbers", subject.labels, "numbers", first, MOST_CHANGES)

    def answered() -> Part:
        with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
            values = {number.key: _value(controls, number) for number in chosen}
        return answer(subject, {one.key: values[one.key] for one in chosen if values[one.key] != one.value})

    return answered


def _value(controls: PageControls, number: Number) -> float:
    """The controls of one number: a multiple of what it is, or a value of its own."""
    now = "" if number.relative else f", now {words.amount(number, number.value)}"
    factor = controls.pick(f"{number.name}{now}", FACTORS, f"by_{number.key}", "2×")
    if factor is not None:
        return number.near(number.value * factor)
    label = f"{number.name} ({number.unit})" if number.relative else number.label
    ends = (number.near(2 * number.value), number.low, number.high)
    if number.whole:
        return number.near(controls.number(label, f"to_{number.key}", *map(round, ends)))
    step = 10.0 ** math.floor(math.log10(number.value / 4))
    return number.near(controls.number(label, f"to_{number.key}", *ends, step=step))


def answer(subject: Subject, values: Mapping[str, float]) -> Part:
    """What some changed numbers do.

    Args:
        subject (Subject): What is changed.
        values (mapping): Values by key of a number, in its unit; none for nothing changed.
    """
    known = {number.key: number for number in subject.labels.values()}
    changes = words.listed([words.change(known[key], value) for key, value in values.items()]) if values else ""
    if not values:
        after, problem, scenario = subject.points, "", subject.scenario
    else:
        try:
            scenario = designed(subject.held, values)
        except ValueError as error:
            verb = "do" if len(values) > 1 else "does"
            return Part(f"{words.capital(changes)} {verb} not go together with the rest", str(error))
        result = cache.frontier(scenario)
        after, problem = result.points, result.problem or ""
    said = claim(subject, after, changes)
    served = _served(subject, known, values)
    support = f"{served} · model, not measurement"
    charts = {CHART: partial(_plot, subject, after, said, changes, known, values)} if after or subject.points else {}
    notes = (problem,) if problem else ()
    return Part(said, support, charts, below=partial(_below, subject, scenario, after, values), notes=notes)


def claim(subject: Subject, after: Points | None, changes: str) -> str:
    """What the changes do at the target, in one sentence.

    Args:
        subject (Subject): What is changed.
        after (Points or None): The frontier with them; None where nothing runs.
        changes (str): What they are, to follow "with"; empty for none.
    """
    before = subject.usd
    if not changes:
        now = _missed(subject) if before is None else f"{subject.at_target} costs {_dollars(before)} {_PER}"
        return f"Nothing is changed: {now}"
    if after is None:
        start = "Even with" if subject.points is None else "With"
        return f"{start} {changes}, {subject.model} does not run on {subject.accelerator}"
    row = after.at(subject.target)
    if row is None:
        start = "With" if before is not None or subject.points is None else "Even with"
        today = f" instead of {formats.digits(subject.top_speed)}" if subject.points is not None else ""
        fast = formats.digits(float(after.speed.max()))
        return f"{start} {changes}, {subject.at_target} is out of reach: the fastest is {fast} tokens/s{today}"
    usd = float(after.price[row])
    if before is None:
        now = (
            "it does not run" if subject.points is None else f"{formats.digits(subject.top_speed)} tokens/s at the most"
        )
        return f"With {changes}, {subject.at_target} comes within reach, at {_dollars(usd)} {_PER}; today {now}"
    then = f"With {changes}, {subject.at_target} costs {_dollars(usd)}"
    if abs(usd / before - 1) < _NOTHING:
        return f"{then} {_PER}, as it does today"
    return f"{then} instead of {_dollars(before)} {_PER}: {gained('price', usd / before - 1)}"


def _dollars(usd: float) -> str:
    """A price that stands beside another one: three digits, so that the percentage between them agrees. [USD]

    >>> _dollars(1.318), _dollars(1.466)
    ('$1.32', '$1.47')
    """
    return f"${formats.rounded(usd, 3)}"


def _missed(subject: Subject) -> str:
    """Why the target has no price today."""
    if subject.points is None:
        return f"{subject.model} does not run on {subject.accelerator}"
    return f"{subject.at_target} is out of reach, the fastest is {formats.digits(subject.top_speed)} tokens/s"


def _served(subject: Subject, known: Mapping[str, Number], values: Mapping[str, float]) -> str:
    """What is served on what; where the price of a GPU-hour is changed, from what to what."""
    if PRICE_KEY not in values:
        return subject.served()
    hour = " → ".join(formats.money(usd) for usd in (known[PRICE_KEY].value, values[PRICE_KEY]))
    return f"{subject.served(priced=False)} · {hour} per GPU-hour"


def _plot(
    subject: Subject,
    after: Points | None,
    claim: str,
    changes: str,
    known: Mapping[str, Number],
    values: Mapping[str, float],
) -> Plot:
    drawn = [("as it is", subject.points, MUTED if changes else VARIANTS[0])]
    drawn += [("changed", after, VARIANTS[0])] if changes else []
    lines = tuple(
        Line(name, points.speed, points.price, colour, point=_point(points, subject.target))
        for name, points, colour in drawn
        if points is not None
    )
    drawing = Lines(
        Scale("Tokens per second of one user", log=True),
        Scale("$ per million output tokens", log=True, words=axes.dollars),
        lines,
        at=subject.target,
        at_words=f"target {formats.digits(subject.target)}",
    )
    return Plot(
        CHART,
        claim,
        " · ".join(
            part for part in (_served(subject, known, values), f"changed: {changes}" if changes else "") if part
        ),
        drawing,
        subject.source(after, priced=PRICE_KEY not in values),
        partial(_table, subject.points, after if changes else None, known, values),
        (subject.scenario,),
    )


def _point(points: Points, target: float) -> tuple[float, float] | None:
    row = points.at(target)
    return None if row is None else (float(points.speed[row]), float(points.price[row]))


def _table(
    before: Points | None, after: Points | None, known: Mapping[str, Number], values: Mapping[str, float]
) -> pd.DataFrame:
    """Both frontiers, each row with the numbers that are changed as they are there."""
    frames = [
        points.frame.assign(
            which=name,
            **{known[key].label: value if name == "changed" else known[key].value for key, value in values.items()},
        )
        for name, points in (("as it is", before), ("changed", after))
        if points
    ]
    found = pd.concat(frames, ignore_index=True)
    first = ["which", *(known[key].label for key in values)]
    return found[[*first, *(column for column in found.columns if column not in first)]]


def _below(subject: Subject, scenario: Scenario, after: Points | None, values: Mapping[str, float]) -> None:
    """The numbers side by side, and the button that takes them over."""
    st.header("Before and after", anchor=False)
    known = {number.key: number for number in subject.labels.values()}
    rows = {
        known[key].name: [words.amount(known[key], number) for number in (known[key].value, value)]
        for key, value in values.items()
    }
    before, changed = _figures(subject.points, subject.target), _figures(after, subject.target)
    rows |= {name: [before[name], changed[name]] for name in before}
    st.table(pd.DataFrame(rows, index=["As it is", "Changed"]).T)
    own = taken_over(subject, values)
    if own:
        st.button(
            "Use these numbers on every page",
            icon=":material/input:",
            key="design_use",
            on_click=use,
            args=(own,),
            help="They become the scenario's own, beside the other choices; here nothing is changed then.",
        )
        if lost := correction_lost(subject, values, after):
            st.caption(escaped(lost))


def correction_lost(subject: Subject, values: Mapping[str, float], after: Points | None) -> str:
    """What the scenario's own numbers lose: the correction by measurements, which is held here; empty for nothing."""
    there = designed(subject.scenario, values)
    engine = engine_of(there)
    if engine.correction(subject.scenario) is None or engine.correction(there) is not None:
        return ""
    said = "On every page the measured correction no longer holds for a chip with these numbers"
    points = cache.frontier(there).points
    rows = [None if one is None else one.at(subject.target) for one in (after, points)]
    if after is None or points is None or rows[0] is None or rows[1] is None:
        return f"{said}."
    here, then = (_dollars(float(one.price[row])) for one, row in ((after, rows[0]), (points, rows[1])))
    return f"{said}: {here} here becomes {then} there."


def _figures(points: Points | None, target: float) -> dict[str, str]:
    """What a frontier gives at the target and at its ends, in words."""
    at_target = ["Price at the target", "Setup", "Users at once", "Slowest part"]
    ends = {"Fastest": "fastest", "Cheapest": "cheapest"}
    if points is None:
        return dict.fromkeys([*at_target, *ends], "does not run")
    row = points.at(target)
    values = ["out of reach", "–", "–", "–"]
    if row is not None:
        point = points[row]
        price, batch = float(point[PRICE]), float(point["batch"])
        values = [f"{_dollars(price)} {_PER}", in_words(point), formats.number(batch), bottleneck(point)]
    found = dict(zip(at_target, map(escaped, values), strict=True))
    for name, kind in ends.items():
        point = points[points.rows[kind]]
        speed, price = float(point[SPEED]), float(point[PRICE])
        found[name] = escaped(f"{formats.digits(speed)} tokens/s at {_dollars(price)}")
    return found


def taken_over(subject: Subject, values: Mapping[str, float]) -> dict[str, int | float]:
    """The changes as choices of the scenario, by key, in the units of those."""
    by_path = {choice.path: choice for choice in subject.choice.choices.all.values() if isinstance(choice, Quantity)}
    found: dict[str, int | float] = {}
    for path, stored in paths_of(subject.scenario, values).items():
        if (choice := by_path.get(path)) is not None:
            found[choice.key] = int(stored) if choice.whole else choice.shown(float(stored))
    return found


def use(values: Mapping[str, int | float]) -> None:
    """Make changes the scenario's own, and leave none here; for a button's `on_click`."""
    session.write(session.read().with_values(**values))
    st.session_state["design_numbers"] = []
