"""The command that times decode steps: its table, its method, and what it refuses."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest

from infecon_core import catalog
from infecon_core.measured.predict import predict
from infecon_core.schema.measurement import SETUP_COLUMNS
from tests.support.repository import ROOT
from tests.support.tiny_models import DENSE, GROUPED, LINEAR, TINY, WINDOWED, needs_torch, shape, timing, torch
from tools.measure_decode import command


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """A catalog that also has small shapes, one or more of every kind of layer."""
    like = catalog.model("llama-3.1-8b")
    small = {
        name: like.model_copy(update={"id": name, "architecture": architecture}) for name, architecture in TINY.items()
    }
    everything = MappingProxyType({**catalog.models(), **small})
    monkeypatch.setattr(catalog, "models", lambda: everything)


def _arguments(model: str, out: Path, *more: str) -> list[str]:
    grid = ["--batches", "1,3", "--contexts", "4,24", "--steps", "3", "--device", "cpu"]
    return ["--model", model, "--accelerator", "h100-sxm", "--out", str(out), *grid, *more]


@needs_torch
@pytest.mark.usefixtures("tiny")
@pytest.mark.parametrize(
    ("model", "weights"), [*((name, "bf16") for name in TINY), ("tiny-dense", "fp16"), ("tiny-dense", "fp8")]
)
def test_every_kind_of_layer_gives_rows_that_predict_takes(
    model: str, weights: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if weights == "fp8" and not timing.fp8_works(torch.device("cpu")):
        pytest.skip(f"PyTorch {torch.__version__} has no FP8 product on the CPU")
    out = tmp_path / "points.csv"
    assert command.main(_arguments(model, out, "--weights", weights)) == 0
    points = pd.read_csv(out)
    assert list(points.columns) == [*SETUP_COLUMNS, *command.ADDED_COLUMNS]
    assert list(zip(points["context_len"], points["batch_per_instance"], strict=True)) == [
        (4, 1),
        (4, 3),
        (24, 1),
        (24, 3),
    ]
    assert (points["tpot_ms"] > 0).all()
    assert (points["layers_timed"] == TINY[model].num_hidden_layers).all()
    predicted = predict(points)
    assert (predicted["error"] == "").all()
    # Bare steps: prompts do not share the GPU, so that other lengths would change nothing.
    bare = predict(points.drop(columns=["isl", "osl", "batch_kind", "metric_kind", "disagg"]))
    assert np.array_equal(predicted["predicted_tpot_ms"], bare["predicted_tpot_ms"])
    printed = capsys.readouterr().out
    for value in predicted["predicted_tpot_ms"]:
        assert f"{value:.3f}" in printed


@needs_torch
@pytest.mark.usefixtures("tiny")
def test_a_longer_grid_only_adds_rows(tmp_path: Path) -> None:
    lengths = []
    for batches in ("1", "1,2", "1,2,3"):
        out = tmp_path / f"{batches}.csv"
        assert command.main([*_arguments("tiny-dense", out), "--batches", batches]) == 0
        lengths.append(len(pd.read_csv(out)))
    assert lengths == [2, 4, 6]


def _linear_clock(per_layer_s: dict[int, float], fixed_s: float) -> Callable[..., float]:
    return lambda stack, device, steps: fixed_s + sum(per_layer_s[len(parts)] for parts in stack.layers)


@needs_torch
@pytest.mark.usefixtures("tiny")
def test_layers_that_are_not_timed_are_scaled_from_two_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Layers with both halves and layers with one are told apart by their parts; the rest is paid once.
    both_s, half_s, fixed_s = 3e-3, 1e-3, 20e-3
    architecture = shape((7, GROUPED, DENSE), (1, WINDOWED, DENSE), (5, LINEAR, None))
    model = catalog.model("tiny-dense").model_copy(update={"architecture": architecture})
    monkeypatch.setattr(catalog, "models", lambda: {"tiny-dense": model})
    monkeypatch.setattr(timing, "step_s", _linear_clock({2: both_s, 1: half_s}, fixed_s))
    for cap, timed in (("4", 4), ("6", 6), ("12", 9)):
        out = tmp_path / f"{cap}.csv"
        assert command.main(_arguments("tiny-dense", out, "--layers", cap)) == 0
        points = pd.read_csv(out)
        assert points["tpot_ms"].to_numpy() == pytest.approx((fixed_s + 8 * both_s + 5 * half_s) * 1e3)
        assert (points["layers_timed"] == timed).all()


GOOD = ["--model", "llama-3.2-1b", "--accelerator", "h100-sxm"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--model", "llama-3.2-1b"], "--accelerator"),
        (["--model", "llama-9", "--accelerator", "h100-sxm"], "There is no model 'llama-9'"),
        (["--model", "llama-3.2-1b", "--accelerator", "h1"], "There is no accelerator 'h1'"),
        (["--model", "erdil-GPT_4_2x", "--accelerator", "h100-sxm"], "whole numbers"),
        ([*GOOD, "--batches", "1,two"], "--batches is '1,two'; give whole numbers"),
        ([*GOOD, "--batches", "0"], "from 1 to 100,000"),
        ([*GOOD, "--contexts", ""], "--contexts is ''"),
        ([*GOOD, "--contexts", "9" * 50], "from 1 to 10,000,000"),
        ([*GOOD, "--steps", "1,2"], "give one whole number"),
        ([*GOOD, "--layers", "1"], "needs 2"),
        ([*GOOD, "--weights", "int4"], "--weights is 'int4'; PyTorch runs bf16, fp16, fp8"),
        (["--model", "mixtral-8x7b", "--accelerator", "h100-sxm", "--weights", "fp8"], "dense models only"),
        ([*GOOD, "--out", "no/such/folder/points.csv"], "There is no folder"),
        ([*GOOD, "--out", "."], "is there already"),
        ([*GOOD, "--colour", "red"], "--colour"),
    ],
)
def test_bad_input_is_said_in_one_sentence(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert said in captured.err
    assert captured.err.count("\n") == 1


@needs_torch
def test_a_device_that_is_not_there_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main([*GOOD, "--device", "cuda:99", "--out", str(tmp_path / "p.csv")]) == 2
    assert "--device is 'cuda:99'; PyTorch sees cpu" in capsys.readouterr().err


def test_without_pytorch_one_sentence_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    assert command.main([*GOOD, "--out", str(tmp_path / "p.csv")]) == 2
    assert "pip install -r requirements-measure.txt" in capsys.readouterr().err


def test_it_runs_from_a_fresh_copy() -> None:
    command_line = [sys.executable, "-m", "tools.measure_decode", "--model", "nobody", "--accelerator", "h100-sxm"]
    ran = subprocess.run(command_line, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith("There is no model 'nobody'")


def test_without_options_the_help_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main([]) == 0
    assert "--model" in capsys.readouterr().out
