"""Measurements: the shipped ones with their sources, and tables that people bring, checked line by line."""

import csv
import difflib
import io
import re
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import get_args

import pandas as pd

from infecon_core.catalog.files import DATA, tables
from infecon_core.schema import Format, Record
from infecon_core.schema.measurement import MEASUREMENT_COLUMNS, REQUIRED_COLUMNS, TEMPLATE_COLUMNS
from infecon_core.schema.words import quotable

_FOLDER = DATA / "measurements"

# What sources call a format, and what it is here.
FORMAT_NAMES: Mapping[str, Format] = MappingProxyType(
    {
        **dict.fromkeys(("bf16", "bfloat16"), "bf16"),
        **dict.fromkeys(("fp16", "f16", "float16", "half"), "fp16"),
        **dict.fromkeys(("fp8", "mxfp8", "float8", "e4m3", "e4m3fn", "e5m2"), "fp8"),
        **dict.fromkeys(("int8", "q8"), "int8"),
        **dict.fromkeys(("fp4", "nvfp4", "mxfp4", "float4", "e2m1"), "fp4"),
        **dict.fromkeys(("int4", "uint4", "nf4", "q4"), "int4"),
    }
)
# Schemes whose name says the width of weights and of what they are multiplied with: INT4 whatever stands beside them.
SCHEMES: Mapping[str, Format] = MappingProxyType(dict.fromkeys(("w4a16", "w4a8", "w4afp8"), "int4"))
# Methods and schemes that are of one format unless another one is named beside them.
USUAL_FORMATS: Mapping[str, Format] = MappingProxyType(
    {"awq": "int4", "gptq": "int4", "4bit": "int4", "w8a8": "int8", "w8a16": "int8"}
)
# What may follow a format behind an underscore or a dash; another word may stand for another format altogether. In this
# order: bits, values that share a scale (`g32`, `128x128`) or the number of a variant of llama.cpp (`q4_0`), how scales
# are found, what shares one, which part of a model it is, and in whose files or kernels.
_VARIANT = re.compile(
    r"[aw](4|8|16)|g?[1-9][0-9]*(x[1-9][0-9]*)?|0|[kmsl]|xl"
    r"|a?sym|static|dynamic|scaled|default|auto"
    r"|per|block(wise)?|group|channel|row(wise)?|tensor(wise)?|token|head"
    r"|weights?|activations|only|attn|attention|linear|moe|ffn|mlp|experts|layer|kv|mla|ds"
    r"|autoround|bnb|ct|fn|fnuz|hqq|inc|marlin"
)
# Words for the part of a model that holds most of its weights.
LARGEST_PART = re.compile(r"\b(moe|ffn|mlp|experts?)\b")
# Software that `data/measurements/software.toml` does not name.
OTHER = "Other"
# Share of letters in common (difflib) from which a column's name is taken for a slip of the pen.
_NEAR = 0.8
# What people write into a cell that says nothing.
EMPTY = frozenset({"", "nan", "none", "null", "n/a", "na", "-"})


def is_empty(text: object) -> bool:
    """Whether a cell says nothing."""
    return text is None or str(text).strip().lower() in EMPTY


def format_name(text: object) -> Format:
    """The format that a source's words mean: that of the experts where several parts of a model are named.

    Words are parted by whatever is no letter or digit, so that a format may be followed by its variant: `int4_g32`,
    `fp8_block`, `fp8_e4m3`. Behind an underscore or a dash only known variants may stand: `int4_xyz` is no format.

    Raises:
        ValueError: Where no word names a format, or words name several for one part; the sentence says what would be
            right.

    Examples:
        >>> [format_name(x) for x in ("NVFP4", "auto (fp16)", "fp8 attn + nvfp4 moe", "int4_g32", "w8a8_fp8")]
        ['fp4', 'fp16', 'fp4', 'int4', 'fp8']
    """
    parts = str(text).lower().split("+")
    largest = [part for part in parts if LARGEST_PART.search(part)]
    found = {name for part in largest or parts for name in _formats_named(part)}
    if len(found) == 1:
        return found.pop()
    which = "names several formats" if found else "is no format that is known here"
    raise ValueError(f"'{quotable(text)}' {which}; give one of {', '.join(get_args(Format))}")


