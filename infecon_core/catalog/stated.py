"""Numbers of `data/` that no scenario changes: latencies of collectives, power of boards, levels of engines."""

from functools import cache
from typing import NamedTuple

from infecon_core.catalog.collectives import PROTOCOL_UNITS, collective_libraries
from infecon_core.catalog.files import DATA, toml
from infecon_core.catalog.power import drawn_power
from infecon_core.schema import Provenance


class Stated(NamedTuple):
    """A number with its evidence.

    Attributes:
        name (str): What it is, in words.
        value, unit (float, str): The number and its unit.
        enters (str): What it moves.
        provenance (Provenance): Its evidence.
    """

    name: str
    value: float
    unit: str
    enters: str
    provenance: Provenance


_PROTOCOL_WORDS = {
    "rank_s": "latency of a further rank",
    "node_s": "latency of a doubling of the nodes",
    "base_s": "latency once",
    "bandwidth_share": "share of the bandwidth",
}
_NETWORK, _ENERGY, _WORDS = "time of collectives", "energy, not the price", "what is said beside a price"


@cache
def stated() -> tuple[Stated, ...]:
    """Every such number, by file."""
    found = [
        Stated(
            f"{library.name}, {protocol}: {_PROTOCOL_WORDS[name]}",
            float(getattr(library.protocols[protocol], name)),
            PROTOCOL_UNITS[name],
            _NETWORK,
            provenance,
        )
        for library in collective_libraries().values()
        for key, provenance in library.provenance.items()
        for protocol, name in [key.split(".")]
    ]
    for stack, power in drawn_power().items():
        source = Provenance(**{name: getattr(power, name) for name in Provenance.model_fields})
        for name in ("waiting", "working"):
            words = f"Board power while {name}, {stack}"
            found.append(Stated(words, getattr(power, name), power.unit, _ENERGY, source))
    for name, record in toml(DATA / "calibration" / "engines.toml").items():
        source = Provenance(kind=record["kind"], source=record["evidence"], date=record["date"])
        for key, value in record.items():
            if isinstance(value, float):
                words = f"{name.replace('_', ' ').capitalize()}{'' if key == 'value' else f', {key}'.replace('_', ' ')}"
                found.append(Stated(words, value, record["unit"], _WORDS, source))
    return tuple(found)
