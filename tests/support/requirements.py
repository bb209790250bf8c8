"""Requirements and locks of the repository, read as pip reads them."""

import re
from pathlib import Path
from typing import NamedTuple

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.repository import ROOT


class Locked(NamedTuple):
    """One package of a lock.

    Args:
        requirement (Requirement): Name, version, and where it is needed.
        hashes (tuple of str): Of its files.
        wanted_by (tuple of str): The files and packages that ask for it.
    """

    requirement: Requirement
    hashes: tuple[str, ...]
    wanted_by: tuple[str, ...]


def pins(name: str) -> dict[str, str]:
    """Exact versions of a requirements file by normalised name; other lines must be comments or further files."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    wanted = [Requirement(line) for line in lines if line.strip() and not line.startswith(("#", "-r "))]
    return {canonicalize_name(one.name): str(one.specifier) for one in wanted}


def locked(path: Path) -> dict[str, Locked]:
    """The packages of a lock by normalised name; one that stands twice is refused."""
    entries = re.split(r"\n(?=\S)", re.sub(r"\A(#.*\n)+", "", path.read_text(encoding="utf-8")))
    found: dict[str, Locked] = {}
    for entry in entries:
        first, *rest = entry.strip().splitlines()
        requirement = Requirement(first.rstrip(" \\"))
        name = canonicalize_name(requirement.name)
        assert name not in found, name
        hashes = tuple(line.strip(" \\").removeprefix("--hash=") for line in rest if "--hash=" in line)
        comments = [line.strip().removeprefix("#").strip() for line in rest if "#" in line]
        found[name] = Locked(requirement, hashes, tuple(text.removeprefix("via").strip() for text in comments))
    return found
