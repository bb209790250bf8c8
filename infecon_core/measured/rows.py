"""Tables of measurements read for prediction: every cell checked, rows of one setup gathered as arrays."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from infecon_core import catalog
from infecon_core.catalog.constants import shipped
from infecon_core.catalog.measurements import format_name, is_empty
from infecon_core.physics.decode import FiveTimes, ForwardPass, forward_pass
from infecon_core.physics.deployment import Deployment, Shards
from infecon_core.physics.roofline import arithmetic_rate
from infecon_core.schema import Accelerator, Format, Precision, ServingConstants
from infecon_core.schema.measurement import (
    CLIENT_CONCURRENCY,
    DISAGGREGATED,
    MEASUREMENT_COLUMNS,
    PROMPTS_INCLUDED,
    REQUIRED_COLUMNS,
    SETUP_COLUMNS,
    MeasurementColumn,
)

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

# Rows that agree in these share everything but layout, batch and lengths.
_KEYS = ("model_id", "accelerator_id", "weight_precision", "kv_format")
# Benchmarks draw lengths at random up to the nominal ones (InferenceX from 0.8 of them); below this nobody does.
_SHORTEST_DRAW = 0.5
_LONGEST_SHOWN = 40  # letters of a faulty cell that a sentence shows


@dataclass(frozen=True)
class MeasurementGroup:
    """Measurements of one model on one accelerator in one set of formats, as arrays of one length.

    Attributes:
        index (array): Their rows in the table, from 0. [1]
        deployment (Deployment): What is served on what.
        shards (Shards): Their layouts.
        batch (array): Sequences decoding at once. [1]
        context_tokens (array): Mean context. [tokens]
        prompt_tokens (array): Prompt of a request as drawn. [tokens]
        prompts_per_step (array): Prompts that run beside one step, or are counted in its time. [1]
    """

    index: npt.NDArray[np.intp]
    deployment: Deployment
    shards: Shards
    batch: Array
    context_tokens: Array
    prompt_tokens: Array
    prompts_per_step: Array

    @property
    def n_gpu(self) -> Array:
        """GPUs of the instances. [1]"""
        return self.shards.stages * self.shards.gpus

    def pass_with(self, constants: ServingConstants) -> ForwardPass:
        """The pass of these measurements with other constants."""
        deployment = replace(self.deployment, constants=constants)
        return forward_pass(deployment, self.shards, self.context_tokens, self.prompt_tokens)

    def five_times(self, constants: ServingConstants) -> FiveTimes:
        """Their five times with other constants. [s]"""
        return self.pass_with(constants).five_times(self.batch, 1.0, self.prompts_per_step)


def read_rows(points: pd.DataFrame) -> tuple[list[MeasurementGroup], list[str]]:
    """Measurements gathered for prediction, and for each row the reason where it cannot be predicted.

    Lengths are those that the benchmark drew: with prompt p, output o and context c of a row, all lengths are
    c/(p + o/2) of the nominal ones, at least half and at most all of it. Where prompts share the GPUs, a step of
    batch B runs (B - 1)/o prompts beside it, for a sequence decodes beside the prompts of the others and not beside
    its own; where a measured time contains the prompts, B/o are counted in it; otherwise none.

    Args:
        points (DataFrame): Columns as in `schema.measurement`; optional ones that are missing take their defaults.

    Returns:
        groups, faults: Groups of rows; one text a row, empty where all is well.

    Raises:
        ValueError: Where a required column is missing.
    """
    if missing := [name for name in REQUIRED_COLUMNS if name not in points.columns]:
        raise ValueError(f"The table lacks the column {missing[0]}; it needs {', '.join(REQUIRED_COLUMNS)}.")
    faults = [""] * len(points)
    words, numbers = pd.DataFrame(index=pd.RangeIndex(len(points))), {}
    for column in (MEASUREMENT_COLUMNS[name] for name in SETUP_COLUMNS):
        cells = points[column.name].reset_index(drop=True) if column.name in points.columns else None
        if column.unit:
            numbers[column.name], new = read_numbers(column, cells, len(points))
            _add(faults, new)
        elif cells is None:
            words[column.name] = ""
        else:
            words[column.name] = ["" if is_empty(cell) else str(cell).strip() for cell in cells]
    _check_layout(numbers, faults)
    groups: list[MeasurementGroup] = []
    for key, part in words.groupby(list(_KEYS), sort=False):
        rows = part.index.to_numpy()
        try:
            deployment = _deployment(*(str(word) for word in key))
        except ValueError as error:
            # What is wrong with the setup comes before what is wrong with a row of it.
            for i in rows:
                faults[i] = str(error)
            continue
        good = np.array([i for i in rows if not faults[i]], dtype=np.intp)
        if good.size:
            chosen = {name: values[good] for name, values in numbers.items()}
            groups.append(_group(words.iloc[good], chosen, deployment))
    return groups, faults


def read_numbers(column: MeasurementColumn, cells: pd.Series | None, count: int) -> tuple[Array, dict[int, str]]:
    """Numbers of one column, and by row what is wrong with its cell.

    Args:
        column (MeasurementColumn): Its bounds, and what an empty cell means.
        cells (Series or None): The cells, of text or numbers; None where the table lacks the column.
        count (int): Rows of the table. [1]

    Returns:
        numbers, faults: Numbers [unit of the column], NaN or nonsense where there is a fault; the faults by row, from
            0.
    """
    if cells is None:
        return np.full(count, column.default), {}
    given = np.array([not is_empty(cell) for cell in cells], dtype=np.bool_)
    values = pd.to_numeric(cells.where(given), errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    right = (values >= column.least) & (values <= column.most) & ((values > 0) | (not column.positive))
    bad = (given & ~right) | (~given & column.needed)
    faults = {}
    for i in np.flatnonzero(bad):
        shown = f"'{str(cells.iloc[i]).strip()[:_LONGEST_SHOWN]}'" if given[i] else "empty"
        faults[int(i)] = f"{column.name} is {shown}; give {column.wanted}"
    return np.where(given, values, column.default), faults


def measured_seconds(points: pd.DataFrame) -> Array:
    """Measured time per output token; NaN where a row has none. [s]

    Raises:
        ValueError: Where the table has no column `tpot_ms`.
    """
    column = MEASUREMENT_COLUMNS["tpot_ms"]
    if column.name not in points.columns:
        raise ValueError(f"The table lacks the column {column.name}, the {column.meaning} in milliseconds.")
    values, faults = read_numbers(column, points[column.name], len(points))
    values[list(faults)] = np.nan
    return values * 1e-3


def default_kv(accelerator: Accelerator, weights: Format) -> Format:
    """Format of a KV cache that nobody recorded.

    FP8 beside FP8 and FP4 weights where the chip computes in FP8, which is what today's launch scripts set for such
    checkpoints; otherwise 16 bits, the default of every engine.
    """
    if weights in ("fp8", "fp4") and accelerator.peaks.fp8 is not None:
        return "fp8"
    return "fp16" if weights == "fp16" else "bf16"


def _deployment(model_id: str, accelerator_id: str, weights: str, kv: str) -> Deployment:
    for name, word in zip(_KEYS, (model_id, accelerator_id, weights), strict=False):
        if not word:
            raise ValueError(f"{name} is empty; give {MEASUREMENT_COLUMNS[name].wanted}")
    model, accelerator = catalog.model(model_id), catalog.accelerator(accelerator_id).accelerator
    stored = format_name(weights)
    precision = Precision(weights=stored, kv=format_name(kv) if kv else default_kv(accelerator, stored))
    arithmetic_rate(accelerator, stored)  # raises where these weights cannot compute there
    return Deployment(model.architecture, accelerator, precision, shipped())


def _add(faults: list[str], new: dict[int, str]) -> None:
    """Take over new faults: a row names its first."""
    for i, text in new.items():
        faults[i] = faults[i] or text


def _where(bad: Mask) -> Iterable[int]:
    return (int(i) for i in np.flatnonzero(bad))


def _check_layout(numbers: dict[str, Array], faults: list[str]) -> None:
    gpus, stages, copies = numbers["gpus_per_instance"], numbers["pp"], numbers["attention_dp"]
    with np.errstate(invalid="ignore", divide="ignore"):
        bad = (stages > gpus) | (copies > gpus / stages * (1 + 1e-9))
    text = "{:g} GPUs cannot hold {:g} stages with {:g} copies of attention each"
    _add(faults, {i: text.format(gpus[i], stages[i], copies[i]) for i in _where(bad)})
    nothing = np.isnan(numbers["context_len"]) & (np.isnan(numbers["isl"]) | np.isnan(numbers["osl"]))
    _add(faults, dict.fromkeys(_where(nothing), "context_len is empty; give the mean context, or isl and osl"))


def _group(words: pd.DataFrame, n: dict[str, Array], deployment: Deployment) -> MeasurementGroup:
    prompt, output = np.nan_to_num(n["isl"]), np.nan_to_num(n["osl"])
    nominal = prompt + output / 2
    context = np.where(np.isnan(n["context_len"]), nominal, n["context_len"])
    drawn = np.where(nominal > 0, np.clip(context / np.maximum(nominal, 1e-9), _SHORTEST_DRAW, 1.0), 1.0)
    prompt, output = prompt * drawn, np.maximum(output * drawn, 1.0)
    shared = (words["batch_kind"] == CLIENT_CONCURRENCY) & (words["disagg"].str.upper() != DISAGGREGATED)
    counted = words["metric_kind"].str.contains(PROMPTS_INCLUDED)
    batch = n["batch_per_instance"]
    beside = np.maximum(batch - 1, 0) / output
    prompts = np.where(shared.to_numpy(), beside, np.where(counted.to_numpy(), batch / output, 0.0))
    gpus, copies = n["gpus_per_instance"] / n["pp"], n["attention_dp"]
    shards = Shards(n["pp"], gpus, copies, gpus / copies)
    return MeasurementGroup(words.index.to_numpy(), deployment, shards, batch, context, prompt, prompts)
