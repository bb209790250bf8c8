"""What people take with them."""

import datetime as dt
import io
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from infecon_core import Scenario, frontier
from infecon_core.validation.uncertainty import ranges_along, spread
from infecon_ui.frontier import exports
from infecon_ui.slide.facts import facts
from tests.support.repository import ROOT
from tests.support.slides import SOURCE, SUBTITLE, slide

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


@pytest.fixture(scope="module")
def page() -> str:
    """A chart of two points as a page."""
    figure = {"data": [{"type": "scatter", "x": [1.0, 2.0], "y": [3.0, 4.0]}], "layout": {}}
    return exports.chart_html(figure, replace(slide("b200-hgx"), headline="One < two & more", link=LINK))


def test_the_html_is_one_page_that_works_offline(page: str) -> None:
    assert page.count("<html") == page.count("</html>") == 1
    assert not re.search(r"<(script|link|img)[^>]+(src|href)=", page)
    assert "Plotly.newPlot" in page


def test_the_html_says_what_it_shows(page: str) -> None:
    assert "<title>One &lt; two &amp; more</title>" in page
    assert '<meta name="viewport" content="width=device-width, initial-scale=1">' in page
    assert f"<h1>{'One &lt; two &amp; more'}</h1>" in page
    for words in (SUBTITLE, SOURCE, "21 Nov 2026", f'href="{LINK.replace("&", "&amp;")}"'):
        assert words in page


def test_the_html_carries_its_scenarios(page: str) -> None:
    found = re.search(r'<script type="application/json" id="scenarios">(.*?)</script>', page)
    assert found is not None
    assert [Scenario.model_validate(one) for one in json.loads(found[1])] == [slide("b200-hgx").scenarios[0]]


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
