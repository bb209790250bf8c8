"""The scenarios of a specification one by one, worked out only when they are asked for, in chunks of one partition."""

import hashlib
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from infecon_core import __version__, catalog
from infecon_core.choices import Choices, Option, Value
from infecon_core.choices.registry import ACCELERATOR, MODEL
from infecon_core.sweep.specification import Specification
from infecon_core.sweep.values import SweptValues

# Frontiers of one file: a second or two of work, of which a kill loses at most as much for each worker.
IN_A_CHUNK = 250


class Chunk(NamedTuple):
    """Scenarios that are computed together and land in one file.

    Attributes:
        model_id, accelerator_id (str): The partition.
        start, stop (int): Numbers of its jobs, the last one excluded.
        name (str): Of its file below the folder of the data set; follows from what makes its content.
    """

    model_id: str
    accelerator_id: str
    start: int
    stop: int
    name: str

    @property
    def frontiers(self) -> int:
        """How many there are in it."""
        return self.stop - self.start


class Job(NamedTuple):
    """One scenario of a sweep.

    Attributes:
        number (int): Its place in the sweep, counted from 0.
        choices (Choices): What is chosen, as far as it can be.
        problem (str): Why these choices make no scenario, in a sentence; empty where they may.
    """

    number: int
    choices: Choices
    problem: str


class _Partition(NamedTuple):
    """A model on an accelerator.

    Attributes:
        model_id, accelerator_id (str): Ids of the catalog.
        tables (tuple of dict): The scenarios of the list that are of this model on this accelerator.
        start (int): Number of the first job.
    """

    model_id: str
    accelerator_id: str
    tables: tuple[Mapping[str, Value], ...]
    start: int


@dataclass(frozen=True)
class Jobs:
    """The jobs of a specification.

    Args:
        specification (Specification): What is swept.

    Raises:
        ValueError: As for `SweptValues`.
    """

    specification: Specification

    def __post_init__(self) -> None:
        _ = self.values

    def __len__(self) -> int:
        last = self._partitions[-1]
        return last.start + len(last.tables) * self._combinations

    @cached_property
    def values(self) -> SweptValues:
        """The values of the specification, which are checked when they are made."""
        return SweptValues(self.specification)

    @cached_property
    def identity(self) -> str:
        """Fingerprint of specification, data and version of infecon; of changed code only where its version changed."""
        return _digest([self.specification.normal(), __version__, catalog.data_version()])

    def chunks(self) -> Iterator[Chunk]:
        """All chunks, in the order of their jobs."""
        for model_id, accelerator_id, tables, first in self._partitions:
            last = first + len(tables) * self._combinations
            folder = f"model={model_id}/accelerator={accelerator_id}"
            for start in range(first, last, IN_A_CHUNK):
                stop = min(start + IN_A_CHUNK, last)
                digest = _digest([self.identity, folder, start, stop])[:16]
                yield Chunk(model_id, accelerator_id, start, stop, f"{folder}/{start:08d}-{digest}.parquet")

    def jobs(self, chunk: Chunk) -> Iterator[Job]:
        """The jobs of one chunk."""
        partition = self._by_ids[chunk.model_id, chunk.accelerator_id]
        ids: dict[str, Value] = {MODEL: partition.model_id, ACCELERATOR: partition.accelerator_id}
        for number in range(chunk.start, chunk.stop):
            which, rest = divmod(number - partition.start, self._combinations)
            combined: dict[str, Value] = {}
            for key, axis in reversed(self._inner.items()):
                rest, place = divmod(rest, len(axis))
                combined[key] = axis[place]
            yield job_of(number, {**self.values.fixed, **partition.tables[which], **combined, **ids})

    @cached_property
    def _partitions(self) -> tuple[_Partition, ...]:
        """In the order of their first mention."""
        start, axes = Choices(), self.values.axes
        found: dict[tuple[str, str], list[Mapping[str, Value]]] = {}
        for table in self.values.tables:
            values = {**self.values.fixed, **table}
            for model in axes.get(MODEL, (values.get(MODEL, start.model_id),)):
                for accelerator in axes.get(ACCELERATOR, (values.get(ACCELERATOR, start.accelerator_id),)):
                    found.setdefault((str(model), str(accelerator)), []).append(table)
        made, first = [], 0
        for (model_id, accelerator_id), tables in found.items():
            made.append(_Partition(model_id, accelerator_id, tuple(tables), first))
            first += len(tables) * self._combinations
        return tuple(made)

    @cached_property
    def _by_ids(self) -> dict[tuple[str, str], _Partition]:
        return {(one.model_id, one.accelerator_id): one for one in self._partitions}

    @cached_property
    def _inner(self) -> dict[str, tuple[Value, ...]]:
        """Axes besides model and accelerator, the last of which varies fastest."""
        return {key: values for key, values in self.values.axes.items() if key not in (MODEL, ACCELERATOR)}

    @cached_property
    def _combinations(self) -> int:
        return math.prod(map(len, self._inner.values()))


def job_of(number: int, values: Mapping[str, Value]) -> Job:
    """The job of some values by key, all else at its default."""
    made = Choices().with_values(**values)
    for key, value in values.items():
        choice = made.all[key]
        if isinstance(choice, Option) and not choice.knows(value, made.engine):
            known = " or ".join(choice.known_to(made.engine))
            return Job(number, made, f"{key} is {known} with the {made.engine} engine.")
    return Job(number, made, "")


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
