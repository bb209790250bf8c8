"""The command `sweep`: what it says, what it refuses, and that a kill costs nothing."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infecon_core.cli import main
from infecon_core.sweep import run
from infecon_core.sweep.compute import computed
from infecon_core.sweep.dataset import DataSet
from infecon_core.sweep.jobs import Jobs
from infecon_core.sweep.pool import Lost
from infecon_core.sweep.specification import read
from tests.support.command_line import assert_one_sentence
from tests.support.repository import ROOT
from tests.support.sweeps import SMALL, jobs_of, rows

# Enough chunks that a sweep has a middle.
MANY: dict[str, Any] = {
    "grid": {
        "model": ["llama-3.1-8b", "llama-3.1-70b", "gpt-oss-120b", "deepseek-v3"],
        "gpu": ["h100-sxm", "h200-sxm", "b200-hgx", "gb200-nvl72"],
        "max_sequences_per_rank": [64, 128, 256, 512, 1024],
        "w": ["fp8", "fp4"],
    },
}


def _written(path: Path, plain: dict[str, Any]) -> Path:
    path.write_text(json.dumps(plain), encoding="utf-8")
    return path


def _started(*arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "infecon_core", "sweep", *map(str, arguments)]
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def _files(folder: Path) -> dict[str, bytes]:
    return {one.relative_to(folder).as_posix(): one.read_bytes() for one in folder.rglob("*.parquet")}


def _expected(plain: dict[str, Any]) -> dict[str, bytes]:
    data = DataSet(jobs_of(**plain))
    return {chunk.name: computed(data, chunk).payload for chunk in data.jobs.chunks()}


def _until(happened: Callable[[], bool], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _group_is_gone(leader: int) -> bool:
    try:
        os.killpg(leader, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.slow
def test_a_sweep_killed_in_the_middle_goes_on(tmp_path: Path) -> None:
    specification, folder = _written(tmp_path / "sweep.json", MANY), tmp_path / "set"
    process = _started(specification, "--out", folder, "--workers", 2)
    _until(lambda: len(_files(folder)) >= 2)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    # Its workers find that the line has ended, and end too.
    _until(lambda: _group_is_gone(process.pid))
    before = _files(folder)
    made = {name: (folder / name).stat().st_mtime_ns for name in before}
    expected = _expected(MANY)
    assert 2 <= len(before) < len(expected)
    out, err = (process := _started(specification, "--out", folder)).communicate(timeout=300)
    assert process.returncode == 0, err
    count = 10 * len(before)
    assert f"160 frontiers in {folder} ({count} were there before); " in out
    assert _files(folder) == expected
    assert {name: (folder / name).stat().st_mtime_ns for name in before} == made
    assert set(rows(folder, ["job"])["job"]) == set(range(160))


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_with_how_to_go_on(tmp_path: Path, number: signal.Signals) -> None:
    specification, folder = _written(tmp_path / "sweep.json", MANY), tmp_path / "set"
    process = _started(specification, "--out", folder, "--workers", 1)
    _until(lambda: len(_files(folder)) >= 1)
    # To all of its processes, as a terminal does.
    os.killpg(process.pid, number) if number == signal.SIGINT else process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 128 + number
    assert out == ""
    assert f"infecon: stopped by {number.name} after " in err
    assert err.rstrip().endswith("of 160 frontiers; the same command goes on from there.")
    assert "Traceback" not in err
    _until(lambda: _group_is_gone(process.pid))
    done, expected = _files(folder), _expected(MANY)
    assert 1 <= len(done) < len(expected)
    assert done.items() <= expected.items()
    assert not list(folder.rglob("*.partial"))


@pytest.mark.slow
def test_ctrl_c_while_workers_start_ends_it_too(tmp_path: Path) -> None:
    specification, folder = _written(tmp_path / "sweep.json", MANY), tmp_path / "set"
    process = _started(specification, "--out", folder, "--workers", 2)
    _until((folder / "_specification.json").exists)
    time.sleep(0.5)  # its workers are importing
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 128 + signal.SIGINT
    assert err.endswith("frontiers; the same command goes on from there.\n")
    assert err.count("\n") == 1
    _until(lambda: _group_is_gone(process.pid))


def test_a_sweep_says_what_came_of_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    specification, folder = _written(tmp_path / "sweep.json", SMALL), tmp_path / "set"
    assert main(["sweep", str(specification), "--out", str(folder), "--workers", "1"]) == 0
    captured = capsys.readouterr()
    assert captured.out.startswith(f"24 frontiers in {folder}; ")
    assert "\nComputed now: 24 frontiers in " in captured.out
    assert "without a frontier" in captured.out
    assert captured.err == ""
    assert main(["sweep", str(specification), "--out", str(folder)]) == 0
    failed = rows(folder, ["reason", "job"])["reason"].count()
    assert f"; {failed} scenarios without a frontier.\n" in captured.out
    assert failed > 0
    again = f"24 frontiers in {folder}, all of them there before; {failed} scenarios without a frontier.\n"
    assert capsys.readouterr().out == again


def test_scenarios_lost_with_their_process_are_said_and_tried_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody(specification: Any, chunks: Any, workers: int, watcher: Any) -> Any:
        yield from ((chunk, Lost("The process that computed it was killed (SIGKILL), twice.")) for chunk in chunks)

    monkeypatch.setattr(run, "on_this_machine", nobody)
    specification, folder = _written(tmp_path / "sweep.json", SMALL), tmp_path / "set"
    with pytest.raises(SystemExit) as ended:
        main(["sweep", str(specification), "--out", str(folder)])
    captured = capsys.readouterr()
    assert ended.value.code == 1
    assert "; 24 scenarios without a frontier." in captured.out
    assert captured.err == "infecon: 24 scenarios ended with their process; the same command tries again.\n"


@pytest.mark.parametrize(
    ("plain", "flags", "words"),
    [
        ({"grid": {"promt": [1]}}, [], "did you mean prompt?"),
        ({"grid": {"prompt": []}}, [], "grid.prompt is an empty list"),
        ({"grid": {"prompt": [-1]}}, [], "prompt under grid cannot be -1: it is a whole number from 0"),
        ({"gird": {}}, [], "'gird' is not a field that is known here"),
        ({"list": [1]}, [], "sweep.json: "),
        ({"grid": {"prompt": [[1, 2]]}}, [], "grid.prompt cannot be [1, 2]; a value is a word"),
        ({"fixed": {"prompt": float("inf")}}, [], "fixed.prompt cannot be inf; a value is a word, a finite number"),
        ({"grid": {"prompt": [1000, "1000"]}}, [], "grid.prompt has the value 1000 twice"),
        ({"list": {"prompt": 1}}, [], "list is one table"),
        ({"grid": {}}, [], "nothing is swept"),
        (SMALL, ["--scheduler", ""], "it is empty"),
        (SMALL, ["--workers", "0"], "'0' is not a whole number from 1 to 1,024"),
        (SMALL, ["--workers", "two"], "'two' is not a whole number"),
        (SMALL, ["--workers", "1", "--scheduler", "tcp://x"], "not allowed with"),
    ],
)
def test_refusals_are_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], plain: dict[str, Any], flags: list[str], words: str
) -> None:
    specification = _written(tmp_path / "sweep.json", plain)
    status = main(["sweep", str(specification), "--out", str(tmp_path / "set"), *flags])
    captured = capsys.readouterr()
    assert_one_sentence(status, captured.out, captured.err, words)
    assert not (tmp_path / "set").exists()


def test_without_pyarrow_it_says_what_brings_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.startswith(("infecon_core.sweep", "infecon_core.cli.sweep"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    status = main(["sweep", str(_written(tmp_path / "sweep.json", SMALL)), "--out", str(tmp_path / "set")])
    captured = capsys.readouterr()
    assert_one_sentence(status, captured.out, captured.err, "pip install 'infecon[sweep]'")


def test_the_example_is_a_specification() -> None:
    assert len(Jobs(read(ROOT / "examples" / "sweep.toml"))) == 180
