"""The top of the frontier page: the verdict, the strip of figures, and what stands where there is no frontier."""

import html
import math
from collections.abc import Iterator
from typing import NamedTuple

import streamlit as st

from infecon_ui.charts.measures import MEASURES
from infecon_ui.charts.palette import TIMES
from infecon_ui.frontier import speculation, support, verdict, words
from infecon_ui.frontier.problem import Help, Problem, help_for
from infecon_ui.frontier.shown import Shown
from infecon_ui.state import session
from infecon_ui.text import formats
from infecon_ui.text.markdown import escaped

_UNKNOWN = "–"


def show_verdict(shown: Shown) -> None:
    """What the target costs, what the last change did, and on what; the page's heading."""
    found = verdict.change(shown)
    kind = {True: " better", False: " worse", None: ""}[found.better] if found else ""
    chip = f'<span class="change{kind}" role="status">{html.escape(found.text)}</span>' if found else ""
    level = "h2" if shown.past else "h1"
    st.html(
        f'<div class="infecon-verdict"><{level}>{html.escape(verdict.headline(shown))}</{level}>{chip}'
        f"<p>{html.escape(verdict.support(shown))}</p>{_beside(shown)}</div>"
    )
    if not shown.reached and not shown.past:
        _show_help(help_for(shown.scenario, shown.measure))
    speculation.show_offer(shown)


def _beside(shown: Shown) -> str:
    """The sentences beside the verdict; a phone shows the others below the chart, see `chart.show_chart`."""
    said = [
        f"<span{'' if one.first else ' class=later'}>{html.escape(one.text)}</span>" for one in support.sentences(shown)
    ]
    return f'<p class="beside">{"".join(said)}</p>' if said else ""


def show_problem(found: Problem) -> None:
    """Say why there is nothing new to show, and offer what would bring it."""
    st.html(f'<div class="infecon-verdict"><h1>{html.escape(found.heading)}</h1></div>')
    st.warning(escaped(found.reason), icon=":material/info:")
    _show_help(found.help)


def _show_help(found: Help) -> None:
    if found.lead:
        st.html(f'<p class="infecon-note">{html.escape(found.lead)}</p>')
    if not found.offers:
        return
    with st.container(horizontal=True, gap="small", key="remedies"):
        for i, (changes, label) in enumerate(found.offers):
            st.button(
                escaped(label),
                type="primary" if i == 0 else "secondary",
                key=f"remedy_{i}",
                on_click=session.apply,
                args=(changes,),
            )


class Figure(NamedTuple):
    """One figure of the strip.

    Attributes:
        label, value (str): What it is, and how much.
        note (str): Why it is not known; empty where it is.
        colour (str): Of the mark before the value; empty for none.
    """

    label: str
    value: str
    note: str = ""
    colour: str = ""


def figures(shown: Shown) -> Iterator[Figure]:
    """The six figures at the point that is shown; dashes with the reason where the engine cannot know."""
    point = shown.point
    slowest = next(time for time in TIMES if time.limit == point["limit"])
    no_prompts = "" if shown.capabilities.prompts else "this engine computes no prompts"
    for key, unknown in (("output", ""), ("total", no_prompts), ("gpu", "")):
        measure = MEASURES[key]
        value = float(point[measure.column])
        known = math.isfinite(value)
        written = verdict.amount(measure, value) if known else _UNKNOWN
        yield Figure(measure.label, written, "" if known else unknown or "not known here")
    first = float(point["ttft_s"])
    known = math.isfinite(first)
    yield Figure(
        words.first_token(shown.scenario),
        verdict.first_token(first) if known else _UNKNOWN,
        "" if known else no_prompts,
    )
    yield Figure("users at once", formats.number(point["batch"]))
    share = formats.share(point[slowest.column] / point["tpot_s"])
    yield Figure("slowest part", f"{point['limit']} {share}", colour=slowest.colour)


def show_figures(shown: Shown) -> None:
    """The six figures as one strip."""
    st.html(f'<dl class="infecon-figures">{"".join(map(_cell, figures(shown)))}</dl>')


def _cell(figure: Figure) -> str:
    mark = f'<i style="background:{figure.colour}"></i>' if figure.colour else ""
    note = f" <small>{html.escape(figure.note)}</small>" if figure.note else ""
    return f"<div><dt>{html.escape(figure.label)}</dt><dd>{mark}{html.escape(figure.value)}{note}</dd></div>"
