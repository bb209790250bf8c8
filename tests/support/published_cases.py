"""The reference's figures as rows, with empty cells as None."""

import csv
from typing import Any

from tests.support.repository import ROOT

FOLDER = ROOT / "tests" / "paper" / "published"
WORDS = {"True": True, "False": False, "": None}


def rows(name: str) -> list[dict[str, Any]]:
    with (FOLDER / name).open(encoding="utf-8") as file:
        lines = [line for line in file if not line.startswith("#")]
    return [{key: _value(cell) for key, cell in row.items()} for row in csv.DictReader(lines)]


def _value(cell: str) -> Any:
    if cell in WORDS:
        return WORDS[cell]
    try:
        return float(cell)
    except ValueError:
        return cell
