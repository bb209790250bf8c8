"""The command line: what it prints, what it refuses, and how it says so."""

import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import pytest

from infecon_core import catalog
from infecon_core.catalog.published_claims import published_claims
from infecon_core.cli import main
from infecon_core.scenario import Scenario
from infecon_core.schema import DraftModel, SelfDraft
from infecon_core.schema.field import about
from tests.support.command_line import assert_one_sentence
from tests.support.command_line import printed as _out
from tests.support.repository import ROOT

PRESET = ["--model", "llama-3.1-70b", "--accelerator", "h100-sxm"]
# A small search: the published model's simplest variant takes milliseconds.
QUICK = [*PRESET, "--engine", "published", "--variant", "toy", "--no-pipeline"]


def _run(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "infecon_core", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, **options)  # type: ignore[call-overload]


def _scenario(capsys: pytest.CaptureFixture[str], *arguments: str) -> Scenario:
    return Scenario.model_validate_json(_out(capsys, "scenario", *arguments))


# What it prints


@pytest.mark.parametrize("listing", ["models", "accelerators"])
def test_catalog_is_listed(capsys: pytest.CaptureFixture[str], listing: str) -> None:
    entries = getattr(catalog, listing)()
    records = json.loads(_out(capsys, listing, "--format", "json"))
    rows = list(csv.DictReader(io.StringIO(_out(capsys, listing, "--format", "csv"))))
    table = _out(capsys, listing).splitlines()
    assert [record["id"] for record in records] == [row["id"] for row in rows] == list(entries)
    assert [line.split()[0] for line in table[2:]] == list(entries)
    assert max(map(len, table)) <= 100


def test_lists_say_what_a_reader_needs(capsys: pytest.CaptureFixture[str]) -> None:
    models = {record["id"]: record for record in json.loads(_out(capsys, "models", "--format", "json"))}
    assert models["mixtral-8x7b"]["total_params"] > 3 * models["mixtral-8x7b"]["active_params"]
    accelerators = {r["id"]: r for r in json.loads(_out(capsys, "accelerators", "--format", "json"))}
    h100 = catalog.accelerator("h100-sxm")
    assert accelerators["h100-sxm"]["peak_fp8_flop_per_s"] == h100.accelerator.peaks.fp8
    for basis, price in h100.prices.items():
        assert accelerators["h100-sxm"][f"{basis}_usd_per_gpu_hour"] == price.usd_per_gpu_hour
        for part in ("kind", "date", "source"):
            assert accelerators["h100-sxm"][f"{basis}_{part}"] == getattr(price.provenance, part)
    assert (accelerators["h100-sxm"]["price_basis"], accelerators["mi355x"]["price_basis"]) == ("on_demand", "rent_3y")
    assert accelerators["mi355x"]["on_demand_usd_per_gpu_hour"] is accelerators["mi355x"]["on_demand_date"] is None
    row = next(line for line in _out(capsys, "accelerators").splitlines() if line.startswith("mi355x "))
    assert row.split()[-3:] == ["-", "2.10", "2026-07-31"]


def test_claims_of_others_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    records = json.loads(_out(capsys, "claims", "--format", "json"))
    rows = list(csv.DictReader(io.StringIO(_out(capsys, "claims", "--format", "csv"))))
    table = _out(capsys, "claims").splitlines()
    assert [record["id"] for record in records] == [row["id"] for row in rows] == list(published_claims())
    assert [line.split()[0] for line in table[2 : 2 + len(records)]] == list(published_claims())
    # What is computed has no more than three digits, what was published all of its own.
    start, end = table[0].index("theirs") + len("theirs"), table[0].index("ours") + len("ours")
    ours = [line[start:end].strip().replace(",", "").replace(".", "") for line in table[2 : 2 + len(records)]]
    assert all(len(text.strip("0")) <= 3 for text in ours)
    assert max(map(len, ours)) > 3
    assert f"{sum(r['within_25'] for r in records)} of {len(records)} published figures" in " ".join(table)
    assert max(map(len, table)) <= 100


