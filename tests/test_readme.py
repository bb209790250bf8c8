"""The README's examples run as they stand."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from infecon_core import catalog
from infecon_core.catalog import model_toml
from tests.support.configs import RELEASED, text_of
from tests.support.repository import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
FENCED = re.findall(r"^```(\w*)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
PROGRAMS = [text for language, text in FENCED if language == "python"]
# Inline commands of the library count too; calibrate takes its own tests' time many times over.
COMMANDS = sorted(
    {
        line.strip()
        for text in [*(text for language, text in FENCED if not language), *re.findall(r"`([^`\n]+)`", README)]
        for line in text.splitlines()
        if re.match(r"\s*(python -m infecon_core|infecon) \w", line)
    }
)
TARGETS = sorted(set(re.findall(r"\bmake ([a-z-]+)\b(?=`|$|\n)", README, re.MULTILINE)))
ELSEWHERE = {"python -m infecon_core calibrate": "tests/cli/test_calibrate.py"}

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the files that the examples read."""
    rows = (ROOT / "data" / "measurements" / "decode.csv").read_text(encoding="utf-8").splitlines()
    (tmp_path / "points.csv").write_text("\n".join(rows[:5]) + "\n", encoding="utf-8")
    (tmp_path / "config.json").write_text(text_of(RELEASED["qwen3-30b-a3b"].fields), encoding="utf-8")
    (tmp_path / "ours.toml").write_text(model_toml(catalog.model("qwen3-30b-a3b")), encoding="utf-8")
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    return tmp_path


def _run(arguments: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip


def test_there_are_examples() -> None:
    assert PROGRAMS
    assert len(COMMANDS) > 5
    assert len(TARGETS) > 3


@pytest.mark.parametrize("program", PROGRAMS)
def test_programs_run(program: str, folder: Path) -> None:
    ran = _run(["-c", program], folder)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_run(command: str, folder: Path) -> None:
    if command in ELSEWHERE:
        assert (ROOT / ELSEWHERE[command]).is_file()
        return
    words = shlex.split(command, comments=True)
    arguments = words[3:] if words[0] == "python" else words[1:]
    ran = _run(["-m", "infecon_core", *arguments], folder)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout or (folder / arguments[arguments.index("--out") + 1]).stat().st_size


@pytest.mark.parametrize("target", TARGETS)
def test_targets_exist(target: str) -> None:
    ran = subprocess.run(["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
