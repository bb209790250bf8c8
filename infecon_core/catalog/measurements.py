"""Measurements: the shipped ones with their sources, and tables that people bring, checked line by line."""

import csv
import io
import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import get_args

import pandas as pd

from infecon_core.catalog.files import DATA, tables
from infecon_core.schema import Format, Record
from infecon_core.schema.measurement import REQUIRED_COLUMNS

_FOLDER = DATA / "measurements"

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
# What people write into a cell that says nothing.
EMPTY = frozenset({"", "nan", "none", "null", "n/a", "na", "-"})


def is_empty(text: object) -> bool:
    """Whether a cell says nothing."""
    return text is None or str(text).strip().lower() in EMPTY


def format_name(text: object) -> Format:
    """The format that a source's words mean: the first that they name, of the experts where several parts are named.

    Raises:
        ValueError: Where no word does; the sentence lists those that would.

    Examples:
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

    Args:
        data (bytes): UTF-8 with or without a byte order mark, lines ended in any way; empty lines are skipped.

    Returns:
        DataFrame: Text cells, rows in their order; the index is the line on which a row ends.

    Raises:
        ValueError: With the number of the faulty line.
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
    lines: list[int] = []
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
                lines.append(reader.line_num)
    except csv.Error as error:
        raise ValueError(f"line {reader.line_num} is not CSV: {error}.") from error
    if not header:
        raise ValueError(f"line 1 is empty; it needs a header with the columns {', '.join(REQUIRED_COLUMNS)}.")
    return pd.DataFrame(rows, index=pd.Index(lines, dtype=int, name="line"), columns=header, dtype=object)


def _header(row: list[str], line: int) -> list[str]:
    names = [name.strip() for name in row]
    if missing := [name for name in REQUIRED_COLUMNS if name not in names]:
        hint = "; separate the columns by commas" if len(names) == 1 and re.search(r"[;\t]", names[0]) else ""
        raise ValueError(f"line {line} lacks the column {missing[0]}; it needs {', '.join(REQUIRED_COLUMNS)}{hint}.")
    if doubled := [name for name in names if name and names.count(name) > 1]:
        raise ValueError(f"line {line} names the column {doubled[0][:60]} twice.")
    return names


class Source(Record):
    """One source of measurements.

    Args:
        what, origin, date (str): What was measured, where it is public, when.
        left_out (str): Why its points are neither fitted nor scored; empty where they are.
    """

    what: str
    origin: str
    date: str
    left_out: str = ""


class Software(Record):
    """Whose software a record's `engine` means.

    Args:
        name (str): The engine's name.
        words (tuple of str): First words of `engine`, in lower case, that mean it.
        source (str): Where that is written.
    """

    name: str
    words: tuple[str, ...]
    source: str


class Deviation(Record):
    """Why predictions of some models or accelerators are far off.

    Args:
        models, accelerators (tuple of str): Ids of the groups that it explains.
        reason (str): The end of a sentence: "Falcon 180B is off by 31%: ...".
        evidence (str): What in the measurements says so.
    """

    models: tuple[str, ...] = ()
    accelerators: tuple[str, ...] = ()
    reason: str
    evidence: str


@cache
def sources() -> Mapping[str, Source]:
    """Every source of the measurements by its id."""
    return tables(_FOLDER / "sources.toml", Source.model_validate)


@cache
def software_by_word() -> Mapping[str, str]:
    """Names of engines by the first word, in lower case, of what sources call them."""
    entries = tables(_FOLDER / "software.toml", Software.model_validate)
    return MappingProxyType({word: entry.name for entry in entries.values() for word in entry.words})


@cache
def deviations() -> Mapping[str, Deviation]:
    """Known reasons why predictions of some models and accelerators are far off."""
    return tables(_FOLDER / "deviations.toml", Deviation.model_validate)


@cache
def _table(name: str) -> pd.DataFrame:
    return pd.read_csv(_FOLDER / f"{name}.csv")


def all_points() -> pd.DataFrame:
    """Every shipped decode point, the suspect ones with their reason."""
    return _table("decode").copy()


def shipped_points() -> pd.DataFrame:
    """The decode points that may be fitted and scored.

    Those are left out that have a reason in the column `suspect`, and those of sources with a reason in
    `left_out`: the engine describes today's servers with CUDA graphs.
    """
    points = _table("decode")
    left_out = [name for name, source in sources().items() if source.left_out]
    return points[points["suspect"].isna() & ~points["source_id"].isin(left_out)].reset_index(drop=True)


def all_reduces() -> pd.DataFrame:
    """Measured all-reduces by accelerator, GPUs, implementation and bytes; medians over versions."""
    return _table("allreduce").copy()


def expert_exchanges() -> pd.DataFrame:
    """Measured dispatch and combine of one expert layer by accelerator, GPUs and tokens of one GPU."""
    return _table("expert_exchange").copy()
