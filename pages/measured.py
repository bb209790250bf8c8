"""Model against measurement: how far off every prediction is, where, why, and how far off one's own points are."""

from typing import Any

import streamlit as st

from infecon_ui import error_tables, measured, own_points, wording
from infecon_ui.figures import measured as figures
from infecon_ui.navigation import require_app

COLOURS = {"Model family": "family", "Accelerator": "accelerator", "Engine": "software"}
SIDE_BY_SIDE = "All three"
CHART = {"displaylogo": False, "displayModeBar": False}
HEADLINE = "measured_headline"


def main() -> None:
    """Show the page."""
    st.header("Model against measurement", anchor=False)
    place = st.empty()
    points = measured.points()
    statement, beside = measured.headline(points)
    place.markdown(st.session_state.get(HEADLINE, f"#### {wording.escaped(statement)}"))
    st.markdown(wording.escaped(beside))
    shown = filters(points).choose(points)
    if shown.empty:
        st.info("No point passes these filters; widen the batch or clear one of them.", icon=":material/filter_alt:")
    else:
        show_points(points, shown)
    # Fits without each model and each accelerator take a moment the first time: the chart does not wait for them.
    show_headline(place, points)
    if not shown.empty:
        show_errors(measured.with_left_out(shown))
        show_residuals(shown)
    show_own(points)


def show_headline(place: Any, points: Any) -> None:
    """Complete the statement at the top, once a session."""
    if HEADLINE not in st.session_state:
        statement, _ = measured.headline(measured.with_left_out(points))
        st.session_state[HEADLINE] = f"#### {wording.escaped(statement)}"
        place.markdown(st.session_state[HEADLINE])


def filters(points: Any) -> measured.Filters:
    """The controls that narrow everything below them."""
    wanted = {}
    with st.expander("Filters", icon=":material/filter_alt:"), st.grid(3, min_column_width=200):
        for label, column in measured.GROUPS.items():
            wanted[column] = st.multiselect(
                label,
                measured.names(points, column),
                key=f"measured_{column}",
                bind="query-params",
                placeholder="All",
                help=measured.KINDS_HELP if column == "kind" else None,
            )
        batch = st.select_slider(
            "Batch",
            measured.BATCHES,
            value=(measured.BATCHES[0], measured.BATCHES[-1]),
            key="measured_batch",
            bind="query-params",
        )
    return measured.Filters(wanted, batch)


