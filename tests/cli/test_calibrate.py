"""The command `calibrate`: what it prints, writes and refuses."""

import errno
import json
import os
from pathlib import Path

import pytest

from infecon_core.catalog import DATA
from infecon_core.catalog.constants import FITTED, FITTED_TTFT, shipped, with_values
from infecon_core.catalog.measurements import shipped_points
from infecon_core.cli import main
from infecon_core.cli import points as commands
from infecon_core.schema import ServingConstants
from tests.support.command_line import assert_one_sentence
from tests.support.fitting import report
from tests.support.repository import ROOT


@pytest.mark.slow
def test_the_command_prints_the_report_and_writes_the_constants(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    out = tmp_path / "constants.json"
    assert main(["calibrate", "--out", str(out)]) == 0
    text = capsys.readouterr().out
    assert max(map(len, text.splitlines())) <= 100
    for words in (
        *FITTED,
        *FITTED_TTFT,
        "SGLang 2.",
        "left out, software known",
        "whole accelerators left out",
        "bare roofline",
        "deepseek-r1",
        "h200-sxm",
        "dispatch",
    ):
        assert words in text
    assert ServingConstants.model_validate_json(out.read_text(encoding="utf-8")) == report().constants


def test_own_points_are_fitted_from_the_shipped_constants(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    points = shipped_points()
    points = points[points["model_id"] == "qwen3-32b"]
    path = tmp_path / "own.csv"
    points.to_csv(path, index=False)
    assert main(["calibrate", "--in", str(path), "--format", "json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    layer = next(row for row in answer["constants"] if row["name"] == "layer_overhead_s")
    assert layer["prior"] == shipped().layer_overhead_s != layer["value"]
    assert answer["by_model"][0]["n"] == len(points)


def test_rows_that_memory_cannot_hold_are_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    points = shipped_points()
    points = points[points["model_id"] == "qwen3-32b"].head(6)
    points.iloc[0, points.columns.get_loc("batch_per_instance")] = 1e6
    path = tmp_path / "own.csv"
    points.to_csv(path, index=False)
    assert main(["calibrate", "--in", str(path)]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "1 row could not be used (row 2: weights and KV cache need" in said
    assert main(["calibrate", "--in", str(path), "--keep", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["rows_not_used"] == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"tpot_ms": ""}, "tpot_ms is empty"),
        ({"model_id": "nobody"}, "There is no model 'nobody'"),
        (None, "lacks the column tpot_ms"),
    ],
)
def test_points_that_cannot_be_fitted_get_one_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, change: dict[str, str] | None, expected: str
) -> None:
    points = shipped_points().head(5)
    points = points.drop(columns="tpot_ms") if change is None else points.assign(**change)
    path = tmp_path / "own.csv"
    points.to_csv(path, index=False)
    assert main(["calibrate", "--in", str(path)]) == 2
    error = capsys.readouterr().err
    assert expected in error
    assert error.count("\n") == 1


def test_write_is_for_the_repository_s_points(capsys: pytest.CaptureFixture[str]) -> None:
    path = ROOT / "data" / "calibration" / "serving.toml"
    before = path.read_bytes()
    assert main(["calibrate", "--write", "--in", "points.csv"]) == 2
    assert "--write" in capsys.readouterr().err
    assert path.read_bytes() == before


@pytest.mark.slow
def test_constants_that_cannot_be_written_stay_as_they_were(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "calibration"
    folder.mkdir()
    file = folder / "serving.toml"
    before = (DATA / "calibration" / "serving.toml").read_bytes()
    file.write_bytes(before)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(commands, "DATA", tmp_path)
    monkeypatch.setattr(commands, "calibrate", lambda _: report())
    monkeypatch.setattr(os, "fsync", full)
    status = main(["calibrate", "--write"])
    captured = capsys.readouterr()
    assert_one_sentence(status, captured.out, captured.err, "No space left on device.")
    assert file.read_bytes() == before
    assert list(folder.iterdir()) == [file]
    monkeypatch.undo()
    monkeypatch.setattr(commands, "DATA", tmp_path)
    monkeypatch.setattr(commands, "calibrate", lambda _: report())
    assert main(["calibrate", "--write"]) == 0
    assert file.read_bytes() == with_values(before.decode(), report().constants).encode()


@pytest.mark.parametrize(("command", "most"), [("calibrate", 20_000), ("predict", 100_000)])
def test_a_table_of_a_million_rows_is_refused_before_it_is_taken_apart(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, most: int
) -> None:
    def fail(_: bytes) -> None:
        raise AssertionError("taken apart")

    monkeypatch.setattr(commands, "parse", fail)
    path = tmp_path / "own.csv"
    path.write_bytes(b"model_id,tpot_ms\n" + b"qwen3-32b,1\n" * 1_000_000)
    status = main([command, "--in", str(path)])
    captured = capsys.readouterr()
    expected = f"it has 1,000,001 lines, and this command takes at most {most:,} rows; give a part of them."
    assert_one_sentence(status, captured.out, captured.err, expected)
    path.write_bytes(b"x" * 100_000_001)
    status = main([command, "--in", str(path)])
    captured = capsys.readouterr()
    expected = "is too large: a table of measurements has at most 100,000,000 bytes."
    assert_one_sentence(status, captured.out, captured.err, expected)
