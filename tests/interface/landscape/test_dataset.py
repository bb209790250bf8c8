"""Data sets that are read, and folders that are none."""

import json
import shutil
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from infecon_core import catalog
from infecon_ui.landscape import dataset
from infecon_ui.landscape.dataset import DataSet, NoDataSet
from tests.support import landscapes


def test_a_data_set_tells_what_is_in_it(data: DataSet, rows: pd.DataFrame) -> None:
    # In the order of the catalog, whatever that of the sweep was.
    assert data.models == ("deepseek-v3", "llama-3.3-70b", "llama-3.1-8b")
    assert data.accelerators == ("b200-hgx", "h100-sxm", "mi300x")
    assert data.lengths == ((1000, 1000), (8000, 1000))
    assert data.dimensions == {"weights": ("fp4", "fp8")}
    assert len(data.combinations) == 4
    assert data.points == int(rows["reason"].isna().sum())
    assert data.frontiers == rows.loc[rows["reason"].isna(), "job"].nunique() < 36
    assert (data.data_version, data.stale, data.shipped, data.own_prices) == (
        catalog.data_version(),
        False,
        False,
        False,
    )


def test_the_database_reaches_no_file_and_no_visitor_can_change_that(data: DataSet, swept: Path) -> None:
    path = next(swept.rglob("*.parquet"))
    for query in (
        f"FROM '{path}'",
        f"COPY setups TO '{swept / 'stolen.csv'}'",
        "SET enable_external_access = true",
        "INSTALL httpfs",
    ):
        with pytest.raises(duckdb.Error):
            data.connection.cursor().execute(query)
        with pytest.raises(NoDataSet, match="cannot be asked just now"):
            data.ask(query)
    assert not (swept / "stolen.csv").exists()


def test_a_data_set_in_one_file_is_the_same(data: DataSet, rows: pd.DataFrame, swept: Path, tmp_path: Path) -> None:
    shutil.copy(swept / "_specification.json", tmp_path)
    rows.sort_values("job").to_parquet(tmp_path / "points.parquet", index=False)
    joined = dataset.read(tmp_path)
    assert (joined.models, joined.dimensions, joined.combinations) == (data.models, data.dimensions, data.combinations)
    assert (joined.frontiers, joined.points) == (data.frontiers, data.points)


def test_the_day_is_what_the_folder_says_or_that_of_its_file(swept: Path, tmp_path: Path) -> None:
    shutil.copytree(swept, tmp_path, dirs_exist_ok=True)
    told = tmp_path / "_specification.json"
    told.write_text(json.dumps({**json.loads(told.read_text()), "data_version": "old", "date": "2026-01-02"}))
    found = dataset.read(tmp_path)
    assert (found.date, found.data_version, found.stale) == ("2026-01-02", "old", True)


def test_only_prices_by_hand_are_those_of_the_data_set(tmp_path: Path) -> None:
    grid = {"model": ["llama-3.1-8b"], "gpu": ["h100-sxm", "b200-hgx"], "price": [2.0, 4.0]}
    found = dataset.read(landscapes.swept(tmp_path, grid=grid, fixed={}))
    assert found.own_prices
    # Prices make no frontier of their own.
    assert found.dimensions == {}
    assert found.frontiers == 2


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        (None, "is not there: name the folder"),
        ({}, "it holds no _specification.json"),
        ({"_specification.json": "{}"}, "of something else"),
        ({"_specification.json": "["}, "of something else"),
        ({"_specification.json": '"words"'}, "of something else"),
        ({"_specification.json": '{"data_version": "1"}'}, "holds no frontier yet"),
        ({"_specification.json": '{"data_version": "1"}', "a.parquet": "no table"}, "no Parquet of a sweep"),
    ],
)
def test_a_folder_that_is_none_gets_a_sentence(tmp_path: Path, files: dict[str, str] | None, sentence: str) -> None:
    folder = tmp_path / "missing" if files is None else tmp_path
    for name, text in (files or {}).items():
        (folder / name).write_text(text, encoding="utf-8")
    with pytest.raises(NoDataSet, match=sentence):
        dataset.read(folder)


def test_columns_that_the_page_needs_are_named(tmp_path: Path) -> None:
    grid = {"model": ["llama-3.1-8b"], "gpu": ["h100-sxm"]}
    folder = landscapes.swept(tmp_path, columns=("tokens_per_s_user", "usd_per_million_tokens"), grid=grid, fixed={})
    with pytest.raises(NoDataSet, match="lacks tokens_per_s_per_gpu, n_gpu, tp"):
        dataset.read(folder)


def test_a_data_set_of_failures_alone_is_none(tmp_path: Path) -> None:
    grid = {"model": ["deepseek-v3"], "gpu": ["l4"]}
    with pytest.raises(NoDataSet, match="only reasons why there is none"):
        dataset.read(landscapes.swept(tmp_path, grid=grid, fixed={"max": 1}))


def test_an_unknown_accelerator_is_named(rows: pd.DataFrame, swept: Path, tmp_path: Path) -> None:
    shutil.copy(swept / "_specification.json", tmp_path)
    rows.replace({"accelerator": {"mi300x": "mi-none"}}).to_parquet(tmp_path / "points.parquet", index=False)
    with pytest.raises(NoDataSet, match="holds accelerator 'mi-none', which the catalog does not"):
        dataset.read(tmp_path)


def test_a_sentence_names_the_variable_and_no_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(dataset.VARIABLE, str(tmp_path / "secret"))
    assert dataset.folder() == tmp_path / "secret"
    said = dataset.told(dataset.folder(), NoDataSet("is not there."))
    assert said == "The folder that INFECON_LANDSCAPE names is not there."
    monkeypatch.delenv(dataset.VARIABLE)
    assert dataset.folder() == dataset.SHIPPED
