"""`make figures`: figures of every part of the library, which each Python and machine must find to 1e-9.

The file is written where a figure is meant to move, and compared everywhere else. It runs beside the repository's own
package as well as beside an installed one, as `python tools/figures.py`.
"""

import argparse
import json
import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from infecon_core import Scenario, calibrate, frontier, predict
from infecon_core.catalog.measurements import shipped_points
from infecon_core.schema import SelfDraft
from infecon_core.validation.report import record

FIGURES = Path(__file__).resolve().parent.parent / "tests" / "figures.json"
WITHIN = 1e-9
# So many points of a frontier are written, and one measurement of so many.
MOST_POINTS = 12
EVERY = 20

DRAFT = {"draft": "llama-3.2-1b"}
PUBLISHED = {"engine": "published"}
SCENARIOS: Mapping[str, Scenario] = {
    "dense": Scenario.preset("llama-3.1-70b", "h100-sxm"),
    "dense, long prompt": Scenario.preset("llama-3.1-70b", "mi300x", weights="fp8", kv="fp8", prompt_tokens=100_000),
    "dense, draft model": Scenario.preset("llama-3.1-70b", "h100-sxm", **DRAFT),
    "small": Scenario.preset("llama-3.1-8b", "l4"),
    "experts": Scenario.preset("deepseek-v3", "b200-hgx", prompt_tokens=8000),
    "experts, own layers as draft": Scenario.preset("deepseek-v3", "gb200-nvl72", speculation=SelfDraft(layers=1)),
    "experts, disaggregated": Scenario.preset("gpt-oss-120b", "gb200-nvl72", disaggregated=True),
    "experts, demand": Scenario.preset("qwen3-235b-a22b", "h200-sxm", demand_tokens_per_s=1e5),
    "published": Scenario.preset("llama-3.1-70b", "h100-sxm", **PUBLISHED),
    "published, experts": Scenario.preset("deepseek-v3", "h100-sxm", **PUBLISHED),
    "published, draft model": Scenario.preset("llama-3.1-405b", "h200-sxm", **PUBLISHED, **DRAFT),
    "published, the paper's own": Scenario.preset("erdil-Llama_3_70B", "erdil-H100", **PUBLISHED),
}


def figures() -> dict[str, float]:
    """Frontiers of both engines, predictions, and a whole calibration, as numbers by name."""
    found: dict[str, float] = {}
    for name, scenario in SCENARIOS.items():
        table = frontier(scenario)
        found[f"{name}: points"] = len(table)
        rows = np.unique(np.linspace(0, len(table) - 1, MOST_POINTS).round().astype(int))
        numbers = table.iloc[rows].select_dtypes("number")
        found |= _cells(f"{name}: ", numbers.set_axis(rows, axis="index"))
    points = shipped_points()
    predicted = predict(points.iloc[::EVERY])[["predicted_tpot_ms", "predicted_ttft_ms"]]
    found |= _cells("measurement ", predicted)
    fitted = record(calibrate(points))
    return found | dict(_leaves("calibration", {name: fitted[name] for name in ("constants", "errors", "ttft")}))


def _cells(prefix: str, table: pd.DataFrame) -> dict[str, float]:
    return {f"{prefix}{row}, {name}": float(value) for name in table for row, value in table[name].items()}


def _leaves(name: str, value: Any) -> Iterator[tuple[str, float]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _leaves(f"{name}, {key}", item)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for i, item in enumerate(value):
            yield from _leaves(f"{name} {i}", item)
    elif isinstance(value, int | float):
        yield name, float(value)


def largest_difference(ours: Mapping[str, float], theirs: Mapping[str, float]) -> tuple[float, str]:
    """The largest relative difference |a - b| / max(|a|, |b|) of two sets of figures, and whose it is.

    Infinite where a figure is missing on one side, or is a number on one side alone.
    """
    worst = (0.0, "none differs")
    for name in sorted(ours.keys() | theirs.keys()):
        a, b = ours.get(name), theirs.get(name)
        if a is None or b is None or math.isfinite(a) != math.isfinite(b):
            return math.inf, name
        if a != b and math.isfinite(a):
            worst = max(worst, (abs(a - b) / max(abs(a), abs(b)), name))
    return worst


def read(path: Path = FIGURES) -> dict[str, float]:
    """The figures that were written; null is no number."""
    found = json.loads(path.read_text(encoding="utf-8"))
    return {name: math.nan if value is None else value for name, value in found.items()}


def write(found: Mapping[str, float], path: Path = FIGURES) -> None:
    """Write figures with all their digits; what is no number becomes null."""
    plain = {name: value if math.isfinite(value) else None for name, value in found.items()}
    path.write_text(json.dumps(plain, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")


def main(argv: Sequence[str] | None = None) -> int:
    """Compare with the figures that were written, or write them; exit status 1 where one differs by more than 1e-9."""
    parser = argparse.ArgumentParser(description="Figures that each Python and machine must find to 1e-9.")
    parser.add_argument("--write", action="store_true", help=f"write {FIGURES.name} instead of comparing with it")
    args = parser.parse_args(argv)
    found = figures()
    if args.write:
        write(found)
        return 0
    difference, name = largest_difference(found, read())
    print(f"{len(found):,} figures, largest relative difference {difference:.1e}: {name}")
    return int(difference > WITHIN)


if __name__ == "__main__":
    sys.exit(main())
