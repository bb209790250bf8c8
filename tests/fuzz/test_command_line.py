"""Command lines of anybody: an answer, or one line on stderr and status 2."""

import os
from pathlib import Path

import pytest
from hypothesis import given

from infecon_core import catalog
from infecon_core.catalog import model_toml
from infecon_core.scenario import Scenario
from tests.support.configs import RELEASED, text_of
from tests.support.fuzzing import command, fuzzed
from tests.support.hostile.command_lines import command_lines
from tests.support.measured import HEAD, ROW


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with good and bad files, in which the commands run."""
    monkeypatch.chdir(tmp_path)
    scenario = Scenario.preset("llama-3.1-70b", "h100-sxm").model_dump_json()
    Path("folder").mkdir()
    Path("scenario.json").write_text(scenario, encoding="utf-8")
    Path("hostile.json").write_text(scenario.replace("8192", "1e308"), encoding="utf-8")
    Path("points.csv").write_text(HEAD + ROW, encoding="utf-8")
    Path("hostile.csv").write_text(HEAD + ROW.replace("14.2", "=1+1") + ROW.replace("fp8", "\x1b"), encoding="utf-8")
    Path("config.json").write_text(text_of(RELEASED["gpt-oss-20b"].fields), encoding="utf-8")
    Path("model.toml").write_text(model_toml(catalog.model("llama-3.1-8b")), encoding="utf-8")
    Path("empty").touch()
    Path("binary").write_bytes(os.urandom(500))
    return tmp_path


@fuzzed(0.12)
@given(line=command_lines())
def test_any_command_line_is_answered_or_refused(line: list[str], part: int) -> None:
    command(*line, cpu_s=4 if line[0] == "claims" else 2)