def _formats_named(part: str) -> set[Format]:
    """The formats that the words on one part of a model name; none where a variant of one is not known."""
    for name in re.findall(r"[a-z0-9_-]+", part):
        pieces = re.findall(r"[a-z0-9]+", name)
        if any(_is_format(piece) for piece in pieces) and not all(map(_is_known, pieces)):
            return set()
    words = re.findall(r"[a-z0-9]+", part)
    for names in (SCHEMES, FORMAT_NAMES, USUAL_FORMATS):
        if found := {names[word] for word in words if word in names}:
            return found
    return set()


def _is_format(word: str) -> bool:
    return any(word in names for names in (SCHEMES, FORMAT_NAMES, USUAL_FORMATS))


def _is_known(word: str) -> bool:
    return _is_format(word) or _VARIANT.fullmatch(word) is not None


def parse(data: bytes, needed: Sequence[str] = REQUIRED_COLUMNS) -> pd.DataFrame:
    """Read a table of measurements that somebody brings: CSV with a header, every cell kept as text.

    Args:
        data (bytes): UTF-8 with or without a byte order mark, lines ended in any way; empty lines are skipped.
        needed (sequence of str): Columns that the header must have.

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
                header = _header(row, reader.line_num, needed)
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
        raise ValueError(f"line 1 is empty; it needs a header with the columns {', '.join(needed)}.")
    return pd.DataFrame(rows, index=pd.Index(lines, dtype=int, name="line"), columns=header, dtype=object)


def _header(row: list[str], line: int, needed: Sequence[str]) -> list[str]:
    names = [name.strip() for name in row]
    if missing := [name for name in needed if name not in names]:
        hint = "; separate the columns by commas" if len(names) == 1 and re.search(r"[;\t]", names[0]) else ""
        if meant := [name for name, column in near_columns(names).items() if column == missing[0]]:
            hint = f"; '{quotable(meant[0])}' may be meant for it"
        raise ValueError(f"line {line} lacks the column {missing[0]}; it needs {', '.join(needed)}{hint}.")
    if doubled := [name for name in names if name and names.count(name) > 1]:
        raise ValueError(f"line {line} names the column {quotable(doubled[0])} twice.")
    return names


def near_columns(names: Collection[str]) -> dict[str, str]:
    """Columns that are not read, each with the column of ours that it may be meant for and that is not there.

    Args:
        names (collection of str): The columns of a table.

    Examples:
        >>> near_columns(["model_id", "prompt_tokens", "osl", "output", "batch_kinds", "note"])
        {'prompt_tokens': 'isl', 'batch_kinds': 'batch_kind'}
    """
    absent = [name for name in TEMPLATE_COLUMNS if name not in names]
    words = {word: name for name in absent for word in (name, *MEASUREMENT_COLUMNS[name].also)}
    found = {}
    for given in names:
        wanted = given.lower().replace(" ", "_").replace("-", "_")
        near = difflib.get_close_matches(wanted, words, n=1, cutoff=_NEAR) if given not in MEASUREMENT_COLUMNS else []
        if near:
            found[given] = words[near[0]]
    return found


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
        ttft_factor (float): How many times as long as elsewhere the first token takes. [1]
        ttft_evidence (str): What in the measurements says so; empty for 1.
    """

    name: str
    words: tuple[str, ...]
    source: str
    ttft_factor: float = 1.0
    ttft_evidence: str = ""


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
def software() -> Mapping[str, Software]:
    """Every serving software by its id."""
    return tables(_FOLDER / "software.toml", Software.model_validate)


@cache
def _software_by_word() -> Mapping[str, Software]:
    return MappingProxyType({word: entry for entry in software().values() for word in entry.words})


def software_name(text: object, other: str | None = OTHER) -> str:
    """Whose software what a source calls it means, by its first word: "dynamo-trt" and "trtllm 1.0" are TensorRT-LLM.

    Args:
        text (object): A cell of a table: a name, a version behind it or none.
        other (str or None): The name of software that `data/measurements/software.toml` does not know; its first word
            in lower case where None.

    Examples:
        >>> software_name("vllm 0.19.0"), software_name("TensorRT-LLM 0.9.0 gptSessionBenchmark"), software_name("")
        ('vLLM', 'TensorRT-LLM', 'Other')
        >>> software_name("Ours 1.0", other=None)
        'ours'
    """
    words = "" if is_empty(text) else str(text).lower()
    first = next(iter(words.split()), "")
    known = _software_by_word().get(first)
    if known is not None:
        return known.name
    return first if other is None else other


@cache
def ttft_factors() -> Mapping[str, float]:
    """Factors on the time to first token by the name of the software. [1]"""
    return MappingProxyType({entry.name: entry.ttft_factor for entry in software().values()})


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
