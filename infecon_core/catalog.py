"""The models and accelerators that come with the repository: one TOML file each in `data/`."""

import difflib
import hashlib
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, TypeVar

from pydantic import Field, ValidationError, model_validator

from infecon_core.spec import Accelerator, Architecture, Kind, Noun, Precision, Provenance, sentence

Entry = TypeVar("Entry")

DATA = Path(__file__).resolve().parent.parent / "data"

# Unit of every number of an accelerator file, by field; the loader refuses any other.
ACCELERATOR_UNITS: Mapping[str, str] = MappingProxyType(
    {
        "peaks": "FLOP/s",
        "hbm_bytes": "B",
        "hbm_bytes_per_s": "B/s",
        "scale_up_bytes_per_s": "B/s",
        "scale_up_domain": "1",
        "scale_out_bytes_per_s": "B/s",
        "price_usd_per_gpu_hour": "USD/h",
        "board_power_w": "W",
        "year": "year",
        "arithmetic_cap": "1",
        "bandwidth_cap": "1",
        "kernel_launch_s": "s",
        "allreduce_latency_s": "s",
        "allreduce_latency_s_per_rank": "s",
    }
)


class StatedParams(Noun):
    """Parameter counts as the makers state them, and why ours differ where they do.

    Parameters
    ----------
    total, active : float or None
        Stated counts. [1]
    active_counts : str
        What the makers count as active: "all", "without input embedding" or "without embeddings".
    provenance : Provenance
        Who states them.
    difference : str
        Why the counts computed from the shapes are more than 1% off; empty where they are not.
    """

    total: float | None = None
    active: float | None = None
    active_counts: str = "all"
    provenance: Provenance
    difference: str = ""


class CatalogModel(Noun):
    """One model of the catalog.

    Parameters
    ----------
    id, family : str
        The id that scenarios, links and the command line use; the family it is listed under.
    architecture : Architecture
        Its shape.
    precision : Precision
        The formats in which it was released (or published).
    provenance : Provenance
        Source of all numbers of the shape.
    stated : StatedParams
        Stated parameter counts.
    note : str
        What the shape leaves out or simplifies.
    """

    id: str
    family: str
    architecture: Architecture
    precision: Precision
    provenance: Provenance
    stated: StatedParams
    note: str = ""


class CatalogAccelerator(Noun):
    """One accelerator of the catalog.

    Parameters
    ----------
    id, vendor, status : str
        The id that scenarios, links and the command line use; the maker; shipping, announced or published.
    accelerator : Accelerator
        Its numbers.
    provenance : mapping
        Source of each number, by field; peaks as `peaks.bf16` and so on.
    note : str
        What a reader must know.
    """

    id: str
    vendor: str
    status: str
    accelerator: Accelerator
    provenance: dict[str, Provenance] = Field(repr=False)
    note: str = ""

    @model_validator(mode="after")
    def _every_number_has_a_source(self) -> "CatalogAccelerator":
        numbers = set(_fields_with_numbers(self.accelerator))
        if missing := sorted(numbers - set(self.provenance)):
            raise ValueError(f"{', '.join(missing)} of {self.id} without a source")
        return self


class _Number(Noun):
    """One number of an accelerator file."""

    value: int | float
    unit: str
    kind: Kind
    source: str
    note: str = ""


class _Source(Noun):
    """One source of an accelerator file, by the key that its numbers name."""

    source: str
    date: str
    note: str = ""


class _AcceleratorFile(Noun):
    """One accelerator file as written: numbers apart from their sources."""

    id: str
    name: str
    vendor: str
    status: Literal["shipping", "announced", "published"]
    topology: str = "switched"
    stack: str = "cuda"
    listed_widths_only: bool = False
    note: str = ""
    peaks: dict[str, _Number]
    numbers: dict[str, _Number]
    sources: dict[str, _Source]


def _fields_with_numbers(accelerator: Accelerator) -> list[str]:
    given = accelerator.model_dump(exclude_unset=True, exclude_none=True)
    fields = [name for name in given if name in ACCELERATOR_UNITS and name != "peaks"]
    return fields + [f"peaks.{name}" for name in given["peaks"]]


@cache
def models() -> Mapping[str, CatalogModel]:
    """All models of the catalog by id, in the order of families and sizes."""
    entries = [read(path, _model) for path in sorted((DATA / "models").glob("*.toml"))]
    entries.sort(key=lambda e: (e.id.startswith("erdil-"), e.family.lower(), e.architecture.total_params, e.id))
    return MappingProxyType({entry.id: entry for entry in entries})


