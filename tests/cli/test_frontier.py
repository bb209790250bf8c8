"""The command `frontier`: its formats, and what it says about the target."""

import csv
import io
import json
import re

import numpy as np
import pytest

import infecon_core
from infecon_core import at_speed, catalog, frontier
from infecon_core.cli.frontier import frontier_table, ranges
from infecon_core.measured.neighbours import correction
from infecon_core.pareto import cheapest
from infecon_core.scenario import Scenario
from infecon_core.validation.uncertainty import ranges_along, spread
from tests.support.command_line import printed
from tests.support.own_entries import CHIP_ID, MODEL_ID

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


def test_csv_has_the_correction_and_both_ranges_of_every_point(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["--model", "deepseek-r1", "--accelerator", "h200-sxm"]
    rows = list(csv.DictReader(io.StringIO(printed(capsys, "frontier", *asked, "--format", "csv"))))
    scenario = Scenario.preset("deepseek-r1", "h200-sxm")
    points, found, known = frontier(scenario), spread(scenario), correction(scenario)
    assert known is not None
    before = {"correction": known.factor, "correction_measurements": known.n_points}
    before |= {"measured_over_predicted_time_low": found.low, "measured_over_predicted_time_high": found.high}
    before |= {"comparable_measurements": found.n_points}
    behind = ranges_along(points, found)
    assert list(rows[0]) == [*before, *points.columns, *behind.columns]
    for name, value in before.items():
        assert {float(row[name]) for row in rows} == {value}
    for name in behind:
        np.testing.assert_array_equal([float(row[name]) for row in rows], behind[name].to_numpy())
    own = csv.DictReader(io.StringIO(printed(capsys, "frontier", *asked, "--correction", "off", "--format", "csv")))
    assert {(row["correction"], row["correction_measurements"]) for row in own} == {("1.0", "0")}


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
        ["--prompt", "300000", "--price", "1234.5", "--at", "1"],
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
    assert re.search(r"No setup gives 120 tok/s/user: the fastest gives [\d.]+; it takes drafts by .* USD/Mtok\.", said)
    assert "FP8 weights at" in said
    assert not any(line.startswith("target") for line in table.splitlines())
    assert max(map(len, table.splitlines())) <= 100
    answer = json.loads(printed(capsys, *asked, "--format", "json"))
    assert answer["target"] is None
    assert answer["target_reason"] in said
    assert answer["points"]
    never = json.loads(printed(capsys, "frontier", *QUICK, "--at", "100000", "--format", "json"))["target_reason"]
    assert never.endswith("; no single change that was tried reaches it.")


def test_the_target_has_the_ranges_of_comparable_measurements() -> None:
    scenario = Scenario.preset("llama-3.1-70b", "h100-sxm")
    points = frontier(scenario)
    target = at_speed(points, scenario.target_tokens_per_s_user)
    assert target is not None
    said = ranges(scenario, points, float(target["usd_per_million_tokens"]))
    found = re.fullmatch(
        r"If servers differ as measured ones do, the target costs ([\d.]+) to ([\d.]+) USD/Mtok, and its price gives "
        r"([\d.]+) to ([\d.]+) tok/s/user\.",
        said,
    )
    assert found is not None, said
    low, high, slow, quick = map(float, found.groups())
    assert low < target["usd_per_million_tokens"] < high
    assert slow < target["tokens_per_s_user"] < quick
    assert said[:40] in frontier_table(scenario, points)
    slow = Scenario.preset("llama-3.1-8b", "h100-sxm", target_tokens_per_s_user=10)
    curve = frontier(slow)
    price = float(cheapest(curve)["usd_per_million_tokens"])
    assert re.search(r", and its price gives [\d.]+ tok/s/user or less\.$", ranges(slow, curve, price))
    published = scenario.changed(engine="published")
    assert ranges(published, points, 1.0) == ""


def test_entries_of_one_s_own_are_served_like_those_of_the_catalog(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["--model", MODEL_ID, "--accelerator", CHIP_ID, *QUICK[4:]]
    rows = list(csv.DictReader(io.StringIO(printed(capsys, "frontier", *asked, "--format", "csv"))))
    expected = frontier(
        Scenario.preset(MODEL_ID, CHIP_ID, engine="published", published={"variant": "toy", "pipeline": False})
    )
    np.testing.assert_array_equal(
        [float(row["tokens_per_s_user"]) for row in rows], expected["tokens_per_s_user"].to_numpy(float)
    )
