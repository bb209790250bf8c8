"""The errors of every group of points, and ratios along properties of the points."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import streamlit as st

from infecon_core.validation.cross_validation import left_out_column
from infecon_core.validation.scores import bands_by, errors_by, groups_of
from infecon_ui.measured.points import MEASURED, OTHER_SOFTWARE, PUBLISHED, ROOFLINE, SERVING

ALL = "All shown"
FEW = 9  # a group of fewer points says little

# What a table can say of bias and spread: with constants fitted to all points, or to those of other groups.
FITTED, UNSEEN = "Fitted to all points", "Left out of the fit"


class Score(NamedTuple):
    """One column of the table of errors: its name, its head and what it means."""

    name: str
    head: str
    meaning: str


# Columns that are shares of a whole, and those that are factors.
SHARES = (
    Score("error", "Error", "Median of |predicted / measured − 1| of the serving engine, with the shipped constants."),
    Score(
        "error_unseen",
        "Left out",
        "The same by constants fitted without the whole model that is predicted; where points are grouped by "
        "accelerator, without the whole accelerator.",
    ),
    Score(
        "other_software",
        "Other software",
        "How far a measurement is from that of other software on the same setup, in the middle case: a model that "
        "does not know the software cannot be much better. Empty where hardly any setup was measured twice.",
    ),
    Score("published", "Published", "Median error of the published model, arXiv:2506.04645."),
    Score("roofline", "Roofline", "Median error of the bare roofline: the datasheet's peaks and nothing else."),
    Score("within_25", "Within 25%", "Share of points that the serving engine predicts within 25%."),
)
FACTORS = (
    Score("bias", "Bias", "Geometric mean of predicted / measured: below 1 the engine is too fast."),
    Score("factor_90", "90% within", "Nine of ten points are within this factor."),
)
NOTE = (
    "*Left out* is the error that matters: what the engine says about a model, or an accelerator, that its constants "
    "never saw. *Other software* is what software alone changes."
)


class Bins(NamedTuple):
    """How points are binned along one property: the lower ends of the bins, the last open above, and their names."""

    title: str
    edges: tuple[float, ...]
    labels: tuple[str, ...]


BINS: Mapping[str, Bins] = MappingProxyType(
    {
        "batch": Bins("Batch", (0, 4, 16, 64, 256, 1024), ("<4", "<16", "<64", "<256", "<1k", "1k+")),
        "ratio": Bins("Prompt per output token", (0, 0.5, 1.5, 6), ("<0.5", "<1.5", "<6", "6+")),
        "experts": Bins("Expert parallelism", (0, 2, 4, 8, 16), ("1", "2", "4", "8", "16+")),
        "gpus": Bins("GPUs", (0, 2, 4, 8, 16), ("1", "2", "4", "8", "16+")),
    }
)


def error_table(frame: pd.DataFrame, column: str, *, seen: bool = True) -> pd.DataFrame:
    """The errors of all points and of every group, the largest first: shares in percent, factors as they are.

    Bias and spread are those of constants fitted to all points where `seen`, otherwise of constants fitted without the
    model that is predicted, or without the accelerator where points are grouped by that.
    """
    predictions = {
        "error": frame[SERVING.column],
        "error_unseen": frame[left_out_column(column)],
        "other_software": frame[OTHER_SOFTWARE],
        "published": frame[PUBLISHED.column],
        "roofline": frame[ROOFLINE.column],
    }
    groups = {ALL: np.ones(len(frame), dtype=np.bool_), **groups_of(frame[column])}
    found = errors_by(groups, predictions, frame[MEASURED])
    rows = []
    for group in groups:
        medians = {name: 100 * found[name, group].median for name in predictions}
        if found["other_software", group].n < FEW:
            medians["other_software"] = np.nan
        told = found["error" if seen else "error_unseen", group]
        rows.append(
            {
                **{"group": group, "points": found["error", group].n, **medians},
                **{"within_25": 100 * told.within_25, "bias": told.bias, "factor_90": told.factor_90},
            }
        )
    return pd.DataFrame(rows)


def column_config(by: str) -> dict[str, Any]:
    """How the columns of `error_table` are shown where points are grouped by something."""
    numbers = {
        score.name: st.column_config.NumberColumn(score.head, help=score.meaning, format=form)
        for scores, form in ((SHARES, "%.1f%%"), (FACTORS, "×%.2f"))
        for score in scores
    }
    return {"group": st.column_config.TextColumn(by, pinned=True), "points": "Points", **numbers}


def binned(frame: pd.DataFrame, by: str, column: str = SERVING.column) -> pd.DataFrame:
    """The 10th percentile, the median and the 90th percentile of predicted / measured by bin, a key of `BINS`."""
    found = bands_by(_property(frame, by), frame[column] / frame[MEASURED], BINS[by].edges)
    found.insert(0, "bin", [BINS[by].labels[place] for place in found.index])
    return found.reset_index(drop=True)


def _property(frame: pd.DataFrame, by: str) -> pd.Series:
    columns = {"batch": "batch_per_instance", "experts": "ep_in_instance", "gpus": "gpus_per_instance"}
    return frame[columns[by]] if by in columns else frame["isl"] / frame["osl"].where(frame["osl"] > 0)
