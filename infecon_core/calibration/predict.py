"""Predict measured decode points, one row a measurement."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from infecon_core import catalog
from infecon_core.calibration.constants import shipped
from infecon_core.calibration.measurements import COLUMNS, REQUIRED, format_name, is_empty
from infecon_core.physics.decode import FiveTimes, Pass, make_pass
from infecon_core.physics.deployment import Deployment, Shards
from infecon_core.physics.roofline import arithmetic_rate
from infecon_core.spec import FIVE_TIMES, Accelerator, Format, Precision, ServingConstants

Array = npt.NDArray[np.float64]

NUMBERS = {
    "gpus_per_instance": None,
    "batch_per_instance": None,
    "pp": 1.0,
    "ep_in_instance": 1.0,
    "attention_dp": 1.0,
    "context_len": np.nan,
    "isl": np.nan,
    "osl": np.nan,
}
WORDS = ("model_id", "accelerator_id", "weight_precision", "kv_format", "batch_kind", "metric_kind", "disagg")
AT_LEAST_ONE = ("gpus_per_instance", "pp", "ep_in_instance", "attention_dp")
LARGEST = {"gpus_per_instance": 1e6, "batch_per_instance": 1e9, "context_len": 1e9, "isl": 1e9, "osl": 1e9}


@dataclass(frozen=True)
class Rows:
    """Measurements of one model on one accelerator in one set of formats, as arrays."""

    index: npt.NDArray[np.intp]
    deployment: Deployment
    shards: Shards
    batch: Array
    context_tokens: Array
    prompt_tokens: Array
    prompts_per_step: Array

    def work_out(self, constants: ServingConstants) -> Pass:
        """The pass of these rows with other constants."""
        deployment = replace(self.deployment, constants=constants)
        return make_pass(deployment, self.shards, self.context_tokens, self.prompt_tokens)

    def five_times(self, constants: ServingConstants) -> FiveTimes:
        """Their five times with other constants. [s]"""
        return self.work_out(constants).five_times(self.batch, 1.0, self.prompts_per_step)


def read_rows(points: pd.DataFrame) -> tuple[list[Rows], list[str]]:
    """Measurements grouped for prediction, and for each row the reason where it cannot be predicted.

    Parameters
    ----------
    points : DataFrame
        Columns as in `measurements.COLUMNS`; missing optional ones take their defaults.

    Returns
    -------
    rows, errors
        Groups of rows; one text a row, empty where all is well.

    Raises
    ------
    ValueError
        Where a required column is missing.
    """
    missing = [name for name in REQUIRED if name not in points.columns]
    if missing:
        raise ValueError(f"The table lacks the column {missing[0]}; it needs {', '.join(REQUIRED)}.")
    table = pd.DataFrame({name: points[name].to_numpy() for name in points.columns if name in COLUMNS})
    table.index = pd.RangeIndex(len(points))
    errors = [""] * len(table)
    numbers = {name: _numbers(table, name, default, errors) for name, default in NUMBERS.items()}
    for name in WORDS:
        words = table[name] if name in table.columns else pd.Series([""] * len(table), dtype=object)
        table[name] = ["" if is_empty(word) else str(word).strip() for word in words]
    _check_layout(numbers, errors)
    groups: list[Rows] = []
    keys = ["model_id", "accelerator_id", "weight_precision", "kv_format"]
    for key, part in table.groupby(keys, sort=False, dropna=False):
        rows = part.index.to_numpy()
        try:
            deployment = _deployment(*(str(word) for word in key))
        except ValueError as error:
            for i in rows:
                errors[i] = str(error)
            continue
        good = np.array([i for i in rows if not errors[i]], dtype=np.intp)
        if good.size:
            groups.append(_rows(table, numbers, good, deployment))
    return groups, errors


def default_kv(accelerator: Accelerator, weights: Format) -> Format:
    """Format of a KV cache that nobody recorded.

    FP8 beside FP8 and FP4 weights where the chip computes in FP8, which is what today's launch scripts set for such
    checkpoints; otherwise 16 bits, the default of every engine.
    """
    if weights in ("fp8", "fp4") and accelerator.peaks.fp8 is not None:
        return "fp8"
    return "fp16" if weights == "fp16" else "bf16"


def _deployment(model_id: str, accelerator_id: str, weights: str, kv: str) -> Deployment:
    given = {"model_id": model_id, "accelerator_id": accelerator_id, "weight_precision": weights}
    for name, word in given.items():
        if not word:
            raise ValueError(f"{name} is empty; give the {COLUMNS[name]}")
    model, accelerator = catalog.model(model_id), catalog.accelerator(accelerator_id).accelerator
    stored = format_name(weights)
    precision = Precision(weights=stored, kv=format_name(kv) if kv else default_kv(accelerator, stored))
    arithmetic_rate(accelerator, stored)
    return Deployment(model.architecture, accelerator, precision, shipped())


def _numbers(table: pd.DataFrame, name: str, default: float | None, errors: list[str]) -> Array:
    if name not in table.columns:
        return np.full(len(table), np.nan if default is None else default)
    given = np.array([not is_empty(cell) for cell in table[name]], dtype=np.bool_)
    values = pd.to_numeric(table[name].where(given), errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    least = 1.0 if name in AT_LEAST_ONE else 0.0
    positive = name == "batch_per_instance"
    bad = given & ~((values >= least) & (values <= LARGEST.get(name, 1e6)) & ((values > 0) | (not positive)))
    if default is None:
        bad |= ~given
    for i in _faults(bad, errors):
        shown = f"'{str(table[name].iloc[i])[:40]}'" if given[i] else "empty"
        wanted = "a number from 1" if least else "a positive number" if positive else "a number from 0"
        errors[i] = f"{name} is {shown}; give {wanted} up to {LARGEST.get(name, 1e6):g}"
    return values if default is None else np.where(given, values, default)


def _faults(bad: npt.NDArray[np.bool_], errors: list[str]) -> list[int]:
    """Rows with a new fault: a row names its first."""
    return [int(i) for i in np.flatnonzero(bad) if not errors[i]]


def _check_layout(numbers: dict[str, Array], errors: list[str]) -> None:
    gpus, stages, copies = numbers["gpus_per_instance"], numbers["pp"], numbers["attention_dp"]
    with np.errstate(invalid="ignore", divide="ignore"):
        bad = (stages > gpus) | (copies > gpus / stages * (1 + 1e-9))
    for i in _faults(bad, errors):
        errors[i] = f"{gpus[i]:g} GPUs cannot hold {stages[i]:g} stages with {copies[i]:g} copies of attention each"
    nothing = np.isnan(numbers["context_len"]) & (np.isnan(numbers["isl"]) | np.isnan(numbers["osl"]))
    for i in _faults(nothing, errors):
        errors[i] = "context_len is empty; give the mean context, or isl and osl"


def _rows(table: pd.DataFrame, numbers: dict[str, Array], good: npt.NDArray[np.intp], deployment: Deployment) -> Rows:
    n = {name: values[good] for name, values in numbers.items()}
    prompt, output = np.nan_to_num(n["isl"]), np.nan_to_num(n["osl"])
    nominal = prompt + output / 2
    context = np.where(np.isnan(n["context_len"]), nominal, n["context_len"])
    # Some benchmarks draw lengths at random up to the nominal ones; the mean context tells by how much.
    drawn = np.where(nominal > 0, np.clip(context / np.maximum(nominal, 1e-9), 0.5, 1.0), 1.0)
    prompt, output = prompt * drawn, np.maximum(output * drawn, 1.0)
    shared = (table["batch_kind"] == "client_concurrency") & (table["disagg"].str.upper() != "Y")
    counted = table["metric_kind"].str.contains("incl_prefill")
    batch = n["batch_per_instance"]
    # A sequence decodes beside the prompts of the others, not beside its own.
    prompts = np.where(
        shared.to_numpy()[good],
        np.maximum(batch - 1, 0) / output,
        np.where(counted.to_numpy()[good], batch / output, 0.0),
    )
    gpus = n["gpus_per_instance"] / n["pp"]
    copies = n["attention_dp"]
    shards = Shards(n["pp"], gpus, copies, gpus / copies)
    return Rows(good, deployment, shards, batch, context, prompt, prompts)


def predict(points: pd.DataFrame, constants: ServingConstants | None = None) -> pd.DataFrame:
    """Predict time per output token of measured setups.

    Parameters
    ----------
    points : DataFrame
        One row a measurement, columns as in `measurements.COLUMNS`.
    constants : ServingConstants or None
        Constants of the engine; the shipped ones where None.

    Returns
    -------
    DataFrame
        The same rows in the same order with `predicted_tpot_ms` [ms], the five times [s] and `error`, which says
        why a row cannot be predicted and is empty otherwise.

    Raises
    ------
    ValueError
        Where a required column is missing.
    """
    groups, errors = read_rows(points)
    constants = constants or shipped()
    added: dict[str, Any] = {"predicted_tpot_ms": np.full(len(points), np.nan)}
    added |= {name: np.full(len(points), np.nan) for name in FIVE_TIMES}
    for rows in groups:
        times = rows.five_times(constants)
        added["predicted_tpot_ms"][rows.index] = times.total_s * 1e3
        for name in FIVE_TIMES:
            added[name][rows.index] = getattr(times, name)
    for i in _faults(~np.isfinite(added["predicted_tpot_ms"]), errors):
        errors[i] = "the GPUs of this row are not linked to each other"
    added["error"] = errors
    result = points.copy()
    for name, values in added.items():
        result[name] = values if name == "error" else np.where(np.isfinite(values), values, np.nan)
    return result
