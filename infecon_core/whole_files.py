"""Files that are written whole or not at all: a full disk or a kill in the middle leaves the former file as it was."""

import errno
import os
import re
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Ending of a file that is being written, beside the one whose place it takes; a kill leaves it there.
PARTIAL = ".partial"
_NAME = re.compile(rf"\.[0-9a-f]{{16}}{re.escape(PARTIAL)}")


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A path to write to instead of `path`: what is written takes its place once the block ends without an error.

    Args:
        path (Path): The file; links are followed. What is no ordinary file, such as `/dev/stdout` or a pipe, is given
            back as it is: nothing stands there that could be lost.

    Yields:
        Path: An empty file in the same folder, `.….partial`; removed where the block raises.

    Raises:
        OSError: Where the file or its folder cannot be written to, or the disk is full.

    Examples:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     with whole_file(Path(folder, "a.txt")) as partial:
        ...         _ = partial.write_text("written")
        ...     Path(folder, "a.txt").read_text(), len(os.listdir(folder))
        ('written', 1)
    """
    place = Path(os.path.realpath(path))
    mode = place.stat().st_mode if place.exists() else None
    if mode is not None and not stat.S_ISREG(mode):
        yield path
        return
    if mode is not None and not os.access(place, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
    partial = place.with_name(f".{secrets.token_hex(8)}{PARTIAL}")
    partial.touch(exist_ok=False)
    try:
        if mode is not None:
            partial.chmod(stat.S_IMODE(mode))
        yield partial
        with partial.open("rb") as stream:
            os.fsync(stream.fileno())  # some file systems say only now that they are full
        partial.replace(place)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def remove_unfinished(folder: Path) -> None:
    """Remove what `whole_file` was writing into a folder when its process was killed; nothing else, nor below it."""
    for path in folder.glob(f".*{PARTIAL}"):
        if _NAME.fullmatch(path.name) and not path.is_symlink() and path.is_file():
            path.unlink(missing_ok=True)