def show_points(points: Any, shown: Any) -> None:
    """Predicted against measured, of one model or of all three side by side."""
    st.subheader("Predicted against measured", anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        names = {predictor.short: predictor for predictor in measured.PREDICTORS}
        choice = st.segmented_control(
            "Predicted by",
            [*names, SIDE_BY_SIDE],
            default=measured.SERVING.short,
            required=True,
            key="measured_by",
            bind="query-params",
        )
        by = st.segmented_control(
            "Colour",
            list(COLOURS),
            default=next(iter(COLOURS)),
            required=True,
            key="measured_colour",
            bind="query-params",
        )
    chosen = list(names.values()) if choice == SIDE_BY_SIDE else [names[choice]]
    ends = figures.ends_of(points, [predictor.column for predictor in measured.PREDICTORS])
    palette = figures.colours(points[COLOURS[by]])
    drawn = measured.thinned(shown, measured.SHOWN_POINTS // len(chosen))
    with st.grid(len(chosen), min_column_width=260):
        for predictor in chosen:
            with st.container(gap="xsmall"):
                score = measured.percent(measured.error(shown, predictor.column))
                if len(chosen) > 1:
                    st.markdown(f"**{predictor.label}**: off by {score}")
                st.plotly_chart(
                    figures.scatter_figure(drawn, predictor.column, COLOURS[by], palette, ends, small=len(chosen) > 1),
                    key=f"measured_{predictor.column}",
                    config=CHART,
                    alt=f"{predictor.label}: predicted against measured time per output token, off by {score}.",
                )
    st.caption(measured.drawing_note(len(drawn), len(shown), len(points)))


def show_errors(shown: Any) -> None:
    """The errors by group, and the worst ones in words."""
    st.subheader("Errors by group", anchor=False)
    with st.container(horizontal=True):
        by = st.segmented_control(
            "Grouped by",
            list(measured.GROUPS),
            default=next(iter(measured.GROUPS)),
            required=True,
            key="measured_group",
            bind="query-params",
        )
        fit = st.segmented_control(
            "Bias and spread",
            [error_tables.FITTED, error_tables.UNSEEN],
            default=error_tables.FITTED,
            required=True,
            key="measured_fit",
            bind="query-params",
        )
    kinds = ((error_tables.SHARES, "%.1f%%"), (error_tables.FACTORS, "×%.2f"))
    heads = {
        name: st.column_config.NumberColumn(head, help=text, format=form)
        for columns, form in kinds
        for name, head, text in columns
    }
    st.dataframe(
        error_tables.table(shown, measured.GROUPS[by], seen=fit == error_tables.FITTED),
        hide_index=True,
        height="content",
        placeholder="",
        column_config={"group": st.column_config.TextColumn(by, pinned=True), "points": "Points", **heads},
        alt=f"Errors by {by.lower()}.",
    )
    st.caption(error_tables.NOTE)
    if worst := error_tables.worst(shown):
        st.markdown("\n".join(["Where it is worst, and why:", "", *(f"- {text}" for text in worst)]))


def show_residuals(shown: Any) -> None:
    """Residuals along four properties."""
    st.subheader("Does the error grow with anything?", anchor=False)
    st.caption("Predicted over measured time of the serving engine: the median, and the middle 80% as a line.")
    with st.grid(4, min_column_width=220):
        for by, bins in error_tables.BINS.items():
            st.plotly_chart(
                figures.residual_figure(error_tables.binned(shown, by), bins.title),
                key=f"residual_{by}",
                config=CHART,
                alt=f"Predicted over measured time by {bins.title}.",
            )


def show_own(points: Any) -> None:
    """A reader's own measurements."""
    st.subheader("Your own measurements", anchor=False)
    st.markdown(
        "Upload time per output token measured on your servers, one row a measurement, and see how far off the engine "
        "is for you. The file stays in this session."
    )
    with st.container(horizontal=True):
        st.download_button(
            "Template, CSV",
            own_points.template,
            "measurements.csv",
            "text/csv",
            key="own_template",
            on_click="ignore",
            icon=":material/download:",
        )
        with st.popover("What the columns hold", icon=":material/table:"):
            st.dataframe(own_points.columns_table(), hide_index=True)
    file = st.file_uploader(
        f"CSV of up to {own_points.MAX_ROWS:,} rows and 1 MB",
        type="csv",
        key=own_points.UPLOADER,
        on_change=own_points.keep_file,
    )
    kept = own_points.kept_file()
    if kept is None:
        if own_points.uses_own_constants():
            show_constants_in_use()
        return
    name, data = kept
    if file is None:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(wording.escaped(f"Below is {name}, uploaded before."), width="content")
            st.button("Remove", key="own_remove", on_click=own_points.forget_file)
    try:
        show_own_report(points, own_points.report(data), data)
    except own_points.BadFileError as fault:
        st.error(wording.escaped(f"{name}: {fault}"), icon=":material/error:")


def show_own_report(points: Any, report: Any, data: bytes) -> None:
    """How far off the engine is on a reader's points, which rows it cannot predict, and the refit."""
    st.markdown(wording.escaped(own_points.reading(report)))
    if report.faults:
        with st.expander(f"{len(report.faults):,} rows that cannot be predicted", expanded=report.points.empty):
            st.dataframe(own_points.faults_table(report), hide_index=True)
    if report.points.empty:
        return
    with st.container(horizontal=True, gap="large"):
        for label, text, meaning in own_points.cards(report.score):
            st.metric(label, text, help=meaning, width="content")
    st.plotly_chart(
        figures.own_figure(
            measured.thinned(points, 400),
            report.points,
            measured.SERVING.column,
            figures.ends_of(own_points.beside(points, report), [measured.SERVING.column]),
        ),
        key="own_chart",
        config=CHART,
        alt=own_points.reading(report),
    )
    show_refit(data)


def show_refit(data: bytes) -> None:
    """The constants that fit a reader's points, and the button that takes them over."""
    st.markdown(
        "**Refit the constants to these points.** The shipped values are the start and weigh as much as one point "
        "each, so that a few points move them little."
    )
    st.button("Refit the constants to these points", key="own_refit", on_click=own_points.ask_for_refit, args=(data,))
    if own_points.refit_asked(data):
        with st.spinner("Fitting the constants."):
            refit = own_points.refit(data)
        st.markdown(wording.escaped(own_points.refit_reading(refit)))
        st.dataframe(
            own_points.constants_table(refit.constants),
            hide_index=True,
            height="content",
            column_config={
                **{name: st.column_config.NumberColumn(format="%.3g", width="small") for name in ("Shipped", "Yours")},
                "Ratio": st.column_config.NumberColumn(format="×%.2f", width="small"),
                "Unit": st.column_config.TextColumn(width="small"),
            },
        )
        st.button(
            "Use these constants in this session",
            type="primary",
            key="own_use",
            on_click=own_points.use_constants,
            args=(refit.constants,),
            help="Sets the calibration constants in the sidebar, so that they stand in links too.",
        )
    if own_points.uses_own_constants():
        show_constants_in_use()


def show_constants_in_use() -> None:
    """Say that this session computes with other constants, and offer the way back."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.success(
            "The frontier page computes with constants of your own; the charts above keep the shipped ones.",
            icon=":material/tune:",
        )
        st.button("Back to the shipped constants", key="own_drop", on_click=own_points.drop_constants)


require_app()
main()