def test_answers_say_the_price_and_its_basis(capsys: pytest.CaptureFixture[str]) -> None:
    rented = " ".join(_out(capsys, "frontier", *QUICK, "--price-basis", "rent_3y").split())
    assert "at 1.78 USD/h, three-year rent" in rented
    by_hand = " ".join(_out(capsys, "frontier", *QUICK, "--price", "4").split())
    assert "at 4 USD/h, own number" in by_hand


def test_step_adds_up(capsys: pytest.CaptureFixture[str]) -> None:
    point = ["step", *PRESET, "--n-gpu", "8", "--batch", "64"]
    step = json.loads(_out(capsys, *point, "--format", "json"))["step"]
    rows = list(csv.DictReader(io.StringIO(_out(capsys, *point, "--format", "csv"))))
    times = [name for name in rows[0] if name.endswith("_s")]
    total = sum(float(row[name]) for row in rows for name in times)
    assert total == pytest.approx(step["tpot_s"], rel=1e-9)
    table = _out(capsys, *point).splitlines()
    assert max(map(len, table)) <= 100
    first = next(i for i, line in enumerate(table) if line.startswith("---")) + 1
    lines = table[first : table.index("", first)]
    shown = {line.strip().split("  ")[0] for line in lines}
    assert {row["name"] for row in rows} | {row["group"] for row in rows if row["group"][:1].isdigit()} <= shown
    assert lines[-1].startswith("All ")


@pytest.mark.parametrize("nothing", ["none", "", " None "])
def test_numbers_that_may_be_missing_are_taken_away(capsys: pytest.CaptureFixture[str], nothing: str) -> None:
    flags = ("--overlap", "--ttft")
    some = _scenario(capsys, *PRESET, *(part for flag in flags for part in (flag, "0.5")))
    assert (some.serving.overlap, some.target_ttft_s) == (0.5, 0.5)
    none = _scenario(capsys, *PRESET, *(part for flag in flags for part in (flag, nothing)))
    assert (none.serving.overlap, none.target_ttft_s) == (None, None)


def test_a_factor_of_one_changes_nothing_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    said = " ".join(_out(capsys, "step", *PRESET, "--n-gpu", "8", "--batch", "1", "--correction", "own").split())
    assert "Note: Nothing is corrected: the factor of your own is 1." in said
    assert "Corrected by" not in said


def test_one_gpu_is_one_gpu(capsys: pytest.CaptureFixture[str]) -> None:
    small = ["--model", "llama-3.1-8b", "--accelerator", "h100-sxm", "--batch", "1"]
    assert "\n1 GPU: TP 1," in _out(capsys, "step", *small, "--n-gpu", "1")
    assert "\n2 GPUs: TP 2," in _out(capsys, "step", *small, "--n-gpu", "2")


def test_a_step_says_which_gpus_idle(capsys: pytest.CaptureFixture[str]) -> None:
    point = ["step", "--model", "deepseek-r1", "--accelerator", "h200-sxm", "--batch", "64"]
    wide = _out(capsys, *point, "--n-gpu", "12", "--dp-attn", "12")
    assert "12 GPUs and 4 that idle and are paid for: " in " ".join(wide.split())
    assert "idle" not in _out(capsys, *point, "--n-gpu", "16", "--dp-attn", "16")


def test_a_step_s_groups_add_up(capsys: pytest.CaptureFixture[str]) -> None:
    point = ["step", "--model", "deepseek-r1", "--accelerator", "h200-sxm", "--n-gpu", "8", "--batch", "64"]
    layout = [*point, "--dp-attn", "8", "--tp", "1", "--ep", "8"]
    assert _out(capsys, *layout) == _out(capsys, *point, "--dp-attn", "8")
    table = _out(capsys, *layout).splitlines()
    assert "TP 1, PP 1, EP 8, DP 8; batch 64" in " ".join(table)
    start = next(i for i, line in enumerate(table) if line.startswith("58 layers")) + 1
    inside = [float(line[40:].split()[0]) for line in table[start : start + 12] if line.startswith("  ")]
    whole = float(table[start - 1][40:].split()[0])
    end = next(i for i, line in enumerate(table[start:]) if not line.startswith("  "))
    assert sum(inside[:end]) == pytest.approx(whole, abs=0.05)


