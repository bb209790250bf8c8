"""What people take with them."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from infecon_core import Scenario, frontier
from infecon_ui.frontier import exports
from infecon_ui.frontier.figure import frontier_figure
from infecon_ui.frontier.points import Points
from tests.support.repository import ROOT

SCENARIO = Scenario.preset("llama-3.1-70b", "h100-sxm", weights="fp8", max_gpus=16)


def test_the_csv_loses_no_digit() -> None:
    frame = frontier(SCENARIO)
    read = pd.read_csv(io.StringIO(exports.frontier_csv(frame)))
    pd.testing.assert_frame_equal(read, frame.reset_index(drop=True), check_exact=True, check_dtype=False)


def test_the_json_is_the_scenario() -> None:
    assert Scenario.model_validate_json(exports.scenario_json(SCENARIO)) == SCENARIO


def test_the_html_is_one_page_that_works_offline() -> None:
    page = exports.chart_html(frontier_figure(Points.of(frontier(SCENARIO)), title="Llama"))
    assert page.count("<html>") == 1
    assert "<script src=" not in page
    assert "Plotly.newPlot" in page


@pytest.mark.parametrize(
    ("words", "stem"),
    [
        (("Llama 3.1 70B", "fp8", "H100 SXM"), "infecon-llama-3.1-70b-fp8-h100-sxm"),
        (("../a/b", "ü"), "infecon-a-b"),
    ],
)
def test_file_names_are_plain(words: tuple[str, ...], stem: str) -> None:
    assert exports.file_stem(*words) == stem


@pytest.fixture
def elsewhere(tmp_path: Path) -> dict:
    """A folder to work in from which the library can be imported."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return {"cwd": tmp_path, "env": {**os.environ, "PYTHONPATH": str(ROOT), "PATH": path}, "timeout": 60}


@pytest.mark.slow
def test_the_command_line_runs_as_printed(elsewhere: dict) -> None:
    ran = subprocess.run(
        ["bash", "-c", exports.command_line(SCENARIO)], capture_output=True, text=True, check=False, **elsewhere
    )
    assert ran.returncode == 0, ran.stderr
    found = pd.read_csv(elsewhere["cwd"] / "frontier.csv")
    assert found["usd_per_million_tokens"].to_numpy() == pytest.approx(
        frontier(SCENARIO)["usd_per_million_tokens"].to_numpy(), rel=1e-9
    )


@pytest.mark.slow
def test_the_python_snippet_runs_as_printed(elsewhere: dict) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", exports.python_snippet(SCENARIO)],
        capture_output=True, text=True, check=False, **elsewhere,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert "tokens_per_s_user" in ran.stdout
