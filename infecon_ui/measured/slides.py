"""Which charts of the page have a slide, and where their links lead."""

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from infecon_core.validation.published_claims import recomputed
from infecon_ui.measured import cache, claims, controls, frontiers, plots, tables
from infecon_ui.measured.points import PREDICTORS, SERVING, Filters
from infecon_ui.plots.plot import Plot
from infecon_ui.plots.show import buttons, slide_of
from infecon_ui.state import links
from infecon_ui.text.formats import percent

# Parameters of the page, in its order; what they are at the start is left out.
_PARAMETERS = ("by", "colour", "group", "fit")


def show_slide(filters: Filters, top: Any) -> None:
    """The slide that is asked for, over the page."""
    with top:
        slide_of({name: partial(make, filters) for name, make in _MAKERS.items()}, link(filters))


def show_tools(name: str, filters: Filters) -> None:
    """The buttons of a chart for its slide and its link; the files of the page have buttons of their own."""
    buttons(name, link(filters))


def link(filters: Filters) -> str:
    """Where to open the page as it is."""
    query: dict[str, str | list[str]] = {
        f"measured_{column}": list(wanted) for column, wanted in filters.groups if wanted
    }
    if filters.batch != Filters().batch:
        query["measured_batch"] = [str(end) for end in filters.batch]
    query |= {key: str(st.session_state[key]) for key in _keys() if st.session_state.get(key)}
    return links.of_page(query)


def _keys() -> list[str]:
    return [f"measured_{name}" for name in _PARAMETERS] + list(frontiers.PARAMETERS)


def _points(filters: Filters) -> Plot | None:
    points = cache.chosen(filters)
    if points.empty:
        return None
    shorts = {predictor.short: predictor for predictor in PREDICTORS}
    predictor = shorts.get(str(st.session_state.get("measured_by")), SERVING)
    column = controls.COLOURS.get(str(st.session_state.get("measured_colour")), next(iter(controls.COLOURS.values())))
    return plots.points_plot(points, predictor, column, filters.told())


def _residuals(filters: Filters) -> Plot | None:
    points = cache.chosen(filters)
    if points.empty:
        return None
    off = percent(cache.error_of(filters, SERVING.column))
    binned = {by: tables.binned(points, by) for by in tables.BINS}
    middle = [value for frame in binned.values() for value in frame["middle"]]
    claim = (
        f"The serving engine is off by {off} in the middle case; whatever the batch, the share of prompts, the experts "
        f"and the GPUs, its median lies between ×{min(middle):.2f} and ×{max(middle):.2f}"
    )
    return plots.residuals_plot(binned, claim)


def _frontiers(_: Filters) -> Plot | None:
    one = frontiers.chosen_set()
    return plots.frontier_plot(one, frontiers.points_of(one), frontiers.of_one(one))


def _claims(_: Filters) -> Plot | None:
    found = recomputed()
    return plots.claims_plot(found, claims.statement(found))


_MAKERS: dict[str, Callable[[Filters], Plot | None]] = {
    "points": _points,
    "residuals": _residuals,
    "frontiers": _frontiers,
    "claims": _claims,
}
