"""Measured decode points beside what three models make of them: the whole, its parts, its words."""

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import pandas as pd
import streamlit as st

from infecon_core import catalog
from infecon_core.calibration import baselines, left_out
from infecon_core.calibration.agreement import disagreement
from infecon_core.calibration.fit import errors
from infecon_core.calibration.measurements import format_name, shipped_points, sources
from infecon_core.calibration.predict import predict
from infecon_ui import formats

MEASURED = "tpot_ms"
SHOWN_POINTS = 800  # a browser draws this many without a pause


class Predictor(NamedTuple):
    """One of the models that predict every point.

    Parameters
    ----------
    label, short : str
        Its name on the page, and in a row of buttons and links.
    column : str
        Its column of the points. [ms]
    """

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
        "Engine": "software",
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

# The first words of what sources call an engine, and whose software it is.
_SOFTWARE = (
    (("vllm",), "vLLM"),
    (("sglang", "dynamo-sglang", "mori-sglang"), "SGLang"),
    (("trt", "trtllm", "tensorrt-llm", "dynamo-trt"), "TensorRT-LLM"),
    (("atom",), "ATOM"),
)
# How the names of a family begin, and the family.
_FAMILIES = (
    *((name, name) for name in ("DeepSeek", "MiniMax", "gpt-oss", "Llama", "Qwen", "GPT-J", "Falcon", "Mistral")),
    ("Mixtral", "Mistral"),
)
OTHER = "Other"


@dataclass(frozen=True)
class Filters:
    """Which points are shown; an empty choice means all.

    Parameters
    ----------
    groups : mapping
        Wanted values by column of the points.
    batch : tuple
        Least and largest batch, both of `BATCHES` and included; the first and the last mean no limit. [sequences]
    """

    groups: Mapping[str, Sequence[str]]
    batch: tuple[int, int] = (BATCHES[0], BATCHES[-1])

    def choose(self, points: pd.DataFrame) -> pd.DataFrame:
        """The points that pass."""
        batch = points["batch_per_instance"]
        low, high = self.batch
        keep = ((batch >= low) | (low == BATCHES[0])) & ((batch <= high) | (high == BATCHES[-1]))
        for column, wanted in self.groups.items():
            if wanted:
                keep &= points[column].isin(list(wanted))
        return points[keep]


@st.cache_data(max_entries=1, show_spinner="Predicting every measured point.")
def points() -> pd.DataFrame:
    """The shipped points that can be predicted, with names, groups and predictions.

    Returns
    -------
    DataFrame
        The measurements with `model`, `accelerator`, `family`, `software`, `weights`, `kind`, `hover`; `serving_ms`,
        `roofline_ms` and `published_ms` [ms]; `floor`, how far other software on the same setup is [1].
    """
    measured = shipped_points()
    frame = described(predict(measured))
    frame[SERVING.column] = frame["predicted_tpot_ms"]
    frame[ROOFLINE.column] = baselines.roofline_s(measured) * 1e3
    frame[PUBLISHED.column] = baselines.published_s(measured) * 1e3
    frame["floor"] = disagreement(measured)
    return frame[frame["error"] == ""]


def with_left_out(frame: pd.DataFrame) -> pd.DataFrame:
    """Points with `without_model_ms` and `without_accelerator_ms`; takes a second the first time. [ms]

    Parameters
    ----------
    frame : DataFrame
        Rows of `points`.
    """
    return frame.join(left_out.predictions()[["without_model_ms", "without_accelerator_ms"]])


def described(frame: pd.DataFrame) -> pd.DataFrame:
    """Predicted points with names, groups and hover text.

    Parameters
    ----------
    frame : DataFrame
        As `predict` returns it; rows with an error are named by their ids.
    """
    models = {key: entry.architecture.name for key, entry in catalog.models().items()}
    chips = {key: entry.accelerator.name for key, entry in catalog.accelerators().items()}
    named = frame.assign(
        model=[models.get(key, str(key)) for key in frame["model_id"]],
        accelerator=[chips.get(key, str(key)) for key in frame["accelerator_id"]],
        software=[software(engine) for engine in _column(frame, "engine")],
        weights=[_format(text) for text in frame["weight_precision"]],
        kind=[
            _kind(batch_kind, disagg)
            for batch_kind, disagg in zip(_column(frame, "batch_kind"), _column(frame, "disagg"), strict=True)
        ],
    )
    named["family"] = [family(name) for name in named["model"]]
    named["hover"] = _hover(named)
    return named


def software(engine: object) -> str:
    """Whose software an engine's name means: "dynamo-trt" and "trtllm 1.0.0rc3" are TensorRT-LLM.

    >>> software("vllm 0.19.0"), software("TensorRT-LLM 0.9.0 gptSessionBenchmark"), software("")
    ('vLLM', 'TensorRT-LLM', 'Other')
    """
    first = str(engine).lower().split()[:1]
    return next((name for words, name in _SOFTWARE if first and first[0] in words), OTHER)


def family(model: str) -> str:
    """The family of a model by its name.

    >>> family("Mixtral 8x7B v0.1"), family("A model of one's own")
    ('Mistral', 'Other')
    """
    return next((name for start, name in _FAMILIES if model.lower().startswith(start.lower())), OTHER)


