"""Models and accelerators as tables: one row an entry, and one row a number."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import pandas as pd

from infecon_core import catalog
from infecon_core.analysis.entries import (
    Compared,
    EntryNumber,
    accelerator_numbers,
    kv_bytes_per_token,
    model_numbers,
)
from infecon_core.catalog import Kind
from infecon_core.schema import BASIS_NAMES, FORMAT_BITS
from infecon_ui.bounded_cache import BoundedCache
from infecon_ui.text import formats

# Tables of a handful of searches; one of all models takes 20 kB.
TABLES = BoundedCache(4_000_000)
NONE = "–"
ESTIMATED = ("estimate", "own")


def name_of(kind: Kind, entry_id: str) -> str:
    """What an entry is called."""
    if kind == "models":
        return catalog.model(entry_id).architecture.name
    return catalog.accelerator(entry_id).accelerator.name


@TABLES.keep
def numbers_of(kind: Kind, entry_id: str) -> tuple[EntryNumber, ...]:
    """All numbers of an entry."""
    if kind == "models":
        return model_numbers(catalog.model(entry_id))
    return accelerator_numbers(catalog.accelerator(entry_id))


@TABLES.keep
def listing(kind: Kind, ids: tuple[str, ...]) -> pd.DataFrame:
    """One row an entry, in the order given."""
    rows = [_model_row(one) for one in ids] if kind == "models" else [_accelerator_row(one) for one in ids]
    return pd.DataFrame(rows)


def _model_row(model_id: str) -> dict[str, object]:
    entry = catalog.model(model_id)
    shape = entry.architecture
    return {
        "Model": shape.name,
        "Maker": entry.maker or entry.family,
        "Parameters (B)": shape.total_params / 1e9,
        "Active (B)": shape.active_params / 1e9,
        "Layers": shape.num_hidden_layers,
        "KV cache (kB/token)": kv_bytes_per_token(entry) / 1e3,
        "Weights": entry.precision.weights.upper(),
        "Kind": entry.provenance.kind,
        "Date": entry.provenance.date,
    }


def _accelerator_row(accelerator_id: str) -> dict[str, object]:
    entry = catalog.accelerator(accelerator_id)
    chip = entry.accelerator
    told = list(entry.provenance.values())
    soft = sum(source.kind in ESTIMATED for source in told)
    price = entry.prices[entry.price_basis]
    return {
        "Accelerator": chip.name,
        "Maker": entry.vendor,
        "Year": chip.year,
        "HBM (GB)": chip.hbm_bytes / 1e9,
        "HBM (TB/s)": chip.hbm_bytes_per_s / 1e12,
        **{
            f"{bits}-bit (TFLOP/s)": peak / 1e12 if (peak := chip.peaks.of_bits(bits)) else None
            for bits in sorted(set(FORMAT_BITS.values()), reverse=True)
        },
        "Domain": chip.scale_up_domain,
        "USD/h": price.usd_per_gpu_hour,
        "Price basis": BASIS_NAMES[entry.price_basis],
        "Estimates": f"{soft} of {len(told)}",
        "Price dated": price.provenance.date,
    }


def numbers_table(numbers: Sequence[EntryNumber]) -> pd.DataFrame:
    """One row a number, with where it comes from; the layers that it is of where a model has several kinds."""
    several = len({one.group for one in numbers}) > 2
    return pd.DataFrame(
        [
            {
                "Number": one.name,
                **({"Layers": one.layers} if several else {}),
                "Value": said(one.value, one.unit),
                "Kind": one.kind,
                "Source": one.source,
                "Date": one.date,
                "Note": one.note,
            }
            for one in numbers
        ]
    )


def numbers_file(kind: Kind, ids: Sequence[str]) -> str:
    """All numbers of some entries with their sources, as CSV."""
    frames = [pd.DataFrame(numbers_of(kind, one)).assign(entry=one, entry_name=name_of(kind, one)) for one in ids]
    found = (
        pd.concat(frames, ignore_index=True)
        if frames
        else pd.DataFrame(columns=[*EntryNumber._fields, "entry", "entry_name"])
    )
    return str(found[[*dict.fromkeys(["entry", "entry_name", *found.columns])]].to_csv(index=False))


def compared_table(rows: Sequence[Compared], names: tuple[str, str]) -> pd.DataFrame:
    """The numbers of two entries side by side, with their ratio."""
    several = max((row.group for row in rows), default=0) > 1
    heads = names if names[0] != names[1] else (f"{names[0]} (1)", f"{names[1]} (2)")
    return pd.DataFrame(
        [
            {
                "Number": row.name,
                **({"Group of layers": str(row.group or "")} if several else {}),
                heads[0]: said(row.one, row.unit),
                heads[1]: said(row.other, row.unit),
                "Ratio": f"×{row.ratio:.3g}" if row.ratio == row.ratio else NONE,
            }
            for row in rows
        ]
    )


def said(value: float | str | bool | None, unit: str) -> str:
    """A value with its unit: "70.6 billion", "3.35 TB/s", "yes"."""
    if value is None or isinstance(value, bool):
        return NONE if value is None else "yes" if value else "no"
    if isinstance(value, str):
        return value
    if unit in _WORDS:
        return _WORDS[unit](value)
    if unit == "1" and value >= 1e8:
        return billions(value)
    return f"{value:,.6g}" if unit == "1" else f"{value:,.6g} {unit.split(',', maxsplit=1)[0]}"


def billions(count: float) -> str:
    """A count of parameters: "70.6 billion", "1.03 trillion", "14.9 million"."""
    if count < 9.995e8:
        return f"{count / 1e6:.3g} million"
    return f"{count / 1e12:.3g} trillion" if count >= 9.995e11 else f"{count / 1e9:.3g} billion"


_WORDS: Mapping[str, Callable[[float], str]] = MappingProxyType(
    {
        "B": formats.size,
        "s": formats.duration,
        "USD/h": lambda price: f"${price:,.2f}/h",
        "year": lambda year: f"{year:.0f}",
    }
)
