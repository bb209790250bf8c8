"""`make release-check`: what must hold before a version is handed over, a line for each."""

import contextlib
import datetime as dt
import io
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

from infecon_core import __version__, catalog
from tools import audit, lock, pythons, wheel
from tools.lock import ROOT

LARGEST_FILE_BYTES = 5_000_000
# Licences under which a program under Apache-2.0 may use a package that it does not change.
COMPATIBLE = {
    *("0BSD", "Apache-2.0", "BSD", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC", "MIT", "MIT-0", "MIT-CMU"),
    *("MPL-2.0", "PSF-2.0", "Python-2.0", "Unlicense", "Zlib"),
}
MIT_BEGINS = "Permission is hereby granted, free of charge, to any person obtaining a copy"
# How packages without an expression name the same licences in classifiers and in words.
SPELLINGS = {
    "Apache Software License": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "BSD License": "BSD",
    "BSD 3-Clause License": "BSD-3-Clause",
    "3-Clause BSD License": "BSD-3-Clause",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}


def tree(root: Path) -> str:
    """Nothing is uncommitted; ValueError, here and below, says what to do where a check does not hold."""
    changed = _output(["git", "status", "--porcelain"], root).splitlines()
    if changed:
        raise ValueError(f"commit or remove {len(changed)} changed files, such as {changed[0][3:]}")
    return f"clean at {_output(['git', 'rev-parse', '--short', 'HEAD'], root).strip()}"


def version(root: Path) -> str:
    """Library, citation and the newest dated section of the changelog tell one version, and that section something."""
    cited = re.findall(r"^version: (.+)$", (root / "CITATION.cff").read_text(encoding="utf-8"), re.MULTILINE)
    if cited != [__version__]:
        raise ValueError(f"CITATION.cff tells {cited}, infecon_core/__init__.py {__version__}: give both the same")
    log = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    heading, text = (re.findall(r"^## (.+)\n((?:(?!## ).*\n?)*)", log, re.MULTILINE) or [("nothing", "")])[0]
    dated = re.fullmatch(r"\[(.+)\] - (\d{4}-\d\d-\d\d)", heading)
    if dated is None or dated[1] != __version__:
        raise ValueError(
            f"CHANGELOG.md begins with '## {heading}': move what is unreleased under '## [{__version__}] - "
            f"{dt.date.today():%Y-%m-%d}', or set the version in infecon_core/__init__.py and CITATION.cff"
        )
    dt.date.fromisoformat(dated[2])
    entries = re.findall(r"^- ", text, re.MULTILINE)
    if not entries:
        raise ValueError(f"CHANGELOG.md says nothing under {heading}: tell what changed")
    return f"{__version__} of {dated[2]} with {len(entries)} entries, data {catalog.data_version()}"


def sizes(root: Path) -> str:
    """No file of the repository is larger than 5 MB."""
    files = [root / name for name in _output(["git", "ls-files", "-z"], root).split("\0") if name]
    largest = max(files, key=lambda path: path.stat().st_size)
    told = f"{largest.relative_to(root)}, {largest.stat().st_size / 1e6:.1f} MB"
    if largest.stat().st_size > LARGEST_FILE_BYTES:
        raise ValueError(f"shrink {told}: no file may be above {LARGEST_FILE_BYTES / 1e6:g} MB")
    return f"{len(files)} files, the largest {told}"


def readme(root: Path) -> str:
    """What the README shows and links to is there, and its examples run."""
    text = (root / "README.md").read_text(encoding="utf-8")
    named = [name for name in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in name]
    missing = [name for name in named if not (root / name).is_file()]
    if missing:
        raise ValueError(f"README.md names {missing[0]}, which is not there; `make pictures` takes its pictures")
    ran = _tests(root, "tests/test_readme.py")
    return f"{len(named)} pictures and links, and every example runs ({ran})"


def locks(root: Path) -> str:
    """The locks are what `make lock` writes."""
    names = (lock.RUN_TIME.name, lock.DEVELOPMENT.name)
    with tempfile.TemporaryDirectory() as folder:
        for path in [*root.glob("requirements*.txt"), *(root / name for name in names)]:
            shutil.copy(path, folder)
        try:
            lock.lock_all(Path(folder))
        except subprocess.CalledProcessError as error:
            raise ValueError(
                "mend the requirements, or try again with a network: uv says above what is wrong"
            ) from error
        stale = [name for name in names if (root / name).read_bytes() != (Path(folder) / name).read_bytes()]
    if stale:
        raise ValueError(f"run `make lock`: {' and '.join(stale)} would be another")
    return " and ".join(names)


def vulnerabilities(root: Path) -> str:
    """No locked package, those of the tests among them, has a known vulnerability, and somebody was there to ask."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        status = audit.audit(root / lock.DEVELOPMENT.name)
    if status:
        raise ValueError("raise the pins of the packages above, then `make lock`")
    if audit.UNCHECKED in said.getvalue():
        raise ValueError(f"unknown: {audit.UNCHECKED.rstrip('.')}; try again where PyPI or OSV can be reached")
    return said.getvalue().strip()


def licences(root: Path) -> str:
    """Every package that a server runs has a licence that goes with ours."""
    text = (root / lock.RUN_TIME.name).read_text(encoding="utf-8")
    wanted = [Requirement(line.rstrip(" \\")) for line in text.splitlines() if re.match(r"[\w.-]+==", line)]
    here = [one.name for one in wanted if one.marker is None or one.marker.evaluate()]
    found = {name: licence_of(metadata.distribution(name)) for name in here}
    odd = {name: told for name, told in found.items() if not is_compatible(told)}
    if odd:
        name, told = next(iter(odd.items()))
        raise ValueError(f"look at the licence of {name}, '{told}', and replace the package or add the licence here")
    counts = Counter(found.values()).most_common()
    return f"{len(found)} packages: " + ", ".join(f"{count} {told}" for told, count in counts)


def licence_of(package: metadata.Distribution) -> str:
    """The licence that a package tells, or brings as a file, as an SPDX expression where that can be told."""
    told = package.metadata
    if "License-Expression" in told:
        return told["License-Expression"]
    names = [text.rpartition(" :: ")[2] for text in told.get_all("Classifier") or [] if text.startswith("License :: ")]
    names = [name for name in names if name != "OSI Approved"] or str(told.json.get("license", "")).splitlines()[:1]
    if not names:
        brought = [str(path.read_text()) for path in package.files or [] if path.name == "LICENSE"]
        names = ["MIT" if any(MIT_BEGINS in " ".join(text.split()) for text in brought) else "none told"]
    return " AND ".join(SPELLINGS.get(name.strip(), name.strip()) for name in names)


def is_compatible(expression: str) -> bool:
    """Whether a licence goes with ours: all parts of one that joins several, any of one that leaves the choice."""
    return all(
        any(name.strip("() ") in COMPATIBLE for name in part.split(" OR "))
        for part in re.split(r" AND (?![^(]*\))", expression)
    )


def archives(root: Path) -> str:
    """The wheel and the source archive build, and the wheel installed alone tells its version."""
    with tempfile.TemporaryDirectory() as folder:
        built = [wheel.build(Path(folder) / target, root, target) for target in ("wheel", "sdist")]
        command = wheel.install(built[0], Path(folder) / "environment") / "infecon"
        told = wheel.run([str(command), "--version"], Path(folder)).stdout.strip()
        if told != (ours := f"infecon {__version__}, data {catalog.data_version()}"):
            raise ValueError(f"the wheel says '{told}', the repository '{ours}': run the tests of tools/wheel.py")
        return " and ".join(f"{path.name}, {path.stat().st_size / 1e6:.1f} MB" for path in built)


def agreement(_: Path) -> str:
    """The wheel finds the same figures on every supported Python of this machine."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        status = pythons.main()
    if status:
        raise ValueError("see above which Python differs; `make figures` where figures are meant to move")
    return "; ".join(said.getvalue().splitlines())


CHECKS: Sequence[tuple[str, Callable[[Path], str]]] = (
    ("committed", tree),
    ("version", version),
    ("file sizes", sizes),
    ("licences", licences),
    ("locks", locks),
    ("vulnerabilities", vulnerabilities),
    ("archives", archives),
    ("README", readme),
    ("Pythons", agreement),
)


def _output(command: list[str], folder: Path) -> str:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout


def _tests(root: Path, name: str) -> str:
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", name], cwd=root, capture_output=True, text=True, check=False
    )
    if ran.returncode:
        raise ValueError(f"mend what `pytest {name}` reports: {ran.stdout.strip().splitlines()[-1]}")
    return ran.stdout.strip().splitlines()[-1]


def main(root: Path = ROOT, checks: Sequence[tuple[str, Callable[[Path], str]]] = CHECKS) -> int:
    """Run all checks, each whatever became of the others; exit status 1 where one does not hold."""
    status = 0
    for name, check in checks:
        try:
            print(f"ok      {name}: {check(root)}", flush=True)
        except ValueError as fault:
            status = 1
            print(f"not yet {name}: {fault}.", flush=True)
        except subprocess.CalledProcessError as failed:
            status = 1
            why = (failed.stderr or failed.stdout or "it says nothing").strip().splitlines()[-1]
            print(f"not yet {name}: {Path(failed.cmd[0]).name} fails: {why}", flush=True)
    return status


if __name__ == "__main__":
    raise SystemExit(main())
