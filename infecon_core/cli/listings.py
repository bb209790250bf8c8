"""The commands `models` and `accelerators`."""

import argparse
from collections.abc import Callable
from typing import Any

from infecon_core import catalog
from infecon_core.cli.printing import as_csv, as_json, format_of, lines, number, table
from infecon_core.schema import BASIS_NAMES, OWN, PriceBasis

# The bases of the table; CSV and JSON have all.
TABLE_BASES: dict[PriceBasis, str] = {"on_demand": "USD/h", "rent_3y": "3 years"}
BASES: tuple[PriceBasis, ...] = tuple(basis for basis in BASIS_NAMES if basis != OWN)


def models(args: argparse.Namespace) -> str:
    """The catalog's models."""
    return _listing(args, model_records(), model_table)


def accelerators(args: argparse.Namespace) -> str:
    """The catalog's accelerators."""
    return _listing(args, accelerator_records(), accelerator_table)


def model_records() -> list[dict[str, Any]]:
    """The catalog's models, one flat record each: shape, released formats, source."""
    return [
        {
            "id": entry.id,
            "name": entry.architecture.name,
            "family": entry.family,
            "total_params": entry.architecture.total_params,
            "active_params": entry.architecture.active_params,
            "layers": entry.architecture.num_hidden_layers,
            "width": entry.architecture.hidden_size,
            "vocabulary": entry.architecture.vocab_size,
            **entry.precision.model_dump(),
            **entry.provenance.model_dump(include={"kind", "source", "date"}),
        }
        for entry in catalog.models().values()
    ]


def model_table() -> str:
    """The catalog's models as a table."""
    records = model_records()
    columns = {
        "id": [r["id"] for r in records],
        "name": [r["name"] for r in records],
        "params": [f"{number(r['total_params'] / 1e9)} B" for r in records],
        "active": [f"{number(r['active_params'] / 1e9)} B" for r in records],
        "layers": [number(r["layers"]) for r in records],
        "width": [number(r["width"]) for r in records],
        "weights": [r["weights"] for r in records],
        "KV": [r["kv"] for r in records],
    }
    return lines(*table(columns, right={"params", "active", "layers", "width"}))


def accelerator_records() -> list[dict[str, Any]]:
    """The catalog's accelerators, one flat record each: dense peaks, memory, links, prices by basis with sources."""
    records = []
    for entry in catalog.accelerators().values():
        accelerator = entry.accelerator
        records.append(
            {
                "id": entry.id,
                "name": accelerator.name,
                "vendor": entry.vendor,
                "status": entry.status,
                **{f"peak_{name}_flop_per_s": peak for name, peak in accelerator.peaks.model_dump().items()},
                **accelerator.model_dump(exclude={"name", "peaks"}),
                "price_basis": entry.price_basis,
                **{name: value for basis in BASES for name, value in _price_record(entry, basis).items()},
            }
        )
    return records


def _price_record(entry: catalog.CatalogAccelerator, basis: PriceBasis) -> dict[str, Any]:
    price = entry.prices.get(basis)
    return {
        f"{basis}_usd_per_gpu_hour": price.usd_per_gpu_hour if price else None,
        **{
            f"{basis}_{part}": getattr(price.provenance, part) if price else None for part in ("kind", "date", "source")
        },
    }


def accelerator_table() -> str:
    """The catalog's accelerators as a table: prices on demand and for three years, the date of the first of them."""
    entries = list(catalog.accelerators().values())
    accelerators = [entry.accelerator for entry in entries]
    peaks = "TFLOP/s 16/8/4-bit"
    columns = {
        "id": [entry.id for entry in entries],
        "name": [a.name for a in accelerators],
        peaks: [
            "/".join(f"{peak / 1e12:.0f}" if (peak := a.peaks.of_bits(bits)) else "-" for bits in (16, 8, 4))
            for a in accelerators
        ],
        "GB": [number(a.hbm_bytes / 1e9) for a in accelerators],
        "TB/s": [number(a.hbm_bytes_per_s / 1e12) for a in accelerators],
        **{
            head: [f"{price.usd_per_gpu_hour:.2f}" if (price := entry.prices.get(basis)) else "-" for entry in entries]
            for basis, head in TABLE_BASES.items()
        },
        "dated": [entry.price(entry.price_basis).provenance.date.split(" (")[0] for entry in entries],
    }
    return lines(*table(columns, right={peaks, "GB", "TB/s", *TABLE_BASES.values()}))


def _listing(args: argparse.Namespace, records: list[dict[str, Any]], draw: Callable[[], str]) -> str:
    kind = format_of(args)
    if kind == "json":
        return as_json(records)
    return as_csv(records) if kind == "csv" else draw()
