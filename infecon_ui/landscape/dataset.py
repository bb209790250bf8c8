"""The data set of a sweep, opened: its Parquet files in a database in memory that reaches nothing else."""

import datetime as dt
import json
import logging
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeAlias

import duckdb
import pandas as pd
import streamlit as st

from infecon_core import catalog
from infecon_core.choices import Value
from infecon_core.schema import OWN
from infecon_core.schema.frontier import COLUMNS
from infecon_core.sweep.dataset import JOB, LINK, REASON
from infecon_core.sweep.folder import SPECIFICATION

# An operator's own data set, in place of the one that is shipped. A visitor chooses none: no path comes from a browser,
# nor where a server seems to be a local one, because behind a proxy every server does.
VARIABLE = "INFECON_LANDSCAPE"
SHIPPED = catalog.DATA / "landscape"

MODEL, ACCELERATOR = "model", "accelerator"
PROMPT, OUTPUT, BASIS, PRICE = "prompt_tokens", "output_tokens", "price_basis", "price_usd_per_gpu_hour"
SPEED, THROUGHPUT = "tokens_per_s_user", "tokens_per_s_per_gpu"
# What is told of a point besides its speed and its price.
DETAILS = ("n_gpu", "tp", "tp_ff", "pp", "ep", "dp_attn", "batch", "draft_tokens", "ttft_s")
BEYOND = "beyond_measured"
# Of these a frontier is none of its own: prices are put on it, and the target picks a point of it.
_NO_DIMENSIONS = {BASIS, PRICE, "target_tokens_per_s_user"}
_SCENARIO = (MODEL, ACCELERATOR, JOB, LINK, REASON, PROMPT, OUTPUT, BASIS, PRICE)
_MOST_VALUES = 200  # of one dimension: more are no choice on a page

# Nothing is read any more, nothing is written, and no visitor's question takes a second core or all of the memory.
_LIMITS: dict[str, str | bool | int | float | list[str]] = {
    "memory_limit": "1GB",
    "threads": 2,
    "temp_directory": "",
    "autoinstall_known_extensions": False,
}
_CLOSED = "SET enable_external_access = false; SET threads = 1; SET lock_configuration = true"


_SOMETHING_ELSE = f"holds a {SPECIFICATION} of something else: name what `sweep … --out` wrote."


class NoDataSet(Exception):  # noqa: N818 - it is an answer, not a fault
    """One sentence on why a folder is no data set that the page can read."""


# Prompt and output. [tokens]
Length: TypeAlias = tuple[int, int]
# The value of each other dimension of a data set.
Where: TypeAlias = tuple[tuple[str, Value], ...]


@dataclass(frozen=True, eq=False)
class DataSet:
    """A sweep's data set.

    Args:
        connection (DuckDBPyConnection): Holds the tables `setups`, one row a scenario, and `points`, one row a point of
            its frontier.
        models, accelerators (tuple of str): Ids, in the order of the catalog.
        lengths (tuple of (int, int)): Prompt and output, the shortest first. [tokens]
        dimensions (mapping): The values of every other column that differs for one model on one accelerator.
        combinations (mapping): The number by which `setups` has a length and a value of each dimension.
        own_prices (bool): Whether all of it is at prices that were given by hand.
        frontiers, points (int): How many there are.
        data_version (str): With which data it was computed.
        date (str): The day on which it was computed, or else written.
        shipped (bool): Whether it is the one that comes with the dashboard.
    """

    connection: duckdb.DuckDBPyConnection
    models: tuple[str, ...]
    accelerators: tuple[str, ...]
    lengths: tuple[Length, ...]
    dimensions: Mapping[str, tuple[Value, ...]]
    combinations: Mapping[tuple[Length, Where], int]
    own_prices: bool
    frontiers: int
    points: int
    data_version: str
    date: str
    shipped: bool

    @property
    def stale(self) -> bool:
        """Whether the data have changed since it was computed."""
        return self.data_version != catalog.data_version()

    def ask(self, query: str, **parameters: object) -> dict[str, Any]:
        """The columns of an answer as arrays; by a cursor of its own, so that visitors do not mix up their answers.

        Raises:
            NoDataSet: Where the database refuses, such as for lack of memory.
        """
        try:
            with self.connection.cursor() as cursor:
                return dict(cursor.execute(query, parameters).fetchnumpy())
        except duckdb.Error as error:
            raise NoDataSet("cannot be asked just now: try again, or sweep less.") from error


