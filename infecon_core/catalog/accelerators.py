"""The accelerators of the catalog: one file each in `data/accelerators/`, every number with its source."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, Literal

from pydantic import Field, model_validator

from infecon_core.catalog.files import records
from infecon_core.catalog.numbers import Number, Source
from infecon_core.schema import Accelerator, Provenance, Record
from infecon_core.schema.field import walk

# Unit of every number of an accelerator file by its path, peaks as `peaks.bf16`; the loader refuses any other.
ACCELERATOR_UNITS: Mapping[str, str] = MappingProxyType(
    {".".join(map(str, place.path)): place.facts.unit for place in walk(Accelerator) if place.facts.unit}
)


class CatalogAccelerator(Record):
    """One accelerator of the catalog.

    Args:
        id, vendor, status (str): The id that scenarios, links and the command line use; the maker; shipping, announced
            or published.
        accelerator (Accelerator): Its numbers.
        provenance (mapping): Source of each number, by field; peaks as `peaks.bf16` and so on.
        note (str): What a reader must know.
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


class _AcceleratorFile(Record):
    """One accelerator file as written: numbers apart from their sources."""

    id: str
    name: str
    vendor: str
    status: Literal["shipping", "announced", "published"]
    topology: str = "switched"
    stack: str = "cuda"
    listed_widths_only: bool = False
    note: str = ""
    peaks: dict[str, Number]
    numbers: dict[str, Number]
    sources: dict[str, Source]


def _fields_with_numbers(accelerator: Accelerator) -> list[str]:
    given = accelerator.model_dump(exclude_unset=True, exclude_none=True)
    return [name for name in (*given, *(f"peaks.{name}" for name in given["peaks"])) if name in ACCELERATOR_UNITS]


@cache
def accelerators() -> Mapping[str, CatalogAccelerator]:
    """All accelerators of the catalog by id, in the order of makers and years."""
    entries = sorted(
        records("accelerators", _accelerator).values(),
        key=lambda e: (e.id.startswith("erdil-"), e.vendor.lower(), e.accelerator.year or 0, e.id),
    )
    return MappingProxyType({entry.id: entry for entry in entries})


def _accelerator(record: dict[str, Any]) -> CatalogAccelerator:
    file = _AcceleratorFile.model_validate(record)
    provenance: dict[str, Provenance] = {}
    for section, numbers in (("peaks", file.peaks), ("numbers", file.numbers)):
        for name, number in numbers.items():
            key = f"peaks.{name}" if section == "peaks" else name
            if key not in ACCELERATOR_UNITS:
                raise ValueError(f"'{key}' is not a number that is known here")
            provenance[key] = number.provenance(key, ACCELERATOR_UNITS[key], file.sources)
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
