"""Scenarios as JSON from anybody: a frontier, or one sentence on what is wrong."""

from pathlib import Path

import pytest
from hypothesis import example, given
from pydantic import ValidationError

from infecon_core import Scenario, frontier
from infecon_core.schema import sentence
from tests.support.fuzzing import assert_frontier, assert_sentence, command, fuzzed, limits
from tests.support.hostile.files import scenario_texts


@fuzzed(0.16)
@given(text=scenario_texts())
@example(text='{"\\n": 1}')
def test_any_json_is_a_scenario_or_refused(text: str, part: int) -> None:
    with limits():
        try:
            scenario = Scenario.model_validate_json(text.encode())
        except ValidationError as error:
            assert_sentence(sentence(error))
            return
        assert Scenario.model_validate_json(scenario.model_dump_json()) == scenario


@fuzzed(0.05, few=60)
@given(text=scenario_texts())
def test_any_scenario_has_a_frontier_or_a_reason(text: str, part: int) -> None:
    try:
        scenario = Scenario.model_validate_json(text.encode())
    except ValidationError:
        return
    with limits():
        try:
            found = frontier(scenario)
        except ValueError as why:
            assert_sentence(str(why))
            return
    assert_frontier(found)


@fuzzed(0.05)
@given(text=scenario_texts())
def test_any_file_is_a_scenario_for_the_command_line(
    text: str, part: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = Path(tmp_path_factory.getbasetemp()) / "scenario.json"
    file.write_bytes(text.encode())
    status, printed = command("scenario", "--scenario", str(file))
    if status == 0:
        assert Scenario.model_validate_json(printed)
