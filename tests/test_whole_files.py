"""Files are written whole or stay as they were: errors, a full disk, a kill in the middle, links, devices."""

import errno
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from infecon_core.whole_files import PARTIAL, whole_file
from tests.support.repository import ROOT

BEFORE = "what was there before\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "points.csv"
    file.write_text(BEFORE, encoding="utf-8")
    return file


def test_a_new_file_is_as_open_as_the_mask_of_the_user_says(tmp_path: Path) -> None:
    plain, whole = tmp_path / "plain", tmp_path / "whole"
    plain.touch()
    with whole_file(whole) as partial:
        partial.write_text("new", encoding="utf-8")
    assert whole.read_text(encoding="utf-8") == "new"
    assert whole.stat().st_mode == plain.stat().st_mode
    assert sorted(tmp_path.iterdir()) == [plain, whole]


def test_the_former_file_keeps_its_mode(path: Path) -> None:
    path.chmod(0o640)
    with whole_file(path) as partial:
        partial.write_text("new", encoding="utf-8")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, OSError])
def test_an_error_in_the_middle_leaves_the_former_file_and_nothing_else(path: Path, error: type[BaseException]) -> None:
    def fail() -> None:
        with whole_file(path) as partial:
            partial.write_text("half", encoding="utf-8")
            raise error

    with pytest.raises(error):
        fail()
    assert path.read_text(encoding="utf-8") == BEFORE
    assert list(path.parent.iterdir()) == [path]


def test_a_disk_that_is_full_at_last_leaves_the_former_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)

    def fill() -> None:
        with whole_file(path) as partial:
            partial.write_text("half", encoding="utf-8")

    with pytest.raises(OSError, match="No space left"):
        fill()
    assert path.read_text(encoding="utf-8") == BEFORE
    assert list(path.parent.iterdir()) == [path]


def test_a_kill_in_the_middle_leaves_the_former_file(path: Path) -> None:
    program = (
        "import os, sys; from pathlib import Path; from infecon_core.whole_files import whole_file\n"
        "with whole_file(Path(sys.argv[1])) as partial:\n"
        "    partial.write_text('half'); os.kill(os.getpid(), 9)"
    )
    ended = subprocess.run([sys.executable, "-c", program, str(path)], cwd=ROOT, check=False)
    assert ended.returncode == -signal.SIGKILL
    assert path.read_text(encoding="utf-8") == BEFORE
    (left,) = [other for other in path.parent.iterdir() if other != path]
    assert left.suffix == PARTIAL


def test_a_link_stays_a_link(path: Path) -> None:
    link = path.with_name("link.csv")
    link.symlink_to(path.name)
    with whole_file(link) as partial:
        partial.write_text("new", encoding="utf-8")
    assert link.is_symlink()
    assert path.read_text(encoding="utf-8") == "new"


def test_devices_and_pipes_are_written_to_as_they_are(tmp_path: Path) -> None:
    with whole_file(Path(os.devnull)) as given:
        assert given == Path(os.devnull)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with whole_file(pipe) as given:
        assert given == pipe
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    def write() -> None:
        with whole_file(tmp_path / "nowhere" / "a.csv"):
            pass

    with pytest.raises(FileNotFoundError):
        write()
