"""The accelerators of the catalog: one file each in `data/accelerators/`, every number with its source."""

import math
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from infecon_core.catalog.files import is_of_the_paper, of_toml, records
from infecon_core.catalog.numbers import Number, Source
from infecon_core.schema import BASIS_NAMES, OWN, Accelerator, PriceBasis, Provenance, Record
from infecon_core.schema.field import facts_of, walk

# Unit of every number of an accelerator file by its path, peaks as `peaks.bf16`; the loader refuses any other.
ACCELERATOR_UNITS: Mapping[str, str] = MappingProxyType(
    {".".join(map(str, place.path)): place.facts.unit for place in walk(Accelerator) if place.facts.unit}
)


PRICE = "price_usd_per_gpu_hour"
_PRICE = facts_of(Accelerator)[PRICE]


class Price(Record):
    """What one GPU-hour costs on one basis.

    Args:
        usd_per_gpu_hour (float): The price. [USD/h]
        provenance (Provenance): Where, when and on which terms it was read.
    """

    usd_per_gpu_hour: Annotated[float, Field(ge=_PRICE.ge, le=_PRICE.le)]
    provenance: Provenance


class CatalogAccelerator(Record):
    """One accelerator of the catalog.

    Args:
        id, vendor, status (str): The id that scenarios, links and the command line use; the maker; shipping, announced,
            published, or own where somebody gave it.
        accelerator (Accelerator): Its numbers, with the price on its own basis.
        provenance (mapping): Source of each number but the price, by field; peaks as `peaks.bf16` and so on.
        prices (mapping): What is known of its price, by basis, in the order of the bases; at least one.
        generation (str): Architecture, such as Hopper; empty where its name says it.
        aliases (tuple of str): What people type for it besides id, name, vendor and generation.
        current (int or None): Its place among what is bought and rented now, 1 first; None for what is older, special
            or only announced. Listings and searches begin with these.
        note (str): What a reader must know.
    """

    id: str
    vendor: str
    status: str
    accelerator: Accelerator
    provenance: dict[str, Provenance] = Field(repr=False)
    prices: dict[PriceBasis, Price] = Field(repr=False)
    generation: str = ""
    aliases: tuple[str, ...] = ()
    current: Annotated[int | None, Field(ge=1)] = None
    note: str = ""

    @model_validator(mode="after")
    def _every_number_has_a_source(self) -> "CatalogAccelerator":
        numbers = set(fields_with_numbers(self.accelerator))
        if missing := sorted(numbers - set(self.provenance)):
            raise ValueError(f"{', '.join(missing)} of {self.id} without a source")
        return self

    @property
    def price_basis(self) -> PriceBasis:
        """Its own basis: the first on which a price is known."""
        return next(iter(self.prices))

    def price(self, basis: PriceBasis) -> Price:
        """Its price on a basis.

        Raises:
            ValueError: Where none is known; the sentence says which are.
        """
        if basis not in self.prices:
            known = [f"{_in_words(name)} at {price.usd_per_gpu_hour:.2f} USD/h" for name, price in self.prices.items()]
            raise ValueError(
                f"{self.accelerator.name} has no price for '{_in_words(basis)}': choose {', '.join(known)}, "
                "or give a price of your own."
            )
        return self.prices[basis]


def _in_words(basis: PriceBasis) -> str:
    name = BASIS_NAMES[basis]
    return name[0].lower() + name[1:]


class _AcceleratorFile(Record):
    """One accelerator file as written: numbers apart from their sources."""

    id: str
    name: str
    vendor: str
    generation: str = ""
    aliases: tuple[str, ...] = ()
    current: int | None = None
    status: Literal["shipping", "announced", "published", "own"]
    topology: str = "switched"
    stack: str = "cuda"
    listed_widths_only: bool = False
    note: str = ""
    peaks: dict[str, Number]
    numbers: dict[str, Number]
    prices: dict[str, Number]
    sources: dict[str, Source]


