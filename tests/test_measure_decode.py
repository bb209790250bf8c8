"""The program that times decode steps: its table, its method, its shapes, and what it refuses."""

import importlib.util
import math
from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest

from benchmarks import measure_decode
from infecon_core import catalog
from infecon_core.calibration.measurements import COLUMNS
from infecon_core.calibration.predict import predict
from infecon_core.spec import (
    Architecture,
    DenseFeedForward,
    GroupedQueryAttention,
    LatentAttention,
    LayerGroup,
    LinearAttention,
    MixtureOfExperts,
)

torch: Any = importlib.import_module("torch") if importlib.util.find_spec("torch") else None
needs_torch = pytest.mark.skipif(
    torch is None,
    reason="PyTorch is not installed; pip install -r requirements-measure.txt gives it",
)

GROUPED = GroupedQueryAttention(query_heads=4, kv_heads=2, head_width=16)
WINDOWED = GROUPED.model_copy(update={"window_tokens": 8, "output_gate": True})
LATENT = LatentAttention(query_heads=4, query_rank=32, kv_rank=32, nope_width=16, rope_width=16, value_width=16)
SPARSE = LATENT.model_copy(update={"query_rank": None, "index_heads": 2, "index_width": 16, "index_tokens": 8})
LINEAR = LinearAttention(heads=4, layer_params=64 * 256, state_bytes=64 * 8 * 4)
DENSE = DenseFeedForward(width=128)
MIXTURE = MixtureOfExperts(experts=8, active=2, width=32, shared_width=48)


def _shape(*groups: tuple[int, Any, Any], **changes: Any) -> Architecture:
    layers = tuple(LayerGroup(count=n, attention=a, feed_forward=f) for n, a, f in groups)
    fields = {"name": "Tiny", "width": 64, "vocabulary": 96, "layer_groups": layers} | changes
    return Architecture.model_validate(fields)


TINY = {
    "tiny-dense": _shape((2, GROUPED, DENSE), (1, WINDOWED, DENSE), tied_embeddings=True),
    "tiny-parallel": _shape((2, GROUPED, DENSE.model_copy(update={"gated": False})), parallel_blocks=True),
    "tiny-latent": _shape((1, LATENT, DENSE), (2, SPARSE, MIXTURE)),
    "tiny-linear": _shape((2, LINEAR, None), (2, None, MIXTURE), vocabulary=0),
}


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """A catalog that also has small shapes, one or more of every kind of layer."""
    like = catalog.model("llama-3.1-8b")
    small = {
        name: like.model_copy(update={"id": name, "architecture": architecture}) for name, architecture in TINY.items()
    }
    everything = MappingProxyType({**catalog.models(), **small})
    monkeypatch.setattr(catalog, "models", lambda: everything)


def _timing() -> ModuleType:
    return importlib.import_module("benchmarks.measure.timing")


def _layers() -> ModuleType:
    return importlib.import_module("benchmarks.measure.layers")


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
    if weights == "fp8" and not _timing().fp8_works(torch.device("cpu")):
        pytest.skip(f"PyTorch {torch.__version__} has no FP8 product on the CPU")
    out = tmp_path / "points.csv"
    assert measure_decode.main(_arguments(model, out, "--weights", weights)) == 0
    points = pd.read_csv(out)
    assert list(points.columns) == [*COLUMNS, *measure_decode.ADDED_COLUMNS]
    assert list(zip(points["context_len"], points["batch_per_instance"], strict=True)) == [
        (4, 1),
        (4, 3),
        (24, 1),
        (24, 3),
    ]
    assert (points["tpot_ms"] > 0).all()
    assert (points["layers_timed"] == TINY[model].layers).all()
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
        assert measure_decode.main([*_arguments("tiny-dense", out), "--batches", batches]) == 0
        lengths.append(len(pd.read_csv(out)))
    assert lengths == [2, 4, 6]


def _linear_clock(per_layer_s: dict[int, float], fixed_s: float) -> Callable[..., float]:
    return lambda stack, device, steps: fixed_s + sum(per_layer_s[len(parts)] for parts in stack.layers)


@needs_torch
@pytest.mark.usefixtures("tiny")
def test_layers_that_are_not_timed_are_scaled_from_two_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Layers with both halves and layers with one are told apart by their parts; the rest is paid once.
    both_s, half_s, fixed_s = 3e-3, 1e-3, 20e-3
    architecture = _shape((7, GROUPED, DENSE), (1, WINDOWED, DENSE), (5, LINEAR, None))
    model = catalog.model("tiny-dense").model_copy(update={"architecture": architecture})
    monkeypatch.setattr(catalog, "models", lambda: {"tiny-dense": model})
    monkeypatch.setattr(_timing(), "step_s", _linear_clock({2: both_s, 1: half_s}, fixed_s))
    for cap, timed in (("4", 4), ("6", 6), ("12", 9)):
        out = tmp_path / f"{cap}.csv"
        assert measure_decode.main(_arguments("tiny-dense", out, "--layers", cap)) == 0
        points = pd.read_csv(out)
        assert points["tpot_ms"].to_numpy() == pytest.approx((fixed_s + 8 * both_s + 5 * half_s) * 1e3)
        assert (points["layers_timed"] == timed).all()


