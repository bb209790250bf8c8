"""The commands `models` and `accelerators`."""

import argparse
from collections.abc import Callable
from typing import Any

from infecon_core import catalog
from infecon_core.cli.printing import as_csv, as_json, format_of, lines, number, table


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
    """The catalog's accelerators, one flat record each: dense peaks, memory, links, price and its source."""
    records = []
    for entry in catalog.accelerators().values():
        accelerator, price = entry.accelerator, entry.provenance["price_usd_per_gpu_hour"]
        records.append(
            {
                "id": entry.id,
                "name": accelerator.name,
                "vendor": entry.vendor,
                "status": entry.status,
                **{f"peak_{name}_flop_per_s": peak for name, peak in accelerator.peaks.model_dump().items()},
                **accelerator.model_dump(exclude={"name", "peaks"}),
                "price_kind": price.kind,
                "price_date": price.date,
                "price_source": price.source,
            }
        )
    return records


def accelerator_table() -> str:
    """The catalog's accelerators as a table."""
    entries = list(catalog.accelerators().values())
    accelerators = [entry.accelerator for entry in entries]
    prices = [entry.provenance["price_usd_per_gpu_hour"] for entry in entries]
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
        "USD/h": [f"{a.price_usd_per_gpu_hour:.2f}" for a in accelerators],
        "price": [f"{price.kind} {price.date}" for price in prices],
    }
    return lines(*table(columns, right={peaks, "GB", "TB/s", "USD/h"}))


def _listing(args: argparse.Namespace, records: list[dict[str, Any]], draw: Callable[[], str]) -> str:
    kind = format_of(args)
    if kind == "json":
        return as_json(records)
    return as_csv(records) if kind == "csv" else draw()