def fields_with_numbers(accelerator: Accelerator) -> list[str]:
    """Paths of the numbers that were given for an accelerator, but its price: `hbm_bytes`, `peaks.bf16`."""
    given = accelerator.model_dump(exclude_unset=True, exclude_none=True)
    names = (*given, *(f"peaks.{name}" for name in given["peaks"]))
    return [name for name in names if name in ACCELERATOR_UNITS and name != PRICE]


@cache
def accelerators() -> Mapping[str, CatalogAccelerator]:
    """All accelerators of the catalog by id: those in use now, the others from new to old, and last the paper's."""
    entries = sorted(
        records("accelerators", _accelerator).values(),
        key=lambda e: (
            is_of_the_paper(e.id),
            e.current or math.inf,
            -(e.accelerator.year or 0),
            e.vendor.lower(),
            e.id,
        ),
    )
    return MappingProxyType({entry.id: entry for entry in entries})


def price_of(accelerator: Accelerator, basis: PriceBasis) -> float:
    """The catalog's price of an accelerator on a basis. [USD/h]

    Args:
        accelerator (Accelerator): One of the catalog, whatever of its numbers was changed: its name counts.
        basis (str): Any but `own`.

    Raises:
        ValueError: Where none is known; the sentence says which are.
    """
    for entry in accelerators().values():
        if entry.accelerator.name == accelerator.name:
            return entry.price(basis).usd_per_gpu_hour
    raise ValueError(f"No prices of {accelerator.name} are known; give a price of your own.")


def accelerator_of_toml(text: str) -> CatalogAccelerator:
    """An accelerator from what a file of `data/accelerators/` holds; ValueError says in one sentence what is wrong."""
    return of_toml(text, _accelerator)


def _accelerator(record: dict[str, Any]) -> CatalogAccelerator:
    file = _AcceleratorFile.model_validate(record)
    provenance: dict[str, Provenance] = {}
    for section, numbers in (("peaks", file.peaks), ("numbers", file.numbers)):
        for name, number in numbers.items():
            key = f"peaks.{name}" if section == "peaks" else name
            if key not in ACCELERATOR_UNITS or key == PRICE:
                raise ValueError(f"'{key}' is not a number that is known here")
            provenance[key] = number.provenance(key, ACCELERATOR_UNITS[key], file.sources)
    prices = _prices(file)
    chip = Accelerator.model_validate(
        {name: number.value for name, number in file.numbers.items()}
        | {
            PRICE: next(iter(prices.values())).usd_per_gpu_hour,
            "name": file.name,
            "topology": file.topology,
            "stack": file.stack,
            "listed_widths_only": file.listed_widths_only,
            "peaks": {name: number.value for name, number in file.peaks.items()},
        }
    )
    return CatalogAccelerator(
        id=file.id,
        vendor=file.vendor,
        status=file.status,
        accelerator=chip,
        provenance=provenance,
        prices=prices,
        generation=file.generation,
        aliases=file.aliases,
        current=file.current,
        note=file.note,
    )


def _prices(file: _AcceleratorFile) -> dict[PriceBasis, Price]:
    """The prices of a file in the order of the bases."""
    shipped: list[PriceBasis] = [basis for basis in BASIS_NAMES if basis != OWN]
    bases: list[PriceBasis] = [OWN] if file.status == OWN else shipped
    if unknown := [name for name in file.prices if name not in bases]:
        raise ValueError(f"'prices.{unknown[0]}' is not a price basis; give one of {', '.join(bases)}")
    if not file.prices:
        raise ValueError(f"[prices] is empty; give at least one of {', '.join(bases)}")
    return {
        basis: Price.model_validate(
            {
                "usd_per_gpu_hour": file.prices[basis].value,
                "provenance": file.prices[basis].provenance(f"prices.{basis}", _PRICE.unit, file.sources),
            }
        )
        for basis in bases
        if basis in file.prices
    }
