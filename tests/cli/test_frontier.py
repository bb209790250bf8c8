"""The command `frontier`: its formats, and what it says about the target."""

import csv
import io
import json
import re

import numpy as np
import pytest

import infecon_core
from infecon_core import catalog
from infecon_core.scenario import Scenario
from tests.support.command_line import printed

PRESET = ["--model", "llama-3.1-70b", "--accelerator", "h100-sxm"]
# A small search: the published model's simplest variant takes milliseconds.
QUICK = [*PRESET, "--engine", "published", "--variant", "toy", "--no-pipeline"]
SAME_AS_QUICK = Scenario.preset(*PRESET[1::2], engine="published", published={"variant": "toy", "pipeline": False})


def test_csv_is_the_library_s_frontier_in_full_precision(capsys: pytest.CaptureFixture[str]) -> None:
    rows = list(csv.DictReader(io.StringIO(printed(capsys, "frontier", *QUICK, "--format", "csv"))))
    expected = infecon_core.frontier(SAME_AS_QUICK)
    assert list(rows[0]) == list(expected.columns)
    for name in ("tokens_per_s_user", "usd_per_million_tokens", "n_gpu", "memory_s"):
        np.testing.assert_array_equal([float(row[name]) for row in rows], expected[name].to_numpy(float))


def test_json_holds_points_and_scenario(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys, "frontier", *QUICK, "--format", "json")
    answer = json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
    assert Scenario.model_validate(answer["scenario"]) == SAME_AS_QUICK
    assert answer["data_version"] == catalog.data_version()
    assert answer["points"][0]["tokens_per_s_user"] > answer["points"][-1]["tokens_per_s_user"]
    assert answer["points"][0]["ttft_s"] is None


@pytest.mark.parametrize(
    "more",
    [
        [],
        ["--draft", "llama-3.2-1b"],
        ["--self-draft", "2", "--disaggregated"],
        ["--prompt", "900000", "--price", "1234.5", "--at", "1"],
        ["--engine", "published", "--draft", "llama-3.2-1b"],
    ],
    ids=" ".join,
)
def test_table_fits_and_marks_four_points(capsys: pytest.CaptureFixture[str], more: list[str]) -> None:
    lines = printed(capsys, "frontier", *PRESET, *more).splitlines()
    assert max(map(len, lines)) <= 100
    assert len(lines) < 40
    speeds = {
        words[0]: float(words[1].replace(",", "")) for words in map(str.split, lines) if words and words[0] in MARKS
    }
    assert set(speeds) == MARKS
    assert next(line.split()[0] for line in lines if line.split()[:1] and line.split()[0] in MARKS) == "target"
    asked = float(more[-1]) if "--at" in more else 50
    assert speeds["fastest"] >= speeds["target"] >= asked
    assert speeds["fastest"] >= speeds["preferred"] >= speeds["cheapest"]
    assert speeds["fastest"] > speeds["cheapest"]


MARKS = {"target", "fastest", "preferred", "cheapest"}


def test_the_target_is_the_cheapest_point_that_meets_it(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["frontier", *PRESET, "--weights", "fp8", "--prompt", "8000", "--at", "40", "--format", "json"]
    for more, limit in (([], np.inf), (["--ttft", "0.6"], 0.6)):
        answer = json.loads(printed(capsys, *asked, *more))
        meeting = [p for p in answer["points"] if p["tokens_per_s_user"] >= 40 and p["ttft_s"] <= limit]
        assert answer["target"] == min(meeting, key=lambda p: p["usd_per_million_tokens"])
        assert answer["target_reason"] is None
        assert max(p["ttft_s"] for p in answer["points"]) <= limit
    assert answer["target"]["ttft_s"] <= 0.6


def test_a_target_out_of_reach_says_what_would_help(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["frontier", *PRESET, "--at", "120"]
    table = printed(capsys, *asked)
    said = " ".join(line for line in table.splitlines() if not line.startswith("Note"))
    assert re.search(r"No setup gives 120 tok/s/user: the fastest gives 89\.7; it takes drafts by .* USD/Mtok\.", said)
    assert "FP8 weights at" in said
    assert not any(line.startswith("target") for line in table.splitlines())
    assert max(map(len, table.splitlines())) <= 100
    answer = json.loads(printed(capsys, *asked, "--format", "json"))
    assert answer["target"] is None
    assert answer["target_reason"] in said
    assert answer["points"]
    never = json.loads(printed(capsys, "frontier", *QUICK, "--at", "100000", "--format", "json"))["target_reason"]
    assert never.endswith("; no single change that was tried reaches it.")
