"""`make pythons`: the wheel installed into every supported Python of this machine, each finding the same figures."""

import os
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

from tools import wheel
from tools.lock import ROOT

# Prints the version of an interpreter that runs and can make environments; a version manager's shim may refuse.
USABLE = "import sys, venv, ensurepip; print('.'.join(map(str, sys.version_info[:3])))"


def supported() -> tuple[str, ...]:
    """The Pythons that the wheel names, as `3.11`."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = [line.rpartition(" :: ")[2] for line in project["classifiers"] if "Python :: 3." in line]
    return tuple(names)


def interpreters() -> Mapping[str, Path]:
    """The newest interpreter of each supported Python on the search path and in pyenv's folder."""
    found: dict[str, tuple[list[int], Path]] = {}
    for name in supported():
        for path in _candidates(name):
            ran = subprocess.run([path, "-c", USABLE], capture_output=True, text=True, check=False)
            version = [int(part) for part in ran.stdout.split(".")] if not ran.returncode else []
            if ".".join(map(str, version[:2])) == name and (name not in found or version > found[name][0]):
                found[name] = version, path
    return {name: path for name, (_, path) in found.items()}


def _candidates(name: str) -> Iterator[Path]:
    folders = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    folders += sorted(pyenv.glob(f"versions/{name}*/bin"))
    yield from (path for folder in folders if (path := folder / f"python{name}").is_file())


def main() -> int:
    """Install, compare and print a line for each Python; exit status 1 where one finds other figures or fails."""
    status = 0
    found = interpreters()
    with tempfile.TemporaryDirectory() as folder:
        built = wheel.build(Path(folder))
        for name in supported():
            if name not in found:
                print(f"Python {name}: not on this machine")
                continue
            try:
                commands = wheel.install(built, Path(folder) / f"python{name}", str(found[name]))
            except subprocess.CalledProcessError as failed:
                print(f"Python {name}: cannot be set up. {failed.stderr.strip().splitlines()[-1]}", file=sys.stderr)
                status = 1
                continue
            ran = wheel.run([str(commands / "python"), str(ROOT / "tools" / "figures.py")], Path(folder), check=False)
            said = (ran.stdout or ran.stderr).strip().splitlines()[-1]
            print(f"Python {name}: {said}", file=sys.stderr if ran.returncode else sys.stdout, flush=True)
            status |= bool(ran.returncode)
    return status


if __name__ == "__main__":
    raise SystemExit(main())
