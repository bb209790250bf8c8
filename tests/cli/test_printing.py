"""What the command line writes into files: whole, or the former file stays and one sentence says why."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.command_line import assert_one_sentence
from tests.support.repository import ROOT

BEFORE = "what was there before\n"
# Every command that takes --out: the shortest way to an answer that is longer than what the limit leaves.
PRESET = ["--model", "llama-3.1-8b", "--accelerator", "h100-sxm"]
COMMANDS = {
    "frontier": ["frontier", *PRESET],
    "step": ["step", *PRESET, "--n-gpu", "1", "--batch", "1"],
    "scenario": ["scenario", *PRESET],
    "models": ["models"],
    "accelerators": ["accelerators"],
}


@pytest.mark.parametrize("arguments", COMMANDS.values(), ids=COMMANDS.keys())
def test_a_full_disk_leaves_the_former_file(tmp_path: Path, arguments: list[str]) -> None:
    file = tmp_path / "answer.csv"
    file.write_text(BEFORE, encoding="utf-8")
    limited = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100));"
        "from infecon_core.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    command = [sys.executable, "-B", "-c", limited, *arguments, "--out", str(file)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert_one_sentence(ended.returncode, ended.stdout, ended.stderr, f"Cannot write {str(file)!r}: File too large.")
    assert file.read_text(encoding="utf-8") == BEFORE
    assert list(tmp_path.iterdir()) == [file]
