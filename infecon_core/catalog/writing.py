"""Entries of the catalog as data files: the TOML that its reader takes, for a download or a pull request."""

import json
from collections.abc import Mapping
from typing import Any

from infecon_core.catalog.accelerators import ACCELERATOR_UNITS, PRICE, CatalogAccelerator
from infecon_core.catalog.models import CatalogModel
from infecon_core.schema import Attention, FeedForward, LayerGroup, Provenance


def model_toml(entry: CatalogModel) -> str:
    """A model as a file of `data/models/`; `models.model_of_toml` gives the same entry back.

    Examples:
        >>> from infecon_core import catalog
        >>> print(model_toml(catalog.model("gpt-oss-120b")).splitlines()[9])
        vocab_size = 201088
    """
    shape = entry.architecture
    head: dict[str, Any] = {"id": entry.id, "name": shape.name, "family": entry.family, "maker": entry.maker}
    head |= {"aliases": list(entry.aliases), "current": entry.current, "note": entry.note}
    stated = entry.stated.model_dump(exclude={"provenance"}, exclude_defaults=True)
    tables = [
        _table("", {name: value for name, value in head.items() if value}),
        _table("[architecture]", shape.model_dump(exclude={"name", "layer_groups"})),
        *(_table("[[architecture.layer_groups]]", _layers(group)) for group in shape.layer_groups),
        _table("[precision]", entry.precision.model_dump()),
        _table("[provenance]", _told(entry.provenance)),
        _table("[stated]", stated),
        _table("[stated.provenance]", _told(entry.stated.provenance)),
    ]
    if entry.mtp is not None:
        tables.append(_table("[mtp]", {"layers": entry.mtp.layers, **_told(entry.mtp)}))
    return "\n".join(tables)


def accelerator_toml(entry: CatalogAccelerator) -> str:
    """An accelerator as a file of `data/accelerators/`; `accelerators.accelerator_of_toml` gives it back."""
    chip = entry.accelerator
    told = {**entry.provenance, **{f"prices.{basis}": price.provenance for basis, price in entry.prices.items()}}
    read = dict.fromkeys((source.source, source.date) for source in told.values())
    keys = {source: f"source_{place}" for place, source in enumerate(read, 1)}

    def number(value: float, name: str) -> dict[str, Any]:
        source = told[name]
        unit = ACCELERATOR_UNITS[PRICE if name.startswith("prices.") else name]
        record = {"value": value, "unit": unit, "kind": source.kind, "source": keys[source.source, source.date]}
        return record | ({"note": source.note} if source.note else {})

    peaks = {name: peak for name, peak in chip.peaks.model_dump().items() if f"peaks.{name}" in told}
    head: dict[str, Any] = {"id": entry.id, "name": chip.name, "aliases": list(entry.aliases), "vendor": entry.vendor}
    head |= {"generation": entry.generation, "current": entry.current, "status": entry.status}
    head |= {"topology": chip.topology, "stack": chip.stack, "listed_widths_only": chip.listed_widths_only}
    head |= {"note": entry.note}
    prices: dict[str, Any] = {
        basis: number(price.usd_per_gpu_hour, f"prices.{basis}") for basis, price in entry.prices.items()
    }
    return "\n".join(
        [
            _table("", {name: value for name, value in head.items() if value}),
            _table("[peaks]", {name: number(peak, f"peaks.{name}") for name, peak in peaks.items()}),
            _table("[numbers]", {n: number(getattr(chip, n), n) for n in told if "." not in n}),
            _table("[prices]", prices),
            *(_table(f"[sources.{key}]", {"source": name, "date": date}) for (name, date), key in keys.items()),
        ]
    )


def _layers(group: LayerGroup) -> dict[str, Any]:
    parts = {"attention": group.attention, "feed_forward": group.feed_forward}
    return {"num_layers": group.num_layers, **{name: _part(part) for name, part in parts.items() if part is not None}}


def _part(part: Attention | FeedForward) -> dict[str, Any]:
    # What tells the kinds apart is a default of each.
    return {"kind": part.kind, **part.model_dump(exclude={"kind"}, exclude_defaults=True)}


def _told(source: Provenance) -> dict[str, Any]:
    return source.model_dump(include=set(Provenance.model_fields), exclude_defaults=True)


def _table(head: str, record: Mapping[str, Any]) -> str:
    lines = [f"{name} = {_value(value)}" for name, value in record.items()]
    return "\n".join([*([head] if head else []), *lines]) + "\n"


def _value(value: Any) -> str:
    """A value as TOML, what stands below a table's name in one line."""
    if isinstance(value, str):
        # A string of JSON is one of TOML, but for the one sign that only TOML escapes.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        short = f"{value:g}"
        return short if float(short) == value else repr(value)
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{name} = {_value(item)}" for name, item in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    return str(value)
