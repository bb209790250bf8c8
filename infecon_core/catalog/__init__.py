"""Everything in `data/`, read by one reader: models, accelerators, collectives, constants, measurements, acceptance."""

from collections.abc import Mapping
from typing import TypeVar

from infecon_core.catalog.accelerators import ACCELERATOR_UNITS, CatalogAccelerator, Price, accelerators
from infecon_core.catalog.files import DATA, data_version
from infecon_core.catalog.models import CatalogModel, StatedParams, models
from infecon_core.catalog.search import Kind, found
from infecon_core.schema.words import quotable

__all__ = [
    "ACCELERATOR_UNITS",
    "DATA",
    "CatalogAccelerator",
    "CatalogModel",
    "Kind",
    "Price",
    "StatedParams",
    "accelerator",
    "accelerators",
    "data_version",
    "found",
    "model",
    "models",
]

Entry = TypeVar("Entry")


def model(model_id: str) -> CatalogModel:
    """The model of an id.

    Raises:
        ValueError: Where there is none; the sentence names the nearest ids.
    """
    return _entry(models(), model_id, "models")


def accelerator(accelerator_id: str) -> CatalogAccelerator:
    """The accelerator of an id.

    Raises:
        ValueError: Where there is none; the sentence names the nearest ids.
    """
    return _entry(accelerators(), accelerator_id, "accelerators")


def _entry(entries: Mapping[str, Entry], wanted: str, kind: Kind) -> Entry:
    if wanted in entries:
        return entries[wanted]
    near = found(kind, str(wanted))[:3]
    hint = f"did you mean {' or '.join(near)}?" if near else "no id is near it;"
    raise ValueError(
        f"There is no {kind[:-1]} '{quotable(wanted)}': {hint} "
        f"`python -m infecon_core {kind}` lists all {len(entries)}."
    )
