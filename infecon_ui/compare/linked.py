"""What a link shows, as a slide, without a visit: for previews of links."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

from infecon_core.choices import Choices
from infecon_ui.compare import as_slide as comparisons
from infecon_ui.compare.compared import compared
from infecon_ui.frontier import as_slide as frontiers
from infecon_ui.frontier import cache
from infecon_ui.frontier.shown import Shown
from infecon_ui.slide.content import Slide
from infecon_ui.state import links
from infecon_ui.state.chosen import chosen
from infecon_ui.state.links import Link
from infecon_ui.state.view import View


def known(query: Mapping[str, str]) -> dict[str, str]:
    """The parameters of a link that were understood and differ from the defaults, always in the same order.

    Args:
        query (mapping): Parameters as they came.
    """
    found = links.decode(query)
    return links.encode(found.comparison, found.view)


def slide_of(query: Mapping[str, str], root: str, today: dt.date) -> Slide:
    """The slide of a link.

    Args:
        query (mapping): Its parameters.
        root (str): Address of the first page.
        today (date): The day.

    Raises:
        ValueError: One sentence on why it shows nothing.
    """
    found = links.decode(query)
    link = links.address(root, links.encode(found.comparison, found.view))
    made = _compared(found, link, today) if found.comparison.active else _single(found, link, today)
    return replace(made, headline=found.view.claim or made.headline)


def _compared(found: Link, link: str, today: dt.date) -> Slide:
    comparison = compared(found.comparison, found.view.measure)
    if comparison is None or not comparison.drawable:
        raise ValueError("None of these has a curve.")
    return comparisons.as_slide(comparison, found.view, link, today)


def _single(found: Link, link: str, today: dt.date) -> Slide:
    return frontiers.as_slide(shown_of(found.comparison.base, found.view), link, today)


def shown_of(choices: Choices, view: View) -> Shown:
    """What the front page would show to a fresh visit.

    Raises:
        ValueError: One sentence on why there is nothing.
    """
    choice = chosen(choices)
    if choice.scenario is None:
        raise ValueError(choice.problem)
    result = cache.frontier(choice.scenario)
    if result.points is None:
        raise ValueError(result.problem)
    measure, target = result.points.measure(view.y), choice.scenario.target_tokens_per_s_user
    ranges = view.held or result.points.ranges(measure, target=target, log_axes=view.log_axes)
    return Shown(choice, choice.scenario, result.points, view, ranges)
