"""What of the machine this process may use: less than it has where a container or an affinity bounds it."""

import os
from collections.abc import Iterator
from pathlib import Path

_ROOT = Path("/")


def cores(root: Path = _ROOT) -> int:
    """Whole cores that this process may use, at least one: by its affinity and the quotas of its control groups. [1]

    Args:
        root (Path): Where `proc` and `sys` lie.

    Source: Linux, Documentation/admin-guide/cgroup-v2.rst (cpu.max) and Documentation/scheduler/sched-bwc.rst.
    """
    found = float(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
    for folder in _control_groups(root, "cpu"):
        words = _words(folder / "cpu.max") or _words(folder / "cpu.cfs_quota_us") + _words(folder / "cpu.cfs_period_us")
        if len(words) == 2 and all(word.isdigit() for word in words) and int(words[1]):  # else "max" or -1: no quota
            found = min(found, int(words[0]) / int(words[1]))
    return max(int(found), 1)


def memory_bytes(root: Path = _ROOT) -> int | None:
    """Memory that the control groups of this process leave to it and its children; None where nothing bounds it. [B]

    Args:
        root (Path): Where `proc` and `sys` lie.

    Source: Linux, Documentation/admin-guide/cgroup-v2.rst (memory.max) and cgroup-v1/memory.rst.
    """
    found = [
        int(words[0])
        for folder in _control_groups(root, "memory")
        for name in ("memory.max", "memory.limit_in_bytes")
        if (words := _words(folder / name)) and words[0].isdigit()
    ]
    return min(found, default=None)


def _control_groups(root: Path, controller: str) -> Iterator[Path]:
    """Folders of the control groups that this process is in, and of those above them: each bounds what is below."""
    top = root / "sys" / "fs" / "cgroup"
    try:
        lines = (root / "proc" / "self" / "cgroup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if controllers and controller not in controllers.split(","):
            continue
        above = top / controller if controllers else top
        group = above / path.lstrip("/")
        # Inside a container only the uppermost may be there.
        yield from (folder for folder in (group, *group.parents) if folder.is_relative_to(above))


def _words(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="ascii").split()
    except (OSError, ValueError):
        return []
