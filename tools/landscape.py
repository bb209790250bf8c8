"""`make landscape`: compute the data set of the page Landscape anew, as one file that is small enough to ship.

A sweep writes a file for every model on every accelerator, whose heads alone would be larger than all numbers here.
"""

import datetime as dt
import json
import sys
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from infecon_core.sweep.folder import SPECIFICATION as TOLD
from infecon_core.sweep.run import sweep
from infecon_core.sweep.specification import read
from tools.live_app import ROOT

FOLDER = ROOT / "data" / "landscape"
SPECIFICATION = "specification.toml"
POINTS = "points.parquet"
MOST_BYTES = 5_000_000
_LEVEL = 19  # it is written once and carried often


def joined(folder: Path) -> pa.Table:
    """All rows of a sweep's data set in the order of its scenarios, with its partitions as columns."""
    parts = []
    for path in sorted(folder.rglob("*.parquet")):
        part = pq.ParquetFile(path).read()
        for place in path.relative_to(folder).parts[:-1]:
            name, _, value = place.partition("=")
            part = part.append_column(name, pa.array([value] * part.num_rows))
        parts.append(part)
    return pa.concat_tables(parts).unify_dictionaries().sort_by("job")


def write(table: pa.Table, path: Path) -> None:
    """Write a data set as one file: numbers of all digits by their bytes, everything else by its few values."""
    counts = {field.name: len(table[field.name].unique()) for field in table.schema}
    split = [f.name for f in table.schema if f.type == pa.float64() and 2 * counts[f.name] > table.num_rows]
    pq.write_table(
        table,
        path,
        compression="zstd",
        compression_level=_LEVEL,
        use_dictionary=[name for name in table.schema.names if name not in split],
        column_encoding=dict.fromkeys(split, "BYTE_STREAM_SPLIT"),
    )


def main(folder: Path = FOLDER, day: dt.date | None = None) -> int:
    """Sweep the specification of a folder and put the data set beside it.

    Args:
        folder (Path): Holds the specification.
        day (date, optional): Said of the data set; today where None.

    Returns:
        int: Exit status: 0, or 1 where the sweep was stopped or the data set is too large to ship.
    """
    with tempfile.TemporaryDirectory() as made:
        swept = sweep(read(folder / SPECIFICATION), Path(made))
        if not swept.finished:
            return 1
        told = json.loads((Path(made) / TOLD).read_text(encoding="utf-8"))
        write(joined(Path(made)), Path(made) / POINTS)
        size = (Path(made) / POINTS).stat().st_size
        if size > MOST_BYTES:
            print(f"The data set has {size / 1e6:.1f} MB, more than {MOST_BYTES / 1e6:g}: sweep less.", file=sys.stderr)
            return 1
        told["date"] = (day or dt.date.today()).isoformat()
        (folder / TOLD).write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
        (folder / POINTS).write_bytes((Path(made) / POINTS).read_bytes())
    print(f"{swept.frontiers:,} frontiers, {swept.points:,} points, {size / 1e6:.1f} MB in {swept.seconds:.0f} s")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