def test_step_of_a_frontier_s_point_is_that_point(capsys: pytest.CaptureFixture[str]) -> None:
    point = json.loads(_out(capsys, "frontier", *PRESET, "--format", "json"))["points"][0]
    layout = [
        word
        for name in ("n_gpu", "tp", "pp", "ep", "dp_attn", "batch")
        for word in (f"--{name.replace('_', '-')}", repr(point[name]))
    ]
    step = json.loads(_out(capsys, "step", *PRESET, *layout, "--format", "json"))["step"]
    assert step["tpot_s"] == pytest.approx(point["tpot_s"], rel=1e-9)


# Scenarios


CHANGES = [
    (["--weights", "fp8"], ("precision", "weights"), "fp8"),
    (["--kv", "fp8"], ("precision", "kv"), "fp8"),
    (["--activations", "fp8"], ("precision", "activations"), "fp8"),
    (["--prompt", "123"], ("prompt_tokens",), 123),
    (["--output", "45"], ("output_tokens",), 45),
    (["--demand", "1e6"], ("demand_tokens_per_s",), 1e6),
    (["--max-gpus", "16"], ("max_gpus",), 16),
    (["--acceptance", "0.5"], ("speculation", "acceptance"), 0.5),
    (["--max-draft-tokens", "7"], ("speculation", "max_draft_tokens"), 7),
    (["--engine", "published"], ("engine",), "published"),
    (["--disaggregated"], ("serving", "disaggregated"), True),
    (["--context-parallel"], ("serving", "context_parallel"), True),
    (["--overlap", "0.25"], ("serving", "overlap"), 0.25),
    (["--variant", "printed"], ("published", "variant"), "printed"),
    (["--traffic", "early"], ("published", "traffic"), "early"),
    (["--no-pipeline"], ("published", "pipeline"), False),
    (["--no-attention-scaledown"], ("published", "attention_scaledown"), False),
]


@pytest.mark.parametrize(("flags", "path", "value"), CHANGES, ids=[row[0][0] for row in CHANGES])
def test_a_flag_changes_its_number_and_no_other(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, flags: list[str], path: tuple[str, ...], value: object
) -> None:
    base = [*PRESET, "--draft", "llama-3.2-1b"]
    before = _scenario(capsys, *base)
    file = tmp_path / "scenario.json"
    file.write_text(before.model_dump_json(), encoding="utf-8")
    expected = before.model_dump()
    place = expected
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    assert _scenario(capsys, *base, *flags).model_dump() == expected
    assert _scenario(capsys, "--scenario", str(file), *flags).model_dump() == expected


def test_scenario_is_the_preset(capsys: pytest.CaptureFixture[str]) -> None:
    flags = ["--weights", "fp8", "--price", "3", "--draft", "llama-3.2-1b", "--acceptance", "0.7"]
    expected = Scenario.preset(
        *PRESET[1::2], weights="fp8", price_usd_per_gpu_hour=3, draft="llama-3.2-1b", acceptance=0.7
    )
    assert _scenario(capsys, *PRESET, *flags) == expected


@pytest.mark.parametrize(
    ("accelerator", "flags", "price", "basis"),
    [
        ("h100-sxm", [], 2.95, "on_demand"),
        ("h100-sxm", ["--price-basis", "rent_3y"], 1.78, "rent_3y"),
        ("h100-sxm", ["--price", "1.25"], 1.25, "own"),
        ("h100-sxm", ["--price", "1.25", "--price-basis", "own"], 1.25, "own"),
        ("h100-sxm", ["--price-basis", "own"], 2.95, "own"),
        ("mi355x", [], 2.1, "rent_3y"),
        ("mi355x", ["--price-basis", "owner_neocloud"], 2.09, "owner_neocloud"),
    ],
)
def test_the_price_has_its_basis(
    capsys: pytest.CaptureFixture[str], accelerator: str, flags: list[str], price: float, basis: str
) -> None:
    found = _scenario(capsys, *PRESET[:2], "--accelerator", accelerator, *flags)
    assert (found.accelerator.price_usd_per_gpu_hour, found.price_basis) == (price, basis)


