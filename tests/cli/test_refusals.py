"""What the command line refuses, and how it says so: one line on stderr, status 2, nothing written."""

import json
from pathlib import Path

import pytest

from infecon_core.cli import main
from infecon_core.scenario import Scenario
from tests.support.command_line import assert_one_sentence
from tests.support.repository import ROOT

PRESET = ["--model", "llama-3.1-70b", "--accelerator", "h100-sxm"]
BAD = {
    "no command": ([], "required"),
    "unknown command": (["swim"], "'swim'"),
    "unknown flag": (["models", "--bogus"], "--bogus"),
    "abbreviated flag": (["models", "--form", "csv"], "--form"),
    "unknown format": (["models", "--format", "xml"], "'xml'"),
    "no model": (["frontier", "--accelerator", "h100-sxm"], "--model"),
    "no accelerator": (["frontier", "--model", "llama-3.1-70b"], "--accelerator"),
    "flag without value": (["frontier", *PRESET, "--price"], "--price"),
    "unknown model": (["frontier", "--model", "llama-3.1-70", "--accelerator", "h100-sxm"], "llama-3.1-70b"),
    "unknown accelerator": (["frontier", "--model", "llama-3.1-70b", "--accelerator", "h100"], "h100-sxm"),
    "unknown draft": (["frontier", *PRESET, "--draft", "nobody"], "'nobody'"),
    "newline in an id": (["frontier", "--model", "a\nb", "--accelerator", "h100-sxm"], r"'a\nb'"),
    "unknown weights": (["frontier", *PRESET, "--weights", "fp7"], "--weights cannot be 'fp7'"),
    "flag of the other engine": (["frontier", *PRESET, "--variant", "toy"], "--variant is for the published engine"),
    "flag of this engine": (
        ["frontier", *PRESET, "--engine", "published", "--overlap", "0.3"],
        "--overlap is for the serving engine",
    ),
    "a draft of the other engine": (
        ["frontier", *PRESET, "--engine", "published", "--self-draft", "1"],
        "--self-draft is for the serving engine",
    ),
    "a format of the other engine": (
        ["frontier", *PRESET, "--activations", "fp8"],
        "--activations is for the published engine",
    ),
    "self-draft deeper than the model": (["frontier", *PRESET, "--self-draft", "90"], "a model of 80 layers"),
    "zero price": (["frontier", *PRESET, "--price", "0"], "--price cannot be '0'"),
    "negative price": (["frontier", *PRESET, "--price", "-1"], "--price cannot be '-1'"),
    "NaN price": (["frontier", *PRESET, "--price", "nan"], "--price cannot be 'nan'"),
    "infinite price": (["frontier", *PRESET, "--price", "inf"], "--price"),
    "huge price": (["frontier", *PRESET, "--price", "1e300"], "--price"),
    "price in words": (["frontier", *PRESET, "--price", "cheap"], "--price cannot be 'cheap'"),
    "negative prompt": (["frontier", *PRESET, "--prompt", "-5"], "--prompt cannot be '-5'"),
    "huge prompt": (["frontier", *PRESET, "--prompt", "9" * 5000], "--prompt"),
    "half a token": (["frontier", *PRESET, "--output", "0.5"], "--output"),
    "zero demand": (["frontier", *PRESET, "--demand", "0"], "--demand"),
    "zero GPUs": (["frontier", *PRESET, "--max-gpus", "0"], "--max-gpus"),
    "huge instance": (["frontier", *PRESET, "--max-gpus", "1000000000"], "--max-gpus"),
    "certain beyond certain": (["frontier", *PRESET, "--draft", "llama-3.2-1b", "--acceptance", "1.5"], "--acceptance"),
    "two drafts": (["frontier", *PRESET, "--draft", "llama-3.2-1b", "--self-draft", "1"], "--draft or --self-draft"),
    "no layers of its own": (["frontier", *PRESET, "--self-draft", "0"], "--self-draft cannot be '0'"),
    "hidden beyond all": (["frontier", *PRESET, "--overlap", "2"], "--overlap cannot be '2'"),
    "a factor that nothing asks for": (
        ["frontier", *PRESET, "--time-factor", "1.2"],
        "--time-factor is for a correction of one's own; give --correction own beside it.",
    ),
    "no price": (["frontier", *PRESET, "--price", "none"], "--price cannot be 'none'"),
    "tp of the published model": (
        ["step", *PRESET, "--engine", "published", "--n-gpu", "8", "--batch", "1", "--tp", "8"],
        "--tp is for the serving engine",
    ),
    "scheme of the serving engine": (
        ["step", *PRESET, "--n-gpu", "8", "--batch", "1", "--scheme", "2-D"],
        "--scheme is for the published engine",
    ),
    "half a GPU": (["step", *PRESET, "--n-gpu", "7.5", "--batch", "1"], "whole"),
    "degrees that do not multiply": (["step", *PRESET, "--n-gpu", "8", "--batch", "1", "--tp", "4"], "4 GPUs, not 8"),
    "predict without a file": (["predict"], "--in"),
    "predict no such file": (["predict", "--in", "no-such-file.csv"], "Cannot read no-such-file.csv"),
    "predict a folder": (["predict", "--in", "tests"], "Cannot read tests"),
    "calibrate no such file": (["calibrate", "--in", "no-such-file.csv"], "Cannot read no-such-file.csv"),
    "acceptance of nobody": (["frontier", *PRESET, "--acceptance", "0.5"], "--draft"),
    "unknown engine": (["frontier", *PRESET, "--engine", "warp"], "--engine"),
    "unknown variant": (["frontier", *PRESET, "--variant", "5.1"], "--variant"),
    "nothing fits": (["frontier", "--model", "llama-3.1-405b", "--accelerator", "h100-sxm", "--max-gpus", "1"], "GPU"),
    "no such file": (["frontier", "--scenario", "no-such-file.json"], "no-such-file.json"),
    "a folder": (["frontier", "--scenario", "tests"], "tests"),
    "no JSON": (["frontier", "--scenario", "Makefile"], "Makefile is not a scenario"),
    "unwritable": (["models", "--out", "no-such-folder/models.csv"], "no-such-folder"),
    "step without batch": (["step", *PRESET, "--n-gpu", "8"], "--batch"),
    "step of batch zero": (["step", *PRESET, "--n-gpu", "8", "--batch", "0"], "--batch"),
    "step of NaN GPUs": (["step", *PRESET, "--n-gpu", "nan", "--batch", "1"], "--n-gpu"),
    "step of huge batch": (["step", *PRESET, "--n-gpu", "8", "--batch", "1e300"], "--batch"),
}


