"""The wheel: what is in it, that it is built the same twice, and that it does alone what the repository does."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from infecon_core import __version__
from tests.support.repository import ROOT
from tools import wheel

pytestmark = pytest.mark.slow

PRESET = ("--model", "llama-3.1-70b", "--accelerator", "h100-sxm")
COMMANDS = {
    "version": ("--version",),
    "models": ("models",),
    "accelerators": ("accelerators", "--format", "csv"),
    "scenario": ("scenario", *PRESET),
    "frontier": ("frontier", "--model", "deepseek-v3", "--accelerator", "b200-hgx", "--at", "50", "--format", "json"),
    "published": ("frontier", *PRESET, "--engine", "published", "--no-pipeline", "--format", "csv"),
    "step": ("step", *PRESET, "--n-gpu", "8", "--batch", "64"),
    "predict": ("predict", "--in", "points.csv", "--correct"),
    "claims": ("claims",),
}


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _copy(folder: Path) -> Path:
    """What a clone has, without history, environments and caches, written now."""
    for name in ("infecon_core", "data"):
        shutil.copytree(
            ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"), copy_function=shutil.copy
        )
    for name in ("pyproject.toml", "README.md", "CHANGELOG.md", "CITATION.cff", "LICENSE"):
        shutil.copy(ROOT / name, folder)
    return folder


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the repository."""
    return wheel.build(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def commands(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The commands of an environment that has the wheel and what it needs, and nothing else."""
    try:
        return wheel.install(built, tmp_path_factory.mktemp("installed") / "environment")
    except subprocess.CalledProcessError as failed:
        if "ConnectionError" in failed.stderr or "Could not find a version" in failed.stderr:
            pytest.skip("needs the package index, or a cache of it")
        raise


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that has nothing but a few measurements."""
    folder = tmp_path_factory.mktemp("elsewhere")
    rows = (ROOT / "data" / "measurements" / "decode.csv").read_text(encoding="utf-8").splitlines()
    (folder / "points.csv").write_text("\n".join(rows[:40]) + "\n", encoding="utf-8")
    return folder


def test_the_wheel_has_the_library_and_its_data_and_nothing_else(built: Path) -> None:
    with zipfile.ZipFile(built) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    library = {
        path.relative_to(ROOT) for path in (ROOT / "infecon_core").rglob("*") if path.suffix in (".py", ".typed")
    }
    data = {path.relative_to(ROOT) for path in (ROOT / "data").rglob("*") if path.is_file()}
    assert names == {path.as_posix() for path in library} | {f"infecon_core/{path.as_posix()}" for path in data}
    assert built.name == f"infecon-{__version__}-py3-none-any.whl"


def test_builds_at_other_places_and_times_are_the_same(built: Path, tmp_path: Path) -> None:
    (tmp_path / "clone").mkdir()
    clone = _copy(tmp_path / "clone")
    for path in clone.rglob("*"):
        os.utime(path, (2_000_000_000, 2_000_000_000))
        path.chmod(0o700 if path.is_dir() else 0o600)
    assert _digest(wheel.build(tmp_path / "again", clone)) == _digest(built)


def test_the_wheel_can_be_built_from_the_source_archive(built: Path, tmp_path: Path) -> None:
    archive = wheel.build(tmp_path / "archives", target="sdist")
    assert _digest(wheel.build(tmp_path / "again", target="sdist")) == _digest(archive)
    with tarfile.open(archive) as opened:
        opened.extractall(tmp_path / "unpacked", filter="data")
    (source,) = (tmp_path / "unpacked").iterdir()
    assert sorted(path.name for path in source.iterdir() if path.is_dir()) == ["data", "infecon_core"]
    assert _digest(wheel.build(tmp_path / "wheel", source)) == _digest(built)


@pytest.mark.parametrize("arguments", COMMANDS.values(), ids=COMMANDS)
def test_what_is_installed_answers_as_the_repository_does(
    commands: Path, elsewhere: Path, arguments: tuple[str, ...]
) -> None:
    ours = subprocess.run(
        [sys.executable, "-m", "infecon_core", *arguments],
        cwd=elsewhere, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    theirs = wheel.run([str(commands / "infecon"), *arguments], elsewhere)
    assert theirs.stdout == ours.stdout != ""
    assert theirs.stderr == ours.stderr


@pytest.mark.parametrize("name", ["infecon_ui", "pages", "tests", "tools", "app", "streamlit", "plotly", "pytest"])
def test_nothing_of_the_repository_can_be_imported(commands: Path, elsewhere: Path, name: str) -> None:
    ran = wheel.run([str(commands / "python"), "-c", f"import {name}"], elsewhere, check=False)
    assert f"No module named '{name}'" in ran.stderr


def test_help_and_refusals_call_the_command_by_its_name(commands: Path, elsewhere: Path) -> None:
    assert wheel.run([str(commands / "infecon"), "--help"], elsewhere).stdout.startswith("usage: infecon ")
    refused = wheel.run(
        [str(commands / "infecon"), "frontier", *PRESET, "--price", "x", "--format", "y"], elsewhere, check=False
    )
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.endswith("see infecon frontier --help.\n")
    module = wheel.run([str(commands / "python"), "-m", "infecon_core", "--help"], elsewhere)
    assert module.stdout.startswith("usage: python -m infecon_core ")


def test_a_command_that_needs_more_says_what(commands: Path, elsewhere: Path) -> None:
    refused = wheel.run([str(commands / "infecon"), "sweep", "points.csv", "--out", "swept"], elsewhere, check=False)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr == (
        "infecon: this command needs pyarrow, which is not installed; `pip install 'infecon[sweep]'` brings it.\n"
    )


def test_installed_data_are_not_written(commands: Path, elsewhere: Path) -> None:
    refused = wheel.run([str(commands / "infecon"), "calibrate", "--write"], elsewhere, check=False)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith("infecon: --write is for a clone of the repository")


def test_types_come_with_it(commands: Path, elsewhere: Path) -> None:
    (elsewhere / "mine.py").write_text(
        "from infecon_core import Scenario\nreveal_type(Scenario.preset('llama-3.1-70b', 'h100-sxm').max_gpus)\n",
        encoding="utf-8",
    )
    mypy = [sys.executable, "-m", "mypy", "--config-file=", "--python-executable", str(commands / "python")]
    ran = wheel.run([*mypy, "--cache-dir", str(elsewhere / ".mypy_cache"), "mine.py"], elsewhere, check=False)
    assert re.search(r'Revealed type is "(builtins\.)?int"', ran.stdout), ran.stdout
    assert ran.returncode == 0, ran.stdout
