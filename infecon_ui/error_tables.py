"""Errors by group and by bin, and in words why the worst groups are bad."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import pandas as pd

from infecon_core.calibration.fit import Errors, errors
from infecon_ui.measured import MEASURED, PUBLISHED, ROOFLINE, SERVING, percent

ALL = "All shown"
FEW = 9  # a group of fewer points says little
WORSE = 1.4  # times the median error of all: a group that deserves a word

_OLD_KERNELS = (
    "measured with TensorRT-LLM of 2023 and early 2024. Its attention gained nothing from the faster memory of the "
    "H200, as if keys and values that query heads share were read again for every head; models without shared "
    "heads in the same tables are met. On L40S the links over PCIe come out slower than they were"
)
# Why a group is off, where it is known; by the name of the group's column and the id of its model or accelerator.
REASONS: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        **{("model", name): _OLD_KERNELS for name in ("falcon-180b", "mistral-7b-v0.3", "mixtral-8x7b", "llama-2-70b")},
        ("model", "qwen3-235b-a22b"): (
            "its engines pull apart: TensorRT-LLM on H100 is faster than predicted and vLLM 0.12 on H200 slower, on "
            "nearly the same silicon"
        ),
        ("model", "gpt-oss-120b"): (
            "TensorRT-LLM is faster than predicted on B200 and slower on H200, while vLLM is near; it is a matter of "
            "software, and of kernels that this model does not need"
        ),
        ("accelerator", "mi325x"): (
            "one model with software that was still new: small batches take far longer than the same model on the "
            "next chip of the family"
        ),
        ("accelerator", "mi355x"): (
            "one model over eight months of software, whose first version took twice the time of the later ones"
        ),
    }
)
UNKNOWN = "no reason is known"

# What a table can say of bias and spread: with constants fitted to all points, or to those of other groups.
FITTED, UNSEEN = "Fitted to all points", "Left out of the fit"

# Columns of the table that are shares, and those that are factors: name, head, help.
SHARES = (
    ("error", "Error", "Median of |predicted / measured − 1| of the serving engine, with the shipped constants."),
    (
        "error_unseen",
        "Left out",
        "The same by constants fitted without the whole model that is predicted; where points are grouped by "
        "accelerator, without the whole accelerator.",
    ),
    (
        "floor",
        "Floor",
        "How far a measurement is from that of other software on the same setup, in the middle case: a model that "
        "does not know the software cannot be much better. Empty where hardly any setup was measured twice.",
    ),
    ("published", "Published", "Median error of the published model, arXiv:2506.04645."),
    ("roofline", "Roofline", "Median error of the bare roofline: the datasheet's peaks and nothing else."),
    ("within_25", "Within 25%", "Share of points that the serving engine predicts within 25%."),
)
FACTORS = (
    ("bias", "Bias", "Geometric mean of predicted / measured: below 1 the engine is too fast."),
    ("factor_90", "90% within", "Nine of ten points are within this factor."),
)
NOTE = (
    "*Left out* is the honest column: what the engine says about a model, or an accelerator, that its constants "
    "never saw. *Floor* is what software alone changes."
)


class Bins(NamedTuple):
    """How points are binned along one property.

    Parameters
    ----------
    title : str
        What the bins are of.
    edges : tuple of float
        Lower ends of the bins; the last one has no upper end.
    labels : tuple of str
        Names of the bins.
    """

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


def table(frame: pd.DataFrame, column: str, *, seen: bool = True) -> pd.DataFrame:
    """The errors of every group, the largest group first, and of all together.

    Parameters
    ----------
    frame : DataFrame
        Points.
    column : str
        What they are grouped by.
    seen : bool
        Whether bias and spread are those of constants fitted to all points; otherwise of constants fitted without
        the model that is predicted, or without the accelerator where points are grouped by that.

    Returns
    -------
    DataFrame
        `group`, `points`, and the columns of `SHARES` [%] and `FACTORS` [1].
    """
    held = "without_accelerator_ms" if column == "accelerator" else "without_model_ms"
    parts = [(ALL, frame), *sorted(frame.groupby(column), key=lambda part: -len(part[1]))]
    return pd.DataFrame([{"group": name, **_scores(part, held, seen)} for name, part in parts])


def _scores(part: pd.DataFrame, held: str, seen: bool) -> dict[str, float]:
    fitted, unseen = _errors(part, SERVING.column), _errors(part, held)
    told = fitted if seen else unseen
    return {
        "points": fitted.n,
        "error": 100 * fitted.median,
        "error_unseen": 100 * unseen.median,
        "floor": 100 * part["floor"].median() if part["floor"].notna().sum() >= FEW else np.nan,
        "published": 100 * _errors(part, PUBLISHED.column).median,
        "roofline": 100 * _errors(part, ROOFLINE.column).median,
        "within_25": 100 * told.within_25,
        "bias": told.bias,
        "factor_90": told.factor_90,
    }


def _errors(part: pd.DataFrame, column: str) -> Errors:
    return errors(part[column].to_numpy(float), part[MEASURED].to_numpy(float))


def worst(frame: pd.DataFrame) -> Sequence[str]:
    """Sentences on the models and accelerators that are predicted worst, with the reason where one is known.

    Parameters
    ----------
    frame : DataFrame
        Points.
    """
    most = WORSE * _errors(frame, SERVING.column).median
    found: dict[str, list[tuple[float, str]]] = {}
    for column in ("model", "accelerator"):
        for (key, name), part in frame.groupby([f"{column}_id", column]):
            score = _errors(part, SERVING.column)
            if len(part) >= FEW and score.median > most:
                side = "fast" if score.bias < 1 else "slow"
                text = (
                    f"**{name}** ({len(part)} points, off by {percent(score.median)}, "
                    f"{percent(abs(score.bias - 1))} too {side} on average)"
                )
                found.setdefault(REASONS.get((column, str(key)), UNKNOWN), []).append((score.median, text))
    # Groups with one reason share a sentence.
    sentences = [(max(group), [text for _, text in sorted(group, reverse=True)], why) for why, group in found.items()]
    return [f"{', '.join(texts)}: {why}." for _, texts, why in sorted(sentences, reverse=True)]


def binned(frame: pd.DataFrame, by: str, column: str = SERVING.column) -> pd.DataFrame:
    """Median and middle 80% of predicted / measured by bin.

    Parameters
    ----------
    frame : DataFrame
        Points.
    by : str
        A key of `BINS`.
    column : str
        The prediction. [ms]

    Returns
    -------
    DataFrame
        `bin`, `n`, and the ratio's `low` (10%), `middle` and `high` (90%) of the bins that hold points. [1]
    """
    bins = BINS[by]
    values = _property(frame, by)
    ratio = frame[column].to_numpy(float) / frame[MEASURED].to_numpy(float)
    known = np.isfinite(values) & np.isfinite(ratio)
    places = np.digitize(values, bins.edges) - 1
    rows = []
    for place, label in enumerate(bins.labels):
        inside = ratio[known & (places == place)]
        if inside.size:
            low, middle, high = np.quantile(inside, [0.1, 0.5, 0.9])
            rows.append({"bin": label, "n": inside.size, "low": low, "middle": middle, "high": high})
    return pd.DataFrame(rows, columns=["bin", "n", "low", "middle", "high"])


def _property(frame: pd.DataFrame, by: str) -> np.ndarray:
    columns = {"batch": "batch_per_instance", "experts": "ep_in_instance", "gpus": "gpus_per_instance"}
    if by in columns:
        return frame[columns[by]].to_numpy(float)
    output = frame["osl"].to_numpy(float)
    return frame["isl"].to_numpy(float) / np.where(output > 0, output, np.nan)
