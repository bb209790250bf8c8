"""Model against measurement: how far off every prediction is, where, why, and how far off one's own points are."""

import streamlit as st

from infecon_ui.charts.figure import show
from infecon_ui.measured import cache, controls, own, tables
from infecon_ui.measured.points import GROUPS, PREDICTORS, SHOWN_POINTS, Filters, measured_points
from infecon_ui.measured.sentences import drawing_note
from infecon_ui.navigation import require_app
from infecon_ui.text.formats import percent
from infecon_ui.text.markdown import escaped

COLOURS = {"Model family": "family", "Accelerator": "accelerator", "Engine": "software"}
SIDE_BY_SIDE = "All three"
HEADLINE = "measured_headline"


def main() -> None:
    """Show the page."""
    st.header("Model against measurement", anchor=False)
    place = st.empty()
    statement, beside = cache.headline(left_out=HEADLINE in st.session_state)
    place.markdown(f"#### {escaped(statement)}")
    st.markdown(escaped(beside))
    filters = controls.filters()
    found = not cache.chosen(filters).empty
    if found:
        show_points(filters)
    else:
        st.info("No point passes these filters; widen the batch or clear one of them.", icon=":material/filter_alt:")
    # Fits without each model and each accelerator take a moment the first time: the chart does not wait for them.
    if HEADLINE not in st.session_state:
        place.markdown(f"#### {escaped(cache.headline(left_out=True)[0])}")
        st.session_state[HEADLINE] = True
    if found:
        show_errors(filters)
        show_residuals(filters)
    own.show_own()


def show_points(filters: Filters) -> None:
    """Predicted against measured, of one model or of all three side by side."""
    st.subheader("Predicted against measured", anchor=False)
    names = {predictor.short: predictor for predictor in PREDICTORS}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        choice = controls.pick("Predicted by", [*names, SIDE_BY_SIDE], "by")
        colour = COLOURS[controls.pick("Colour", COLOURS, "colour")]
    chosen = PREDICTORS if choice == SIDE_BY_SIDE else (names[choice],)
    with st.grid(len(chosen), min_column_width=260):
        for predictor in chosen:
            off = f"off by {percent(cache.error_of(filters, predictor.column))}"
            with st.container(gap="xsmall"):
                if len(chosen) > 1:
                    st.markdown(f"**{predictor.label}**: {off}")
                show(
                    cache.scatter(filters, predictor.column, colour, beside=len(chosen)),
                    key=f"measured_{predictor.column}",
                    config=controls.CHART,
                    alt=f"{predictor.label}: predicted against measured time per output token, {off}.",
                )
    n_chosen = len(cache.chosen(filters))
    st.caption(drawing_note(min(n_chosen, SHOWN_POINTS // len(chosen)), n_chosen, len(measured_points())))


def show_errors(filters: Filters) -> None:
    """The errors by group, and the worst ones in words."""
    st.subheader("Errors by group", anchor=False)
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


def show_residuals(filters: Filters) -> None:
    """Residuals along four properties."""
    st.subheader("Does the error grow with anything?", anchor=False)
    st.caption("Predicted over measured time of the serving engine: the median, and the middle 80% as a line.")
    with st.grid(4, min_column_width=220):
        for by, figure in cache.residuals(filters).items():
            alt = f"Predicted over measured time by {tables.BINS[by].title}."
            show(figure, key=f"residual_{by}", config=controls.CHART, alt=alt)


require_app()
main()