@needs_torch
def test_the_plan_takes_what_fits_and_says_when_nothing_does() -> None:
    plan, layer_bytes = _timing().plan, _timing().layer_bytes
    architecture = TINY["tiny-dense"].model_copy(
        update={"layer_groups": (LayerGroup(count=9, attention=GROUPED, feed_forward=DENSE),)}
    )
    tables = architecture.embedding_params * 2
    one = layer_bytes(architecture.layer_groups[0], 64, 4, 100, fp8=False)
    assert plan(architecture, 4, 100, tables + 9 * one, 9, False) == ((9,), (0,))
    assert plan(architecture, 4, 100, tables + 9 * one - 1, 9, False) == ((1,), (7,))
    assert plan(architecture, 4, 100, tables + 2 * one, 9, False) == ((1,), (1,))
    with pytest.raises(ValueError, match="give a smaller batch or context"):
        plan(architecture, 4, 100, tables + 2 * one - 1, 9, False)


def _made_bytes(architecture: Architecture, batch: int, context: int) -> float:
    """Bytes of the random numbers that a stack of one layer a group holds, after a step without arithmetic."""
    layers, made = _layers(), []

    class Counting(layers.Maker):  # type: ignore[misc, name-defined]
        def normal(self, *shape: int, scale: float = 1.0) -> Any:
            made.append(2 * math.prod(shape))
            return super().normal(*shape, scale=scale)

    make = Counting(torch.device("meta"), torch.bfloat16)
    layers.Stack(architecture, [1] * len(architecture.layer_groups), batch, context, make).step()
    return float(sum(made))


def _said_bytes(architecture: Architecture, batch: int, context: int) -> float:
    """What the shapes say: weights of the tables and of one layer a group, the experts reached, and the cache."""
    total = architecture.embedding_params * 2 + batch * architecture.width * 2
    total += 0 if architecture.vocabulary else batch * architecture.width * 2
    for group in architecture.layer_groups:
        total += _timing().layer_bytes(group, architecture.width, batch, context, fp8=False)
        if isinstance(group.attention, LinearAttention):
            _, out, rows = _layers().linear_sides(group.attention, int(architecture.width))
            assert out * rows * 4 == pytest.approx(group.attention.state_bytes, rel=0.03)
            total -= batch * out * rows * 4
    return float(total)


@needs_torch
def test_every_whole_shape_runs_a_step_over_the_bytes_that_it_says() -> None:
    shapes = dict(TINY)
    for model_id, entry in catalog.models().items():
        try:
            measure_decode.check_shape(model_id, entry.architecture)
        except ValueError:
            assert model_id.startswith("erdil-")
        else:
            shapes[model_id] = entry.architecture
    assert len(shapes) > 80
    for model_id, architecture in shapes.items():
        made, said = (count(architecture, 1, 5000) for count in (_made_bytes, _said_bytes))
        assert made == pytest.approx(said, rel=2e-3), model_id


@needs_torch
def test_queries_of_one_kv_head_attend_to_it() -> None:
    layers = _layers()
    torch.manual_seed(1)
    made: list[Any] = []

    class Recording(layers.Maker):  # type: ignore[misc, name-defined]
        def normal(self, *shape: int, scale: float = 1.0) -> Any:
            made.append(super().normal(*shape, scale=scale))
            return made[-1]

    make = Recording(torch.device("cpu"), torch.float32)
    run = layers.grouped_query(make, GROUPED, 64, 2, 10)
    x = make.normal(2, 64)
    result = run(x)
    inward, outward, keys, values, _ = made
    queries = make.rotation(10, 16)((x @ inward.T).view(2, 8, 16)[:, :4])
    heads = []
    for head in range(4):
        scores = torch.einsum("bd,bsd->bs", queries[:, head], keys[:, head // 2]) / 4
        heads.append(torch.einsum("bs,bsd->bd", scores.softmax(-1), values[:, head // 2]))
    assert torch.allclose(result, torch.cat(heads, -1) @ outward.T, atol=1e-5)


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
    assert measure_decode.main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert said in captured.err
    assert captured.err.count("\n") == 1


@needs_torch
def test_a_device_that_is_not_there_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert measure_decode.main([*GOOD, "--device", "cuda:99", "--out", str(tmp_path / "p.csv")]) == 2
    assert "--device is 'cuda:99'; PyTorch sees cpu" in capsys.readouterr().err


def test_without_pytorch_one_sentence_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(measure_decode.sys.modules, "torch", None)
    assert measure_decode.main([*GOOD, "--out", str(tmp_path / "p.csv")]) == 2
    assert "pip install -r requirements-measure.txt" in capsys.readouterr().err


def test_without_options_the_help_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert measure_decode.main([]) == 0
    assert "--model" in capsys.readouterr().out
