"""Small data sets of a sweep, written as the command does, in this process."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from infecon_core.sweep.compute import computed
from infecon_core.sweep.dataset import DataSet
from infecon_core.sweep.folder import Folder
from infecon_core.sweep.jobs import Jobs
from infecon_core.sweep.specification import Specification

# Three sizes of models on three accelerators of two makers; eight H100 do not hold the largest in FP8.
GRID: Mapping[str, Any] = {
    "model": ["llama-3.1-8b", "deepseek-v3", "llama-3.3-70b"],
    "gpu": ["mi300x", "h100-sxm", "b200-hgx"],
    "prompt": [1000, 8000],
    "w": ["fp8", "fp4"],
}
FIXED: Mapping[str, Any] = {"output": 1000, "max": 8}


def swept(folder: Path, *, columns: tuple[str, ...] = (), **given: Mapping[str, Any]) -> Path:
    """The data set of a grid and of values that stay, in a folder.

    Args:
        folder (Path): Where it is written.
        columns (tuple of str): Columns of the frontier that are kept; all where empty.
        **given: `grid` and `fixed`, those above where they are not given.
    """
    wanted = {"grid": given.get("grid", GRID), "fixed": given.get("fixed", FIXED), "columns": columns}
    jobs = Jobs(Specification.model_validate(wanted))
    data, place = DataSet(jobs), Folder(folder, jobs)
    with place.opened():
        for chunk in jobs.chunks():
            place.write(chunk.name, computed(data, chunk).payload)
    return folder


def rows(folder: Path) -> pd.DataFrame:
    """All rows of a data set, read without the page."""
    parts = []
    for path in sorted(folder.rglob("*.parquet")):
        part = pq.ParquetFile(path).read().to_pandas()
        for place in path.relative_to(folder).parts[:-1]:
            name, _, value = place.partition("=")
            part[name] = value
        parts.append(part)
    return pd.concat(parts, ignore_index=True)
