"""What a specification says, and how a wrong one is refused."""

import json
import math
import time
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from infecon_core.schema import sentence
from infecon_core.sweep.specification import LARGEST_FILE, Range, Specification, read


def _refused(**plain: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        Specification.model_validate(plain)
    return sentence(caught.value)


@pytest.mark.parametrize(
    ("given", "values"),
    [
        ({"from": 1000, "to": 8000, "factor": 2}, (1000, 2000, 4000, 8000)),
        ({"from": 1000, "to": 7999, "factor": 2}, (1000, 2000, 4000)),
        ({"from": 1, "to": 1000, "factor": 10}, (1, 10, 100, 1000)),
        ({"from": 0, "to": 10, "step": 5}, (0, 5, 10)),
        ({"from": 0.1, "to": 0.7, "step": 0.1}, (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7)),
        ({"from": 3, "to": 3, "step": 1}, (3,)),
        ({"from": 0.2, "to": 0.3, "factor": 1.1}, (0.2, 0.22, 0.242, 0.2662, 0.29282)),
    ],
)
def test_a_range_is_its_values(given: dict[str, float], values: tuple[float, ...]) -> None:
    assert Range.model_validate(given).values == values


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"from": 1, "to": 8}, "either factor or step"),
        ({"from": 1, "to": 8, "factor": 2, "step": 1}, "either factor or step"),
        ({"from": 8, "to": 1, "factor": 2}, "goes upwards; 8 to 1 goes down"),
        ({"from": 0, "to": 8, "factor": 2}, "begins above 0, not at 0; give step instead"),
        ({"from": 1, "to": 8, "factor": 1}, "greater than 1"),
        ({"from": 1, "to": 8, "step": 0}, "greater than 0"),
        ({"from": 0, "to": 1e300, "step": 1e-300}, "at most 10,000 values"),
        ({"from": 1e-300, "to": 1e300, "factor": 1 + 1e-15}, "at most 10,000 values"),
        ({"from": 1, "to": math.inf, "factor": 2}, "finite number"),
        ({"from": 1, "to": "many", "factor": 2}, "give a number"),
        ({"from": 1, "two": 8, "factor": 2}, "'to' is missing"),
    ],
)
def test_a_wrong_range_is_refused(given: dict[str, Any], words: str) -> None:
    assert words in _refused(grid={"prompt": given})
    assert "prompt" in _refused(grid={"prompt": given})


@pytest.mark.parametrize(
    ("plain", "words"),
    [
        ({"girds": {}}, "'girds' is not a field that is known here"),
        ({"grid": {"w": []}}, "grid.w is an empty list"),
        ({"grid": {"w": "fp8"}}, "grid.w is a list of values or a range; one value belongs under fixed"),
        ({"grid": {"w": ["fp8", "fp4", "fp8"]}}, "grid.w has a value twice"),
        ({"grid": {"w": [["fp8"]]}}, "grid.w"),
        ({"fixed": {"w": ["fp8"]}}, "fixed.w"),
        ({"fixed": {"w": "fp8"}, "grid": {"w": ["fp4"]}}, "'w' stands under fixed and under grid"),
        ({"fixed": {"w": "fp8"}, "list": [{"w": "fp4"}]}, "'w' stands under fixed and under list"),
        ({"grid": {"w": ["fp8"]}, "list": [{"w": "fp4"}]}, "'w' stands under grid and under list"),
        ({"list": [{"w": "fp4"}, {}]}, "scenario 2 of list is empty"),
        ({"list": [{"w": "fp4"}, {"w": "fp4"}]}, "scenario 2 of list stands there before"),
        ({"columns": ["tpot"]}, "'tpot' under columns is no column of a frontier; did you mean tpot_s?"),
        ({"columns": ["tpot_s", "tpot_s"]}, "a column twice"),
        ({"name": "x" * 201}, "'name'"),
    ],
)
def test_a_wrong_specification_is_refused(plain: dict[str, Any], words: str) -> None:
    assert words in _refused(**plain)


def test_a_specification_of_a_million_combinations_is_read_at_once() -> None:
    start = time.process_time()
    found = Specification.model_validate(
        {"grid": {key: {"from": 1, "to": 1000, "step": 1} for key in ("prompt", "output")}}
    )
    assert found.frontiers == 1_000_000
    assert time.process_time() - start < 5


@pytest.mark.parametrize("ending", [".toml", ".json"])
def test_what_is_written_is_read(tmp_path: Path, ending: str) -> None:
    text = {
        ".toml": 'name = "A"\n[fixed]\nat = 50\n[grid]\nw = ["fp8"]\nprompt = {from = 1, to = 4, factor = 2}\n'
        '[[list]]\nmodel = "kimi-k2"\n',
        ".json": json.dumps(
            {
                "name": "A",
                "fixed": {"at": 50},
                "grid": {"w": ["fp8"], "prompt": {"from": 1, "to": 4, "factor": 2}},
                "list": [{"model": "kimi-k2"}],
            }
        ),
    }
    path = tmp_path / f"sweep{ending}"
    path.write_text(text[ending], encoding="utf-8")
    found = read(path)
    assert (found.name, found.fixed, found.scenarios) == ("A", {"at": 50}, ({"model": "kimi-k2"},))
    assert found.frontiers == 3
    assert Specification.model_validate(found.normal()) == found


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("none.toml", None, "Cannot read"),
        ("sweep.yaml", b"grid: {}", "sweep.yaml: a specification is a .toml or a .json file."),
        ("sweep.toml", b"grid = {", "cannot be read"),
        ("sweep.json", b"[" * 100_000, "cannot be read"),
        ("sweep.json", b'{"grid": ', "cannot be read"),
        ("sweep.json", b"\xff\xfe", "not UTF-8"),
        ("sweep.json", b"[]", "sweep.json cannot be read: it is no table"),
        ("sweep.json", b'{"grid": [1]}', "'grid' cannot be [1]"),
        ("sweep.toml", b"#" * (LARGEST_FILE + 1), "at most 16,000,000 bytes."),
    ],
)
def test_what_is_no_specification_is_one_sentence(tmp_path: Path, name: str, content: bytes | None, words: str) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ValueError, match=r"\.$") as caught:
        read(path)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