@cache
def accelerators() -> Mapping[str, CatalogAccelerator]:
    """All accelerators of the catalog by id, in the order of makers and years."""
    entries = [read(path, _accelerator) for path in sorted((DATA / "accelerators").glob("*.toml"))]
    entries.sort(key=lambda e: (e.id.startswith("erdil-"), e.vendor.lower(), e.accelerator.year or 0, e.id))
    return MappingProxyType({entry.id: entry for entry in entries})


@cache
def data_version() -> str:
    """Fingerprint of all data: the first 8 hexadecimal digits of SHA-256 over the files' names and bytes."""
    digest = hashlib.sha256()
    for path in sorted(DATA.rglob("*.toml")):
        digest.update(path.relative_to(DATA).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:8]


def model(model_id: str) -> CatalogModel:
    """The model of an id.

    Raises
    ------
    ValueError
        Where there is none; the sentence names the nearest ids.
    """
    return _entry(models(), model_id, "model")


def accelerator(accelerator_id: str) -> CatalogAccelerator:
    """The accelerator of an id.

    Raises
    ------
    ValueError
        Where there is none; the sentence names the nearest ids.
    """
    return _entry(accelerators(), accelerator_id, "accelerator")


def _entry(entries: Mapping[str, Entry], wanted: str, noun: str) -> Entry:
    if wanted in entries:
        return entries[wanted]
    folded = {name.lower(): name for name in entries}
    near = [folded[name] for name in difflib.get_close_matches(str(wanted).lower(), folded, n=3, cutoff=0.5)]
    hint = f"did you mean {' or '.join(near)}?" if near else "no id is near it;"
    shown = str(wanted) if len(str(wanted)) <= 60 else str(wanted)[:57] + "..."
    raise ValueError(f"There is no {noun} '{shown}': {hint} `python -m infecon_core {noun}s` lists all {len(entries)}.")


def read(path: Path, build: Any) -> Any:
    """Read one TOML file of `data/` into an entry whose id is the file's name.

    Raises
    ------
    ValueError
        One sentence that names the file and what is wrong in it.
    """
    where = f"data/{path.parent.name}/{path.name}"
    try:
        entry = build(tomllib.loads(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        raise ValueError(f"{where}: {sentence(error)}") from error
    except ValueError as error:
        raise ValueError(f"{where}: {str(error).rstrip('.')}.") from error
    if entry.id != path.stem:
        raise ValueError(f"{where}: the id '{entry.id}' differs from the file's name.")
    return entry


def _model(record: dict[str, Any]) -> CatalogModel:
    if isinstance(record.get("architecture"), dict) and "name" in record:
        record["architecture"]["name"] = record.pop("name")
    return CatalogModel.model_validate(record)


def _accelerator(record: dict[str, Any]) -> CatalogAccelerator:
    file = _AcceleratorFile.model_validate(record)
    provenance: dict[str, Provenance] = {}
    for section, numbers in (("peaks", file.peaks), ("numbers", file.numbers)):
        for name, number in numbers.items():
            key, field = (f"peaks.{name}", "peaks") if section == "peaks" else (name, name)
            if field not in ACCELERATOR_UNITS or (field == "peaks") != (section == "peaks"):
                raise ValueError(f"'{name}' is not a number that is known here")
            if number.unit != ACCELERATOR_UNITS[field]:
                raise ValueError(f"{key} is in '{number.unit}'; give it in '{ACCELERATOR_UNITS[field]}'")
            if number.source not in file.sources:
                raise ValueError(f"{key} names the source '{number.source}', which is not among [sources]")
            source = file.sources[number.source]
            note = " ".join(part for part in (source.note, number.note) if part)
            provenance[key] = Provenance(kind=number.kind, source=source.source, date=source.date, note=note)
    chip = Accelerator.model_validate(
        {name: number.value for name, number in file.numbers.items()}
        | {
            "name": file.name,
            "topology": file.topology,
            "stack": file.stack,
            "listed_widths_only": file.listed_widths_only,
            "peaks": {name: number.value for name, number in file.peaks.items()},
        }
    )
    return CatalogAccelerator(
        id=file.id, vendor=file.vendor, status=file.status, accelerator=chip, provenance=provenance, note=file.note
    )
