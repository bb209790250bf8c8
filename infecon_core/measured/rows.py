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
from infecon_core.physics.queueing import prompts_beside
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
from infecon_core.schema.words import counted, quotable

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

# Rows that agree in these share everything but layout, batch and lengths.
GROUP_COLUMNS = ("model_id", "accelerator_id", "weight_precision", "kv_format")
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
        prompt_tokens, output_tokens (array): Prompt and output of a request as drawn. [tokens]
        shared (array): Where prompts share the GPUs that decode, as under continuous batching.
        prompts_per_step (array): Prompts that run beside one step, or are counted in its time. [1]
    """

    index: npt.NDArray[np.intp]
    deployment: Deployment
    shards: Shards
    batch: Array
    context_tokens: Array
    prompt_tokens: Array
    output_tokens: Array
    shared: Mask
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
    its own; where a measured time contains the prompts, B/o are counted in it; otherwise none. Of context, prompt and
    output one may be missing and follows from the others, c = p + o/2. With the context alone, or with a prompt of
    unknown output that is no shorter than the context, a row is a bare step: no prompts are counted, and a time that
    contains them cannot be predicted.

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
        if not column.unit:
            words[column.name] = words_of(points, column.name)
            continue
        cells = points[column.name].reset_index(drop=True) if column.name in points.columns else None
        numbers[column.name], new = read_numbers(column, cells, len(points))
        _add(faults, new)
    _check_words(words, faults)
    _check_layout(numbers, faults)
    _check_lengths(numbers, words["metric_kind"], faults)
    groups: list[MeasurementGroup] = []
    for key, part in words.groupby(list(GROUP_COLUMNS), sort=False):
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
        numbers, faults: Numbers [unit of the column], NaN where there is a fault; the faults by row, from 0.
    """
    if cells is None:
        return np.full(count, column.default), {}
    given = np.array([not is_empty(cell) for cell in cells], dtype=np.bool_)
    values = pd.to_numeric(cells.where(given), errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    right = (values >= column.least) & (values <= column.most) & ((values > 0) | (not column.positive))
    bad = (given & ~right) | (~given & column.needed)
    faults = {}
    for i in np.flatnonzero(bad):
        shown = f"'{quotable(str(cells.iloc[i]).strip(), _LONGEST_SHOWN)}'" if given[i] else "empty"
        faults[int(i)] = f"{column.name} is {shown}; give {column.wanted}"
    return np.where(given, np.where(right, values, np.nan), column.default), faults


def numbers_of(points: pd.DataFrame, name: str) -> Array:
    """A column's numbers, NaN where a cell has none or a faulty one, or where the table lacks the column.

    Args:
        points (DataFrame): Measurements.
        name (str): One of `MEASUREMENT_COLUMNS` that has a unit.
    """
    cells = points[name].reset_index(drop=True) if name in points.columns else None
    return read_numbers(MEASUREMENT_COLUMNS[name], cells, len(points))[0]


def words_of(points: pd.DataFrame, name: str) -> pd.Series:
    """A column as text, indexed from 0; empty where a cell says nothing, or where the table lacks the column."""
    if name not in points.columns:
        return pd.Series([""] * len(points), dtype=object)
    return pd.Series(["" if is_empty(cell) else str(cell).strip() for cell in points[name]], dtype=object)


def measured_seconds(points: pd.DataFrame) -> Array:
    """Measured time per output token; NaN where a row has none. [s]

    Raises:
        ValueError: Where the table has no column `tpot_ms`.
    """
    column = MEASUREMENT_COLUMNS["tpot_ms"]
    if column.name not in points.columns:
        raise ValueError(f"The table lacks the column {column.name}, the {column.meaning} in milliseconds.")
    return numbers_of(points, column.name) * 1e-3


def default_kv(accelerator: Accelerator, weights: Format) -> Format:
    """Format of a KV cache that nobody recorded.

    FP8 beside FP8 and FP4 weights where the chip computes in FP8, which is what today's launch scripts set for such
    checkpoints; otherwise 16 bits, the default of every engine.
    """
    if weights in ("fp8", "fp4") and accelerator.peaks.fp8 is not None:
        return "fp8"
    return "fp16" if weights == "fp16" else "bf16"


def _deployment(model_id: str, accelerator_id: str, weights: str, kv: str) -> Deployment:
    for name, word in zip(GROUP_COLUMNS, (model_id, accelerator_id, weights), strict=False):
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


def _check_words(words: pd.DataFrame, faults: list[str]) -> None:
    for column in (MEASUREMENT_COLUMNS[name] for name in words.columns):
        if column.options:
            right = {"", *column.options}
            bad = {
                i: f"{column.name} is '{quotable(word, _LONGEST_SHOWN)}'; give {column.wanted}"
                for i, word in enumerate(words[column.name])
                if word not in right and word.upper() not in right
            }
            _add(faults, bad)


def _check_layout(numbers: dict[str, Array], faults: list[str]) -> None:
    gpus, stages, copies = numbers["gpus_per_instance"], numbers["pp"], numbers["attention_dp"]
    with np.errstate(invalid="ignore", divide="ignore"):
        bad = (np.mod(gpus, stages * copies) != 0) | (np.mod(stages, 1) != 0) | (np.mod(copies, 1) != 0)
    for i in _where(bad & np.isfinite(gpus + stages + copies)):
        parts = (counted(gpus[i], "GPU"), counted(stages[i], "stage"), counted(copies[i], "copy", "copies"))
        _add(faults, {i: "{} cannot be shared equally by {} with {} of attention each".format(*parts)})


def _check_lengths(numbers: dict[str, Array], metric_kind: pd.Series, faults: list[str]) -> None:
    nothing = np.isnan(numbers["context_len"]) & (np.isnan(numbers["isl"]) | np.isnan(numbers["osl"]))
    _add(faults, dict.fromkeys(_where(nothing), "context_len is empty; give the mean context, or isl and osl"))
    counted = metric_kind.str.contains(PROMPTS_INCLUDED).to_numpy()
    unknown = counted & ~nothing & np.isnan(_lengths(numbers)[2])
    text = "metric_kind says that the time contains the prompts; give isl and osl"
    _add(faults, dict.fromkeys(_where(unknown), text))


def _lengths(n: dict[str, Array]) -> tuple[Array, Array, Array]:
    """Mean context, prompt and output of each row as drawn, one of the three found from the others. [tokens]

    context = prompt + output/2. Prompt and output are NaN where only the context is known.
    """
    context, prompt, output = n["context_len"], n["isl"], n["osl"]
    # A context no longer than the nominal prompt was drawn shorter: it does not tell the output.
    found = 2 * (context - prompt)
    output = np.where(np.isnan(output) & (found > 0), found, output)
    prompt = np.where(np.isnan(prompt), np.maximum(context - output / 2, 0), prompt)
    nominal = prompt + output / 2
    context = np.where(np.isnan(context), nominal, context)
    with np.errstate(invalid="ignore", divide="ignore"):
        drawn = np.where(nominal > 0, np.clip(context / nominal, _SHORTEST_DRAW, 1.0), 1.0)
    return context, prompt * drawn, np.maximum(output * drawn, 1.0)


def _group(words: pd.DataFrame, n: dict[str, Array], deployment: Deployment) -> MeasurementGroup:
    context, prompt, output = _lengths(n)
    together = (words["batch_kind"] == CLIENT_CONCURRENCY) & (words["disagg"].str.upper() != DISAGGREGATED)
    counted = words["metric_kind"].str.contains(PROMPTS_INCLUDED).to_numpy()
    batch, shared = n["batch_per_instance"], together.to_numpy(dtype=np.bool_)
    prompts = np.where(shared, prompts_beside(batch, output), np.where(counted, batch / output, 0.0))
    gpus, copies = n["gpus_per_instance"] / n["pp"], n["attention_dp"]
    shards = Shards(n["pp"], gpus, copies, gpus / copies)
    index, prompt, prompts = words.index.to_numpy(), np.nan_to_num(prompt), np.nan_to_num(prompts)
    return MeasurementGroup(index, deployment, shards, batch, context, prompt, output, shared, prompts)
