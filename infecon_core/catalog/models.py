"""The models of the catalog: one file each in `data/models/`."""

import math
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import Field

from infecon_core.catalog.files import is_of_the_paper, of_toml, records
from infecon_core.schema import Architecture, Precision, Provenance, Record


class StatedParams(Record):
    """Parameter counts as the makers state them, and why ours differ where they do.

    Args:
        total, active (float or None): Stated counts. [1]
        active_counts (str): What the makers count as active: "all", "without input embedding" or "without embeddings".
        provenance (Provenance): Who states them.
        difference (str): Why the counts computed from the shapes are more than 1% off; empty where they are not.
    """

    total: float | None = None
    active: float | None = None
    active_counts: str = "all"
    provenance: Provenance
    difference: str = ""


class OwnDraft(Provenance):
    """Layers that a model was released with so that it drafts for itself (multi-token prediction, MTP).

    Args:
        layers (float): Layers that one drafted token passes, each of the model's own size. [1]
    """

    layers: Annotated[float, Field(ge=0.01, le=100)]


class CatalogModel(Record):
    """One model of the catalog.

    Args:
        id, family, maker (str): The id that scenarios, links and the command line use; the family it is listed under;
            who makes it, empty where the family says it.
        architecture (Architecture): Its shape.
        precision (Precision): The formats in which it was released (or published).
        provenance (Provenance): Source of all numbers of the shape.
        stated (StatedParams): Stated parameter counts.
        aliases (tuple of str): What people type for it besides id, name, family and maker: repositories, and releases
            of the same shape.
        current (int or None): Its place among what is served now, 1 first; None for what is older or special. Listings
            and searches begin with these.
        note (str): What the shape leaves out or simplifies.
        mtp (OwnDraft or None): Its layers for multi-token prediction; None where it was released without.
    """

    id: str
    family: str
    maker: str = ""
    architecture: Architecture
    precision: Precision
    provenance: Provenance
    stated: StatedParams
    aliases: tuple[str, ...] = ()
    current: Annotated[int | None, Field(ge=1)] = None
    note: str = ""
    mtp: OwnDraft | None = None


@cache
def models() -> Mapping[str, CatalogModel]:
    """All models of the catalog by id: those in use now, the others by family and size, and last the paper's."""
    entries = sorted(
        records("models", _model).values(),
        key=lambda e: (
            is_of_the_paper(e.id),
            e.current or math.inf,
            e.family.lower(),
            e.architecture.total_params,
            e.id,
        ),
    )
    return MappingProxyType({entry.id: entry for entry in entries})


def model_of_toml(text: str) -> CatalogModel:
    """A model from what a file of `data/models/` holds; ValueError says in one sentence what is wrong."""
    return of_toml(text, _model)


def _model(record: dict[str, Any]) -> CatalogModel:
    if isinstance(record.get("architecture"), dict) and "name" in record:
        record["architecture"]["name"] = record.pop("name")
    return CatalogModel.model_validate(record)
