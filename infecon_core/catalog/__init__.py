"""Everything in `data/`, read by one reader: models, accelerators, collectives, constants, measurements, acceptance."""

from collections.abc import Mapping
from typing import TypeVar

from infecon_core.catalog.accelerators import (
    ACCELERATOR_UNITS,
    CatalogAccelerator,
    Price,
    accelerator_of_toml,
    accelerators,
)
from infecon_core.catalog.files import DATA, data_version
from infecon_core.catalog.models import CatalogModel, StatedParams, model_of_toml, models
from infecon_core.catalog.own import is_own, own_accelerator, own_model
from infecon_core.catalog.search import Kind, found
from infecon_core.catalog.writing import accelerator_toml, model_toml
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
    "accelerator_of_toml",
    "accelerator_toml",
    "accelerators",
    "data_version",
    "found",
    "is_own",
    "model",
    "model_of_toml",
    "model_toml",
    "models",
]

Entry = TypeVar("Entry")


def model(model_id: str) -> CatalogModel:
    """The model of an id: of a file of `data/models/`, or one of somebody's own, which the id holds.

    Raises:
        ValueError: Where there is none; the sentence names the nearest ids.
    """
    return own_model(model_id) if is_own(model_id) else _entry(models(), model_id, "models")


def accelerator(accelerator_id: str) -> CatalogAccelerator:
    """The accelerator of an id: of a file of `data/accelerators/`, or one of somebody's own, which the id holds.

    Raises:
        ValueError: Where there is none; the sentence names the nearest ids.
    """
    if is_own(accelerator_id):
        return own_accelerator(accelerator_id)
    return _entry(accelerators(), accelerator_id, "accelerators")


def _entry(entries: Mapping[str, Entry], wanted: str, kind: Kind) -> Entry:
    if wanted in entries:
        return entries[wanted]
    near = found(kind, str(wanted))[:3]
    hint = f"did you mean {' or '.join(near)}?" if near else "and no id is spelled like it;"
    raise ValueError(
        f"There is no {kind[:-1]} '{quotable(wanted)}'{':' if near else ','} {hint} "
        f"`python -m infecon_core {kind}` lists all {len(entries)}."
    )
