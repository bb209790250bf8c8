"""Speed against price: what the target costs, the frontier around it, why that is, and what to take along."""

import datetime as dt

import streamlit as st

from infecon_ui.compare import controls
from infecon_ui.compare import page as compare
from infecon_ui.frontier import as_slide, cache, chart, history, overview, point, style, table, takeaway, tools
from infecon_ui.frontier.problem import problem_of
from infecon_ui.frontier.shown import Shown
from infecon_ui.navigation import require_app
from infecon_ui.slide.content import Slide
from infecon_ui.slide.copy import copy_button
from infecon_ui.slide.facts import file_stem
from infecon_ui.slide.html import chart_html
from infecon_ui.slide.page import show_slide
from infecon_ui.state import links, session
from infecon_ui.state import view as view_state
from infecon_ui.state.chosen import Chosen
from infecon_ui.state.title import set_title


def main() -> None:
    """Show what is chosen, side by side where several things are, or what was shown last where that is impossible."""
    style.apply_style()
    comparison, view = session.comparison(), view_state.current()
    if comparison.active and view.slide:
        compare.slide(comparison, view)
    elif comparison.active:
        compare.show(comparison, view, share)
    else:
        show_chosen(st.session_state["choice"])


def show_chosen(choice: Chosen) -> None:
    """One scenario: the first screen and what stands below it, or the slide."""
    found = problem_of(choice, view_state.current().measure)
    if choice.scenario is not None and found is None:
        show(_shown(history.follow(choice, choice.scenario)))
        return
    set_title(f"{choice.model_name} on {choice.accelerator_name}")
    if found is not None:
        overview.show_problem(found)
    if (seen := history.last()) is not None:
        with st.container(key=style.DIMMED):
            show(_shown(seen, past=True))


def _shown(seen: history.Seen, *, past: bool = False) -> Shown:
    points, view = cache.frontier(seen.scenario).points, view_state.current()
    assert points is not None  # only what has a frontier was seen
    ranges = history.ranges(points, seen.scenario.target_tokens_per_s_user, view)
    return Shown(seen.choice, seen.scenario, points, view, ranges, seen.before, past)


def share() -> None:
    """The button that copies the link."""
    copy_button("Copy link", links.link(), "copy_link")


def show(shown: Shown) -> None:
    """A frontier as a page, or as a slide."""
    if not shown.past:
        set_title(*as_slide.tab(shown))
    link = links.link()

    def slide() -> Slide:
        return as_slide.as_slide(shown, link, dt.date.today())

    if shown.view.slide:
        show_slide(
            slide(),
            csv=lambda: takeaway.csv(shown, link),
            html=lambda: chart_html(chart.figure_of(shown), slide()),
            stem=file_stem(*shown.served),
        )
        return
    with st.container(key=style.SCREEN):
        overview.show_verdict(shown)
        overview.show_figures(shown)
        tools.show_tools(shown, compare=controls.show_controls, share=share)
        chart.show_chart(shown)
        chart.show_source(shown)
    chart.draw_first(shown)
    with st.container(key=style.BELOW):
        point.show_point(shown)
        table.show_table(shown)
        st.header("Download and share", anchor=False)
        takeaway.show_downloads(shown, link, slide)
        takeaway.show_commands(shown)
        takeaway.show_foundations(shown)


require_app()
main()
