"""The folder of a data set: whole files or none, one sweep at a time, nothing of another sweep."""

import errno
import json
from pathlib import Path

import pytest

from infecon_core.sweep import folder as module
from infecon_core.sweep.compute import computed, lost
from infecon_core.sweep.dataset import DataSet, Finished
from infecon_core.sweep.folder import SPECIFICATION, Folder
from infecon_core.whole_files import PARTIAL
from tests.support.sweeps import SMALL, jobs_of

NAME = "model=a/accelerator=b/0.parquet"


def _folder(path: Path, **changed: object) -> Folder:
    return Folder(path, jobs_of(**{**SMALL, **changed}))


def _files(path: Path) -> set[str]:
    return {one.relative_to(path).as_posix() for one in path.rglob("*") if one.is_file()}


def test_a_folder_is_begun_and_gone_on_with(tmp_path: Path) -> None:
    for _ in range(2):
        with _folder(tmp_path / "new" / "set").opened():
            pass
    said = json.loads((tmp_path / "new" / "set" / SPECIFICATION).read_text())
    assert said["frontiers"] == 24
    assert said["specification"]["name"] == "A test"


@pytest.mark.parametrize(
    ("patched", "words"),
    [("specification", "another specification"), ("data", "other data"), ("code", "another infecon")],
)
def test_another_data_set_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, patched: str, words: str) -> None:
    with _folder(tmp_path).opened():
        pass
    if patched == "data":
        monkeypatch.setattr(module.catalog, "data_version", lambda: "00000000")
    if patched == "code":
        monkeypatch.setattr(module, "__version__", "0.0.0")
    other = _folder(tmp_path, **({"fixed": {"max": 8}} if patched == "specification" else {}))
    with pytest.raises(ValueError, match=words), other.opened():
        pass


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff"])
def test_a_broken_specification_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / SPECIFICATION).write_bytes(content)
    with pytest.raises(ValueError, match="give another folder"), _folder(tmp_path).opened():
        pass


def test_files_without_a_specification_are_refused(tmp_path: Path) -> None:
    (tmp_path / NAME).parent.mkdir(parents=True)
    (tmp_path / NAME).write_bytes(b"")
    with pytest.raises(ValueError, match=r"but no _specification\.json"), _folder(tmp_path).opened():
        pass


def test_one_sweep_at_a_time(tmp_path: Path) -> None:
    with (
        _folder(tmp_path).opened(),
        pytest.raises(ValueError, match="Another sweep is writing"),
        _folder(tmp_path).opened(),
    ):
        pass
    with _folder(tmp_path).opened():
        pass


OURS = f".0123456789abcdef{PARTIAL}"


def test_what_a_killed_sweep_left_unfinished_is_swept_up(tmp_path: Path) -> None:
    place = _folder(tmp_path)
    with place.opened():
        place.write(NAME, b"whole")
    for left in (tmp_path / OURS, (tmp_path / NAME).parent / OURS):
        left.write_bytes(b"")
    assert set(place.there()) == {NAME}
    with _folder(tmp_path).opened():
        assert _files(tmp_path) == {NAME, SPECIFICATION, ".lock"}


def test_nothing_of_anybody_else_is_removed(tmp_path: Path) -> None:
    foreign = {"movie.partial", f"notes/{OURS}", "model=a/accelerator=b/film.partial", f".0123456789abcde{PARTIAL}"}
    with _folder(tmp_path).opened():
        pass
    for name in foreign:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"mine")
    (tmp_path / "folder.partial").mkdir()
    (tmp_path / OURS).mkdir()
    (tmp_path / f".fedcba9876543210{PARTIAL}").symlink_to("movie.partial")
    with _folder(tmp_path).opened():
        assert _files(tmp_path) - {SPECIFICATION, ".lock"} == {*foreign, f".fedcba9876543210{PARTIAL}"}
        assert (tmp_path / OURS).is_dir()


def test_a_folder_that_is_refused_keeps_all_its_files(tmp_path: Path) -> None:
    (tmp_path / SPECIFICATION).write_text("{}")
    (tmp_path / OURS).write_bytes(b"mine")
    with pytest.raises(ValueError, match="another specification"), _folder(tmp_path).opened():
        pass
    assert (tmp_path / OURS).read_bytes() == b"mine"


def test_only_what_was_computed_counts_as_there(tmp_path: Path) -> None:
    place = _folder(tmp_path)
    data = DataSet(place.jobs)
    whole, gone = list(place.jobs.chunks())[:2]
    expected = computed(data, whole)
    with place.opened():
        place.write(whole.name, expected.payload)
        place.write(gone.name, lost(data, gone, "Its process was killed.").payload)
        place.write(NAME, b"no Parquet")
    assert place.there() == {whole.name: Finished(expected.failures), gone.name: None, NAME: None}


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_full_disk_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    place = _folder(tmp_path)
    with place.opened():
        place.write(NAME, b"before")

        def full(*_: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(module.os, call, full)
        with pytest.raises(ValueError, match=r"Cannot write .*: No space left on device\. What was written"):
            place.write(NAME, b"after")
        assert (tmp_path / NAME).read_bytes() == b"before"
        assert _files(tmp_path) == {NAME, SPECIFICATION, ".lock"}


@pytest.mark.parametrize("path", ["/proc/set", "/dev/null/set"])
def test_where_nothing_can_be_written_is_one_sentence(path: str) -> None:
    with pytest.raises(ValueError, match=f"Cannot write into {path}: "), _folder(Path(path)).opened():
        pass
