"""Measured decode points: the shipped ones, and tables that people bring, checked line by line."""

import csv
import io
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import get_args

import pandas as pd

from infecon_core.catalog import DATA
from infecon_core.spec import Format

# Columns that a prediction needs; any others pass through.
COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "model_id": "id of the catalog",
        "accelerator_id": "id of the catalog",
        "weight_precision": "format of the weights",
        "kv_format": "format of the KV cache; where empty, see `predict.default_kv`",
        "gpus_per_instance": "GPUs of one instance",
        "tp": "recorded tensor parallelism",
        "pp": "pipeline stages; 1 where empty",
        "ep_in_instance": "expert-parallel groups; 1 where empty",
        "attention_dp": "copies of attention; 1 where empty",
        "batch_per_instance": "sequences decoding at once",
        "context_len": "mean context [tokens]",
        "isl": "prompt [tokens]",
        "osl": "output [tokens]",
        "batch_kind": "client_concurrency (prompts share the GPUs) or static_batch",
        "metric_kind": "what was measured; incl_prefill where the time contains the prompts",
        "disagg": "Y where prompts run on other GPUs",
    }
)
REQUIRED = ("model_id", "accelerator_id", "weight_precision", "gpus_per_instance", "batch_per_instance")

# What sources call a format, and what it is here.
FORMAT_NAMES: Mapping[str, Format] = MappingProxyType(
    {
        **dict.fromkeys(("bf16", "bfloat16"), "bf16"),
        **dict.fromkeys(("fp16", "f16", "float16", "half"), "fp16"),
        **dict.fromkeys(("fp8", "e4m3", "e5m2", "fp8_e4m3", "fp8_e5m2"), "fp8"),
        **dict.fromkeys(("int8", "w8a8"), "int8"),
        **dict.fromkeys(("fp4", "nvfp4", "mxfp4"), "fp4"),
        **dict.fromkeys(("int4", "w4a16", "awq", "gptq", "q4_0", "q4_k_m"), "int4"),
    }
)
# Words for the part of a model that holds most of its weights.
LARGEST_PART = re.compile(r"\b(moe|ffn|mlp|experts?)\b")
EMPTY = frozenset({"", "nan", "none", "null", "n/a", "na", "-"})


def is_empty(text: object) -> bool:
    """Whether a cell says nothing."""
    return text is None or str(text).strip().lower() in EMPTY


def format_name(text: object) -> Format:
    """The format that a source's words mean: the first that they name, of the experts where several parts are named.

    Raises
    ------
    ValueError
        Where no word does; the sentence lists those that would.

    Examples
    --------
    >>> [format_name(x) for x in ("NVFP4", "auto (fp16)", "fp8 attn + nvfp4 moe")]
    ['fp4', 'fp16', 'fp4']
    """
    words = str(text).lower()
    parts = sorted(words.split("+"), key=lambda part: LARGEST_PART.search(part) is None)
    for word in re.findall(r"[a-z0-9_]+", " ".join(parts)):
        if word in FORMAT_NAMES:
            return FORMAT_NAMES[word]
    raise ValueError(f"'{str(text)[:60]}' is no format that is known here; give one of {', '.join(get_args(Format))}")


def parse(data: bytes) -> pd.DataFrame:
    """Read a table of measurements that somebody brings: CSV with a header, every cell kept as text.

    Parameters
    ----------
    data : bytes
        UTF-8 with or without a byte order mark, lines ended in any way; empty lines are skipped.

    Returns
    -------
    DataFrame
        Text cells, rows in their order.

    Raises
    ------
    ValueError
        With the number of the faulty line.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ValueError(f"line {line} is not UTF-8 text; give comma-separated values in UTF-8.") from error
    if "\0" in text:
        raise ValueError(f"line {text[: text.index(chr(0))].count(chr(10)) + 1} is not text; give a CSV file.")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] = []
    rows: list[list[str]] = []
    try:
        for row in reader:
            if not row:
                continue
            if not header:
                header = _header(row, reader.line_num)
            elif len(row) != len(header):
                raise ValueError(
                    f"line {reader.line_num} has {len(row)} {'field' if len(row) == 1 else 'fields'}, "
                    f"the header has {len(header)}."
                )
            else:
                rows.append(row)
    except csv.Error as error:
        raise ValueError(f"line {reader.line_num} is not CSV: {error}.") from error
    if not header:
        raise ValueError(f"line 1 is empty; it needs a header with the columns {', '.join(REQUIRED)}.")
    return pd.DataFrame(rows, columns=header, dtype=object)


def _header(row: list[str], line: int) -> list[str]:
    names = [name.strip() for name in row]
    if missing := [name for name in REQUIRED if name not in names]:
        hint = "; separate the columns by commas" if len(names) == 1 and re.search(r"[;\t]", names[0]) else ""
        raise ValueError(f"line {line} lacks the column {missing[0]}; it needs {', '.join(REQUIRED)}{hint}.")
    if doubled := [name for name in names if name and names.count(name) > 1]:
        raise ValueError(f"line {line} names the column {doubled[0][:60]} twice.")
    return names


@cache
def _table(name: str) -> pd.DataFrame:
    return pd.read_csv(DATA / "measurements" / f"{name}.csv")


def shipped_points() -> pd.DataFrame:
    """The decode points of `data/measurements/decode.csv`, those that may be fitted and scored.

    Points with a reason in the column `suspect`, and those of software without CUDA graphs or of other
    accelerators' compilers (llama.cpp, MLC, TPU), are left out of the fit: the engine describes today's servers.
    """
    points = _table("decode")
    other = points["source_id"].str.startswith(("S14", "S18", "S28"))
    return points[points["suspect"].isna() & ~other].reset_index(drop=True)


def all_points() -> pd.DataFrame:
    """Every shipped point, the suspect ones with their reason."""
    return _table("decode").copy()


def all_reduces() -> pd.DataFrame:
    """Measured all-reduces by accelerator, GPUs, implementation and bytes; medians over versions."""
    return _table("allreduce").copy()


def expert_exchanges() -> pd.DataFrame:
    """Measured dispatch and combine of one expert layer by accelerator, GPUs and tokens of one GPU."""
    return _table("expert_exchange").copy()


@cache
def sources() -> Mapping[str, Mapping[str, str]]:
    """Every source of the measurements by its id: what it is, where it is public, its date."""
    text = (DATA / "measurements" / "sources.toml").read_text(encoding="utf-8")
    return MappingProxyType(tomllib.loads(text))
