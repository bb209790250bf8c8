"""What the paper leaves open, or gets roughly, as read from `data/published/open-points.toml`."""

from functools import cache

from infecon_core.catalog import files
from infecon_core.schema import Provenance, Record


class OpenPoint(Record):
    """One thing that the paper leaves open, and which of its numbers depend on it.

    Args:
        name, text (str): A few words; one to three sentences.
    """

    name: str
    text: str


class _File(Record):
    """The file of open points, with the source of them all."""

    id: str
    provenance: Provenance
    points: tuple[OpenPoint, ...]


@cache
def open_points() -> tuple[OpenPoint, ...]:
    """Every open point, in the order of the equations; the published engine keeps all of them as they are.

    Raises:
        ValueError: One sentence that names what is wrong in the file.
    """
    return files.record(files.DATA / "published" / "open-points.toml", _File.model_validate).points
