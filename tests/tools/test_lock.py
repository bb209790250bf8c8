"""The locks: they pin all that the requirements lead to, with hashes, and name no index of their own."""

import re
import shutil
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.requirements import locked, pins
from tools import lock

LOCKS = {
    lock.RUN_TIME: ("requirements.txt",),
    lock.DEVELOPMENT: ("requirements.txt", "requirements-sweep.txt", "requirements-dev.txt"),
}
STALE = "run `make lock`"
both = pytest.mark.parametrize(("path", "files"), LOCKS.items(), ids=[path.name for path in LOCKS])


@both
def test_a_lock_pins_what_its_requirements_ask_for(path: Path, files: tuple[str, ...]) -> None:
    wanted = {name: version for file in files for name, version in pins(file).items()}
    found = locked(path)
    asked = {name for name, entry in found.items() if any(text.startswith("-r ") for text in entry.wanted_by)}
    assert asked == set(wanted), STALE
    assert {name: str(found[name].requirement.specifier) for name in wanted} == wanted, STALE


@both
def test_every_file_of_a_lock_has_its_hash(path: Path, files: tuple[str, ...]) -> None:
    for name, entry in locked(path).items():
        assert re.fullmatch(r"==[\w.]+", str(entry.requirement.specifier)), name
        assert entry.hashes, name
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", text) for text in entry.hashes), name
        assert len(set(entry.hashes)) == len(entry.hashes), name


@both
def test_a_lock_leaves_nothing_out(path: Path, files: tuple[str, ...]) -> None:
    # What this machine has installed tells what it needs; other systems' needs stand in the lock's markers.
    found = locked(path)
    missing, other, seen = [], [], 0
    for name, entry in found.items():
        marker = entry.requirement.marker
        if marker is not None and not marker.evaluate():
            continue
        seen += 1
        for text in metadata.requires(name) or []:
            need = Requirement(text)
            if need.marker is not None and not need.marker.evaluate({"extra": ""}):
                continue
            pinned = found.get(canonicalize_name(need.name))
            if pinned is None:
                missing.append(f"{name} needs {text}")
            elif not need.specifier.contains(str(pinned.requirement.specifier)[2:], prereleases=True):
                other.append(f"{name} needs {text}")
    assert seen > 20
    assert (missing, other) == ([], []), STALE


def test_tests_run_with_the_versions_that_people_run() -> None:
    run_time, development = locked(lock.RUN_TIME), locked(lock.DEVELOPMENT)
    for name, entry in run_time.items():
        assert str(development[name].requirement.specifier) == str(entry.requirement.specifier), STALE
        assert development[name].hashes == entry.hashes, STALE


@both
def test_a_lock_names_no_index(path: Path, files: tuple[str, ...]) -> None:
    assert re.search(r"://|^-|^\s*--(?!hash)", path.read_text(encoding="utf-8"), re.MULTILINE) is None


def test_a_contradiction_leaves_the_locks_as_they_were(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "requirements.txt").write_text("numpy==2.4.6\nnumpy==2.4.5\n", encoding="utf-8")
    shutil.copy(lock.RUN_TIME, tmp_path)
    assert lock.main([], tmp_path) == 1
    assert "The locks are as they were" in capfd.readouterr().err
    assert (tmp_path / lock.RUN_TIME.name).read_bytes() == lock.RUN_TIME.read_bytes()
