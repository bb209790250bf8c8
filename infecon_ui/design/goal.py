"""Goal seek: which value of one number meets a price at a speed."""

import math
from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd

from infecon_core.analysis.design import Number, is_price
from infecon_core.analysis.goal_seek import Sought, Span, seek
from infecon_core.schema.feasibility import rounded_down
from infecon_core.schema.field import facts_of
from infecon_ui.charts import axes
from infecon_ui.charts.drawings import Line, Lines, Scale
from infecon_ui.charts.palette import VARIANTS
from infecon_ui.design import words
from infecon_ui.design.part import Part
from infecon_ui.design.subject import Subject
from infecon_ui.page_controls import PageControls
from infecon_ui.plots.plot import Plot
from infecon_ui.text import formats
from infecon_ui.work.answer import answer as worked

CHART = "goal"
FIRST = "a_bandwidth"
_MOST_USD = 1e6
# From this share on the memory of a GPU counts as full. [1]
_FULL = 0.95


def ask(controls: PageControls, subject: Subject) -> Callable[[], Part]:
    """The controls of the number and the goal; what is returned answers."""
    first = next((label for label, number in subject.labels.items() if number.key == FIRST), "")
    number = controls.select("Number", subject.labels, "number", first)
    facts = facts_of(type(subject.scenario))["target_tokens_per_s_user"]
    speed = controls.number(
        "At least, tokens/s per user",
        "speed",
        float(subject.target),
        float(facts.ge),
        float(facts.le),
        step=10.0,
        format="%g",
    )
    half = 0.0 if subject.usd is None else rounded_down(subject.usd / 2)
    usd = controls.number(
        "At most, $ per million output tokens", "usd", half, 0.0, _MOST_USD, step=0.1, help="0 for any price."
    )
    return lambda: answer(subject, number, speed, usd or None)


def answer(subject: Subject, number: Number, speed: float, usd: float | None) -> Part:
    """Which value of a number meets a goal.

    Args:
        subject (Subject): What is changed.
        number (Number): The number that is sought.
        speed (float): The least that every user shall get. [tokens/s]
        usd (float or None): The most that a million output tokens may cost; None for any price. [USD]
    """
    scenario = subject.scenario.changed(target_tokens_per_s_user=speed)
    aimed = Subject(subject.choice, scenario)
    found: Sought = worked("Searching for the value.", seek, scenario, number.key, usd)
    said = claim(aimed, number, found)
    support = f"{aimed.served(priced=False)} · {binding(number, found)} · model, not measurement"
    notes = (gaps(number, found),) if len(found.spans) > 1 else ()
    return Part(said, support, {CHART: partial(_plot, aimed, number, found, said)}, notes=notes)


def claim(subject: Subject, number: Number, found: Sought) -> str:
    """Which values meet the goal, or how near any comes, in one sentence."""
    under = "" if found.usd_limit is None else f" for {formats.money(found.usd_limit)} per million output tokens"
    goal = f"{subject.at_target}{under}"
    name, now, owner = words.name(number), words.amount(number, found.today), _owner(number, subject)
    if not found.found:
        ends = f"from {words.amount(number, found.values[0])} to {words.amount(number, found.values[-1])}"
        tried = f"No number of {name} {ends}" if words.several(number) else f"No {name} {ends}"
        where = f"with {words.of_amount(number, found.nearest)}"
        if math.isfinite(found.nearest_usd):
            return f"{tried} serves {goal}: the least is {formats.money(found.nearest_usd)}, {where}"
        if not found.nearest_speed:
            return f"{tried} serves {goal}: nothing runs"
        return f"{tried} serves {goal}: the fastest is {formats.digits(found.nearest_speed)} tokens/s, {where}"
    span = next(span for span in found.spans if span.low <= found.nearest <= span.high)
    some = words.several(number)
    if not found.met_today:
        takes = f"{needed(number, span)} {name}" if some else f"{words.article(name)} {name} of {needed(number, span)}"
        if number.relative:
            takes = f"{needed(number, span)} the {name}"
        return f"{goal} takes {takes}; {owner} has {now}"
    if span.open_low and span.open_high:
        return f"Any {'number of ' if some else ''}{name} that was tried serves {goal}; {owner} has {now}"
    has = words.of_amount(number, found.today)
    return f"{goal} is within reach already, with {has}; {needed(number, span)} will do"


def _owner(number: Number, subject: Subject) -> str:
    """Whose number it is, in a sentence that begins with the model."""
    return subject.accelerator if number.group == "accelerator" else "it"


def needed(number: Number, span: Span) -> str:
    """Which values meet a goal: "at least 8.1 TB/s", "at most 67", "3 TB/s to 5 TB/s"."""
    low, high = words.amount(number, span.low), words.amount(number, span.high)
    if span.open_high:
        return f"at least {low}"
    return f"at most {high}" if span.open_low else f"{low} to {high}"


def binding(number: Number, found: Sought) -> str:
    """What holds the point back at the answer, or where it comes nearest."""
    if found.binding is None:
        return "nothing runs there"
    share = formats.share(found.binding.share)
    text = f"with {words.of_amount(number, found.nearest)}, {found.binding.limit} takes {share} of each step"
    if found.binding.memory_share >= _FULL:
        text += f" and memory is {formats.share(found.binding.memory_share)} full"
    return text


def gaps(number: Number, found: Sought) -> str:
    """Where the goal is lost and met again."""
    parts = [f"from {words.amount(number, s.low)} to {words.amount(number, s.high)}" for s in found.spans]
    return f"The goal is met {words.listed(parts)}, and lost between: layouts and batches change in steps."


def _plot(subject: Subject, number: Number, found: Sought, claim: str) -> Plot:
    x = np.array(found.values)
    by_speed = bool(found.speeds)
    y = np.array(found.speeds if by_speed else found.prices)
    y = np.where(np.isfinite(y) & (y > 0), y, np.nan)
    limit = subject.target if by_speed else found.usd_limit
    at_nearest = found.nearest_speed if by_speed else found.nearest_usd
    point = (found.nearest, at_nearest) if math.isfinite(at_nearest) and at_nearest > 0 else None
    lines = [Line("top speed" if by_speed else "price at the target", x, y, VARIANTS[0], point=point)]
    if limit is not None:
        lines.append(Line("goal", x[[0, -1]], np.array([limit, limit]), VARIANTS[1]))
    title = "Top speed, tokens per second of one user" if by_speed else "$ per million output tokens"
    drawing = Lines(
        Scale(number.label, log=True),
        Scale(title, log=True) if by_speed else Scale(title, log=True, words=axes.dollars),
        tuple(lines),
        at=found.today,
        at_words=f"now {words.amount(number, found.today)}",
    )
    return Plot(
        CHART,
        claim,
        f"{subject.served()} · at {formats.user_speed(subject.target)}, every value searched again",
        drawing,
        subject.source(priced=not is_price(number)),
        partial(_table, number, found),
        (subject.scenario,),
    )


def _table(number: Number, found: Sought) -> pd.DataFrame:
    """Every value that was tried."""
    prices = [price if math.isfinite(price) else math.nan for price in found.prices]
    table = pd.DataFrame({"number": number.label, "value": found.values, "usd_per_million_tokens": prices})
    limit = math.inf if found.usd_limit is None else found.usd_limit
    table["meets_goal"] = [math.isfinite(price) and price <= limit * (1 + 1e-9) for price in found.prices]
    return table.assign(top_tokens_per_s_user=found.speeds) if found.speeds else table
