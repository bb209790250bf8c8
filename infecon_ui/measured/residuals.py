"""The part of the page that looks for what the error grows with."""

import streamlit as st

from infecon_ui.charts.figure import show
from infecon_ui.measured import cache, controls, slides, tables
from infecon_ui.measured.points import Filters


def show_residuals(filters: Filters) -> None:
    """Residuals along four properties."""
    st.header("Does the error grow with anything?", anchor=False)
    st.caption("Predicted over measured time of the serving engine: the median, and the middle 80% as a line.")
    with st.grid(4, min_column_width=220):
        for by, figure in cache.residuals(filters).items():
            alt = f"Predicted over measured time by {tables.BINS[by].title}."
            show(figure, key=f"residual_{by}", config=controls.CHART, alt=alt)
    slides.show_tools("residuals", filters)
