"""The controls of the page; what they say stands in links."""

from collections.abc import Iterable

import streamlit as st

from infecon_core import catalog
from infecon_ui.measured.cache import csv, options
from infecon_ui.measured.points import BATCHES, GROUPS, KINDS_HELP, Filters
from infecon_ui.state import page_links

CHART = {"displaylogo": False, "displayModeBar": False}
COLOURS = {"Model family": "family", "Accelerator": "accelerator", "Serving software": "software"}


def filters() -> Filters:
    """The controls that narrow everything below them."""
    wanted = []
    with st.expander("Filters", icon=":material/filter_alt:"), st.grid(3, min_column_width=200):
        for label, column in GROUPS.items():
            page_links.check(f"measured_{column}", options()[column])
            chosen = st.multiselect(
                label,
                options()[column],
                key=f"measured_{column}",
                bind="query-params",
                placeholder="All",
                help=KINDS_HELP if column == "kind" else None,
            )
            wanted.append((column, tuple(chosen)))
        page_links.check("measured_batch", map(str, BATCHES))
        batch = st.select_slider(
            "Batch", BATCHES, value=(BATCHES[0], BATCHES[-1]), key="measured_batch", bind="query-params"
        )
    return Filters(tuple(wanted), batch)


def pick(label: str, among: Iterable[str], key: str) -> str:
    """One of several options, the first one at the start."""
    among = list(among)
    page_links.check(f"measured_{key}", among)
    chosen: str | None = st.segmented_control(
        label, among, default=among[0], required=True, key=f"measured_{key}", bind="query-params"
    )
    # An empty value in a link takes the choice away all the same.
    return chosen or among[0]


def download(filters: Filters) -> None:
    """The points that pass the filters as a file."""
    st.download_button(
        "These points, CSV",
        lambda: csv(filters),
        f"measured-{catalog.data_version()}.csv",
        "text/csv",
        key="measured_csv",
        on_click="ignore",
        icon=":material/download:",
        width=200,
        help="Every point that passes the filters, with its source and the predictions of all three models in ms.",
    )
