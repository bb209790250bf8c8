"""Small sweeps: quick to compute, with a failure, in several partitions."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds

from infecon_core.sweep.jobs import Job, Jobs
from infecon_core.sweep.specification import Specification

# Two models on two accelerators; 70B in 16 bits does not fit on the smaller one.
SMALL: dict[str, Any] = {
    "name": "A test",
    "fixed": {"max": 4, "output": 500},
    "grid": {
        "w": ["bf16", "fp8"],
        "model": ["llama-3.1-8b", "llama-3.1-70b"],
        "prompt": {"from": 1000, "to": 4000, "factor": 2},
        "gpu": ["h100-sxm", "rtx-4090"],
    },
}


def jobs_of(**plain: Any) -> Jobs:
    """The jobs of a specification given as plain data."""
    return Jobs(Specification.model_validate(plain))


def all_jobs(jobs: Jobs) -> list[Job]:
    """Every job, in order."""
    return [job for chunk in jobs.chunks() for job in jobs.jobs(chunk)]


def rows(folder: Path, columns: Iterable[str] | None = None) -> Any:
    """A data set as a table in memory, in the order of its jobs."""
    files = ds.dataset(folder, format="parquet", partitioning="hive", exclude_invalid_files=True)
    return files.to_table(None if columns is None else list(columns)).sort_by("job").to_pandas()
