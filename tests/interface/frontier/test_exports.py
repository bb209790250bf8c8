"""What people take with them."""

import datetime as dt
import io
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from infecon_core import Scenario, frontier
from infecon_core.validation.uncertainty import ranges_along, spread
from infecon_ui.frontier import exports
from infecon_ui.slide.facts import facts
from tests.support.repository import ROOT

SCENARIO = Scenario.preset("llama-3.1-70b", "h100-sxm", weights="fp8", max_gpus=16)
LINK, DATE = "https://example.org/?model=llama-3.1-70b&w=fp8", dt.date(2026, 11, 21)


def test_the_csv_loses_no_digit() -> None:
    frame = frontier(SCENARIO)
    text = exports.frontier_csv(frame, SCENARIO, LINK, DATE)
    read = pd.read_csv(io.StringIO(text), dtype={"beyond_measured": object})
    pd.testing.assert_frame_equal(
        # An empty word is an empty cell.
        read[list(frame.columns)].fillna({"beyond_measured": ""}),
        frame.reset_index(drop=True),
        check_exact=True,
        check_dtype=False,
    )


def test_every_row_of_the_csv_tells_its_scenario() -> None:
    text = exports.frontier_csv(frontier(SCENARIO), SCENARIO, LINK, DATE)
    read = pd.read_csv(io.StringIO(text), keep_default_na=False)
    for column, value in facts(SCENARIO, LINK, DATE).items():
        assert set(read[column].astype(str)) == {"" if value is None else str(value)}
    assert read.columns.is_unique


def test_the_ranges_of_comparable_measurements_stand_behind_the_columns() -> None:
    frame, found = frontier(SCENARIO), spread(SCENARIO)
    read = pd.read_csv(io.StringIO(exports.frontier_csv(frame.iloc[3:], SCENARIO, LINK, DATE)))
    assert len(read) == len(frame) - 3
    assert set(read["measured_over_predicted_time_low"]) == {found.low}
    assert set(read["measured_over_predicted_time_high"]) == {found.high}
    assert set(read["comparable_measurements"]) == {found.n_points}
    expected = ranges_along(frame.iloc[3:], found).reset_index(drop=True)
    pd.testing.assert_frame_equal(read[list(expected)], expected)
    published = SCENARIO.changed(engine="published")
    assert "measured_over_predicted_time_low" not in exports.frontier_csv(frontier(published), published, LINK, DATE)


def test_the_json_is_the_scenario() -> None:
    assert Scenario.model_validate_json(exports.scenario_json(SCENARIO)) == SCENARIO


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
