"""`make lock`: every package that the requirements lead to, with its version and the hashes of all its files.

One lock holds for Python 3.11 to 3.13 on Linux and macOS: what is needed only somewhere says where.
What is locked stays at its version while the requirements allow it; `--upgrade` takes the newest of all.
"""

import argparse
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST_PYTHON = "3.11"
RUN_TIME, DEVELOPMENT = ROOT / "requirements.lock", ROOT / "requirements-dev.lock"
UV = Path(sysconfig.get_path("scripts")) / "uv"


def lock(requirements: Path, locked: Path, *constraints: Path, upgrade: bool = False) -> None:
    """Write one lock anew; needs the package index.

    Args:
        requirements (Path): What is asked for.
        locked (Path): The lock.
        constraints (Path): Locks whose versions hold here too.
        upgrade (bool): Whether to take the newest versions; otherwise those in the lock stay where they still fit.

    Raises:
        CalledProcessError: The requirements contradict each other, or the index does not answer; uv has said which.
    """
    command = [
        *(UV, "pip", "compile", "--no-config", "--quiet", "--universal", "--python-version", OLDEST_PYTHON),
        *("--generate-hashes", "--custom-compile-command", "make lock", requirements.name, "--output-file", locked),
        *(word for constraint in constraints for word in ("--constraints", constraint)),
        *(["--upgrade"] if upgrade else []),
    ]
    subprocess.run(command, cwd=requirements.parent, check=True)


def lock_all(folder: Path, *, upgrade: bool = False) -> None:
    """Write both locks of a folder that has the requirements; what is in both has the same version in both."""
    run_time = folder / RUN_TIME.name
    lock(folder / "requirements.txt", run_time, upgrade=upgrade)
    lock(folder / "requirements-dev.txt", folder / DEVELOPMENT.name, run_time, upgrade=upgrade)


def main(argv: Sequence[str] | None = None, folder: Path = ROOT) -> int:
    """Write both locks of a folder; exit status 1 where that failed."""
    parser = argparse.ArgumentParser(prog="python -m tools.lock", description="Lock what the requirements lead to.")
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions that the requirements allow")
    args = parser.parse_args(argv)
    try:
        lock_all(folder, upgrade=args.upgrade)
    except subprocess.CalledProcessError:
        print("The locks are as they were: mend the requirements, or try again with a network.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
