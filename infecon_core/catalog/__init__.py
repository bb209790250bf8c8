"""Everything in `data/`, read by one reader: models, accelerators, collectives, constants, measurements, acceptance."""

import difflib
from collections.abc import Mapping
from typing import TypeVar

from infecon_core.catalog.accelerators import ACCELERATOR_UNITS, CatalogAccelerator, accelerators
from infecon_core.catalog.files import DATA, data_version
from infecon_core.catalog.models import CatalogModel, StatedParams, models

__all__ = [
    "ACCELERATOR_UNITS",
    "DATA",
    "CatalogAccelerator",
    "CatalogModel",
    "StatedParams",
    "accelerator",
    "accelerators",
    "data_version",
    "model",
    "models",
]

Entry = TypeVar("Entry")


def model(model_id: str) -> CatalogModel:
    """The model of an id.

    Raises:
        ValueError: Where there is none; the sentence names the nearest ids.
    """
    return _entry(models(), model_id, "model")


def accelerator(accelerator_id: str) -> CatalogAccelerator:
    """The accelerator of an id.

    Raises:
        ValueError: Where there is none; the sentence names the nearest ids.
    """
    return _entry(accelerators(), accelerator_id, "accelerator")


def _entry(entries: Mapping[str, Entry], wanted: str, kind: str) -> Entry:
    if wanted in entries:
        return entries[wanted]
    folded = {name.lower(): name for name in entries}
    near = [folded[name] for name in difflib.get_close_matches(str(wanted).lower(), folded, n=3, cutoff=0.5)]
    hint = f"did you mean {' or '.join(near)}?" if near else "no id is near it;"
    shown = str(wanted) if len(str(wanted)) <= 60 else str(wanted)[:57] + "..."
    raise ValueError(f"There is no {kind} '{shown}': {hint} `python -m infecon_core {kind}s` lists all {len(entries)}.")
