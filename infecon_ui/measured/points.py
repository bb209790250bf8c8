"""Measured decode points beside what three models make of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import pandas as pd

from infecon_core import catalog
from infecon_core.catalog.measurements import format_name, shipped_points, software_name
from infecon_core.measured.predict import predict
from infecon_core.schema.measurement import CLIENT_CONCURRENCY, DISAGGREGATED
from infecon_core.validation import agreement, baselines, cross_validation
from infecon_core.validation.scores import errors, groups_of
from infecon_ui.measured.hover import cells, hover_texts
from infecon_ui.text import formats

MEASURED = "tpot_ms"
OTHER_SOFTWARE = "other_software_ms"
SHOWN_POINTS = 800  # a browser draws this many without a pause


class Predictor(NamedTuple):
    """One of the models that predict every point: its name, its name on a button and in links, its column in ms."""

    label: str
    short: str
    column: str


SERVING = Predictor("Serving engine", "Serving", "serving_ms")
ROOFLINE = Predictor("Bare roofline", "Roofline", "roofline_ms")
PUBLISHED = Predictor("Published model", "Published", "published_ms")
PREDICTORS = (SERVING, ROOFLINE, PUBLISHED)

# What a point can be grouped by: label on the page, column of the points.
GROUPS: Mapping[str, str] = MappingProxyType(
    {
        "Model": "model",
        "Accelerator": "accelerator",
        "Serving software": "software",
        "Weights": "weights",
        "Kind": "kind",
    }
)

SHARED, SEPARATE, STATIC = "Shared prompts", "Disaggregated", "Static batch"
KINDS_HELP = (
    f"**{SHARED}.** Prompts of new requests run on the GPUs that decode.\n\n"
    f"**{SEPARATE}.** Prompts run on GPUs of their own.\n\n"
    f"**{STATIC}.** One batch from its start to its end."
)
BATCHES = tuple(2**power for power in range(14))


@dataclass(frozen=True)
class Filters:
    """Which points are shown: for columns the wanted values, none for all, and the least and largest batch.

    Both batches are of `BATCHES` and included; the first and the last of them mean no limit.
    """

    groups: tuple[tuple[str, tuple[str, ...]], ...] = ()
    batch: tuple[int, int] = (BATCHES[0], BATCHES[-1])

    def choose(self, points: pd.DataFrame) -> pd.DataFrame:
        """The points that pass."""
        batch = points["batch_per_instance"]
        low, high = self.batch
        keep = ((batch >= low) | (low == BATCHES[0])) & ((batch <= high) | (high == BATCHES[-1]))
        for column, wanted in self.groups:
            if wanted:
                keep &= points[column].isin(wanted)
        chosen: pd.DataFrame = points[keep]
        return chosen

    def told(self) -> str:
        """The filters that are set: "Model: Qwen3 32B or GPT-J 6B, Batch: 4 to 16"; empty where none is."""
        labels = {column: label for label, column in GROUPS.items()}
        parts = [f"{labels[column]}: {' or '.join(wanted)}" for column, wanted in self.groups if wanted]
        low, high = self.batch
        if low > BATCHES[0] and high < BATCHES[-1]:
            parts.append(f"Batch: {low:,} to {high:,}")
        elif low > BATCHES[0]:
            parts.append(f"Batch: {low:,} or more")
        elif high < BATCHES[-1]:
            parts.append(f"Batch: up to {high:,}")
        return ", ".join(parts)


@cache
def measured_points() -> pd.DataFrame:
    """The shipped points that can be predicted, with names, groups and the predictions of all models in ms.

    `other_software_ms` is the median of other software on the same setup. Nobody may change the table.
    """
    measured = shipped_points()
    frame = predict(measured).assign(
        **{
            ROOFLINE.column: baselines.roofline_s(measured) * 1e3,
            PUBLISHED.column: baselines.published_s(measured) * 1e3,
            OTHER_SOFTWARE: agreement.from_other_software_s(measured) * 1e3,
        }
    )
    return with_names(frame[frame["error"] == ""])


def with_left_out(frame: pd.DataFrame) -> pd.DataFrame:
    """Points with `without_model_ms` and `without_accelerator_ms`; takes a second the first time."""
    columns = [cross_validation.WITHOUT_MODEL, cross_validation.WITHOUT_ACCELERATOR]
    return frame.join(cross_validation.predictions()[columns])


def with_names(frame: pd.DataFrame) -> pd.DataFrame:
    """What `predict` returns, less rows that it cannot do, with `serving_ms`, names, groups and hover text."""
    models, accelerators = catalog.models(), catalog.accelerators()
    named = frame.assign(
        **{SERVING.column: frame["predicted_tpot_ms"]},
        model=[models[key].architecture.name for key in frame["model_id"]],
        accelerator=[accelerators[key].accelerator.name for key in frame["accelerator_id"]],
        family=[models[key].family for key in frame["model_id"]],
        software=[software_name(name) for name in cells(frame, "serving_software")],
        weights=[formats.number_format(format_name(text)) for text in frame["weight_precision"]],
        kind=[
            _kind(batch_kind, disagg)
            for batch_kind, disagg in zip(cells(frame, "batch_kind"), cells(frame, "disagg"), strict=True)
        ],
    )
    return named.assign(hover=hover_texts(named))


def error(frame: pd.DataFrame, column: str) -> float:
    """Median of |predicted / measured - 1|. [1]"""
    return errors(frame[column], frame[MEASURED]).median


def names(frame: pd.DataFrame, column: str) -> list[str]:
    """The values of a column, the most frequent first."""
    return list(groups_of(frame[column]))


def thinned(frame: pd.DataFrame, most: int = SHOWN_POINTS) -> pd.DataFrame:
    """At most so many points, evenly over models, accelerators and batches."""
    if len(frame) <= most:
        return frame
    return thinned_evenly(frame.sort_values(["model_id", "accelerator_id", "batch_per_instance"], kind="stable"), most)


def thinned_evenly(frame: pd.DataFrame, most: int) -> pd.DataFrame:
    """At most so many rows at even distances, the first and the last among them."""
    if len(frame) <= most:
        return frame
    return frame.iloc[np.linspace(0, len(frame) - 1, most).round().astype(int)]


def _kind(batch_kind: object, disagg: object) -> str:
    if str(disagg).upper() == DISAGGREGATED:
        return SEPARATE
    return SHARED if batch_kind == CLIENT_CONCURRENCY else STATIC
