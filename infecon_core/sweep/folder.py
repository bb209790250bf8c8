"""The folder of a data set: one sweep at a time writes there, every file is whole or not there at all."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infecon_core import __version__, catalog
from infecon_core.sweep.dataset import Finished, finished
from infecon_core.sweep.jobs import Jobs
from infecon_core.whole_files import remove_unfinished, whole_file

# Readers of Parquet take a file whose name begins so for none of theirs.
SPECIFICATION = "_specification.json"
_LOCK = ".lock"
_PARTITION = "model=*/accelerator=*"
# What must be as it was for a data set to be filled up, and what it is called where it is not.
_DIFFERENCES = {"specification": "another specification", "infecon": "another infecon", "data_version": "other data"}


class Folder:
    """Where a data set lies, or will lie.

    Args:
        path (Path): The folder; it need not be there.
        jobs (Jobs): What is swept.
    """

    def __init__(self, path: Path, jobs: Jobs) -> None:
        self.path, self.jobs = path, jobs

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Lock the folder for one sweep; it begins there or goes on with the same one.

        Raises:
            ValueError: One sentence where another specification, other data or another process is there, or nothing
                can be written.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            lock = os.open(self.path / _LOCK, os.O_CREAT | os.O_RDWR, 0o644)
        except FileExistsError as error:
            raise ValueError(f"{self.path} is a file; give a folder.") from error
        except OSError as error:
            raise ValueError(f"Cannot write into {self.path}: {error.strerror}.") from error
        try:
            self._lock_for_one(lock)
            self._begin()
            for folder in (self.path, *self.path.glob(_PARTITION)):
                remove_unfinished(folder)
            yield
        finally:
            os.close(lock)  # a lock ends with its process, also with a killed one

    def there(self) -> dict[str, Finished | None]:
        """What each file that is there holds, by name; None where its scenarios are to be tried again."""
        return {path.relative_to(self.path).as_posix(): finished(path) for path in self._files()}

    def _files(self) -> Iterator[Path]:
        return self.path.glob(f"{_PARTITION}/*.parquet")

    def write(self, name: str, payload: bytes) -> None:
        """Put a file into the folder, whole or not at all, so that it outlasts a loss of power.

        Raises:
            ValueError: One sentence where it cannot be written.
        """
        path = self.path / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with whole_file(path) as partial:
                partial.write_bytes(payload)
            _synchronise(path.parent)
        except OSError as error:
            raise ValueError(
                f"Cannot write {path}: {error.strerror}. What was written before is whole; the same command goes on."
            ) from error

    def _begin(self) -> None:
        """Say what is swept here, or find that it is the same."""
        path, ours = self.path / SPECIFICATION, self._said()
        if path.exists():
            try:
                theirs = json.loads(path.read_text(encoding="utf-8"))
            except (OSError, ValueError) as error:
                raise ValueError(f"{path} cannot be read; give another folder.") from error
            for key, what in _DIFFERENCES.items():
                if not isinstance(theirs, dict) or theirs.get(key) != ours[key]:
                    raise ValueError(f"{self.path} holds a data set of {what}; give another folder.")
        elif any(self._files()):
            raise ValueError(f"{self.path} holds files of a data set, but no {SPECIFICATION}; give another folder.")
        else:
            self.write(SPECIFICATION, (json.dumps(ours, indent=2, ensure_ascii=False) + "\n").encode())

    def _said(self) -> dict[str, object]:
        return {
            "specification": self.jobs.specification.normal(),
            "infecon": __version__,
            "data_version": catalog.data_version(),
            "frontiers": len(self.jobs),
        }

    def _lock_for_one(self, lock: int) -> None:
        if sys.platform != "win32":
            import fcntl  # noqa: PLC0415 - not on Windows, where two sweeps into one folder only work twice

            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise ValueError(f"Another sweep is writing into {self.path}; wait for it, or stop it.") from error


def _synchronise(folder: Path) -> None:
    """Make the name of a new file outlast a loss of power, where the system lets a folder be synchronised."""
    if sys.platform != "win32":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