@pytest.mark.parametrize(("arguments", "expected"), BAD.values(), ids=BAD.keys())
def test_bad_input_gets_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, arguments: list[str], expected: str
) -> None:
    monkeypatch.chdir(ROOT)
    status = main(arguments)
    captured = capsys.readouterr()
    assert_one_sentence(status, captured.out, captured.err, expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "EOF"),
        ("[]", "object"),
        ("{}", "'architecture' is missing"),
        ('{"bogus": 1}', "wrong too"),
        ('{"max_gpus": NaN}', "wrong too"),
        ("[" * 100_000, "not a scenario"),
        (b"\xff\xfe\x00", "not a scenario"),
    ],
    ids=["empty", "list", "nothing in it", "unknown field", "NaN", "deep", "bytes"],
)
def test_bad_scenario_files_get_one_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, text: str | bytes, expected: str
) -> None:
    file = tmp_path / "scenario.json"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    status = main(["frontier", "--scenario", str(file)])
    captured = capsys.readouterr()
    assert_one_sentence(status, captured.out, captured.err, expected)


@pytest.mark.parametrize("field", ["unknown", "max_gpus", "architecture"])
def test_one_bad_field_is_named(capsys: pytest.CaptureFixture[str], tmp_path: Path, field: str) -> None:
    record = Scenario.preset(*PRESET[1::2]).model_dump(mode="json") | {field: -1}
    file = tmp_path / "scenario.json"
    file.write_text(json.dumps(record), encoding="utf-8")
    status = main(["frontier", "--scenario", str(file)])
    captured = capsys.readouterr()
    assert_one_sentence(status, captured.out, captured.err, field)


def test_a_failing_command_leaves_the_file_alone(tmp_path: Path) -> None:
    file = tmp_path / "points.csv"
    file.write_text("precious", encoding="utf-8")
    assert main(["frontier", *PRESET, "--price", "nan", "--out", str(file)]) == 2
    assert file.read_text(encoding="utf-8") == "precious"
