"""The wheel as somebody else gets it: built from this repository, and installed where nothing else is."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tools.lock import ROOT, RUN_TIME

# A fixed day for all files of an archive makes two builds the same; the oldest that zip files know is 1980.
BUILD_ENVIRONMENT = {"SOURCE_DATE_EPOCH": "1577836800"}  # 2020-01-01
# Neither the repository nor settings of the caller's shell reach what is installed.
FOREIGN = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE")


def build(folder: Path, source: Path = ROOT, target: str = "wheel") -> Path:
    """Build what is handed over, without a network.

    Args:
        folder (Path): Where it goes.
        source (Path): The repository or a copy of it.
        target (str): `wheel` or `sdist`.

    Returns:
        Path: The file.

    Raises:
        CalledProcessError: The build failed; `stderr` says why.
    """
    command = [sys.executable, "-m", "hatchling", "build", "--target", target, "--directory", str(folder)]
    run(command, source, BUILD_ENVIRONMENT)
    (built,) = folder.glob("*.whl" if target == "wheel" else "*.tar.gz")
    return built


def install(wheel: Path, folder: Path, python: str = sys.executable) -> Path:
    """Install a wheel into an environment of its own, with what it needs at the versions that the tests run with.

    Args:
        wheel (Path): The wheel.
        folder (Path): Where the environment goes; the versions are noted beside it.
        python (str): The interpreter.

    Returns:
        Path: The folder of its commands, `infecon` and `python` among them.

    Raises:
        CalledProcessError: The interpreter makes no environments, or the index does not answer.
    """
    constraints = folder.with_suffix(".constraints.txt")
    # pip would ask for the hash of the wheel itself if it met one: versions alone.
    versions = re.findall(r"^[\w.-]+==[^ ]+", RUN_TIME.read_text(encoding="utf-8"), re.MULTILINE)
    constraints.write_text("\n".join(versions) + "\n", encoding="utf-8")
    run([python, "-m", "venv", str(folder)], folder.parent)
    commands = folder / "bin"
    pip = [str(commands / "python"), "-m", "pip", "install", "--quiet", "--no-compile"]
    run([*pip, "--constraint", str(constraints), str(wheel)], folder.parent)
    return commands


def run(
    command: list[str], folder: Path, environment: Mapping[str, str] = {}, *, check: bool = True
) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder as somebody without this repository would.

    Args:
        command (list of str): The command.
        folder (Path): Where it runs.
        environment (mapping): Settings besides those of this process.
        check (bool): Whether its failure is an error.

    Returns:
        CompletedProcess: With what it printed, as text.
    """
    kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    return subprocess.run(command, cwd=folder, env={**kept, **environment}, capture_output=True, text=True, check=check)
