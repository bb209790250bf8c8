"""The one reader of `data/`: TOML records whose id is their file's name, tables, and a fingerprint of it all."""

import hashlib
import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol, TypeVar

from pydantic import ValidationError

from infecon_core.schema.record import sentence

_PACKAGE = Path(__file__).resolve().parent.parent
# Inside the package where a wheel installed it, beside it in the repository.
DATA = next(folder for folder in (_PACKAGE / "data", _PACKAGE.parent / "data") if folder.is_dir())
# What a package manager installed is its own: only a repository's data may be written.
IS_INSTALLED = DATA.parent == _PACKAGE


class Named(Protocol):
    """A record with an id."""

    @property
    def id(self) -> str:
        """The name of its file."""
        ...


# Of a data file that somebody gives, in letters and in bytes; those of the catalog have 1 to 3 kB.
LARGEST_GIVEN = 100_000

Entry = TypeVar("Entry", bound=Named)
Table = TypeVar("Table")


def records(folder: str, build: Callable[[dict[str, Any]], Entry]) -> Mapping[str, Entry]:
    """All TOML files of one folder of `data/` as records by id, in the order of their names.

    Args:
        folder (str): Folder below `data/`.
        build (callable): Makes a record of what a file holds.

    Raises:
        ValueError: One sentence that names the file and what is wrong in it.
    """
    entries = [record(path, build) for path in sorted((DATA / folder).glob("*.toml"))]
    return MappingProxyType({entry.id: entry for entry in entries})


def tables(path: Path, build: Callable[[dict[str, Any]], Table]) -> Mapping[str, Table]:
    """All tables of one TOML file of `data/` as records by their names; errors as for `records`."""
    where = f"data/{path.relative_to(DATA).as_posix()}"
    found = {}
    for name, table in toml(path).items():
        try:
            found[name] = build(table)
        except ValidationError as error:
            raise ValueError(f"{where}, [{name}]: {sentence(error)}") from error
    return MappingProxyType(found)


def record(path: Path, build: Callable[[dict[str, Any]], Entry]) -> Entry:
    """One TOML file of `data/` as a record whose id is the file's name; errors as for `records`."""
    where = f"data/{path.relative_to(DATA).as_posix()}"
    try:
        entry = of_toml(path.read_text(encoding="utf-8"), build)
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from error
    if entry.id != path.stem:
        raise ValueError(f"{where}: the id '{entry.id}' differs from the file's name.")
    return entry


def of_toml(text: str, build: Callable[[dict[str, Any]], Entry]) -> Entry:
    """A record as TOML, whoever wrote it.

    Args:
        text (str): What a file of `data/` holds.
        build (callable): Makes a record of it.

    Raises:
        ValueError: One sentence on what is wrong in it.
    """
    if len(text) > LARGEST_GIVEN:
        raise ValueError(f"The text is too long: a data file has at most {LARGEST_GIVEN:,} letters.")
    try:
        return build(tomllib.loads(text))
    except ValidationError as error:
        raise ValueError(sentence(error)) from error
    except RecursionError as error:
        raise ValueError("It is nested too deeply for a data file.") from error
    except ValueError as error:
        raise ValueError(f"{str(error).rstrip('.')}.") from error


def toml(path: Path) -> dict[str, Any]:
    """What one TOML file holds."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


def is_of_the_paper(entry_id: str) -> bool:
    """Whether an entry is the published model's own: as its reference implementation has it, not as it is."""
    return entry_id.startswith("erdil-")


@cache
def data_version() -> str:
    """Fingerprint of all data: the first 8 hexadecimal digits of SHA-256 over the files' names and bytes."""
    digest = hashlib.sha256()
    for path in sorted(path for path in DATA.rglob("*") if path.suffix in (".toml", ".csv")):
        digest.update(path.relative_to(DATA).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:8]
