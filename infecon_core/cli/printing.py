"""Records as text: tables that fit a terminal, CSV and JSON in full precision; where it goes."""

import argparse
import csv
import io
import json
import math
import os
import sys
import textwrap
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from infecon_core.whole_files import whole_file

TABLE_COLUMNS = 100
GAP = 2


def number(value: float | None) -> str:
    """Three significant digits, thousands apart, `-` where there is none.

    Args:
        value (float or None): Any number.

    Returns:
        str: `0.0123`, `7.98`, `128`, `12,345`; `1.2e-07` and `3.4e+09` beyond.

    Examples:
        >>> [number(x) for x in (None, 0.01234, 1.0, 99.99, 12345.6, 3.4e9)]
        ['-', '0.0123', '1', '100', '12,346', '3.4e+09']
    """
    if value is None or math.isnan(value):
        return "-"
    return f"{value:,.0f}" if 999.5 <= abs(value) < 1e7 else f"{value:.3g}"


def two_digits(value: float) -> str:
    """A number that is not known better than to two digits: a price, or a speed within a range.

    Examples:
        >>> [two_digits(x) for x in (0.0371, 5.79, 107.2, 1229.6)]
        ['0.037', '5.8', '110', '1,200']
    """
    return f"{float(f'{value:.2g}'):,.10g}"


def three_digits(value: float) -> str:
    """A number that is not known better than to three digits: a throughput beside what somebody published.

    Examples:
        >>> [three_digits(x) for x in (0.03713, 107.26, 42622.0, math.nan)]
        ['0.0371', '107', '42,600', '-']
    """
    return "-" if math.isnan(value) else f"{float(f'{value:.3g}'):,.10g}"


def table(columns: Mapping[str, Sequence[str]], *, right: Collection[str] = ()) -> list[str]:
    """Lines of a table: a header, a rule, and one line a row, at most `TABLE_COLUMNS` wide.

    Args:
        columns (mapping): Cells by header, all columns equally long.
        right (collection of str): Headers of the columns that are set flush right.

    Returns:
        list of str: The lines. Where they would be too wide, the widest columns of words are cut, the first one only
            where it is the only one.
    """
    widths = {name: max(len(name), *map(len, cells), 0) for name, cells in columns.items()}
    words = [name for name in list(columns)[1:] if name not in right] or list(columns)[:1]
    while words and sum(widths.values(), GAP * (len(widths) - 1)) > TABLE_COLUMNS:
        widest = max(words, key=lambda name: widths[name])
        widths[widest] -= 1

    def line(cells: Sequence[str]) -> str:
        drawn = []
        for (name, width), cell in zip(widths.items(), cells, strict=True):
            cut = cell if len(cell) <= width else cell[: max(width - 2, 0)] + ".."[:width]
            drawn.append(cut.rjust(width) if name in right else cut.ljust(width))
        return (" " * GAP).join(drawn).rstrip()

    header = line(list(columns))
    return [
        header,
        "-" * sum(widths.values(), GAP * (len(widths) - 1)),
        *map(line, zip(*columns.values(), strict=True)),
    ]


def as_csv(records: Sequence[Mapping[str, Any]]) -> str:
    """Records of equal fields as CSV: a header, numbers in full precision, nothing where there is none.

    Args:
        records (sequence of mapping): At least one.

    Returns:
        str: Text that ends with a newline.
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(records[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(records)
    return text.getvalue()


def as_json(value: Any) -> str:
    """Plain data as JSON that every reader takes: NaN becomes null.

    Args:
        value (any): Mappings, sequences, strings and numbers.

    Returns:
        str: Text that ends with a newline.
    """
    return json.dumps(_finite(value), indent=2, allow_nan=False) + "\n"


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and math.isnan(value) else value


def wrapped(text: str) -> list[str]:
    """Running text in lines as wide as a table."""
    return textwrap.wrap(text, TABLE_COLUMNS)


def lines(*parts: str) -> str:
    """Lines as a text that ends with a newline."""
    return "\n".join(parts) + "\n"


def format_of(args: argparse.Namespace) -> str:
    """What --format says, otherwise what the ending of --out says, otherwise a table."""
    ending = Path(args.out or "").suffix.removeprefix(".").lower()
    return str(args.format or (ending if ending in ("csv", "json") else "table"))


def write(text: str, out: str | None) -> None:
    """Write a text into a file, or print it where there is none; ValueError says in one sentence why it cannot.

    The file is written whole or stays as it was.
    """
    try:
        if out is not None:
            with whole_file(Path(out)) as partial:
                partial.write_text(text, encoding="utf-8", newline="\n")
            return
        if isinstance(sys.stdout, io.TextIOWrapper):  # a terminal of another alphabet gets escapes, not an error
            sys.stdout.reconfigure(errors="backslashreplace")
        print(text, end="", flush=True)
    except OSError as error:
        if out is None:
            # What is left in the buffer would fail once more, with a traceback, when the interpreter ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        where = "to standard output" if out is None else repr(out)
        raise ValueError(f"Cannot write {where}: {error.strerror}.") from error
