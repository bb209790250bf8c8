"""Times of the published model's frontiers, whole, from nothing cached.

The reference implementation takes about 11 s for the full grid with pipelines and 67 s with speculation
(peer measurements on two quiet cores); the ratios below are against these.
"""

import os
import statistics
import time
from collections.abc import Callable
from typing import Any

from infecon_core import Scenario, frontier, paper

RUNS = 5
GRID = 400 * 400
# Layouts of one setup as the reference counts them: 2 schemes × 11 depths × 6 scale-downs; 1 depth without pipelines.
LAYOUTS = 2 * 11 * 6
REFERENCE_S = {"pipelines": 11.0, "pipelines, speculation": 67.0}


def median_s(work: Callable[[], object]) -> float:
    """Median time of a few runs, after one that is not counted. [s]"""
    work()
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main() -> None:
    """Print one line a case."""
    model, chip = "erdil-Llama_3_70B", "erdil-H100"
    draft: dict[str, Any] = {"draft": "erdil-Llama_3_8B", "acceptance": 0.8, "max_draft_tokens": 5}
    passes = 1 + 1 + 4
    app: dict[str, Any] = {"engine": "published", "max_gpus": 1024, "weights": "fp8"}
    scenario = Scenario.preset("llama-3.1-70b", "h100-sxm", **app)
    drafting = Scenario.preset("llama-3.1-70b", "h100-sxm", draft="llama-3.2-1b", **app)
    cases = [
        ("no pipelines", GRID * LAYOUTS // 11, lambda: paper.frontier("reference", model, chip)),
        ("pipelines", GRID * LAYOUTS, lambda: paper.frontier("reference", model, chip, pipeline=True)),
        (
            "pipelines, speculation",
            GRID * LAYOUTS * passes,
            lambda: paper.frontier("reference", model, chip, pipeline=True, **draft),
        ),
        ("app: Llama 3.1 70B on H100", None, lambda: frontier(scenario)),
        ("app: the same with a draft", None, lambda: frontier(drafting)),
    ]
    print(f"Published model, median of {RUNS} runs, {os.cpu_count()} cores")
    print(f"{'frontier':<28}{'time':>10}{'setups':>14}{'setups/s':>14}{'reference':>11}{'ratio':>8}")
    for name, setups, work in cases:
        seconds = median_s(work)
        count = f"{setups / 1e6:,.1f} M" if setups else ""
        rate = f"{setups / seconds / 1e6:,.0f} M" if setups else ""
        reference = REFERENCE_S.get(name)
        theirs = f"{reference:.0f} s" if reference else ""
        ratio = f"{reference / seconds:.0f}x" if reference else ""
        print(f"{name:<28}{seconds * 1e3:>7.0f} ms{count:>14}{rate:>14}{theirs:>11}{ratio:>8}")


if __name__ == "__main__":
    main()