@pytest.mark.parametrize(
    ("before", "flags", "price", "basis"),
    [
        ({}, ["--accelerator", "b200-hgx"], 5.5, "on_demand"),
        ({"price_basis": "rent_3y"}, ["--accelerator", "b200-hgx"], 2.6, "rent_3y"),
        ({"price_basis": "rent_3y"}, ["--price-basis", "on_demand"], 2.95, "on_demand"),
        ({"price_usd_per_gpu_hour": 3}, ["--accelerator", "mi355x"], 2.1, "rent_3y"),
        ({}, ["--accelerator", "mi355x", "--price-basis", "rent_3y"], 2.1, "rent_3y"),
        ({}, ["--accelerator", "mi355x", "--price", "4"], 4, "own"),
        ({"price_usd_per_gpu_hour": 3}, ["--prompt", "5"], 3, "own"),
    ],
)
def test_the_price_of_a_file_follows_accelerator_and_basis(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, before: dict, flags: list[str], price: float, basis: str
) -> None:
    file = tmp_path / "scenario.json"
    file.write_text(Scenario.preset(*PRESET[1::2], **before).model_dump_json(), encoding="utf-8")
    found = _scenario(capsys, "--scenario", str(file), *flags)
    assert (found.accelerator.price_usd_per_gpu_hour, found.price_basis) == (price, basis)


