"""All numbers of a model or an accelerator of the catalog, each with where it comes from; two of them side by side.

What a number is called, its unit and its field are the schema's. Numbers that follow from others are of the kind
`computed`, with the equation as their source; those that no file gives stand at the schema's default.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Any, Literal, NamedTuple

from infecon_core.catalog import CatalogAccelerator, CatalogModel
from infecon_core.choices import layer_headings
from infecon_core.physics.formats import STORED_BYTES
from infecon_core.schema import BASIS_NAMES, FORMAT_BITS, OWN, Accelerator, Architecture, Kind, Precision, Provenance
from infecon_core.schema.field import FieldFacts, facts_of, walk

EntryKind = Kind | Literal["computed", "default"]
_PRICE = "price_usd_per_gpu_hour"


class EntryNumber(NamedTuple):
    """One number (or word) of an entry.

    Attributes:
        name (str): What it is called.
        value (number, str or None): In its unit; None where there is none.
        unit (str): As on screen; empty for words and counts.
        kind (str): datasheet, measured, published, estimate, own, computed or default.
        source, date, note (str): What was read, and when; what a reader must know before trusting it.
        group (int): Of the layers that it is of, from 1; 0 for the whole entry.
        layers (str): What this group is called; empty for the whole entry.
    """

    name: str
    value: float | str | bool | None
    unit: str
    kind: EntryKind
    source: str
    date: str
    note: str = ""
    group: int = 0
    layers: str = ""


def model_numbers(entry: CatalogModel) -> tuple[EntryNumber, ...]:
    """All numbers of a model: what follows from its shape first, then the shape and the released formats.

    Parameters as `Architecture.total_params` and `active_params`. One token leaves Σ layers·elements·bytes in the KV
    cache of the released format, windows not counted; weights take total·bytes of the released format with its block
    scales, all tables and the attention of some checkpoints in 16 bits left aside.
    """
    shape, told = entry.architecture, entry.provenance
    found = [
        _computed("Parameters", shape.total_params, "1", "Σ weights of all layers and tables"),
        _computed("Active parameters", shape.active_params, "1", "all but the experts that a token skips"),
        _computed("All layers", shape.num_hidden_layers, "1", "Σ layers of all groups"),
        _computed(
            "KV cache of a token",
            kv_bytes_per_token(entry),
            "B",
            f"Σ layers · cache elements of a token · bytes of {entry.precision.kv.upper()}",
        ),
        _computed(
            "All weights",
            shape.total_params * STORED_BYTES[entry.precision.weights],
            "B",
            f"parameters · bytes of {entry.precision.weights.upper()}",
        ),
    ]
    if shape.state_bytes:
        found.append(_computed("State of a sequence", shape.state_bytes, "B", "Σ layers · state"))
    found += [
        EntryNumber(f"Stated {name}", value, "1", *_of(entry.stated.provenance, entry.stated.difference))
        for name, value in (("parameters", entry.stated.total), ("active parameters", entry.stated.active))
        if value is not None
    ]
    headings = layer_headings(shape)
    for place in walk(Architecture, shape):
        if place.facts.kind in ("number", "switch"):
            number, groups = _number(place.facts, place.value, told), [n for n in place.path if isinstance(n, int)]
            if groups:
                number = number._replace(group=groups[0] + 1, layers=headings[groups[0]])
            found.append(number)
    found += [
        EntryNumber(facts.label, str(getattr(entry.precision, name)).upper(), "", *_of(told))
        for name, facts in facts_of(Precision).items()
    ]
    if entry.mtp is not None:
        mtp = EntryNumber("Layers of multi-token prediction", entry.mtp.layers, "1", *_of(entry.mtp))
        found.append(mtp)
    return tuple(found)


def kv_bytes_per_token(entry: CatalogModel) -> float:
    """What one token leaves in the cache of the released format: Σ layers·elements·bytes, windows not counted. [B]"""
    elements = sum(
        g.num_layers * g.attention.kv_elements_per_token for g in entry.architecture.layer_groups if g.attention
    )
    return elements * STORED_BYTES[entry.precision.kv]


def accelerator_numbers(entry: CatalogAccelerator) -> tuple[EntryNumber, ...]:
    """All numbers of an accelerator: its prices by basis, those of the datasheet, and the ridge of each format."""
    chip = entry.accelerator
    own = entry.prices[entry.price_basis]
    basis_note = f"{BASIS_NAMES[entry.price_basis]}, where no other basis is chosen. {own.provenance.note}".strip()
    found = [EntryNumber("Price", own.usd_per_gpu_hour, "USD/h", *_of(own.provenance, basis_note))]
    found += [
        EntryNumber(f"Price: {BASIS_NAMES[basis]}", price.usd_per_gpu_hour, "USD/h", *_of(price.provenance))
        for basis, price in entry.prices.items()
        if basis != OWN
    ]
    for place in walk(Accelerator, chip):
        path = ".".join(map(str, place.path))
        if place.facts.kind not in ("number", "option", "switch") or path == _PRICE:
            continue
        known = entry.provenance.get(path)
        if known is not None:
            found.append(_number(place.facts, place.value, known))
        elif place.facts.kind == "number" and place.value is not None:
            default = Provenance(kind="estimate", source="none is given: the schema's default", date="")
            found.append(_number(place.facts, place.value, default)._replace(kind="default"))
    found += [
        _computed(
            f"Ridge, {name.upper()}", peak / chip.hbm_bytes_per_s, "FLOP/B", f"{name.upper()} peak / HBM bandwidth"
        )
        for name in FORMAT_BITS
        if (peak := chip.peaks.of(name)) is not None
    ]
    return tuple(found)


class Compared(NamedTuple):
    """One number of two entries.

    Attributes:
        name, unit (str): Of both.
        group (int): Of the layers in both, from 1; 0 for the whole entries.
        one, other (number, str or None): Their values; None where an entry has none.
        ratio (float): Other over one; NaN where either is no number above 0.
    """

    name: str
    unit: str
    group: int
    one: float | str | bool | None
    other: float | str | bool | None
    ratio: float


def compared(one: Sequence[EntryNumber], other: Sequence[EntryNumber]) -> tuple[Compared, ...]:
    """The numbers of two entries side by side, groups of layers in their order; what neither has is left out."""
    left, right = ({(number.group, number.name): number for number in numbers} for numbers in (one, other))
    keys = sorted({**left, **right}, key=lambda key: (key[0], key not in left or key not in right))
    found = (_pair(left.get(key), right.get(key)) for key in keys)
    return tuple(row for row in found if row.one is not None or row.other is not None)


def _pair(one: EntryNumber | None, other: EntryNumber | None) -> Compared:
    values = [None if number is None else number.value for number in (one, other)]
    numbers = [v for v in values if isinstance(v, int | float) and not isinstance(v, bool) and v > 0]
    known = one or other
    assert known is not None  # a name is of one of them
    ratio = numbers[1] / numbers[0] if len(numbers) == 2 and known.unit != "year" else math.nan
    return Compared(known.name, known.unit, known.group, values[0], values[1], ratio)


def _number(facts: FieldFacts, value: Any, told: Provenance) -> EntryNumber:
    shown = float(f"{value / facts.per_shown:.12g}") if facts.per_shown != 1 and value is not None else value
    return EntryNumber(facts.label, shown, facts.shown or facts.unit, *_of(told))


def _of(told: Provenance, note: str = "") -> Iterator[Any]:
    return iter((told.kind, told.source, told.date, note or told.note))


def _computed(name: str, value: float, unit: str, equation: str) -> EntryNumber:
    return EntryNumber(name, value, unit, "computed", equation, "")
