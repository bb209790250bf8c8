"""Times of the serving engine's frontiers over all layouts that it searches, beside the published model's.

Every run is of a scenario never seen before: another prompt each time, nothing cached.
"""

import os
import statistics
import time
from typing import Any

from infecon_core import Scenario, frontier
from infecon_core.serving.evaluate import largest_batch, searched
from infecon_core.serving.layouts import batches

RUNS = 9
MAX_GPUS = 1024
CASES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "Llama 3.1 70B on H100": ("llama-3.1-70b", "h100-sxm", {"weights": "fp8"}),
    "DeepSeek V3 on H200": ("deepseek-v3", "h200-sxm", {}),
    "DeepSeek V3 on GB200": ("deepseek-v3", "gb200-nvl72", {}),
    "Llama 3.1 70B with a draft": ("llama-3.1-70b", "h100-sxm", {"weights": "fp8", "draft": "llama-3.2-1b"}),
    "DeepSeek V3 with MTP": ("deepseek-v3", "h200-sxm", {"speculation": {"kind": "self_draft"}}),
}


def median_s(model: str, accelerator: str, changes: dict[str, Any]) -> float:
    """Median time of the frontiers of a few scenarios, after one that is not counted. [s]"""
    times = []
    for run in range(RUNS + 1):
        scenario = Scenario.preset(model, accelerator, max_gpus=MAX_GPUS, prompt_tokens=1000 + run, **changes)
        start = time.perf_counter()
        frontier(scenario)
        times.append(time.perf_counter() - start)
    return statistics.median(times[1:])


def space(model: str, accelerator: str, changes: dict[str, Any]) -> tuple[int, int]:
    """Layouts of a scenario, and its setups: layouts by batches by draft lengths."""
    scenario = Scenario.preset(model, accelerator, max_gpus=MAX_GPUS, **changes)
    engine = searched(scenario)
    layouts, batch = engine.layouts, batches(largest_batch(engine))
    lengths = 1 + (scenario.speculation.longest if scenario.speculation else 0)
    return layouts.n_gpu.size, layouts.n_gpu.size * batch.size * lengths


def main() -> None:
    """Print one line a case."""
    print(f"Serving engine, all layouts searched to {MAX_GPUS:,} GPUs, median of {RUNS} runs, {os.cpu_count()} cores")
    print(f"{'frontier':<28}{'layouts':>9}{'setups':>10}{'time':>10}{'setups/s/core':>15}{'published':>12}")
    for name, (model, accelerator, changes) in CASES.items():
        layouts, setups = space(model, accelerator, changes)
        # One thread does all the work, whatever the machine has.
        processor, seconds = time.process_time(), median_s(model, accelerator, changes)
        busy = (time.process_time() - processor) / (RUNS + 1)
        theirs = ""
        if changes.get("speculation", {}).get("kind") != "self_draft":
            theirs = f"{median_s(model, accelerator, {**changes, 'engine': 'published'}) * 1e3:.0f} ms"
        rate = f"{setups / max(seconds, busy) / 1e6:.1f} M"
        print(f"{name:<28}{layouts:>9,}{setups:>10,}{seconds * 1e3:>7.1f} ms{rate:>15}{theirs:>12}")


if __name__ == "__main__":
    main()
