"""What a process may use of its machine, by files as Linux writes them."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from infecon_core.machine import cores, memory_bytes

GIB = 1 << 30


@pytest.fixture(autouse=True)
def eight_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 64)


def _machine(root: Path, groups: str, files: Mapping[str, str]) -> Path:
    for name, text in {"proc/self/cgroup": groups, **files}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n", encoding="ascii")
    return root


@pytest.mark.parametrize(
    ("groups", "files", "expected"),
    [
        ("0::/", {}, 8),
        ("0::/", {"sys/fs/cgroup/cpu.max": "max 100000"}, 8),
        ("0::/", {"sys/fs/cgroup/cpu.max": "100000 100000"}, 1),
        ("0::/", {"sys/fs/cgroup/cpu.max": "350000 100000"}, 3),
        ("0::/", {"sys/fs/cgroup/cpu.max": "25000 100000"}, 1),
        ("0::/", {"sys/fs/cgroup/cpu.max": "1600000 100000"}, 8),
        # A bound of the group above holds too.
        ("0::/a/b", {"sys/fs/cgroup/a/b/cpu.max": "max 100000", "sys/fs/cgroup/a/cpu.max": "200000 100000"}, 2),
        # Version 1, in a container that sees its own group as the uppermost, and without a quota.
        (
            "4:cpu,cpuacct:/docker/1",
            {"sys/fs/cgroup/cpu/cpu.cfs_quota_us": "200000", "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000"},
            2,
        ),
        (
            "4:cpu,cpuacct:/",
            {"sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1", "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000"},
            8,
        ),
        ("0::/", {"sys/fs/cgroup/cpu.max": "much"}, 8),
    ],
)
def test_cores_by_quota(tmp_path: Path, groups: str, files: dict[str, str], expected: int) -> None:
    assert cores(_machine(tmp_path, groups, files)) == expected


def test_cores_by_affinity_where_there_are_no_control_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert cores(tmp_path) == 8
    monkeypatch.delattr(os, "sched_getaffinity")
    assert cores(tmp_path) == 64


@pytest.mark.parametrize(
    ("groups", "files", "expected"),
    [
        ("0::/", {}, None),
        ("0::/", {"sys/fs/cgroup/memory.max": "max"}, None),
        ("0::/", {"sys/fs/cgroup/memory.max": str(GIB)}, GIB),
        ("0::/a", {"sys/fs/cgroup/a/memory.max": str(4 * GIB), "sys/fs/cgroup/memory.max": str(2 * GIB)}, 2 * GIB),
        ("9:memory:/docker/1", {"sys/fs/cgroup/memory/memory.limit_in_bytes": str(3 * GIB)}, 3 * GIB),
    ],
)
def test_memory_by_its_bound(tmp_path: Path, groups: str, files: dict[str, str], expected: int | None) -> None:
    assert memory_bytes(_machine(tmp_path, groups, files)) == expected
