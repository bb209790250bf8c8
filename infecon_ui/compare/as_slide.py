"""A comparison as a slide, and the files that carry it away."""

import datetime as dt

import numpy as np

from infecon_core.analysis import comparison_tables
from infecon_core.analysis.compare import Standing
from infecon_ui.compare import words
from infecon_ui.compare.compared import Compared
from infecon_ui.compare.figure import X_TITLE, curves_figure, ranges_of
from infecon_ui.frontier.points import beyond_of
from infecon_ui.slide.content import Bar, Curve, Slide
from infecon_ui.slide.facts import day, file_stem
from infecon_ui.slide.html import chart_html
from infecon_ui.state.view import View
from infecon_ui.text import formats


def as_slide(compared: Compared, view: View, link: str, date: dt.date) -> Slide:
    """The slide of a comparison.

    Args:
        compared (Compared): What is compared; at least one member has a curve.
        view (View): How it is looked at.
        link (str): Where to open the same.
        date (date): The day.
    """
    measure, ranges = compared.measure, ranges_of(compared, log_axes=view.log_axes)
    target = compared.target.tokens_per_s_user
    return Slide(
        headline=compared.claim,
        subtitle=f"{measure.title} · {words.support(compared, dated=False)}",
        x_title=X_TITLE,
        y_title=measure.title,
        money=measure.money,
        curves=tuple(_curve(compared, one) for one in compared.standings if compared.drawn(one) is not None),
        target=target if target <= ranges.fastest else None,
        bars=tuple(_bar(compared, one) for one in compared.ranked),
        bars_title=f"At {formats.user_speed(target)}",
        source=words.source(compared),
        link=link,
        date=day(date),
        log_x=view.log_axes,
        log_y=view.log_axes,
        ranges=(ranges.slowest, ranges.fastest, ranges.cheapest, ranges.dearest),
        scenarios=tuple(one.entrant.scenario for one in compared.standings if one.entrant.scenario is not None),
    )


def csv(compared: Compared, link: str, date: dt.date) -> str:
    """One row for every point of every curve, with all that defines and tells apart the scenarios."""
    texts = {name: member.choices.text() for name, member in zip(compared.names, compared.members, strict=True)}
    frame = comparison_tables.tidy([one.entrant for one in compared.standings], texts)
    return frame.assign(date=date.isoformat(), link=link).to_csv(index=False)


def page_html(compared: Compared, view: View, about: Slide) -> str:
    """The chart as an interactive page of its own."""
    return chart_html(curves_figure(compared, log_axes=view.log_axes), about)


def stem(compared: Compared) -> str:
    """Name of the files, without an ending."""
    scenario = compared.scenario
    names = (scenario.architecture.name,) if scenario is not None else ()
    return file_stem("compare", *names, *compared.names)


def _curve(compared: Compared, one: Standing) -> Curve:
    frame = one.entrant.frontier
    assert frame is not None  # only those are drawn that have one
    order = np.argsort(frame["tokens_per_s_user"].to_numpy(float))
    point = None if one.point is None else (one.speed, one.value)
    return Curve(
        compared.short[one.name],
        frame["tokens_per_s_user"].to_numpy(float)[order],
        frame[compared.measure.column].to_numpy(float)[order],
        compared.colours[one.name],
        point,
        beyond_of(frame)[order] != "",
    )


def _bar(compared: Compared, one: Standing) -> Bar:
    value = one.value if one.reached else None
    note = "" if one.reached else words.short_note(one)
    return Bar(
        ", ".join([one.name, *words.remarks(compared, one)]), value, one.low, one.high, note, compared.colours[one.name]
    )
