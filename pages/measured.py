"""Model against measurement: how far off predictions, frontiers and claims of others are, and why; own points."""

from functools import partial

import streamlit as st

from infecon_ui.charts.figure import show
from infecon_ui.measured import cache, claims, controls, frontiers, own, price, residuals, session, slides, tables
from infecon_ui.measured.points import GROUPS, PREDICTORS, SHOWN_POINTS, Filters, measured_points
from infecon_ui.measured.sentences import drawing_note
from infecon_ui.navigation import require_app
from infecon_ui.state import page_links
from infecon_ui.state.title import set_title
from infecon_ui.text.formats import percent
from infecon_ui.text.markdown import escaped

SIDE_BY_SIDE = "All three"


def main() -> None:
    """Show the page."""
    top = st.container()
    st.title("Model against measurement", anchor=False)
    unclear, place = st.container(), st.empty()
    filters = controls.filters()
    set_title("Model against measurement", filters.told())
    if found := not cache.chosen(filters).empty:
        place.markdown(cache.headline(filters, left_out=session.LEFT_OUT in st.session_state))
        show_points(filters)
    else:
        said = escaped(f"No point passes {filters.told()}; clear one of these filters or widen the batch.")
        st.info(said, icon=":material/filter_alt:")
    # Fits without each model and each accelerator take a moment the first time: the chart does not wait for them.
    if found and session.LEFT_OUT not in st.session_state:
        place.markdown(cache.headline(filters, left_out=True))
        st.session_state[session.LEFT_OUT] = True
    if found:
        show_errors(filters)
        residuals.show_residuals(filters)
    frontiers.show_frontiers(partial(slides.show_tools, "frontiers", filters))
    claims.show_claims(partial(slides.show_tools, "claims", filters))
    page_links.show(unclear, "measured_", "frontiers_")
    own.show_own()
    slides.show_slide(filters, top)


def show_points(filters: Filters) -> None:
    """Predicted against measured, of one model or of all three side by side, and what an error is in price."""
    st.header("Predicted against measured", anchor=False)
    names = {predictor.short: predictor for predictor in PREDICTORS}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        choice = controls.pick("Predicted by", [*names, SIDE_BY_SIDE], "by")
        colour = controls.COLOURS[controls.pick("Colour", controls.COLOURS, "colour")]
    chosen = PREDICTORS if choice == SIDE_BY_SIDE else (names[choice],)
    with st.grid(len(chosen) if len(chosen) > 1 else 2, min_column_width=300, gap="large"):
        for predictor in chosen:
            off = f"off by {percent(cache.error_of(filters, predictor.column))}"
            with st.container(gap="xsmall"):
                if len(chosen) > 1:
                    st.markdown(f"**{predictor.label}**: {off}")
                show(
                    cache.scatter(filters, tuple(chosen), predictor.column, colour),
                    key=f"measured_{predictor.column}",
                    config=controls.CHART,
                    alt=f"{predictor.label}: predicted against measured time per output token, {off}.",
                )
        if len(chosen) == 1:
            price.show_price()
    n_chosen = len(cache.chosen(filters))
    st.caption(drawing_note(min(n_chosen, SHOWN_POINTS // len(chosen)), n_chosen, len(measured_points())))
    controls.download(filters)
    slides.show_tools("points", filters)


def show_errors(filters: Filters) -> None:
    """The errors by group, and the worst ones in words."""
    st.header("Errors by group", anchor=False)
    with st.container(horizontal=True):
        by = controls.pick("Grouped by", GROUPS, "group")
        fit = controls.pick("Bias and spread", [tables.FITTED, tables.UNSEEN], "fit")
    st.dataframe(
        cache.error_table(filters, GROUPS[by], seen=fit == tables.FITTED),
        hide_index=True,
        height="content",
        placeholder="",
        column_config=tables.column_config(by),
        alt=f"Errors by {by.lower()}.",
    )
    st.caption(tables.NOTE)
    if worst := cache.worst(filters):
        st.markdown("\n".join(["Where it is worst, and why:", "", *(f"- {text}" for text in worst)]))


require_app()
main()