def test_self_drafts_and_draft_models_take_each_other_s_place(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    drafts = _scenario(capsys, *PRESET, "--self-draft", "2", "--acceptance", "0.6", "--max-draft-tokens", "4")
    assert drafts.speculation == SelfDraft(layers=2, acceptance=0.6, max_draft_tokens=4)
    file = tmp_path / "scenario.json"
    file.write_text(drafts.model_dump_json(), encoding="utf-8")
    other = _scenario(capsys, "--scenario", str(file), "--draft", "llama-3.2-1b")
    assert isinstance(other.speculation, DraftModel)
    assert other.speculation.acceptance == 0.6
    file.write_text(other.model_dump_json(), encoding="utf-8")
    assert _scenario(capsys, "--scenario", str(file), "--self-draft", "2") == drafts


def test_scenario_survives_the_round_trip(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    flags = [*PRESET, "--weights", "fp8", "--demand", "12345.678", "--draft", "llama-3.2-1b", "--acceptance", "0.61"]
    file = tmp_path / "scenario.json"
    assert _out(capsys, "scenario", *flags, "--out", str(file)) == ""
    text = file.read_text(encoding="utf-8")
    assert _out(capsys, "scenario", "--scenario", str(file)) == text == _out(capsys, "scenario", *flags)


def test_model_accelerator_and_draft_change_a_file_s_scenario(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "scenario.json"
    base = [*PRESET, "--weights", "fp8", "--draft", "llama-3.2-1b", "--acceptance", "0.5"]
    _out(capsys, "scenario", *base, "--out", str(file))
    changed = _scenario(
        capsys,
        "--scenario",
        str(file),
        "--model",
        "llama-3.1-8b",
        "--accelerator",
        "h200-sxm",
        "--draft",
        "llama-3.2-3b",
    )
    assert changed.architecture == catalog.model("llama-3.1-8b").architecture
    assert changed.accelerator == catalog.accelerator("h200-sxm").accelerator
    assert changed.precision.weights == "fp8"
    assert changed.speculation is not None
    assert changed.speculation.architecture == catalog.model("llama-3.2-3b").architecture
    assert changed.speculation.acceptance == 0.5


@pytest.mark.parametrize(("name", "start"), [("a.csv", "id,"), ("a.json", "["), ("a.txt", "id  ")])
def test_out_s_ending_chooses_the_format(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str, start: str
) -> None:
    assert _out(capsys, "models", "--out", str(tmp_path / name)) == ""
    assert (tmp_path / name).read_text(encoding="utf-8").startswith(start)


class WithQueue(Scenario):
    queue_s: Annotated[float, about("Queue", "Time that a request waits.", unit="s", ge=0, le=60, section="search")] = 1
    patient: Annotated[bool, about("Patient", "Whether it waits.", section="advanced", only="published")] = False


def test_a_new_field_has_its_flag_its_help_its_refusal_and_its_json(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["frontier", "--help"], WithQueue)
    text = " ".join(capsys.readouterr().out.split())
    assert "--queue-s X Time that a request waits. From 0 to 60 s." in text
    assert "--patient, --no-patient Whether it waits. For the published engine." in text
    assert main(["scenario", *PRESET, "--queue-s", "5", "--patient"], WithQueue) == 0
    scenario = WithQueue.model_validate_json(capsys.readouterr().out)
    assert (scenario.queue_s, scenario.patient) == (5, True)
    for flags, said in ((["--queue-s", "61"], "--queue-s cannot be '61'"), (["--patient"], "for the published engine")):
        assert main(["frontier", *PRESET, *flags], WithQueue) == 2
        assert said in capsys.readouterr().err


# As a process


def test_bad_input_as_a_process() -> None:
    ran = _run("frontier", *PRESET, "--price", "nan")
    assert_one_sentence(ran.returncode, ran.stdout, ran.stderr, "--price")


COMMANDS = {"frontier", "import", "step", "plan", "scenario", "predict", "calibrate"}
COMMANDS |= {"claims", "sweep", "models", "accelerators"}


def test_help_lists_every_command() -> None:
    ran = _run("--help")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert set(re.findall(r"^    ([a-z]+)\b", ran.stdout, re.MULTILINE)) == COMMANDS


@pytest.mark.parametrize("command", ["frontier", "step", "scenario"])
def test_help_names_every_flag_of_a_scenario(capsys: pytest.CaptureFixture[str], command: str) -> None:
    with pytest.raises(SystemExit) as left:
        main([command, "--help"])
    assert left.value.code == 0
    offered = set(re.findall(r"--[a-z-]+", capsys.readouterr().out))
    assert offered >= {flags[0] for flags, _, _ in CHANGES}


@pytest.mark.parametrize(
    "arguments", [["--help"], ["models"], ["scenario", *PRESET], ["frontier", *PRESET, "--price", "0"]]
)
def test_what_needs_no_pandas_does_not_wait_for_it(arguments: list[str]) -> None:
    script = "import sys; sys.modules['pandas'] = None; from infecon_core.cli import main; "
    script += f"raise SystemExit(main({arguments!r}))"
    ran = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert "Traceback" not in ran.stderr
    assert ran.returncode == (2 if "0" in arguments else 0)


@pytest.mark.parametrize("arguments", [["models", "--format", "json"], ["--help"]])
def test_a_reader_who_leaves_is_no_error(arguments: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        ran = subprocess.run(
            [sys.executable, "-m", "infecon_core", *arguments],
            cwd=ROOT, stdout=writing, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    finally:
        os.close(writing)
    assert ran.stderr == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, a disk that is always full")
def test_a_full_disk_gets_one_line() -> None:
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "infecon_core", "models"],
            cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert_one_sentence(ran.returncode, "", ran.stderr, "standard output")


def test_any_terminal_can_show_the_output() -> None:
    ran = _run("models", env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert (ran.returncode, ran.stderr) == (0, "")


@pytest.mark.slow
def test_every_model_can_be_asked_for_on_every_accelerator(capsys: pytest.CaptureFixture[str]) -> None:
    for i, model in enumerate(catalog.models()):
        accelerator = list(catalog.accelerators())[i % len(catalog.accelerators())]
        status = main(["frontier", "--model", model, "--accelerator", accelerator])
        captured = capsys.readouterr()
        if status:
            assert_one_sentence(status, captured.out, captured.err, "; ")
        else:
            assert max(map(len, captured.out.splitlines())) <= 100
