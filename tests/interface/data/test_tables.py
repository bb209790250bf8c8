"""Tables of entries and of their numbers."""

import csv
import io

import pytest

from infecon_core import catalog
from infecon_core.analysis.entries import compared
from infecon_core.catalog import Kind
from infecon_ui.data import tables
from tests.support.own_entries import CHIP_ID, MODEL_ID


def test_a_listing_has_one_row_an_entry_in_the_order_asked() -> None:
    ids = (MODEL_ID, *catalog.models())
    frame = tables.listing("models", ids)
    assert len(frame) == len(ids)
    assert list(frame["Model"][:2]) == ["Our 30B", catalog.model(ids[1]).architecture.name]
    assert list(frame["Kind"][:2]) == ["own", "published"]
    chips = tables.listing("accelerators", (CHIP_ID, "h100-sxm"))
    assert list(chips["Estimates"]) == ["1 of 13", "0 of 12"]
    assert list(chips["Price basis"]) == ["Own number", "On demand"]


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (None, "B", "–"), (True, "", "yes"), (False, "", "no"), ("FP8", "", "FP8"), (327_680.0, "B", "327.7 kB"),
        (141e9, "B", "141 GB"), (2.95, "USD/h", "$2.95/h"), (4.5e-6, "s", "4.5 µs"), (2024, "year", "2024"),
        (70.55e9, "1", "70.5 billion"), (1.026e12, "1", "1.03 trillion"), (80, "1", "80"), (8.0, "TB/s", "8 TB/s"),
        (900.0, "GB/s, one direction", "900 GB/s"), (128256, "1", "128,256"),
    ],
)  # fmt: skip
def test_values_in_words(value: float | str | bool | None, unit: str, expected: str) -> None:
    assert tables.said(value, unit) == expected


@pytest.mark.parametrize("kind", ["models", "accelerators"])
def test_the_file_has_every_number_with_its_source(kind: Kind) -> None:
    ids = tuple(catalog.models() if kind == "models" else catalog.accelerators())
    rows = list(csv.DictReader(io.StringIO(tables.numbers_file(kind, ids))))
    assert {row["entry"] for row in rows} == set(ids)
    assert len(rows) == sum(len(tables.numbers_of(kind, one)) for one in ids)
    assert all(row["kind"] and row["source"] for row in rows)
    assert tables.numbers_file(kind, ()).count("\n") == 1


def test_layers_have_a_column_where_a_model_has_several_kinds() -> None:
    assert "Layers" not in tables.numbers_table(tables.numbers_of("models", "llama-3.1-70b")).columns
    assert "Layers" in tables.numbers_table(tables.numbers_of("models", "gpt-oss-120b")).columns


def test_two_of_one_name_keep_their_columns_apart() -> None:
    numbers = tables.numbers_of("models", MODEL_ID)
    frame = tables.compared_table(compared(numbers, numbers), ("Our 30B", "Our 30B"))
    assert list(frame.columns) == ["Number", "Our 30B (1)", "Our 30B (2)", "Ratio"]
    assert set(frame["Ratio"]) <= {"×1", "–"}
