"""The columns of a table of measurements: what each holds, its unit, its bounds, and what an empty cell means."""

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

# Words of `batch_kind`, `metric_kind` and `disagg` that change a prediction.
CLIENT_CONCURRENCY, STATIC_BATCH = "client_concurrency", "static_batch"
PROMPTS_INCLUDED = "incl_prefill"
MEDIAN = "median"
DISAGGREGATED, NOT_DISAGGREGATED = "Y", "N"

_UNIT_WORDS: Mapping[str, str] = MappingProxyType({"tokens": " of tokens", "ms": " of milliseconds"})


class MeasurementColumn(NamedTuple):
    """One column of a table of measurements, of numbers or of words.

    Args:
        name, meaning (str): Its head, and what it holds.
        unit (str): Unit of its numbers, "1" for counts; empty for a column of words.
        needed (bool): Whether a prediction needs it; an empty cell is a fault then.
        least, most (float): Bounds of its numbers, both included unless `positive`. [unit]
        positive (bool): Whether a number must be above zero.
        default (float): What an empty cell means; NaN where no number stands for it. [unit]
        options (tuple of str): The words that may stand in it; any where empty.
        also (tuple of str): What the command line or people call the same; a column of that name is not read.
    """

    name: str
    meaning: str
    unit: str = ""
    needed: bool = False
    least: float = 0.0
    most: float = 1e6
    positive: bool = False
    default: float = math.nan
    options: tuple[str, ...] = ()
    also: tuple[str, ...] = ()

    @property
    def holds(self) -> str:
        """What it holds, with its unit and what an empty cell means.

        Examples:
            >>> MEASUREMENT_COLUMNS["isl"].holds, MEASUREMENT_COLUMNS["pp"].holds
            ('prompt [tokens]', 'pipeline stages; 1 where empty')
        """
        unit = f" [{self.unit}]" if self.unit not in ("", "1") else ""
        empty = f"; {self.default:g} where empty" if math.isfinite(self.default) else ""
        return f"{self.meaning}{unit}{empty}"

    @property
    def wanted(self) -> str:
        """A cell that would be right, for a sentence about one that is not.

        Examples:
            >>> MEASUREMENT_COLUMNS["pp"].wanted, MEASUREMENT_COLUMNS["tpot_ms"].wanted
            ('a number from 1 up to 1e+06', 'a number of milliseconds from 1e-06 up to 1e+09')
            >>> MEASUREMENT_COLUMNS["model_id"].wanted
            'the id of the catalog'
            >>> MEASUREMENT_COLUMNS["disagg"].wanted
            'Y or N'
        """
        if self.options:
            return " or ".join(self.options)
        if not self.unit:
            return f"the {self.meaning}"
        kind = f"{'positive ' if self.positive else ''}number{_UNIT_WORDS.get(self.unit, '')}"
        start = "" if self.positive else f" from {self.least:g}"
        return f"a {kind}{start} up to {self.most:g}"


_Column = MeasurementColumn

# What a prediction reads.
_SETUP = (
    _Column("model_id", "id of the catalog", needed=True, also=("model",)),
    _Column("accelerator_id", "id of the catalog", needed=True, also=("accelerator", "gpu")),
    _Column("weight_precision", "format of the weights", needed=True, also=("weights", "precision")),
    _Column(
        "kv_format",
        "format of the KV cache; where empty, FP8 beside FP8 and FP4 weights on accelerators that compute in FP8, "
        "else 16 bits",
        also=("kv",),
    ),
    _Column(
        "gpus_per_instance",
        "GPUs of one instance, any whole number, also one that no engine would launch, such as 5 for 64 heads",
        "1",
        needed=True,
        least=1,
        also=("n_gpu", "gpus"),
    ),
    _Column(
        "tp",
        "recorded tensor parallelism; not read, for it is gpus_per_instance / (pp · attention_dp) whatever stands here",
    ),
    _Column("pp", "pipeline stages", "1", least=1, default=1),
    _Column("ep_in_instance", "expert-parallel groups", "1", least=1, default=1, also=("ep",)),
    _Column("attention_dp", "copies of attention", "1", least=1, default=1, also=("dp_attn", "dp")),
    _Column(
        "batch_per_instance", "sequences decoding at once", "1", needed=True, positive=True, most=1e9, also=("batch",)
    ),
    _Column("context_len", "mean context; isl and osl may stand for it", "tokens", most=1e9, also=("context",)),
    _Column("isl", "prompt", "tokens", most=1e9, also=("prompt", "prompt_tokens", "input_tokens", "input_len")),
    _Column("osl", "output", "tokens", most=1e9, also=("output", "output_tokens", "output_len")),
    _Column(
        "batch_kind",
        f"{CLIENT_CONCURRENCY} (prompts share the GPUs: only then do they slow the steps of others, and is the time to "
        f"first token predicted) or {STATIC_BATCH}, which an empty cell means",
        options=(CLIENT_CONCURRENCY, STATIC_BATCH),
    ),
    _Column(
        "metric_kind",
        f"what was measured; {PROMPTS_INCLUDED} where the time contains the prompts, {MEDIAN} where it is no mean",
    ),
    _Column(
        "disagg",
        f"{DISAGGREGATED} where prompts run on other GPUs, else {NOT_DISAGGREGATED}",
        options=(DISAGGREGATED, NOT_DISAGGREGATED),
    ),
)
# What a prediction is compared with.
_MEASURED = (_Column("tpot_ms", "measured time per output token", "ms", least=1e-6, most=1e9, also=("tpot",)),)
# Whose measurement it is.
_ORIGIN = (
    _Column("serving_software", "serving software, and its version"),
    _Column("date", "day of the measurement"),
    _Column("source_id", "where from"),
)
# What only the shipped points tell.
_SHIPPED = (
    _Column("concurrency", "requests that the clients keep open", "1"),
    _Column("ttft_ms", "measured time to the first token", "ms", most=1e9),
    _Column("suspect", "why the point is neither fitted nor scored; empty where nothing speaks against it"),
)

MEASUREMENT_COLUMNS: Mapping[str, MeasurementColumn] = MappingProxyType(
    {column.name: column for column in (*_SETUP, *_MEASURED, *_ORIGIN, *_SHIPPED)}
)
SETUP_COLUMNS = tuple(column.name for column in _SETUP)
REQUIRED_COLUMNS = tuple(column.name for column in _SETUP if column.needed)
# The columns of a table that somebody brings.
TEMPLATE_COLUMNS = tuple(column.name for column in (*_SETUP, *_MEASURED, *_ORIGIN))