def headline(frame: pd.DataFrame) -> tuple[str, str]:
    """Say how far off the engine is, and beside what that is good or bad.

    Parameters
    ----------
    frame : DataFrame
        As `points` returns it; the error on models that the fit never saw is named where it is known.

    Returns
    -------
    tuple of str
        The statement, and what to hold it against.
    """
    off = {predictor: percent(error(frame, predictor.column)) for predictor in PREDICTORS}
    unseen = percent(error(frame, "without_model_ms")) if "without_model_ms" in frame else "(computing)"
    statement = (
        f"On {len(frame):,} measured points of {frame['model'].nunique()} models on "
        f"{frame['accelerator'].nunique()} accelerators the serving engine is off by {off[SERVING]} in the middle "
        f"case; leaving a whole model out of the fit, by {unseen}."
    )
    beside = (
        f"The published model is off by {off[PUBLISHED]} and the bare roofline by {off[ROOFLINE]} on the same points; "
        f"two engines on the same setup differ by {percent(frame['floor'].median())}."
    )
    return statement, beside


def error(frame: pd.DataFrame, column: str) -> float:
    """Median of |predicted / measured - 1|. [1]"""
    return errors(frame[column].to_numpy(float), frame[MEASURED].to_numpy(float)).median


def names(frame: pd.DataFrame, column: str) -> list[str]:
    """The values of a column, the most frequent first."""
    return [str(name) for name in frame[column].value_counts().index]


def drawing_note(n_drawn: int, n_chosen: int, n_points: int) -> str:
    """What the chart shows and how it is read."""
    chosen = f"{n_chosen:,} of {n_points:,} points pass the filters" if n_chosen < n_points else f"{n_points:,} points"
    thin = f", of which {n_drawn:,} are drawn, evenly chosen" if n_drawn < n_chosen else ""
    return f"{chosen}{thin}. On the solid line the prediction is right; the dotted lines are a quarter to both sides."


def percent(fraction: float) -> str:
    """An error as people read it: two digits.

    >>> percent(0.0861), percent(0.347), percent(float("nan"))
    ('8.6%', '35%', 'n/a')
    """
    if not np.isfinite(fraction):
        return "n/a"
    return f"{fraction:.1%}" if fraction < 0.0995 else f"{fraction:.0%}"


def thinned(frame: pd.DataFrame, most: int = SHOWN_POINTS) -> pd.DataFrame:
    """At most so many points, evenly over models, accelerators and batches.

    Parameters
    ----------
    frame : DataFrame
        Points.
    most : int
        How many may stay. [1]
    """
    if len(frame) <= most:
        return frame
    order = frame.sort_values(["model_id", "accelerator_id", "batch_per_instance"], kind="stable")
    return order.iloc[np.linspace(0, len(order) - 1, most).round().astype(int)]


def _column(frame: pd.DataFrame, name: str) -> list[object]:
    if name not in frame.columns:
        return [""] * len(frame)
    return frame[name].astype(object).where(frame[name].notna(), "").tolist()


def _format(text: object) -> str:
    try:
        return formats.number_format(format_name(text))
    except ValueError:
        return str(text)


def _kind(batch_kind: object, disagg: object) -> str:
    if str(disagg).upper() == "Y":
        return SEPARATE
    return SHARED if batch_kind == "client_concurrency" else STATIC


def _hover(frame: pd.DataFrame) -> list[str]:
    columns = {
        name: _column(frame, name)
        for name in (
            *("gpus_per_instance", "tp", "pp", "ep_in_instance", "attention_dp", "batch_per_instance"),
            *("isl", "osl", "context_len", "engine", "date", "source_id"),
        )
    }
    texts = []
    for i, (model, chip, weights, kind) in enumerate(
        frame[["model", "accelerator", "weights", "kind"]].itertuples(index=False, name=None)
    ):
        at = {name: values[i] for name, values in columns.items()}
        layout = " · ".join(
            f"{name} {_count(at[column])}"
            for name, column in (("TP", "tp"), ("PP", "pp"), ("EP", "ep_in_instance"), ("DP", "attention_dp"))
            if at[column] != ""
        )
        lengths = (
            f"prompt {_count(at['isl'])}, output {_count(at['osl'])}"
            if at["isl"] != "" and at["osl"] != ""
            else f"context {_count(at['context_len'])}"
        )
        source = _source(str(at["source_id"]))
        origin = " · ".join(html.escape(str(word)) for word in (at["engine"], at["date"], source) if word != "")
        lines = [
            f"<b>{html.escape(str(model))} in {html.escape(str(weights))}</b>",
            f"{_count(at['gpus_per_instance'])} × {html.escape(str(chip))}" + (f", {layout}" if layout else ""),
            f"batch {_count(at['batch_per_instance'])}, {lengths}",
            kind,
            *([origin] if origin else []),
        ]
        texts.append("<br>".join(lines))
    return texts


def _source(source_id: str) -> str:
    """Who published a measurement, without where in what they published; a reader's own source as it stands."""
    known = sources().get(source_id)
    return known["origin"].partition(",")[0] if known else source_id


def _count(value: object) -> str:
    try:
        return formats.number(float(str(value)))
    except ValueError:
        return html.escape(str(value))