@st.cache_resource(max_entries=1, show_spinner="Reading the data set.")
def opened(folder: Path) -> DataSet | str:
    """The data set of a folder, or one sentence on why there is none."""
    try:
        return read(folder)
    except NoDataSet as reason:
        return told(folder, reason)


def told(folder: Path, reason: NoDataSet) -> str:
    """Why there is no answer, in a sentence that names no path; the log has the folder and the fault."""
    logging.getLogger(__name__).warning("%s: %s", folder, reason, exc_info=reason.__cause__)
    return f"{'The shipped data set' if folder == SHIPPED else f'The folder that {VARIABLE} names'} {reason}"


def folder() -> Path:
    """Where the data set is: the folder that the operator names, or the shipped one."""
    named = os.environ.get(VARIABLE, "")
    return Path(named) if named else SHIPPED


def read(folder: Path) -> DataSet:
    """Read a data set into a database that can then reach no file any more.

    Args:
        folder (Path): As `python -m infecon_core sweep SPECIFICATION --out FOLDER` writes it.

    Raises:
        NoDataSet: Where the folder holds none; the sentence goes on after what names the folder.
    """
    version, date = _written(folder)
    files = _files(folder)
    try:
        connection = duckdb.connect(":memory:", config=_LIMITS)
        rows = connection.read_parquet(files, union_by_name=True, hive_partitioning=True)
        if lacking := [name for name in (*_SCENARIO, SPEED, THROUGHPUT, *DETAILS, BEYOND) if name not in rows.columns]:
            raise NoDataSet(f"lacks {', '.join(lacking)}: keep these columns in the specification, and sweep anew.")
        setups = _setups(rows)
        _points(rows)
        dimensions = _dimensions(setups)
        setups["combination"] = setups.groupby([PROMPT, OUTPUT, *dimensions], dropna=False).ngroup()
        # Of scenarios that differ in their price alone the first one stands for all.
        setups = setups.drop_duplicates([MODEL, ACCELERATOR, "combination"])
        connection.register("found", setups)
        connection.execute("CREATE TABLE setups AS SELECT * FROM found")
        connection.unregister("found")
        connection.execute(_CLOSED)
        counted = connection.execute("SELECT count(*) FROM points").fetchone()
    except duckdb.OutOfMemoryException as error:
        raise NoDataSet(f"does not fit into {_LIMITS['memory_limit']} of memory: sweep less, or in parts.") from error
    except duckdb.Error as error:
        raise NoDataSet("holds a file that is no Parquet of a sweep: sweep anew.") from error
    if not counted or not counted[0]:
        raise NoDataSet("holds no frontier, only reasons why there is none: sweep what fits.")
    return DataSet(
        connection,
        _known(setups[MODEL], catalog.models()),
        _known(setups[ACCELERATOR], catalog.accelerators()),
        tuple(sorted({_length(row) for row in setups[[PROMPT, OUTPUT]].itertuples(index=False)})),
        MappingProxyType(dimensions),
        MappingProxyType(_combinations(setups, list(dimensions))),
        set(setups[BASIS]) == {OWN},
        int((setups[REASON].isna()).sum()),
        counted[0],
        version,
        date,
        folder == SHIPPED,
    )


