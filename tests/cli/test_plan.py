"""The command `plan`: its formats, several accelerators, and what it refuses."""

import csv
import io
import json

import pytest

from infecon_core import Scenario, engines
from infecon_core.analysis.planner.plan import plan
from infecon_core.cli import main
from infecon_core.schema.requirements import Requirements
from infecon_core.schema.traffic import Traffic, lengths_of
from tests.support.command_line import assert_one_sentence, printed

PRESET = ["plan", "--model", "llama-3.1-70b", "--accelerator", "h100-sxm", "--max-gpus", "16"]
LENGTHS = "1000/500:70,8000/1000:30"


def test_csv_and_json_are_the_library_s_plan(capsys: pytest.CaptureFixture[str]) -> None:
    asked = [*PRESET, "--load", "20", "--lengths", LENGTHS, "--cached", "0.5", "--spares", "1", "--percentile", "99"]
    answer = json.loads(printed(capsys, *asked, "--format", "json"))
    rows = list(csv.DictReader(io.StringIO(printed(capsys, *asked, "--format", "csv"))))
    scenario = Scenario.preset("llama-3.1-70b", "h100-sxm", max_gpus=16)
    traffic = Traffic(lengths=lengths_of(LENGTHS), cached_share=0.5)
    needs = Requirements(demand=20, spares=1, percentile=99)
    made = plan(scenario, needs, traffic, engines.setups(scenario, traffic))
    assert made is not None
    assert answer["requirements"] == needs.model_dump(mode="json")
    assert answer["traffic"] == traffic.model_dump(mode="json")
    assert answer["plans"][0]["usd_per_month"] == float(rows[0]["usd_per_month"]) == made.usd_per_month
    assert answer["plans"][0]["first_token_s_at_peak"] == made.peak.first_token_s


def test_a_table_has_the_cheapest_first_and_says_what_is_in_the_way(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys, *PRESET, "--beside", "b200-hgx,l4", "--weights", "fp8", "--gpus-owned", "64")
    rows = [line for line in text.splitlines() if line.startswith(("B200", "H100 SXM"))]
    assert [row.split()[0] for row in rows] == ["B200", "H100"]
    assert float(rows[0].split()[-1]) > float(rows[1].split()[-1]) > 0
    assert "L4: " in text
    assert max(map(len, text.splitlines())) <= 100
    slow = printed(capsys, *PRESET, "--at", "1000", "--first-token", "none")
    assert "tok/s/user at best" in slow
    assert "USD/month" not in slow


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--percentile", "94"], "--percentile cannot be 94"),
        (["--load", "-1"], "--load cannot be"),
        (["--lengths", "a"], "'a' is no length"),
        (["--cached", "1"], "--cached cannot be"),
        (["--per", "days"], "--per cannot be 'days'"),
        (["--beside", "h101"], "There is no accelerator 'h101'"),
        (["--beside", "mi355x"], "has no price for 'on demand'"),
        (["--beside", "b200-hgx", "--price", "2"], "--beside compares prices on one basis"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(
    capsys: pytest.CaptureFixture[str], flags: list[str], words: str
) -> None:
    status = main([*PRESET, *flags])
    assert_one_sentence(status, *capsys.readouterr(), words)
