"""Latencies of collectives by library and protocol: one file a library in `data/collectives/`."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import Field

from infecon_core.catalog.files import records
from infecon_core.catalog.numbers import Number, Source
from infecon_core.schema import Provenance, Record

# Unit of every number of a protocol, by field; the loader refuses any other.
PROTOCOL_UNITS: Mapping[str, str] = MappingProxyType(
    {"rank_s": "s", "node_s": "s", "base_s": "s", "bandwidth_share": "1"}
)

Latency = Annotated[float, Field(ge=0, le=1)]


class Protocol(Record):
    """Latencies of a collective in one protocol, and its share of the bandwidth.

    Args:
        rank_s, node_s, base_s (float): Latency a further rank of a node, a doubling of the nodes, and once. [s]
        bandwidth_share (float): Share of the link's bandwidth that carries data. [1]
    """

    rank_s: Latency
    node_s: Latency = 0.0
    base_s: Latency = 0.0
    bandwidth_share: Annotated[float, Field(gt=0, le=1)] = 1.0


class CollectiveLibrary(Record):
    """What runs collectives, with its protocols.

    Args:
        id, name, note (str): The id; what it is called; what a reader must know.
        protocols (dict of Protocol): By name.
        provenance (dict of Provenance): Source of each number, as `LL.rank_s`.
    """

    id: str
    name: str
    note: str = ""
    protocols: dict[str, Protocol]
    provenance: dict[str, Provenance] = Field(repr=False)


class _LibraryFile(Record):
    """One file as written: numbers apart from their sources."""

    id: str
    name: str
    note: str = ""
    protocols: dict[str, dict[str, Number]]
    sources: dict[str, Source]


@cache
def collective_libraries() -> Mapping[str, CollectiveLibrary]:
    """All libraries of `data/collectives/` by id.

    Raises:
        ValueError: One sentence that names the faulty file.
    """
    return records("collectives", _library)


def protocols(library_id: str) -> Mapping[str, Protocol]:
    """The protocols of one library by name.

    Examples:
        >>> protocols("nccl")["LL"].rank_s
        6e-07
    """
    return collective_libraries()[library_id].protocols


def _library(record: dict[str, Any]) -> CollectiveLibrary:
    file = _LibraryFile.model_validate(record)
    provenance = {}
    for protocol, numbers in file.protocols.items():
        for name, number in numbers.items():
            if name not in PROTOCOL_UNITS:
                raise ValueError(f"'{protocol}.{name}' is not a number that is known here")
            key = f"{protocol}.{name}"
            provenance[key] = number.provenance(key, PROTOCOL_UNITS[name], file.sources)
    return CollectiveLibrary(
        id=file.id,
        name=file.name,
        note=file.note,
        protocols={
            protocol: Protocol.model_validate({name: number.value for name, number in numbers.items()})
            for protocol, numbers in file.protocols.items()
        },
        provenance=provenance,
    )
