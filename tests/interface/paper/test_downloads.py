"""The paper's exhibits as files."""

import io

import pandas as pd

from infecon_core import catalog
from infecon_core.choices import Choices
from infecon_ui.paper import downloads, exhibits


def test_values_come_with_source_version_and_scenario() -> None:
    table = pd.read_csv(io.StringIO(downloads.csv(downloads.values("figure-1"))), keep_default_na=False)
    assert len(table) == len(exhibits.table("figure-1"))
    assert set(table["exhibit"]) == {"Figure 1"}
    assert set(table["data_version"]) == {catalog.data_version()}
    assert table["source"].str.contains("arXiv:2506.04645, Figure 1").all()
    first = table.iloc[0]
    assert (first["printed"], round(first["ours"], 2)) == (149.66, 149.66)
    chosen, faults = Choices().read(dict(part.split("=") for part in first["scenario"].split("&") if part[:2] != "v="))
    assert not faults
    assert chosen.value("demand") == 10_000


def test_rows_in_closed_form_have_no_scenario() -> None:
    table = pd.read_csv(io.StringIO(downloads.csv(downloads.values("table-1"))), keep_default_na=False)
    assert set(table["scenario"]) == {""}


def test_curves_come_point_by_point() -> None:
    shown = exhibits.exhibit("figure-1")
    table = pd.read_csv(io.StringIO(downloads.csv(downloads.curves(shown, shown))))
    assert list(table["curve"].unique()) == [line.label for line in shown.curves]
    frame = exhibits.curve(shown.curves[1].setup)
    part = table[table["curve"] == shown.curves[1].label]
    assert part["tokens_per_s_user"].to_list() == frame["tokens_per_s_user"].to_list()
    assert part["scenario"].str.contains("demand=1000000").all()


def test_names_of_files() -> None:
    assert downloads.file_name("table-1") == f"erdil-2025-table-1-{catalog.data_version()}.csv"
