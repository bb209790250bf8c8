"""Files that the command line is told to read: of no more bytes than they may have, and none that never ends."""

import codecs
import contextlib
import os
import stat
from collections.abc import Sequence
from pathlib import Path


def content_of(path: Path, what: str, most_bytes: int, endings: Sequence[str] = ()) -> bytes:
    """What is in a file that somebody names, without the byte order mark that some editors put before it.

    Args:
        path (Path): The file, or a pipe that whoever started this process opened for it, as `/dev/stdin` or `<(…)`.
        what (str): What it holds, in a sentence: "a scenario".
        most_bytes (int): What it has at most; no more than one byte beyond is read. [B]
        endings (sequence of str): How its name ends, as in ".json"; in any way where empty.

    Raises:
        ValueError: One sentence where it cannot be read, is no file, or is too large.

    Examples:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     _ = Path(folder, "a.txt").write_text("7 bytes", encoding="utf-8-sig")
        ...     content_of(Path(folder, "a.txt"), "an example", most_bytes=100)
        b'7 bytes'
    """
    if endings and path.suffix.lower() not in endings:
        raise ValueError(f"Cannot read {path}: {what} is a {' or a '.join(endings)} file.")
    try:
        status = path.stat()
        # A device has no end, and a pipe that lies in a folder waits for somebody to write into it. A folder's own
        # error says more.
        if not stat.S_ISREG(status.st_mode) and not stat.S_ISDIR(status.st_mode) and not _is_held(status):
            raise ValueError(f"Cannot read {path}: it is a device or a pipe; give a file.")
        with path.open("rb") as stream:
            content = stream.read(most_bytes + 1)
    except OSError as error:
        raise ValueError(f"Cannot read {path}: {error.strerror}.") from error
    if len(content) > most_bytes:
        raise ValueError(f"{path} is too large: {what} has at most {most_bytes:,} bytes.")
    return content.removeprefix(codecs.BOM_UTF8)


def _is_held(status: os.stat_result) -> bool:
    """Whether it is a pipe that this process has held since its start, whose end comes when its writer ends."""
    if not stat.S_ISFIFO(status.st_mode):
        return False
    held = []
    for name in os.listdir("/dev/fd"):
        with contextlib.suppress(OSError):  # that of the list itself is closed by now
            held.append(os.fstat(int(name)))
    return any(os.path.samestat(status, other) for other in held)
