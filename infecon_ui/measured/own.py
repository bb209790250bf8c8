"""The part of the page that takes a reader's own measurements: upload, report, refit."""

import streamlit as st

from infecon_core.schema.words import counted
from infecon_ui.charts.figure import show
from infecon_ui.measured import figures, own_correction, refit, session, upload
from infecon_ui.measured.controls import CHART
from infecon_ui.measured.points import SERVING, measured_points, thinned
from infecon_ui.measured.sentences import refit_summary, upload_summary
from infecon_ui.text.markdown import escaped, foreign
from infecon_ui.work.answer import answer
from infecon_ui.work.pool import WorkError

BESIDE = 400  # shipped points beside one's own


def show_own() -> None:
    """A reader's own measurements."""
    st.header("Your own measurements", anchor=False)
    st.markdown(
        "Upload time per output token measured on your servers, one row a measurement, and see how far off the engine "
        "is for you. The file stays in this session."
    )
    with st.container(horizontal=True):
        st.download_button(
            "Template, CSV",
            upload.template,
            "measurements.csv",
            "text/csv",
            key="own_template",
            on_click="ignore",
            icon=":material/download:",
            width=200,
        )
        columns = st.popover("What the columns hold", icon=":material/table:", key="own_columns", on_change="rerun")
        if columns.open:
            columns.dataframe(upload.columns_table(), hide_index=True)
    file = st.file_uploader(
        f"CSV of up to {upload.MAX_ROWS:,} rows and 1 MB",
        type="csv",
        key=session.UPLOADER,
        on_change=session.keep_file,
    )
    kept = session.kept_file()
    if kept is None:
        if session.lost_file():
            st.info("The server was started anew and no longer has your file; upload it again.", icon=":material/info:")
        if session.uses_own_constants():
            show_constants_in_use()
        return
    name, data = kept
    if file is None:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(foreign(f"Below is {name}, uploaded before."), width="content")
            st.button("Remove", key="own_remove", on_click=session.forget_file)
    try:
        show_report(answer("Predicting your points.", upload.upload_report, data), data)
    except WorkError as fault:
        st.error(foreign(f"{name}: {fault}"), icon=":material/error:")


def show_report(report: upload.UploadReport, data: bytes) -> None:
    """How far off the engine is on a reader's points, which rows it cannot predict, and the refit."""
    summary = upload_summary(report)
    st.markdown(escaped(summary))
    if report.faults:
        with st.expander(
            f"{counted(len(report.faults), 'row')} that cannot be predicted", expanded=report.points.empty
        ):
            st.dataframe(upload.faults_table(report), hide_index=True)
    if report.points.empty:
        return
    with st.container(horizontal=True, gap="large"):
        for label, text, meaning in upload.metrics(report.score):
            st.metric(label, text, help=meaning, width="content")
    show_correction(report, data)
    shipped = measured_points()
    ends = figures.ends_of(upload.beside(shipped, report), [SERVING.column])
    show(
        figures.own_figure(thinned(shipped, BESIDE), report.points, SERVING.column, ends),
        key="own_chart",
        config=CHART,
        alt=summary,
    )
    show_refit(data)


def show_correction(report: upload.UploadReport, data: bytes) -> None:
    """The error once a reader's points correct each other, and the frontiers with their factors."""
    wanted = st.toggle(
        "Correct by your own measurements",
        key="own_correct",
        help="A server that is slower than predicted in one point is mostly slower in all: a factor on all times, of "
        "each model on each accelerator.",
    )
    if not wanted:
        return
    found = answer("Comparing your points with each other.", upload.correction, data)
    st.markdown(escaped(own_correction.summary(report.score, found.score)))
    st.dataframe(
        own_correction.table(found.factors),
        hide_index=True,
        height="content",
        column_config={
            "Factor on time": st.column_config.NumberColumn(format="×%.2f", width="small"),
            "Frontier": st.column_config.LinkColumn(display_text="Open with this factor"),
        },
    )


def show_refit(data: bytes) -> None:
    """The constants that fit a reader's points, and the button that takes them over."""
    st.markdown(
        "**Refit the constants to these points.** The shipped values are the start and weigh as much as one point "
        "each, so that a few points move them little."
    )
    st.button("Refit the constants to these points", key="own_refit", on_click=session.ask_for_refit, args=(data,))
    if session.refit_asked(data):
        found = answer("Fitting the constants.", refit.refit, data)
        st.markdown(escaped(refit_summary(found)))
        st.dataframe(
            refit.constants_table(found.constants),
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
            on_click=session.use_constants,
            args=(found.constants,),
            help="Sets the calibration constants in the sidebar, so that they stand in links too.",
        )
    if session.uses_own_constants():
        show_constants_in_use()


def show_constants_in_use() -> None:
    """Say that this session computes with other constants, and offer the way back."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.success(
            "The frontier page computes with constants of your own; the charts above keep the shipped ones.",
            icon=":material/tune:",
        )
        st.button("Back to the shipped constants", key="own_drop", on_click=session.drop_constants)
