"""Frontiers a second of a sweep: one scenario at a time and those of one shape together, with one worker and with more.

`--all` computes all 100,000 frontiers with a worker for each core; otherwise a sample of them, and what that comes to.
"""

import argparse
import resource
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from infecon_core import Scenario, frontier
from infecon_core.machine import cores
from infecon_core.serving.together import frontiers_together
from infecon_core.sweep.compute import computed
from infecon_core.sweep.dataset import DataSet
from infecon_core.sweep.jobs import Jobs
from infecon_core.sweep.progress import duration
from infecon_core.sweep.run import Swept, sweep
from infecon_core.sweep.specification import Specification

MODELS = (
    *("llama-3.1-8b", "llama-3.1-70b", "llama-3.1-405b", "qwen3-32b", "gemma-3-27b"),
    *("gpt-oss-120b", "deepseek-v3", "kimi-k2", "qwen3-235b-a22b", "glm-4.5"),
)
ACCELERATORS = (
    *("a100-sxm-80gb", "h100-sxm", "h200-sxm", "b200-hgx", "gb200-nvl72"),
    *("mi300x", "mi355x", "tpu-v6e", "l40s", "gaudi3"),
)
# 1,000 scenarios of one model on one accelerator.
GRID: Mapping[str, Any] = {
    "w": ["fp8", "fp4"],
    "kv": ["bf16", "fp8"],
    "max": {"from": 8, "to": 128, "factor": 2},
    "prompt": {"from": 250, "to": 128_000, "factor": 2},
    "output": [100, 300, 1000, 3000, 8000],
}
SAMPLE_MODELS, SAMPLE_ACCELERATORS = ("llama-3.1-70b", "gpt-oss-120b", "deepseek-v3"), ("h100-sxm", "gb200-nvl72")
# Every so many chunks of the sample are computed in this process as well.
EVERY = 4


def specification(models: tuple[str, ...], accelerators: tuple[str, ...]) -> Specification:
    """A grid over the cases of one model on one accelerator."""
    return Specification.model_validate({"grid": {"model": models, "gpu": accelerators, **GRID}})


def processor_s(wanted: Specification) -> dict[str, float]:
    """Processor time of a frontier in one process, without writing: each for itself, and those of one shape at once."""
    data = DataSet(Jobs(wanted))
    chunks = list(data.jobs.chunks())[::EVERY]
    computed(data, chunks[0])
    found = {}
    for name, together in (("each for itself", False), ("of one shape together", True)):
        start = time.process_time()
        count = sum(computed(data, chunk, together=together).frontiers for chunk in chunks)
        found[name] = (time.process_time() - start) / count
    return found


def by_group() -> Iterator[str]:
    """Processor time of a frontier of the serving engine by how many of one shape are searched together."""
    for model, accelerator in (("llama-3.1-70b", "h100-sxm"), ("deepseek-v3", "gb200-nvl72")):
        start = Scenario.preset(model, accelerator, weights="fp8")
        scenarios = [start.changed(prompt_tokens=1000 + 300 * i) for i in range(64)]
        times = {"alone": _processor_s(lambda one: [frontier(one[0])], scenarios, 1)}
        for count in (1, 2, 4, 16, 64):
            times[f"{count}"] = _processor_s(frontiers_together, scenarios, count)
        told = "".join(f"{name:>8} {seconds / len(scenarios) * 1e3:.2f}" for name, seconds in times.items())
        yield f"{model} on {accelerator}, ms:{told}"


def _processor_s(compute: Callable[[list[Scenario]], Any], scenarios: list[Scenario], count: int) -> float:
    """Processor time of all scenarios, so many at a time. [s]"""
    compute(scenarios[:count])
    start = time.process_time()
    for first in range(0, len(scenarios), count):
        compute(scenarios[first : first + count])
    return time.process_time() - start


def swept(wanted: Specification, workers: int) -> tuple[Swept, float]:
    """The sweep of a specification into a folder that is thrown away, and the processor time of all processes. [s]"""
    before = _used_s()
    with tempfile.TemporaryDirectory() as folder:
        return sweep(wanted, Path(folder) / "set", workers=workers), _used_s() - before


def _used_s() -> float:
    """Processor time of this process and of its workers that have ended. [s]"""
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def line(found: Swept, busy_s: float, workers: int) -> str:
    """One line of the table."""
    return (
        f"{workers:>7}{found.now:>11,}{duration(found.seconds):>14}{found.now / found.seconds:>14,.0f}"
        f"{busy_s / found.now * 1e3:>9.2f} ms"
        f"{found.points / found.now:>13.1f}{found.failures / found.now:>9.1%}{found.size_bytes / 1e6:>10,.1f} MB"
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", action="store_true", help="compute all of them")
    everything = specification(MODELS, ACCELERATORS)
    header = (
        f"{'workers':>7}{'frontiers':>11}{'time':>14}{'frontiers/s':>14}{'processor':>12}{'points each':>13}"
        f"{'none':>9}{'size':>13}"
    )
    if parser.parse_args().all:
        print(header)
        print(line(*swept(everything, cores()), cores()))
        ours, largest = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        print(f"Most memory: {ours / 1024:,.0f} MB of this process, {largest / 1024:,.0f} MB of its largest worker")
        return
    sample = specification(SAMPLE_MODELS, SAMPLE_ACCELERATORS)
    for name, seconds in processor_s(sample).items():
        print(f"{name:<24}{seconds * 1e3:>8.2f} ms of a core for one frontier{1 / seconds:>8,.0f}/s")
    for told in by_group():
        print(told)
    print(header)
    for workers in range(1, cores() + 1):
        found, busy_s = swept(sample, workers)
        print(line(found, busy_s, workers))
    left = everything.frontiers * found.seconds / found.now
    print(f"At this rate {everything.frontiers:,} frontiers take {duration(left)}; --all computes them")


if __name__ == "__main__":
    main()