def _written(folder: Path) -> tuple[str, str]:
    """Version of the data behind a data set, and the day on which it was computed, or else written."""
    path = folder / SPECIFICATION
    try:
        if not folder.is_dir():
            raise NoDataSet("is not there: name the folder that `sweep … --out` wrote.")
        if not path.is_file():
            raise NoDataSet(f"is no data set of a sweep, it holds no {SPECIFICATION}: name what `sweep … --out` wrote.")
        record = json.loads(path.read_text(encoding="utf-8"))
        written = dt.date.fromtimestamp(path.stat().st_mtime).isoformat()
    except OSError as error:
        raise NoDataSet("cannot be read: let the server's user read it.") from error
    except ValueError as error:
        raise NoDataSet(_SOMETHING_ELSE) from error
    if not isinstance(record, dict) or "data_version" not in record:
        raise NoDataSet(_SOMETHING_ELSE)
    return str(record["data_version"]), str(record.get("date", written))


def _files(folder: Path) -> list[str]:
    try:
        files = sorted(str(path) for path in folder.rglob("*.parquet"))
    except OSError as error:
        raise NoDataSet("cannot be read: let the server's user read it.") from error
    if not files:
        raise NoDataSet("holds no frontier yet: let the sweep go on, and start the server again.")
    return files


def _setups(rows: duckdb.DuckDBPyRelation) -> pd.DataFrame:
    """One row a scenario, in the order of the sweep, with its highest speed."""
    scenario = [name for name in rows.columns if name not in COLUMNS and name != JOB]
    kept = [duckdb.FunctionExpression("any_value", duckdb.ColumnExpression(name)).alias(name) for name in scenario]
    fastest = duckdb.FunctionExpression("max", duckdb.ColumnExpression(SPEED)).alias("fastest")
    found: pd.DataFrame = rows.aggregate([duckdb.ColumnExpression(JOB), *kept, fastest], JOB).order(JOB).df()
    return found


def _points(rows: duckdb.DuckDBPyRelation) -> None:
    """The table of points; numbers that are only told are single precision."""
    kept = [duckdb.ColumnExpression(name) for name in (JOB, SPEED, THROUGHPUT, BEYOND)]
    beside = [duckdb.ColumnExpression(name).cast("FLOAT").alias(name) for name in DETAILS]
    rows.filter(duckdb.ColumnExpression(REASON).isnull()).project(*kept, *beside).order(f"{JOB}, {SPEED}").create(
        "points"
    )


def _dimensions(setups: pd.DataFrame) -> dict[str, tuple[Value, ...]]:
    """Columns that differ for one model on one accelerator, lengths and prices aside."""
    found: dict[str, tuple[Value, ...]] = {}
    names = [name for name in setups.columns if name not in {*_SCENARIO, "fastest", *_NO_DIMENSIONS}]
    counts = setups.groupby([MODEL, ACCELERATOR])[names].nunique(dropna=False).max()
    for name in (name for name in names if counts[name] > 1):
        values = setups[name].drop_duplicates().sort_values()
        if len(values) > _MOST_VALUES:
            raise NoDataSet(f"has {len(values):,} values of {name}, more than the {_MOST_VALUES} of a choice.")
        found[name] = tuple(_plain(value) for value in values.tolist())
    return found


def _combinations(setups: pd.DataFrame, dimensions: Sequence[str]) -> dict[tuple[Length, Where], int]:
    found: dict[tuple[Length, Where], int] = {}
    for row in setups.drop_duplicates("combination").to_dict("records"):
        where = tuple((name, _plain(row[name])) for name in dimensions)
        found[(int(row[PROMPT]), int(row[OUTPUT])), where] = int(row["combination"])
    return found


def _plain(value: Any) -> Value:
    """A value of a frame as a choice has it: None where there is none."""
    found: Value = None if pd.isna(value) else value
    return found


def _length(row: Any) -> Length:
    return int(row[0]), int(row[1])


def _known(found: pd.Series, known: Mapping[str, object]) -> tuple[str, ...]:
    names = set(found)
    if strange := sorted(names - set(known)):
        raise NoDataSet(f"holds {found.name} '{strange[0]}', which the catalog does not: sweep anew.")
    return tuple(name for name in known if name in names)
