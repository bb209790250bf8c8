"""The rows of a data set: one a point of a frontier, with the whole scenario; one a failure, with its reason."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from infecon_core import __version__, catalog
from infecon_core.choices import Choice, Choices, Option, Quantity, Switch, Value
from infecon_core.choices.registry import ACCELERATOR, DRAFT, MODEL, choices
from infecon_core.scenario import Scenario, keywords
from infecon_core.schema.frontier import COLUMNS, FRONTIER_COLUMNS
from infecon_core.sweep.jobs import Jobs

COMPRESSION = "zstd"
JOB, LINK, REASON = "job", "scenario", "reason"
# In the head of a file whose scenarios failed for want of a process that computes them: they are tried again.
_LOST = b"infecon.lost"
# Partitions: their columns stand in the names of folders, not in the files.
PARTITIONS = {MODEL: "model", ACCELERATOR: "accelerator"}
_WORDS = pa.dictionary(pa.int32(), pa.string())


class Answer(NamedTuple):
    """What came of one job.

    Attributes:
        number (int): The job.
        choices (Choices): Its choices.
        frontier (mapping or None): Its columns, of which one value may stand for all points; None where there is none.
        reason (str): Why there is none, in a sentence; empty where there is one.
    """

    number: int
    choices: Choices
    frontier: Mapping[str, Any] | None
    reason: str


class Encoded(NamedTuple):
    """One file of a data set.

    Attributes:
        payload (bytes): What the file holds.
        frontiers, points, failures (int): Jobs, points of all their frontiers, and jobs without a frontier.
    """

    payload: bytes
    frontiers: int
    points: int
    failures: int


class Finished(NamedTuple):
    """What a file of a data set holds that was computed to its end.

    Attributes:
        failures (int): Jobs without a frontier.
    """

    failures: int


def finished(path: Path) -> Finished | None:
    """What a file holds, from its head; None where its jobs failed with their process, or it cannot be read."""
    try:
        head = pq.read_metadata(path)
    except (OSError, pa.ArrowInvalid):
        return None
    if _LOST in (head.metadata or {}):
        return None
    place = head.schema.to_arrow_schema().get_field_index(REASON)
    groups = [head.row_group(i).column(place).statistics for i in range(head.num_row_groups)]
    return Finished(head.num_rows - sum(one.null_count for one in groups))


@dataclass(frozen=True)
class DataSet:
    """The columns of the data set of some jobs.

    Args:
        jobs (Jobs): What is swept.
    """

    jobs: Jobs

    @cached_property
    def scenario_columns(self) -> dict[str, tuple[Choice, ...]]:
        """What a scenario has, by name of the column: keywords of `Scenario.preset`, in SI units.

        All choices but the numbers of model, accelerator and calibration, of which those that are given: the others
        follow from the ids and the data.
        """
        named = keywords(Scenario)
        found: dict[str, tuple[Choice, ...]] = {}
        given = {key: self.jobs.values.choice(key) for key in self.jobs.values.keys}
        for key, choice in {**choices(), **given}.items():
            if key in PARTITIONS or (key not in given and choice.facts.prefix and not _follows_price(choice)):
                continue
            name = DRAFT if key == DRAFT else str(choice.path[-1])
            if name != DRAFT and not choice.drafts and named.get(name) != choice.path:
                name = ".".join(map(str, choice.path))
            found[name] = (*found.get(name, ()), choice)
        return found

    @cached_property
    def frontier_columns(self) -> tuple[str, ...]:
        """Names of the columns of the frontier that are kept."""
        wanted = self.jobs.specification.columns
        return tuple(column.name for column in FRONTIER_COLUMNS if not wanted or column.name in wanted)

    @cached_property
    def schema(self) -> pa.Schema:
        """Types of all columns; what each is, its unit and its key in links; in the head, what made the data set."""
        fields = [
            pa.field(JOB, pa.int64(), False, _facts("Number of the scenario in the sweep, counted from 0.", "1")),
            pa.field(LINK, _WORDS, False, _facts("The scenario as the parameters of a link: what is not the default.")),
            pa.field(REASON, pa.string(), True, _facts("Why there is no frontier; null for a point of one.")),
        ]
        for name, group in self.scenario_columns.items():
            choice = group[0]
            facts = {**_facts(choice.facts.help, choice.facts.unit), "key": " or ".join(one.key for one in group)}
            fields.append(pa.field(name, _type(choice), True, facts))
        for name in self.frontier_columns:
            column = COLUMNS[name]
            kind = pa.float64() if column.unit else _WORDS
            fields.append(pa.field(name, kind, True, _facts(column.meaning, column.unit)))
        head = {
            "infecon.version": __version__,
            "infecon.data_version": catalog.data_version(),
            "infecon.specification": json.dumps(self.jobs.specification.normal(), ensure_ascii=False),
        }
        return pa.schema(fields, metadata=head)

    def table(self, answers: Sequence[Answer]) -> pa.Table:
        """The rows of some answers, in their order."""
        lengths = np.array([_points(one) for one in answers])
        which = np.repeat(np.arange(len(answers)), lengths)
        columns: dict[str, pa.Array] = {
            JOB: pa.array(np.array([one.number for one in answers])[which]),
            LINK: _repeated([one.choices.text() for one in answers], which),
            REASON: pa.array([one.reason or None for one in answers], pa.string()).take(pa.array(which)),
        }
        for name, group in self.scenario_columns.items():
            values = [_value(one.choices, group) for one in answers]
            kind = _type(group[0])
            columns[name] = _repeated(values, which) if kind == _WORDS else pa.array(values, kind).take(pa.array(which))
        for name in self.frontier_columns:
            columns[name] = _joined(name, answers)
        return pa.Table.from_arrays([columns[field.name] for field in self.schema], schema=self.schema)

    def encoded(self, answers: Sequence[Answer], *, lost: bool = False) -> Encoded:
        """The rows of some answers as one file, which says so where they were lost with the process that had them."""
        sink = pa.BufferOutputStream()
        table = self.table(answers)
        if lost:
            table = table.replace_schema_metadata({**table.schema.metadata, _LOST: b"true"})
        pq.write_table(table, sink, compression=COMPRESSION)
        failures = sum(one.frontier is None for one in answers)
        return Encoded(sink.getvalue().to_pybytes(), len(answers), table.num_rows - failures, failures)


def _follows_price(choice: Choice) -> bool:
    """Whether it is the price, which differs by basis: the only number of an accelerator that always stands there."""
    return choice.path == ("accelerator", "price_usd_per_gpu_hour")


def _facts(meaning: str, unit: str = "") -> dict[str, str]:
    return {"description": meaning, "unit": unit}


def _type(choice: Choice) -> pa.DataType:
    if isinstance(choice, Option):
        return _WORDS
    if isinstance(choice, Switch):
        return pa.bool_()
    return pa.int64() if choice.facts.whole else pa.float64()


def _value(chosen: Choices, group: Iterable[Choice]) -> Value:
    """What stands in a scenario, in SI units; None where these choices leave it out."""
    for choice in group:
        if chosen.enters(choice.key) if choice.drafts else choice.key in chosen.all:
            value = chosen.value(choice.key)
            return choice.stored(value) if isinstance(choice, Quantity) else value
    return None


def _repeated(values: Sequence[Any], which: np.ndarray) -> pa.DictionaryArray:
    """One word for each job, as often as it has rows."""
    coded = pa.array(values, pa.string()).dictionary_encode()
    return pa.DictionaryArray.from_arrays(coded.indices.take(pa.array(which)), coded.dictionary)


def _points(answer: Answer) -> int:
    """Rows of an answer; one of a failure."""
    return 1 if answer.frontier is None else int(np.size(answer.frontier["tpot_s"]))


def _joined(name: str, answers: Sequence[Answer]) -> pa.Array:
    """One column of all frontiers, null where there is none or the engine does not know."""
    kind = np.float64 if COLUMNS[name].unit else np.object_
    parts = [_column(name, one, np.dtype(kind)) for one in answers]
    values = np.concatenate(parts)
    if kind is np.float64:
        return pa.array(values, from_pandas=True)
    return pa.array([word if isinstance(word, str) else None for word in values], pa.string()).dictionary_encode()


def _column(name: str, answer: Answer, kind: np.dtype[Any]) -> np.ndarray:
    """One column of one answer."""
    if answer.frontier is None:
        return np.full(1, np.nan if kind == np.float64 else None, dtype=kind)
    values = answer.frontier[name]
    return values.astype(kind) if np.ndim(values) else np.full(_points(answer), values, dtype=kind)
