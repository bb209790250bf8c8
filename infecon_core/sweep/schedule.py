"""The workers of a Dask cluster: they compute the same chunks and send back whole files, which the client writes.

The client writes, so that workers need no folder in common with it and a data set has one writer; what travels is
compressed. A worker needs this package with the same data, and nothing else.
"""

import json
import logging
from collections.abc import Generator, Iterable, Iterator
from functools import lru_cache
from importlib import import_module
from typing import Any, NamedTuple

from infecon_core import __version__, catalog
from infecon_core.sweep.compute import computed
from infecon_core.sweep.dataset import DataSet, Encoded
from infecon_core.sweep.jobs import Chunk, Jobs
from infecon_core.sweep.pool import LOOK_S, Lost, Watcher
from infecon_core.sweep.specification import Specification

# Chunks given out for each thread of the cluster: none waits for the client, and few finished ones wait in memory.
AHEAD = 3
# How long the scheduler may take to answer at the start. [s]
CONNECT_S = 10
# Chunks lost one after another after which the fault is the cluster's: Dask has tried each on several workers. [1]
MOST_LOST = 3
_LOST = "The Dask scheduler is lost; what was written before is whole, and the same command goes on."


class OtherVersion(NamedTuple):
    """A worker has other code or data than the client, so that its figures might be others.

    Attributes:
        version (str): What the worker has.
    """

    version: str


def version() -> str:
    """The code and the data that this process has."""
    return f"infecon {__version__} with data {catalog.data_version()}"


def on_a_cluster(
    specification: Specification, chunks: Iterable[Chunk], address: str, watcher: Watcher
) -> Generator[tuple[Chunk, Encoded | Lost]]:
    """The chunks as they are finished, in any order; ends early where the watcher stops it.

    Dask gives the chunks of a worker that ends to others, and gives up one of which several workers ended. Where it
    gives up several in a row, the sweep ends.

    Args:
        specification (Specification): What is swept.
        chunks (iterable of Chunk): What is to be computed.
        address (str): Of the scheduler, such as tcp://host:8786.
        watcher (Watcher): Who is told what happens, and may stop it.

    Raises:
        ValueError: One sentence where Dask is not installed, the scheduler does not answer or is lost, a worker has
            other data, or workers fail one after another.
    """
    try:
        distributed: Any = import_module("distributed")  # it need not be installed
    except ImportError as error:
        raise ValueError(
            "--scheduler needs Dask, which is not installed; `pip install 'infecon[sweep]'` brings it, and in the "
            "repository `pip install -r requirements-sweep.txt`."
        ) from error
    try:
        client = distributed.Client(address, timeout=CONNECT_S)
    except (OSError, ValueError) as error:
        raise ValueError(f"No Dask scheduler answers at {address}; start one, or leave out --scheduler.") from error
    # It tells of every try to connect again with a traceback.
    logging.getLogger("distributed.client").setLevel(logging.CRITICAL)
    with client:
        try:
            yield from _computed(client, specification, iter(chunks), watcher)
        except OSError as error:
            raise ValueError(_LOST) from error


def _computed(
    client: Any, specification: Specification, waiting: Iterator[Chunk], watcher: Watcher
) -> Generator[tuple[Chunk, Encoded | Lost]]:
    """The chunks as the workers of a client finish them; OSError where the scheduler is lost."""
    text, ours = json.dumps(specification.normal()), version()
    given: dict[Any, Chunk] = {}
    lost = 0  # since the last answer
    while not watcher.stopping():
        while len(given) < AHEAD * max(sum(client.nthreads().values()), 1):
            if (chunk := next(waiting, None)) is None:
                break
            # Another name each time: Dask would take what a worker remembers of a sweep before.
            given[client.submit(_on_a_worker, text, ours, chunk, pure=False)] = chunk
        if not given:
            return
        for future in _finished(list(given)):
            answer = _answer(future, ours, watcher)
            lost = lost + 1 if isinstance(answer, Lost) else 0
            yield given.pop(future), answer
            if isinstance(answer, Lost) and lost >= MOST_LOST:
                raise ValueError(
                    f"The cluster failed {lost} times in a row, the last time so: {answer.reason[:200]} See the logs "
                    "of its workers; what was written before is whole, and the same command goes on."
                )
        if client.status != "running":
            raise ConnectionError


def _finished(futures: list[Any]) -> set[Any]:
    """Those that are done after a moment."""
    distributed: Any = import_module("distributed")
    try:
        return set(distributed.wait(futures, timeout=LOOK_S, return_when="FIRST_COMPLETED").done)
    except TimeoutError:
        return set()


def _answer(future: Any, ours: str, watcher: Watcher) -> Encoded | Lost:
    if future.status == "error":
        error = future.exception()
        what = f"{type(error).__name__}: {' '.join(str(error).split())}"
        if isinstance(error, ImportError):
            raise ValueError(
                f"A worker of the cluster lacks a package ({what}); install infecon[sweep] on all of them."
            )
        watcher.tell(f"A chunk is given up: {what[:200]}")
        return Lost(f"The worker that computed it failed: {what}")
    if future.status != "finished":  # nobody knows it any more: it is no fault of the chunk
        raise ConnectionError
    found: Encoded | OtherVersion = future.result()
    if isinstance(found, OtherVersion):
        raise ValueError(f"A worker of the cluster has {found.version}, this machine {ours}; install the same on both.")
    return found


def _on_a_worker(specification: str, wanted: str, chunk: Chunk) -> Encoded | OtherVersion:
    """What a worker of the cluster does with one chunk; the specification comes as JSON."""
    if version() != wanted:
        return OtherVersion(version())
    return computed(_data(specification), chunk)


@lru_cache(maxsize=4)
def _data(specification: str) -> DataSet:
    """Read once for all chunks of a sweep."""
    return DataSet(Jobs(Specification.model_validate_json(specification)))
